"""Books of stock that ask for a recount, as results of a check that readers see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.rooms.check_rows import CheckRow, check_warning, table_of_checks
from vigie.actions.rooms.places import depot_places
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.lake import DataFile
from vigie.paths import DateArray, FloatArray, to_grid
from vigie.quality import LISTED_ROWS
from vigie.schemas import MEASURES, ORDERS, PLACES, PRODUCTS
from vigie.supply import BOOK_DAYS, BookFault, BookFaultKind, book_faults

__all__ = ["RECOUNT_CHECK", "recount_rows"]

RECOUNT_CHECK = "recount"
"""Name of the check in the table of results."""

_CELL = ["place", "category", "reference_date", "value"]
_DAYS = BOOK_DAYS + 3


def recount_rows(room: Room, day: date, standing: pa.Table, orders: Sequence[DataFile]) -> pa.Table:
    """One row a book to recount and a product that is not listed, and a row that sums them up.

    Args:
        room: the room.
        day: as_of.
        standing: the figures that stand.
        orders: files of the table of orders.

    Returns:
        Rows of schemas.CHECK_RESULTS without ``run``; none when all books add up.
    """
    rows: list[CheckRow] = []
    for rule in room.values.shortages:
        if rule.kind == "products":
            rows += _of_rule(room, day, rule, standing, orders)
    return table_of_checks(rows)


def _of_rule(
    room: Room, day: date, rule: ShortageRule, standing: pa.Table, orders: Sequence[DataFile]
) -> list[CheckRow]:
    measure = rule.measures["stock"]
    by_day = {str(row["measure"]): row["step"] for row in room.reference(MEASURES.name).to_pylist()}
    held, used = (_recent(standing, rule.measures[role], day) for role in ("stock", "consumption"))
    # A depot reports no use: what left it would look like a book that does not add up.
    depots = pa.array(depot_places(room.reference(PLACES.name), day), pa.string())
    held, used = (each.filter(pc.invert(pc.is_in(each["place"], depots))) for each in (held, used))
    if not held.num_rows or by_day.get(measure) != "day":
        return []
    packs = {
        str(row["product"]): float(row["pack_size"])
        for row in room.reference(PRODUCTS.name).to_pylist()
    }
    categories = sorted(pc.unique(held["category"]).to_pylist())
    rows = [
        _row(measure, "", product, None, _UNKNOWN_PRODUCT)
        for product in categories
        if product not in packs
    ]
    products = [product for product in categories if product in packs]
    places = sorted(pc.unique(held["place"]).to_pylist())
    dates = np.datetime64(day, "D") - np.arange(_DAYS - 1, -1, -1)
    stock, use = (_grid(each, places, products, dates) for each in (held, used))
    # Reports end on different days in different rooms: the book is that of the last of them.
    known = np.flatnonzero(np.isfinite(stock).any(axis=(0, 1)))
    end = int(known[-1]) + 1 if len(known) else 0
    came = _came(room, day, orders, places, products, dates)
    faults = book_faults(
        stock[..., :end],
        use[..., :end],
        None if came is None else came[..., :end],
        np.array([packs[product] for product in products]),
    )
    rows += _listed(measure, faults, places, products, dates)
    return [_summary(measure, len(rows)), *rows[:LISTED_ROWS]] if rows else []


_UNKNOWN_PRODUCT = (
    "This product is not in reference/products.csv: no shortage of it is foreseen. Add it there "
    "with its unit, or correct the feed."
)


def _listed(
    measure: str,
    faults: Sequence[BookFault],
    places: Sequence[str],
    products: Sequence[str],
    dates: DateArray,
) -> Iterator[CheckRow]:
    for each in faults:
        shown = dates[each.day].astype(object)
        yield _row(measure, places[each.place], products[each.product], shown, _message(each))


def _message(fault: BookFault) -> str:
    if fault.kind is BookFaultKind.NEGATIVE:
        return f"The stock told is {fault.units:.0f}. Count it again."
    if fault.kind is BookFaultKind.USED_FROM_NOTHING:
        return f"{fault.units:.0f} used without stock or delivery. Count the stock again."
    words = "fewer" if fault.units < 0 else "more"
    return (
        f"The stock holds {abs(fault.units):.0f} {words} than deliveries and use of the last "
        f"{BOOK_DAYS} days explain. Count it again."
    )


def _row(
    measure: str, place: str, product: str, shown: date | None, message: str, rows: int = 1
) -> CheckRow:
    return check_warning(
        RECOUNT_CHECK,
        "book",
        measure,
        message,
        place=place,
        category=product,
        shown=shown,
        rows=rows,
    )


def _summary(measure: str, count: int) -> CheckRow:
    books = "book of stock does" if count == 1 else "books of stock do"
    message = f"{count} {books} not explain use, or are of products not listed."
    return _row(measure, "", "", None, message, count)


def _recent(standing: pa.Table, measure: str, day: date) -> pa.Table:
    since = pa.scalar(day - timedelta(days=_DAYS), pa.date32())
    rows = standing.filter(
        pc.and_(
            pc.equal(standing["measure"], measure), pc.greater(standing["reference_date"], since)
        )
    )
    return rows.select(_CELL).filter(pc.is_valid(rows["value"]))


def _grid(
    rows: pa.Table, places: Sequence[str], products: Sequence[str], dates: DateArray
) -> FloatArray:
    inside = pc.and_(
        pc.is_in(rows["place"], pa.array(places, pa.string())),
        pc.is_in(rows["category"], pa.array(products, pa.string())),
    )
    return to_grid(places, products, dates, rows.filter(inside))


def _came(
    room: Room,
    day: date,
    orders: Sequence[DataFile],
    places: Sequence[str],
    products: Sequence[str],
    dates: DateArray,
) -> FloatArray | None:
    """(place, product, day), units of lines told as arrived; None where no such line is told."""
    relation = room.lake.relation(ORDERS, orders)
    until = room.end_of(day).astimezone(UTC).isoformat(timespec="microseconds")
    rows = room.engine.query(
        "SELECT place, product AS category, coalesce(eta_date, CAST(known_at AS DATE)) "
        "AS reference_date, sum(quantity) AS value FROM ("
        f'SELECT DISTINCT "order", feed, place, product, eta_date, known_at, quantity '
        f"FROM {relation} WHERE status = 'arrived' AND reason IS NULL "
        f"AND known_at <= TIMESTAMPTZ '{until}' AND place IS NOT NULL "
        'QUALIFY row_number() OVER (PARTITION BY "order", feed ORDER BY known_at DESC) = 1'
        f") WHERE known_at > TIMESTAMPTZ '{until}' - INTERVAL 60 DAY GROUP BY ALL"
    )
    if not rows.num_rows:
        return None
    inside = pc.is_in(rows["reference_date"], pa.array(dates, pa.date32()))
    return np.nan_to_num(_grid(rows.filter(inside), places, products, dates))
