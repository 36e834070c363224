"""Shortages ahead as alerts tell them: by their causes, in the words of the room."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.actions.rooms.alert_book import alert_policy
from vigie.actions.rooms.room import Room
from vigie.actions.views.causes import Causes, read_causes
from vigie.actions.views.risks import Risk, act_by_text, from_when, read_risks, what_name
from vigie.actions.views.room_names import read_names
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words, words_for
from vigie.alerts import Danger, Happening

__all__ = ["NamedDanger", "alert_text", "named_dangers"]

_VITAL_CLASSES = ("medicine", "device")


@dataclass(frozen=True, slots=True)
class NamedDanger:
    """A shortage ahead with the words that tell it.

    Attributes:
        danger: what the rules of alerts read.
        place: whose duty role is told first.
        what, where, area, chance, day, from_when, act: in the first language of the room; area
            is the name of ``place``, from_when is "" where no day is named, act is a sentence.
    """

    danger: Danger
    place: str
    what: str
    where: str
    area: str
    chance: str
    day: str
    from_when: str
    act: str


def named_dangers(room: Room, tables: ReleaseTables) -> list[NamedDanger]:
    """Every shortage of a release that could belong to an alert.

    Args:
        room: the room; with alerts of shortages to nobody there are none.
        tables: of the release.
    """
    if room.values.alerts.shortages == "nobody":
        return []
    words = words_for(room.values.languages[0])
    names = read_names(tables, words.language)
    causes = read_causes(tables, names)
    vital = _vital_products(tables)
    least = alert_policy(room).close_below
    risks = [risk for risk in read_risks(tables) if risk.probability >= least]
    return [_named(risk, causes, words, vital) for risk in risks]


def alert_text(room: Room, happening: Happening, first: NamedDanger) -> str:
    """What an alert says, in the first language of the room.

    Args:
        room: the room.
        happening: what a release does to it.
        first: its likeliest shortage.
    """
    words = words_for(room.values.languages[0])
    count = len(happening.dangers)
    when = words.say("alert.when", from_when=first.from_when) if first.from_when else ""
    said = words.say(
        "alert.many" if count > 1 else "alert.one",
        severity=words.say(f"alert.{happening.episode.severity.word}"),
        what=first.what,
        where=first.where,
        area=first.area,
        count=words.number(count),
        chance=first.chance,
        day=first.day,
        when=when,
        act=first.act,
    )
    return " ".join(said.split())


def _vital_products(tables: ReleaseTables) -> frozenset[str]:
    """Products without which a patient is in danger at once."""
    rows = tables.table("products").to_pylist()
    return frozenset(row["product"] for row in rows if row["class"] in _VITAL_CLASSES)


def _named(risk: Risk, causes: Causes, words: Words, vital: frozenset[str]) -> NamedDanger:
    names, cause = causes.names, causes.of(risk)
    return NamedDanger(
        danger=Danger(
            risk.kind,
            risk.place,
            risk.category,
            cause.key,
            risk.probability,
            risk.act_by,
            risk.as_of,
            is_vital=risk.kind != "products" or risk.category in vital,
        ),
        place=cause.place,
        what=what_name(risk, names, words),
        where=names.place(risk.place),
        area=names.place(cause.place),
        chance=words.chance(risk.probability).in_100,
        day=words.day(risk.by),
        from_when=from_when(risk, words) if risk.is_dated else "",
        act=words.say("alert.too_late")
        if risk.is_late
        else words.say("alert.act", act_by=act_by_text(risk, words)),
    )
