"""Counts of lots that do not fit the stock told, as results of a check that readers see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.rooms.check_rows import CheckRow, check_warning, table_of_checks
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.actions.shortages.product_lots import LotCount, lot_book
from vigie.lake import DataFile
from vigie.schemas import LOTS

__all__ = ["LOT_CHECK", "lot_fault_rows"]

LOT_CHECK = "lots"
"""How the names of these checks in the table of results begin."""

OLD_COUNT_DAYS = 30
"""Days after which a count of lots is asked for again."""

_SAME = 0.5
"""Units that a count of lots and the stock told may differ by."""

_STOCK_DAYS = 14
_Stock = dict[tuple[str, str], tuple[date, float]]

_MESSAGES = {
    "above_stock": "more units than the stock told. What is too much is taken off the lot that "
    "expires first. Count the lots and the stock on one day.",
    "below_stock": "fewer units than the stock told. The rest of the stock is taken as without "
    "expiry: lots that are not told can expire unseen.",
    "expired": "units past their last day of use. They are not counted as stock. Take them "
    "off the shelf, or correct expires_date.",
    "no_expiry": "a lot without a last day of use. It is taken as one that does not expire. "
    "Fill in expires_date at the source.",
    "old_count": f"older than {OLD_COUNT_DAYS} days. Use since then is taken off the lot that "
    "expires first. Count the lots again.",
    "no_stock": "a product whose stock is not told there; it says nothing. Send its stock, "
    "or correct the place or product of the lots.",
}


def lot_fault_rows(
    room: Room, day: date, standing: pa.Table, files: Sequence[DataFile]
) -> pa.Table:
    """One row a kind of fault of the last counts of lots, with how many have it.

    Args:
        room: the room.
        day: as_of.
        standing: the figures that stand.
        files: of the table of lots.

    Returns:
        Rows of schemas.CHECK_RESULTS without ``run``; none where no lot is told.
    """
    rules = [rule for rule in room.values.shortages if rule.kind == "products"]
    book = lot_book(room, files, day) if rules else {}
    if not book:
        return table_of_checks()
    stock = _last_stock(standing, rules, day)
    cells: dict[str, list[str]] = {kind: [] for kind in _MESSAGES}
    for product, counts in book.items():
        for place, count in counts.items():
            for kind in _faults(count, stock.get((place, product)), day):
                cells[kind].append(f"{product} at {place}")
    rows = [_row(kind, named) for kind, named in cells.items() if named]
    return table_of_checks(rows)


def _faults(count: LotCount, stock: tuple[date, float] | None, day: date) -> Iterator[str]:
    """Kinds of fault of one count."""
    if stock is None:
        yield "no_stock"
        return
    since = int((np.datetime64(day, "D") - count.counted).astype(np.int64))
    if stock[0] == count.counted.item():
        # On other days use and deliveries in between may explain the difference.
        more = float(count.units.sum()) - stock[1]
        if abs(more) > _SAME:
            yield "above_stock" if more > 0 else "below_stock"
    if (count.units[count.last_day < 0] > 0).any():
        yield "expired"
    if (count.units[np.isinf(count.last_day)] > 0).any():
        yield "no_expiry"
    if since > OLD_COUNT_DAYS:
        yield "old_count"


def _last_stock(standing: pa.Table, rules: Sequence[ShortageRule], day: date) -> _Stock:
    """Day and units of the stock last told, by place and product."""
    measures = pa.array([rule.measures["stock"] for rule in rules], pa.string())
    since = pa.scalar(day - timedelta(days=_STOCK_DAYS), pa.date32())
    recent = pc.and_(
        pc.is_in(standing["measure"], measures), pc.greater(standing["reference_date"], since)
    )
    rows = standing.filter(pc.and_(recent, pc.is_valid(standing["value"])))
    last = rows.select(["place", "category", "reference_date", "value"]).sort_by("reference_date")
    return {
        (row["place"], row["category"]): (row["reference_date"], row["value"])
        for row in last.to_pylist()
    }


def _row(kind: str, cells: Sequence[str]) -> CheckRow:
    shown = ", ".join(sorted(cells)[:3]) + (", ..." if len(cells) > 3 else "")
    noun = "count" if len(cells) == 1 else "counts"
    return check_warning(
        f"{LOT_CHECK}_{kind}",
        "lot",
        LOTS.name,
        f"lots: {len(cells)} {noun} of lots ({shown}): {_MESSAGES[kind]}",
        rows=len(cells),
    )
