"""Planned shifts against rules of rest: how many break them, by place, skill and day.

Only counts leave this module: whose shifts they are stays inside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from vigie.hospital.shifts import RestRule, rest_breaches

__all__ = ["PlannedShift", "ShiftCounts", "count_shifts"]

Cell = tuple[str, str, date]
"""Place, skill and day on which a shift begins, or on whose roster it is."""

RuleOf = Callable[[str, date], RestRule | None]
"""(place, day) -> the rule in force; None: none."""


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """A shift that somebody is planned for.

    Attributes:
        member: pseudonym.
        place, skill: where, as what.
        begins_at, ends_at: with their offset from UTC, on the clock of the place.
        overlaps: it overlaps another of the same member, so that neither can be judged.
    """

    member: str
    place: str
    skill: str
    begins_at: datetime
    ends_at: datetime
    overlaps: bool = False

    @property
    def cell(self) -> Cell:
        """Place, skill and day on which it begins."""
        return (self.place, self.skill, self.begins_at.date())

    @property
    def hours(self) -> float:
        """Its length."""
        return (self.ends_at - self.begins_at) / timedelta(hours=1)

    def rostered_on(self, at: time | None) -> date | None:
        """The day whose roster, taken at a time of the day, it is on; None: that of no day.

        A night that begins in the evening is on the roster of two o'clock of the next day.
        Without a time it is on that of the day on which it begins.
        """
        begins = self.begins_at.date()
        if at is None:
            return begins
        for day in (begins, begins + timedelta(days=1)):
            if self.begins_at <= datetime.combine(day, at, self.begins_at.tzinfo) < self.ends_at:
                return day
        return None


@dataclass(slots=True)
class ShiftCounts:
    """Planned shifts of a place, a skill and a day.

    Attributes:
        planned: all of them.
        breaches: those that break the rule in force.
        breach_hours: hours of these.
        overlapping: those that could not be judged.
        not_worked: those that an enforced rule takes off the roster of this day, on which a
            night may not begin: a member works all the others, which then break it no longer.
    """

    planned: int = 0
    breaches: int = 0
    breach_hours: float = 0.0
    overlapping: int = 0
    not_worked: int = 0


def count_shifts(
    shifts: Iterable[PlannedShift],
    rule_of: RuleOf,
    enforced: Collection[RestRule],
    rostered_at: time | None,
) -> dict[Cell, ShiftCounts]:
    """Count planned shifts and those that break the rule in force where and when they begin.

    Args:
        shifts: by member, then in order of time; also those of the days before, as they count
            for rest, days in a row and hours.
        rule_of: the rule in force.
        enforced: rules by which a shift that breaks them is not worked.
        rostered_at: only shifts that cover this time of the day are on the roster; None: all.

    Source: docs/models/staff-absence.md, "Rest".
    """
    counts: dict[Cell, ShiftCounts] = {}
    for _, group in groupby(shifts, key=lambda each: each.member):
        own = list(group)
        for shift in own:
            at = counts.setdefault(shift.cell, ShiftCounts())
            at.planned += 1
            at.overlapping += shift.overlaps
        judged = [shift for shift in own if not shift.overlaps]
        rules = [rule_of(shift.place, shift.begins_at.date()) for shift in judged]
        for rule in dict.fromkeys(each for each in rules if each is not None):
            _count(judged, rules, rule, counts, is_enforced=rule in enforced, at=rostered_at)
    return counts


def _count(
    judged: Sequence[PlannedShift],
    rules: Sequence[RestRule | None],
    rule: RestRule,
    counts: dict[Cell, ShiftCounts],
    *,
    is_enforced: bool,
    at: time | None,
) -> None:
    """Add the shifts of one member that break a rule, where it is the one in force."""
    times = [(each.begins_at, each.ends_at) for each in judged]
    broken = {number for number, _ in rest_breaches(times, rule)}
    for number in broken:
        if rules[number] == rule:
            shift = judged[number]
            counts[shift.cell].breaches += 1
            counts[shift.cell].breach_hours += shift.hours
    if not (broken and is_enforced):
        return
    worked: list[tuple[datetime, datetime]] = []
    for number, shift in enumerate(judged):
        tried = [*worked, times[number]]
        if rules[number] == rule and any(
            found == len(worked) for found, _ in rest_breaches(tried, rule)
        ):
            day = shift.rostered_on(at)
            if day is not None:
                of = (shift.place, shift.skill, day)
                counts.setdefault(of, ShiftCounts()).not_worked += 1
        else:
            worked = tried
