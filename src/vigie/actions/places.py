"""Which places lie in which region and nation on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

__all__ = ["members_of_totals"]


def members_of_totals(places: pa.Table, day: date) -> Mapping[str, tuple[str, ...]]:
    """Sites (else the innermost places) inside each region and nation, at any depth.

    Args:
        places: schemas.PLACES.
        day: only rows valid on it count.
    """
    rows = [row for row in places.to_pylist() if _is_valid(row, day)]
    parent = {row["place"]: row["parent"] or "" for row in rows}
    kind = {row["place"]: row["kind"] for row in rows}
    outer = set(parent.values())
    inside: dict[str, list[str]] = {}
    for place in sorted(parent):
        if place in outer and kind[place] != "site":
            continue
        above = parent[place]
        for _ in range(len(rows)):
            if above not in parent:
                break
            if kind[above] in {"region", "nation"}:
                inside.setdefault(above, []).append(place)
            above = parent[above]
    return {total: tuple(members) for total, members in inside.items()}


def _is_valid(row: Mapping[str, date | None], day: date) -> bool:
    begins, ends = row["valid_from"], row["valid_to"]
    return (begins is None or begins <= day) and (ends is None or day < ends)
