"""A register that is emptied and filled anew: read as missing, not as the end of a shortage.

On 2021-05-28 the German intensive care register lost its statements of limited operation: the mean
share of units short of staff fell from 45 % to 4 % in a day and came back within two weeks.
"""

from __future__ import annotations

import numpy as np

from vigie.paths import BoolArray, FloatArray

__all__ = ["without_resets"]

_FALLEN = 0.2
_BACK = 0.5
_MOST_PLACES = 0.5
_FEWEST_PLACES = 3
_LONGEST_DAYS = 28


def without_resets(share: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Shares without the values of an emptied register, told from the days before alone.

    A reset begins when more than half of the places fall below a fifth of their last value in one
    day. It ends when more than half are back at half of it, or after 28 days, when the fall is
    believed. In between a value below half of the one before the reset is read as missing.

    Args:
        share: (place, day), >= 0, NaN where missing.

    Returns:
        (place, day), the same with NaN in place of emptied values; and (day,), in a reset or not.
    """
    kept = share.copy()
    is_reset = np.zeros(share.shape[1], dtype=np.bool_)
    seen = np.full(len(share), np.nan)
    before: FloatArray | None = None
    since = 0
    for day in range(share.shape[1]):
        today = share[:, day]
        if before is None and _most_fell(today, seen):
            before, since = seen.copy(), day
        if before is not None:
            counted = before > 0
            is_low = counted & np.isfinite(today) & ~(today >= _BACK * before)
            is_back = (counted & (today >= _BACK * before)).sum() > _MOST_PLACES * counted.sum()
            if is_back or day - since >= _LONGEST_DAYS:
                before = None
            else:
                kept[is_low, day] = np.nan
                is_reset[day] = True
        seen = np.where(np.isfinite(kept[:, day]), kept[:, day], seen)
    return kept, is_reset


def _most_fell(today: FloatArray, seen: FloatArray) -> bool:
    counted = np.isfinite(today) & (seen > 0)
    fell = counted & (today < _FALLEN * seen)
    return bool(counted.sum() >= _FEWEST_PLACES and fell.sum() > _MOST_PLACES * int(counted.sum()))
