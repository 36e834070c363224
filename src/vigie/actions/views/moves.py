"""Proposed moves in words: how much, from whom, when, and the risk at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vigie.actions.views.depot_views import left_text, with_stock_left
from vigie.actions.views.room_names import RoomNames
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words
from vigie.planning import NEAREST_SURPLUS_MODEL, MoveKey

__all__ = [
    "Move",
    "chosen_plan",
    "move_code",
    "move_text",
    "moves_of_plan",
    "one_move",
    "read_moves",
    "read_place_moves",
]

_KEY = ("kind", "category", "from_place", "to_place", "depart_date")

Move = dict[str, Any]


def read_moves(tables: ReleaseTables) -> dict[tuple[str, str], list[Move]]:
    """Moves of the plan that leaves least unmet, by the place they help and the category.

    Patients move away from the place that is helped; goods and staff move to it.
    """
    rows = tables.table("plan_moves").to_pylist()
    chosen = chosen_plan(tables, rows)
    found: dict[tuple[str, str], list[Move]] = {}
    for row in sorted(_of_plan(tables, rows, chosen), key=lambda row: row["move"]):
        helped = row["from_place"] if row["kind"] == "patients" else row["to_place"]
        found.setdefault((helped, row["category"]), []).append(row)
    return found


def moves_of_plan(tables: ReleaseTables) -> list[Move]:
    """The moves of the plan that leaves least unmet; those from depots with what stays there."""
    rows = tables.table("plan_moves").to_pylist()
    return _of_plan(tables, rows, chosen_plan(tables, rows))


def _of_plan(tables: ReleaseTables, rows: Sequence[Move], plan: str | None) -> list[Move]:
    kept = [row for row in rows if row["plan"] == plan and row["state"] != "cancelled"]
    return with_stock_left(tables, kept)


def read_place_moves(tables: ReleaseTables, place: str) -> tuple[list[Move], list[Move]]:
    """Moves to a place and from it, in the plan that leaves least unmet; largest help first."""
    sides = []
    for side in ("to_place", "from_place"):
        rows = tables.table("plan_moves", **{side: place}).to_pylist()
        chosen = chosen_plan(tables, rows)
        kept = _of_plan(tables, rows, chosen)
        kept.sort(key=lambda row: (row["receiver_after"] - row["receiver_before"], row["move"]))
        sides.append(kept)
    return sides[0], sides[1]


def chosen_plan(tables: ReleaseTables, moves: Sequence[Move]) -> str | None:
    """Key of the plan that leaves least unmet, of a release or of some of its moves; None: none."""
    plans = tables.table("plans").to_pylist()
    if plans:
        # The baseline is for comparison: it may save more by harming senders more.
        best = min(plans, key=lambda plan: (_is_baseline(plan), plan["unmet_after"], plan["plan"]))
        return str(best["plan"])
    return min((str(move["plan"]) for move in moves), default=None)


def _is_baseline(plan: Move) -> bool:
    return bool(plan["model_id"] == NEAREST_SURPLUS_MODEL)


def move_code(move: Move) -> str:
    """What names a move in decisions, also in the plans of later releases."""
    return MoveKey(*(move[name] for name in _KEY)).code()


def move_text(moves: Sequence[Move], names: RoomNames, words: Words) -> str:
    """The first move that helps a place, and how many more; "" without any."""
    if not moves:
        return ""
    first = moves[0]
    text = one_move(first, names, words, from_side=first["kind"] == "patients")
    rest = len(moves) - 1
    return f"{text} ({words.count('move.more', rest)})" if rest else text


def one_move(move: Move, names: RoomNames, words: Words, *, from_side: bool) -> str:
    """One move in words, as seen from the sender's or from the receiver's side."""
    unit = words.unit(move["unit"], move["quantity"])
    if move["kind"] in ("products", "equipment", "staff"):
        unit = names.category(move["category"])
    receiver = (move["receiver_before"], move["receiver_after"])
    sender = (move["sender_before"], move["sender_after"])
    here, there = (sender, receiver) if from_side else (receiver, sender)
    key, left = ("move.away" if from_side else "move.here"), ""
    if "stock_left" in move:
        key = "move.away_depot" if from_side else "move.here_depot"
        left = left_text(move, words)
    return words.say(
        key,
        left=left,
        quantity=words.number(move["quantity"]),
        unit=unit,
        other=names.place(move["to_place"] if from_side else move["from_place"]),
        day=words.weekday(move["depart_date"]),
        here_before=words.chance(here[0]).cell,
        here_after=words.chance(here[1]).cell,
        there_before=words.chance(there[0]).cell,
        there_after=words.chance(there[1]).cell,
    )
