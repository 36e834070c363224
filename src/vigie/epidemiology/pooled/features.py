"""What the pooled daily model looks at: level, its last moves, and growth of the whole group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.pooled.holiday_effect import holiday_effects
from vigie.epidemiology.pooled.rolling import (
    DAYS_A_WEEK,
    before,
    trailing_factors,
    trailing_mean,
)
from vigie.epidemiology.pooled.signals import Signal
from vigie.paths import BoolArray, FloatArray, IntArray, last_seen

__all__ = ["FEATURE_NAMES", "RECENT_DAYS", "DailyFeatures", "daily_features"]

FEATURE_NAMES = (
    "yesterday",
    "half_week",
    "growth_3_days",
    "growth_7_days",
    "growth_week_before",
    "sudden_growth",
    "growth_of_week",
)
"""Columns of ``DailyFeatures.moves``; each in counts a day, weekdays taken out."""

_SMALL_COUNT = 5.0
"""Added to both sides of a growth: a group with a handful of cases has none."""

_MOST_GROWTH = 1.0
_SLACK = 1.0
"""Counts a day by which a series may differ from the growth of the middle one in the growth of
its group: small series count by what they have, and no large one speaks for all."""

_MOST_RISE = 4.0
"""A day counts for its level as this many times the week before it at most."""

_FEWEST_RECENT = 7
RECENT_DAYS = 14
"""Days back that the features of a day look at, at most (growth apart)."""


@dataclass(frozen=True, slots=True, eq=False)
class DailyFeatures:
    """Each day of each series, as that day knew it.

    Attributes:
        counts: (series, time), >= 0, NaN where missing.
        factors: (series, time, weekday), as ``trailing_factors`` gives them.
        level: (series, time), counts a day with weekdays taken out, NaN before the first report.
        moves: (series, time, feature), see ``FEATURE_NAMES``; finite where is_usable.
        scale: (series, time), about the standard deviation of one day's count, >= 1.
        is_usable: (series, time), at least 7 of the last 14 days are reported.
        signals: their values are (series, time) or (1, time).
        is_holiday: (series, time + days ahead); None without a calendar.
        holiday: (series, time), factor of a holiday as that day knew it.
    """

    counts: FloatArray
    factors: FloatArray
    level: FloatArray
    moves: FloatArray
    scale: FloatArray
    is_usable: BoolArray
    signals: tuple[Signal, ...] = ()
    is_holiday: BoolArray | None = None
    holiday: FloatArray | None = None

    def moves_ahead(self, days: int) -> FloatArray:
        """(series, time, feature): the moves, and what each signal says of so many days ahead."""
        if not self.signals:
            return self.moves
        told = [np.nan_to_num(signal.change_ahead(days)) for signal in self.signals]
        columns = [(self.level * change)[..., None] for change in told]
        return np.concatenate([self.moves, *columns], axis=-1)

    def factor_ahead(self, times: IntArray, days: int) -> FloatArray:
        """Factors of the day ``days`` after each time, as that time knew them: weekday, holiday.

        Args:
            times: (chosen,), indices of time.
            days: >= 0.

        Returns:
            (series, chosen).
        """
        of_week = np.asarray(self.factors[:, times, (times + days) % DAYS_A_WEEK])
        if self.is_holiday is None or self.holiday is None:
            return of_week
        return np.where(self.is_holiday[:, times + days], self.holiday[:, times], 1.0) * of_week


def daily_features(
    counts: FloatArray,
    group: IntArray,
    signals: Sequence[Signal] = (),
    is_holiday: BoolArray | None = None,
) -> DailyFeatures:
    """The features of every day, each from that day and those before it.

    Args:
        counts: (series, time), NaN where missing; negative counts (corrections) are read as 0.
        group: (series,), series that share their growth and their week, 0..g - 1.
        signals: with values for these series and days.
        is_holiday: (series, time + days ahead), public holidays.

    Source: docs/models/pooled-daily.md, equations 1 to 4.
    """
    counts = np.where(np.isfinite(counts), np.maximum(counts, 0.0), np.nan)
    times = np.arange(counts.shape[1])
    factors = trailing_factors(counts, group)
    without_week = counts / factors[:, times, times % DAYS_A_WEEK]
    holiday = None
    if is_holiday is not None:
        holiday = holiday_effects(counts, factors, group, is_holiday[:, : counts.shape[1]])
    usual = before(trailing_mean(without_week, DAYS_A_WEEK), 1)
    without_week = np.fmin(without_week, _MOST_RISE * usual + 2 * _SMALL_COUNT)
    without_week = np.where(np.isfinite(counts), without_week, np.nan)
    days = {number: trailing_mean(without_week, number) for number in (3, 7, 14)}
    level = (days[3] + days[7]) / 2
    fast = _growth(days[3], DAYS_A_WEEK, group)
    slow = _growth(days[7], DAYS_A_WEEK, group)
    sudden = _growth(days[3], 3, group) * (DAYS_A_WEEK / 3)
    moves = [last_seen(without_week) - level, days[3] - days[7]]
    turning = _growth(days[7], 3, group)
    growths = (fast, slow, before(slow, DAYS_A_WEEK), np.clip(sudden, -1.5, 1.5), turning)
    moves += [level * np.nan_to_num(growth) for growth in growths]
    recent = trailing_mean(np.isfinite(counts).astype(float), RECENT_DAYS) * RECENT_DAYS
    is_usable = (np.round(recent) >= _FEWEST_RECENT) & (times >= RECENT_DAYS - 1)
    scale = np.sqrt((days[7] + days[14]) / 2 + 1.0)
    return DailyFeatures(
        counts,
        factors,
        level,
        np.stack(moves, axis=-1),
        scale,
        is_usable & np.isfinite(level),
        tuple(signals),
        is_holiday,
        holiday,
    )


def _growth(means: FloatArray, days: int, group: IntArray) -> FloatArray:
    """Log growth of a group's sum over so many days, from series known on both; (series, time)."""
    earlier = before(means, days)
    is_known = np.isfinite(means) & np.isfinite(earlier)
    now, then = np.where(is_known, means, 0.0), np.where(is_known, earlier, 0.0)
    growth = np.zeros_like(means)
    for number in np.unique(group):
        members = group == number
        own, past = now[members], then[members]
        typical = past * _middle((own + 1) / (past + 1), is_known[members])
        own = np.clip(own, typical - _SLACK, typical + _SLACK)
        sums = own.sum(axis=0) + _SMALL_COUNT, past.sum(axis=0) + _SMALL_COUNT
        growth[members] = np.clip(np.log(sums[0] / sums[1]), -_MOST_GROWTH, _MOST_GROWTH)
    return growth


def _middle(ratios: FloatArray, is_known: BoolArray) -> FloatArray:
    """(time,): median over the series that are known, 1 where none is."""
    ordered = np.sort(np.where(is_known, ratios, np.inf), axis=0)
    count = is_known.sum(axis=0)
    below, above = np.maximum(count - 1, 0) // 2, count // 2
    at = np.arange(ratios.shape[1])
    above = np.minimum(above, len(ratios) - 1)
    told = count > 0
    both = np.where(told, ordered[below, at], 1.0) + np.where(told, ordered[above, at], 1.0)
    return np.asarray(both / 2)
