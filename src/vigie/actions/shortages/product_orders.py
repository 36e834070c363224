"""Orders that were told to the room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, timedelta

import pyarrow as pa

from vigie.actions.rooms.room import Room
from vigie.lake import DataFile
from vigie.paths import DateArray
from vigie.schemas import ORDERS
from vigie.supply import OpenDeliveries

__all__ = ["ORDER_DAYS", "Arrivals", "told_orders"]

ORDER_DAYS = 180
"""Lines of which nothing was told for so long neither come nor teach anything; days."""

Arrivals = Callable[[Sequence[str], str, DateArray], OpenDeliveries]
"""(places, product, days) -> what open orders bring: (place, 1, day, sample), or without samples
where it is certain."""


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
