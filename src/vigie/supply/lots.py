"""Stock in lots with a day of expiry: what can still be used, first expired first out.

Lots of one place stand in a row, the one that expires first at the left; those that never expire
stand last. Units 0 fill the row up. Stock beyond the lots, and what arrives later, has no known
expiry and is used after them: only use decides what of a lot is lost.
"""

from __future__ import annotations

import numpy as np

from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = ["expired_by_day", "lots_left", "lots_within"]


def expired_by_day(lots: FloatArray, expires: FloatArray, demand: PathArray) -> PathArray:
    """Units that expire unused on each future day, when the lot that expires first is used first.

    Up to the last day of a lot it and all lots before it can only be used or lost. So what was
    lost by the day after is the largest excess so far of these lots over use up to then.

    Args:
        lots: (place, lot), units today, >= 0, in the order of ``expires``.
        expires: (place, lot), last day of use, 1 is tomorrow; NaN or infinite: none.
        demand: (place, day, sample), units asked for.

    Returns:
        (place, day, sample), units that can no longer be used from that day on.

    Source: docs/models/stock.md, equation 10.
    """
    gone = np.zeros(demand.shape, dtype=np.float32)
    days = demand.shape[1]
    is_lost = (lots > 0) & (expires < days)
    in_all = np.cumsum(lots, axis=-1)
    for place in np.flatnonzero(is_lost.any(axis=-1)).tolist():
        here = np.flatnonzero(is_lost[place])
        last = np.maximum(expires[place, here], 0).astype(np.int64)
        asked = np.cumsum(demand[place, : int(last[-1])], axis=0, dtype=np.float64)
        lost = np.zeros(demand.shape[2])
        for units, day in zip(in_all[place, here].tolist(), last.tolist(), strict=True):
            by_then = np.maximum(lost, units - (asked[day - 1] if day else 0.0))
            gone[place, day] += by_then - lost
            lost = by_then
    return gone


def lots_left(lots: FloatArray, expires: FloatArray, used: FloatArray) -> FloatArray:
    """Units left of lots some days after they were counted; of those expired, what was not used.

    Args:
        lots: (lot,), units when counted, in the order of ``expires``.
        expires: (lot,), last day of use, 1 is the day after the count; NaN or infinite: none.
        used: (day,), units used on each day since.

    Returns:
        (lot,), units.

    Source: docs/models/stock.md, equation 10.
    """
    asked = np.concatenate([[0.0], np.cumsum(used)])
    day = np.clip(np.nan_to_num(expires, nan=np.inf), 0, len(used)).astype(np.int64)
    over = np.maximum.accumulate(np.maximum(np.cumsum(lots) - asked[day], 0.0))
    return np.asarray(np.diff(over, prepend=0.0))


def lots_within(lots: FloatArray, was_usable: BoolArray, stock: float) -> FloatArray:
    """Lots that add up to no more than the stock told.

    What is too much was used since the count without being told, so it is taken off the lot that
    expires first; what had expired when it was counted cannot have been used and is taken off last.

    Args:
        lots: (lot,), units, in the order of their expiry.
        was_usable: (lot,), could still be used when it was counted.
        stock: units told, >= 0.

    Returns:
        (lot,), units.
    """
    order = np.argsort(~was_usable, kind="stable")
    before = np.cumsum(lots[order]) - lots[order]
    excess = max(float(lots.sum()) - stock, 0.0)
    left = np.empty_like(lots)
    left[order] = lots[order] - np.clip(excess - before, 0.0, lots[order])
    return left
