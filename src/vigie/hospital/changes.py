"""Levels by day and how they change: what the pooled forecasts of levels and shares share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.paths import FloatArray

__all__ = ["mean_of_last", "persisting_quantiles", "values_before"]

_CHANGES_DAYS = 90


def values_before(values: FloatArray, days: int) -> FloatArray:
    """(place, day), values of some days ago; the first one where there was none."""
    return np.asarray(values[:, np.maximum(np.arange(values.shape[1]) - days, 0)])


def mean_of_last(level: FloatArray, length: int) -> FloatArray:
    """(place, day), mean of the last days, of as many as there are; no value is missing."""
    total = np.cumsum(np.pad(level, ((0, 0), (1, 0))), axis=1)
    end = np.arange(1, level.shape[1] + 1)
    begin = np.maximum(end - length, 0)
    return np.asarray((total[:, end] - total[:, begin]) / (end - begin))


def persisting_quantiles(level: FloatArray, horizon: int, levels: Sequence[float]) -> FloatArray:
    """The last value and the changes of the last 90 days with both signs.

    With fewer days than the horizon a change over them is stretched as a random walk would be.

    Args:
        level: (place, day), no value missing, at least two days.
        horizon: days ahead, >= 1.
        levels: of the quantiles, increasing within 0..1.

    Returns:
        (place, level), not cut at any bound.
    """
    days = level.shape[1]
    far = min(horizon, days - 1)
    first = max(far, days - _CHANGES_DAYS)
    changes = (level[:, first:] - level[:, first - far : days - far]) * np.sqrt(horizon / far)
    both = np.concatenate([changes, -changes], axis=1)
    return np.asarray(level[:, -1:] + np.quantile(both, levels, axis=1).T)
