"""Engines run SQL and map a function over groups. DuckDB lives here; a second engine would.

Nothing here knows tables, releases or feeds; whoever needs an engine owns a small protocol
for what it asks.
"""

from vigie.engines.duck import DuckEngine

__all__ = ["DuckEngine"]
