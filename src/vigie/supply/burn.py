"""Burn rate and months of stock: the plain figures that storekeepers know."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray

__all__ = ["BURN_DAYS", "burn_rate", "days_of_stock", "months_of_stock", "uncensored_use"]

BURN_DAYS = 7
"""Reported days over which use is averaged."""

_OLDEST_DAYS = 28
_DAYS_PER_MONTH = 365.25 / 12


def uncensored_use(consumption: FloatArray, stock: FloatArray | None) -> FloatArray:
    """Use of a product, where no use without stock is missing and not zero.

    Args:
        consumption: (place, product, time), units per step, NaN where missing.
        stock: same shape, units on hand reported for that step, NaN where missing; None: not
            known, so that nothing can be told apart.

    Returns:
        consumption with NaN where it is 0 and the stock is 0.

    Raises:
        ValueError: the shapes differ.

    Source: docs/models/stock.md, equation 1.
    """
    if stock is None:
        return consumption
    if stock.shape != consumption.shape:
        raise ValueError(f"stock has shape {stock.shape}, consumption {consumption.shape}")
    return np.where((consumption == 0) & (stock <= 0), np.nan, consumption)


def burn_rate(
    consumption: FloatArray, stock: FloatArray | None = None, *, days: int = BURN_DAYS
) -> FloatArray:
    """Mean use per day over the last ``days`` known days, none older than 28 days.

    Args:
        consumption: (place, product, time), units per day, NaN where missing.
        stock: as ``uncensored_use``; days without stock and use are left out.
        days: known days that are averaged, >= 1.

    Returns:
        (place, product), units per day; NaN where no day is known.
    """
    recent = uncensored_use(consumption, stock)[..., -_OLDEST_DAYS:]
    known = np.isfinite(recent)
    from_the_end = np.cumsum(known[..., ::-1], axis=-1)[..., ::-1]
    used = known & (from_the_end <= days)
    count = used.sum(axis=-1)
    total = np.where(used, recent, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def days_of_stock(stock: FloatArray, burn: FloatArray) -> FloatArray:
    """Days that stock lasts at the burn rate; NaN (not infinite) where nothing is used.

    Args:
        stock: (place, product), units on hand.
        burn: (place, product), units per day, as ``burn_rate`` gives it.
    """
    return np.where(burn > 0, stock / np.where(burn > 0, burn, 1.0), np.nan)


def months_of_stock(stock: FloatArray, burn: FloatArray) -> FloatArray:
    """Months (of 30.44 days) that stock lasts at the burn rate; see ``days_of_stock``."""
    return np.asarray(days_of_stock(stock, burn) / _DAYS_PER_MONTH)
