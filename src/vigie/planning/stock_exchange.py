"""What is held and needed, read back from stored paths of stock."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray

__all__ = ["need_of_stock"]


def need_of_stock(stock: FloatArray, paths: PathArray, use_per_day: FloatArray) -> PathArray:
    """Units that had to be held to be short on no day so far, from paths of stock.

    A path shows what is left; once it is at zero it hides how much was asked for. Such a day
    counts at least all that was left the day before, or the mean use of the place if that is more.

    Args:
        stock: (place,), units held when the paths begin, >= 0; NaN counts as none.
        paths: (place, day, sample), units on hand at the end of the day, >= 0.
        use_per_day: (place,), mean units used a day, >= 0; NaN counts as none.

    Returns:
        (place, day, sample), as the need of an ``Exchange``; exact as long as stock lasts.
    """
    held = np.nan_to_num(stock).astype(np.float32)
    used = np.nan_to_num(use_per_day).astype(np.float32)
    before = np.empty_like(paths)
    before[:, 0] = held[:, None]
    before[:, 1:] = paths[:, :-1]
    is_out = paths <= 0
    taken = np.where(is_out, np.maximum(before, used[:, None, None]), before - paths)
    return np.asarray(np.cumsum(taken, axis=1, dtype=np.float32))
