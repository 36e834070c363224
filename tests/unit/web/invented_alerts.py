"""Invented alerts beside the invented release, and a desk that shows and takes note of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from invented_release import Tables, invented

from vigie.actions.pages.alerts_page import AlertsPage, build_alerts_page
from vigie.actions.rooms.alert_book import AlertLine
from vigie.actions.rooms.alerting import Telling
from vigie.actions.views.alert_choices import AlertsChosen
from vigie.actions.views.alert_views import AlertMark, alert_marks
from vigie.actions.views.risks import Risk, by_harm, read_risks
from vigie.actions.views.room_names import read_names
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import words_for
from vigie.alerts import Role

NOW = datetime(2020, 11, 9, 7, tzinfo=UTC)
REGION, NATION = Role("valombre", "Bed coordinator"), Role("nation", "Crisis cell")


@cache
def release() -> Tables:
    return Tables(invented(hospitals=40))


def risks(kind: str = "") -> list[Risk]:
    """Shortages ahead that are likely enough for an alert, the most pressing first."""
    return [each for each in by_harm(read_risks(release())) if kind in ("", each.kind)]


def line(number: int, *members: Risk, **changes: Any) -> AlertLine:
    """An open alert of shortages that has just been told to the first of two roles."""
    category, place = (members[0].category, members[0].place) if members else ("icu", "H01")
    given: dict[str, Any] = {
        "number": number,
        "severity": "warning",
        "text": "as it was told",
        "state": "new",
        "cause": f"wards:{category}@{place}",
        "place": place,
        "members": tuple("|".join(each.key) for each in members) or (f"beds|{place}|gone",),
        "release": "r-2020-11-09-7f3a",
        "opened_at": NOW,
        "roles_told": 1,
        "told_at": NOW,
        "answered_at": None,
        "answered_by": "",
        "answer": "",
        "closed_at": None,
        "roles": (REGION, NATION),
        "next_role_at": NOW + timedelta(hours=2),
    }
    return AlertLine(**given | changes)


def ended(number: int, days: int) -> AlertLine:
    answered = {"answered_at": NOW, "answered_by": "Bed coordinator", "answer": "two beds opened"}
    closed = {"state": "ended", "closed_at": NOW - timedelta(days=days), "next_role_at": None}
    return line(number, risks()[0], **closed, **(answered if number == 1 else {}))


@dataclass
class InventedAlerts:
    """A desk over alerts in memory."""

    lines: Sequence[AlertLine]
    answered: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)

    def page(self, tables: ReleaseTables, language: Language, chosen: AlertsChosen) -> AlertsPage:
        return build_alerts_page(tables, self.lines, language=language, chosen=chosen)

    def marks(self, tables: ReleaseTables, language: Language) -> Mapping[str, AlertMark]:
        names = read_names(tables, language)
        return alert_marks(self.lines, names, words_for(language), tables.timezone)

    def answer(self, number: int, fields: Mapping[str, str]) -> None:
        self.answered.append((number, fields))

    def csv(self, tables: ReleaseTables) -> str:
        return "number\n"


def invented_alerts() -> InventedAlerts:
    """One alert of each state: wide, told by two ways, answered, calm, ended."""
    first, second, third, *_ = risks()
    product = risks("products")[0].category
    wide = [each for each in risks("products") if each.category == product][:3]
    told = Telling(REGION.key, NOW, NOW, ("webhook", "mail"), None, is_given_up=False)
    answered = {"answered_at": NOW, "answered_by": "Crisis cell", "answer": "beds are opened"}
    held = replace(told, sent_at=None, channels=(), held_until=NOW + timedelta(hours=1))
    lines = [
        line(1, *wide, cause=f"products:{product}@valombre", severity="critical"),
        line(4, third, severity="notice", next_role_at=None),
        ended(6, 2),
    ]
    used = {key for each in lines for key in each.members}
    single = [each for each in (first, second) if "|".join(each.key) not in used]
    lines += [
        line(number, each, tellings=(told, held), **(answered | {"state": "answered"}))
        for number, each in enumerate(single, start=7)
    ]
    return InventedAlerts([*lines, line(9)])
