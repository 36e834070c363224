"""Orders that sites have not yet placed, if they go on ordering as they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.order_book import OrderBook
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.paths import DateArray, FloatArray, PathArray
from vigie.supply import (
    OpenDeliveries,
    PastStores,
    ReorderLaw,
    StoreAhead,
    Unmet,
    judged_reordering,
    usual_orders,
    usual_suppliers,
    within_cap,
)

__all__ = ["UsualOrders", "learn_usual_orders"]


@dataclass(frozen=True, slots=True, eq=False)
class UsualOrders:
    """How the sites of a room order, and the chance of the run.

    Attributes:
        law: of ordering.
        orders: known ones, and the law of what becomes of orders.
        suppliers: the usual one of each product.
    """

    law: ReorderLaw
    orders: OrderBook
    suppliers: Mapping[str, str]

    def all_coming(
        self,
        product: str,
        stock: FloatArray,
        demand: PathArray,
        open_orders: OpenDeliveries,
        dates: DateArray,
        pack_size: float,
        unmet: Unmet,
    ) -> PathArray:
        """(place, 1, day, sample): units that open orders and those placed from today on bring.

        Args:
            product: its key.
            stock: (place,), units on hand before the first day, NaN where unknown.
            demand: (place, 1, day, sample), units asked for.
            open_orders: of the product, with samples.
            dates: (day,), days looked at.
            pack_size: units in a pack.
            unmet: what becomes of demand that stock cannot meet.
        """
        ahead = StoreAhead(
            stock=stock,
            on_order=open_orders.on_order[:, 0],
            demand=demand[:, 0],
            coming=open_orders.units[:, 0],
            settled=open_orders.settled[:, 0],
            first_day=int(np.datetime64(dates[0], "D").astype(np.int64)),
            pack_size=pack_size,
            unmet=unmet,
        )
        known, supplier = self.orders, self.suppliers.get(product, "")
        found = usual_orders(self.law, known.law, product, supplier, ahead, known.draws)
        if found is None:
            return open_orders.units
        # Sites order as if what a capped supplier owes them were on order, as it is.
        return open_orders.units + within_cap(found, supplier, open_orders)[:, None]

    def told(self) -> dict[str, object]:
        """What the law rests on and where it is not used, for the manifest."""
        law = self.law
        without = [place for place, has in zip(law.places, law.has_orders, strict=True) if not has]
        unused = [name for name, used in zip(law.products, law.is_used, strict=True) if not used]
        return {
            "orders": law.order_count,
            "window_days": law.window_days,
            "places_without_orders": without,
            "products_without": unused,
        }

    def is_foreseen(self, product: str) -> np.ndarray:
        """(place,), where orders of the product are foreseen."""
        return self.law.is_foreseen(product)


def learn_usual_orders(rule: ShortageRule, inputs: Inputs, orders: OrderBook) -> UsualOrders | None:
    """Learn from all products together how sites order; None where too little is known.

    Args:
        rule: of kind products.
        inputs: of the run.
        orders: of the run.
    """
    history, used = (inputs.histories[rule.measures[role]] for role in ("stock", "consumption"))
    rows = {row["product"]: row for row in inputs.reference["products"].to_pylist()}
    products = tuple(name for name in history.categories if name in rows)
    if not products:
        return None
    past = PastStores(
        places=history.places,
        products=products,
        first_day=int(np.datetime64(history.dates[0], "D").astype(np.int64)),
        stock=history.select(history.places, products),
        use=used.on_days(history.places, products, history.dates),
        pack_size=np.array([float(rows[name]["pack_size"]) for name in products]),
    )
    unmet = {name: Unmet(rows[name]["unmet"]) for name in products}
    law = judged_reordering(orders.lines, past, orders.law, unmet)
    return None if law is None else UsualOrders(law, orders, usual_suppliers(orders.lines))
