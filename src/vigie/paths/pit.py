"""Where truths fall in their forecasts: PIT histogram, and chances read off quantiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.paths.arrays import FloatArray, IntArray
from vigie.paths.distribution import QUANTILE_LEVELS

__all__ = ["PIT_BINS", "pit_interval", "pit_sums", "probability_above"]

PIT_BINS = 10
"""Bins of the histogram, each with the same probability under the forecast."""


def pit_interval(
    forecast: FloatArray, truth: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> tuple[FloatArray, FloatArray]:
    """The probabilities that a forecast gives to less than the truth, and to at most the truth.

    Between two quantiles the distribution is taken as linear. Where several quantiles equal the
    truth, as with small counts, the two ends differ; beyond the outermost quantiles the truth is
    known to lie within the outermost level only.

    Args:
        forecast: (..., level), quantiles, never decreasing along the levels.
        truth: (...), finite.
        levels: the levels of the last axis of forecast.

    Returns:
        Two arrays (...), low <= high, within 0..1.

    Source: Czado, Gneiting and Held, Biometrics 65 (2009), section 2.
    """
    count = len(levels)
    known = np.concatenate([[0.0], np.asarray(levels, dtype=np.float64), [1.0]])
    less = (forecast < truth[..., None]).sum(axis=-1)
    at_most = (forecast <= truth[..., None]).sum(axis=-1)
    is_inside = (less == at_most) & (less > 0) & (less < count)
    left = np.take_along_axis(forecast, np.clip(less - 1, 0, count - 1)[..., None], -1)[..., 0]
    right = np.take_along_axis(forecast, np.clip(less, 0, count - 1)[..., None], -1)[..., 0]
    width = np.where(is_inside, right - left, 1.0)
    share = np.where(is_inside, (truth - left) / width, 0.0)
    between = known[less] + share * (known[np.minimum(less + 1, count + 1)] - known[less])
    # Truths equal to quantiles less + 1 .. at_most (counted from 1): from the first to the last.
    low = np.where(at_most > less, known[np.minimum(less + 1, count)], known[less])
    low = np.where(less == 0, 0.0, low)
    high = np.where(at_most > less, known[at_most], known[np.minimum(less + 1, count + 1)])
    high = np.where(at_most == count, 1.0, high)
    return np.where(is_inside, between, low), np.where(is_inside, between, high)


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
    is_point = high <= low
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
    low, high = pit_interval(forecast, threshold, levels)
    is_beyond = (threshold < forecast[..., 0]) | (threshold > forecast[..., -1])
    return np.asarray(1.0 - np.where(is_beyond, (low + high) / 2, high))
