"""What orders that are not yet placed will bring, along the stock and demand of every future."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from vigie.paths import FloatArray, PathArray
from vigie.supply.delivery_paths import OrderDraws, arrival_chances
from vigie.supply.inventory import Unmet
from vigie.supply.lead_times import ordered_today
from vigie.supply.order_law import OrderLaw
from vigie.supply.reordering import GAP_EDGES, ReorderLaw

__all__ = ["StoreAhead", "usual_orders"]


@dataclass(frozen=True, slots=True, eq=False)
class StoreAhead:
    """A product at all places, before anybody orders again.

    Attributes:
        stock: (place,), units on hand before the first day; NaN where unknown.
        on_order: (place, sample), units on order before the first day.
        demand: (place, day, sample), units asked for.
        coming: same shape, units that open orders bring.
        settled: same shape, units ordered of the lines that come that day.
        first_day: first of the days, from 1970-01-01.
        pack_size: units in a pack, > 0.
        unmet: what becomes of demand that stock cannot meet.
    """

    stock: FloatArray
    on_order: PathArray
    demand: PathArray
    coming: PathArray
    settled: PathArray
    first_day: int
    pack_size: float
    unmet: Unmet


def usual_orders(
    law: ReorderLaw,
    orders: OrderLaw,
    product: str,
    supplier: str,
    ahead: StoreAhead,
    draws: OrderDraws,
) -> PathArray | None:
    """Units that orders placed after the last known day bring, if sites order as they did.

    Args:
        law: of ordering; its places are those of ``ahead``.
        orders: the law of orders: how late, how much and whether what is ordered comes.
        product: its key.
        supplier: who would deliver; "": not known.
        ahead: the product.
        draws: chance of the orders of the run.

    Returns:
        (place, day, sample), units; 0 at places without known orders or stock. None where the
        law is used for no place of the product.

    Source: docs/models/ordering.md, equations 7 to 10.
    """
    foreseen = law.is_foreseen(product)
    if not foreseen.any():
        return None
    # Numba is loaded only where orders are foreseen.
    from vigie.supply.reorder_kernel import follow_stores

    at = law.products.index(product)
    days = ahead.demand.shape[1]
    rate, stock = law.rate[:, at], ahead.stock
    hazard = _hazard_by_day(law, at, ahead.first_day, days)
    hazard[~(foreseen & np.isfinite(stock))] = 0.0
    line = ordered_today(supplier, product)
    row = int(orders.rows_of(line.supplier, line.product)[0])
    chance = arrival_chances(line, orders, np.array([0]), days)[0]
    level = ndtri(np.minimum(np.cumsum(chance), 1.0))
    shock = draws.shock[orders.supplier_index(line.supplier)[0]]
    seed = np.random.SeedSequence([draws.key, zlib.crc32(f"usual {product}".encode())])
    return follow_stores(
        (
            np.nan_to_num(stock),
            ahead.on_order,
            np.nan_to_num(rate),
            ahead.demand,
            ahead.coming,
            ahead.settled,
        ),
        (law.cover_days[:, at], law.spread[:, at], hazard, GAP_EDGES),
        (level, shock, orders.partial_fill),
        (
            ahead.pack_size,
            float(law.lot_days[at]),
            law.window_days,
            float(np.sqrt(orders.shared)),
            float(np.sqrt(1 - orders.shared)),
            float(orders.partial_share[row]),
        ),
        max(0, law.known_day + 1 - ahead.first_day),
        ahead.unmet is Unmet.BACKORDER,
        int(seed.generate_state(1, np.uint64)[0]),
    )


def _hazard_by_day(law: ReorderLaw, product: int, first_day: int, days: int) -> FloatArray:
    """(place, day, bin of gap): chance that a site orders, if its store stands so."""
    weekday = law.weekday[:, product, (first_day + np.arange(days)) % 7]
    table = law.hazard[product].T[weekday]
    return np.asarray(np.minimum(table * law.eagerness[:, product, None, None], 1.0))
