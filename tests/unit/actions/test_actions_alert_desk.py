"""Alerts through the pages: real forms, on a real room that runs out of masks."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browsing import browse, hidden
from tests.plan_room import copy_of, opened
from tests.rooms import OPERATOR, STRANGER
from vigie.actions.pages.alert_desk import AlertDesk
from vigie.actions.pages.briefing_text import render_text
from vigie.actions.pages.showing import open_release, show_briefing
from vigie.actions.rooms.alert_book import AlertLine, list_alerts
from vigie.actions.rooms.room import Room
from vigie.actions.views.alert_choices import AlertsChosen
from vigie.errors import AccessRefused

FIELDS = {"account": "ann", "role": "Crisis cell", "answer": "Order <brought> forward"}


@pytest.fixture
def room(planned: Path, tmp_path: Path) -> Room:
    return opened(copy_of(planned, tmp_path / "room"))


def masks(room: Room) -> AlertLine:
    """The alert of the hospital that runs out of masks."""
    (found,) = [each for each in list_alerts(room, OPERATOR) if "products|A|masks" in each.members]
    return found


def audited(room: Room) -> list[dict[str, Any]]:
    with room.state.read() as tx:
        return [json.loads(row.payload) for row in tx.outbox("audit")]


def in_terminal(room: Room) -> str:
    """The briefing as vigie show prints it, with its lines joined."""
    return " ".join(render_text(show_briefing(room, OPERATOR, "en")).split())


def test_an_alert_is_acknowledged_by_a_form_and_the_briefing_says_by_whom(room: Room) -> None:
    number = masks(room).number

    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        before = await browser.get("/briefing?lang=en")
        shown = await browser.get("/alerts?lang=en")
        answer = await browser.post(f"/alerts/{number}", data=hidden(shown.text) | FIELDS)
        return [before, shown, answer, await browser.get("/briefing?lang=fr")]

    assert f"Alert {number}: new" in in_terminal(room)
    before, shown, answer, after = browse(room, visit)
    assert f'href="/alerts#alert-{number}">Alert {number}</a>: new' in before.text
    assert '<a href="/alerts" aria-current="page">Alerts</a>' in shown.text
    assert f'action="/alerts/{number}"' in shown.text
    assert 'href="/moves/' in shown.text
    assert (answer.status_code, answer.url.path) == (200, "/alerts")
    assert "acknowledged by Crisis cell" in answer.text
    assert f"Alert {number}: acknowledged by Crisis cell" in in_terminal(room)
    assert "Order &lt;brought&gt; forward" in answer.text
    assert "prise en compte par Crisis cell" in after.text
    assert masks(room).state == "answered"
    (leaf,) = [each for each in audited(room) if each["subject"] == f"alert {number}"]
    assert (leaf["act"], leaf["allowed"]) == ("decide", True)
    assert (leaf["details"]["account"], leaf["details"]["role"]) == ("ann", "Crisis cell")


def test_who_answers_comes_back_to_the_same_part_of_the_list(room: Room) -> None:
    line = masks(room)
    query = f"severity={line.severity}&place=A"

    async def visit(browser: httpx.AsyncClient) -> httpx.Response:
        shown = await browser.get(f"/alerts?{query}&page=2")
        kept = hidden(shown.text) | FIELDS
        assert f'action="/alerts/{line.number}?{query.replace("&", "&amp;")}&amp;page=2"' in (
            shown.text
        )
        return await browser.post(f"/alerts/{line.number}?{query}&page=2", data=kept)

    answer = browse(room, visit)
    assert (answer.status_code, answer.url.path) == (200, "/alerts")
    assert answer.url.query.decode() == f"{query}&page=2"
    assert 'value="A" selected' in answer.text


def test_a_form_of_another_session_answers_nothing_and_one_sent_twice_answers_once(
    room: Room,
) -> None:
    number = masks(room).number
    post = f"/alerts/{number}"

    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        kept = hidden((await browser.get("/alerts")).text) | FIELDS
        return [
            await browser.post(post, data=FIELDS),
            await browser.post(post, data=kept | {"form_key": "0" * 64}),
            await browser.post(post, data=kept, headers={"Sec-Fetch-Site": "cross-site"}),
            await browser.post(post, data=kept),
            await browser.post(post, data=kept),
            await browser.post(post, data=kept | {"answer": "something else"}),
            await browser.post("/alerts/999", data=kept),
            await browser.post(post, data=kept | {"seen": "grave"}),
        ]

    answers = browse(room, visit)
    assert [each.status_code for each in answers] == [403, 403, 403, 200, 200, 409, 404, 422]
    assert sum(each["subject"] == f"alert {number}" for each in audited(room)) == 1


def test_an_alert_that_became_graver_is_not_answered_unread(room: Room) -> None:
    number = masks(room).number
    with room.state.write("a test") as tx:
        (row,) = [each for each in tx.alerts() if each.number == number]
        tx.put_alert(replace(row, severity=2))

    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        kept = hidden((await browser.get("/alerts")).text) | FIELDS | {"seen": "warning"}
        with room.state.write("a test") as tx:
            tx.put_alert(replace(row, severity=3))
        return [
            await browser.post(f"/alerts/{number}", data=kept),
            await browser.post(f"/alerts/{number}", data=kept | {"seen": "critical"}),
        ]

    refused, taken = browse(room, visit)
    assert (refused.status_code, taken.status_code) == (409, 200)
    assert "is critical by now" in refused.text


def test_choices_of_the_address_reach_the_list_and_an_older_release_is_said_not_to(
    room: Room,
) -> None:
    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        paths = (
            "/alerts?place=B&lang=en",
            "/alerts?place=Q",
            "/alerts?as_known_on=2021-01-31&lang=en",
        )
        return [await browser.get(path) for path in paths]

    elsewhere, unknown, older = browse(room, visit)
    assert 'value="B" selected' in elsewhere.text
    assert unknown.status_code == 404
    assert "Alerts are shown as they stand now" in older.text


def test_alerts_leave_as_csv_with_those_that_ended_lately(room: Room) -> None:
    first = masks(room)
    with room.state.write("a test") as tx:
        (row,) = [each for each in tx.alerts() if each.number == first.number]
        for days in (2, 20):
            closed = room.now() - timedelta(days=days)
            tx.put_alert(replace(row, number=0, cause=f"other {days}", closed_at=closed))

    async def visit(browser: httpx.AsyncClient) -> httpx.Response:
        return await browser.get("/alerts.csv")

    answer = browse(room, visit)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [each["cause"] for each in rows][-1] == "other 2"
    assert "other 20" not in {each["cause"] for each in rows}
    (own,) = [each for each in rows if each["number"] == str(first.number)]
    assert (own["state"], own["severity"]) == ("new", first.severity)
    assert "products|A|masks" in own["members"].split()
    assert float(own["probability"]) > 0.33
    assert answer.headers["content-disposition"] == 'attachment; filename="alerts.csv"'


def test_a_stranger_sees_and_answers_no_alert(room: Room) -> None:
    desk, tables = AlertDesk(room, STRANGER), open_release(room, OPERATOR)
    for act in (
        lambda: desk.page(tables, "en", AlertsChosen()),
        lambda: desk.marks(tables, "en"),
        lambda: desk.answer(1, FIELDS),
        lambda: desk.csv(tables),
    ):
        with pytest.raises(AccessRefused):
            act()
    assert sum(not each["allowed"] for each in audited(room)) == 4
