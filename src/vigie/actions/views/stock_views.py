"""What to order and what stock covers, as pages and commands say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.supplier_views import cap_text
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words
from vigie.supply import REVIEW_DAYS

__all__ = [
    "StockAdvice",
    "advice_lines",
    "also_due",
    "amount_text",
    "by_order_date",
    "expiring_lines",
    "expiry_at_sender",
    "expiry_texts",
    "read_advice",
]

_LEAST_EXPIRING = 0.5
"""Units below which nothing is said to expire."""

Cell = tuple[str, str]
"""Place and product."""


@dataclass(frozen=True, slots=True)
class StockAdvice:
    """A row of the table of stock advice; see schemas.STOCK_ADVICE.

    Attributes:
        place, product: which.
        as_of: day of the run.
        row: all columns.
    """

    place: str
    product: str
    as_of: date
    row: dict[str, Any]

    @property
    def cell(self) -> Cell:
        """Place and product."""
        return (self.place, self.product)

    @property
    def is_late(self) -> bool:
        """Even an order of today comes too late in more futures than are accepted."""
        return self.row["latest_order_date"] is None and self.row["late_probability"] is not None

    @property
    def is_due(self) -> bool:
        """There is something to order before the next review of stock."""
        return bool(self.row["packs"])

    @property
    def expiring(self) -> float:
        """Units expected to expire unused by the horizon; 0 where no lot is told."""
        return float(self.row.get("expiring") or 0.0)

    @property
    def order_date(self) -> date | None:
        """Day on which to order at the latest, today where it is late; None where none is due."""
        if not self.is_due:
            return None
        latest: date | None = self.row["latest_order_date"]
        return latest or self.as_of


def read_advice(
    tables: ReleaseTables, cells: Collection[Cell] | None = None, *, place: str = ""
) -> dict[Cell, StockAdvice]:
    """The advice of a release; empty for one made before advice was kept.

    Args:
        tables: of the release.
        cells: places and products asked for; None: all.
        place: "" for all.
    """
    if cells is not None and not cells:
        return {}
    rows = tables.table("stock_advice", **({"place": place} if place else {}))
    if cells is not None:
        named = pc.binary_join_element_wise(rows["place"], rows["category"], "\x1f")
        wanted = pa.array(sorted("\x1f".join(cell) for cell in cells), pa.string())
        rows = rows.filter(pc.is_in(named, value_set=wanted))
    found = (
        StockAdvice(row["place"], row["category"], row["as_of"], row) for row in rows.to_pylist()
    )
    return {each.cell: each for each in found}


def by_order_date(advice: Collection[StockAdvice]) -> list[StockAdvice]:
    """What is to be ordered before the next review: first what is late, the likeliest first."""

    def order(each: StockAdvice) -> tuple[bool, date, float, Cell]:
        by = each.order_date or date.max
        return (not each.is_late, by, -(each.row["late_probability"] or 0.0), each.cell)

    return sorted((each for each in advice if each.is_due), key=order)


def advice_lines(
    advice: StockAdvice, names: RoomNames, words: Words, *, is_stock_said: bool = False
) -> tuple[str, ...]:
    """What to order and by when; what is held and on order, and how long it lasts.

    Further lines say what left since the stock was told, for whose cap orders wait, and what has
    expired or will.

    Args:
        advice: of a product at a place.
        names: of the room.
        words: of the reader.
        is_stock_said: the units on hand stand beside already.
    """
    row = advice.row
    what = {}
    if advice.is_due:
        what["packs"] = words.count("stock.packs", row["packs"])
        what["amount"] = _amount(advice, row["order_quantity"], names, words)
    cover = _cover(row["cover_q10"], row["cover_q90"], row["horizon_days"], words)
    on_order = row["on_order"]
    held = words.say(
        "stock.coming" if is_stock_said else "stock.held",
        stock=words.number(row["stock"]),
        on_order=words.say("stock.orders_unknown") if on_order is None else words.number(on_order),
        cover=cover,
    )
    expiry = words.semicolon.join(expiry_texts(row, advice.as_of, names, words))
    sent = ""
    if row.get("sent"):
        sent = words.say("stock.sent", amount=_amount(advice, row["sent"], names, words))
    further = filter(None, [sent, cap_text(row, words), expiry])
    return (_order(advice, what, words), held, *further)


def _amount(advice: StockAdvice, units: float, names: RoomNames, words: Words) -> str:
    return amount_text(advice.product, advice.row["unit"], units, names, words)


def amount_text(product: str, unit: str, units: float, names: RoomNames, words: Words) -> str:
    """Units of a product with their unit.

    Args:
        product: its key.
        unit: as a release tells it, where the room has no name for it.
        units: how many.
        names: of the room.
        words: of the reader.
    """
    unit = names.product_units.get(product, unit)
    unit = words.unit(unit if unit.isalpha() else "units", units)
    return f"{words.number(units)}\u00a0{unit}"


def _whole(units: float) -> int:
    """An expectation in whole units: a tenth of a vial cannot expire."""
    return max(1, round(units))


def expiry_texts(
    row: Mapping[str, Any], as_of: date, names: RoomNames, words: Words, *, of_depot: bool = False
) -> list[str]:
    """What has expired, what expires next, and what will expire unused.

    Args:
        row: of the table of stock advice or of depot stock, or what they tell of expiry beside
            the category and the unit; without lots, or made before they were kept, it says
            nothing.
        as_of: day of the run.
        names: of the room.
        words: of the reader.
        of_depot: whether it is of a depot, where nothing is used.
    """
    lines = []
    gone, going = ("stock.expired", "stock.expiring")
    if of_depot:
        gone, going = ("depot.expired", "depot.expiring")

    def amount(units: float) -> str:
        return amount_text(row["category"], row["unit"], units, names, words)

    if (row.get("expired") or 0.0) >= _LEAST_EXPIRING:
        lines.append(words.say(gone, amount=amount(row["expired"])))
    next_day = row.get("next_expiry_date")
    if next_day is not None and (next_day - as_of).days <= row["horizon_days"]:
        day = words.dated_day(next_day)
        said = amount(row["next_expiry_quantity"])
        lines.append(words.say("stock.next_expiry", amount=said, day=day))
    if (row.get("expiring") or 0.0) >= _LEAST_EXPIRING:
        units, days = _whole(row["expiring"]), row["horizon_days"]
        lines.append(words.count(going, units, amount=amount(units), days=days))
    return lines


def expiring_lines(
    advice: Collection[StockAdvice], names: RoomNames, words: Words
) -> tuple[str, ...]:
    """Products of which units expire or have expired, a line each, most units first."""
    found = sorted(
        (
            each
            for each in advice
            if max(each.expiring, each.row.get("expired") or 0.0) >= _LEAST_EXPIRING
        ),
        key=lambda each: (-each.expiring, each.cell),
    )
    return tuple(
        f"{names.category(each.product)}{words.colon}"
        + words.semicolon.join(expiry_texts(each.row, each.as_of, names, words))
        for each in found
    )


def expiry_at_sender(
    advice: StockAdvice | None, names: RoomNames, words: Words, sender: str
) -> str:
    """What the sender of a move expects to expire unused, as a sentence; "" for nothing.

    Args:
        advice: of the product at the sender; None: none is told.
        names: of the room.
        words: of the reader.
        sender: its name.
    """
    if advice is None or advice.expiring < _LEAST_EXPIRING:
        return ""
    return words.say(
        "plan.expires",
        sender=sender,
        amount=_amount(advice, _whole(advice.expiring), names, words),
        day=words.dated_day(advice.row["next_expiry_date"]),
    )


def _order(advice: StockAdvice, what: dict[str, str], words: Words) -> str:
    row = advice.row
    if row["late_probability"] is None or row["packs"] is None:
        return words.say("stock.no_lead")
    if advice.is_late:
        chances = words.chance(row["late_probability"]).chances
        key = "stock.order_late" if advice.is_due else "stock.late"
        return words.say(key, chances=chances, **what)
    if not advice.is_due:
        return words.say("stock.no_order", day=words.day(advice.as_of + timedelta(REVIEW_DAYS)))
    if row["latest_order_date"] == advice.as_of:
        return words.say("stock.order_today", **what)
    return words.say("stock.order_by", day=words.short_weekday(row["latest_order_date"]), **what)


def _cover(low: float, high: float, horizon: int, words: Words) -> str:
    """Days that stock lasts without deliveries, 80 in 100."""
    if high >= horizon:
        return words.say("stock.cover_least", low=words.number(low))
    if low == high:
        return words.count("stock.cover_same", int(low))
    return words.say("stock.cover", low=words.number(low), high=words.number(high))


def also_due(
    advice: Sequence[StockAdvice], names: RoomNames, words: Words, most: int
) -> tuple[str, ...]:
    """What else is to be ordered, a line each, at most so many and how many more."""
    due = by_order_date(advice)
    lines = [
        f"{names.category(each.product)}{words.colon}"
        + f"{words.semicolon}".join(advice_lines(each, names, words))
        for each in due[:most]
    ]
    rest = len(due) - len(lines)
    return (*lines, words.count("stock.also_more", rest)) if rest else tuple(lines)
