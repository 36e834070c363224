"""One product at all places of a run: what is held, asked for and coming."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vigie.actions.shortages.product_demand import ProductDemand
from vigie.actions.shortages.product_lots import ProductLots
from vigie.actions.shortages.shortage_rows import Inputs, Series, shortage_rows
from vigie.paths import BoolArray, FloatArray, PathArray
from vigie.supply import OpenDeliveries, Unmet, first_stock_out, peak_shortfall

__all__ = ["ProductStore", "ProductTerms", "less_expired", "product_terms"]


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


def product_terms(inputs: Inputs) -> dict[str, ProductTerms]:
    """Terms by product, as the list of products declares them.

    Args:
        inputs: of the run.
    """
    return {
        row["product"]: ProductTerms(
            row["unit"],
            float(row["pack_size"]),
            Unmet(row["unmet"]),
            float(row["lead_time_days"]) if row["lead_time_days"] is not None else 1.0,
        )
        for row in inputs.reference["products"].to_pylist()
    }


@dataclass(frozen=True, slots=True, eq=False)
class ProductStore:
    """One product at all places; arrays have an axis of this one product after the place.

    Attributes:
        terms: of the product.
        series: what its rows share.
        begins: days before the first day looked at.
        stock: (place, 1), units last told that can be used; NaN where unknown.
        use: what is asked for.
        on_order: what open orders bring.
        coming: (place, 1, day) or with samples, units of these and of orders to be placed, less
            those that expire unused.
        sent: (place,), units that left by moves since the stock was told, taken off it.
        lots: with their expiry; None: none are told.
        expiring: (place, 1, day, sample), units that expire unused; None without lots.
    """

    terms: ProductTerms
    series: Series
    begins: int
    stock: FloatArray
    use: ProductDemand
    on_order: OpenDeliveries
    coming: PathArray
    sent: FloatArray
    lots: ProductLots | None = None
    expiring: PathArray | None = None

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


def less_expired(coming: PathArray, expiring: PathArray | None) -> PathArray:
    """What a store gains each day: units that come less those that expire.

    Args:
        coming: (place, 1, day) when certain, or (place, 1, day, sample), units.
        expiring: (place, 1, day, sample), units; None: none.
    """
    if expiring is None:
        return coming
    return (coming if coming.ndim == expiring.ndim else coming[..., None]) - expiring
