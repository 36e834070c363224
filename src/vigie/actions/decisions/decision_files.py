"""Decisions, orders and outcomes as CSV files that a spreadsheet opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vigie.actions.decisions.decision_lines import list_decisions
from vigie.actions.decisions.plan_outcomes import list_outcomes
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.room import Room
from vigie.actions.views.spreadsheets import to_csv
from vigie.actions.words.order_messages import order_key
from vigie.durable import sync
from vigie.governance import Action, Caller
from vigie.planning import Stage
from vigie.state import MoveRow

__all__ = [
    "DECISION_COLUMNS",
    "ORDER_COLUMNS",
    "OUTCOME_COLUMNS",
    "decision_rows",
    "order_rows",
    "outcome_rows",
    "write_orders",
]

ORDER_COLUMNS = (
    "order",
    "state",
    "kind",
    "category",
    "quantity",
    "unit",
    "from_place",
    "from_name",
    "from_role",
    "from_contact",
    "to_place",
    "to_name",
    "to_role",
    "to_contact",
    "depart_date",
    "arrive_date",
    "accepted_by_sender",
    "accepted_by_receiver",
    "approved_by",
    "release",
)
DECISION_COLUMNS = (
    "number",
    "decided_at",
    "account",
    "role",
    "place",
    "caller",
    "act",
    "text",
    "move",
    "quantity",
    "unit",
    "depart_date",
    "receiver_before",
    "receiver_after",
    "sender_before",
    "sender_after",
    "reason",
    "release",
    "of",
    "outcome",
    "address",
)
OUTCOME_COLUMNS = (
    "code",
    "state",
    "kind",
    "category",
    "from_place",
    "to_place",
    "unit",
    "planned_quantity",
    "quantity",
    "arrived_quantity",
    "missing",
    "planned_date",
    "depart_date",
    "arrive_date",
    "arrived_date",
    "delay_days",
    "receiver_before",
    "receiver_after",
    "short_on",
    "watched_until",
    "release",
)


def order_rows(room: Room, caller: Caller, codes: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Orders of approved and sent moves (codes: of these only), as rows of ORDER_COLUMNS."""
    admit(room, caller, Action.EXPORT, "orders")
    with room.state.read() as tx:
        rows = tx.moves([Stage.APPROVED.value, Stage.SENT.value])
    rows = [row for row in rows if not codes or row.code in codes]
    reader = open_release(room, caller) if rows else None
    places = {row["place"]: row for row in reader.table("places").to_pylist()} if reader else {}
    return [_order(row, places) for row in rows]


def decision_rows(room: Room, caller: Caller) -> list[dict[str, Any]]:
    """All lines, newest first, as rows of DECISION_COLUMNS."""
    admit(room, caller, Action.EXPORT, "decisions")
    return [
        {name: getattr(each.line, name) for name in DECISION_COLUMNS[:-2]}
        | {"outcome": each.outcome, "address": each.address}
        for each in list_decisions(room, caller)
    ]


def outcome_rows(room: Room, caller: Caller) -> list[dict[str, Any]]:
    """Planned against realised, as rows of OUTCOME_COLUMNS."""
    admit(room, caller, Action.EXPORT, "outcomes of moves")
    own = ("missing", "delay_days", "short_on", "watched_until")
    found = []
    for each in list_outcomes(room, caller):
        row = {name: getattr(each, name) for name in own}
        row |= {
            name: getattr(each.move, name)
            for name in OUTCOME_COLUMNS
            if name not in (*own, "state")
        }
        found.append(row | {"state": each.move.stage})
    return found


def write_orders(room: Room, caller: Caller, codes: Sequence[str]) -> Path:
    """Write the orders of an approval to ``.vigie/orders`` of the room; its path.

    The file is made from what is kept: when it is lost, ``vigie plan export orders`` makes another.
    """
    rows = order_rows(room, caller, codes)
    folder = room.home / "orders"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{room.now():%Y-%m-%dT%H%M%S}-{'-'.join(sorted(codes))[:60]}.csv"
    path, partial = folder / name, folder / f".{name}.partial"
    partial.write_text(to_csv(ORDER_COLUMNS, rows), encoding="utf-8")
    sync(partial)
    partial.replace(path)
    sync(folder)
    return path


def _order(row: MoveRow, places: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    sender, receiver = places.get(row.from_place, {}), places.get(row.to_place, {})
    return {
        "order": order_key(row.code),
        "state": row.stage,
        "kind": row.kind,
        "category": row.category,
        "quantity": row.quantity,
        "unit": row.unit,
        "from_place": row.from_place,
        "from_name": sender.get("name"),
        "from_role": sender.get("duty_role"),
        "from_contact": sender.get("contact"),
        "to_place": row.to_place,
        "to_name": receiver.get("name"),
        "to_role": receiver.get("duty_role"),
        "to_contact": receiver.get("contact"),
        "depart_date": row.depart_date,
        "arrive_date": row.arrive_date,
        "accepted_by_sender": row.sender,
        "accepted_by_receiver": row.receiver,
        "approved_by": row.approver,
        "release": row.release,
    }
