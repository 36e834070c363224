"""The law of ordering: when a site orders a product again, and up to what level."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray
from vigie.supply.order_lines import OrderLines
from vigie.supply.reorder_past import (
    OrderDays,
    PastStores,
    order_days,
    seen_rates,
    weekday_shares,
)

__all__ = [
    "GAP_EDGES",
    "WEEKDAY_EDGES",
    "ReorderLaw",
    "ReorderRules",
    "learn_reordering",
]

GAP_EDGES = np.array([-np.inf, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.5, 4.0])
"""First values of the bins of the gap: units below the level, in usual orders."""
WEEKDAY_EDGES = np.array([0.0, 0.03, 0.1, 0.2, 0.5, 0.75, 0.9])
"""First values of the bins of the share of earlier orders on the weekday of a day."""

_POOL_WEIGHT = 5.0
_PRODUCT_WEIGHT = 30.0
_EFFECT_WEIGHT = 4.0
_PAIR_WEIGHT = 2.0
_FURTHEST = 1.5
_ROUNDS = 4
_LEAST_SPREAD, _MOST_SPREAD = 0.02, 0.8
_MOST_EAGER = 3.0


@dataclass(frozen=True, slots=True)
class ReorderRules:
    """How past orders are read.

    Attributes:
        days: days looked back.
        windows_days: candidates of the mean age of the use that sites look at; data choose.
        fewest_orders: orders in all below which there is no law.
        fewest_days: days watched below which there is none either.
    """

    days: int = 180
    windows_days: tuple[float, ...] = (7.0, 14.0, 28.0)
    fewest_orders: int = 30
    fewest_days: int = 28


@dataclass(frozen=True, slots=True, eq=False)
class ReorderLaw:
    """How sites order products.

    Attributes:
        places, products: keys, the axes (place, product).
        window_days: mean age of the use that sites look at.
        rate: (place, product), use per day that each sees now; NaN where nothing is known.
        cover_days: (place, product), level up to which it orders, in days of that use.
        spread: (place, product), standard deviation of the log of the level of an order.
        lot_days: (product,), usual order in days of use; gaps are told in it, or in packs.
        hazard: (product, bin of gap, bin of weekday share), chance a day of an order.
        eagerness: (place, product), factor of the hazard.
        weekday: (place, product, 7), bin of weekday share, by day since 1970 modulo 7.
        has_orders: (place,), whether any order of the place is known; the others have no law.
        is_used: (product,), whether the law foresaw past orders better than none.
        known_day: last day of which orders are known, days from 1970-01-01.
        order_count: orders that taught it.
    """

    places: tuple[str, ...]
    products: tuple[str, ...]
    window_days: float
    rate: FloatArray
    cover_days: FloatArray
    spread: FloatArray
    lot_days: FloatArray
    hazard: FloatArray
    eagerness: FloatArray
    weekday: IntArray
    has_orders: BoolArray
    is_used: BoolArray
    known_day: int
    order_count: int

    def is_foreseen(self, product: str) -> BoolArray:
        """(place,): where orders of a product are foreseen."""
        if product not in self.products:
            return np.zeros(len(self.places), dtype=np.bool_)
        at = self.products.index(product)
        known = self.has_orders & np.isfinite(self.rate[:, at])
        return np.asarray(known & self.is_used[at])

    def used_for(self, is_used: BoolArray) -> ReorderLaw:
        """The same law, for some products only."""
        return replace(self, is_used=is_used)


@dataclass(frozen=True, slots=True, eq=False)
class _Levels:
    """Level of orders in days of use; (place, product) but for what is said."""

    log_days: FloatArray
    spread: FloatArray
    misfit: float


def learn_reordering(
    lines: OrderLines, past: PastStores, rules: ReorderRules | None = None, *, until: int = 0
) -> ReorderLaw | None:
    """Learn from the orders of the past days when and how much each site orders.

    Args:
        lines: as known.
        past: stock and use, up to the last day known.
        rules: how they are read.
        until: days before the end of ``past`` on which learning stops, >= 0; later orders, stock
            and use are not read.

    Returns:
        The law, used for all products; None with too few orders or days.

    Source: docs/models/ordering.md, equations 1 to 6.
    """
    rules = rules or ReorderRules()
    past = past.last_days(rules.days + until)
    orders = order_days(lines, past)
    end = min(orders.until + 1, past.stock.shape[-1] - until)
    if end <= 0:
        return None
    watched = orders.is_watched.copy()
    watched[:, end:] = False
    is_order = (orders.ordered > 0) & watched[:, None]
    if is_order.sum() < rules.fewest_orders or watched.any(axis=0).sum() < rules.fewest_days:
        return None
    window, rates, levels = _best_window(past, orders, is_order, rules.windows_days)
    lot = _lot_days(orders.ordered, rates, is_order)
    log_days, hazards = levels.log_days, _gaps(past, orders, rates, levels.log_days, lot)
    shares, shares_now = weekday_shares(is_order[..., :end], past.first_day)
    at_risk = np.isfinite(hazards[..., :end]) & watched[:, None, :end]
    table, eagerness = _hazards(hazards[..., :end], shares, is_order[..., :end], at_risk)
    rate = rates[..., min(past.stock.shape[-1] - until, rates.shape[-1]) - 1]
    return ReorderLaw(
        places=past.places,
        products=past.products,
        window_days=window,
        rate=rate,
        cover_days=np.exp(log_days),
        spread=levels.spread,
        lot_days=lot,
        hazard=table,
        eagerness=eagerness,
        weekday=_weekday_bins(shares_now),
        has_orders=np.asarray(is_order.any(axis=(1, 2))),
        is_used=np.ones(len(past.products), dtype=np.bool_),
        known_day=past.first_day + end - 1,
        order_count=int(is_order.sum()),
    )


def _weekday_bins(shares: FloatArray) -> IntArray:
    return np.asarray(np.searchsorted(WEEKDAY_EDGES, shares, side="right") - 1, dtype=np.int64)


def _best_window(
    past: PastStores, orders: OrderDays, is_order: BoolArray, windows: tuple[float, ...]
) -> tuple[float, FloatArray, _Levels]:
    """The window whose levels vary least from order to order, its rates and its levels."""
    best: tuple[float, FloatArray, _Levels] | None = None
    for window in windows:
        rates = seen_rates(past.use, window)
        levels = _levels(past, orders, is_order, rates)
        if best is None or levels.misfit < best[2].misfit:
            best = (window, rates, levels)
    assert best is not None, "there is a window"
    return best


def _levels(past: PastStores, orders: OrderDays, is_order: BoolArray, rates: FloatArray) -> _Levels:
    """Log of the level in days of use, drawn to the product's and the site's habits."""
    reached = np.nan_to_num(past.stock) + orders.before + orders.ordered
    reached = reached - past.pack_size[:, None] / 2
    usable = is_order & np.isfinite(past.stock) & (np.nan_to_num(rates) > 0) & (reached > 0)
    place, product, day = np.nonzero(usable)
    shape = past.stock.shape[:2]
    if len(day) == 0:
        return _Levels(np.zeros(shape), np.full(shape, _MOST_SPREAD), np.inf)
    seen = np.log(reached[usable] / rates[usable])
    middle = float(np.median(seen))
    seen = np.clip(seen, middle - 2 * _FURTHEST, middle + 2 * _FURTHEST)
    of_place, of_product, pair = np.zeros(shape[0]), np.zeros(shape[1]), np.zeros(shape)
    for _ in range(_ROUNDS):
        rest = seen - middle - pair[place, product]
        of_product = _mean_of(rest - of_place[place], product, shape[1], _EFFECT_WEIGHT)
        of_place = _mean_of(rest - of_product[product], place, shape[0], _EFFECT_WEIGHT)
        rest = seen - middle - of_place[place] - of_product[product]
        # A stock told in another unit is no habit.
        rest = np.clip(rest, -_FURTHEST, _FURTHEST)
        cell = place * shape[1] + product
        pair = _mean_of(rest, cell, shape[0] * shape[1], _PAIR_WEIGHT).reshape(shape)
    log_days = middle + of_place[:, None] + of_product + pair
    error = np.abs(seen - log_days[place, product])
    # 1.48 times the median distance is the standard deviation of what is normal.
    pooled = 1.4826 * float(np.median(error))
    count = np.bincount(product, minlength=shape[1])
    by_product = _mean_of(error * 1.2533 - pooled, product, shape[1], 20.0) + pooled
    number = np.bincount(place * shape[1] + product, minlength=shape[0] * shape[1]).reshape(shape)
    between = float(np.std(pair[number > 0])) if (number > 0).any() else 0.0
    unsure = between**2 * _PAIR_WEIGHT / (number + _PAIR_WEIGHT)
    spread = np.sqrt(np.where(count > 0, by_product, pooled) ** 2 + unsure)
    return _Levels(log_days, np.clip(spread, _LEAST_SPREAD, _MOST_SPREAD), pooled)


def _mean_of(values: FloatArray, group: IntArray, count: int, weight: float) -> FloatArray:
    """Means by group, drawn to 0 by so many values."""
    total = np.bincount(group, values, count)
    return np.asarray(total / (np.bincount(group, minlength=count) + weight))


def _lot_days(ordered: FloatArray, rates: FloatArray, is_order: BoolArray) -> FloatArray:
    """(product,): usual order in days of use; of all products where one is hardly ordered."""
    usable = is_order & (np.nan_to_num(rates) > 0)
    days = np.divide(ordered, rates, out=np.full(ordered.shape, np.nan), where=usable)
    usual = float(np.nanmedian(days)) if usable.any() else 7.0
    out = np.full(ordered.shape[1], usual)
    for product in range(ordered.shape[1]):
        of = days[:, product][usable[:, product]]
        if len(of) >= 10:
            out[product] = np.median(of)
    return np.asarray(np.maximum(out, 0.5))


def _gaps(
    past: PastStores, orders: OrderDays, rates: FloatArray, log_days: FloatArray, lot: FloatArray
) -> FloatArray:
    """(place, product, time): units below the level in usual orders; NaN where unknown."""
    level = rates * np.exp(log_days)[..., None]
    unit = np.maximum(past.pack_size[:, None], rates * lot[:, None])
    return np.asarray((level - past.stock - orders.before) / unit)


def _hazards(
    gaps: FloatArray, shares: FloatArray, is_order: BoolArray, at_risk: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Hazard by product, gap and weekday, and the factor of each pair."""
    place, product, _ = np.nonzero(at_risk)
    gap = np.searchsorted(GAP_EDGES, gaps[at_risk], side="right") - 1
    weekday = _weekday_bins(shares[at_risk])
    happened = is_order[at_risk].astype(np.float64)
    count = gaps.shape[1]
    shape = (count, len(GAP_EDGES), len(WEEKDAY_EDGES))
    cell = (product * shape[1] + gap) * shape[2] + weekday
    size = int(np.prod(shape))
    exposure = np.bincount(cell, minlength=size).reshape(shape).astype(np.float64)
    events = np.bincount(cell, happened, size).reshape(shape)
    by_weekday = events.sum(axis=(0, 1)) / np.maximum(exposure.sum(axis=(0, 1)), 1.0)
    pool = (events.sum(axis=0) + _POOL_WEIGHT * by_weekday) / (exposure.sum(axis=0) + _POOL_WEIGHT)
    table = (events + _PRODUCT_WEIGHT * pool) / (exposure + _PRODUCT_WEIGHT)
    pair, pairs = place * count + product, gaps.shape[0] * count
    expected = np.bincount(pair, table[product, gap, weekday], pairs)
    placed = np.bincount(pair, happened, pairs)
    factor = (placed + _PAIR_WEIGHT) / (expected + _PAIR_WEIGHT)
    return table, np.minimum(factor, _MOST_EAGER).reshape(gaps.shape[0], count)
