"""The pages of shortages and of the plan, and the days ahead on the page of a place."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from invented_release import TODAY, Tables, invented, rows_of
from invented_room import OLD, application, get, invented_room, two_days

from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.place_pictures import NeedSpec
from vigie.actions.pages.plan_page import build_plan_page
from vigie.actions.pages.shortages_page import build_shortages_page
from vigie.actions.pages.told_shortages import tell_moves, tell_shortages
from vigie.actions.views.choices import MOST_ROWS, Chosen, part_of


def tables(**changed) -> Tables:
    return Tables({**two_days()[0], **changed})


def shortages(language="en", chosen=None, **changed):
    return build_shortages_page(tables(**changed), language=language, chosen=chosen)


def plan(language="en", chosen=None, **changed):
    return build_plan_page(tables(**changed), language=language, chosen=chosen)


def none_of(name: str) -> dict:
    return {name: rows_of(name, [])}


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).replace("\u00a0", " ")


# --- Shortages


def test_shortages_stand_by_the_last_useful_day_to_act_and_none_under_10_in_100_is_listed():
    every = {(row["kind"], row["place"], row["category"]): row for row in _rows("shortages")}
    seen = []
    page = shortages()
    for number in range(1, -(-page.part.count // MOST_ROWS) + 1):
        seen += tell(number)
    days = [max(every[key]["act_by"], TODAY) for key in seen]
    assert days == sorted(days)
    listed = {key for key, row in every.items() if row["probability_14"] >= 0.095}
    assert set(seen) == listed
    assert len(seen) == page.part.count


def tell(number: int) -> list[tuple[str, str, str]]:
    told = tell_shortages(tables(), language="en")
    part = part_of(shortages().part.count, number)
    names = shortages(chosen=Chosen(page=number))
    rows = told[part.first - 1 : part.last]
    assert [row.risk.place for row in names.rows] == [row["place"] for row in rows]
    return [(row["kind"], row["place"], row["category"]) for row in rows]


def _rows(name: str) -> list[dict]:
    return two_days()[0][name].to_pylist()


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ("Beds: ICU", "19 patients, 23 usable beds; limited by staff", "patient-days")),
        ("fr", ("Lits : Réanimation", "19 patients, 23 lits utilisables", "patients-jours")),
    ],
)
def test_a_row_says_what_where_how_surely_when_why_and_how_much_would_lack(language, texts):
    (answer,) = get(
        application(invented_room()), f"/shortages?kind=beds&region=hautmarais&lang={language}"
    )
    read = plain(answer.text)
    for text in texts:
        assert text in read, text
    h07 = next(
        row
        for row in shortages(chosen=Chosen(kind="beds", region="hautmarais")).rows
        if row.risk.place == "H07" and "ICU" in row.risk.what
    )
    assert h07.risk.chance_14.cell == "64"
    assert h07.risk.from_when.endswith("Nov)")
    assert '/places/H07"' in answer.text


def test_a_choice_shows_one_kind_in_one_region_and_stays_in_the_form_and_in_the_release():
    page = shortages(chosen=Chosen(kind="staff", region="valombre"))
    assert page.rows
    assert {row.risk.kind for row in page.rows} == {"staff"}
    assert all("Valombre" in row.risk.where for row in page.rows)
    (answer,) = get(
        application(invented_room()), f"/shortages?kind=staff&region=valombre&release={OLD}"
    )
    assert '<option value="staff" selected>' in answer.text
    assert '<option value="valombre" selected>' in answer.text
    assert f'<input type="hidden" name="release" value="{OLD}">' in answer.text


@pytest.mark.parametrize("query", ["kind=bed", "region=valombr"])
@pytest.mark.parametrize("path", ["/shortages", "/plan"])
def test_an_unknown_choice_is_refused_with_the_nearest(path, query):
    (answer,) = get(application(invented_room()), f"{path}?{query}")
    assert answer.status_code == 404
    assert {"kind=bed": "beds", "region=valombr": "valombre"}[query] in answer.text


@pytest.mark.parametrize("page", ["0", "-3", "999", "two", "²"])
def test_a_page_that_there_is_not_shows_the_nearest_one(page):
    first, answer = get(application(invented_room()), "/shortages", f"/shortages?page={page}")
    assert answer.status_code == 200
    if page != "999":
        assert plain(answer.text) == plain(first.text)
    assert "Rows" in answer.text


def test_parts_of_a_list_join_without_gap_or_overlap():
    for count in (1, MOST_ROWS, MOST_ROWS + 1, 95):
        rows: list[int] = []
        number = 1
        while number is not None:
            part = part_of(count, number)
            rows += range(part.first, part.last + 1)
            number = part.next
        assert rows == list(range(1, count + 1))


def test_the_risk_table_has_the_rows_of_the_list_and_the_chances_of_each_day():
    page = shortages(chosen=Chosen(kind="beds"))
    picture = page.picture
    assert [row[0] for row in picture.rows] == [
        f"{row.risk.what}, {row.risk.where}" for row in page.rows
    ]
    assert len(picture.header) == 1 + 22
    for row in picture.rows:
        numbers = [int(each.strip("<>")) for each in row[1:]]
        assert numbers == sorted(numbers), "the chance by a day never falls"
    for is_narrow in (False, True):
        assert picture.alternative.split(";")[0] in picture.draw(is_narrow)


def test_an_older_release_without_days_says_so_and_keeps_its_list():
    page = shortages(**none_of("shortage_days"))
    assert page.rows
    assert page.picture is None
    assert "made before they were kept" in page.picture_note


def test_nothing_assessed_nothing_listed_and_old_figures_are_said():
    assert "No shortage is assessed" in shortages(**none_of("shortages")).note
    low = [row | {"probability_14": 0.02} for row in _rows("shortages")]
    page = shortages(shortages=rows_of("shortages", low))
    assert "No shortage reaches 10 in 100" in page.note
    assert page.picture is None
    assert page.picture_note == ""
    old = [row | {"data_date": TODAY - timedelta(days=4)} for row in _rows("shortages")]
    assert "5 November" in shortages(shortages=rows_of("shortages", old)).stale
    assert shortages().stale == ""


# --- Plan


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            (
                "chances in 100 of running short of",
                "keeps 95 chances in 100 of having enough",
                "best use of all sites shown here",
                "do nothing 0 90",
                "proposed",
                "41 km",
                "Tue 10 Nov",
            ),
        ),
        (
            "fr",
            ("chances sur 100 de manquer", "garde 95 chances sur 100", "proposé", "mar. 10 nov."),
        ),
    ],
)
def test_the_plan_says_who_helps_whom_why_and_what_it_costs(language, texts):
    room = invented_room(now=tables(plans=_plans()))
    (answer,) = get(application(room), f"/plan?lang={language}")
    read = plain(answer.text)
    for text in texts:
        assert text in read, text


def _plans():
    rows = [row | {"model_id": "vigie-nearest-surplus"} for row in _rows("plans")]
    rows[0]["model_id"] = "vigie-optimal-moves"
    return rows_of("plans", rows)


def test_pages_that_only_read_lead_to_no_decision_and_each_move_has_its_own_code():
    (answer,) = get(application(invented_room()), "/plan?lang=en")
    assert "/moves/" not in answer.text
    assert "/decisions" not in answer.text
    codes = {row.code for row in plan().rows}
    assert len(codes) == len(plan().rows)


def test_moves_stand_by_the_fall_of_the_chance_and_carry_both_ends():
    page = plan()
    falls = [row.helped_before.probability - row.helped_after.probability for row in page.rows]
    assert falls == sorted(falls, reverse=True)
    assert [row.number for row in page.rows] == list(range(1, len(page.rows) + 1))
    assert all((row.giving_before.cell, row.giving_after.cell) == ("3", "5") for row in page.rows)
    assert len({row.anchor for row in page.rows}) == len(page.rows)


def test_patients_help_the_sender_and_count_among_beds():
    move = _rows("plan_moves")[0] | {
        "kind": "patients",
        "category": "icu",
        "from_place": "H07",
        "to_place": "H02",
        "sender_before": 0.81,
        "sender_after": 0.2,
        "receiver_before": 0.01,
        "receiver_after": 0.03,
    }
    page = plan(chosen=Chosen(kind="beds"), plan_moves=rows_of("plan_moves", [move]))
    (row,) = page.rows
    assert (row.helped_before.cell, row.helped_after.cell) == ("81", "20")
    assert (row.giving_before.cell, row.giving_after.cell) == ("1", "3")
    assert row.reason.startswith(row.sender)
    assert "lacking beds" in row.reason
    assert "97 chances in 100" in row.reason.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "told", "text"),
    [
        ("en", {}, ""),
        ("en", {"stay_source": "totals"}, "Mean stay 6.2 days, from totals; nobody is followed"),
        ("en", {"stay_source": "movements"}, "Mean stay 6.2 days, from movements."),
        (
            "en",
            {"stay_source": "movements", "later_category": "icu", "later_share": 0.08},
            "Mean stay 6.2 days, from movements; 8 in 100 later need: ICU.",
        ),
        (
            "fr",
            {"stay_source": "movements", "later_category": "icu", "later_share": 0.08},
            "Séjour moyen de 6,2 jours, d’après les mouvements ; 8 sur 100 ont plus tard besoin",
        ),
    ],
)
def test_a_move_of_patients_says_what_its_stays_rest_on(language, told, text):
    move = _rows("plan_moves")[0] | {"kind": "patients", "stay_days": 6.2} | told
    tables = plan(language=language, plan_moves=rows_of("plan_moves", [move]))
    reason = tables.rows[0].reason.replace("\u00a0", " ").replace("\u202f", " ")
    assert reason.endswith(".")
    assert text in reason
    assert ("6.2" in reason or "6,2" in reason) == bool(told)


def test_both_plans_are_compared_with_doing_nothing_and_the_better_one_is_shown():
    nothing, shown, other = plan(plans=_plans()).compared
    assert (nothing.moves, nothing.unmet) == ("0", "90")
    assert (shown.unmet, shown.less, shown.is_shown) == ("20", "\u221278%", True)
    assert (other.name, other.is_shown) == ("the nearest site with a surplus", False)


def test_a_baseline_that_leaves_less_is_not_said_to_be_the_plan_shown():
    better = rows_of(
        "plans",
        [
            row | {"unmet_after": 5.0} if row["model_id"] == "vigie-nearest-surplus" else row
            for row in _plans().to_pylist()
        ],
    )
    told = {each.name: each.is_shown for each in plan(plans=better).compared}
    assert told["the nearest site with a surplus"] is False
    assert told["best use of all sites"] is True


def test_without_a_move_the_page_says_why():
    assert "No shortage is assessed" in plan(**none_of("plan_moves"), **none_of("shortages")).note
    low = rows_of("shortages", [row | {"probability_14": 0.2} for row in _rows("shortages")])
    assert "no shortage reaches 33" in plan(**none_of("plan_moves"), shortages=low).note
    page = plan(**none_of("plan_moves"))
    assert "reference/arcs.csv" in page.note
    assert page.pictures == ()
    assert page.unhelped
    way = {"from_place": "H01", "to_place": "H02", "km": 10.0, "hours": 1.0}
    arcs = rows_of("arcs", [way])
    assert "come into trouble" in plan(**none_of("plan_moves"), arcs=arcs).note


def test_what_gets_no_move_is_named_with_its_reason():
    page = plan()
    assert page.unhelped
    beds = [line for line in page.unhelped if line.startswith("Beds")]
    assert beds
    assert all("no plan of this release moves this" in line for line in beds)
    one = [row for row in _rows("plan_moves") if row["kind"] == "products"][:1]
    kept = plan(plan_moves=rows_of("plan_moves", one))
    assert any("nobody within reach can give" in line for line in kept.unhelped)


def test_a_choice_of_the_plan_keeps_the_numbers_of_the_map():
    whole = {row.anchor: row.number for row in plan().rows}
    part = plan(chosen=Chosen(kind="equipment")).rows
    assert part
    assert all(whole.get(row.anchor, row.number) == row.number for row in part)
    nowhere = plan(chosen=Chosen(kind="staff"))
    assert "No move of the plan matches" in nowhere.note


def test_the_pictures_of_the_plan_tell_quantity_and_both_ends():
    on_map, effect = plan().pictures
    moved = {row[3].replace("\u00a0", " ") for row in on_map.rows}
    assert moved <= {"6 Ventilators", "1,200 FFP2 masks", "1,200 Propofol 1 %", "1,200 Gowns"}
    assert [row[0] for row in on_map.rows] == [str(n) for n in range(1, len(on_map.rows) + 1)]
    assert {row[1] for row in effect.rows} == {"is helped", "gives"}
    for picture in (on_map, effect):
        for is_narrow in (False, True):
            assert picture.alternative.split(";")[0] in picture.draw(is_narrow)


# --- Days ahead of a place


def test_a_place_shows_the_days_ahead_of_its_highest_risks():
    needs = (
        NeedSpec("beds", "beds_occupied", "beds_staffed"),
        NeedSpec("products", "stock_on_hand", ""),
    )
    page = build_place_page(tables(), "H07", language="en", needs=needs)
    icu = next(picture for picture in page.ahead if picture.name == "ahead-beds-icu")
    assert icu.finding.replace("\u00a0", " ") == (
        "Beds, ICU: 64 chances in 100 of lacking beds by 23 November"
    )
    assert "limited mostly by staff" in icu.alternative
    assert icu.header[-1] == "Limited by"
    assert [row[-1] for row in icu.rows] == ["beds"] * 7 + ["staff"] * 15
    wide = icu.draw(False)
    assert ">beds<" in wide
    assert ">staff<" in wide


def test_the_stock_of_a_product_is_drawn_with_what_is_to_come():
    place = next(
        row["place"]
        for row in _rows("shortages")
        if row["kind"] == "products" and row["probability_14"] > 0.3
    )
    page = build_place_page(tables(), place, language="fr")
    stock = next(each for each in page.ahead if each.name.startswith("ahead-products-"))
    assert "livraisons attendues : 500 (18 nov.)" in stock.alternative.replace("\u00a0", " ")
    assert "+500" in stock.draw(False)
    assert [row[-1] for row in stock.rows].count("500") == 1


def test_a_place_of_an_older_release_has_no_days_ahead():
    page = build_place_page(tables(**none_of("shortage_days")), "H07", language="en")
    assert page.ahead == ()
    assert page.capacity


def test_every_picture_of_the_new_pages_is_served_in_both_widths_and_languages():
    app = application(invented_room())
    paths = [
        f"{path}lang={language}"
        for path in ("/shortages?", "/shortages?page=2&", "/plan?")
        for language in ("en", "fr")
    ]
    found = []
    for answer in get(app, *paths):
        found += re.findall(r'(?:src|srcset)="(/charts/[^"]+)"', answer.text)
    assert len(found) == 2 * (2 + 2 + 4)
    for answer in get(app, *(unescape(each) for each in found)):
        assert answer.status_code == 200
        assert answer.text.startswith("<svg")


# --- Rows for programs


def test_programs_read_dates_reason_and_both_ends():
    first = tell_shortages(tables(), language="en", kind="beds", place="H07")
    icu = next(row for row in first if row["category"] == "icu")
    assert icu["from"] == TODAY + timedelta(days=icu["if_short_q50"])
    assert icu["from_early"] <= icu["from"] <= icu["from_late"]
    assert icu["reason"] == "19 patients, 23 usable beds; limited by staff"
    moves = tell_moves(tables(), language="en", place="H02")
    assert moves
    assert len(moves) == len(tell_moves(tables(), language="en"))
    assert tell_moves(tables(), language="en", place="H01x") == []
    assert {move["kind"] for move in tell_moves(tables(), language="en", kind="equipment")} == {
        "equipment"
    }


def test_one_hundred_hospitals_keep_one_screen_of_rows_and_all_are_reached():
    many = Tables(invented(seed=3, hospitals=100))
    page = build_shortages_page(many, language="en")
    assert len(page.rows) == MOST_ROWS
    assert page.part.count > 3 * MOST_ROWS
    assert page.part.next == 2


# --- Orders that sites will still place


def first_product(place: str) -> dict:
    """A listed shortage of a product at a place, with the chance if nobody orders again."""
    row = next(r for r in _rows("shortages") if r["kind"] == "products" and r["place"] == place)
    return row | {"probability_14": 0.4, "probability": 0.42, "probability_open": 0.93}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "; if nothing more is ordered: 93 in 100 by"),
        ("fr", " ; si rien d’autre n’est commandé : 93 sur 100 d’ici au"),
    ],
)
def test_a_reason_says_what_holds_if_nothing_more_is_ordered(language, text):
    only = rows_of("shortages", [first_product("H07")])

    [row] = shortages(language, shortages=only).rows
    [told] = tell_shortages(tables(shortages=only), language=language)

    assert text in row.reason.replace("\u00a0", " ").replace("\u202f", " ")
    assert told["reason"] == row.reason
    assert told["probability_open"] == 0.93


def test_where_no_further_order_is_foreseen_nothing_is_said_of_it():
    only = rows_of("shortages", [first_product("H07") | {"probability_open": None}])

    [row] = shortages(shortages=only).rows

    assert "ordered" not in row.reason


@pytest.mark.parametrize(
    ("alone", "text", "note"),
    [
        (0.93, "orders that the site usually places", "if nothing more is ordered: 93 in 100"),
        (None, "no further order is foreseen", ""),
    ],
)
def test_the_page_of_a_place_says_which_orders_its_chances_count(alone, text, note):
    only = rows_of("shortages", [first_product("H07") | {"probability_open": alone}])

    page = build_place_page(tables(shortages=only), "H07", language="en")

    assert text in page.products_note
    [row] = page.products
    told = " ".join(row.advice).replace("\u00a0", " ")
    assert note in told
    assert ("nothing more" in told) == bool(note)
