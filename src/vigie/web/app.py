"""The application: addresses, sign-in, headers, and errors in the words of vigie.errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from functools import partial
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from vigie.actions.pages.release_pictures import briefing_pictures, drawn_name
from vigie.actions.views.choices import Chosen
from vigie.actions.views.views import Picture, ReleaseTables
from vigie.actions.words.messages import Language
from vigie.charts import ACCENT, css_variables
from vigie.errors import AccessRefused, BadData, NotFound, VigieError, http_status, nearest
from vigie.web.alerts import Alerts, add_alert_pages
from vigie.web.decisions import Desk, add_decision_pages
from vigie.web.rendering import Reading, chosen_language, page_environment
from vigie.web.room import RoomReader, Views
from vigie.web.sign_in import COOKIE, SESSION_LENGTH, is_session, is_token, new_session

__all__ = ["create_app"]

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
OPEN_PATHS = ("/sign-in", "/static/vigie.css", "/static/vigie.svg")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

Answer = Callable[[Request], Awaitable[Response]]


class _Pages:
    """The pages of one room."""

    def __init__(
        self,
        room: RoomReader,
        token: str,
        now: Callable[[], datetime],
        accent: str,
        desk: Desk | None,
        alerts: Alerts | None,
    ) -> None:
        self.room, self.token, self.now, self.desk = room, token, now, desk
        self.alerts = alerts
        self.views = Views(room)
        self.templates = page_environment()
        static = files("vigie.web").joinpath("static")
        self.css = css_variables(accent) + static.joinpath("vigie.css").read_text("utf-8")
        self.sign = static.joinpath("vigie.svg").read_text("utf-8")

    def language(self, request: Request) -> Language:
        return chosen_language(request, self.room.languages[0])

    def is_signed_in(self, request: Request) -> bool:
        return is_session(request.cookies.get(COOKIE, ""), self.token, now=self.now())

    def render(
        self, template: str, reading: Reading, *, status: int = 200, **more: Any
    ) -> HTMLResponse:
        html = self.templates.get_template(template).render(
            reading=reading,
            words=reading.words,
            say=reading.words.say,
            has_alerts=self.alerts is not None,
            **more,
        )
        answer = HTMLResponse(html, status, headers={"Content-Language": reading.language})
        if reading.request.query_params.get("lang") == reading.language:
            answer.set_cookie(
                "vigie_language", reading.language, max_age=31_536_000, samesite="lax"
            )
        return answer

    def message(
        self, request: Request, title: str, text: str, *, status: int, more: str = ""
    ) -> HTMLResponse:
        reading = Reading(request, self.language(request))
        return self.render(
            "message.html",
            reading,
            status=status,
            title=reading.words.say(title),
            text=text,
            more=more,
            is_signed_in=self.is_signed_in(request),
        )

    def tables(self, request: Request, language: Language) -> ReleaseTables | None:
        """The release that the address asks for, else the one in force."""
        asked, day = (request.query_params.get(key) for key in ("release", "as_known_on"))
        if asked:
            return self.room.release(asked)
        if day:
            return self.room.as_known_on(_day(day, language))
        return self.room.current()

    def reading(self, request: Request) -> Reading:
        language = self.language(request)
        tables = self.tables(request, language)
        current = self.room.current()
        is_older = tables and current and tables.release != current.release
        return Reading(request, language, tables, current if is_older else None)

    def reading_now(self, request: Request) -> Reading:
        """Of the release in force, whichever the address asks for."""
        return Reading(request, self.language(request), self.room.current())

    def briefing(self, request: Request) -> Response:
        reading = self.reading(request)
        if reading.tables is None:
            return self.nothing_yet(request)
        stoppage = None if reading.current else self.room.stoppage()
        view = self.views.briefing(reading.tables, reading.language, stoppage)
        # Alerts are told of the release in force; an older one is shown as it was.
        alerts = None if reading.current else self.alerts
        marks = alerts.marks(reading.tables, reading.language) if alerts else {}
        return self.render("briefing.html", reading, page=view, marks=marks, section="briefing")

    def place(self, request: Request, place: str) -> Response:
        reading = self.reading(request)
        if reading.tables is None:
            return self.nothing_yet(request)
        view = self.views.place(reading.tables, place, reading.language)
        return self.render("place.html", reading, page=view, section="")

    def shortages(self, request: Request) -> Response:
        reading = self.reading(request)
        if reading.tables is None:
            return self.nothing_yet(request)
        view = self.views.shortages(reading.tables, reading.language, _chosen(request))
        return self.render("shortages.html", reading, page=view, section="shortages")

    def plan(self, request: Request) -> Response:
        reading = self.reading(request)
        if reading.tables is None:
            return self.nothing_yet(request)
        view = self.views.plan(reading.tables, reading.language, _chosen(request))
        # An older release is shown as it was; decisions are taken on the one in force.
        desk = None if reading.current else self.desk
        return self.render(
            "plan.html",
            reading,
            page=view,
            section="plan",
            stages=desk.stages() if desk else {},
            is_open=desk is not None,
        )

    def scores(self, request: Request) -> Response:
        reading = self.reading(request)
        if reading.tables is None:
            return self.nothing_yet(request)
        view = self.views.scores(reading.tables, reading.language)
        return self.render("scores.html", reading, page=view, section="scores")

    def releases(self, request: Request) -> Response:
        reading = self.reading_now(request)
        return self.render("releases.html", reading, releases=self.room.releases(), section="data")

    def nothing_yet(self, request: Request) -> Response:
        words = Reading(request, self.language(request)).words
        return self.message(request, "briefing.title", words.say("releases.none"), status=200)

    def chart(self, request: Request, release: str, language: str, name: str) -> Response:
        place = request.query_params.get("place", "")
        is_narrow = request.query_params.get("narrow") == "1"
        words_in = next((one for one in self.room.languages if one == language), None)
        if words_in is None:
            known = nearest(language, self.room.languages)
            raise NotFound(f'No pictures in language "{language}". Nearest: {known}.')
        stored = drawn_name(name, words_in, place=place, is_narrow=is_narrow)
        svg = self.room.chart(release, stored)
        if svg is None:
            tables = self.room.release(release)
            svg = self._picture(tables, place, name, words_in).draw(is_narrow)
        headers = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(svg, media_type="image/svg+xml", headers=headers)

    def _picture(self, tables: ReleaseTables, place: str, name: str, language: Language) -> Picture:
        if name.startswith("shortage-days-"):
            kind, _, number = name.removeprefix("shortage-days-").partition("-")
            chosen = Chosen("" if kind == "all" else kind, place, _page(number))
            drawn = self.views.shortages(tables, language, chosen).picture
            found = {drawn.name: drawn} if drawn else {}
        elif name.startswith("plan-"):
            found = {
                each.name: each for each in self.views.plan(tables, language, Chosen()).pictures
            }
        elif place:
            page = self.views.place(tables, place, language)
            found = {each.name: each for each in page.all_pictures}
        elif name.startswith("scores-"):
            found = {each.name: each for each in self.views.scores(tables, language).pictures}
        else:
            found = briefing_pictures(self.views.briefing(tables, language, None))
        if name not in found:
            raise NotFound(f'No picture "{name}". Nearest: {nearest(name, found)}.')
        return found[name]

    def sign_in(self, request: Request) -> Response:
        words = Reading(request, self.language(request)).words
        if not is_token(request.query_params.get("token", ""), self.token):
            is_given = "token" in request.query_params
            return self.message(
                request,
                "sign_in.title",
                words.say("sign_in.how"),
                status=401,
                more=words.say("sign_in.wrong") if is_given else "",
            )
        # A page instead of a redirect: a strict cookie set on the way from another site's link
        # is not sent with the redirect that follows it.
        reading = Reading(request, self.language(request))
        answer = self.render("signed_in.html", reading)
        answer.set_cookie(
            COOKIE,
            new_session(self.token, now=self.now()),
            httponly=True,
            samesite="strict",
            max_age=int(SESSION_LENGTH.total_seconds()),
            secure=request.url.scheme == "https",
        )
        return answer

    def print_style(self, release: str, language: str) -> Response:
        """What stands on every printed sheet: the release, its day and the number of the page."""
        tables = self.room.release(release)
        words = Reading(_NO_REQUEST, _language(language)).words
        footer = words.say(
            "app.footer",
            release=tables.release,
            day=words.dated_day(tables.as_of),
            published=words.moment(tables.published_at, tables.timezone),
        )
        footer = footer.replace("\\", "").replace('"', "'").replace("\n", " ").replace("<", "")
        css = (
            f'@page{{@bottom-left{{content:"{footer}";font:8pt sans-serif}}'
            '@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif}}\n'
        )
        return Response(css, media_type="text/css")


_NO_REQUEST = Request({"type": "http"})


def _language(language: str) -> Language:
    return "fr" if language == "fr" else "en"


def _chosen(request: Request) -> Chosen:
    """Kind, region and page of a list that the address asks for."""
    query = request.query_params
    return Chosen(query.get("kind", ""), query.get("region", ""), _page(query.get("page", "1")))


def _page(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def _day(text: str, language: Language) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        words = Reading(_NO_REQUEST, language).words
        raise BadData(words.say("error.date", text=text)) from error


def create_app(
    room: RoomReader,
    *,
    token: str,
    now: Callable[[], datetime],
    accent: str = ACCENT,
    hosts: Sequence[str] = LOOPBACK,
    desk: Desk | None = None,
    alerts: Alerts | None = None,
) -> FastAPI:
    """The web application of a room; it works without any script in the browser.

    Args:
        room: what the pages read.
        token: opens a session at /sign-in?token=...; new at each start, at least 16 characters.
        now: the present, UTC-aware, for the end of sessions.
        accent: the network's colour of links and actions, #RRGGBB.
        desk: takes decisions on moves; None: the pages only read.
        alerts: shows and answers alerts; None: there is no page of them.
        hosts: names under which the server answers; any other gets 400 (DNS rebinding).

    Raises:
        ValueError: the token is shorter than 16 characters.
    """
    if len(token) < 16:
        raise ValueError("the sign-in token needs at least 16 characters")
    pages = _Pages(room, token, now, accent, desk, alerts)
    app = FastAPI(title="Vigie", docs_url=None, redoc_url=None, openapi_url=None)
    _add_pages(app, pages)
    if desk is not None:
        add_decision_pages(
            app, desk, reading_of=pages.reading, render=pages.render, token=pages.token
        )
    if alerts is not None:
        add_alert_pages(
            app, alerts, reading_now=pages.reading_now, render=pages.render, token=pages.token
        )
    app.middleware("http")(partial(_guard, pages))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    _add_errors(app, pages)
    return app


def _add_pages(app: FastAPI, pages: _Pages) -> None:
    @app.get("/", response_class=HTMLResponse)
    def home(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/briefing{query}", status_code=307)

    kept = {"Cache-Control": "public, max-age=3600"}

    def style() -> Response:
        return Response(pages.css, media_type="text/css", headers=kept)

    def sign() -> Response:
        return Response(pages.sign, media_type="image/svg+xml", headers=kept)

    app.get("/briefing", response_class=HTMLResponse)(pages.briefing)
    app.get("/places/{place:path}", response_class=HTMLResponse)(pages.place)
    app.get("/shortages", response_class=HTMLResponse)(pages.shortages)
    app.get("/plan", response_class=HTMLResponse)(pages.plan)
    app.get("/scores", response_class=HTMLResponse)(pages.scores)
    app.get("/releases", response_class=HTMLResponse)(pages.releases)
    app.get("/charts/{release}/{language}/{name}.svg")(pages.chart)
    app.get("/print/{release}/{language}.css")(pages.print_style)
    app.get("/sign-in", response_class=HTMLResponse)(pages.sign_in)
    app.get("/static/vigie.css")(style)
    app.get("/static/vigie.svg")(sign)


async def _guard(pages: _Pages, request: Request, answer: Answer) -> Response:
    response: Response
    if request.url.path in OPEN_PATHS or pages.is_signed_in(request):
        response = await answer(request)
    else:
        words = Reading(request, pages.language(request)).words
        response = pages.message(
            request,
            "sign_in.title",
            words.say("sign_in.how"),
            status=401,
            more=words.say("sign_in.needed"),
        )
    for name, value in SECURITY_HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _add_errors(app: FastAPI, pages: _Pages) -> None:
    @app.exception_handler(VigieError)
    def own(request: Request, error: VigieError) -> Response:
        titles = {NotFound: "error.not_found", AccessRefused: "error.refused"}
        title = next((titles[kind] for kind in titles if isinstance(error, kind)), "error.title")
        if title == "error.refused" and request.method == "POST":
            title = "error.refused_act"
        return pages.message(request, title, str(error), status=http_status(error))

    @app.exception_handler(HTTPException)
    def unknown_page(request: Request, error: HTTPException) -> Response:
        words = Reading(request, pages.language(request)).words
        key = "error.not_found" if error.status_code == 404 else "error.title"
        text = words.say("error.no_page") if error.status_code == 404 else str(error.detail)
        return pages.message(request, key, text, status=error.status_code)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        words = Reading(request, pages.language(request)).words
        answer = pages.message(request, "error.title", words.say("error.broken"), status=500)
        answer.headers.update(SECURITY_HEADERS)
        return answer
