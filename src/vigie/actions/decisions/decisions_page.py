"""The page of decisions and the page of a move, in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from vigie.actions.decisions.decision_lines import OUTCOME, DecisionLine
from vigie.actions.decisions.plan_decisions import MoveLine, PlanBook, state_of
from vigie.actions.views.depot_views import DepotStock, hold_text, read_depot_stock
from vigie.actions.views.room_names import RoomNames, read_names
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Chance, Words
from vigie.planning import Stage, StepKind, next_steps

__all__ = [
    "DecisionItem",
    "DecisionsPage",
    "MoveItem",
    "MovePage",
    "StepForm",
    "build_decisions_page",
    "build_move_page",
]

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class MoveItem:
    """A move in a list.

    Attributes:
        line: as it stands.
        title: how much of what, from where to where.
        leaves: day of leaving.
        state: in words.
        turn: what must follow, one sentence each.
        ends: name of a place, its chance of shortage before and after; empty: not judged.
        held: what the depot that it leaves holds and keeps; "": it leaves none, or has left.
    """

    line: MoveLine
    title: str
    leaves: str
    state: str
    turn: tuple[str, ...]
    ends: tuple[tuple[str, Chance, Chance], ...]
    held: str = ""


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """A line in a list."""

    line: DecisionLine
    when: str
    who: str
    act: str
    what: str
    effect: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepForm:
    """A form of one step.

    Attributes:
        step: what it does.
        places: key and name of those who may; "" is the network.
        has_quantity, has_day, has_until, has_reason: fields it asks for.
        needs_quantity, needs_reason: which of them must be filled.
        quantity, day: what stands now; "" leaves the field empty.
    """

    step: str
    places: tuple[tuple[str, str], ...]
    has_quantity: bool = False
    has_day: bool = False
    has_until: bool = False
    has_reason: bool = False
    needs_quantity: bool = False
    needs_reason: bool = False
    quantity: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """Moves under way, those that the plan proposes, and lines of decisions, newest first."""

    under_way: tuple[MoveItem, ...]
    proposed: tuple[MoveItem, ...]
    proposed_count: int
    lines: tuple[DecisionItem, ...]
    places: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MovePage:
    """One move: where it stands, what was done, what can be done."""

    item: MoveItem
    facts: tuple[tuple[str, str], ...]
    lines: tuple[DecisionItem, ...]
    forms: tuple[StepForm, ...]


def build_decisions_page(
    book: PlanBook, lines: Sequence[DecisionLine], tables: ReleaseTables, words: Words
) -> DecisionsPage:
    """The page of decisions on a release.

    Args:
        book: moves of the plan and open ones of earlier plans.
        lines: of decisions, newest first.
        tables: the release.
        words: of the reader.
    """
    names = read_names(tables, words.language)
    held = read_depot_stock(tables)
    under_way = [each for each in book.moves if each.is_kept and each.waiting]
    proposed = sorted((each for each in book.moves if not each.is_kept), key=_by_help)
    network = ("", words.say("decision.field.network"))
    places = sorted(((key, place.name) for key, place in names.places.items()), key=lambda p: p[1])
    return DecisionsPage(
        under_way=tuple(_item(each, names, words, held) for each in under_way),
        proposed=tuple(_item(each, names, words, held) for each in proposed[:_SHOWN]),
        proposed_count=len(proposed),
        lines=tuple(_line(each, names, words, tables.timezone) for each in lines[:_SHOWN]),
        places=(network, *places),
    )


def _by_help(line: MoveLine) -> tuple[float, date, int]:
    """The largest help first, as on the page of the plan."""
    row = line.move
    sides = (row.sender_before, row.sender_after), (row.receiver_before, row.receiver_after)
    before, after = sides[row.kind != "patients"]
    gain = 0.0 if before is None or after is None else before - after
    return (-gain, row.depart_date, line.number or 0)


def build_move_page(
    line: MoveLine, lines: Sequence[DecisionLine], tables: ReleaseTables, words: Words
) -> MovePage:
    """The page of one move.

    Args:
        line: the move.
        lines: of decisions, newest first; only its own are shown.
        tables: the release.
        words: of the reader.
    """
    names = read_names(tables, words.language)
    held = read_depot_stock(tables, place=line.move.from_place)
    own = [each for each in reversed(lines) if each.line.move == line.move.code]
    return MovePage(
        item=_item(line, names, words, held),
        facts=tuple(_facts(line, names, words)),
        lines=tuple(_line(each, names, words, tables.timezone) for each in own),
        forms=_forms(line, names, words),
    )


def _item(
    line: MoveLine, names: RoomNames, words: Words, held: Mapping[tuple[str, str], DepotStock]
) -> MoveItem:
    row = line.move
    turn = []
    for each in line.waiting:
        role = each.role or each.contact or each.place
        if each.contact and each.role:
            role = f"{each.role}, {each.contact}"
        turn.append(
            words.say(f"decision.turn.{each.step}", place=names.place(each.place), role=role)
            if each.place
            else words.say(f"decision.turn.{each.step}")
        )
    pairs = (
        (row.to_place, row.receiver_before, row.receiver_after),
        (row.from_place, row.sender_before, row.sender_after),
    )
    ends = tuple(
        (names.place(place), words.chance(before), words.chance(after))
        for place, before, after in pairs
        if before is not None and after is not None
    )
    title = (
        f"{words.number(row.quantity)} × {names.category(row.category)}{words.colon}"
        f"{names.place(row.from_place)} → {names.place(row.to_place)}"
    )
    state = words.say(f"decision.stage.{row.stage}")
    own = held.get((row.from_place, row.category)) if line.waiting else None
    return MoveItem(
        line,
        title,
        words.short_weekday(row.depart_date),
        state,
        tuple(turn),
        ends,
        hold_text(own, row.quantity, names, words),
    )


def _facts(line: MoveLine, names: RoomNames, words: Words) -> list[tuple[str, str]]:
    row = line.move
    accounts = [
        f"{names.place(place)}{words.colon}{account}"
        for place, account in ((row.from_place, row.sender), (row.to_place, row.receiver))
        if account
    ]
    planned = f"{words.number(row.planned_quantity)}, {words.short_weekday(row.planned_date)}"
    facts = [("decisions.planned", planned)]
    if accounts:
        facts.append(("decisions.accepted_by", ", ".join(accounts)))
    if row.approver:
        facts.append(("decisions.approved_by", row.approver))
    if row.arrived_quantity is not None and row.arrived_date is not None:
        came = f"{words.number(row.arrived_quantity)}, {words.short_weekday(row.arrived_date)}"
        facts.append(("decisions.arrived", came))
    if row.reason:
        facts.append(("decisions.reason", row.reason))
    return [(words.say(key), text) for key, text in facts]


def _line(each: DecisionLine, names: RoomNames, words: Words, timezone: str) -> DecisionItem:
    row = each.line
    place = f", {names.place(row.place)}" if row.place else ""
    effect = []
    if row.quantity is not None:
        # What moves is named beside it; units of products are codes, such as {test}.
        unit = "" if each.move is not None else words.unit(row.unit, row.quantity)
        effect.append(f"{words.number(row.quantity)} {unit}".strip())
    if row.receiver_before is not None and row.receiver_after is not None:
        at = names.place(each.place) if each.place else words.say("decision.field.network")
        before, after = words.chance(row.receiver_before), words.chance(row.receiver_after)
        effect.append(
            words.say("decisions.effect_at", place=at, before=before.cell, after=after.cell)
        )
    text = row.text
    if each.move is not None and row.act != OUTCOME:
        what = names.category(each.move.category)
        ways = (names.place(key) for key in (each.move.from_place, each.move.to_place))
        text = f"{what}, {' → '.join(ways)}"
    what = f"{text} ({row.reason})" if row.reason else text
    return DecisionItem(
        line=each,
        when=words.moment(row.decided_at, timezone),
        who=f"{row.account}, {row.role}{place}",
        act=words.say(f"decision.act.{row.act}"),
        what=what,
        effect=tuple(effect),
    )


def _forms(line: MoveLine, names: RoomNames, words: Words) -> tuple[StepForm, ...]:
    """Forms of the steps that can follow, the expected ones first."""
    row, state = line.move, state_of(line.move)
    if not state.is_open:
        return ()
    network = ("", words.say("decision.field.network"))
    sites = tuple((place, names.place(place)) for place in (row.from_place, row.to_place))
    forms = []
    due = next_steps(state)
    steps = {step for step, _ in due}
    if StepKind.ACCEPT in steps:
        waiting = tuple((place, names.place(place)) for _, place in due)
        forms.append(StepForm("accept", waiting))
    if StepKind.APPROVE in steps:
        forms.append(StepForm("approve", (network,)))
    if StepKind.SEND in steps:
        forms.append(StepForm("send", (network, *sites)))
    if StepKind.ARRIVE in steps:
        to = ((row.to_place, names.place(row.to_place)),)
        forms.append(StepForm("arrive", to, has_quantity=True, has_day=True, needs_quantity=True))
    if state.stage in (Stage.PROPOSED, Stage.ACCEPTED):
        forms.append(_edit_form(row.quantity, row.depart_date, (network, *sites)))
    forms += [
        StepForm("refuse", (*sites, network), has_until=True, has_reason=True, needs_reason=True),
        StepForm("cancel", (network, *sites), has_reason=True, needs_reason=True),
    ]
    return tuple(forms)


def _edit_form(quantity: float, day: date, places: tuple[tuple[str, str], ...]) -> StepForm:
    return StepForm(
        "edit",
        places,
        has_quantity=True,
        has_day=True,
        has_reason=True,
        quantity=f"{quantity:g}",
        day=day.isoformat(),
    )
