"""Choices above the list of alerts: the role that was told, the severity, the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigie.actions.rooms.alert_book import AlertLine
from vigie.actions.views.alert_views import role_name
from vigie.actions.views.choices import ChoiceField, choice_field
from vigie.actions.views.room_names import RoomNames
from vigie.actions.words.wording import Words
from vigie.alerts import Severity
from vigie.errors import NotFound, nearest

__all__ = ["AlertsChosen", "alert_fields", "is_wanted"]


@dataclass(frozen=True, slots=True)
class AlertsChosen:
    """What a reader asked for; "" is all.

    Attributes:
        role: place of a duty role that was told.
        severity: notice, warning or critical.
        place: that the shortages are at or inside of.
        page: of the list of open alerts, from 1.
    """

    role: str = ""
    severity: str = ""
    place: str = ""
    page: int = 1


def alert_fields(
    lines: Sequence[AlertLine], chosen: AlertsChosen, names: RoomNames, words: Words
) -> tuple[ChoiceField, ...]:
    """Fields of the form above the list: role, severity, place.

    Args:
        lines: alerts that the reader could choose from.
        chosen: what the reader asked for.
        names: of the release.
        words: of the reader.

    Raises:
        NotFound: no such role, severity or place; the message names the nearest.
    """
    roles = {role.place: role_name(role, names) for line in lines for role in line.told_roles}
    severities = {each.word: words.say(f"alert.{each.word}") for each in reversed(Severity)}
    places = {key: place.name for key, place in names.places.items() if place.kind == "region"}
    places |= {key: names.place(key) for line in lines for key in _places(line)}
    if chosen.place in names.places:
        places[chosen.place] = names.place(chosen.place)
    options = {"role": roles, "severity": severities, "place": places}
    found = []
    for name, known in options.items():
        value = getattr(chosen, name)
        if value and value not in known:
            near = nearest(value, known) or "–"
            raise NotFound(words.say(f"alerts.unknown.{name}", value=value, near=near))
        pairs = list(known.items())
        if name != "severity":
            pairs.sort(key=lambda pair: pair[1])
        label, every = words.say(f"alerts.by.{name}"), words.say(f"alerts.every.{name}")
        found.append(choice_field(name, label, every, pairs, value))
    return tuple(found)


def _places(line: AlertLine) -> set[str]:
    """Places of its shortages, and of its first role."""
    return {line.place, *(member.split("|")[1] for member in line.members)}


def is_wanted(line: AlertLine, chosen: AlertsChosen, names: RoomNames) -> bool:
    """Whether an alert fits what the reader asked for."""
    if chosen.severity and line.severity != chosen.severity:
        return False
    if chosen.role and chosen.role not in {role.place for role in line.told_roles}:
        return False
    return not chosen.place or not names.inside(chosen.place).isdisjoint(_places(line))
