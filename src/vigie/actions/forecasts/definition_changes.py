"""Changes of what a measure counts: figures before them are not compared with those after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.rooms.places import places_inside
from vigie.actions.rooms.room import Room
from vigie.schemas import DEFINITION_CHANGES, PLACES

__all__ = ["DefinitionChange", "comparable", "definition_changes"]

_PERIOD_DAYS = {"day": 1, "week": 7, "month": 31}
"""Days that a value covers, at most."""


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """From a day on a measure counts something else.

    Attributes:
        measure: which.
        category: of which category; "": all.
        places: where; None: everywhere, totals too.
        date: first day of the new meaning.
        what: in a few words, for readers.
    """

    measure: str
    category: str
    places: frozenset[str] | None
    date: date
    what: str

    def concerns(self, place: str, category: str) -> bool:
        """Whether it changes the figures of a place and category."""
        is_here = self.places is None or place in self.places
        return is_here and self.category in ("", category)


def definition_changes(room: Room, day: date) -> tuple[DefinitionChange, ...]:
    """The changes that have come about by a day, in order of their dates."""
    rows = room.reference(DEFINITION_CHANGES.name).to_pylist()
    places = room.reference(PLACES.name)
    return tuple(
        DefinitionChange(
            row["measure"],
            row["category"],
            places_inside(places, row["place"], day) if row["place"] else None,
            row["date"],
            row["what"],
        )
        for row in sorted(rows, key=lambda row: row["date"])
        if row["date"] <= day
    )


def comparable(
    facts: pa.Table,
    measures: Mapping[str, Mapping[str, object]],
    changes: Sequence[DefinitionChange],
) -> pa.Table:
    """The facts without those of an older meaning than the last.

    A value of a period that began before the change holds some of the old meaning and is left out.

    Args:
        facts: measure, place, category, reference_date and more.
        measures: rows of the measure list by key.
        changes: that have come about.
    """
    if not changes:
        return facts
    dropped = np.zeros(facts.num_rows, dtype=bool)
    for change in changes:
        if change.measure not in measures:
            continue
        covered = _PERIOD_DAYS[str(measures[change.measure]["step"])]
        border = change.date + timedelta(days=covered - 1)
        is_old = pc.and_(
            pc.equal(facts["measure"], change.measure),
            pc.less(facts["reference_date"], pa.scalar(border, pa.date32())),
        )
        if change.category:
            is_old = pc.and_(is_old, pc.equal(facts["category"], change.category))
        if change.places is not None:
            inside = pa.array(sorted(change.places), pa.string())
            is_old = pc.and_(is_old, pc.is_in(facts["place"], inside))
        dropped |= is_old.to_numpy(zero_copy_only=False)
    return facts.filter(pa.array(~dropped))
