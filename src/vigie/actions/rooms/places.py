"""Which places lie in which region and nation on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

__all__ = [
    "DEPOT_KIND",
    "depot_places",
    "is_valid",
    "members_of_totals",
    "outer_reporters",
    "places_inside",
    "region_around",
    "reporting_members",
    "totals_around",
]

DEPOT_KIND = "depot"
"""Kind of place that holds and sends, needs nothing and is in no total."""


def members_of_totals(places: pa.Table, day: date) -> Mapping[str, tuple[str, ...]]:
    """Every place inside each region and nation, at any depth; depots are in no total.

    Args:
        places: schemas.PLACES.
        day: only rows valid on it count.
    """
    rows = [row for row in places.to_pylist() if is_valid(row, day)]
    parent = {row["place"]: row["parent"] or "" for row in rows}
    kind = {row["place"]: row["kind"] for row in rows}
    inside: dict[str, list[str]] = {}
    for place in sorted(key for key in parent if kind[key] != DEPOT_KIND):
        above = parent[place]
        for _ in range(len(rows)):
            if above not in parent:
                break
            if kind[above] in {"region", "nation"}:
                inside.setdefault(above, []).append(place)
            above = parent[above]
    return {total: tuple(members) for total, members in inside.items()}


def depot_places(places: pa.Table, day: date) -> tuple[str, ...]:
    """Keys of the depots that there are on a day."""
    rows = (row for row in places.to_pylist() if row["kind"] == DEPOT_KIND)
    return tuple(sorted({row["place"] for row in rows if is_valid(row, day)}))


def places_inside(places: pa.Table, top: str, day: date) -> frozenset[str]:
    """A place and every place inside it, at any depth, on a day."""
    rows = [row for row in places.to_pylist() if is_valid(row, day)]
    found: set[str] = set()
    newest = {top}
    while newest:
        found |= newest
        newest = {row["place"] for row in rows if row["parent"] in newest} - found
    return frozenset(found)


def reporting_members(
    members: Mapping[str, Collection[str]], reporters: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """The reporting places that add up to each total that does not report itself.

    Of reporters inside one another only the innermost count, so that nothing counts twice.

    Args:
        members: places inside each region and nation, as ``members_of_totals``.
        reporters: places that report.
    """
    known = set(reporters)
    outer = outer_reporters(members, known)
    found = {
        total: tuple(place for place in inside if place in known - outer)
        for total, inside in members.items()
        if total not in known
    }
    return {total: inside for total, inside in found.items() if inside}


def outer_reporters(
    members: Mapping[str, Collection[str]], reporters: Collection[str]
) -> frozenset[str]:
    """The reporting places that have others inside: regions and nation that report themselves."""
    known = set(reporters)
    return frozenset(place for place in known if known & set(members.get(place, ())))


def totals_around(members: Mapping[str, Collection[str]], place: str) -> tuple[str, ...]:
    """Regions and nation that hold a place, the smallest first."""
    holding = [total for total, inside in members.items() if place in inside]
    return tuple(sorted(holding, key=lambda total: len(members[total])))


def region_around(members: Mapping[str, Collection[str]], place: str) -> tuple[str, ...]:
    """All places in the region of a place, the smallest total that holds it; none outside any."""
    return next((tuple(members[total]) for total in totals_around(members, place)), ())


def is_valid(row: Mapping[str, Any], day: date) -> bool:
    """Whether a dated row of a reference table holds on a day; an empty date is open."""
    begins, ends = row["valid_from"], row["valid_to"]
    return (begins is None or begins <= day) and (ends is None or day < ends)
