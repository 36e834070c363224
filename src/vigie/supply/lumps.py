"""Use that comes rarely and in sizes that differ much: a hurdle, and then a size that has been."""

from __future__ import annotations

import numpy as np

from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = ["in_lumps", "is_lumpy"]

_ADI, _CV_SQUARED = 1.32, 0.49
"""Mean days between uses, and squared variation of sizes, from which use comes in lumps."""

_FEWEST_SIZES = 5
_LARGEST_CHANCE = 0.98


def is_lumpy(demand: FloatArray) -> BoolArray:
    """Places whose use comes rarely and in sizes that differ much.

    Args:
        demand: (place, time), units, NaN where unknown.

    Returns:
        (place,), whether days between uses are 1.32 or more on average and the squared
        coefficient of variation of the sizes is 0.49 or more.

    Source: Syntetos, Boylan and Croston 2005, Journal of the Operational Research Society 56.
    """
    known = np.isfinite(demand)
    positive = known & (demand > 0)
    count = positive.sum(axis=1)
    interval = known.sum(axis=1) / np.maximum(count, 1)
    sizes = np.where(positive, demand, 0.0)
    mean = sizes.sum(axis=1) / np.maximum(count, 1)
    square = (sizes**2).sum(axis=1) / np.maximum(count, 1)
    variation = np.divide(square, mean**2, out=np.ones_like(mean), where=mean > 0) - 1
    is_known = count >= _FEWEST_SIZES
    return np.asarray(is_known & (interval >= _ADI) & (variation >= _CV_SQUARED))


def in_lumps(history: FloatArray, mean: PathArray, rng: np.random.Generator) -> PathArray:
    """A hurdle: whether anything is asked for, and then a size that has been.

    Args:
        history: (time,), units of one place.
        mean: (day, sample), units expected.
        rng: chance of the product.

    Returns:
        (day, sample), units, >= 0, of the mean asked for.

    Source: docs/models/patient-demand.md, equation 13.
    """
    sizes = history[np.isfinite(history) & (history > 0)]
    chance = np.minimum(mean / sizes.mean(), _LARGEST_CHANCE)
    is_asked = rng.random(mean.shape, dtype=np.float32) < chance
    drawn = sizes[rng.integers(0, len(sizes), mean.shape)]
    # Where lumps cannot come more often, they are larger.
    larger = mean / np.maximum(chance * sizes.mean(), 1e-9)
    return np.where(is_asked, np.rint(drawn * np.maximum(larger, 1.0)), 0.0).astype(np.float32)
