"""Decisions as the pages of one signed-in caller take them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from vigie.actions.decisions.deciding import decide_moves
from vigie.actions.decisions.decision_files import (
    DECISION_COLUMNS,
    ORDER_COLUMNS,
    OUTCOME_COLUMNS,
    decision_rows,
    order_rows,
    outcome_rows,
)
from vigie.actions.decisions.decision_lines import Expected, list_decisions, record_decision
from vigie.actions.decisions.decisions_page import (
    DecisionsPage,
    MovePage,
    build_decisions_page,
    build_move_page,
)
from vigie.actions.decisions.moves_actor import acting, step_kind
from vigie.actions.decisions.plan_decisions import find_code, list_moves
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.room import Room
from vigie.actions.views.spreadsheets import to_csv
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import words_for
from vigie.errors import BadData, NotFound, nearest
from vigie.governance import Action, Caller
from vigie.planning import Actor

__all__ = ["DecisionDesk"]

_FILES = ("decisions", "orders", "outcomes")


@dataclass(frozen=True, slots=True)
class DecisionDesk:
    """What a signed-in caller may see and do about decisions.

    Attributes:
        room: the room.
        caller: who is signed in.
    """

    room: Room
    caller: Caller

    def stages(self) -> dict[str, str]:
        """Where each move stands on which somebody acted, by its code."""
        admit(self.room, self.caller, Action.READ, "moves")
        with self.room.state.read() as tx:
            return {row.code: row.stage for row in tx.moves()}

    def page(self, language: Language) -> DecisionsPage:
        """The page of decisions, on the release in force."""
        reader = open_release(self.room, self.caller)
        return build_decisions_page(
            list_moves(self.room, self.caller),
            list_decisions(self.room, self.caller),
            reader,
            words_for(language),
        )

    def move(self, code: str, language: Language) -> MovePage:
        """The page of one move; NotFound names the nearest."""
        reader = open_release(self.room, self.caller)
        book = list_moves(self.room, self.caller, with_closed=True)
        lines = {line.move.code: line for line in book.moves}
        return build_move_page(
            lines[find_code(code, lines)],
            list_decisions(self.room, self.caller),
            reader,
            words_for(language),
        )

    def decide(self, code: str, step: str, fields: Mapping[str, str], language: Language) -> None:
        """Take a step with a move, as a form asks for it.

        Args:
            code: of the move.
            step: its name.
            fields: account, role, place, quantity, day, until, reason, release, key.
            language: of the form, for mistakes in it.
        """
        decide_moves(
            self.room,
            self.caller,
            step_kind(step),
            [code],
            self._actor(fields),
            quantity=_number(fields.get("quantity", ""), language),
            day=_day(fields.get("day", ""), language),
            reason=fields.get("reason", ""),
            until=_day(fields.get("until", ""), language),
            release=fields.get("release") or None,
            key=fields.get("key", ""),
        )

    def record(self, fields: Mapping[str, str], language: Language) -> None:
        """Keep any other decision, as a form tells it."""
        before, after = (_chance(fields.get(name, ""), language) for name in ("before", "after"))
        record_decision(
            self.room,
            self.caller,
            self._actor(fields),
            fields.get("text", ""),
            expected=Expected(
                before,
                after,
                _number(fields.get("quantity", ""), language),
                fields.get("unit", "").strip(),
            ),
            reason=fields.get("reason", ""),
            release=fields.get("release") or None,
            key=fields.get("key", ""),
        )

    def csv(self, name: str) -> str:
        """Decisions, orders or outcomes as CSV."""
        if name == "decisions":
            return to_csv(DECISION_COLUMNS, decision_rows(self.room, self.caller))
        if name == "orders":
            return to_csv(ORDER_COLUMNS, order_rows(self.room, self.caller))
        if name == "outcomes":
            return to_csv(OUTCOME_COLUMNS, outcome_rows(self.room, self.caller))
        raise NotFound(f'No file "{name}". Nearest: {nearest(name, _FILES)}.')

    def _actor(self, fields: Mapping[str, str]) -> Actor:
        account, role, place = (fields.get(name, "") for name in ("account", "role", "place"))
        return acting(self.room, self.caller.name, account, role, place)


def _number(text: str, language: Language) -> float | None:
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError as error:
        raise BadData(words_for(language).say("decision.wrong_number", text=text)) from error
    if not math.isfinite(number):
        raise BadData(words_for(language).say("decision.wrong_number", text=text))
    return number


def _chance(text: str, language: Language) -> float | None:
    """A probability from a field filled in chances in 100, as every page says them."""
    in_100 = _number(text, language)
    if in_100 is None:
        return None
    if not 0 <= in_100 <= 100:
        raise BadData(words_for(language).say("decision.wrong_chance", text=text))
    return in_100 / 100


def _day(text: str, language: Language) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadData(words_for(language).say("error.date", text=text)) from error
