"""vigie plan: moves with their states, decisions on them, what left and what came."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vigie.cli.context import Context
from vigie.errors import BadData

if TYPE_CHECKING:
    from vigie.actions.decisions.deciding import Decided
    from vigie.actions.decisions.plan_decisions import MoveLine
    from vigie.actions.rooms.room import Room

__all__ = ["plan"]

_MOVE_COLUMNS = (
    "code",
    "what",
    "from",
    "to",
    "quantity",
    "leaves",
    "receiver",
    "sender",
    "state",
    "next",
)


def plan(context: Context, arguments: argparse.Namespace) -> int:
    """vigie plan list|accept|refuse|approve|edit|add|send|arrived|cancel|record|..."""
    acts: Mapping[str, Callable[[Context, argparse.Namespace], int]] = {
        "list": _list,
        "edit": _step("edit"),
        "accept": _step("accept"),
        "refuse": _step("refuse"),
        "approve": _approve,
        "send": _send,
        "arrived": _step("arrive"),
        "cancel": _step("cancel"),
        "add": _add,
        "record": _record,
        "decisions": _decisions,
        "outcomes": _outcomes,
        "export": _export,
    }
    return acts[arguments.what](context, arguments)


def _list(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions.plan_decisions import list_moves

    book = list_moves(
        context.room(), context.caller(), arguments.release, with_closed=arguments.all
    )
    place = arguments.place
    moves = [
        each
        for each in book.moves
        if not place or place in (each.move.from_place, each.move.to_place)
    ]
    shown = moves[: arguments.limit]
    lines = context.table(_MOVE_COLUMNS, [_cells(each) for each in shown])
    more = len(moves) - len(shown)
    lines += [f"... {more} more; see --limit or --json."] if more else []
    head = f"Plan of release {book.release}" if book.release else "No release yet: vigie run"
    context.give({"release": book.release, "moves": moves}, [head, *(lines if moves else [])])
    return 0


def _cells(line: MoveLine) -> list[object]:
    row = line.move
    turn = ", ".join(
        each.step if each.step == "send" else f"{each.step} by {each.place or 'a second person'}"
        for each in line.waiting
    )
    return [
        row.code,
        row.category,
        row.from_place,
        row.to_place,
        f"{row.quantity:g}",
        f"{row.depart_date}{' LATE' if line.is_late else ''}",
        _risk(row.receiver_before, row.receiver_after),
        _risk(row.sender_before, row.sender_after),
        row.stage + ("" if line.number is not None else ", earlier plan"),
        turn or None,
    ]


def _risk(before: float | None, after: float | None) -> str | None:
    return None if before is None or after is None else f"{before:.2f} -> {after:.2f}"


def _actor(arguments: argparse.Namespace, room: Room, caller: Any) -> Any:
    from vigie.actions.decisions.moves_actor import acting

    return acting(room, caller.name, arguments.account, arguments.role, arguments.place or "")


def _step(name: str) -> Callable[[Context, argparse.Namespace], int]:
    def act(context: Context, arguments: argparse.Namespace) -> int:
        room, caller = context.room(), context.caller()
        decided = _decide(room, caller, name, arguments)
        context.give(decided, [_told(each) for each in decided])
        return 0

    return act


def _decide(room: Room, caller: Any, name: str, arguments: argparse.Namespace) -> list[Decided]:
    from vigie.actions.decisions.deciding import decide_moves
    from vigie.actions.decisions.moves_actor import step_kind

    return decide_moves(
        room,
        caller,
        step_kind(name),
        arguments.codes,
        _actor(arguments, room, caller),
        quantity=getattr(arguments, "quantity", None),
        day=getattr(arguments, "day", None),
        reason=getattr(arguments, "reason", ""),
        until=getattr(arguments, "until", None),
        key=arguments.key,
    )


def _told(decided: Decided) -> str:
    row = decided.move
    again = "" if decided.is_new else " (kept before)"
    risk = _risk(row.receiver_before, row.receiver_after)
    effect = f"; chance of shortage at {row.to_place} {risk}" if risk else ""
    return (
        f"{row.code}: {row.quantity:g} {row.category}, {row.from_place} -> {row.to_place}, leaves "
        f"{row.depart_date}: {row.stage}{again}{effect}"
    )


def _approve(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions.decision_files import write_orders

    room, caller = context.room(), context.caller()
    decided = _decide(room, caller, "approve", arguments)
    path = write_orders(room, caller, [each.move.code for each in decided])
    lines = [*(_told(each) for each in decided), f"Orders: {path}"]
    context.give({"decided": decided, "orders": path}, lines)
    return 0


def _send(context: Context, arguments: argparse.Namespace) -> int:
    """With codes: note that they left by hand; without: send what waits by the webhook."""
    from vigie.actions.decisions.sending_orders import has_order_channel, send_orders

    if arguments.codes:
        return _step("send")(context, arguments)
    room, caller = context.room(), context.caller()
    if not has_order_channel(room):
        raise BadData(
            "No webhook takes orders: name its variables in vigie.toml, [orders] webhook_url_env "
            "and secret_env. What left by hand is noted with: vigie plan send CODE"
        )
    sent = send_orders(room, caller, is_forced=True)
    lines = [f"Accepted: {each}" for each in sent.accepted]
    lines += [f"NOT SENT  {each}" for each in sent.problems]
    context.give(sent, lines or ["No order waits."])
    return 7 if sent.problems else 0


def _add(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions.deciding import add_move
    from vigie.actions.decisions.moves_actor import move_key

    room, caller = context.room(), context.caller()
    key = move_key(
        arguments.kind, arguments.category, arguments.sender, arguments.receiver, arguments.day
    )
    decided = add_move(
        room,
        caller,
        key,
        arguments.quantity,
        _actor(arguments, room, caller),
        reason=arguments.reason,
        key=arguments.key,
    )
    context.give(decided, [_told(decided)])
    return 0


def _record(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions.decision_lines import Expected, record_decision

    room, caller = context.room(), context.caller()
    line = record_decision(
        room,
        caller,
        _actor(arguments, room, caller),
        arguments.text,
        expected=Expected(arguments.before, arguments.after, arguments.quantity, arguments.unit),
        reason=arguments.reason,
        of=arguments.of,
        key=arguments.key,
    )
    told = f"Decision {line.number} is kept, on release {line.release or '(none yet)'}."
    context.give(line, [told])
    return 0


def _decisions(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions.decision_lines import list_decisions

    found = list_decisions(context.room(), context.caller())
    header = ("number", "at (UTC)", "who", "role", "act", "what", "release", "outcome")
    rows = [
        (
            each.line.number,
            each.line.decided_at,
            each.line.account,
            each.line.role,
            each.line.act,
            f"{each.line.text} ({each.line.move})" if each.line.move else each.line.text,
            each.line.release,
            each.outcome or None,
        )
        for each in found[: arguments.limit]
    ]
    context.give(found, context.table(header, rows) if rows else ["No decision yet."])
    return 0


def _outcomes(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions.plan_outcomes import list_outcomes

    found = list_outcomes(context.room(), context.caller())
    header = ("code", "what", "from", "to", "planned", "approved", "came", "delay", "short on")
    rows = [
        (
            each.move.code,
            each.move.category,
            each.move.from_place,
            each.move.to_place,
            each.move.planned_quantity,
            each.move.quantity,
            each.move.arrived_quantity,
            each.delay_days,
            each.short_on,
        )
        for each in found[: arguments.limit]
    ]
    context.give(found, context.table(header, rows) if rows else ["Nothing has been sent yet."])
    return 0


def _export(context: Context, arguments: argparse.Namespace) -> int:
    from vigie.actions.decisions import decision_files as files
    from vigie.actions.views.spreadsheets import to_csv

    kinds: Mapping[str, tuple[Sequence[str], Callable[..., list[dict[str, Any]]]]] = {
        "orders": (files.ORDER_COLUMNS, files.order_rows),
        "decisions": (files.DECISION_COLUMNS, files.decision_rows),
        "outcomes": (files.OUTCOME_COLUMNS, files.outcome_rows),
    }
    columns, read = kinds[arguments.table]
    rows = read(context.room(), context.caller())
    if arguments.out is None:
        context.give(rows, to_csv(columns, rows).splitlines())
        return 0
    arguments.out.write_text(to_csv(columns, rows), encoding="utf-8")
    context.give(
        {"file": arguments.out, "rows": len(rows)}, [f"{arguments.out}: {len(rows)} rows."]
    )
    return 0
