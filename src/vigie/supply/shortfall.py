"""What a store that runs short means for those who ask: day by day, and in all."""

from __future__ import annotations

import math

import numpy as np

from vigie.paths import FloatArray, PathArray
from vigie.supply.inventory import StockPaths, Unmet, peak_shortfall

__all__ = [
    "cover_quantiles",
    "expected_unmet_on",
    "fill_rate",
    "fill_rate_of_need",
    "probability_on",
]

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


def fill_rate_of_need(
    need: PathArray, demand: PathArray, stock: FloatArray, unmet: Unmet
) -> FloatArray:
    """The same as ``fill_rate``, without running the store day by day.

    Args:
        need: (place, day, sample), as ``net_need`` gives it.
        demand: (place, day, sample), units asked for.
        stock: (place,), units on hand.
        unmet: whether unmet demand is lost or waits.

    Returns:
        (place,), 0..1.
    """
    share = np.ones(len(stock))
    peak = peak_shortfall(need, stock)
    for place in np.flatnonzero((peak > _TOLERANCE).any(axis=-1)):
        missed = peak[place].sum(dtype=np.float64)
        if unmet is Unmet.BACKORDER:
            waiting = np.maximum(need[place] - np.float32(stock[place]), np.float32(0))
            missed = np.minimum(waiting, demand[place]).sum(dtype=np.float64)
        asked = demand[place].sum(dtype=np.float64)
        share[place] = np.clip(1 - missed / asked, 0.0, 1.0) if asked > 0 else 1.0
    return share


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
    limit = (stock * (1 + 1e-6) + _TOLERANCE)[..., None]
    samples = demand.shape[-1]
    needed = np.zeros((*demand.shape[:-2], samples))
    lasting = np.empty(demand.shape[:-1])
    for day in range(demand.shape[-2]):
        needed += demand[..., day, :]
        lasting[..., day] = np.count_nonzero(needed <= limit, axis=-1)
    # Cover is at most c where the stock does not last c + 1 days: sorted without sorting.
    fewest = [max(1, math.ceil(level * samples - 1e-9)) for level in levels]
    return np.stack([(samples - lasting < least).sum(axis=-1) for least in fewest]).astype(float)
