"""Whether the law of ordering foresaw past orders better than "nobody orders again"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vigie.paths import BoolArray, FloatArray, IntArray
from vigie.supply.delivery_paths import OrderDraws, order_draws
from vigie.supply.inventory import Unmet
from vigie.supply.order_law import OrderLaw
from vigie.supply.order_lines import OrderLines
from vigie.supply.reorder_past import PastStores, positions
from vigie.supply.reorder_paths import StoreAhead, usual_orders
from vigie.supply.reordering import ReorderLaw, ReorderRules, learn_reordering

__all__ = ["JUDGED_DAYS", "judged_reordering", "usual_suppliers"]

JUDGED_DAYS = 28
"""Days before today on which the law is made again, and over which it is judged."""

_JUDGED_BY = (14, 21, 28)
"""Days by which what later orders brought is compared: slow ones come after the first of them."""

_FUTURES = 32
_FEWEST_ORDERS = 10


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Lines of the places and products asked for; days from 1970."""

    place: IntArray
    product: IntArray
    quantity: FloatArray
    delivered: FloatArray
    ordered: IntArray
    ended: IntArray


def judged_reordering(
    lines: OrderLines,
    past: PastStores,
    orders: OrderLaw,
    unmet: Mapping[str, Unmet],
    rules: ReorderRules | None = None,
) -> ReorderLaw | None:
    """Learn the law of ordering, and keep it for the products where it would have helped.

    The law learnt from the days up to 28 days before today says what orders placed since will
    bring by 14, 21 and 28 days, with the use that came; its CRPS is compared with that of
    nothing. A product with fewer than 10 orders in these days, placed or foreseen, is judged by
    all products together.

    Args:
        lines: as known.
        past: stock and use.
        orders: the law of orders.
        unmet: what becomes of demand that stock cannot meet, by product.
        rules: how past orders are read.

    Returns:
        The law; None with too few orders to learn from and to judge by.

    Source: docs/models/ordering.md, "The guard".
    """
    law = learn_reordering(lines, past, rules)
    then = learn_reordering(lines, past, rules, until=JUDGED_DAYS)
    if law is None or then is None:
        return None
    suppliers = usual_suppliers(lines)
    own, none, placed = (np.zeros(len(past.products)) for _ in range(3))
    # Judging must not move with the chance of the run.
    draws = order_draws(np.random.default_rng(law.known_day), orders, _FUTURES)
    known = _known(lines, past)
    for at, product in enumerate(past.products):
        supplier = suppliers.get(product, "")
        scores = _scores(then, orders, past, known, at, supplier, draws, unmet[product])
        own[at], none[at], placed[at] = scores
    return law.used_for(_is_better(own, none, placed))


def usual_suppliers(lines: OrderLines) -> dict[str, str]:
    """By product, the supplier of most of its lines; of equals the first by name."""
    if len(lines.product) == 0:
        return {}
    found = pa.table({"product": lines.product, "supplier": lines.supplier})
    counts = found.group_by(["product", "supplier"]).aggregate([([], "count_all")])
    ordered = counts.sort_by(
        [("product", "ascending"), ("count_all", "descending"), ("supplier", "ascending")]
    )
    out: dict[str, str] = {}
    for row in ordered.to_pylist():
        out.setdefault(row["product"], row["supplier"])
    return out


def _is_better(own: FloatArray, none: FloatArray, placed: FloatArray) -> BoolArray:
    # Where what was ordered comes later than the days judged, nothing tells the two apart.
    told = (placed >= _FEWEST_ORDERS) & ((own > 0) | (none > 0))
    ratio = np.divide(own, none, out=np.full_like(own, np.inf), where=none > 0)
    together = own.sum() < none.sum() if not told.any() else np.median(ratio[told]) < 1
    return np.asarray(np.where(told, ratio < 1, together))


def _known(lines: OrderLines, past: PastStores) -> _Lines:
    place = positions(lines.place, past.places)
    product = positions(lines.product, past.products)
    used = (place >= 0) & (product >= 0) & (np.nan_to_num(lines.quantity, nan=-1.0) > 0)
    came = np.where(np.isfinite(lines.delivered), lines.delivered, lines.quantity)
    came = np.where(lines.arrival_day <= lines.cancelled_day, came, 0.0)
    return _Lines(
        place[used],
        product[used],
        lines.quantity[used],
        came[used],
        lines.ordered_day[used],
        np.minimum(lines.arrival_day, lines.cancelled_day)[used],
    )


def _scores(
    law: ReorderLaw,
    orders: OrderLaw,
    past: PastStores,
    known: _Lines,
    product: int,
    supplier: str,
    draws: OrderDraws,
    unmet: Unmet,
) -> tuple[float, float, int]:
    """CRPS of the law, CRPS of nothing, both summed over places, and orders to judge by."""
    first = law.known_day + 1
    start = first - past.first_day
    of = (known.product == product) & (known.ended >= first)
    use = past.use[:, product, start : start + JUDGED_DAYS]
    demand = np.where(np.isfinite(use), use, np.nan_to_num(law.rate[:, product, None]))
    futures = (len(past.places), JUDGED_DAYS, _FUTURES)
    is_open = of & (known.ordered < first)
    coming, settled = (
        _by_day(known, is_open, units, first, len(past.places))
        for units in (known.delivered, known.quantity)
    )
    waiting = np.bincount(known.place[is_open], known.quantity[is_open], len(past.places))
    ahead = StoreAhead(
        stock=past.stock[:, product, start - 1],
        on_order=np.repeat(waiting[:, None], _FUTURES, axis=1).astype(np.float32),
        demand=np.broadcast_to(demand[..., None], futures).astype(np.float32),
        coming=np.broadcast_to(coming[..., None], futures).astype(np.float32),
        settled=np.broadcast_to(settled[..., None], futures).astype(np.float32),
        first_day=first,
        pack_size=float(past.pack_size[product]),
        unmet=unmet,
    )
    found = usual_orders(law, orders, past.products[product], supplier, ahead, draws)
    assert found is not None, "a law just learnt is used for all products"
    later = of & (known.ordered >= first) & (known.ordered < first + JUDGED_DAYS)
    told = np.isfinite(ahead.stock) & law.has_orders
    came = _by_day(known, later, known.delivered, first, len(past.places))[told]
    own = none = 0.0
    for day in _JUDGED_BY:
        true = came[:, :day].sum(axis=1)
        drawn = found[told, :day].sum(axis=1, dtype=np.float64)
        own, none = own + float(_crps(drawn, true).sum()), none + float(true.sum())
    # Orders foreseen that nobody placed are evidence too.
    foreseen = int((np.median(drawn, axis=1) > 0).sum())
    return own, none, max(int(later.sum()), foreseen)


def _by_day(
    known: _Lines, chosen: BoolArray, units: FloatArray, first: int, places: int
) -> FloatArray:
    """(place, JUDGED_DAYS), units of the chosen lines on the day on which they ended."""
    chosen = chosen & (known.ended < first + JUDGED_DAYS)
    out = np.zeros((places, JUDGED_DAYS))
    np.add.at(out, (known.place[chosen], known.ended[chosen] - first), units[chosen])
    return out


def _crps(drawn: FloatArray, true: FloatArray) -> FloatArray:
    """(place,), of (place, sample) against (place,)."""
    ordered = np.sort(drawn, axis=1)
    count = drawn.shape[1]
    weight = (2 * np.arange(1, count + 1) - count - 1) / count**2
    return np.asarray(np.abs(drawn - true[:, None]).mean(axis=1) - (ordered * weight).sum(axis=1))
