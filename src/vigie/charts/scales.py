"""From values and days to positions: scales that start at 0, round ticks, calendar ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

__all__ = ["DayScale", "ValueScale", "day_ticks", "round_ticks"]

Days = NDArray[np.datetime64]


def round_ticks(largest: float, wanted: int = 4) -> tuple[float, ...]:
    """Round tick values from 0 to at least the largest value.

    Args:
        largest: largest value shown, >= 0.
        wanted: about how many steps.
    """
    if largest <= 0:
        return (0.0, 1.0)
    raw = largest / wanted
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= raw * 0.999)
    count = math.ceil(largest / step - 1e-9)
    return tuple(round(step * index, 10) for index in range(count + 1))


@dataclass(frozen=True, slots=True)
class ValueScale:
    """A vertical scale: 0 (or the lowest value, when negative) at the bottom."""

    low: float
    high: float
    top: float
    bottom: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class DayScale:
    """A horizontal scale of days."""

    first: np.datetime64
    last: np.datetime64
    left: float
    right: float

    def __call__(self, day: np.datetime64) -> float:
        span = max(1.0, float((self.last - self.first).astype(int)))
        return self.left + float((day - self.first).astype(int)) / span * (self.right - self.left)

    def positions(self, days: Days) -> list[float]:
        """Positions of many days."""
        return [self(day) for day in days]


def day_ticks(first: np.datetime64, last: np.datetime64, most: int) -> tuple[date, ...]:
    """Days to name on the axis: Mondays, first days of months, or first days of years.

    Args:
        first, last: ends of the axis.
        most: largest number of names that fit.
    """
    begin, end = first.astype(date), last.astype(date)
    mondays = [
        date.fromordinal(n)
        for n in range(begin.toordinal(), end.toordinal() + 1)
        if date.fromordinal(n).weekday() == 0
    ]
    if len(mondays) <= 2 * most:
        return tuple(mondays[:: max(1, math.ceil(len(mondays) / most))])
    months = list(_first_days_of_months(begin, end))
    return tuple(months[:: max(1, math.ceil(len(months) / most))])


def _first_days_of_months(begin: date, end: date) -> Iterable[date]:
    year, month = begin.year, begin.month
    while date(year, month, 1) <= end:
        if date(year, month, 1) >= begin:
            yield date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
