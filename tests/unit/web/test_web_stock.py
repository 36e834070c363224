"""What to order, on the pages of shortages and of a place."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from invented_release import TODAY, Tables, rows_of
from invented_room import application, get, invented_room, two_days

from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.shortages_page import build_shortages_page
from vigie.actions.views.room_names import read_names
from vigie.actions.views.stock_views import (
    advice_lines,
    by_order_date,
    expiring_lines,
    read_advice,
)
from vigie.actions.words.wording import words_for

PLACE, PRODUCT = "H07", "ffp2"


def row(place: str = PLACE, category: str = PRODUCT, **changes: object) -> dict:
    told = {
        "place": place,
        "category": category,
        "as_of": TODAY,
        "horizon_days": 21,
        "unit": "pieces",
        "stock": 1200.0,
        "on_order": 400.0,
        "cover_q10": 5.0,
        "cover_q50": 7.0,
        "cover_q90": 9.0,
        "latest_order_date": TODAY + timedelta(days=3),
        "late_probability": 0.02,
        "order_quantity": 1000.0,
        "packs": 20,
        "supplier": "Acme",
    }
    return told | changes


LATE = {"latest_order_date": None, "late_probability": 0.38}
NOTHING = {"order_quantity": 0.0, "packs": 0}
UNKNOWN = {
    "latest_order_date": None,
    "late_probability": None,
    "order_quantity": None,
    "packs": None,
}


def tables(*advice: dict) -> Tables:
    """A release in which the one product at the one place is sure to be listed."""
    given = two_days()[0]
    rows = given["shortages"].to_pylist()
    for each in rows:
        if (each["place"], each["category"]) == (PLACE, PRODUCT):
            each |= {"probability_14": 0.7, "act_by": TODAY - timedelta(days=5)}
    changed = {"shortages": rows_of("shortages", rows)}
    return Tables({**given, **changed, "stock_advice": rows_of("stock_advice", list(advice))})


def said(language: str = "en", **changes: object) -> tuple[str, str]:
    release = tables(row(**changes))
    [one] = read_advice(release).values()
    order, held = advice_lines(one, read_names(release, language), words_for(language))
    return order.replace("\u00a0", " "), held.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "order by Thu 12 Nov: 20 packs (1,000 units)"),
        ({"packs": 1, "order_quantity": 50.0}, "order by Thu 12 Nov: 1 pack (50 units)"),
        ({"latest_order_date": TODAY}, "order today: 20 packs (1,000 units)"),
        (
            LATE,
            "already late: 38 chances in 100 of running short before an order of today comes; "
            "order now: 20 packs (1,000 units)",
        ),
        (
            LATE | NOTHING,
            "already late: 38 chances in 100 of running short before an order of today comes; "
            "what is on order is enough after that",
        ),
        (NOTHING, "no order needed before 16 Nov"),
        (UNKNOWN, "no order date: no lead time is known"),
    ],
)
def test_each_advice_says_what_to_order_and_by_when(changes, text):
    assert said(**changes)[0] == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "in stock 1,200, on order 400; stock alone covers 5 to 9 days"),
        ({"cover_q10": 1.0, "cover_q90": 1.0}, "stock alone covers 1 day"),
        ({"cover_q90": 21.0}, "stock alone covers 5 days or more"),
        ({"on_order": None}, "on order not reported"),
    ],
)
def test_what_is_held_is_told_with_its_range_and_what_is_unknown_is_no_zero(changes, text):
    assert text in said(**changes)[1]


def test_the_same_is_said_in_french():
    order, held = said("fr", **LATE)
    assert order.startswith("déjà trop tard : 38 chances sur 100 de rupture")
    assert "commander maintenant : 20 conditionnements" in order
    assert "le stock seul couvre 5 à 9 jours" in held
    assert said("fr", packs=1)[0].startswith("commander au plus tard le jeu. 12 nov. : 1 cond")


def test_what_is_late_stands_first_by_its_chance_then_by_date_and_nothing_else_is_due():
    release = tables(
        row("H01", latest_order_date=TODAY),
        row("H02", **LATE),
        row("H03", **LATE | {"late_probability": 0.9}),
        row("H04", **NOTHING),
        row("H05", **UNKNOWN),
        row("H06", latest_order_date=TODAY + timedelta(days=1)),
    )
    due = by_order_date(read_advice(release).values())
    assert [each.place for each in due] == ["H03", "H02", "H01", "H06"]
    assert [each.order_date for each in due] == [TODAY] * 3 + [TODAY + timedelta(days=1)]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Order by Thu 12 Nov"), ("fr", "Commander au plus tard le jeu.")]
)
@pytest.mark.parametrize("path", ["/shortages?kind=products&", f"/places/{PLACE}?"])
def test_the_pages_tell_the_order_under_its_shortage(path, language, text):
    room = invented_room(now=tables(row(), row(category="gowns", **LATE)))
    (answer,) = get(application(room), f"{path}lang={language}")
    assert answer.status_code == 200
    read = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))
    assert text in read.replace("\u00a0", " ")
    assert answer.text.count('class="advised"') >= 1


def test_orders_of_a_place_that_are_due_without_a_listed_shortage_are_told_too():
    release = tables(row(), row(category="propofol"), row(category="gowns", **NOTHING))
    page = build_place_page(release, PLACE, language="en")
    listed = {each.what for each in page.products}
    [own] = [each for each in page.products if each.what == "FFP2 masks"]
    assert own.advice[0].startswith("order by")
    also = [line for line in page.orders if line.startswith("Propofol")]
    assert bool(also) is not any(name.startswith("Propofol") for name in listed)
    assert not any(line.startswith("Gowns") for line in page.orders), "nothing to order"


def test_a_long_list_of_orders_says_how_many_more_there_are():
    many = [row(category=f"thing {number}") for number in range(25)]
    page = build_place_page(tables(*many), PLACE, language="en")
    assert len(page.orders) == 21
    assert page.orders[-1] == "and 5 more orders"


def test_a_release_made_before_advice_was_kept_shows_its_shortages_without():
    page = build_shortages_page(tables(), language="en")
    assert page.rows
    assert all(each.advice == () for each in page.rows)
    assert build_place_page(tables(), PLACE, language="en").orders == ()


EXPIRING = {
    "expired": 30.0,
    "next_expiry_date": TODAY + timedelta(days=5),
    "next_expiry_quantity": 200.0,
    "expiring": 120.4,
}


def test_what_expires_is_told_and_nothing_where_no_lot_is_told():
    release = tables(row(**EXPIRING))
    names, words = read_names(release, "en"), words_for("en")
    [one] = read_advice(release).values()
    expiry = advice_lines(one, names, words)[2].replace("\u00a0", " ")

    assert expiry == (
        "30 units in stock past the last day of use, not counted; next to expire: 200 units, last "
        "day of use 14 November 2020; about 120 units expected to expire unused within 21 days"
    )
    [plain] = read_advice(tables(row())).values()
    assert len(advice_lines(plain, names, words)) == 2
    assert expiring_lines([plain], names, words) == ()


def test_a_lot_that_lasts_beyond_the_horizon_is_not_worth_a_line():
    late = {**EXPIRING, "expired": 0.0, "expiring": 0.0}
    release = tables(row(**late | {"next_expiry_date": TODAY + timedelta(days=90)}))
    [one] = read_advice(release).values()
    assert len(advice_lines(one, read_names(release, "fr"), words_for("fr"))) == 2


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_place_lists_what_expires_and_says_it_at_the_product_at_risk(language):
    release = tables(row(**EXPIRING))
    place = build_place_page(release, PLACE, language=language)
    assert len(place.expiring) == 1
    said = place.expiring[0].replace("\u00a0", " ")
    assert ("30 unités" if language == "fr" else "30 units") in said
    advised = [line.replace("\u00a0", " ") for each in place.products for line in each.advice]
    assert any(said.endswith(line) for line in advised)
