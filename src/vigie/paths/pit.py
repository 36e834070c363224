"""Where truths fall in their forecasts: PIT histogram, and chances read off quantiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.paths.arrays import FloatArray, IntArray
from vigie.paths.distribution import QUANTILE_LEVELS

__all__ = ["PIT_BINS", "pit_interval", "pit_sums", "probability_above"]

PIT_BINS = 10
"""Bins of the histogram, each with the same probability under the forecast."""


_POINT = 1e-9


def pit_interval(
    forecast: FloatArray, truth: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> tuple[FloatArray, FloatArray]:
    """The probabilities that a forecast gives to less than the truth, and to at most the truth.

    Between two quantiles the distribution is taken as linear. Where quantiles equal the truth, as
    with counts, the truth has a probability of its own, which begins and ends half-way to the
    levels around; beyond the outermost quantiles it lies anywhere up to the outermost level.

    Args:
        forecast: (..., level), quantiles, never decreasing along the levels.
        truth: (...), finite.
        levels: the levels of the last axis of forecast.

    Returns:
        Two arrays (...), low <= high, within 0..1.

    Source: Czado, Gneiting and Held, Biometrics 65 (2009), section 2.
    """
    known = np.concatenate([[0.0], np.asarray(levels, dtype=np.float64), [1.0]])
    less = (forecast < truth[..., None]).sum(axis=-1)
    at_most = (forecast <= truth[..., None]).sum(axis=-1)
    last = len(levels)
    is_met = at_most > less
    is_inside = ~is_met & (less > 0) & (less < last)
    between = _between(forecast, truth, less, known)
    begins = (known[less] + known[np.minimum(less + 1, last + 1)]) / 2
    ends = (known[at_most] + known[np.minimum(at_most + 1, last + 1)]) / 2
    low = np.where(is_met, begins, np.where(is_inside, between, known[less]))
    beyond = known[np.minimum(less + 1, last + 1)]
    high = np.where(is_met, ends, np.where(is_inside, between, beyond))
    return low, high


def _between(
    forecast: FloatArray, value: FloatArray, below: IntArray, known: FloatArray
) -> FloatArray:
    """The probability at a value with ``below`` quantiles below it, by linear interpolation."""
    last = forecast.shape[-1] - 1
    left = np.take_along_axis(forecast, np.clip(below - 1, 0, last)[..., None], -1)[..., 0]
    right = np.take_along_axis(forecast, np.clip(below, 0, last)[..., None], -1)[..., 0]
    is_wide = right > left
    share = np.divide(value - left, right - left, out=np.zeros(np.shape(value)), where=is_wide)
    upper = known[np.minimum(below + 1, len(known) - 1)]
    return np.asarray(known[below] + np.clip(share, 0.0, 1.0) * (upper - known[below]))


def pit_sums(
    low: FloatArray, high: FloatArray, group: IntArray, groups: int, bins: int = PIT_BINS
) -> FloatArray:
    """Truths per bin of the histogram, summed within groups; one truth may fill several bins.

    Args:
        low, high: (task,), as ``pit_interval`` gives them.
        group: (task,), 0..groups - 1.
        groups: number of groups.
        bins: bins of equal probability.

    Returns:
        (group, bin); a row sums to the tasks of its group.
    """
    is_point = high - low < _POINT
    width = np.where(is_point, 1.0, high - low)
    below = np.zeros((groups, bins + 1))
    for number in range(1, bins):
        edge = number / bins
        part = np.where(is_point, low < edge, np.clip((edge - low) / width, 0.0, 1.0))
        below[:, number] = np.bincount(group, part, groups)
    below[:, bins] = np.bincount(group, minlength=groups)
    return np.diff(below, axis=1)


def probability_above(
    forecast: FloatArray, threshold: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> FloatArray:
    """The probability that a forecast gives to more than a threshold, read off its quantiles.

    Args:
        forecast: (..., level), quantiles, never decreasing along the levels.
        threshold: (...), finite.
        levels: the levels of the last axis of forecast.

    Returns:
        (...), 0..1; beyond the outermost quantiles the middle of what is left.
    """
    known = np.concatenate([[0.0], np.asarray(levels, dtype=np.float64), [1.0]])
    at_most = (forecast <= threshold[..., None]).sum(axis=-1)
    inside = _between(forecast, threshold, at_most, known)
    before, after = known[1] / 2, (known[-2] + 1.0) / 2
    beyond = np.where(threshold < forecast[..., 0], before, after)
    is_beyond = (threshold < forecast[..., 0]) | (threshold > forecast[..., -1])
    is_last = threshold == forecast[..., -1]
    below = np.where(is_beyond, beyond, np.where(is_last, known[-2], inside))
    return np.asarray(1.0 - below)
