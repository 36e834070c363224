"""What public holidays do to daily counts, learnt by each day from the holidays before it."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.pooled.rolling import DAYS_A_WEEK, before, trailing_mean
from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["holiday_effects"]

_PRIOR_COUNT = 200.0
"""Expected events on holidays at which what was seen weighs as much as no effect."""

_SMALLEST, _LARGEST = 0.3, 1.5


def holiday_effects(
    counts: FloatArray, factors: FloatArray, group: IntArray, is_holiday: BoolArray
) -> FloatArray:
    """Factor of a holiday, as each day knew it: counted over expected, of a whole group.

    Expected is the mean of the week before, times the factor of the weekday. Drawn to 1 by how
    few events the holidays up to the day had.

    Args:
        counts: (series, time), >= 0, NaN where missing.
        factors: (series, time, weekday), as ``trailing_factors`` gives them.
        group: (series,), 0..g - 1.
        is_holiday: (series, time).

    Returns:
        (series, time), 0.3 to 1.5; 1 before the first holiday.

    Source: docs/models/pooled-daily.md, equation 10.
    """
    times = np.arange(counts.shape[1])
    ordinary = np.where(is_holiday, np.nan, counts)
    of_day = factors[:, times, times % DAYS_A_WEEK]
    expected = before(trailing_mean(ordinary / of_day, DAYS_A_WEEK), 1) * of_day
    is_told = is_holiday & np.isfinite(counts) & np.isfinite(expected)
    seen = np.cumsum(np.where(is_told, counts, 0.0), axis=1)
    usual = np.cumsum(np.where(is_told, expected, 0.0), axis=1)
    effects = np.ones_like(counts)
    for number in np.unique(group):
        members = group == number
        total = seen[members].sum(axis=0) + _PRIOR_COUNT, usual[members].sum(axis=0) + _PRIOR_COUNT
        effects[members] = np.clip(total[0] / total[1], _SMALLEST, _LARGEST)
    return effects
