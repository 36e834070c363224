"""Reads and writes of decisions and moves within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from vigie.state import decision_tables as t

__all__ = ["DecisionRow", "DecisionRows", "MoveRow"]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move on which somebody acted: as proposed, as it stands, and what came of it.

    Attributes:
        code: names it.
        kind, category, from_place, to_place, planned_date: what makes it the same move.
        planned_quantity: as proposed, in ``unit``.
        origin: "plan", or "added" by a person.
        release: on which it was first acted on.
        stage: where it stands.
        quantity, depart_date, arrive_date: as changed since.
        sender, receiver: accounts that accepted for the sites; "" while nobody did.
        approver: account that approved; "" while nobody did.
        hands: persons who accepted or changed it.
        receiver_before, receiver_after, sender_before, sender_after: P(short); None: not judged.
        arrived_quantity, arrived_date: what really came, and when.
        reason: of the refusal or cancellation.
        banned_until: last day on which the refused way is not to be proposed again.
        changed_at: instant of the last step.
    """

    code: str
    kind: str
    category: str
    from_place: str
    to_place: str
    planned_date: date
    planned_quantity: float
    unit: str
    origin: str
    release: str
    stage: str
    quantity: float
    depart_date: date
    arrive_date: date
    changed_at: datetime
    sender: str = ""
    receiver: str = ""
    approver: str = ""
    hands: list[str] = field(default_factory=list)
    receiver_before: float | None = None
    receiver_after: float | None = None
    sender_before: float | None = None
    sender_after: float | None = None
    arrived_quantity: float | None = None
    arrived_date: date | None = None
    reason: str = ""
    banned_until: date | None = None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One line of what was decided; never changed afterwards.

    Attributes:
        key: the same key twice is one decision.
        decided_at: UTC instant.
        caller: who was signed in.
        account, role, place: who decided, in which role, for which place ("": the network).
        release: on which it was taken; "" before the first.
        act: a step of a move, "record" for any other decision, "outcome" for what came of one.
        move: code of the move; "" for other decisions.
        text: what was decided, in words.
        reason: why.
        quantity, unit, depart_date: of the move, or of the effect expected.
        receiver_before, receiver_after, sender_before, sender_after: P(short) expected; of other
            decisions the first two, at ``place``.
        of: number of the decision whose outcome this is.
        stage, arrive_date, banned_until: of the move after this step.
        number: order of the lines; 0 before it is kept.
    """

    key: str
    decided_at: datetime
    caller: str
    account: str
    role: str
    place: str
    release: str
    act: str
    move: str = ""
    text: str = ""
    reason: str = ""
    quantity: float | None = None
    unit: str = ""
    depart_date: date | None = None
    receiver_before: float | None = None
    receiver_after: float | None = None
    sender_before: float | None = None
    sender_after: float | None = None
    of: int | None = None
    stage: str = ""
    arrive_date: date | None = None
    banned_until: date | None = None
    number: int = 0


class DecisionRows:
    """The part of a transaction that holds decisions."""

    _connection: sa.Connection

    def put_move(self, row: MoveRow) -> None:
        """Add a move or replace where it stands."""
        self._connection.execute(t.moves.delete().where(t.moves.c.code == row.code))
        self._connection.execute(t.moves.insert().values(**asdict(row)))

    def move(self, code: str) -> MoveRow | None:
        """One move by its code."""
        query = sa.select(t.moves).where(t.moves.c.code == code)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else MoveRow(**row)

    def moves(self, stages: Sequence[str] = ()) -> list[MoveRow]:
        """Moves on which somebody acted, by day of leaving."""
        query = sa.select(t.moves).order_by(t.moves.c.depart_date, t.moves.c.code)
        if stages:
            query = query.where(t.moves.c.stage.in_(stages))
        return [MoveRow(**row) for row in self._connection.execute(query).mappings()]

    def add_decision(self, row: DecisionRow) -> DecisionRow:
        """Keep a line; the one kept before when its key is known. With its number."""
        known = self.decision(row.key)
        if known is not None:
            return known
        values = {name: value for name, value in asdict(row).items() if name != "number"}
        self._connection.execute(t.decisions.insert().values(**values))
        kept = self.decision(row.key)
        assert kept is not None
        return kept

    def decision(self, key: str) -> DecisionRow | None:
        """One line by its key."""
        query = sa.select(t.decisions).where(t.decisions.c.key == key)
        row = self._connection.execute(query).mappings().first()
        return None if row is None else DecisionRow(**row)

    def last_steps(self, until: datetime) -> list[tuple[MoveRow, DecisionRow]]:
        """Each move and the last step that was taken with it up to an instant."""
        of_moves = (t.decisions.c.stage != "") & (t.decisions.c.decided_at <= until)
        newest = (
            sa.select(sa.func.max(t.decisions.c.number))
            .where(of_moves)
            .group_by(t.decisions.c.move)
        )
        query = sa.select(t.decisions).where(t.decisions.c.number.in_(newest))
        rows = [DecisionRow(**row) for row in self._connection.execute(query).mappings()]
        moves = {row.code: row for row in self.moves()}
        return [(moves[row.move], row) for row in rows]

    def decisions(self, move: str | None = None) -> list[DecisionRow]:
        """Lines in the order in which they were taken."""
        query = sa.select(t.decisions).order_by(t.decisions.c.number)
        if move is not None:
            query = query.where(t.decisions.c.move == move)
        return [DecisionRow(**row) for row in self._connection.execute(query).mappings()]
