"""What depots hold, keep and send, as pages and commands say it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.stock_views import expiry_texts
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words

__all__ = [
    "DepotStock",
    "expiry_sentence",
    "hold_text",
    "left_text",
    "promised_units",
    "read_depot_stock",
    "with_stock_left",
]

Cell = tuple[str, str]
"""Depot and product."""

Move = dict[str, Any]

_EXPIRY = ("expired", "next_expiry_date", "next_expiry_quantity", "expiring", "horizon_days")


@dataclass(frozen=True, slots=True)
class DepotStock:
    """A row of the table of depot stock; see schemas.DEPOT_STOCK.

    Attributes:
        sent: units of moves that left since the report.
        expired: units past their last day of use; None where no lot is told.
        row: all columns.
    """

    place: str
    product: str
    as_of: date
    unit: str
    data_date: date
    stock: float
    reserve: float
    free: float | None
    on_order: float | None
    serves: str
    sent: float
    expired: float | None
    row: dict[str, Any]

    @property
    def usable(self) -> float:
        """Units that are still there and can be used on the day of the run."""
        return max(0.0, self.stock - self.sent) - (self.expired or 0.0)


def read_depot_stock(tables: ReleaseTables, *, place: str = "") -> dict[Cell, DepotStock]:
    """What depots of a release hold; empty for one made before depots were kept.

    Args:
        tables: of the release.
        place: a depot; "" for all.
    """
    rows = tables.table("depot_stock", **({"place": place} if place else {})).to_pylist()
    return {
        (row["place"], row["category"]): DepotStock(
            row["place"],
            row["category"],
            row["as_of"],
            row["unit"],
            row["data_date"],
            row["stock"],
            row["reserve"],
            row["free"],
            row["on_order"],
            row["serves"],
            row.get("sent") or 0.0,
            row.get("expired"),
            row,
        )
        for row in rows
    }


def with_stock_left(tables: ReleaseTables, moves: Sequence[Move]) -> list[Move]:
    """Moves of a plan; those that leave a depot say what stays there after the whole plan.

    Args:
        tables: of the release.
        moves: rows of plan_moves, of one plan.

    Returns:
        The same rows; those from a depot with ``stock_left`` (units that can be used) and
        ``reserve``, in the unit of the move, in place of a chance of shortage that means nothing
        there, and with the columns that tell expiry.
    """
    held = read_depot_stock(tables)
    cells = {(move["from_place"], move["category"]) for move in moves} & held.keys()
    if not cells:
        return list(moves)
    plans = {move["plan"] for move in moves}
    leaving = promised_units(tables, {place for place, _ in cells}, plans)
    return [
        move
        | {
            "stock_left": held[cell].usable - leaving.get(cell, 0.0),
            "reserve": held[cell].reserve,
        }
        | {name: held[cell].row.get(name) for name in _EXPIRY}
        if (cell := (move["from_place"], move["category"])) in cells
        else move
        for move in moves
    ]


def left_text(move: Move, words: Words) -> str:
    """What stays at the depot that a move leaves, as ``with_stock_left`` tells it."""
    return words.say(
        "depot.left",
        left=words.number(move["stock_left"]),
        reserve=words.number(move["reserve"]),
    )


def promised_units(
    tables: ReleaseTables, depots: Iterable[str], plans: Collection[str]
) -> dict[Cell, float]:
    """Units that the plan lets leave each depot."""
    found: dict[Cell, float] = {}
    for depot in sorted(depots):
        for row in tables.table("plan_moves", from_place=depot).to_pylist():
            if row["plan"] in plans and row["state"] != "cancelled":
                cell = (depot, row["category"])
                found[cell] = found.get(cell, 0.0) + row["quantity"]
    return found


def hold_text(each: DepotStock | None, quantity: float, names: RoomNames, words: Words) -> str:
    """What a depot holds and keeps, and what a move takes of it, in one sentence.

    Args:
        each: of the product at the depot; None: the release does not tell.
        quantity: units of the move.
        names: of the room.
        words: of the reader.
    """
    if each is None:
        return ""
    if each.free is None:
        return words.say("depot.hold_too_old", place=names.place(each.place))
    hold = words.say(
        "depot.hold",
        place=names.place(each.place),
        stock=words.number(max(0.0, each.stock - each.sent)),
        reserve=words.number(each.reserve),
        free=words.number(each.free),
        quantity=words.number(quantity),
    )
    expiry = expiry_sentence(each.row, each.as_of, each.place, names, words)
    return " ".join(filter(None, [hold, expiry]))


def expiry_sentence(row: Move, as_of: date, place: str, names: RoomNames, words: Words) -> str:
    """What a depot's lots of a product tell, in one sentence that names it; "" for nothing.

    Args:
        row: of the table of depot stock, or a move as ``with_stock_left`` tells it.
        as_of: day of the run.
        place: the depot.
        names: of the room.
        words: of the reader.
    """
    lines = expiry_texts(row, as_of, names, words, of_depot=True)
    told = words.semicolon.join(lines)
    return f"{names.place(place)}{words.colon}{told}." if told else ""
