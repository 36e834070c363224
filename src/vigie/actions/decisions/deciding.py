"""Deciding on moves: each decision once, in one transaction with its line and its audit record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from vigie.actions.decisions.judging_moves import ReleaseMoves
from vigie.actions.decisions.plan_decisions import find_code, state_of
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.room import Room
from vigie.actions.words.order_messages import order_key, post_cancellation, post_order
from vigie.errors import BadData, Conflict
from vigie.governance import Action, Caller, Decision
from vigie.planning import Actor, MoveKey, MoveState, Stage, Step, StepKind, proposed, take_step
from vigie.state import DecisionRow, MoveRow, Transaction

__all__ = ["BAN_DAYS", "Decided", "add_move", "decide_moves", "keep_step"]

BAN_DAYS = 7
"""Days from today on which a refused way is not proposed again, unless the refusal says until."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision on one move.

    Attributes:
        move: as it stands now.
        line: the line that keeps the decision.
        is_new: False when the same decision had been kept before.
    """

    move: MoveRow
    line: DecisionRow
    is_new: bool


def decide_moves(
    room: Room,
    caller: Caller,
    kind: StepKind,
    codes: Sequence[str],
    actor: Actor,
    *,
    quantity: float | None = None,
    day: date | None = None,
    reason: str = "",
    until: date | None = None,
    release: str | None = None,
    key: str = "",
) -> list[Decided]:
    """Take one step with one or more moves: all of them or none.

    Args:
        room: the room.
        caller: who is signed in.
        kind: accept, edit, approve, send (by hand), arrive, refuse or cancel.
        codes: of the moves, or unambiguous beginnings of them.
        actor: who decides.
        quantity: new quantity (edit) or what really came (arrive).
        day: new day of leaving (edit), or on which it came (arrive; None: today).
        reason: why.
        until: last day on which a refused way is not to be proposed; None: BAN_DAYS from today.
        release: on which it is decided; None: the one in force.
        key: of the decision; the same key twice is one. "": made from what is decided.

    Raises:
        NotFound: no such move or place.
        Conflict: a move does not stand where the step begins; somebody else may have been faster.
        AccessRefused: the actor may not; the message says who may.
        BadData: a rule of plans is broken; the message says which and by how far.
    """
    decision = admit(room, caller, Action.DECIDE, f"{kind} {' '.join(codes)}"[:200])
    moves = ReleaseMoves(room, open_release(room, caller, release))
    moves.require_place(actor.place)
    until = _until(room, kind, until)
    arrived = _arrival_day(room, day) if kind is StepKind.ARRIVE else None
    with room.state.write(f"a decision: {kind}") as tx:
        known = moves.known(tx)
        found = []
        for code in dict.fromkeys(find_code(each, known) for each in codes):
            row = known[code]
            step_key = f"{key}:{code}" if key else _key(tx, kind, row, actor, quantity, day, reason)
            before = tx.decision(step_key)
            if before is not None:
                found.append(Decided(row, before, is_new=False))
                continue
            step = Step(kind, actor, quantity, day if kind is StepKind.EDIT else None, reason)
            after = _taken(moves, tx, row, step)
            after = replace(after, arrived_date=arrived, banned_until=until)
            line = keep_step(
                tx, after, step, decision, key=step_key, release=moves.release, now=room.now()
            )
            _orders(room, tx, moves, row, after)
            found.append(Decided(after, line, is_new=True))
    return found


def add_move(
    room: Room,
    caller: Caller,
    move: MoveKey,
    quantity: float,
    actor: Actor,
    *,
    reason: str = "",
    release: str | None = None,
    key: str = "",
) -> Decided:
    """Add a move that the plan does not have; who adds it is no second person.

    Raises:
        Conflict: the plan has it, or somebody added it before.
        BadData: a rule of plans is broken; the message says which and by how far.
    """
    decision = admit(room, caller, Action.DECIDE, f"propose {move.code()}")
    moves = ReleaseMoves(room, open_release(room, caller, release))
    for place in (move.from_place, move.to_place, actor.place):
        moves.require_place(place)
    state = proposed(move, quantity, actor)
    with room.state.write("a decision: propose") as tx:
        known = moves.known(tx)
        code = move.code()
        step_key = f"{key or 'propose'}:{code}"
        before = tx.decision(step_key)
        if before is not None and known[code].planned_quantity == quantity:
            return Decided(known[code], before, is_new=False)
        if code in known:
            raise Conflict(
                f"This move is there already, as {code} ({known[code].stage}, "
                f"{known[code].quantity:g}). Change it with: vigie plan edit {code}"
            )
        row = moves.judged(tx, moves.new_row(state, now=room.now()), is_edit=True)
        step = Step(StepKind.PROPOSE, actor, quantity, reason=reason)
        line = keep_step(
            tx, row, step, decision, key=step_key, release=moves.release, now=room.now()
        )
    return Decided(row, line, is_new=True)


def keep_step(
    tx: Transaction,
    row: MoveRow,
    step: Step,
    decision: Decision,
    *,
    key: str,
    release: str,
    now: datetime,
) -> DecisionRow:
    """Keep a move as it stands after a step, the line of the step, and its audit record."""
    tx.put_move(replace(row, changed_at=now))
    actor = step.actor
    line = tx.add_decision(
        DecisionRow(
            key=key,
            decided_at=now,
            caller=decision.caller.name,
            account=actor.account,
            role=actor.role,
            place=actor.place,
            release=release,
            act=step.kind.value,
            move=row.code,
            text=f"{row.kind} {row.category}, {row.from_place} -> {row.to_place}",
            reason=step.reason.strip(),
            quantity=row.quantity if row.arrived_quantity is None else row.arrived_quantity,
            unit=row.unit,
            depart_date=row.depart_date,
            receiver_before=row.receiver_before,
            receiver_after=row.receiver_after,
            sender_before=row.sender_before,
            sender_after=row.sender_after,
            stage=row.stage,
            arrive_date=row.arrive_date,
            banned_until=row.banned_until,
        )
    )
    record(
        tx,
        decision,
        line=line.number,
        act=step.kind.value,
        move=row.code,
        account=actor.account,
        role=actor.role,
        place=actor.place,
        release=release,
        stage=row.stage,
        quantity=row.quantity,
    )
    return line


def _taken(moves: ReleaseMoves, tx: Transaction, row: MoveRow, step: Step) -> MoveRow:
    """The row after a step, judged again where quantity or day changed, or before it goes out."""
    after = _with_state(row, take_step(state_of(row), step))
    if step.kind is StepKind.EDIT:
        return moves.judged(tx, moves.with_arrival(after), is_edit=True)
    if step.kind is StepKind.APPROVE:
        return moves.judged(tx, after, is_edit=False)
    return after


def _with_state(row: MoveRow, state: MoveState) -> MoveRow:
    return replace(
        row,
        stage=state.stage.value,
        quantity=state.quantity,
        depart_date=state.depart_date,
        sender=state.sender,
        receiver=state.receiver,
        hands=sorted(state.hands),
        approver=state.approver,
        arrived_quantity=state.arrived_quantity,
        reason=state.reason,
    )


def _orders(
    room: Room, tx: Transaction, moves: ReleaseMoves, before: MoveRow, after: MoveRow
) -> None:
    """What leaves the house because of a step: an order, or its cancellation."""
    now = room.now()
    if after.stage == Stage.APPROVED:
        post_order(tx, room.values.name, after, moves.names(after), now=now)
    elif after.stage == Stage.SENT:
        # It left by hand: no webhook is to send it again.
        tx.take_back(order_key(after.code))
    elif before.stage in (Stage.APPROVED, Stage.SENT) and after.stage != Stage.ARRIVED:
        post_cancellation(tx, room.values.name, after, moves.names(after), now=now)


def _until(room: Room, kind: StepKind, until: date | None) -> date | None:
    if kind is not StepKind.REFUSE:
        return None
    today = room.today()
    if until is not None and until < today:
        raise BadData(f"--until {until} is past. Name a day from {today} on.")
    return until or today + timedelta(days=BAN_DAYS)


def _arrival_day(room: Room, day: date | None) -> date:
    today = room.today()
    if day is not None and day > today:
        raise BadData(f"{day} is to come; what arrived, arrived by {today}.")
    return day or today


def _key(
    tx: Transaction,
    kind: StepKind,
    row: MoveRow,
    actor: Actor,
    quantity: float | None,
    day: date | None,
    reason: str,
) -> str:
    """The same step by the same person on the same version of a move is the same decision."""
    edits = [line for line in tx.decisions(row.code) if line.act == StepKind.EDIT.value]
    version = len(edits)
    if kind is StepKind.EDIT and edits and _is_as_wanted(row, quantity, day):
        version -= 1
    parts = [kind.value, row.code, version, actor.person, actor.place, quantity, str(day), reason]
    return f"{kind}:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}"


def _is_as_wanted(row: MoveRow, quantity: float | None, day: date | None) -> bool:
    return quantity in (None, row.quantity) and day in (None, row.depart_date)
