"""Values that every change of a scenario has: a factor, its days, its places."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime

from vigie.declarations import Section
from vigie.errors import nearest

__all__ = ["Day", "read_days", "read_number", "read_places"]

_KINDS = ("nation", "region", "site")
_MOST_DAYS = 365

Day = date | int
"""A date, or days after the day of the run."""


def read_number(section: Section, key: str, largest: float) -> float:
    """A number above 0, up to ``largest``; another one is noted and gives 1."""
    value = section.get(key)
    bounds = f"above 0, to {largest:g}"
    if value is None:
        section.add("", f"{section.name(key)} is missing", f"Add {key}, {bounds}.")
        return 1.0
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    number = float(value) if is_number else math.nan  # type: ignore[arg-type]
    if not 0 < number <= largest:
        what = f"{section.name(key)} is not a number {bounds}"
        section.add(key, what, "Correct it; 0.7 means 30 in 100 less.")
        return 1.0
    return number


def read_days(section: Section) -> tuple[Day | None, Day | None]:
    """First and last day of a change; None: open. Two kinds of day, or a turned span, are noted."""
    first, last = _day(section, "from"), _day(section, "to")
    if first is not None and last is not None:
        if isinstance(first, date) != isinstance(last, date):
            what = f"{section.name('to')} and from are a date and a number of days"
            section.add("to", what, "Write two dates, or two numbers of days after the run.")
        elif last < first:  # type: ignore[operator]
            section.add("to", f"{section.name('to')} is before from", "Correct one of the two.")
    return first, last


def _day(section: Section, key: str) -> Day | None:
    """A date, or days after the day of the run; anything else is noted and gives None."""
    value = section.get(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_DAYS:
        return value
    what = f"{section.name(key)} is neither a date nor days after the run, 0 to {_MOST_DAYS}"
    section.add(key, what, "Write 2020-12-03 without quotation marks, or a whole number.")
    return None


def read_places(section: Section, kinds: Mapping[str, str], unfit: str) -> tuple[str, ...]:
    """Places of a change, each once; empty: everywhere.

    Args:
        section: of the change.
        kinds: kind of each place; a nation, a region or a site may be named.
        unfit: why no other may.
    """
    places = section.texts("places")
    if section.has("places") and not places:
        section.add("places", f"{section.name('places')} names no place", "Leave it out for all.")
    for place in places:
        if place not in kinds:
            what = f'{section.name("places")}: there is no place "{place}"'
            section.add("places", what, f"Nearest: {nearest(place, kinds) or 'none'}.")
        elif kinds[place] not in _KINDS:
            what = f'{section.name("places")}: "{place}" is a {kinds[place]}, {unfit}'
            section.add("places", what, "Name a nation, a region or a site.")
    return tuple(dict.fromkeys(places))
