"""The page of alerts: what is open by the last useful moment to act, who was told, who answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigie.actions.rooms.alert_book import AlertLine
from vigie.actions.views.alert_choices import AlertsChosen, alert_fields, is_wanted
from vigie.actions.views.alert_views import (
    RankedAlert,
    cause_name,
    next_text,
    rank_alerts,
    role_name,
    state_text,
    told_texts,
)
from vigie.actions.views.choices import ListHead, Part, list_head, part_of
from vigie.actions.views.moves import Move, move_code, move_text, read_moves
from vigie.actions.views.risks import (
    Risk,
    act_by_text,
    from_when,
    read_risks,
    risk_sentence,
    what_name,
)
from vigie.actions.views.room_names import RoomNames, read_names
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Chance, Words, words_for

__all__ = [
    "ENDED_DAYS",
    "AlertFigures",
    "AlertItem",
    "AlertMember",
    "AlertsPage",
    "EndedAlert",
    "build_alerts_page",
    "read_alert_figures",
]

ENDED_DAYS = 14
"""Days for which an alert that has ended stays on the page."""

_MOST_MEMBERS = 8
_MOST_MOVES = 3
_MOST_ENDED = 40


@dataclass(frozen=True, slots=True)
class AlertMember:
    """A shortage that belongs to an alert, as the release in force has it."""

    what: str
    where: str
    place: str
    chance: Chance
    from_when: str
    act_by: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class AlertItem:
    """An open alert.

    Attributes:
        number: to answer it by.
        severity: its key; severity_name in words.
        what, where, place: of its cause; place is the key of where.
        chance, sentence, act_by, is_late: of its most pressing shortage; chance is None and the
            others are "" and false when the release has none of its shortages any more.
        covers: how many shortages have this one cause.
        members: they, the most pressing first; members_more tells how many are left out.
        state: new, or acknowledged by whom and when; answer is what they said.
        is_new: nobody has answered yet.
        told: who was told when and by which way.
        next: when it goes to whom.
        opened: when it was opened.
        moves: text and code of moves of the plan that would help.
        roles: in which it may be answered, those that were told first.
    """

    number: int
    severity: str
    severity_name: str
    what: str
    where: str
    place: str
    chance: Chance | None
    sentence: str
    act_by: str
    is_late: bool
    covers: str
    members: tuple[AlertMember, ...]
    members_more: str
    state: str
    answer: str
    is_new: bool
    told: tuple[str, ...]
    next: str
    opened: str
    moves: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndedAlert:
    """An alert that has ended."""

    number: int
    severity_name: str
    what: str
    where: str
    opened: str
    ended: str
    answered: str


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """Alerts as they stand now, beside the figures of the release in force."""

    head: ListHead
    note: str
    part: Part | None
    items: tuple[AlertItem, ...]
    ended: tuple[EndedAlert, ...]
    ended_note: str


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """What the page needs of a release that never changes: names, shortages, moves of the plan."""

    names: RoomNames
    risks: Sequence[Risk]
    moves: Mapping[tuple[str, str], Sequence[Move]]


def read_alert_figures(tables: ReleaseTables, language: Language) -> AlertFigures:
    """The figures of a release; a region of a hundred hospitals has thousands of shortages."""
    return AlertFigures(read_names(tables, language), read_risks(tables), read_moves(tables))


@dataclass(frozen=True, slots=True)
class _Reader:
    names: RoomNames
    words: Words
    timezone: str
    moves: Mapping[tuple[str, str], Sequence[Move]]


def build_alerts_page(
    tables: ReleaseTables,
    lines: Sequence[AlertLine],
    *,
    language: Language,
    chosen: AlertsChosen | None = None,
    figures: AlertFigures | None = None,
) -> AlertsPage:
    """The page of alerts in one language.

    Args:
        tables: of the release in force.
        lines: alerts that are open, and those that ended in the last ENDED_DAYS days.
        language: of the reader.
        chosen: role, severity, place and page of the list; None: all.
        figures: of the release in this language, read before; None: they are read now.

    Raises:
        NotFound: no such role, severity or place.
    """
    figures = figures or read_alert_figures(tables, language)
    words, names, chosen = words_for(language), figures.names, chosen or AlertsChosen()
    fields = alert_fields(lines, chosen, names, words)
    wanted = [line for line in lines if is_wanted(line, chosen, names)]
    ranked = rank_alerts([each for each in wanted if each.closed_at is None], figures.risks)
    part = part_of(len(ranked), chosen.page) if ranked else None
    shown = ranked[part.first - 1 : part.last] if part else []
    reader = _Reader(names, words, tables.timezone, figures.moves)
    ended = sorted(
        (line for line in wanted if line.closed_at is not None),
        key=lambda line: (line.closed_at, line.number),
        reverse=True,
    )
    return AlertsPage(
        head=list_head(tables, language, fields),
        note=_note(ranked, any(line.closed_at is None for line in lines), words),
        part=part,
        items=tuple(_item(each, reader) for each in shown),
        ended=tuple(_ended(line, reader) for line in ended[:_MOST_ENDED]),
        ended_note=words.count("alerts.ended_count", len(ended), days=ENDED_DAYS),
    )


def _note(ranked: Sequence[RankedAlert], is_any: bool, words: Words) -> str:
    if not ranked:
        return words.say("alerts.filtered_out" if is_any else "alerts.none")
    fresh = sum(each.line.state == "new" for each in ranked)
    open_text = words.count("alerts.open", len(ranked))
    return f"{open_text}{words.semicolon}{words.count('alerts.fresh', fresh)}."


def _item(ranked: RankedAlert, reader: _Reader) -> AlertItem:
    line, risks = ranked.line, ranked.risks
    names, words = reader.names, reader.words
    what, where = cause_name(line, names, words)
    place, lead = line.cause.rpartition("@")[2], risks[0] if risks else None
    if lead is not None and len(risks) == 1:
        what, where, place = what_name(lead, names, words), names.place(lead.place), lead.place
    rest = len(risks) - _MOST_MEMBERS
    return AlertItem(
        number=line.number,
        severity=line.severity,
        severity_name=words.say(f"alert.{line.severity}"),
        what=what,
        where=where,
        place=place,
        chance=words.chance(lead.probability) if lead else None,
        sentence=_sentence(lead, names, words, is_alone=len(risks) == 1),
        act_by=act_by_text(lead, words) if lead else "",
        is_late=lead is not None and lead.is_late,
        covers=words.count("alerts.covers", len(line.members)),
        members=tuple(_member(risk, names, words) for risk in risks[:_MOST_MEMBERS]),
        members_more=words.count("alerts.members_more", rest) if rest > 0 else "",
        state=state_text(line, words, reader.timezone),
        answer=line.answer,
        is_new=line.state == "new",
        told=told_texts(line, names, words, reader.timezone),
        next=next_text(line, names, words, reader.timezone),
        opened=words.moment(line.opened_at, reader.timezone),
        moves=_moves(risks, reader),
        roles=tuple(role_name(role, names) for role in line.roles),
    )


def _sentence(lead: Risk | None, names: RoomNames, words: Words, *, is_alone: bool) -> str:
    if lead is None:
        return words.say("alerts.calm")
    said = [f"{risk_sentence(lead, words)}."]
    if lead.is_dated:
        said.append(words.say("alert.when", from_when=from_when(lead, words)))
    if not is_alone:
        where = f"{what_name(lead, names, words)}, {names.place(lead.place)}"
        said[0] = words.say("alerts.most_pressing", where=where, said=said[0])
    return " ".join(said)


def _member(risk: Risk, names: RoomNames, words: Words) -> AlertMember:
    return AlertMember(
        what=what_name(risk, names, words),
        where=names.place(risk.place),
        place=risk.place,
        chance=words.chance(risk.probability),
        from_when=from_when(risk, words),
        act_by=act_by_text(risk, words, is_short=True),
        is_late=risk.is_late,
    )


def _moves(risks: Sequence[Risk], reader: _Reader) -> tuple[tuple[str, str], ...]:
    """The first move that helps each shortage, with the code of its page."""
    found: dict[str, str] = {}
    for risk in risks:
        helping = reader.moves.get((risk.place, risk.category), ())
        if helping:
            said = move_text(helping, reader.names, reader.words)
            place = reader.names.place(risk.place)
            found.setdefault(move_code(helping[0]), f"{place}{reader.words.colon}{said}")
    return tuple((text, code) for code, text in list(found.items())[:_MOST_MOVES])


def _ended(line: AlertLine, reader: _Reader) -> EndedAlert:
    words = reader.words
    what, where = cause_name(line, reader.names, words)
    assert line.closed_at is not None, "the alert has ended"
    answered = words.say("alerts.unanswered")
    if line.answered_at is not None:
        when = words.moment(line.answered_at, reader.timezone)
        answered = words.say("alerts.state.answered", by=line.answered_by, when=when)
        answered += f"{words.colon}{line.answer}" if line.answer else ""
    return EndedAlert(
        number=line.number,
        severity_name=words.say(f"alert.{line.severity}"),
        what=what,
        where=where,
        opened=words.moment(line.opened_at, reader.timezone),
        ended=words.moment(line.closed_at, reader.timezone),
        answered=answered,
    )
