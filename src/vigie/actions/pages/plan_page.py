"""The page of the plan: who helps whom, what it changes at both ends, and who stays without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from vigie.actions.pages.plan_pictures import effect_picture, map_picture
from vigie.actions.views.choices import Chosen, ListHead, Part, kind_and_region, list_head, part_of
from vigie.actions.views.depot_views import expiry_sentence, left_text
from vigie.actions.views.moves import Move, chosen_plan, move_code, moves_of_plan
from vigie.actions.views.risks import DECISION_DAYS, Risk, by_harm, read_risks, what_name
from vigie.actions.views.room_names import RoomNames, read_names
from vigie.actions.views.stock_views import StockAdvice, expiry_at_sender, read_advice
from vigie.actions.views.views import Picture, ReleaseTables
from vigie.actions.words.messages import MESSAGES, Language
from vigie.actions.words.wording import Chance, Words, words_for

__all__ = [
    "ComparedPlan",
    "MoveRow",
    "PlanPage",
    "advice_of_senders",
    "build_plan_page",
    "chosen_moves",
    "move_quantity",
    "move_reason",
]

MOST_UNHELPED = 10


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move of the list.

    Attributes:
        number: in the list and on the map, from 1.
        anchor: name of its row within the page.
        move: its row of the table.
        what, quantity: what moves, and how much.
        sender, receiver: names; their keys stand in ``move``.
        reason: one or two sentences.
        dates, km: as read.
        helped_before, helped_after: chance of a shortage where help is needed.
        giving_before, giving_after: the same where help comes from.
        giving_left: what stays at a depot, in place of these; "": no depot gives.
        code: names the move in decisions, also in the plans of later releases.
        stage: where it stands in the release; decisions since are kept elsewhere.
    """

    number: int
    anchor: str
    move: Move
    what: str
    quantity: str
    sender: str
    receiver: str
    is_patients: bool
    reason: str
    dates: str
    km: str
    helped_before: Chance
    helped_after: Chance
    giving_before: Chance
    giving_after: Chance
    giving_left: str
    code: str
    stage: str


@dataclass(frozen=True, slots=True)
class ComparedPlan:
    """A plan beside the others; the first row is doing nothing."""

    name: str
    is_shown: bool
    moves: str
    unmet: str
    less: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The page of one release, in one language, for one kind and region or for all."""

    head: ListHead
    chosen: Chosen
    note: str
    part: Part | None
    rows: tuple[MoveRow, ...]
    compared: tuple[ComparedPlan, ...]
    unhelped: tuple[str, ...]
    unhelped_more: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class _Reader:
    tables: ReleaseTables
    names: RoomNames
    words: Words
    risks: Sequence[Risk]


def build_plan_page(
    tables: ReleaseTables, *, language: Language, chosen: Chosen | None = None
) -> PlanPage:
    """The page of the plan of a release, in one language.

    Args:
        tables: of the release.
        language: of the reader.
        chosen: kind, region (of either end) and page of the list; None: all.

    Raises:
        NotFound: the room has no such kind or region.
    """
    words = words_for(language)
    names = read_names(tables, language)
    chosen = chosen or Chosen()
    head = list_head(tables, language, kind_and_region(chosen, names, words))
    reader = _Reader(tables, names, words, read_risks(tables))
    moves = chosen_moves(tables)
    numbered = list(enumerate(moves, start=1))
    wanted = [(number, move) for number, move in numbered if _is_wanted(move, chosen, names)]
    part = part_of(len(wanted), chosen.page) if wanted else None
    shown = wanted[part.first - 1 : part.last] if part else []
    stock = advice_of_senders(tables, [move for _, move in shown])
    unhelped, more = _unhelped(reader, moves)
    drawn = (
        map_picture(moves, names, words, tables.release),
        effect_picture(moves, names, words, tables.release, tables.as_of),
    )
    return PlanPage(
        head=head,
        chosen=chosen,
        note=_note(reader, moves, part),
        part=part,
        rows=tuple(_row(number, move, reader, stock) for number, move in shown),
        compared=_compared(tables, words),
        unhelped=unhelped,
        unhelped_more=more,
        pictures=tuple(picture for picture in drawn if picture is not None),
    )


def chosen_moves(tables: ReleaseTables) -> list[Move]:
    """The moves of the plan that leaves least unmet, largest help first."""
    return sorted(
        moves_of_plan(tables), key=lambda move: (-_gain(move), move["depart_date"], move["move"])
    )


def _gain(move: Move) -> float:
    """Fall of the chance where help is needed; sending patients helps the sender."""
    end = "sender" if move["kind"] == "patients" else "receiver"
    return float(move[f"{end}_before"] - move[f"{end}_after"])


def _is_wanted(move: Move, chosen: Chosen, names: RoomNames) -> bool:
    # Patients are moved because beds are short.
    kind = "beds" if move["kind"] == "patients" else move["kind"]
    if chosen.kind not in ("", kind):
        return False
    if not chosen.region:
        return True
    inside = names.inside(chosen.region)
    return move["from_place"] in inside or move["to_place"] in inside


def _note(reader: _Reader, moves: Sequence[Move], part: Part | None) -> str:
    words = reader.words
    if part is not None:
        return words.say(
            "plan.caption",
            first=words.number(part.first),
            last=words.number(part.last),
            count=words.number(part.count),
        )
    if moves:
        return words.say("plan.filtered_out", count=words.number(len(moves)))
    if not reader.risks:
        return words.say("decide.none_assessed")
    if not by_harm(reader.risks):
        return words.say("plan.none_needed")
    if not reader.tables.table("arcs").num_rows:
        return words.say("plan.none_without_ways")
    return words.say("plan.none_possible")


def move_quantity(move: Move, names: RoomNames, words: Words) -> str:
    """How much of what, in words: ``6 Ventilators``, ``4 patients (ICU)``."""
    amount = words.number(move["quantity"])
    name = names.category(move["category"])
    if move["kind"] == "patients":
        return f"{amount}\u00a0{words.say('plan.patients')} ({name})"
    return f"{amount}\u00a0{name}"


def advice_of_senders(
    tables: ReleaseTables, moves: Sequence[Move]
) -> Mapping[tuple[str, str], StockAdvice]:
    """What is told of the stock from which moves are taken, by place and product."""
    cells = {(each["from_place"], each["category"]) for each in moves if each["kind"] == "products"}
    return read_advice(tables, cells)


def move_reason(
    move: Move,
    names: RoomNames,
    words: Words,
    as_of: date,
    stock: Mapping[tuple[str, str], StockAdvice],
) -> str:
    """Why a move is proposed, what it leaves the helper, and what is known of it beside."""
    is_patients = move["kind"] == "patients"
    helped, giving = ("sender", "receiver") if is_patients else ("receiver", "sender")
    if "stock_left" in move:
        kept = words.say(
            "plan.reason_depot",
            receiver=names.place(move["to_place"]),
            sender=names.place(move["from_place"]),
            what=names.category(move["category"]),
            chances=words.chance(move["receiver_before"]).chances,
            reserve=words.number(move["reserve"]),
            left=words.number(move["stock_left"]),
            day=words.full_day(as_of + timedelta(days=DECISION_DAYS)),
        )
        expiry = expiry_sentence(move, as_of, move["from_place"], names, words)
        return " ".join(filter(None, [kept, expiry]))
    reason = words.say(
        "plan.reason_patients" if is_patients else "plan.reason",
        receiver=names.place(move["to_place"]),
        sender=names.place(move["from_place"]),
        what=names.category(move["category"]),
        chances=words.chance(move[f"{helped}_before"]).chances,
        keeps=words.chance(1.0 - move[f"{giving}_after"]).chances,
        day=words.full_day(as_of + timedelta(days=DECISION_DAYS)),
    )
    own, sender = stock.get((move["from_place"], move["category"])), names.place(move["from_place"])
    is_product = move["kind"] == "products"
    expiry = expiry_at_sender(own, names, words, sender) if is_product else ""
    return " ".join(filter(None, [reason, _stays(move, names, words), expiry]))


def _stays(move: Move, names: RoomNames, words: Words) -> str:
    """How long the patients stay, and who later needs intensive care; "" where nothing is told."""
    if move.get("stay_source") is None:
        return ""
    later = move["later_category"]
    keys = {"totals": "plan.stays_totals", "movements": "plan.stays_movements"}
    return words.say(
        "plan.stays_later" if later else keys[move["stay_source"]],
        days=words.decimal(move["stay_days"], 1),
        share=words.chance(move["later_share"] or 0.0).in_100,
        later=names.category(later) if later else "",
    )


def _row(
    number: int, move: Move, reader: _Reader, stock: Mapping[tuple[str, str], StockAdvice]
) -> MoveRow:
    names, words = reader.names, reader.words
    is_patients = move["kind"] == "patients"
    helped, giving = ("sender", "receiver") if is_patients else ("receiver", "sender")
    km = move["km"]
    return MoveRow(
        number=number,
        anchor=f"move-{move['plan']}-{move['move']}",
        move=move,
        what=names.category(move["category"]),
        quantity=move_quantity(move, names, words),
        sender=names.place(move["from_place"]),
        receiver=names.place(move["to_place"]),
        is_patients=is_patients,
        reason=move_reason(move, names, words, reader.tables.as_of, stock),
        dates=words.say(
            "plan.dates",
            depart=words.short_weekday(move["depart_date"]),
            arrive=words.short_weekday(move["arrive_date"]),
        ),
        km=words.say("plan.no_km")
        if km is None
        else words.say("plan.km", km=words.number(round(km))),
        helped_before=words.chance(move[f"{helped}_before"]),
        helped_after=words.chance(move[f"{helped}_after"]),
        giving_before=words.chance(move[f"{giving}_before"]),
        giving_after=words.chance(move[f"{giving}_after"]),
        giving_left=left_text(move, words) if "stock_left" in move else "",
        code=move_code(move),
        stage=move["state"],
    )


def _compared(tables: ReleaseTables, words: Words) -> tuple[ComparedPlan, ...]:
    plans = sorted(
        tables.table("plans").to_pylist(), key=lambda plan: (plan["unmet_after"], plan["plan"])
    )
    if not plans:
        return ()
    before = max(plan["unmet_before"] for plan in plans)
    rows = [ComparedPlan(words.say("plan.do_nothing"), False, "0", words.about(round(before)), "–")]
    chosen = chosen_plan(tables, ())
    for plan in plans:
        key = f"model.{plan['model_id']}"
        name = words.say(key) if key in MESSAGES else plan["model_id"]
        less = plan["unmet_after"] / plan["unmet_before"] - 1 if plan["unmet_before"] else 0.0
        rows.append(
            ComparedPlan(
                name=name,
                is_shown=plan["plan"] == chosen,
                moves=words.number(plan["moves"]),
                unmet=words.about(round(plan["unmet_after"])),
                less=words.change(less),
            )
        )
    return tuple(rows)


def _unhelped(reader: _Reader, moves: Sequence[Move]) -> tuple[tuple[str, ...], str]:
    """Shortages that ask for a decision and get no move, with why; first the most pressing."""
    words, names = reader.words, reader.names
    helped = {
        (move["from_place"] if move["kind"] == "patients" else move["to_place"], move["category"])
        for move in moves
    }
    sites = {place.key for place in names.sites()}
    left = [
        risk
        for risk in by_harm(reader.risks)
        if (risk.place, risk.category) not in helped and (not sites or risk.place in sites)
    ]
    if not moves and not reader.tables.table("plans").num_rows and not left:
        return (), ""
    moved = _moved_kinds(moves)
    lines = tuple(
        words.say(
            "plan.unhelped_row",
            what=what_name(risk, names, words),
            where=names.place(risk.place),
            chances=words.chance(risk.probability).chances,
            why=words.say(f"plan.why.{_why(risk, moved)}"),
        )
        for risk in left[:MOST_UNHELPED]
    )
    rest = len(left) - len(lines)
    return lines, words.count("plan.unhelped_more", rest) if rest else ""


def _moved_kinds(moves: Sequence[Mapping[str, object]]) -> set[str]:
    kinds = {str(move["kind"]) for move in moves}
    return kinds | ({"beds"} if "patients" in kinds else set())


def _why(risk: Risk, moved: set[str]) -> str:
    if risk.kind not in moved:
        return "kind"
    is_at_once = risk.if_short is not None and risk.if_short[1] <= 0
    return "late" if is_at_once else "harm"
