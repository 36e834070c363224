"""The relations that a dataset may read besides measures and other datasets, and their columns."""

from __future__ import annotations

from vigie.schemas import LOTS, MOVEMENTS, ORDERS, PLANNED_SHIFTS, REFERENCE

__all__ = ["SERIES_COLUMNS", "SOURCE_COLUMNS"]

SERIES_COLUMNS = ("place", "category", "reference_date", "known_at", "value", "reason", "feed")
"""Columns of a measure read by its name: the figures that stand, one row a key."""

SOURCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "facts": ("measure", *SERIES_COLUMNS),
    "ruled": ("measure", *SERIES_COLUMNS, "is_stand_in"),
    "as_of": ("as_of",),
    ORDERS.name: ORDERS.names,
    MOVEMENTS.name: MOVEMENTS.names,
    LOTS.name: LOTS.names,
    PLANNED_SHIFTS.name: PLANNED_SHIFTS.names,
    **{table.name: table.names for table in REFERENCE},
}
"""Columns of the other sources: ``facts`` (every feed by itself) and ``ruled`` (the figures that
stand) hold what feeds said, never what datasets made; ``as_of`` has one row, the day of the run.
"""
