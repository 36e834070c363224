"""Trailing means of daily series with gaps, and weekday factors as each day knew them."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, IntArray, last_seen

__all__ = ["DAYS_A_WEEK", "before", "trailing_factors", "trailing_mean", "trailing_sum"]

DAYS_A_WEEK = 7

_FACTOR_DAYS = 56
_PRIOR_COUNT = 120.0
"""Counted events of a weekday at which a series' own factor weighs as much as its group's."""

_SMALLEST_FACTOR = 0.1


def before(values: FloatArray, days: int) -> FloatArray:
    """Values of so many days before: (..., time), NaN where there was no such day."""
    times = values.shape[-1]
    out = np.full(values.shape, np.nan)
    if days < times:
        out[..., days:] = values[..., : times - days]
    return out


def trailing_sum(values: FloatArray, days: int) -> FloatArray:
    """Sums over the last ``days`` days, today included: (..., time), from finite values."""
    total = np.cumsum(values, axis=-1)
    out = total.copy()
    out[..., days:] -= total[..., :-days]
    return out


def trailing_mean(values: FloatArray, days: int) -> FloatArray:
    """Means over what was reported in the last ``days`` days.

    Args:
        values: (..., time), NaN where missing.
        days: >= 1, today included.

    Returns:
        (..., time); without a report in the window the last mean before, NaN before the first.
    """
    known = np.isfinite(values)
    sums = trailing_sum(np.where(known, values, 0.0), days)
    counts = np.round(trailing_sum(known.astype(float), days))
    means = np.divide(sums, counts, out=np.full(values.shape, np.nan), where=counts > 0)
    return last_seen(means)


def trailing_factors(counts: FloatArray, group: IntArray) -> FloatArray:
    """Weekday factors from the 8 weeks that end with each day.

    A series' own factors are drawn to those of its group by the number of events they rest on.

    Args:
        counts: (series, time), >= 0, NaN where missing.
        group: (series,), 0..g - 1.

    Returns:
        (series, time, weekday), mean 1, at least about 0.1; weekday of time i is i modulo 7.

    Source: docs/models/pooled-daily.md, equation 1.
    """
    series, times = counts.shape
    known = np.isfinite(counts)
    filled = np.where(known, counts, 0.0)
    sums = np.zeros((series, times, DAYS_A_WEEK))
    days = np.zeros_like(sums)
    for weekday in range(DAYS_A_WEEK):
        is_day = np.arange(times) % DAYS_A_WEEK == weekday
        sums[..., weekday] = trailing_sum(np.where(is_day, filled, 0.0), _FACTOR_DAYS)
        days[..., weekday] = trailing_sum((known & is_day).astype(float), _FACTOR_DAYS)
    sums, days = np.maximum(sums, 0.0), np.round(days)
    own, size = _shares(sums, days)
    pooled = np.ones_like(own)
    for number in np.unique(group):
        members = group == number
        # Means, not sums: a place that began late must not shift the week of the others.
        weighted = np.where(days[members] > 0, own[members] * size[members, :, None], 0.0)
        present = np.where(days[members] > 0, size[members, :, None], 0.0)
        total, of = weighted.sum(axis=0), present.sum(axis=0)
        pooled[members] = np.divide(total, of, out=np.ones_like(total), where=of > 0)
    evidence = sums.sum(axis=-1, keepdims=True) / DAYS_A_WEEK
    weight = np.where(days > 0, evidence / (evidence + _PRIOR_COUNT), 0.0)
    mixed = np.maximum(weight * own + (1 - weight) * pooled, _SMALLEST_FACTOR)
    return np.asarray(mixed / mixed.mean(axis=-1, keepdims=True))


def _shares(sums: FloatArray, days: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean of each weekday over the mean of those with a report, 1 if unknown; and that mean."""
    means = np.divide(sums, days, out=np.zeros_like(sums), where=days > 0)
    size = means.sum(axis=-1) / np.maximum((days > 0).sum(axis=-1), 1)
    shares = np.ones_like(sums)
    is_known = (days > 0) & (size > 0)[..., None]
    np.divide(means, size[..., None], out=shares, where=is_known)
    return shares, size
