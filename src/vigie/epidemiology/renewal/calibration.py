"""Past forecasts against what came: where truth lay in them, and a factor for their spread."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray

__all__ = [
    "FEWEST_FORECASTS",
    "SPREAD_LIMITS",
    "pit_values",
    "spread_factors",
    "with_spread",
]

FEWEST_FORECASTS = 100
"""Past forecasts of a horizon below which its spread is left as it is."""

SPREAD_LIMITS = (0.7, 2.0)
"""Least and largest factor of the spread."""

_AIM, _LEAST_COVERED, _MOST_COVERED = 0.90, 0.85, 0.95


def pit_values(paths: PathArray, truth: FloatArray) -> FloatArray:
    """Share of the futures below what came, half of the equal ones counted in.

    Even between 0 and 1 when forecasts are honest; a hump in the middle means too wide, two
    heaps at the ends too narrow.

    Args:
        paths: (..., sample).
        truth: (...), NaN where not known yet.

    Returns:
        (...), 0 to 1; NaN where truth is.
    """
    below = (paths < truth[..., None]).mean(axis=-1)
    equal = (paths == truth[..., None]).mean(axis=-1)
    return np.where(np.isnan(truth), np.nan, below + 0.5 * equal)


def spread_factors(
    low: FloatArray, middle: FloatArray, high: FloatArray, truth: FloatArray
) -> FloatArray:
    """By how much the spread of each horizon should be multiplied.

    1 where the 90 % intervals held 85 to 95 % of what came, or fewer than 100 forecasts are
    scored. Else the factor with which they would have held 90 %: the 90 % quantile of the
    distance of truth from the median over that of the end of the interval on its side, on the
    scale of log(1 + count).

    Args:
        low, middle, high: (forecast, horizon), 5, 50 and 95 % quantile of past forecasts, >= 0,
            made without this factor.
        truth: (forecast, horizon), >= 0; NaN where not known yet.

    Returns:
        (horizon,), 0.7 to 2.

    Raises:
        ValueError: shapes differ.

    Source: docs/models/renewal.md, equation 15.
    """
    if not low.shape == middle.shape == high.shape == truth.shape or low.ndim != 2:
        raise ValueError("spread: low, middle, high and truth need one shape (forecast, horizon)")
    factors = np.ones(low.shape[1])
    for horizon in range(low.shape[1]):
        known = np.isfinite(truth[:, horizon])
        if known.sum() < FEWEST_FORECASTS:
            continue
        ends = [np.log1p(each[known, horizon]) for each in (low, middle, high, truth)]
        covered = float(((ends[0] <= ends[3]) & (ends[3] <= ends[2])).mean())
        if _LEAST_COVERED <= covered <= _MOST_COVERED:
            continue
        off = ends[3] - ends[1]
        half = np.where(off > 0, ends[2] - ends[1], ends[1] - ends[0])
        # A median that is hit exactly is inside whatever the factor; one without spread never.
        share = np.where(off == 0, 0.0, np.abs(off) / np.maximum(half, 1e-9))
        factors[horizon] = np.clip(np.quantile(share, _AIM), *SPREAD_LIMITS)
    return factors


def with_spread(paths: PathArray, factors: FloatArray) -> PathArray:
    """Counts with the spread of each day multiplied, each future keeping its rank.

    Args:
        paths: (..., day, sample), counts.
        factors: (day,), as ``spread_factors`` gives them.

    Returns:
        The same shape, whole numbers >= 0; days with factor 1 are unchanged.
    """
    log = np.log1p(paths.astype(float))
    middle = np.median(log, axis=-1, keepdims=True)
    wider = np.expm1(np.maximum(middle + factors[:, None] * (log - middle), 0.0))
    scaled = np.rint(wider).astype(np.float32)
    return np.where(factors[:, None] == 1.0, paths, scaled)
