"""The moves of a plan as people decide on them: where each stands, and who must act next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.places import depot_places
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.releasing import release_in_force
from vigie.actions.rooms.room import Room
from vigie.actions.views.moves import chosen_plan
from vigie.errors import BadData, NotFound, nearest
from vigie.governance import Action, Caller
from vigie.planning import MoveKey, MoveState, Stage, next_steps
from vigie.state import MoveRow

__all__ = [
    "MoveLine",
    "PlanBook",
    "Waiting",
    "find_code",
    "list_moves",
    "planned_moves",
    "row_of_plan",
    "state_of",
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What must follow, and whose turn it is.

    Attributes:
        step: accept, approve, send or arrive.
        place: site that must act; "" for a second person of the network.
        role, contact: of the site's duty, from the table ``places``; "" where none is kept.
    """

    step: str
    place: str
    role: str
    contact: str


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A move, where it stands, and who must act next.

    Attributes:
        move: as kept, or as the plan proposes it.
        number: in the plan of the release; None when the plan has it no more.
        is_kept: whether somebody acted on it.
        is_late: whether its day of leaving has passed before it left.
        waiting: what must follow; empty once nothing can.
    """

    move: MoveRow
    number: int | None
    is_kept: bool
    is_late: bool
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class PlanBook:
    """Moves of the plan of a release and all open ones of earlier plans.

    Attributes:
        release: whose plan it is; "" before the first.
        as_of: its day; None before the first.
        moves: in the order of the plan, then those of earlier plans by day of leaving.
    """

    release: str
    as_of: date | None
    moves: tuple[MoveLine, ...]


def list_moves(
    room: Room, caller: Caller, release: str | None = None, *, with_closed: bool = False
) -> PlanBook:
    """Moves with their states (release None: the one in force).

    Args:
        room: the room.
        caller: who asks.
        release: whose plan.
        with_closed: also moves of earlier plans that have arrived, or were refused or cancelled.
    """
    if release is None and release_in_force(room) is None:
        admit(room, caller, Action.READ, "moves")
        return PlanBook("", None, ())
    reader = open_release(room, caller, release)
    with room.state.read() as tx:
        kept = {row.code: row for row in tx.moves()}
    today = room.today()
    duties = {row["place"]: row for row in reader.table("places").to_pylist()}
    planned = planned_moves(reader)
    lines = [
        _line(today, kept.get(code, row), number, duties, is_kept=code in kept)
        for number, (code, row) in planned.items()
    ]
    codes = {code for code, _ in planned.values()}
    lines += [
        _line(today, row, None, duties, is_kept=True)
        for code, row in kept.items()
        if code not in codes and (with_closed or state_of(row).is_open)
    ]
    return PlanBook(reader.release, reader.as_of, tuple(lines))


def planned_moves(reader: ReleaseReader) -> dict[int, tuple[str, MoveRow]]:
    """Code and row of each move of the plan that leaves least unmet, by its number."""
    rows = reader.table("plan_moves").to_pylist()
    chosen, release = chosen_plan(reader, rows), reader.release
    depots = depot_places(reader.table("places"), reader.as_of)
    found: dict[int, tuple[str, MoveRow]] = {}
    for row in sorted(rows, key=lambda row: int(row["move"])):
        if row["plan"] == chosen:
            move = row_of_plan(row, release, reader.published_at)
            if move.from_place in depots:
                # A depot needs nothing: it has no chance of a shortage to tell.
                move = replace(move, sender_before=None, sender_after=None)
            found[int(row["move"])] = (move.code, move)
    return found


def row_of_plan(row: Mapping[str, Any], release: str, published_at: datetime) -> MoveRow:
    """A row of ``plan_moves`` as a move on which nobody acted yet."""
    parts = (row["kind"], row["category"], row["from_place"], row["to_place"])
    return MoveRow(
        MoveKey(*parts, row["depart_date"]).code(),
        *parts,
        planned_date=row["depart_date"],
        planned_quantity=row["quantity"],
        unit=row["unit"],
        origin="plan",
        release=release,
        stage=Stage.PROPOSED.value,
        quantity=row["quantity"],
        depart_date=row["depart_date"],
        arrive_date=row["arrive_date"],
        changed_at=published_at,
        receiver_before=row["receiver_before"],
        receiver_after=row["receiver_after"],
        sender_before=row["sender_before"],
        sender_after=row["sender_after"],
    )


def state_of(row: MoveRow) -> MoveState:
    """The row as the rules of steps take it."""
    key = MoveKey(row.kind, row.category, row.from_place, row.to_place, row.planned_date)
    return MoveState(
        key,
        Stage(row.stage),
        row.quantity,
        row.depart_date,
        sender=row.sender,
        receiver=row.receiver,
        hands=frozenset(row.hands),
        approver=row.approver,
        arrived_quantity=row.arrived_quantity,
        reason=row.reason,
    )


def find_code(text: str, codes: Iterable[str]) -> str:
    """The code that begins as given.

    Raises:
        NotFound: none does.
        BadData: several do.
    """
    known = sorted(set(codes))
    found = [code for code in known if code.startswith(text)] if text else []
    if len(found) > 1:
        raise BadData(f'"{text}" begins several codes: {", ".join(found[:5])}. Write one in full.')
    if not found:
        near = nearest(text, known) or "none yet"
        raise NotFound(f'No move "{text}". Nearest: {near}. List them with: vigie plan list')
    return found[0]


def _line(
    today: date,
    row: MoveRow,
    number: int | None,
    duties: Mapping[str, Mapping[str, Any]],
    *,
    is_kept: bool,
) -> MoveLine:
    state = state_of(row)
    waiting = []
    for step, place in next_steps(state):
        duty = duties.get(place, {})
        role, contact = (str(duty.get(name) or "") for name in ("duty_role", "contact"))
        waiting.append(Waiting(step.value, place, role, contact))
    has_left = state.stage in (Stage.SENT, Stage.ARRIVED)
    is_late = state.is_open and not has_left and row.depart_date < today
    return MoveLine(row, number, is_kept, is_late, tuple(waiting))
