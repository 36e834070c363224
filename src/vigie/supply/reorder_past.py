"""What sites did before: stock and orders of every day, beside the use that they saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.paths import BoolArray, FloatArray, IntArray
from vigie.supply.order_lines import OrderLines

__all__ = ["OrderDays", "PastStores", "order_days", "positions", "seen_rates", "weekday_shares"]

_PRIOR_ORDERS = 1.0
"""Orders that a pair's weekdays are worth before any: those of its site, these of nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class PastStores:
    """Stock and use of products at places, day by day.

    Attributes:
        places, products: keys, the axes.
        first_day: first day of the time axis, days from 1970-01-01.
        stock: (place, product, time), units at the end of the day, NaN where missing.
        use: same shape, units used that day, NaN where missing.
        pack_size: (product,), units in a pack, > 0.
    """

    places: tuple[str, ...]
    products: tuple[str, ...]
    first_day: int
    stock: FloatArray
    use: FloatArray
    pack_size: FloatArray

    def last_days(self, count: int) -> PastStores:
        """The same, of the last days alone."""
        cut = max(0, self.stock.shape[-1] - count)
        return PastStores(
            self.places,
            self.products,
            self.first_day + cut,
            self.stock[..., cut:],
            self.use[..., cut:],
            self.pack_size,
        )


@dataclass(frozen=True, slots=True, eq=False)
class OrderDays:
    """Orders on the days of the stores; arrays are (place, product, time).

    Attributes:
        ordered: units ordered that day.
        before: units on order at the end of the day, without those ordered that day.
        is_watched: (place, time), whether the orders of a place were told that day.
        until: last time index of which orders are known.
    """

    ordered: FloatArray
    before: FloatArray
    is_watched: BoolArray
    until: int


def order_days(lines: OrderLines, past: PastStores) -> OrderDays:
    """Lay the order lines out by day.

    A line waits from the day after its order until the day before it comes or is cancelled. A
    place is watched from the day on which its first line was told.

    Args:
        lines: as known; lines without a known quantity above 0 are left out.
        past: tells places, products and days.

    Source: docs/models/ordering.md, "What is read".
    """
    place, product = positions(lines.place, past.places), positions(lines.product, past.products)
    used = (place >= 0) & (product >= 0) & (np.nan_to_num(lines.quantity, nan=-1.0) > 0)
    place, product, units = place[used], product[used], lines.quantity[used]
    shape = past.stock.shape
    times = shape[-1]
    day = lines.ordered_day[used] - past.first_day
    end = np.minimum(lines.arrival_day, lines.cancelled_day)[used]
    end = np.minimum(end, past.first_day + times) - past.first_day
    inside = (day >= 0) & (day < times)
    ordered = np.zeros(shape)
    np.add.at(ordered, (place[inside], product[inside], day[inside]), units[inside])
    change = np.zeros((*shape[:-1], times + 1))
    begins = np.clip(day + 1, 0, times)
    waits = end > begins
    at = (place[waits], product[waits])
    np.add.at(change, (*at, begins[waits]), units[waits])
    np.add.at(change, (*at, end[waits]), -units[waits])
    told = np.full(shape[0], np.iinfo(np.int64).max)
    np.minimum.at(told, place, lines.first_day[used])
    days = past.first_day + np.arange(times)
    until = lines.known_day + lines.report_lag_days - _telling_days(lines)
    watched = (days >= told[:, None]) & (days <= until)
    return OrderDays(
        ordered,
        np.cumsum(change, axis=-1)[..., :-1],
        np.asarray(watched),
        min(until - past.first_day, times - 1),
    )


def seen_rates(use: FloatArray, window_days: float) -> FloatArray:
    """Use per day that a site sees: its exponential mean, day by day.

    Args:
        use: (..., time), units per day; a missing day leaves the mean as it is.
        window_days: the mean age of what it rests on.

    Returns:
        (..., time), at the end of each day; NaN before the first known day.

    Source: docs/models/ordering.md, equation 1.
    """
    known = np.isfinite(use)
    first = int(min(use.shape[-1], max(1, window_days)))
    count = known[..., :first].sum(axis=-1)
    total = np.where(known[..., :first], use[..., :first], 0.0).sum(axis=-1)
    rate = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    out = np.empty(use.shape)
    for day in range(use.shape[-1]):
        today = use[..., day]
        step = np.where(np.isnan(rate), today, rate + (today - rate) / window_days)
        rate = np.where(known[..., day], step, rate)
        out[..., day] = rate
    return out


def weekday_shares(is_order: BoolArray, first_day: int) -> tuple[FloatArray, FloatArray]:
    """How far a weekday is the one on which a pair orders, from the orders before each day.

    Args:
        is_order: (place, product, time), whether an order was placed.
        first_day: first day of the time axis.

    Returns:
        (place, product, time), share of earlier orders on the weekday of the day, drawn to the
        site's, which are drawn to a seventh. (place, product, 7), the same after the last day,
        by day since 1970 modulo 7.

    Source: docs/models/ordering.md, equation 4.
    """
    places, products, times = is_order.shape
    front = first_day % 7
    weeks = -(-(front + times) // 7)
    counted = np.zeros((places, products, weeks * 7))
    counted[..., front : front + times] = is_order
    by_week = counted.reshape(places, products, weeks, 7)
    of_day = np.cumsum(by_week, axis=2) - by_week
    before = (np.cumsum(counted, axis=2) - counted).reshape(by_week.shape)

    def shares(of: FloatArray, total: FloatArray) -> FloatArray:
        site = (of.sum(axis=1) + _PRIOR_ORDERS / 7) / (total.sum(axis=1) + _PRIOR_ORDERS)
        return np.asarray((of + _PRIOR_ORDERS * site[:, None]) / (total + _PRIOR_ORDERS))

    flat = shares(of_day, before).reshape(places, products, -1)
    whole = by_week.sum(axis=2)
    now = shares(whole, np.broadcast_to(whole.sum(axis=2, keepdims=True), whole.shape))
    return flat[..., front : front + times], now


def _telling_days(lines: OrderLines) -> int:
    """Usual days from an order to the day on which it is known; at least one evening."""
    days = lines.first_day + lines.report_lag_days - lines.ordered_day
    recent = lines.ordered_day >= lines.known_day - 60
    return max(1, int(np.median(days[recent]))) if recent.any() else 1


def positions(column: pa.Array, keys: tuple[str, ...]) -> IntArray:
    """(line,): index of each text among the keys; -1 where it is none of them."""
    found = pc.index_in(column, value_set=pa.array(keys, pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)
