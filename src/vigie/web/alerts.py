"""The page of alerts and its forms; they work without any script in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from vigie.actions.pages.alerts_page import AlertsPage
from vigie.actions.views.alert_choices import AlertsChosen
from vigie.actions.views.alert_views import AlertMark
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.messages import Language
from vigie.errors import NotFound
from vigie.web.forms import form_fields, hidden_fields
from vigie.web.rendering import Reading

__all__ = ["Alerts", "add_alert_pages"]

Render = Callable[..., HTMLResponse]
ReadingOf = Callable[[Request], Reading]


class Alerts(Protocol):
    """Alerts as the pages take them; whoever is not allowed gets AccessRefused."""

    def page(self, tables: ReleaseTables, language: Language, chosen: AlertsChosen) -> AlertsPage:
        """The page of alerts."""

    def marks(self, tables: ReleaseTables, language: Language) -> Mapping[str, AlertMark]:
        """The open alert of each shortage, by its key."""

    def answer(self, number: int, fields: Mapping[str, str]) -> None:
        """Take note of an alert."""

    def csv(self, tables: ReleaseTables) -> str:
        """Alerts as CSV."""


def add_alert_pages(
    app: FastAPI, alerts: Alerts, *, reading_now: ReadingOf, render: Render, token: str
) -> None:
    """Give an application the page of alerts.

    Args:
        app: the application; its guard lets signed-in readers in only.
        alerts: shows and answers them.
        reading_now: how a page of a request is read on the release in force.
        render: makes a page from a template.
        token: of the server, from which keys of forms are made.
    """

    def page(request: Request) -> Response:
        reading = reading_now(request)
        chosen = _chosen(request)
        view = alerts.page(_tables(reading), reading.language, chosen)
        hidden = hidden_fields(request, token, reading)
        kept = _query(chosen)
        return render("alerts.html", reading, page=view, hidden=hidden, kept=kept, section="alerts")

    def csv(request: Request) -> Response:
        headers = {"Content-Disposition": 'attachment; filename="alerts.csv"'}
        content = alerts.csv(_tables(reading_now(request)))
        return Response(content, media_type="text/csv", headers=headers)

    async def answer(request: Request, number: int) -> Response:
        reading = await run_in_threadpool(reading_now, request)
        fields = await form_fields(request, token, reading)
        await run_in_threadpool(alerts.answer, number, fields)
        # Back to the same part of the list: whoever answers works through it.
        return RedirectResponse(f"/alerts{_query(_chosen(request))}#alert-{number}", 303)

    app.get("/alerts", response_class=HTMLResponse)(page)
    app.get("/alerts.csv")(csv)
    app.post("/alerts/{number:int}")(answer)


def _tables(reading: Reading) -> ReleaseTables:
    if reading.tables is None:
        raise NotFound(reading.words.say("releases.none"))
    return reading.tables


def _query(chosen: AlertsChosen) -> str:
    """What the reader chose, as the end of an address; "" when all is shown."""
    page = str(chosen.page) if chosen.page > 1 else ""
    given = {
        "role": chosen.role,
        "severity": chosen.severity,
        "place": chosen.place,
        "page": page,
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return f"?{query}" if query else ""


def _chosen(request: Request) -> AlertsChosen:
    query = request.query_params
    page = query.get("page", "")
    return AlertsChosen(
        role=query.get("role", ""),
        severity=query.get("severity", ""),
        place=query.get("place", ""),
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
    )
