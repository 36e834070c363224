"""One product at all places of a run: what is held, asked for and coming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vigie.actions.shortages.product_demand import ProductDemand
from vigie.actions.shortages.shortage_rows import Inputs, Series, shortage_rows
from vigie.paths import BoolArray, FloatArray, PathArray
from vigie.supply import OpenDeliveries, Unmet, first_stock_out, peak_shortfall

__all__ = ["ProductStore", "ProductTerms"]


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """What the list of products says of one.

    Attributes:
        unit: of stock and use.
        pack_size: units in a pack.
        unmet: what becomes of demand that stock cannot meet.
        lead_time_days: from order to receipt.
    """

    unit: str
    pack_size: float
    unmet: Unmet
    lead_time_days: float


@dataclass(frozen=True, slots=True, eq=False)
class ProductStore:
    """One product at all places; arrays have an axis of this one product after the place.

    Attributes:
        terms: of the product.
        series: what its rows share.
        begins: days before the first day looked at.
        stock: (place, 1), units last told; NaN where unknown.
        use: what is asked for.
        on_order: what open orders bring.
        coming: (place, 1, day) or with samples, units of these and of orders to be placed.
    """

    terms: ProductTerms
    series: Series
    begins: int
    stock: FloatArray
    use: ProductDemand
    on_order: OpenDeliveries
    coming: PathArray

    @property
    def known(self) -> BoolArray:
        """(place, 1), where stock is told."""
        return np.asarray(np.isfinite(self.stock))

    @property
    def amount(self) -> FloatArray:
        """(place, 1), units on hand, 0 where unknown."""
        return np.nan_to_num(self.stock)

    def first_short(self, need: PathArray) -> PathArray:
        """(place, 1, sample), first day looked at on which a need exceeds the stock."""
        return first_stock_out(need[:, :, self.begins :], self.amount)

    def rows(self, inputs: Inputs, need: PathArray) -> pa.Table:
        """Rows of the table of shortages of a need, see ``vigie.supply.net_need``."""
        lacking = peak_shortfall(need[:, :, self.begins :], self.amount)
        return shortage_rows(self.series, inputs, self.first_short(need), lacking, self.known)
