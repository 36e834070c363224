"""Products of the demo region: what is asked for, used, ordered and delivered, and what is left.

Lost sales: used = min(asked for, stock + deliveries), the rest is unmet and gone. Hospitals order
up to a level from what they used lately, so that a stock-out teaches them too little; deliveries
come late, in part or not at all, more so when every hospital of the nation asks at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.demoregion.catalogue import PRODUCTS

__all__ = [
    "Orders",
    "Supplies",
    "asked_for",
    "demand_mean",
    "draw_habits",
    "draw_ordering",
    "drawn_fates",
    "product_demand",
    "simulate_supplies",
    "supply_pressure",
    "wanted_by",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
REVIEW_DAYS = 7
RATE_DAYS = 14.0
BURST_CHANCE = 0.0018
HIGH_INCIDENCE_PER_100K = 180.0
PACKS = np.array([product.pack_size for product in PRODUCTS], dtype=np.int64)
LEAD_DAYS = np.array([product.lead_time_days for product in PRODUCTS], dtype=np.int64)
SCARCITY = np.array([product.surge for product in PRODUCTS])


@dataclass(frozen=True, slots=True)
class Orders:
    """Order lines, one element a line; the days count from the first simulated day.

    Attributes:
        site: index of the site that ordered.
        product: index of the product.
        quantity: units ordered.
        delivered: units that come; fewer than ordered in a partial delivery, 0 when cancelled.
        ordered_day: day of the order.
        promised_day: day of delivery first told.
        arrival_day: true day of delivery; NEVER when cancelled.
        cancelled_day: day on which the supplier cancelled; NEVER when it did not.
    """

    site: IntArray
    product: IntArray
    quantity: IntArray
    delivered: IntArray
    ordered_day: IntArray
    promised_day: IntArray
    arrival_day: IntArray
    cancelled_day: IntArray


@dataclass(frozen=True, slots=True)
class Supplies:
    """The hidden course of every stock; arrays are (days, sites, products) in units.

    Attributes:
        demand: what was asked for.
        consumption: what was used.
        deliveries: what arrived, before the day's use.
        stock_on_hand: left at the end of the day.
        opening_stock: (sites, products), before the first day.
        orders: every order line.
    """

    demand: IntArray
    consumption: IntArray
    deliveries: IntArray
    stock_on_hand: IntArray
    opening_stock: IntArray
    orders: Orders

    @property
    def unmet(self) -> IntArray:
        """(days, sites, products), asked for and not there."""
        return self.demand - self.consumption


def product_demand(
    rng: np.random.Generator,
    occupancy: IntArray,
    usual_beds: IntArray,
    incidence_per_100k: FloatArray,
    weekdays: IntArray,
) -> IntArray:
    """What wards ask for: patients times dose, background, chance and bursts.

    Args:
        rng: source of chance.
        occupancy: (days, sites, wards), patients in bed.
        usual_beds: (sites, wards).
        incidence_per_100k: (days, sites), drives how much protection each patient takes.
        weekdays: (days,), 0 = Monday.

    Returns:
        (days, sites, products), units per day.

    Source: docs/models/stock.md, equation 1.
    """
    habit = draw_habits(rng, usual_beds)
    return asked_for(rng, demand_mean(habit, occupancy, usual_beds, incidence_per_100k, weekdays))


def draw_habits(rng: np.random.Generator, usual_beds: IntArray) -> FloatArray:
    """(sites, products), how much more or less than usual each site uses of each product."""
    return np.exp(rng.normal(0.0, 0.18, (usual_beds.shape[0], len(PRODUCTS))))


def demand_mean(
    habit: FloatArray,
    occupancy: IntArray,
    usual_beds: IntArray,
    incidence_per_100k: FloatArray,
    weekdays: IntArray,
) -> FloatArray:
    """(days, sites, products), mean use per day; arguments as of ``product_demand``."""
    doses = np.array([product.doses for product in PRODUCTS])
    background = np.array([product.background for product in PRODUCTS])
    place = usual_beds.sum(axis=1)
    office_hours = np.where(weekdays >= 5, 0.45, 1.22)[:, None, None]
    protocol = (
        1.0 + SCARCITY * np.minimum(incidence_per_100k / HIGH_INCIDENCE_PER_100K, 1.0)[:, :, None]
    )
    return np.asarray(
        habit * ((occupancy @ doses.T) * protocol + place[:, None] * background * office_hours)
    )


def asked_for(rng: np.random.Generator, mean: FloatArray) -> IntArray:
    """Units asked for around a mean: from day to day, and now and then a burst."""
    day_to_day = 12.0
    demand = rng.poisson(mean * rng.gamma(day_to_day, 1 / day_to_day, mean.shape))
    burst = np.flatnonzero(rng.random(mean.size) < BURST_CHANCE)
    size = rng.gamma(2.0, 1.6, burst.size) * mean.ravel()[burst]
    demand.ravel()[burst] += np.round(size).astype(np.int64)
    return np.asarray(demand, dtype=np.int64)


def simulate_supplies(
    rng: np.random.Generator, demand: IntArray, national_incidence_per_100k: FloatArray
) -> Supplies:
    """Simulate stocks, orders and deliveries day by day.

    Args:
        rng: source of chance.
        demand: (days, sites, products), units per day.
        national_incidence_per_100k: (days,), how hard suppliers are pressed.
    """
    days, sites, _ = demand.shape
    pressure = supply_pressure(national_incidence_per_100k)
    review_day, caution_days = draw_ordering(rng, sites)
    rate = demand[:7].mean(axis=0)
    opening = _packs(rate * (LEAD_DAYS + caution_days) * rng.uniform(0.8, 1.3, rate.shape))
    stock, on_order = opening.copy(), np.zeros_like(opening)
    deliveries = np.zeros_like(demand)
    used, left = np.empty_like(demand), np.empty_like(demand)
    cancellations = np.zeros_like(demand)
    lines: list[IntArray] = []
    for day in range(days):
        stock += deliveries[day]
        used[day] = np.minimum(demand[day], stock)
        stock -= used[day]
        left[day] = stock
        on_order -= deliveries[day] + cancellations[day]
        rate = rate + (used[day] - rate) / RATE_DAYS
        wanted = wanted_by(rate, caution_days, stock + on_order)
        site, product = np.nonzero((review_day == day % REVIEW_DAYS) & (wanted > 0))
        line = _order_lines(rng, day, site, product, wanted[site, product], pressure[day])
        lines.append(line)
        _book(line, deliveries, cancellations)
        on_order[site, product] += line[2]
    return Supplies(demand, used, deliveries, left, opening, Orders(*np.concatenate(lines, axis=1)))


def supply_pressure(national_incidence_per_100k: FloatArray) -> FloatArray:
    """How hard suppliers are pressed, 0 to 1.2; any shape."""
    return np.minimum(national_incidence_per_100k / HIGH_INCIDENCE_PER_100K, 1.2)


def draw_ordering(rng: np.random.Generator, sites: int) -> tuple[IntArray, FloatArray]:
    """Weekday of each site's review of each product, and days of caution; (sites, products)."""
    review_day = rng.integers(0, REVIEW_DAYS, (sites, len(PRODUCTS)))
    caution_days = rng.gamma(6.0, 1.5, (sites, 1)) + rng.uniform(9.0, 16.0, (1, len(PRODUCTS)))
    return review_day, caution_days


def wanted_by(rate: FloatArray, caution_days: FloatArray, position: IntArray) -> FloatArray:
    """Units that a review would order; 0 where it is not worth an order.

    Args:
        rate: (sites, products), use per day that the site believes in.
        caution_days: same shape.
        position: same shape, stock and what is on order.
    """
    level = np.maximum(rate * (LEAD_DAYS + REVIEW_DAYS + caution_days), 0.8 * PACKS)
    wanted = level - position
    return np.where((wanted > 0.35 * PACKS) & (rate > 0), wanted, 0.0)


def _packs(units: FloatArray) -> IntArray:
    return (np.ceil(units / PACKS) * PACKS).astype(np.int64)


def _order_lines(
    rng: np.random.Generator,
    day: int,
    site: IntArray,
    product: IntArray,
    wanted: FloatArray,
    pressure: float,
) -> IntArray:
    """The order lines of a day, as rows of the fields of Orders."""
    pack = PACKS[product]
    quantity = (np.ceil(wanted / pack) * pack).astype(np.int64)
    ordered = np.full(site.size, day)
    delivered, arrival, told = drawn_fates(
        rng, ordered, product, quantity, np.full(site.size, pressure)
    )
    promised = ordered + LEAD_DAYS[product]
    return np.stack([site, product, quantity, delivered, ordered, promised, arrival, told])


def drawn_fates(
    rng: np.random.Generator,
    day: IntArray,
    product: IntArray,
    quantity: IntArray,
    pressure: FloatArray,
) -> tuple[IntArray, IntArray, IntArray]:
    """What becomes of order lines; all arrays (line,).

    Args:
        rng: source of chance.
        day: day of the order.
        product: index of the product.
        quantity: units ordered.
        pressure: on suppliers on the day of the order.

    Returns:
        Units delivered (0 when cancelled), day of arrival (NEVER when cancelled), day on which
        the supplier cancels (NEVER when it does not).
    """
    pack, lines = PACKS[product], day.size
    strain = pressure * np.minimum(SCARCITY[product], 1.2)
    promised = day + LEAD_DAYS[product]
    is_late = rng.random(lines) < 0.16 + 0.14 * strain
    late_days = np.where(is_late, 1 + rng.geometric(0.28 / (1.0 + 0.8 * strain)), 0)
    early_days = np.where(is_late, 0, rng.integers(0, 2, lines))
    arrival = np.maximum(promised + late_days - early_days, day + 1)
    is_partial = rng.random(lines) < 0.03 + 0.08 * strain
    part = np.where(is_partial, rng.uniform(0.3, 0.8, lines), 1.0)
    delivered = np.maximum(np.round(quantity * part / pack), 1).astype(np.int64) * pack
    is_cancelled = rng.random(lines) < 0.012 + 0.05 * strain
    told = day + rng.integers(2, 8, lines)
    return (
        np.where(is_cancelled, 0, np.minimum(delivered, quantity)),
        np.where(is_cancelled, NEVER, arrival),
        np.where(is_cancelled, told, NEVER),
    )


def _book(line: IntArray, deliveries: IntArray, cancellations: IntArray) -> None:
    """Enter what will arrive, and what the hospital learns will not, on their days."""
    site, product, quantity, delivered, _, _, arrival, cancelled = line
    days = deliveries.shape[0]
    comes = arrival < days
    np.add.at(deliveries, (arrival[comes], site[comes], product[comes]), delivered[comes])
    np.add.at(
        cancellations, (arrival[comes], site[comes], product[comes]), (quantity - delivered)[comes]
    )
    told = cancelled < days
    np.add.at(cancellations, (cancelled[told], site[told], product[told]), quantity[told])
