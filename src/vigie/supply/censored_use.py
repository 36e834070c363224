"""Use on days that ran out of stock: what was probably asked for, not what was handed out."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincc

from vigie.paths import BoolArray, FloatArray

__all__ = ["expected_above", "ran_out"]

_SMALLEST_TAIL = 1e-6
"""Chance below which the tail beyond the bound is not worth a quotient of two tiny numbers."""


def ran_out(use: FloatArray, stock: FloatArray | None) -> BoolArray:
    """Days on which all that was there was used, so that use is a lower bound of demand.

    Args:
        use: (..., time), units used, NaN where missing.
        stock: same shape, units left at the end of the day, NaN where missing; None: unknown, so
            that no day can be told to have run out.
    """
    if stock is None:
        return np.zeros(use.shape, dtype=bool)
    if stock.shape != use.shape:
        raise ValueError(f"stock has shape {stock.shape}, use {use.shape}")
    return np.asarray(np.isfinite(use) & (stock <= 0))


def expected_above(bound: FloatArray, mean: FloatArray, inverse_size: float) -> FloatArray:
    """Mean of a day's demand known to be at least the bound.

    Demand is taken as Gamma with the mean and the variance mean + inverse_size mean^2 of the
    negative binomial: with shape a and scale c, E[D | D >= b] = mean Q(a + 1, b/c) / Q(a, b/c),
    where Q is the upper incomplete gamma function.

    Args:
        bound: (...), units used on a day that ran out, >= 0.
        mean: (...), units expected on that day, >= 0.
        inverse_size: 1 / k of the negative binomial, >= 0.

    Returns:
        (...), units, never below the bound; the bound itself where nothing was expected.

    Source: docs/models/patient-demand.md, equation 4.
    """
    safe = np.maximum(mean, 1e-9)
    shape = safe / (1 + safe * inverse_size)
    scale = safe / shape
    below = gammaincc(shape, bound / scale)
    above = gammaincc(shape + 1, bound / scale)
    ratio = np.divide(above, below, out=np.ones_like(safe), where=below > _SMALLEST_TAIL)
    return np.asarray(np.maximum(safe * ratio, bound))
