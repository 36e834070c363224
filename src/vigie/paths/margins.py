"""Sample paths that keep who rises with whom, and take each day's distribution from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.paths.arrays import FloatArray, PathArray
from vigie.paths.distribution import QUANTILE_LEVELS

__all__ = ["with_margins"]


def with_margins(
    paths: PathArray, quantiles: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> PathArray:
    """Paths whose samples stand in the same order in every series and day, on new quantiles.

    The lowest of n samples of a day becomes the quantile of level 0, the next that of
    1 / (n - 1), and so on. Between the given levels quantiles are linear; beyond the outermost
    ones they go on by the same step as between the last two, and never below 0. So the futures
    stay joint over places, categories and days as they were, and each day has the
    distribution asked for. Equal values keep the order of their samples.

    Args:
        paths: (place, category, day, sample), finite.
        quantiles: (place, category, day, level), finite, >= 0, never decreasing along the levels.
        levels: increasing, between 0 and 1 without both ends.

    Returns:
        (place, category, day, sample), >= 0, never NaN.

    Raises:
        ValueError: shapes, levels or quantiles are not as described.

    Source: docs/models/pooled-daily.md, equation 9.
    """
    grid = np.asarray(levels, dtype=np.float64)
    _check(paths, quantiles, grid)
    weights = _weights(grid, paths.shape[-1])
    out = np.empty_like(paths)
    for place in range(len(paths)):
        order = np.argsort(paths[place], axis=-1, kind="stable")
        values = _with_ends(quantiles[place]) @ weights
        np.put_along_axis(out[place], order, values.astype(paths.dtype), axis=-1)
    return out


def _check(paths: PathArray, quantiles: FloatArray, grid: FloatArray) -> None:
    if paths.ndim != 4 or quantiles.shape != (*paths.shape[:3], len(grid)):
        raise ValueError(
            f"paths of shape {paths.shape} and quantiles of shape {quantiles.shape} "
            f"at {len(grid)} levels do not fit"
        )
    if not len(grid) or grid[0] <= 0 or grid[-1] >= 1 or np.any(np.diff(grid) <= 0):
        raise ValueError(f"levels must increase between 0 and 1: {grid.tolist()}")
    if not np.isfinite(quantiles).all() or np.any(quantiles < 0):
        raise ValueError("quantiles must be finite and not negative")
    if np.any(np.diff(quantiles, axis=-1) < 0):
        raise ValueError("quantiles decrease along the levels")


def _with_ends(quantiles: FloatArray) -> FloatArray:
    """With the quantiles of levels 0 and 1 before and after."""
    first, last = quantiles[..., :1], quantiles[..., -1:]
    if quantiles.shape[-1] == 1:
        return np.concatenate([first, quantiles, last], axis=-1)
    low = np.maximum(2 * first - quantiles[..., 1:2], 0.0)
    high = 2 * last - quantiles[..., -2:-1]
    return np.concatenate([low, quantiles, high], axis=-1)


def _weights(grid: FloatArray, samples: int) -> FloatArray:
    """(level with ends, sample): how much of each quantile makes the value of each rank."""
    ends = np.concatenate([[0.0], grid, [1.0]])
    rank = np.linspace(0.0, 1.0, samples) if samples > 1 else np.array([0.5])
    right = np.clip(np.searchsorted(ends, rank), 1, len(ends) - 1)
    share = (rank - ends[right - 1]) / (ends[right] - ends[right - 1])
    weights = np.zeros((len(ends), samples))
    weights[right - 1, np.arange(samples)] = 1 - share
    weights[right, np.arange(samples)] += share
    return weights
