"""Any decision as a line: recorded with role, release and expected effect; its outcome later."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from urllib.parse import quote

from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.releasing import release_in_force
from vigie.actions.rooms.room import Room
from vigie.errors import BadData, NotFound, nearest
from vigie.governance import Action, Caller, Decision
from vigie.planning import Actor
from vigie.state import DecisionRow, MoveRow

__all__ = ["OUTCOME", "RECORD", "DecisionLine", "Expected", "list_decisions", "record_decision"]

RECORD, OUTCOME = "record", "outcome"
"""Acts of lines that are no step of a move."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a decision is expected to change, or what came of it.

    Attributes:
        before: P(short) at the place without it, 0..1; None: not told.
        after: P(short) with it, 0..1; None: not told.
        quantity: units that it moves, opens, closes...; None: not told.
        unit: of the quantity.
    """

    before: float | None = None
    after: float | None = None
    quantity: float | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        for name, value in (("before", self.before), ("after", self.after)):
            if value is not None and not 0 <= value <= 1:
                raise BadData(f"P(short) {name} is {value:g}; write a share from 0 to 1.")
        if self.quantity is not None and not self.unit.strip():
            raise BadData("A quantity needs its unit, as in --quantity 6 --unit beds")


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A line, with the address that shows what was known when it was taken.

    Attributes:
        line: as kept.
        move: that it is about, as it stands; None for other decisions.
        place: that it helps; "": the network.
        address: page of the place that it helps, in the release on which it was decided.
        outcome: text of its newest outcome; "" before.
    """

    line: DecisionRow
    move: MoveRow | None
    place: str
    address: str
    outcome: str


def record_decision(
    room: Room,
    caller: Caller,
    actor: Actor,
    text: str,
    *,
    expected: Expected | None = None,
    reason: str = "",
    of: int | None = None,
    release: str | None = None,
    key: str = "",
) -> DecisionRow:
    """Keep a decision that Vigie did not propose, or what came of an earlier one.

    Args:
        room: the room.
        caller: who is signed in.
        actor: who decided, in which role, for which place.
        text: what was decided; no word of a person.
        expected: what it is expected to change.
        reason: why.
        of: number of the line whose outcome this is; None: a decision.
        release: on which it was taken; None: the one in force.
        key: the same key twice is one line. "": made from what is decided, and the release.

    Raises:
        BadData: no text.
        NotFound: no such place, release or line.
    """
    act = RECORD if of is None else OUTCOME
    decision = admit(room, caller, Action.DECIDE, act)
    if not text.strip():
        raise BadData("Say what was decided, as in: vigie plan record 'Opened 6 beds in ward 3'")
    taken_on = _taken_on(room, caller, actor, release)
    effect = expected or Expected()
    parts = (act, actor.person, actor.place, text.strip(), taken_on, of, effect.quantity)
    made = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
    row = DecisionRow(
        key=key or f"{act}:{made}",
        decided_at=room.now(),
        caller=caller.name,
        account=actor.account,
        role=actor.role,
        place=actor.place,
        release=taken_on,
        act=act,
        text=text.strip(),
        reason=reason.strip(),
        quantity=effect.quantity,
        unit=effect.unit.strip(),
        receiver_before=effect.before,
        receiver_after=effect.after,
        of=of,
    )
    return _keep(room, decision, row)


def _taken_on(room: Room, caller: Caller, actor: Actor, release: str | None) -> str:
    """The release on which it was decided, which must know the place; "" before the first."""
    asked = release or release_in_force(room)
    if asked is None:
        return ""
    reader = open_release(room, caller, asked)
    places = set(reader.table("places")["place"].to_pylist())
    if actor.place and actor.place not in places:
        raise NotFound(f'No place "{actor.place}". Nearest: {nearest(actor.place, places)}.')
    return reader.release


def _keep(room: Room, decision: Decision, row: DecisionRow) -> DecisionRow:
    """The line and its audit record in one transaction; what is known by its key is not doubled."""
    with room.state.write(f"a decision: {row.act}") as tx:
        if row.of is not None:
            lines = {line.number: line for line in tx.decisions()}
            if row.of not in lines:
                raise NotFound(f"No decision number {row.of}. List them with: vigie plan decisions")
            row = replace(row, move=lines[row.of].move)
        known = tx.decision(row.key)
        if known is not None:
            return known
        line = tx.add_decision(row)
        record(
            tx,
            decision,
            line=line.number,
            act=line.act,
            account=line.account,
            role=line.role,
            place=line.place,
            release=line.release,
        )
    return line


def list_decisions(room: Room, caller: Caller) -> list[DecisionLine]:
    """All lines, newest first, each with what came of it."""
    admit(room, caller, Action.READ, "decisions")
    with room.state.read() as tx:
        rows = tx.decisions()
        moves = {row.code: row for row in tx.moves()}
    outcomes = {row.of: row.text for row in rows if row.act == OUTCOME}
    found = []
    for row in reversed(rows):
        place, move = row.place, moves.get(row.move)
        if move is not None:
            place = move.from_place if move.kind == "patients" else move.to_place
        outcome = outcomes.get(row.number, "")
        found.append(DecisionLine(row, move, place, _address(place, row.release), outcome))
    return found


def _address(place: str, release: str) -> str:
    page = f"/places/{quote(place, safe='')}" if place else "/briefing"
    return f"{page}?release={quote(release, safe='')}" if release else page
