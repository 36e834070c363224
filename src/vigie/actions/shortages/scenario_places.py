"""Places that a change of a scenario covers: those named, all inside, and wholes they make up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from vigie.actions.rooms.places import is_valid

__all__ = ["PlaceMap", "place_map"]


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """Places as a scenario sees them.

    Attributes:
        inside: places inside each nation and region, at any depth.
        parts: of these the innermost that have figures of their own: sites, or regions of no
            site.
        population: by place, where known.
    """

    inside: Mapping[str, frozenset[str]]
    parts: Mapping[str, frozenset[str]]
    population: Mapping[str, float]

    def covered(self, keys: Sequence[str]) -> frozenset[str]:
        """The places named, all inside them, and totals of which every part is."""
        named = frozenset(keys).union(*(self.inside.get(key, ()) for key in keys))
        wholes = {total for total, parts in self.parts.items() if parts and parts <= named}
        return named | wholes


def place_map(places: pa.Table, members: Mapping[str, Sequence[str]], day: date) -> PlaceMap:
    """Places on a day, as scenarios see them.

    Args:
        places: schemas.PLACES.
        members: places inside each total.
        day: only rows valid on it count.
    """
    rows = [row for row in places.to_pylist() if is_valid(row, day)]
    kinds = {row["place"]: row["kind"] for row in rows}
    inside = {total: frozenset(each) for total, each in members.items()}
    parts = {
        total: frozenset(p for p in each if p not in inside and kinds.get(p) in {"site", "region"})
        for total, each in inside.items()
    }
    population = {row["place"]: row["population"] for row in rows if row["population"] is not None}
    return PlaceMap(inside, parts, population)
