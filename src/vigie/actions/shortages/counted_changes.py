"""Changes of a scenario to what shortages rest on, as they count in one run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from vigie.actions.declared.shortage_changes import ShortageChange
from vigie.actions.shortages.scenario_places import PlaceMap
from vigie.errors import nearest
from vigie.paths import BoolArray, DateArray

__all__ = ["EPIDEMIC_KIND", "CountedChange", "count_change"]

EPIDEMIC_KIND = "epidemic"
"""Kind of the change that stands for R among those that count; no file names it."""


@dataclass(frozen=True, slots=True)
class CountedChange:
    """A change with the days and places on which it counts.

    Attributes:
        change: as declared.
        first, last: days; None where none of it lies within the days looked at, or nothing that
            it names is known.
        places: covered; None for all.
        messages: what of it does not count, and why.
    """

    change: ShortageChange
    first: date | None
    last: date | None
    places: frozenset[str] | None
    messages: tuple[str, ...] = ()

    def on(self, dates: DateArray) -> BoolArray:
        """(day,), the days on which it counts."""
        if self.first is None or self.last is None:
            return np.zeros(len(dates), dtype=bool)
        return np.asarray(
            (dates >= np.datetime64(self.first, "D")) & (dates <= np.datetime64(self.last, "D"))
        )

    def at(self, places: Sequence[str]) -> BoolArray:
        """(place,), the places where it counts; nowhere when it counts on no day."""
        if self.first is None:
            return np.zeros(len(places), dtype=bool)
        return np.array([self.places is None or place in self.places for place in places], bool)

    def of(self, categories: Sequence[str]) -> BoolArray:
        """(category,), the ward kinds, skills or products that it changes."""
        named = self.change.categories
        return np.array([not named or category in named for category in categories], bool)

    def cells(
        self, places: Sequence[str], categories: Sequence[str], dates: DateArray
    ) -> BoolArray:
        """(place, category, day), where it counts."""
        return np.asarray(
            self.at(places)[:, None, None]
            & self.of(categories)[None, :, None]
            & self.on(dates)[None, None, :]
        )


def count_change(
    change: ShortageChange,
    places: PlaceMap,
    known: Collection[str],
    *,
    as_of: date,
    first: date,
    last: date,
) -> CountedChange:
    """The days and places on which a change counts, and what of it does not.

    Args:
        change: as declared.
        places: of the room.
        known: ward kinds, skills or products that the run judges.
        as_of: day of the run.
        first, last: days looked at.
    """
    covered = places.covered(change.places) if change.places else None
    strange = [each for each in change.categories if each not in known]
    messages = [
        f'{change.kind}: "{each}" is not reported, so nothing of it changes. Nearest: '
        f"{nearest(each, known) or 'none'}."
        for each in strange
    ]
    if not known:
        messages = [f"{change.kind}: nothing that it changes is judged in this run."]
    if not known or (strange and len(strange) == len(change.categories)):
        return CountedChange(change, None, None, covered, tuple(messages))
    begin, end = (_date(each, as_of) for each in (change.first, change.last))
    if end is not None and end < first:
        messages.append(f"{change.kind} to {end} is over: the first day looked at is {first}.")
        return CountedChange(change, None, None, covered, tuple(messages))
    if begin is not None and begin > last:
        messages.append(f"{change.kind} from {begin} begins after {last}, the last day looked at.")
        return CountedChange(change, None, None, covered, tuple(messages))
    if begin is not None and begin < first:
        messages.append(f"{change.kind} from {begin} counts from {first}, the first day looked at.")
    return CountedChange(
        change, max(begin or first, first), min(end or last, last), covered, tuple(messages)
    )


def _date(given: date | int | None, as_of: date) -> date | None:
    return as_of + timedelta(days=given) if isinstance(given, int) else given
