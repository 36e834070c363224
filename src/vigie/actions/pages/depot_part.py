"""The part of a depot's page on what it holds, keeps, and lets go."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.actions.views.depot_views import DepotStock, promised_units, read_depot_stock
from vigie.actions.views.moves import chosen_plan
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.shown_depots import DepotLine, DepotPart
from vigie.actions.views.stock_views import amount_text, expiry_texts
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words

__all__ = ["depot_page"]


def depot_page(tables: ReleaseTables, place: str, names: RoomNames, words: Words) -> DepotPart:
    """What a depot holds, whom it serves, and what leaves it in the plan shown.

    Args:
        tables: of the release.
        place: the depot.
        names: of the room.
        words: of the reader.
    """
    held = read_depot_stock(tables, place=place)
    moves = tables.table("plan_moves", from_place=place).to_pylist()
    shown = chosen_plan(tables, moves)
    promised = promised_units(tables, [place], {shown} if shown else set())
    lines = [
        DepotLine(
            product=names.category(each.product),
            stock=words.number(each.stock),
            expired=_amount(each.expired, words),
            reserve=words.number(each.reserve),
            free=_amount(each.free, words),
            promised=words.number(promised.get(cell, 0.0)),
            on_order=_amount(each.on_order, words),
            day=words.day(each.data_date),
            notes=(
                *_faults(each, names, words),
                *expiry_texts(each.row, each.as_of, names, words, of_depot=True),
            ),
        )
        for cell, each in held.items()
    ]
    return DepotPart(
        tuple(sorted(lines, key=lambda line: line.product)),
        "" if lines else words.say("depot.none"),
        _serves(tuple(held.values()), names, words),
        any(each.expired is not None for each in held.values()),
    )


def _serves(held: Sequence[DepotStock], names: RoomNames, words: Words) -> tuple[str, ...]:
    """Whom it serves: one sentence where that holds for all products, else one a product."""

    def places(each: DepotStock) -> str:
        named = ", ".join(names.place(key) for key in each.serves.split())
        return named or words.say("depot.serves_all")

    told = {places(each) for each in held}
    if len(told) == 1:
        return (words.say("depot.serves", places=told.pop()),)
    return tuple(
        f"{names.category(each.product)}{words.colon}{places(each)}"
        for each in sorted(held, key=lambda each: names.category(each.product))
    )


def _amount(value: float | None, words: Words) -> str:
    return "–" if value is None else words.number(value)


def _faults(each: DepotStock, names: RoomNames, words: Words) -> list[str]:
    """What keeps it from leaving, and what left since the report."""
    lines = []
    if each.free is None:
        lines.append(words.say("depot.too_old"))
    elif each.reserve > each.usable:
        lines.append(words.say("depot.below_reserve"))
    if each.sent:
        amount = amount_text(each.product, each.unit, each.sent, names, words)
        lines.append(words.say("stock.sent", amount=amount))
    return lines
