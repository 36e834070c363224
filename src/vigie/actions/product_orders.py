"""Deliveries of open orders at the places and days looked at, by the law of past orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.room import Room
from vigie.lake import DataFile
from vigie.paths import DateArray
from vigie.schemas import ORDERS
from vigie.supply import (
    OpenDeliveries,
    OrderDraws,
    OrderLaw,
    OrderLines,
    deliveries,
    learn_order_law,
    open_deliveries,
    order_draws,
    read_order_lines,
)

__all__ = [
    "ORDER_DAYS",
    "Arrivals",
    "KnownOrders",
    "arrivals_as_promised",
    "arrivals_by_law",
    "known_orders",
    "told_orders",
]

ORDER_DAYS = 180
"""Lines of which nothing was told for so long neither come nor teach anything; days."""

Arrivals = Callable[[Sequence[str], str, DateArray], OpenDeliveries]
"""(places, product, days) -> what open orders bring: (place, 1, day, sample), or without samples
where it is certain."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownOrders:
    """The orders of a run.

    Attributes:
        lines: as known.
        law: of what becomes of them.
        draws: the run's chance.
    """

    lines: OrderLines
    law: OrderLaw
    draws: OrderDraws


def told_orders(room: Room, orders: Sequence[DataFile], day: date) -> pa.Table:
    """All states told of the lines of which anything was told lately, as known on a day.

    Args:
        room: the room.
        orders: files of the table of orders.
        day: as_of.
    """
    relation = room.lake.relation(ORDERS, orders)
    until = room.end_of(day).astimezone(UTC)
    since = until - timedelta(days=ORDER_DAYS)
    stamps = [each.isoformat(timespec="microseconds") for each in (until, since)]
    return room.engine.query(
        f"SELECT * FROM {relation} WHERE known_at <= TIMESTAMPTZ '{stamps[0]}' "
        f"QUALIFY max(known_at) OVER (PARTITION BY \"order\", feed) > TIMESTAMPTZ '{stamps[1]}'"
    )


def known_orders(room: Room, orders: pa.Table, day: date, rng: np.random.Generator) -> KnownOrders:
    """Read the lines, learn what becomes of them, and draw the run's chance.

    Args:
        room: the room.
        orders: as ``told_orders`` gives them.
        day: of the run.
        rng: chance of the run's orders.
    """
    lines = read_order_lines(orders, today=day, known_until=room.end_of(day))
    law = learn_order_law(lines)
    return KnownOrders(lines, law, order_draws(rng, law, room.values.sample_count))


def arrivals_by_law(known: KnownOrders) -> Arrivals:
    """Deliveries that may come late, in part or not at all, as past orders did."""

    def arriving(places: Sequence[str], product: str, dates: DateArray) -> OpenDeliveries:
        return open_deliveries(known.lines, known.law, places, [product], dates, known.draws)

    return arriving


def arrivals_as_promised(orders: pa.Table) -> Arrivals:
    """Deliveries on the day last told, for certain.

    Args:
        orders: open orders as known: columns place, product, quantity, eta_date, status.
    """

    def arriving(places: Sequence[str], product: str, dates: DateArray) -> OpenDeliveries:
        units = deliveries(orders, places, [product], dates)
        return OpenDeliveries(units, units, units.sum(axis=-1))

    return arriving
