"""Alerts as the pages of one signed-in caller show and answer them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from vigie.actions.pages.alerts_page import (
    ENDED_DAYS,
    AlertFigures,
    AlertsPage,
    build_alerts_page,
    read_alert_figures,
)
from vigie.actions.rooms.alert_book import AlertLine, answer_alert, list_alerts
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.room import Room
from vigie.actions.views.alert_choices import AlertsChosen
from vigie.actions.views.alert_views import AlertMark, RankedAlert, alert_marks, rank_alerts
from vigie.actions.views.risks import read_risks
from vigie.actions.views.spreadsheets import to_csv
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import words_for
from vigie.governance import Action, Caller

__all__ = ["ALERT_COLUMNS", "AlertDesk"]

ALERT_COLUMNS = (
    "number",
    "state",
    "severity",
    "cause",
    "place",
    "shortages",
    "members",
    "probability",
    "act_by",
    "opened_at",
    "told_at",
    "roles_told",
    "next_role",
    "next_role_at",
    "answered_at",
    "answered_by",
    "answer",
    "closed_at",
    "release",
    "text",
)


_KEPT_FIGURES = 4


@dataclass(slots=True)
class AlertDesk:
    """What a signed-in caller may see and say of alerts.

    Attributes:
        room: the room.
        caller: who is signed in.
    """

    room: Room
    caller: Caller
    _kept: dict[tuple[str, Language], AlertFigures] = field(default_factory=dict)

    def page(self, tables: ReleaseTables, language: Language, chosen: AlertsChosen) -> AlertsPage:
        """The page of alerts beside the figures of the release in force."""
        return build_alerts_page(
            tables,
            self._lines(),
            language=language,
            chosen=chosen,
            figures=self._figures(tables, language),
        )

    def marks(self, tables: ReleaseTables, language: Language) -> Mapping[str, AlertMark]:
        """The open alert of each shortage, by its key "kind|place|category"."""
        lines = list_alerts(self.room, self.caller)
        names = self._figures(tables, language).names
        return alert_marks(lines, names, words_for(language), tables.timezone)

    def answer(self, number: int, fields: Mapping[str, str]) -> None:
        """Take note of an alert, as a form says it.

        Args:
            number: of the alert.
            fields: account, role, answer, and the severity that was seen.
        """
        account, role, answer, seen = (
            fields.get(name, "") for name in ("account", "role", "answer", "seen")
        )
        answer_alert(
            self.room, self.caller, number, account=account, role=role, answer=answer, seen=seen
        )

    def csv(self, tables: ReleaseTables) -> str:
        """Alerts that are open or ended lately as CSV, in the order of the page."""
        admit(self.room, self.caller, Action.EXPORT, "alerts")
        ranked = rank_alerts(self._lines(), read_risks(tables))
        ranked.sort(key=lambda each: each.line.closed_at is not None)
        return to_csv(ALERT_COLUMNS, [_row(each) for each in ranked])

    def _figures(self, tables: ReleaseTables, language: Language) -> AlertFigures:
        """The figures of a release, kept: whoever is not allowed was refused before."""
        key = (tables.release, language)
        figures = self._kept.get(key) or read_alert_figures(tables, language)
        self._kept = dict([*self._kept.items(), (key, figures)][-_KEPT_FIGURES:])
        return figures

    def _lines(self) -> list[AlertLine]:
        since = self.room.now() - timedelta(days=ENDED_DAYS)
        return list_alerts(self.room, self.caller, ended_since=since)


def _row(ranked: RankedAlert) -> dict[str, Any]:
    line, lead = ranked.line, ranked.risks[0] if ranked.risks else None
    own = {name: getattr(line, name) for name in ALERT_COLUMNS if hasattr(line, name)}
    return own | {
        "shortages": len(line.members),
        "members": " ".join(line.members),
        "probability": lead.probability if lead else None,
        "act_by": lead.act_by if lead else None,
        "next_role": line.next_role.key if line.next_role else None,
    }
