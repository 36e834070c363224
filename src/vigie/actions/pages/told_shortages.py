"""Shortages and moves for the terminal and for programs: rows with dates and their reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from vigie.actions.pages.plan_page import advice_of_senders, chosen_moves, move_reason
from vigie.actions.views.depot_views import read_depot_stock
from vigie.actions.views.risks import LISTED_STEP, Risk, by_harm, read_risks, reason_text
from vigie.actions.views.room_names import RoomNames, read_names
from vigie.actions.views.staff_views import StaffAhead, read_staff, staff_reason
from vigie.actions.views.stock_views import StockAdvice, advice_lines, expiry_texts, read_advice
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Words, words_for

__all__ = ["ADVICE_COLUMNS", "STAFF_COLUMNS", "tell_depot_expiry", "tell_moves", "tell_shortages"]

Row = dict[str, Any]

ADVICE_COLUMNS = (
    "packs",
    "order_quantity",
    "late_probability",
    "stock",
    "on_order",
    "cover_q10",
    "cover_q50",
    "cover_q90",
    "expired",
    "next_expiry_date",
    "next_expiry_quantity",
    "expiring",
)
"""Columns of the table of stock advice that a shortage of a product carries."""


STAFF_COLUMNS = (
    "gap_hours_7",
    "gap_hours",
    "least_share",
    "mix_broken",
    "registered_missing_7",
    "registered_missing",
    "planned_shifts",
    "rest_breaches",
    "breach_hours",
    "overlapping",
    "not_worked",
)
"""What a shortage of staff carries of the table of staff days: sums up to day 7 where the name
says so, else up to day 14."""


def tell_shortages(
    tables: ReleaseTables, *, language: Language, kind: str = "", place: str = ""
) -> list[Row]:
    """Rows of the table of shortages, with dates and reason, first what must be acted on first.

    Those under 10 in 100 follow by falling chance. Added to the columns of the table: ``from``,
    ``from_early`` and ``from_late`` (days, if it runs short), ``reason``, and of products
    ``advice`` (what to order, in words), ``order_by`` (null: nothing within a week) and
    ADVICE_COLUMNS; of staff STAFF_COLUMNS, null where no rule or no planned shift is told.

    Args:
        tables: of the release.
        language: of the reasons.
        kind, place: "" for all.
    """
    words, names = words_for(language), read_names(tables, language)
    equals = {name: value for name, value in (("kind", kind), ("place", place)) if value}
    rows = {
        (row["kind"], row["place"], row["category"]): row
        for row in tables.table("shortages", **equals).to_pylist()
    }
    risks = read_risks(tables, **equals)
    listed = by_harm(risks, floor=LISTED_STEP)
    rest = [risk for risk in risks if risk.step < LISTED_STEP]
    advice = _advice(tables, kind, place)
    staff = read_staff(tables, risks, place=place)
    told = []
    for risk in (*listed, *rest):
        own = advice.get(risk.key[1:]) if risk.kind == "products" else None
        ahead = staff.get(risk.key[1:]) if risk.kind == "staff" else None
        row = rows[risk.key] | _told(risk, words) | _asked(own, names, words)
        row["reason"] = staff_reason(row["reason"], ahead, words)
        told.append(row | _of_staff(ahead))
    return told


def _advice(tables: ReleaseTables, kind: str, place: str) -> dict[tuple[str, str], StockAdvice]:
    if kind not in ("", "products"):
        return {}
    return read_advice(tables, place=place)


def _asked(advice: StockAdvice | None, names: RoomNames, words: Words) -> Row:
    """What to order of a product; all empty for other kinds."""
    if advice is None:
        return dict.fromkeys(("advice", "order_by", *ADVICE_COLUMNS))
    return {
        "advice": advice_lines(advice, names, words)[0],
        "order_by": advice.order_date,
    } | {name: advice.row.get(name) for name in ADVICE_COLUMNS}


def _of_staff(staff: StaffAhead | None) -> Row:
    """What staff lack; all empty for other kinds."""
    return {name: None if staff is None else getattr(staff, name) for name in STAFF_COLUMNS}


def _told(risk: Risk, words: Words) -> Row:
    early, middle, late = (
        (None, None, None)
        if risk.if_short is None
        else tuple(risk.as_of + timedelta(days=day) for day in risk.if_short)
    )
    return {
        "from": middle,
        "from_early": early,
        "from_late": late,
        "reason": reason_text(risk, words),
    }


def tell_moves(
    tables: ReleaseTables, *, language: Language, kind: str = "", place: str = ""
) -> list[Row]:
    """Moves of the plan that leaves least unmet, with their reason, largest help first.

    Args:
        tables: of the release.
        language: of the reasons.
        kind: beds means patients; "" for all.
        place: sender or receiver; "" for all.
    """
    words, names = words_for(language), read_names(tables, language)
    moves = [
        move
        for move in chosen_moves(tables)
        if kind in ("", "beds" if move["kind"] == "patients" else move["kind"])
        and place in ("", move["from_place"], move["to_place"])
    ]
    stock = advice_of_senders(tables, moves)
    return [
        move | {"reason": move_reason(move, names, words, tables.as_of, stock)} for move in moves
    ]


def tell_depot_expiry(
    tables: ReleaseTables, *, language: Language, place: str = ""
) -> tuple[str, ...]:
    """What has expired at depots, expires next, and would if nothing leaves, a line a product.

    Args:
        tables: of the release.
        language: of the lines.
        place: a depot; "" for all.
    """
    words, names = words_for(language), read_names(tables, language)
    lines = []
    for each in read_depot_stock(tables, place=place).values():
        told = expiry_texts(each.row, each.as_of, names, words, of_depot=True)
        if told:
            what = f"{names.place(each.place)}, {names.category(each.product)}"
            lines.append(f"{what}{words.colon}{words.semicolon.join(told)}.")
    return tuple(lines)
