"""The page of alerts: order, cause, who was told, who is next, what helps, and what has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from invented_alerts import (
    NATION,
    NOW,
    REGION,
    InventedAlerts,
    ended,
    invented_alerts,
    line,
    release,
    risks,
)
from invented_release import TODAY, Tables, rows_of
from invented_room import application, get, invented_room
from test_web_pages import Page

from vigie.actions.pages.alerts_page import AlertsPage, build_alerts_page
from vigie.actions.pages.plan_page import build_plan_page
from vigie.actions.rooms.alert_book import AlertLine
from vigie.actions.rooms.alerting import Telling
from vigie.actions.views.alert_choices import AlertsChosen
from vigie.actions.views.alert_views import alert_marks, rank_alerts
from vigie.actions.views.choices import MOST_ROWS, Chosen
from vigie.actions.views.risks import by_harm, read_risks
from vigie.actions.views.room_names import read_names
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import words_for
from vigie.errors import NotFound


def page(*lines: AlertLine, language: Language = "en", **chosen: Any) -> AlertsPage:
    return build_alerts_page(release(), lines, language=language, chosen=AlertsChosen(**chosen))


def test_alerts_stand_by_the_last_useful_moment_then_by_harm_and_calm_ones_last() -> None:
    pressing = risks()
    calm = line(99)
    lines = [calm, *(line(n, each) for n, each in enumerate(reversed(pressing[:12])))]
    shown = page(*lines).items
    assert [item.number for item in shown] == [*reversed(range(12)), 99]
    moments = [max(each.act_by or TODAY.max, TODAY) for each in pressing[:12]]
    assert moments == sorted(moments)
    assert shown[-1].chance is None
    assert "finds this danger no more" in shown[-1].sentence


def test_an_alert_stands_where_its_most_pressing_shortage_does() -> None:
    first, second, third = risks()[:3]
    order = [
        each.line.number for each in rank_alerts([line(1, second), line(2, third, first)], risks())
    ]
    assert order == [2, 1]


def test_one_cause_is_one_row_that_names_what_it_covers() -> None:
    product = risks("products")[0].category
    covered = [each for each in risks("products") if each.category == product]
    assert len(covered) > 1
    cause = {"cause": f"products:{product}@valombre", "place": "valombre"}
    (item,) = page(line(1, *covered, **cause)).items
    names = read_names(release(), "en")
    assert (item.what, item.where, item.place) == (names.category(product), "Valombre", "valombre")
    assert item.covers == f"One cause, {len(covered)} shortages"
    assert [each.place for each in item.members] == [each.place for each in by_harm(covered)][:8]
    assert item.sentence.startswith(f"Most pressing is {names.category(product)}, ")
    (alone,) = page(line(1, covered[0], **cause)).items
    assert (alone.place, alone.covers) == (covered[0].place, "One shortage")


def test_a_move_of_the_plan_that_helps_leads_to_its_page() -> None:
    moves = release().table("plan_moves").to_pylist()
    move = next(each for each in moves if each["kind"] != "patients" and each["plan"] == "nearest")
    helped = (move["to_place"], move["category"])
    risk = next(each for each in read_risks(release()) if (each.place, each.category) == helped)
    (item,) = page(line(1, risk)).items
    ((text, code),) = item.moves
    assert read_names(release(), "en").place(move["from_place"]) in text
    assert code in codes_of_the_plan()


def codes_of_the_plan() -> set[str]:
    first = build_plan_page(release(), language="en")
    assert first.part is not None
    pages = range(1, -(-first.part.count // MOST_ROWS) + 1)
    return {
        row.code
        for number in pages
        for row in build_plan_page(release(), language="en", chosen=Chosen(page=number)).rows
    }


@pytest.mark.parametrize(
    ("changes", "english", "french"),
    [
        (
            {"sent_at": NOW, "channels": ("webhook", "mail")},
            "Bed coordinator, Valombre: webhook, e-mail, 9 Nov 2020, 08:00",
            "Bed coordinator, Valombre : webhook, courriel, 9 nov. 2020, 08:00",
        ),
        (
            {"held_until": NOW + timedelta(hours=1)},
            "Bed coordinator, Valombre: held by quiet hours until 9 Nov 2020, 09:00",
            "Bed coordinator, Valombre : retenue par les heures calmes jusqu’au 9 nov. 2020, 09:00",
        ),
        (
            {"channels": ("mail",)},
            "Bed coordinator, Valombre: e-mail so far; the other way is tried again",
            "Bed coordinator, Valombre : courriel pour l’instant ; l’autre voie est réessayée",
        ),
        (
            {},
            "Bed coordinator, Valombre: not sent yet, ready since 9 Nov 2020, 08:00",
            "Bed coordinator, Valombre : pas encore partie, prête depuis le 9 nov. 2020, 08:00",
        ),
        (
            {"is_given_up": True},
            "Bed coordinator, Valombre: not accepted within a day, given up; ready since "
            "9 Nov 2020, 08:00",
            "Bed coordinator, Valombre : refusée pendant un jour, abandonnée ; prête depuis le "
            "9 nov. 2020, 08:00",
        ),
        (
            {"role": "", "sent_at": NOW, "channels": ("mail",)},
            "the addresses of the room: e-mail, 9 Nov 2020, 08:00",
            "les adresses de la salle : courriel, 9 nov. 2020, 08:00",
        ),
    ],
)
def test_who_was_told_when_and_by_which_way_is_said(
    changes: Mapping[str, Any], english: str, french: str
) -> None:
    plain = Telling(REGION.key, NOW, None, (), None, is_given_up=False)
    told = line(1, risks()[0], tellings=(replace(plain, **changes),))
    assert page(told).items[0].told == (english,)
    said = page(told, language="fr").items[0].told[0]
    assert said.replace("\u00a0", " ").replace("\u202f", " ") == french


def test_without_a_channel_the_page_says_that_nobody_got_a_message() -> None:
    assert "names no webhook and no mail server" in page(line(1, risks()[0])).items[0].told[0]


@pytest.mark.parametrize(
    ("changes", "state", "following"),
    [
        ({}, "new", "goes to Crisis cell, The whole region, on 9 Nov 2020, 10:00"),
        (
            {"roles_told": 2, "next_role_at": None},
            "new",
            "nobody: every role up to the top was told",
        ),
        (
            {"severity": "notice", "next_role_at": None},
            "new",
            "nobody: a notice is not passed on",
        ),
        (
            {
                "state": "answered",
                "answered_at": NOW,
                "answered_by": "Bed coordinator",
                "next_role_at": None,
            },
            "acknowledged by Bed coordinator, 9 Nov 2020, 08:00",
            "nobody, as it is acknowledged",
        ),
    ],
)
def test_the_state_and_who_is_told_next_are_said(
    changes: Mapping[str, Any], state: str, following: str
) -> None:
    (item,) = page(line(1, risks()[0], **changes)).items
    assert (item.state, item.next) == (state, following)
    assert item.is_new == (state == "new")
    assert item.roles == ("Bed coordinator, Valombre", "Crisis cell, The whole region")


def test_the_list_is_chosen_by_role_severity_and_place() -> None:
    beds = [
        each
        for each in risks("beds")
        if each.place in read_names(release(), "en").inside("valombre")
    ]
    elsewhere = next(
        each for each in risks("beds") if each.place not in {one.place for one in beds}
    )
    lines = (
        line(1, beds[0], severity="critical"),
        line(2, elsewhere, roles=(NATION,), next_role_at=None),
        line(3, risks("products")[0], roles_told=2, next_role_at=None),
    )
    numbers = {
        name: sorted(item.number for item in page(*lines, **{name: value}).items)
        for name, value in (("role", "nation"), ("severity", "critical"), ("place", beds[0].place))
    }
    assert numbers == {"role": [2, 3], "severity": [1], "place": [1]}
    assert 1 in {item.number for item in page(*lines, place="valombre").items}
    assert 2 not in {item.number for item in page(*lines, place="valombre").items}
    chosen = page(*lines, severity="notice")
    assert (chosen.items, chosen.note) == ((), "No open alert fits this choice.")
    assert chosen.head.query["severity"] == "notice"
    fields = {field.name: field for field in page(*lines).head.fields}
    assert [each.name for each in fields["severity"].options[1:]] == [
        "Critical",
        "Warning",
        "Notice",
    ]


@pytest.mark.parametrize("name", ["role", "severity", "place"])
def test_an_unknown_choice_names_the_nearest(name: str) -> None:
    with pytest.raises(NotFound, match="Nearest"):
        page(line(1, risks()[0]), **{name: "valombr"})


def test_what_has_ended_is_folded_below_the_newest_first() -> None:
    shown = page(ended(1, 3), ended(2, 1), line(3, risks()[1]))
    assert [item.number for item in shown.items] == [3]
    assert [each.number for each in shown.ended] == [2, 1]
    assert shown.ended_note == "2 alerts ended in the last 14 days"
    assert [each.answered for each in shown.ended] == [
        "no answer",
        "acknowledged by Bed coordinator, 9 Nov 2020, 08:00: two beds opened",
    ]


def test_no_alert_says_what_would_be_here_and_many_stand_on_several_pages() -> None:
    assert page().note.startswith("No alert is open.")
    lines = [line(number, each) for number, each in enumerate(risks()[: MOST_ROWS + 3])]
    assert len(lines) == MOST_ROWS + 3
    first, second = page(*lines), page(*lines, page=2)
    assert (len(first.items), len(second.items)) == (MOST_ROWS, 3)
    assert first.note == "23 open alerts; 23 wait for an answer."


def test_every_shortage_of_an_alert_carries_its_mark() -> None:
    one, two, three = risks()[:3]
    answered = {"state": "answered", "answered_at": NOW, "answered_by": "Crisis cell"}
    lines = [line(4, one, two), line(7, three, next_role_at=None, **answered)]
    marks = alert_marks(lines, read_names(release(), "en"), words_for("en"), "Europe/Paris")
    texts = [marks["|".join(each.key)] for each in (one, two, three)]
    assert [each.number for each in texts] == [4, 4, 7]
    assert texts[0].text == "new; goes to Crisis cell, The whole region, on 9 Nov 2020, 10:00"
    assert texts[2].text == "acknowledged by Crisis cell, 9 Nov 2020, 08:00"


def test_pages_without_a_desk_of_alerts_have_neither_the_page_nor_a_link_to_it() -> None:
    briefing, answer = get(application(invented_room()), "/briefing", "/alerts")
    assert 'href="/alerts' not in briefing.text
    assert answer.status_code == 404


def test_an_unlikely_shortage_of_an_alert_names_no_day() -> None:
    rows = release().table("shortages").to_pylist()
    low = next(row for row in rows if row["if_short_q50"] is not None)
    tables = {"shortages": rows_of("shortages", [low | {"probability_14": 0.15}])}
    (risk,) = read_risks(Tables(dict(release().tables) | tables))
    shown = build_alerts_page(
        Tables(dict(release().tables) | tables), [line(1, risk)], language="en"
    )
    assert "If so" not in shown.items[0].sentence


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_sound_html_whose_fields_have_labels_and_links_lead_somewhere(
    language: Language,
) -> None:
    app = application(invented_room(), alerts=invented_alerts())
    answer, briefing, file = get(app, f"/alerts?lang={language}", "/briefing", "/alerts.csv")
    page = Page(answer.text)
    assert page.open == []
    assert len(page.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {label.get("for") for label in page.all("label")}
    fields = [each for each in page.all("input") if each.get("type") != "hidden"]
    assert all(each["id"] in named for each in fields + page.all("select"))
    actions = {each["action"] for each in page.all("form")} - {"/alerts"}
    assert actions == {"/alerts/1", "/alerts/4", "/alerts/9"}
    links = sorted({each["href"] for each in page.all("a")} - {"#content", "/alerts.csv"})
    inside = [each for each in links if not each.startswith("/moves/")]
    assert all(each.status_code == 200 for each in get(app, *inside))
    assert 'href="/alerts"' in briefing.text
    assert file.headers["content-type"].startswith("text/csv")


def test_what_people_write_into_an_answer_is_text_on_every_page() -> None:
    said = {"answered_by": '"><img src=x onerror=1>', "answer": "<script>{0} {by} %s</script>"}
    first, second, *_ = risks()
    lines = [
        line(7, first, state="answered", answered_at=NOW, **said),
        line(8, second, state="ended", answered_at=NOW, closed_at=NOW, **said),
    ]
    app = application(invented_room(), alerts=InventedAlerts(lines))
    for answer in get(app, "/alerts", "/briefing", "/shortages", f"/places/{first.place}"):
        assert answer.status_code == 200
        assert "<script>{0}" not in answer.text and "<img src=x" not in answer.text
    (shown,) = get(app, "/alerts")
    assert shown.text.count("&lt;img src=x") == 2
    assert shown.text.count("&lt;script&gt;{0} {by} %s&lt;/script&gt;") == 2
