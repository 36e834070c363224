"""As known on an instant: SQL over the revisions of a fact table."""

from __future__ import annotations

from datetime import UTC, datetime

from vigie.schemas import Table

__all__ = ["as_of_sql"]


def as_of_sql(table: Table, relation: str, known_until: datetime, where: str = "true") -> str:
    """One row a fact and feed: its latest revision with known_at <= known_until.

    Args:
        table: a fact table.
        relation: SQL of its revisions (``Lake.relation``).
        known_until: UTC instant.
        where: further condition on key columns, pushed below the grouping.

    A missing value stays missing: the revision that withdrew it wins over the value before.
    """
    keys = ", ".join(f'"{name}"' for name in table.key)
    last = ", ".join(
        f'arg_max_null("{name}", known_at) AS "{name}"' for name in (*table.values, "arrival")
    )
    instant = known_until.astimezone(UTC).isoformat(timespec="microseconds")
    return (
        f"SELECT {keys}, max(known_at) AS known_at, {last} FROM {relation} "
        f"WHERE known_at <= TIMESTAMPTZ '{instant}' AND ({where}) GROUP BY {keys}"
    )
