"""Engines run SQL and a room's Python datasets. DuckDB lives here; a second engine would.

Nothing here knows tables, releases or feeds; whoever needs an engine owns a small protocol
for what it asks.
"""

from vigie.engines.duck import DuckEngine
from vigie.engines.python_child import run_python

__all__ = ["DuckEngine", "run_python"]
