"""How probable each shortage truly was on a day: the region simulated on from its state that day.

The oracle knows the true laws and everything that had happened, who is in bed and which orders
are open, and not what chance will bring. It also knows the mean of the admissions to come, which
nobody could: no forecast can do better, and a good one can come near it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from vigie.demoregion.capacity import (
    ABSENCE_LAG_DAYS,
    RECENT_DAYS,
    absence_share,
    beds_that_staff_run,
    draw_absences,
    draw_rosters,
    level_after,
    staff_required,
)
from vigie.demoregion.futures import occupancy_futures
from vigie.demoregion.laws import TrueLaws
from vigie.demoregion.supplies import (
    NEVER,
    PACKS,
    RATE_DAYS,
    REVIEW_DAYS,
    Orders,
    asked_for,
    demand_mean,
    drawn_fates,
    wanted_by,
)
from vigie.demoregion.truth import HiddenTruth

__all__ = ["first_days", "oracle_first_days"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_ROUNDS = 200
"""Draws of what becomes of an open order, of which the first that fits what is known counts."""


def oracle_first_days(
    rng: np.random.Generator,
    truth: HiddenTruth,
    laws: TrueLaws,
    day: int,
    horizon_days: int,
    futures: int,
) -> Mapping[str, IntArray]:
    """First short days in many futures, of beds, staff and products.

    Args:
        rng: source of chance.
        truth: what happened; nothing of ``day`` or later is read.
        laws: of the region.
        day: index of the first day drawn, 28 or more; it counts as day 0.
        horizon_days: the last day that is drawn.
        futures: number of futures, >= 1.

    Returns:
        ``beds``, ``staff`` and ``products``, each (sites, categories, futures): 0 for ``day``
        itself, up to horizon_days, horizon_days + 1 when nothing runs short.

    Raises:
        ValueError: day is too early, or the days drawn reach beyond those of the laws.
    """
    days = horizon_days + 1
    if day < 28 or day + days > laws.weekdays.size:
        raise ValueError(
            f"day {day} with {days} days: use 28 to {laws.weekdays.size - days}, or a region with "
            "more future days."
        )
    occupancy = occupancy_futures(rng, truth, laws, day, days, futures)
    short_of_beds, short_of_staff = _wards_short(rng, truth, laws, day, occupancy)
    unmet = _unmet(rng, truth, laws, day, occupancy)
    return {
        name: first_days(short, futures)
        for name, short in (
            ("beds", short_of_beds),
            ("staff", short_of_staff),
            ("products", unmet > 0),
        )
    }


def first_days(is_short: BoolArray, futures: int) -> IntArray:
    """First short day of each future, by site.

    Args:
        is_short: (days, futures * sites, categories).
        futures: number of futures.

    Returns:
        (sites, categories, futures), 0 for the first day, the number of days when none is short.
    """
    days = is_short.shape[0]
    first = np.where(is_short.any(axis=0), is_short.argmax(axis=0), days)
    by_site = first.reshape(futures, -1, is_short.shape[2]).transpose(1, 2, 0)
    return np.asarray(by_site, dtype=np.int64)


def _wards_short(
    rng: np.random.Generator, truth: HiddenTruth, laws: TrueLaws, day: int, occupancy: IntArray
) -> tuple[BoolArray, BoolArray]:
    """Whether beds and staff are short, (days, columns, wards) and (days, columns, skills)."""
    days, columns, _ = occupancy.shape
    copies = columns // laws.usual_beds.shape[0]
    usual = np.tile(laws.usual_beds, (copies, 1))
    beds_open = np.tile(truth.staffing.beds_open, (copies, 1))
    level, recent = _planning_now(truth, laws, day)
    level, recent = np.tile(level, (copies, 1)), np.tile(recent, (copies, 1))
    planned = np.empty_like(occupancy)
    for at in range(days):
        level = level_after(level, recent, usual, beds_open)
        planned[at] = np.round(level)
        recent = recent + (occupancy[at] - recent) / RECENT_DAYS
    ahead = slice(day, day + days)
    rostered = draw_rosters(rng, planned, laws.weekdays[ahead])
    lagged = laws.incidence_per_100k[day - ABSENCE_LAG_DAYS : day + days - ABSENCE_LAG_DAYS]
    share = absence_share(laws.absence_habit, lagged, laws.days_of_year[ahead])
    present = rostered - draw_absences(rng, rostered, np.tile(share, (1, copies, 1)))
    staffed = np.minimum(planned, beds_that_staff_run(present))
    return occupancy > staffed, present < staff_required(occupancy)


def _planning_now(truth: HiddenTruth, laws: TrueLaws, day: int) -> tuple[FloatArray, FloatArray]:
    """Level of the planned beds and recent need at the end of the day before, (sites, wards)."""
    level = laws.usual_beds.astype(np.float64)
    recent = truth.occupancy[:7].mean(axis=0)
    for each in truth.occupancy[:day]:
        level = level_after(level, recent, laws.usual_beds, truth.staffing.beds_open)
        recent = recent + (each - recent) / RECENT_DAYS
    return level, recent


def _unmet(
    rng: np.random.Generator, truth: HiddenTruth, laws: TrueLaws, day: int, occupancy: IntArray
) -> IntArray:
    """Units asked for and not there, (days, columns, products)."""
    days, columns, _ = occupancy.shape
    copies = columns // laws.usual_beds.shape[0]
    ahead = slice(day, day + days)

    def tiled(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        return np.tile(values, (copies, 1))

    demand = asked_for(
        rng,
        demand_mean(
            np.asarray(tiled(laws.habits), dtype=np.float64),
            occupancy,
            np.asarray(tiled(laws.usual_beds), dtype=np.int64),
            np.tile(laws.incidence_per_100k[ahead], (1, copies)),
            laws.weekdays[ahead],
        ),
    )
    stock = np.tile(truth.supplies.stock_on_hand[day - 1], (copies, 1))
    rate = np.tile(_believed_rate(truth, day), (copies, 1))
    review, caution = np.tile(laws.review_day, (copies, 1)), np.tile(laws.caution_days, (copies, 1))
    arriving, leaving = _open_orders(rng, truth.supplies.orders, laws, day, days, copies)
    on_order = np.tile(_on_order(truth.supplies.orders, stock.shape[0] // copies, day), (copies, 1))
    unmet = np.empty_like(demand)
    for at in range(days):
        stock += arriving[at]
        used = np.minimum(demand[at], stock)
        unmet[at] = demand[at] - used
        stock -= used
        on_order -= leaving[at]
        rate = rate + (used - rate) / RATE_DAYS
        wanted = wanted_by(rate, caution, stock + on_order)
        column, product = np.nonzero((review == (day + at) % REVIEW_DAYS) & (wanted > 0))
        pack = PACKS[product]
        quantity = (np.ceil(wanted[column, product] / pack) * pack).astype(np.int64)
        ordered = np.full(column.size, at)
        pressure = np.full(column.size, laws.pressure[day + at])
        fate = drawn_fates(rng, ordered, product, quantity, pressure)
        _book(arriving, leaving, column, product, quantity, fate)
        on_order[column, product] += quantity
    return unmet


def _believed_rate(truth: HiddenTruth, day: int) -> FloatArray:
    """(sites, products), use per day that the sites reckon with after the day before."""
    rate = truth.supplies.consumption[:7].mean(axis=0)
    for used in truth.supplies.consumption[:day]:
        rate = rate + (used - rate) / RATE_DAYS
    return np.asarray(rate, dtype=np.float64)


def _is_open(orders: Orders, day: int) -> BoolArray:
    """Lines ordered before the day, and neither come nor known to be cancelled by then."""
    gone = np.minimum(orders.arrival_day, orders.cancelled_day) < day
    return (orders.ordered_day < day) & ~gone


def _on_order(orders: Orders, sites: int, day: int) -> IntArray:
    """(sites, products), units on order as the sites know it."""
    at = _is_open(orders, day)
    amount = np.zeros((sites, PACKS.size), dtype=np.int64)
    np.add.at(amount, (orders.site[at], orders.product[at]), orders.quantity[at])
    return amount


def _open_orders(
    rng: np.random.Generator, orders: Orders, laws: TrueLaws, day: int, days: int, copies: int
) -> tuple[IntArray, IntArray]:
    """What open orders bring, and what they take from what is on order, (days, columns, products).

    A line that is shipped comes on its true day. The fate of the others is drawn until it agrees
    with what is known: not yet shipped, not yet cancelled.
    """
    chosen = np.flatnonzero(_is_open(orders, day))
    line = np.tile(chosen, copies)
    ordered = orders.ordered_day[line]
    shipped = _shipped_day(ordered, orders.arrival_day[line])
    is_settled = shipped < day
    delivered, arrival = orders.delivered[line], orders.arrival_day[line]
    cancelled = np.full(line.size, NEVER)
    waiting = np.flatnonzero(~is_settled)
    pressure = laws.pressure[np.maximum(ordered, 0)]
    for _ in range(_ROUNDS):
        if not waiting.size:
            break
        of = line[waiting]
        came, when, told = drawn_fates(
            rng, ordered[waiting], orders.product[of], orders.quantity[of], pressure[waiting]
        )
        fits = np.where(when == NEVER, told >= day, _shipped_day(ordered[waiting], when) >= day)
        at = waiting[fits]
        delivered[at], arrival[at], cancelled[at] = came[fits], when[fits], told[fits]
        waiting = waiting[~fits]
    # A delay that none of the draws reaches: it comes on the first day drawn that it may.
    delivered[waiting] = orders.quantity[line[waiting]]
    arrival[waiting] = day + 2
    sites = laws.usual_beds.shape[0]
    column = orders.site[line] + np.repeat(np.arange(copies) * sites, chosen.size)
    arriving = np.zeros((days, copies * sites, PACKS.size), dtype=np.int64)
    leaving = np.zeros_like(arriving)
    fate = (
        delivered,
        np.where(arrival == NEVER, NEVER, arrival - day),
        np.where(cancelled == NEVER, NEVER, cancelled - day),
    )
    _book(arriving, leaving, column, orders.product[line], orders.quantity[line], fate)
    return arriving, leaving


def _shipped_day(ordered: IntArray, arrival: IntArray) -> IntArray:
    """Day on which the order system says that a line is on its way; NEVER when it never comes."""
    return np.where(arrival == NEVER, NEVER, np.maximum(ordered + 1, arrival - 2))


def _book(
    arriving: IntArray,
    leaving: IntArray,
    column: IntArray,
    product: IntArray,
    quantity: IntArray,
    fate: tuple[IntArray, IntArray, IntArray],
) -> None:
    """Enter lines on their days: what comes, and what is no longer on order."""
    delivered, arrival, cancelled = fate
    comes, ends = arrival < arriving.shape[0], cancelled < arriving.shape[0]
    np.add.at(arriving, (arrival[comes], column[comes], product[comes]), delivered[comes])
    np.add.at(leaving, (arrival[comes], column[comes], product[comes]), quantity[comes])
    np.add.at(leaving, (cancelled[ends], column[ends], product[ends]), quantity[ends])
