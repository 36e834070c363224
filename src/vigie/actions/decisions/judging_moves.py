"""The moves known on a release, and each held against the rules of plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from vigie.actions.decisions.loan_effects import release_lendings
from vigie.actions.decisions.move_effects import (
    arrival_days,
    judge,
    product_exchange,
    release_depots,
)
from vigie.actions.decisions.plan_decisions import planned_moves, state_of
from vigie.actions.rooms.places import depot_places
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.loan_plans import lending_rules
from vigie.errors import BadData, NotFound, nearest
from vigie.planning import (
    Breach,
    Effect,
    Exchange,
    Lending,
    MoveState,
    Stage,
    WantedMove,
    judge_loan_edit,
)
from vigie.state import MoveRow, Transaction

__all__ = ["ReleaseMoves"]

_DECIDED = (Stage.ACCEPTED, Stage.APPROVED, Stage.SENT)


class ReleaseMoves:
    """Moves of the plan of a release and those kept, judged on its stock paths."""

    def __init__(self, room: Room, reader: ReleaseReader) -> None:
        """Args:
        room: the room.
        reader: the release on which is decided.
        """
        self._room, self._reader = room, reader
        self._exchanges: dict[str, Exchange | None] = {}
        self._lendings: dict[str, tuple[Lending, ...]] = {}
        self._planned = dict(planned_moves(reader).values())
        self._places = {row["place"]: row for row in reader.table("places").to_pylist()}
        self.release = reader.release

    def known(self, tx: Transaction) -> dict[str, MoveRow]:
        """Every move by its code: as kept, else as the plan proposes it."""
        return self._planned | {row.code: row for row in tx.moves()}

    def require_place(self, place: str) -> None:
        """Raises NotFound unless the release knows the place; "" stands for the network."""
        if place and place not in self._places:
            near = nearest(place, self._places)
            raise NotFound(f'No place "{place}". Nearest: {near}.')

    def names(self, row: MoveRow) -> dict[str, str]:
        """Names and contacts of both ends, and the role on duty, for orders."""
        found = {}
        for side, place in (("from", row.from_place), ("to", row.to_place)):
            known = self._places.get(place, {})
            for name in ("name", "duty_role", "contact"):
                found[f"{side}_{name}"] = str(known.get(name) or "")
        return found

    def new_row(self, state: MoveState, *, now: datetime) -> MoveRow:
        """A move that somebody adds.

        Raises:
            BadData: no way leads there.
            NotFound: the product is unknown.
        """
        key = state.key
        row = MoveRow(
            code=key.code(),
            kind=key.kind,
            category=key.category,
            from_place=key.from_place,
            to_place=key.to_place,
            planned_date=key.depart_date,
            planned_quantity=state.quantity,
            unit=self._unit(key.kind, key.category),
            origin="added",
            release=self.release,
            stage=state.stage.value,
            quantity=state.quantity,
            depart_date=key.depart_date,
            arrive_date=key.depart_date,
            changed_at=now,
            hands=sorted(state.hands),
        )
        return self.with_arrival(row)

    def with_arrival(self, row: MoveRow) -> MoveRow:
        """The row with the day of use that follows from its day of leaving.

        Patients are admitted where they are taken on the day they leave.
        """
        days = arrival_days(self._reader, row.from_place, row.to_place)
        if days is None:
            raise BadData(
                f'Rule "lane": no way leads from "{row.from_place}" to "{row.to_place}". Ways '
                "stand in reference/arcs.csv."
            )
        under_way = 0 if row.kind == "patients" else days
        return replace(row, arrive_date=row.depart_date + timedelta(days=under_way))

    def judged(self, tx: Transaction, row: MoveRow, *, is_edit: bool) -> MoveRow:
        """The row with its effect at both ends.

        An edit is judged beside all open moves of the plan, an approval beside those that are
        accepted, approved or sent. What cannot be told (no stock paths) stays as it was when
        approved, and is not told when edited.

        Raises:
            BadData: rules are broken; the message says which and by how far.
        """
        self._require_coming(row)
        if not is_edit and self._stands_in_plan(row):
            return row
        judged = self._judge(row, self._others(tx, row, is_edit=is_edit))
        if judged is None:
            if not is_edit:
                return row
            return replace(
                row,
                receiver_before=None,
                receiver_after=None,
                sender_before=None,
                sender_after=None,
            )
        effect, breaches = judged
        if breaches:
            told = "; ".join(f'rule "{each.rule}": {each.text}' for each in breaches)
            raise BadData(f"Refused, {told}.")
        assert effect is not None, "without a breach there is an effect"
        # What would be without any move, the plan of this release knows exactly.
        plan = self._planned.get(row.code)
        own = plan.sender_before if plan else effect.sender_before
        # A depot needs nothing: it has no chance of a shortage, and what stays is told instead.
        is_depot = row.from_place in depot_places(self._reader.table("places"), self._reader.as_of)
        return replace(
            row,
            receiver_before=plan.receiver_before if plan else effect.receiver_before,
            receiver_after=effect.receiver_after,
            sender_before=None if is_depot else own,
            sender_after=None if is_depot else effect.sender_after,
        )

    def _require_coming(self, row: MoveRow) -> None:
        today = self._room.today()
        if row.depart_date < today:
            days = (today - row.depart_date).days
            raise BadData(
                f'Refused, rule "day": {row.depart_date} is past by {days} days. Name a day from '
                f"{today} on: vigie plan edit {row.code} --day DATE"
            )

    def _stands_in_plan(self, row: MoveRow) -> bool:
        """Whether the plan of the release has this very loan: with all its moves it was judged."""
        plan = self._planned.get(row.code)
        is_as_planned = plan is not None and (plan.quantity, plan.depart_date) == (
            row.quantity,
            row.depart_date,
        )
        return row.kind != "products" and is_as_planned

    def _judge(
        self, row: MoveRow, others: Sequence[tuple[str, WantedMove]]
    ) -> tuple[Effect | None, tuple[Breach, ...]] | None:
        """Effect and broken rules; None where nothing can be told."""
        if row.kind != "products":
            lending = self._lending(row)
            if lending is None:
                return None
            rules = lending_rules(row.kind, self._room.values.plan)
            return judge_loan_edit(lending, row.category, self._wanted(row), others, rules)
        exchange = self._exchange(row)
        if exchange is None:
            return None
        depots = release_depots(self._reader, row.category)
        beside = [wanted for _, wanted in others]
        return judge(exchange, self._reader.as_of, self._wanted(row), beside, depots=depots)

    def _lending(self, row: MoveRow) -> Lending | None:
        if row.kind not in self._lendings:
            self._lendings[row.kind] = release_lendings(self._room, self._reader, row.kind)
        lendings = self._lendings[row.kind]
        of = next((each for each in lendings if row.category in each.categories), None)
        if of is None and lendings:
            known = [name for each in lendings for name in each.categories]
            raise NotFound(
                f'No {row.kind} "{row.category}". Nearest: {nearest(row.category, known)}.'
            )
        return of

    def _exchange(self, row: MoveRow) -> Exchange | None:
        if row.category not in self._exchanges:
            found = product_exchange(self._room, self._reader, row.category)
            self._exchanges[row.category] = found
        return self._exchanges[row.category]

    def _others(
        self, tx: Transaction, row: MoveRow, *, is_edit: bool
    ) -> list[tuple[str, WantedMove]]:
        """Other open moves of the product, or of the kind where things come back."""
        others = []
        for code, each in self.known(tx).items():
            is_same_product = each.kind != "products" or each.category == row.category
            if code == row.code or each.kind != row.kind or not is_same_product:
                continue
            counts = state_of(each).is_open if is_edit else Stage(each.stage) in _DECIDED
            if counts and each.depart_date >= self._reader.as_of:
                others.append((each.category, self._wanted(each)))
        return others

    def _wanted(self, row: MoveRow) -> WantedMove:
        day = (row.depart_date - self._reader.as_of).days
        return WantedMove(row.from_place, row.to_place, row.quantity, day)

    def _unit(self, kind: str, category: str) -> str:
        tables = {"products": ("products", "product"), "equipment": ("equipment", "equipment")}
        if kind not in tables:
            return {"staff": "staff", "patients": "patients"}[kind]
        table, column = tables[kind]
        rows = {row[column]: row for row in self._reader.table(table).to_pylist()}
        if category not in rows:
            near = nearest(category, rows) or "none yet"
            raise NotFound(f'No {column} "{category}". Nearest: {near}.')
        return str(rows[category].get("unit") or "1")
