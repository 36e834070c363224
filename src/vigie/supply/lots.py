"""Stock in lots with a day of expiry: what can still be used, first expired first out."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray

__all__ = ["expired_by_day", "usable_stock"]


def usable_stock(lots: FloatArray, expires: FloatArray, day: int) -> FloatArray:
    """Units that can be used on a day, when none is used before.

    Args:
        lots: (..., lot), units, >= 0.
        expires: (..., lot), last day of use, counted like ``day``; NaN or infinite: none.
        day: 0 is today.

    Returns:
        (...), units of the lots whose last day is that day or later.
    """
    is_usable = ~(expires < day)
    return np.asarray(np.where(is_usable, lots, 0.0).sum(axis=-1))


def expired_by_day(lots: FloatArray, expires: FloatArray, demand: PathArray) -> PathArray:
    """Units that expire unused on each future day, when the lot that expires first is used first.

    Use takes lots by their day of expiry, so that up to a day d the lots with a last day up to d
    are used first: what of them is not used by their last day is lost on the day after it.

    Args:
        lots: (lot,), units of one place and product today, >= 0.
        expires: (lot,), last day of use, 1 is tomorrow; NaN or infinite: none.
        demand: (day, sample), units asked for.

    Returns:
        (day, sample), units that can no longer be used from that day on.

    Source: docs/models/stock.md, equation 10.
    """
    days, samples = demand.shape
    gone = np.zeros((days, samples), dtype=np.float32)
    order = np.argsort(np.where(np.isnan(expires), np.inf, expires), kind="stable")
    units = lots[order]
    last = np.where(np.isnan(expires[order]), np.inf, expires[order])
    left = np.repeat(units[:, None], samples, axis=1).astype(np.float64)
    for day in range(days):
        # Day index 0 is day 1; a lot is lost on the first day after its last.
        is_lost = last < day + 1
        gone[day] = left[is_lost].sum(axis=0)
        left[is_lost] = 0.0
        asked = demand[day].astype(np.float64)
        for lot in range(len(units)):
            taken = np.minimum(left[lot], asked)
            left[lot] -= taken
            asked = asked - taken
    return gone
