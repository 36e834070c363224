"""Pages and forms of decisions; they work without any script in the browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from vigie.actions.decisions.decisions_page import DecisionsPage, MovePage
from vigie.actions.words.messages import Language
from vigie.errors import AccessRefused, BadData
from vigie.web.rendering import Reading
from vigie.web.sign_in import COOKIE, form_key, is_form_key

__all__ = ["Desk", "add_decision_pages"]

_MOST_BYTES = 65_536

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

    def form(request: Request, reading: Reading) -> dict[str, str]:
        return {
            "form_key": form_key(request.cookies.get(COOKIE, ""), token),
            "key": secrets.token_urlsafe(12),
            "release": reading.tables.release if reading.tables else "",
        }

    def decisions(request: Request) -> Response:
        reading = reading_of(request)
        view = desk.page(reading.language)
        hidden = form(request, reading)
        return render("decisions.html", reading, page=view, hidden=hidden, section="plan")

    def move(request: Request, code: str) -> Response:
        reading = reading_of(request)
        view = desk.move(code, reading.language)
        hidden = form(request, reading)
        return render("move.html", reading, page=view, hidden=hidden, section="plan")

    def csv(name: str) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{quote(name, safe="")}.csv"'}
        return Response(desk.csv(name), media_type="text/csv", headers=headers)

    async def decide(request: Request, code: str, step: str) -> Response:
        reading = await run_in_threadpool(reading_of, request)
        fields = await _fields(request, token, reading)
        await run_in_threadpool(desk.decide, code, step, fields, reading.language)
        return RedirectResponse(f"/moves/{quote(code, safe='')}", status_code=303)

    async def record(request: Request) -> Response:
        reading = await run_in_threadpool(reading_of, request)
        fields = await _fields(request, token, reading)
        await run_in_threadpool(desk.record, fields, reading.language)
        return RedirectResponse("/decisions", status_code=303)

    app.get("/decisions", response_class=HTMLResponse)(decisions)
    app.get("/decisions/{name}.csv")(csv)
    app.post("/decisions")(record)
    app.get("/moves/{code}", response_class=HTMLResponse)(move)
    app.post("/moves/{code}/{step}")(decide)


async def _fields(request: Request, token: str, reading: Reading) -> dict[str, str]:
    """Fields of a form that one of our own pages sent, in this session.

    Raises:
        AccessRefused: another site's page sent it, or it is of another session.
        BadData: it is too large, or no form.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise BadData(f"The form has more than {_MOST_BYTES} bytes. Write less.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise BadData("What was sent is no form of a page of Vigie.") from error
    fields = dict(pairs)
    given = fields.pop("form_key", "")
    is_ours = is_form_key(given, request.cookies.get(COOKIE, ""), token)
    if not (is_ours and _is_own_origin(request)):
        raise AccessRefused(reading.words.say("decision.foreign_form"))
    return fields


def _is_own_origin(request: Request) -> bool:
    """Whether the browser says that the form came from this site; older ones say nothing."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    is_same_host = origin in (None, "null") or urlsplit(str(origin)).netloc == request.url.netloc
    return is_same_host and site in ("same-origin", "none")
