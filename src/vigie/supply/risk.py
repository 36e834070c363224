"""The first day on which a product is out, in every future."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray, first_passage

__all__ = ["STOCK_MODEL", "first_stock_out"]

STOCK_MODEL = "vigie-flat-stock"
"""Name of the model in tables, scores and releases."""

_TOLERANCE = 1e-5
"""Share of the stock below which a difference is rounding of single precision."""


def first_stock_out(need: PathArray, stock: FloatArray) -> PathArray:
    """First day on which demand cannot be met, horizon + 1 where none.

    Args:
        need: (..., day, sample), as ``net_need`` gives it.
        stock: (...), units on hand today.

    Returns:
        (..., sample).
    """
    limit = stock + _TOLERANCE * np.maximum(stock, 1.0)
    return first_passage(need > limit.astype(np.float32)[..., None, None])
