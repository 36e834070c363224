"""Which places add up to which, day by day: regions change, sites open and close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["TOTAL_KINDS", "Hierarchy", "Period", "read_hierarchy"]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

TOTAL_KINDS = ("region", "nation")
# A total adds up places of one kind, so that nothing counts twice; the first kind that reports.
_BASE_KINDS = ("site", "region", "unit", "nation")
_FIRST = date.min.toordinal()
_LAST = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    kind: str
    parent: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days in which no place changes.

    Attributes:
        first: ordinal of the first day.
        end: ordinal of the first day no more.
        is_valid: (members,), the place exists in these days.
        is_within: (members, totals), the member lies in the total or is it.
        group: (members,), number of the member's parent; members of one parent share it.
    """

    first: int
    end: int
    is_valid: BoolArray
    is_within: BoolArray
    group: IntArray


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The dated tree of places.

    Attributes:
        totals: names of the regions and nations, in order.
    """

    totals: tuple[str, ...]
    _rows: tuple[_Row, ...]

    def base(self, reporters: Sequence[str]) -> tuple[str, ...]:
        """The reporting places whose figures a total adds up.

        Sites if any site reports, else regions, else units: never two kinds, and of nested
        places of one kind the innermost, so that nothing counts twice. Places unknown to
        the tree are left out.

        Args:
            reporters: names of places that ever gave a value.
        """
        kinds = {row.place: row.kind for row in self._rows}
        for kind in _BASE_KINDS:
            chosen = {name for name in reporters if kinds.get(name) == kind}
            if chosen:
                outer = {row.parent for row in self._rows if row.place in chosen}
                return tuple(sorted(chosen - outer))
        return ()

    def periods(self, members: Sequence[str], first: int, end: int) -> tuple[Period, ...]:
        """The stretches of days between which places change.

        Args:
            members: names of places.
            first: ordinal of the first day.
            end: ordinal of the first day no more, > first.
        """
        cuts = {row.first for row in self._rows} | {row.end for row in self._rows}
        bounds = [first, *sorted(day for day in cuts if first < day < end), end]
        return tuple(self._period(members, start, stop) for start, stop in pairwise(bounds))

    def _period(self, members: Sequence[str], first: int, end: int) -> Period:
        parents = {row.place: row.parent for row in self._rows if row.first <= first < row.end}
        column = {name: position for position, name in enumerate(self.totals)}
        is_within = np.zeros((len(members), len(self.totals)), dtype=bool)
        for position, member in enumerate(members):
            for name in _self_and_above(member, parents):
                if name in column:
                    is_within[position, column[name]] = True
        names = sorted(set(parents.values()))
        number = {name: position for position, name in enumerate(names)}
        group = np.array([number.get(parents.get(name, ""), -1) for name in members], dtype=int)
        is_valid = np.array([name in parents for name in members], dtype=bool)
        return Period(first, end, is_valid, is_within, group)


def _self_and_above(place: str, parents: dict[str, str]) -> list[str]:
    chain: list[str] = []
    while place in parents and place not in chain:
        chain.append(place)
        place = parents[place]
    return chain


def read_hierarchy(places: pa.Table) -> Hierarchy:
    """The tree in a table of places.

    Args:
        places: schemas.PLACES; of its columns place, kind, parent, valid_from and valid_to.
            An empty date is open.
    """
    names = ("place", "kind", "parent", "valid_from", "valid_to")
    columns = (places.column(name).to_pylist() for name in names)
    rows = tuple(
        _Row(
            place,
            kind,
            parent or "",
            _FIRST if start is None else start.toordinal(),
            _LAST if stop is None else stop.toordinal(),
        )
        for place, kind, parent, start, stop in zip(*columns, strict=True)
    )
    totals = sorted({row.place for row in rows if row.kind in TOTAL_KINDS})
    return Hierarchy(tuple(totals), rows)
