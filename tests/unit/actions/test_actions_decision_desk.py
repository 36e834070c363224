"""Decisions through the pages: real forms, on a real room, without any script."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import httpx
import pytest

from tests.browsing import browse, hidden
from tests.plan_room import copy_of, first_move, opened
from tests.rooms import OPERATOR
from vigie.actions.decisions.decision_lines import list_decisions
from vigie.actions.rooms.room import Room
from vigie.planning import Stage


@pytest.fixture
def room(planned: Path, tmp_path: Path) -> Room:
    return opened(copy_of(planned, tmp_path / "room"))


def test_a_move_is_accepted_approved_and_arrives_through_forms(room: Room) -> None:
    move = first_move(room)
    page = f"/moves/{move.code}"
    steps = (
        ("accept", {"account": "ann", "place": move.from_place}),
        ("accept", {"account": "bob", "place": move.to_place}),
        ("approve", {"account": "eve", "place": ""}),
        ("send", {"account": "eve", "place": ""}),
        ("arrive", {"account": "store", "place": move.to_place, "quantity": "40", "day": ""}),
    )

    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        answers = []
        for step, fields in steps:
            shown = await browser.get(page)
            assert f'action="{page}/{step}"' in shown.text
            answers.append(await browser.post(f"{page}/{step}", data=hidden(shown.text) | fields))
        return [*answers, await browser.get("/decisions?lang=fr")]

    *answers, french = browse(room, visit)
    assert [(answer.status_code, answer.url.path) for answer in answers] == [(200, page)] * 5
    assert "Nothing more can follow." in answers[-1].text
    assert first_move(room).stage == Stage.ARRIVED
    assert [line.line.account for line in list_decisions(room, OPERATOR)] == [
        "store",
        "eve",
        "eve",
        "bob",
        "ann",
    ]
    assert "Ce qui a été décidé" in french.text
    assert f'href="/moves/{move.code}"' in french.text


def test_the_page_of_the_plan_shows_where_a_move_stands_now_and_leads_to_its_forms(
    room: Room,
) -> None:
    move = first_move(room)
    page = f"/moves/{move.code}"

    async def visit(browser: httpx.AsyncClient) -> tuple[str, str]:
        before = await browser.get("/plan?lang=en")
        shown = await browser.get(page)
        fields = {"account": "ann", "place": move.from_place, "reason": "needed here"}
        await browser.post(f"{page}/refuse", data=hidden(shown.text) | fields)
        return before.text, (await browser.get("/plan?lang=en")).text

    before, after = browse(room, visit)
    assert f'href="{page}"' in before
    assert 'href="/decisions">All decisions' in before
    assert ">refused<" not in before
    assert after.count(">refused<") == 1


def test_a_form_of_another_site_or_session_decides_nothing(room: Room) -> None:
    move = first_move(room)
    page, fields = f"/moves/{move.code}", {"account": "ann", "place": move.to_place}

    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        kept = hidden((await browser.get(page)).text)
        post = f"{page}/accept"
        answers = [
            await browser.post(post, data=fields),
            await browser.post(post, data=kept | fields | {"form_key": "0" * 64}),
            await browser.post(post, data=kept | fields, headers={"Origin": "http://evil.example"}),
            await browser.post(post, data=kept | fields, headers={"Sec-Fetch-Site": "cross-site"}),
            await browser.post(post, content=b"x" * 70_000),
        ]
        browser.cookies.clear()
        return [*answers, await browser.post(post, data=kept | fields)]

    answers = browse(room, visit)
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 422, 401]
    assert "was not made by the page" in answers[0].text
    assert list_decisions(room, OPERATOR) == []


def test_a_form_sent_twice_decides_once(room: Room) -> None:
    move = first_move(room)
    page = f"/moves/{move.code}"

    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        kept = hidden((await browser.get(page)).text)
        fields = kept | {"account": "ann", "place": move.to_place}
        return [await browser.post(f"{page}/accept", data=fields) for _ in range(2)]

    assert [answer.status_code for answer in browse(room, visit)] == [200, 200]
    assert len(list_decisions(room, OPERATOR)) == 1


def test_who_accepted_may_not_approve_and_the_page_says_that_nothing_changed(room: Room) -> None:
    move = first_move(room)
    page = f"/moves/{move.code}"

    async def visit(browser: httpx.AsyncClient) -> httpx.Response:
        for account, place in (("ann", move.from_place), ("bob", move.to_place)):
            kept = hidden((await browser.get(page)).text)
            await browser.post(f"{page}/accept", data=kept | {"account": account, "place": place})
        kept = hidden((await browser.get(page)).text)
        return await browser.post(f"{page}/approve", data=kept | {"account": "ann", "place": ""})

    answer = browse(room, visit)
    assert answer.status_code == 403
    assert "You may not do this; nothing was changed" in answer.text


def test_a_refused_step_says_why_on_the_page(room: Room) -> None:
    move = first_move(room)
    page = f"/moves/{move.code}"

    async def visit(browser: httpx.AsyncClient) -> list[httpx.Response]:
        kept = hidden((await browser.get(page)).text)
        base = kept | {"account": "eve", "place": ""}
        return [
            await browser.post(f"{page}/edit", data=base | {"quantity": "15"}),
            await browser.post(f"{page}/edit", data=base | {"quantity": "many"}),
            await browser.post(f"{page}/approve", data=base),
            await browser.post(f"{page}/dance", data=base),
            await browser.get("/moves/zzzz"),
            await browser.get("/decisions/other.csv"),
        ]

    answers = browse(room, visit)
    assert [answer.status_code for answer in answers] == [422, 422, 409, 422, 404, 404]
    assert "no whole number of packs of 10" in answers[0].text
    assert "is not a number" in answers[1].text
    assert "must accept it first" in answers[2].text


def test_any_decision_is_recorded_by_a_form_and_leaves_as_csv(room: Room) -> None:
    async def visit(browser: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response]:
        kept = hidden((await browser.get("/decisions")).text)
        fields = {
            "text": "Opened <6> beds",
            "account": "director",
            "role": "Director of the crisis cell",
            "place": "A",
            "before": "60",
            "after": "20",
            "quantity": "6",
            "unit": "beds",
            "reason": "",
        }
        for change in ({"before": "160"}, {"after": "nan"}, {"quantity": "inf"}):
            refused = await browser.post("/decisions", data=kept | fields | change)
            assert refused.status_code == 422, change
        page = await browser.post("/decisions", data=kept | fields)
        return page, await browser.get("/decisions/decisions.csv")

    page, answer = browse(room, visit)
    assert "Opened &lt;6&gt; beds" in page.text
    assert "/places/A?release=" in page.text
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["receiver_before"] == "0.6"
    assert (row["role"], row["receiver_after"]) == ("Director of the crisis cell", "0.2")
    assert answer.headers["content-disposition"] == 'attachment; filename="decisions.csv"'
