"""What came of moves: planned against realised, and what the next plan has to keep to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.releasing import release_in_force
from vigie.actions.rooms.room import Room
from vigie.governance import Action, Caller
from vigie.planning import Ban, KeptMove, MoveRules, Stage, Wishes
from vigie.state import DecisionRow, MoveRow

__all__ = ["MoveOutcome", "all_wishes", "asked_of_plans", "list_outcomes"]

_STANDING = (Stage.ACCEPTED, Stage.APPROVED, Stage.SENT)
_AWAITED_DAYS = 3
"""What is overdue for longer is in the reported stock by then, or lost: no plan counts on it."""


@dataclass(frozen=True, slots=True)
class MoveOutcome:
    """A move that was sent: what was planned, and what really came.

    Attributes:
        move: as it stands.
        missing: units approved that did not come; None before it arrived.
        delay_days: days later than planned; negative: earlier; None before it arrived.
        short_on: first day on which the receiver reported no stock, from its arrival on; None:
            on no day reported so far.
        watched_until: last day looked at, at most the days of risk after arrival; None: no report.
    """

    move: MoveRow
    missing: float | None
    delay_days: int | None
    short_on: date | None
    watched_until: date | None


def all_wishes(room: Room, as_of: date) -> Wishes:
    """What the files of the room ask of its plans, and what people decided on moves."""
    asked, decided = room.declarations.wishes.on(as_of), asked_of_plans(room, as_of)
    return Wishes(asked.wishes, asked.bans + decided.bans, asked.kept + decided.kept)


def asked_of_plans(room: Room, as_of: date) -> Wishes:
    """What people had said by the end of a day that its plan has to keep to.

    Refused ways, up to the day named with each refusal; and moves that both sites accepted, were
    approved or sent, and have not arrived.

    Args:
        room: the room.
        as_of: day of the plan, from which the days of moves count.
    """
    with room.state.read() as tx:
        steps = tx.last_steps(room.end_of(as_of))
    bans = tuple(
        Ban(move.from_place, move.to_place, move.kind, move.category, reason=last.reason)
        for move, last in steps
        if last.stage == Stage.REFUSED
        and last.banned_until is not None
        and last.banned_until >= as_of
    )
    kept = [_kept(move, last, as_of) for move, last in steps if last.stage in _STANDING]
    return Wishes(bans=bans, kept=tuple(each for each in kept if each is not None))


def _kept(move: MoveRow, last: DecisionRow, as_of: date) -> KeptMove | None:
    """None when its day passed and nobody sent it, or when it is long overdue."""
    assert last.quantity is not None, "a step of a move has a quantity"
    assert last.depart_date is not None, "and a day of leaving"
    assert last.arrive_date is not None, "and a day of arrival"
    depart = (last.depart_date - as_of).days
    overdue = (as_of - last.arrive_date).days
    if depart < 0 and (last.stage != Stage.SENT or overdue > _AWAITED_DAYS):
        return None
    # What is overdue on its way is awaited tomorrow.
    arrive = max(1, (last.arrive_date - as_of).days)
    return KeptMove(
        move.from_place, move.to_place, last.quantity, depart, arrive, move.kind, move.category
    )


def list_outcomes(room: Room, caller: Caller) -> list[MoveOutcome]:
    """Every move that was sent or arrived, by day of leaving."""
    admit(room, caller, Action.READ, "outcomes of moves")
    with room.state.read() as tx:
        rows = tx.moves([Stage.SENT.value, Stage.ARRIVED.value])
    reader = open_release(room, caller) if rows and release_in_force(room) else None
    return [_outcome(room, reader, row) for row in rows]


def _outcome(room: Room, reader: ReleaseReader | None, row: MoveRow) -> MoveOutcome:
    if row.arrived_date is None or row.arrived_quantity is None:
        return MoveOutcome(row, None, None, None, None)
    stock = _stock(room, reader, row) if reader and row.kind == "products" else {}
    last = row.arrived_date + timedelta(days=MoveRules().risk_days)
    seen = {day: value for day, value in stock.items() if row.arrived_date <= day <= last}
    short = [day for day, value in seen.items() if value <= 0]
    return MoveOutcome(
        row,
        missing=row.quantity - row.arrived_quantity,
        delay_days=(row.arrived_date - row.arrive_date).days,
        short_on=min(short, default=None),
        watched_until=max(seen, default=None),
    )


def _stock(room: Room, reader: ReleaseReader, row: MoveRow) -> dict[date, float]:
    """Reported stock of the receiver by day, as the release in force knows it."""
    for rule in room.values.shortages:
        if rule.kind == "products":
            facts = reader.table(
                "facts",
                measure=rule.measures["stock"],
                place=row.to_place,
                category=row.category,
            ).to_pylist()
            if facts:
                return {f["reference_date"]: f["value"] for f in facts if f["value"] is not None}
    return {}
