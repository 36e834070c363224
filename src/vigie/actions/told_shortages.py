"""Shortages and moves for the terminal and for programs: rows with dates and their reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from vigie.actions.messages import Language
from vigie.actions.plan_page import chosen_moves, move_reason
from vigie.actions.risks import LISTED_STEP, Risk, by_harm, read_risks, reason_text
from vigie.actions.room_names import read_names
from vigie.actions.views import ReleaseTables
from vigie.actions.wording import Words, words_for

__all__ = ["tell_moves", "tell_shortages"]

Row = dict[str, Any]


def tell_shortages(
    tables: ReleaseTables, *, language: Language, kind: str = "", place: str = ""
) -> list[Row]:
    """Rows of the table of shortages, with dates and reason, first what must be acted on first.

    Those under 10 in 100 follow by falling chance. Added to the columns of the table: ``from``,
    ``from_early`` and ``from_late`` (days, if it runs short) and ``reason``.

    Args:
        tables: of the release.
        language: of the reasons.
        kind, place: "" for all.
    """
    words = words_for(language)
    equals = {name: value for name, value in (("kind", kind), ("place", place)) if value}
    rows = {
        (row["kind"], row["place"], row["category"]): row
        for row in tables.table("shortages", **equals).to_pylist()
    }
    risks = read_risks(tables, **equals)
    listed = by_harm(risks, floor=LISTED_STEP)
    rest = [risk for risk in risks if risk.step < LISTED_STEP]
    return [rows[risk.key] | _told(risk, words) for risk in (*listed, *rest)]


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
    return [move | {"reason": move_reason(move, names, words, tables.as_of)} for move in moves]
