"""The orders of a run: what is open, what it may bring, and how long an order of today takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.room import Room
from vigie.actions.shortages.supplier_caps import SupplierCaps, read_supplier_caps
from vigie.paths import DateArray, FloatArray, PathArray
from vigie.schemas import SUPPLIER_CAPS, SUPPLIER_SHARES
from vigie.supply import (
    OpenDeliveries,
    OrderDraws,
    OrderLaw,
    OrderLines,
    capped_deliveries,
    lead_time_paths,
    learn_order_law,
    of_places,
    open_deliveries,
    order_draws,
    read_order_lines,
    shares_of_orders,
)

__all__ = ["OrderBook", "book_of", "order_book"]

Cell = tuple[str, str]
"""Place and product."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderBook:
    """Orders as known, and the law that past ones teach.

    Attributes:
        lines: every line of which anything was told lately.
        law: as learnt from them.
        draws: chance of the orders of the run.
        open_units: units on order, by place and product.
        suppliers: who took the last order, by place and product; "": not told.
        usual_suppliers: who took the last order of a product, wherever it was for.
        ordered_for: places that ordered lately, by product.
        caps: of suppliers; None: none is declared.
    """

    lines: OrderLines
    law: OrderLaw
    draws: OrderDraws
    open_units: Mapping[Cell, float]
    suppliers: Mapping[Cell, str]
    usual_suppliers: Mapping[str, str]
    ordered_for: Mapping[str, frozenset[str]] = field(default_factory=dict)
    caps: SupplierCaps | None = None

    def arriving(self, places: Sequence[str], product: str, dates: DateArray) -> OpenDeliveries:
        """What open orders of the product bring: late, in part, never, or within a cap."""
        caps = {} if self.caps is None else self.caps.on(product, dates)
        if not caps:
            return open_deliveries(self.lines, self.law, places, [product], dates, self.draws)
        # Depots, and others whose stock is not told, take their part of a cap too.
        others = sorted(place for place in self.ordered_for.get(product, ()) if place not in places)
        every = [*places, *others]
        shares = {
            supplier: self.caps.shares(supplier, product, every)
            if self.caps is not None and self.caps.has_shares(supplier, product)
            else shares_of_orders(self.lines, supplier, product, every)
            for supplier in caps
        }
        found = capped_deliveries(
            self.lines, self.law, every, product, dates, self.draws, caps, shares
        )
        return of_places(found, len(places))

    def on_order(self, places: Sequence[str], product: str) -> FloatArray:
        """(place,), units on order; NaN where no order was ever told to the room."""
        if not len(self.lines.state):
            return np.full(len(places), np.nan)
        return np.array([self.open_units.get((place, product), 0.0) for place in places])

    def supplier(self, place: str, product: str) -> str:
        """Who would deliver: as the last time, there or else elsewhere; "": not known."""
        return self.suppliers.get((place, product)) or self.usual_suppliers.get(product, "")

    def lead_times(self, supplier: str, product: str, day_count: int) -> PathArray | None:
        """(sample,), days that an order of today takes; None when it was never ordered.

        Infinite where it comes later than the days looked at, or never.
        """
        if product not in self.usual_suppliers:
            return None
        return lead_time_paths(self.law, supplier, product, day_count, self.draws)


def order_book(room: Room, orders: pa.Table, day: date, rng: np.random.Generator) -> OrderBook:
    """Read the orders of a room and learn how they come.

    Args:
        room: the room.
        orders: as ``told_orders`` gives them.
        day: of the run.
        rng: chance of the run's orders.
    """
    lines = read_order_lines(orders, today=day, known_until=room.end_of(day))
    law = learn_order_law(lines)
    caps = read_supplier_caps(
        room.reference(SUPPLIER_CAPS.name), room.reference(SUPPLIER_SHARES.name)
    )
    return book_of(lines, law, order_draws(rng, law, room.values.sample_count), caps)


def book_of(
    lines: OrderLines, law: OrderLaw, draws: OrderDraws, caps: SupplierCaps | None = None
) -> OrderBook:
    """The book of lines that are read."""
    places, products, suppliers = (
        column.to_pylist() for column in (lines.place, lines.product, lines.supplier)
    )
    by_age = np.argsort(lines.ordered_day, kind="stable").tolist()
    open_units: dict[Cell, float] = {}
    # A quantity that is unknown or negative brings nothing: it is told as a fault of orders.
    for line in np.flatnonzero(lines.is_open & (np.nan_to_num(lines.quantity) > 0)).tolist():
        cell = (places[line], products[line])
        open_units[cell] = open_units.get(cell, 0.0) + float(lines.quantity[line])
    ordered_for: dict[str, set[str]] = {}
    for place, product in {*zip(places, products, strict=True)}:
        ordered_for.setdefault(product, set()).add(place)
    return OrderBook(
        lines=lines,
        law=law,
        draws=draws,
        open_units=open_units,
        # Of lines with the same key the last one stays: the newest order.
        suppliers={(places[line], products[line]): suppliers[line] for line in by_age},
        usual_suppliers={products[line]: suppliers[line] for line in by_age},
        ordered_for={product: frozenset(found) for product, found in ordered_for.items()},
        caps=caps,
    )
