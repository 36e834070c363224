"""Stock on every day and in every future, from stock, demand and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vigie.paths import FloatArray, PathArray

__all__ = ["StockPaths", "Unmet", "net_need", "peak_shortfall", "stock_paths"]


class Unmet(StrEnum):
    """What becomes of demand that stock cannot meet; the words of the table ``products``."""

    LOST = "lost"
    BACKORDER = "backorder"


@dataclass(frozen=True, slots=True, eq=False)
class StockPaths:
    """Stock of products.

    Attributes:
        stock: (..., day, sample), units on hand at the end of the day, >= 0.
        unmet: same shape, part of the day's demand that was not met that day.
        backlog: same shape, demand still waiting at the end of the day; 0 where it is lost.
    """

    stock: PathArray
    unmet: PathArray
    backlog: PathArray


def stock_paths(
    stock: FloatArray, demand: PathArray, arrivals: PathArray, unmet: Unmet
) -> StockPaths:
    """Run the store day by day; what arrives on a day can be used that day.

    Args:
        stock: (...), units on hand today, >= 0.
        demand: (..., day, sample), units asked for, >= 0.
        arrivals: (..., day) when they are certain, or (..., day, sample): units delivered, >= 0.
        unmet: whether unmet demand is lost or waits; what waits is served first.

    Source: docs/models/stock.md, equations 3 and 4.
    """
    on_hand = np.broadcast_to(
        stock.astype(np.float32)[..., None], (*demand.shape[:-2], demand.shape[-1])
    )
    delivered = _by_sample(arrivals, demand).astype(np.float32, copy=False)
    held, missed = (np.empty(demand.shape, dtype=np.float32) for _ in range(2))
    backlog = np.zeros(demand.shape, dtype=np.float32)
    none = np.float32(0)
    for day in range(demand.shape[-2]):
        asked = demand[..., day, :]
        left = on_hand + delivered[..., day, :]
        if unmet is Unmet.BACKORDER and day > 0:
            left -= backlog[..., day - 1, :]
        left -= asked
        on_hand = np.maximum(left, none, out=held[..., day, :])
        # What is lacking now was asked for today, or before if it waits.
        lacking = np.negative(left, out=left)
        np.maximum(lacking, none, out=lacking)
        np.minimum(lacking, asked, out=missed[..., day, :])
        if unmet is Unmet.BACKORDER:
            backlog[..., day, :] = lacking
    return StockPaths(held, missed, backlog)


def net_need(demand: PathArray, arrivals: PathArray) -> PathArray:
    """Demand less deliveries, added up: the stock that would be needed to get so far.

    Stock runs out in the first future day on which this exceeds the stock of today, in both
    forms of unmet demand.

    Args:
        demand: (..., day, sample), units asked for.
        arrivals: (..., day) when they are certain, or (..., day, sample): units delivered.

    Returns:
        (..., day, sample), units.

    Source: docs/models/stock.md, equation 5.
    """
    return np.cumsum(demand - _by_sample(arrivals, demand), axis=-2, dtype=np.float32)


def peak_shortfall(need: PathArray, stock: FloatArray) -> PathArray:
    """Units by which stock falls short at the worst time up to the horizon.

    Where unmet demand is lost this is all that is lost; where it waits it is the largest
    backlog.

    Args:
        need: (..., day, sample), as ``net_need`` gives it.
        stock: (...), units on hand today.

    Returns:
        (..., sample), units, >= 0.

    Source: docs/models/stock.md, equation 6.
    """
    worst = need.max(axis=-2) - stock.astype(np.float32)[..., None]
    return np.asarray(np.maximum(worst, np.float32(0)))


def _by_sample(arrivals: PathArray, demand: PathArray) -> PathArray:
    """Arrivals with an axis of samples, of length 1 when they are certain."""
    return arrivals if arrivals.ndim == demand.ndim else arrivals[..., None]
