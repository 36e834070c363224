"""Orders that cannot be taken as they are, as results of a check that readers see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, timedelta

import pyarrow as pa

from vigie.actions.rooms.check_rows import check_warning, table_of_checks
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.product_orders import ORDER_DAYS
from vigie.lake import DataFile
from vigie.schemas import ORDERS, PLACES, PRODUCTS
from vigie.supply import order_faults, read_order_lines

__all__ = ["ORDER_CHECK", "order_fault_rows"]

ORDER_CHECK = "orders"
"""How the names of these checks in the table of results begin."""


def order_fault_rows(room: Room, day: date, orders: Sequence[DataFile]) -> pa.Table:
    """One row a kind of fault of open orders, with how many have it and what is done with them.

    Args:
        room: the room.
        day: as_of.
        orders: files of the table of orders.

    Returns:
        Rows of schemas.CHECK_RESULTS without ``run``; none where all can be taken as they are, or
        where no rule of the room is about products.

    Raises:
        BadData: a status is none of those that there are.
    """
    if not any(rule.kind == "products" for rule in room.values.shortages):
        return table_of_checks()
    until = room.end_of(day)
    lines = read_order_lines(_open_orders(room, day, orders), today=day, known_until=until)
    places, products = (
        [str(row[name]) for row in room.reference(of.name).to_pylist()]
        for of, name in ((PLACES, "place"), (PRODUCTS, "product"))
    )
    rows = [
        check_warning(
            f"{ORDER_CHECK}_{fault.kind}", "order", ORDERS.name, fault.message, rows=fault.count
        )
        for fault in order_faults(lines, places, products)
    ]
    return table_of_checks(rows)


def _open_orders(room: Room, day: date, orders: Sequence[DataFile]) -> pa.Table:
    """All states told lately of the lines that are open; the others can have no fault."""
    relation = room.lake.relation(ORDERS, orders)
    until = room.end_of(day).astimezone(UTC)
    since = until - timedelta(days=ORDER_DAYS)
    stamps = [each.isoformat(timespec="microseconds") for each in (until, since)]
    line = 'PARTITION BY "order", feed'
    return room.engine.query(
        f"SELECT * FROM {relation} WHERE known_at <= TIMESTAMPTZ '{stamps[0]}' "
        f"QUALIFY max(known_at) OVER ({line}) > TIMESTAMPTZ '{stamps[1]}' "
        f"AND arg_max(status, known_at) OVER ({line}) NOT IN ('arrived', 'cancelled')"
    )
