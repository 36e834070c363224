"""Pages and forms of decisions; they work without any script in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import quote

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from vigie.actions.decisions.decisions_page import DecisionsPage, MovePage
from vigie.actions.words.messages import Language
from vigie.web.forms import form_fields, hidden_fields
from vigie.web.rendering import Reading

__all__ = ["Desk", "add_decision_pages"]

Render = Callable[..., HTMLResponse]
ReadingOf = Callable[[Request], Reading]


class Desk(Protocol):
    """Decisions as the pages take them; whoever is not allowed gets AccessRefused."""

    def stages(self) -> Mapping[str, str]:
        """Where each move stands on which somebody acted, by its code."""

    def page(self, language: Language) -> DecisionsPage:
        """The page of decisions."""

    def move(self, code: str, language: Language) -> MovePage:
        """The page of one move."""

    def decide(self, code: str, step: str, fields: Mapping[str, str], language: Language) -> None:
        """Take a step with a move."""

    def record(self, fields: Mapping[str, str], language: Language) -> None:
        """Keep any other decision."""

    def csv(self, name: str) -> str:
        """Decisions, orders or outcomes as CSV."""


def add_decision_pages(
    app: FastAPI, desk: Desk, *, reading_of: ReadingOf, render: Render, token: str
) -> None:
    """Give an application the pages and forms of decisions.

    Args:
        app: the application; its guard lets signed-in readers in only.
        desk: takes decisions.
        reading_of: how a page of a request is read.
        render: makes a page from a template.
        token: of the server, from which keys of forms are made.
    """

    def decisions(request: Request) -> Response:
        reading = reading_of(request)
        view = desk.page(reading.language)
        hidden = hidden_fields(request, token, reading)
        return render("decisions.html", reading, page=view, hidden=hidden, section="plan")

    def move(request: Request, code: str) -> Response:
        reading = reading_of(request)
        view = desk.move(code, reading.language)
        hidden = hidden_fields(request, token, reading)
        return render("move.html", reading, page=view, hidden=hidden, section="plan")

    def csv(name: str) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{quote(name, safe="")}.csv"'}
        return Response(desk.csv(name), media_type="text/csv", headers=headers)

    async def decide(request: Request, code: str, step: str) -> Response:
        reading = await run_in_threadpool(reading_of, request)
        fields = await form_fields(request, token, reading)
        await run_in_threadpool(desk.decide, code, step, fields, reading.language)
        return RedirectResponse(f"/moves/{quote(code, safe='')}", status_code=303)

    async def record(request: Request) -> Response:
        reading = await run_in_threadpool(reading_of, request)
        fields = await form_fields(request, token, reading)
        await run_in_threadpool(desk.record, fields, reading.language)
        return RedirectResponse("/decisions", status_code=303)

    app.get("/decisions", response_class=HTMLResponse)(decisions)
    app.get("/decisions/{name}.csv")(csv)
    app.post("/decisions")(record)
    app.get("/moves/{code}", response_class=HTMLResponse)(move)
    app.post("/moves/{code}/{step}")(decide)
