"""Engines run SQL, and in child processes a room's Python datasets and own models.

DuckDB lives here; a second engine would.

Nothing here knows tables, releases or feeds; whoever needs an engine owns a small protocol
for what it asks.
"""

from vigie.engines.duck import DuckEngine
from vigie.engines.model_child import ENTRY_POINTS, entry_point_command, run_model
from vigie.engines.python_child import run_python

__all__ = ["ENTRY_POINTS", "DuckEngine", "entry_point_command", "run_model", "run_python"]
