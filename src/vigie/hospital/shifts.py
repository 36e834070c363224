"""Shifts: how probably too few come, how many hours are missing, and which rules they keep.

Rules of skill mix and rest are dated policy with a source, as ratios are; nothing here is a
constant of the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import numpy as np

from vigie.hospital.shortage import is_short
from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = [
    "RestRule",
    "SkillMixRule",
    "gap_hours",
    "registered_lacking",
    "registered_missing",
    "rest_breaches",
    "rule_in_force",
    "understaffed_by_day",
]


@dataclass(frozen=True, slots=True)
class SkillMixRule:
    """The least share of registered nurses among those present.

    Attributes:
        least_share: 0..1.
        valid_from: first day.
        valid_to: first day no more; None: still valid.
        source: who decided, and where it is written.

    Raises:
        ValueError: the share is outside 0..1, or the rule ends before it begins.
    """

    least_share: float
    valid_from: date
    valid_to: date | None
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.least_share <= 1:
            raise ValueError(f"a share of registered nurses of {self.least_share:g}: give 0 to 1")
        _require_order(self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class RestRule:
    """How much rest a member of staff must have.

    Attributes:
        least_rest_hours: between the end of a shift and the next, >= 0.
        most_shifts_in_a_row: days in a row with a shift, >= 1.
        most_hours_in_seven_days: > 0.
        valid_from, valid_to, source: as in ``SkillMixRule``.

    Raises:
        ValueError: a limit is impossible, or the rule ends before it begins.
    """

    least_rest_hours: float
    most_shifts_in_a_row: int
    most_hours_in_seven_days: float
    valid_from: date
    valid_to: date | None
    source: str

    def __post_init__(self) -> None:
        if self.least_rest_hours < 0 or self.most_hours_in_seven_days <= 0:
            raise ValueError("hours of rest are negative, or no hour of work is allowed")
        if self.most_shifts_in_a_row < 1:
            raise ValueError(f"{self.most_shifts_in_a_row} shifts in a row: give 1 or more")
        _require_order(self.valid_from, self.valid_to)


_Rule = TypeVar("_Rule", SkillMixRule, RestRule)


def rule_in_force(rules: Sequence[_Rule], day: date) -> _Rule | None:
    """The rule of a day: of those valid, the one that began last; None where none is."""
    valid = [
        each
        for each in rules
        if each.valid_from <= day and (each.valid_to is None or day < each.valid_to)
    ]
    return max(valid, key=lambda each: each.valid_from, default=None)


def understaffed_by_day(need: PathArray, available: PathArray) -> FloatArray:
    """P(a shift up to each day has fewer staff than its patients need).

    Args:
        need: (place, skill, day, sample), members of staff needed.
        available: same shape or broadcastable to it, members of staff who come.

    Returns:
        (place, skill, day), 0..1, never falling from day to day.

    Source: docs/models/staff-absence.md, equation 9.
    """
    short = np.logical_or.accumulate(is_short(need, available), axis=2)
    return np.asarray(short.mean(axis=3, dtype=np.float64))


def gap_hours(need: PathArray, available: PathArray, hours_per_shift: FloatArray) -> FloatArray:
    """Expected hours of work that are missing, (place, skill, day).

    Args:
        need: (place, skill, day, sample), members of staff needed.
        available: same shape or broadcastable to it.
        hours_per_shift: (skill,), > 0.

    Raises:
        ValueError: a shift has no length.

    Source: docs/models/staff-absence.md, equation 9.
    """
    if not (hours_per_shift > 0).all():
        raise ValueError("hours_per_shift is not above 0 for every skill; correct skills.csv")
    missing = np.maximum(need - available, np.float32(0)).mean(axis=3, dtype=np.float64)
    return np.asarray(missing * hours_per_shift[:, None])


def registered_missing(
    available: PathArray, is_registered: BoolArray, least_share: float | FloatArray
) -> PathArray:
    """Registered nurses to add so that those present keep the least share.

    Args:
        available: (place, skill, day, sample), those present of the skills of one team.
        is_registered: (skill,), which skills are of registered nurses.
        least_share: 0..1, of the rule in force; or by place and day, (place, day, 1).

    Returns:
        (place, day, sample), whole nurses, 0 where the share is kept or nobody is present. With a
        least share of 1 every other member of staff would need one in their place.

    Source: docs/models/staff-absence.md, equation 10.
    """
    return np.maximum(registered_lacking(available, is_registered, least_share), np.float32(0))


def registered_lacking(
    available: PathArray, is_registered: BoolArray, least_share: float | FloatArray
) -> PathArray:
    """The same, below 0 where so many registered nurses more are present than the share asks for.

    Args, source: as ``registered_missing``.
    """
    total = available.sum(axis=1)
    nurses = available[:, is_registered].sum(axis=1)
    others = total - nurses
    # r T <= R is the same as others <= (1 - r) T: so many may be present for each who are not.
    rest = (1 - np.asarray(least_share, dtype=np.float64)).astype(np.float32)
    lacking = others / np.where(rest > 0, rest, np.float32(1)) - total
    lacking = np.where((rest <= 0) & (others > 0), others, lacking)
    return np.asarray(np.ceil(lacking - np.float32(1e-4)), dtype=np.float32)


def rest_breaches(
    shifts: Sequence[tuple[datetime, datetime]], rule: RestRule
) -> tuple[tuple[int, str], ...]:
    """Which shifts of one member of staff break the rule, and how.

    Args:
        shifts: begin and end of each, in order of time.
        rule: in force.

    Returns:
        Number of the shift and a sentence for each breach, in order; empty when all is well.

    Raises:
        ValueError: a shift ends before it begins, or begins before the one before has ended.
    """
    found = []
    in_a_row = 0
    for number, (begin, end) in enumerate(shifts):
        earlier = shifts[number - 1] if number else None
        if end <= begin or (earlier is not None and begin < earlier[1]):
            raise ValueError(f"shift {number + 1} overlaps the one before, or ends as it begins")
        days_since = 2 if earlier is None else (begin.date() - earlier[0].date()).days
        in_a_row = in_a_row + days_since if days_since <= 1 else 1
        if earlier is not None:
            rest = (begin - earlier[1]) / timedelta(hours=1)
            if rest < rule.least_rest_hours:
                found.append((number, f"{rest:g} h of rest, at least {rule.least_rest_hours:g}"))
        if in_a_row > rule.most_shifts_in_a_row:
            found.append((number, f"{in_a_row} in a row, at most {rule.most_shifts_in_a_row}"))
        hours = _hours_before(shifts[: number + 1])
        if hours > rule.most_hours_in_seven_days:
            most = rule.most_hours_in_seven_days
            found.append((number, f"{hours:g} h in seven days, at most {most:g}"))
    return tuple(found)


def _hours_before(shifts: Sequence[tuple[datetime, datetime]]) -> float:
    """Hours of work in the seven days that end with the last shift."""
    since = shifts[-1][1] - timedelta(days=7)
    worked = (end - max(begin, since) for begin, end in shifts if end > since)
    return sum(each / timedelta(hours=1) for each in worked)


def _require_order(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to <= valid_from:
        raise ValueError(f"the rule of {valid_from} ends on {valid_to}, before it holds")
