"""Alerts in the words of the reader: their cause, their state, who was told and who is next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vigie.actions.rooms.alert_book import AlertLine
from vigie.actions.rooms.alerting import Telling
from vigie.actions.views.risks import Risk, by_harm
from vigie.actions.views.room_names import RoomNames
from vigie.actions.words.wording import Words
from vigie.alerts import Role

__all__ = [
    "AlertMark",
    "RankedAlert",
    "alert_marks",
    "cause_name",
    "next_text",
    "rank_alerts",
    "role_name",
    "state_text",
    "told_texts",
]


@dataclass(frozen=True, slots=True)
class AlertMark:
    """The alert of a shortage, as another page shows it: its number, its state, who is next."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class RankedAlert:
    """An alert and its shortages in a release, the most pressing first; none when it is calm."""

    line: AlertLine
    risks: tuple[Risk, ...]


def rank_alerts(lines: Iterable[AlertLine], risks: Iterable[Risk]) -> list[RankedAlert]:
    """Alerts by the last useful moment to act, then by expected harm, as ``by_harm`` has it.

    Those whose shortages are gone from the release come last, the gravest first.
    """
    known = {"|".join(risk.key): risk for risk in risks}
    ranked = [
        RankedAlert(
            line, tuple(by_harm([known[key] for key in line.members if key in known], floor=0))
        )
        for line in lines
    ]
    leads = by_harm([each.risks[0] for each in ranked if each.risks], floor=0)
    order = {risk.key: number for number, risk in enumerate(leads)}
    return sorted(ranked, key=lambda each: order[each.risks[0].key] if each.risks else len(order))


def alert_marks(
    lines: Iterable[AlertLine], names: RoomNames, words: Words, timezone: str
) -> Mapping[str, AlertMark]:
    """The open alert of each shortage, by its key "kind|place|category"."""
    marks: dict[str, AlertMark] = {}
    for line in lines:
        text = state_text(line, words, timezone)
        if line.next_role is not None:
            text += words.semicolon + next_text(line, names, words, timezone)
        marks |= dict.fromkeys(line.members, AlertMark(line.number, text))
    return marks


def cause_name(line: AlertLine, names: RoomNames, words: Words) -> tuple[str, str]:
    """What one cause is about, and where: a product, or a ward kind with its staff and machines."""
    head, _, place = line.cause.rpartition("@")
    sort, _, category = head.partition(":")
    what = names.category(category)
    kinds = {member.partition("|")[0] for member in line.members}
    if sort == "wards" and len(kinds) == 1:
        what = f"{words.say(f'kind.{kinds.pop()}')}{words.colon}{what}"
    return what, names.place(place)


def role_name(role: Role, names: RoomNames) -> str:
    """A role and the place it is on duty for."""
    return f"{role.name}, {names.place(role.place)}"


def state_text(line: AlertLine, words: Words, timezone: str) -> str:
    """New, acknowledged by whom and when, or ended when."""
    if line.closed_at is not None:
        return words.say("alerts.state.ended", when=words.moment(line.closed_at, timezone))
    if line.answered_at is None:
        return words.say("alerts.state.new")
    when = words.moment(line.answered_at, timezone)
    return words.say("alerts.state.answered", by=line.answered_by, when=when)


def next_text(line: AlertLine, names: RoomNames, words: Words, timezone: str) -> str:
    """When it goes to which role, or why it goes to nobody."""
    if line.next_role is not None and line.next_role_at is not None:
        return words.say(
            "alerts.next",
            role=role_name(line.next_role, names),
            when=words.moment(line.next_role_at, timezone),
        )
    if line.state != "new":
        return words.say("alerts.next_none")
    is_last = line.roles_told >= len(line.roles)
    return words.say("alerts.next_last" if is_last else "alerts.next_notice")


def told_texts(line: AlertLine, names: RoomNames, words: Words, timezone: str) -> tuple[str, ...]:
    """Who was told when and by which way, oldest first."""
    if not line.tellings:
        when = words.moment(line.told_at, timezone)
        return (words.say("alerts.told.list", when=when),)
    known = {role.key: role_name(role, names) for role in line.roles}
    return tuple(_told(each, known, words, timezone) for each in line.tellings)


def _told(telling: Telling, known: Mapping[str, str], words: Words, timezone: str) -> str:
    role = telling.role
    who = known.get(role, role) or words.say("alerts.addresses")
    at = telling.sent_at or telling.held_until or telling.made_at
    return words.say(
        f"alerts.told.{_way(telling)}",
        who=who,
        when=words.moment(at, timezone),
        ways=_ways(telling.channels, words),
    )


def _way(telling: Telling) -> str:
    if telling.sent_at is not None:
        return "sent"
    if telling.is_given_up:
        return "given_up"
    if telling.held_until is not None:
        return "held"
    return "part" if telling.channels else "waiting"


def _ways(channels: Sequence[str], words: Words) -> str:
    return ", ".join(words.say(f"alerts.way.{each}") for each in channels)
