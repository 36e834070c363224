"""Quantiles of sample paths, made only for display and scoring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.paths.arrays import FloatArray, PathArray

__all__ = ["QUANTILE_LEVELS", "quantiles", "weighted_quantiles"]

QUANTILE_LEVELS: tuple[float, ...] = (
    0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5,
    0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99,
)  # fmt: skip


def quantiles(values: PathArray, levels: Sequence[float] = QUANTILE_LEVELS) -> FloatArray:
    """Quantiles over the samples, linear between order statistics.

    Args:
        values: (..., sample), finite.
        levels: increasing, within 0..1; by default the 23 levels of the forecast hubs.

    Returns:
        (..., level), never decreasing along the levels.

    Raises:
        ValueError: a level is outside 0..1 or the levels do not increase.
    """
    wanted = np.asarray(levels, dtype=np.float64)
    if np.any((wanted < 0) | (wanted > 1)) or np.any(np.diff(wanted) <= 0):
        raise ValueError(f"quantile levels must increase within 0..1: {tuple(levels)}")
    ordered = np.sort(values, axis=-1)
    at = wanted * (ordered.shape[-1] - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    low, high = ordered[..., below].astype(np.float64), ordered[..., above].astype(np.float64)
    return np.asarray(np.maximum.accumulate(low + (high - low) * (at - below), axis=-1))


def weighted_quantiles(
    values: FloatArray, weights: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> FloatArray:
    """Quantiles of values that count differently, linear between the middles of their weights.

    Args:
        values: (value,), finite, at least one.
        weights: (value,), >= 0, not all 0.
        levels: within 0..1.

    Returns:
        (level,), never decreasing where the levels do not.
    """
    order = np.argsort(values)
    share = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(levels, share / weights.sum(), values[order])
