"""What a store that runs short means for those who ask: day by day, and in all."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray
from vigie.supply.inventory import StockPaths

__all__ = ["cover_quantiles", "expected_unmet_on", "fill_rate", "probability_on"]

_TOLERANCE = 1e-3


def probability_on(paths: StockPaths) -> FloatArray:
    """P(demand is not met on a day): it falls again when a delivery comes, unlike P(by a day).

    Args:
        paths: as ``stock_paths`` gives them.

    Returns:
        (..., day), share of futures in which part of the day's demand is not met.

    Source: docs/models/stock.md, equation 11.
    """
    return np.asarray(np.mean(paths.unmet > _TOLERANCE, axis=-1, dtype=np.float64))


def expected_unmet_on(paths: StockPaths) -> FloatArray:
    """(..., day), mean units asked for on a day and not met on it."""
    return np.asarray(np.mean(paths.unmet, axis=-1, dtype=np.float64))


def fill_rate(paths: StockPaths, demand: PathArray) -> FloatArray:
    """Share of all demand that is met on its day; 1 where nothing is asked for.

    Args:
        paths: as ``stock_paths`` gives them.
        demand: (..., day, sample), units asked for.

    Returns:
        (...), 0..1: 1 - E(unmet) / E(demand), both summed over the days.
    """
    asked = demand.sum(axis=(-2, -1), dtype=np.float64)
    missed = paths.unmet.sum(axis=(-2, -1), dtype=np.float64)
    share = np.divide(missed, asked, out=np.zeros_like(asked), where=asked > 0)
    return np.asarray(1 - share)


def cover_quantiles(
    demand: PathArray, stock: FloatArray, levels: tuple[float, ...] = (0.1, 0.5, 0.9)
) -> FloatArray:
    """Days that stock lasts without deliveries; the horizon means "at least so long".

    Args:
        demand: (..., day, sample), units asked for.
        stock: (...), units on hand.
        levels: within 0..1.

    Returns:
        (level, ...), whole days with all demand met.
    """
    needed = np.cumsum(demand, axis=-2, dtype=np.float64)
    limit = stock[..., None, None] * (1 + 1e-6) + _TOLERANCE
    days = (needed <= limit).sum(axis=-2)
    return np.asarray(np.quantile(days, levels, axis=-1, method="inverted_cdf"))
