"""What-ifs of shortages on pages: labelled, with their assumptions, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from invented_release import TODAY, Tables, rows_of
from invented_room import two_days
from invented_scenarios import change, input_row

from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.shortages_page import ShortagesPage, build_shortages_page
from vigie.actions.views.room_names import read_names
from vigie.actions.views.shown_what_ifs import WhatIfView
from vigie.actions.views.what_if_changes import change_text
from vigie.actions.views.what_if_views import MOST_ROWS, MOST_WHAT_IFS
from vigie.actions.words.wording import words_for

END = TODAY + timedelta(days=21)


def declared(kind: str, *, categories: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "categories": list(categories),
        "factor": 1.0,
        "from": None,
        "to": None,
        "places": [],
        "first_date": str(TODAY + timedelta(days=1)),
        "last_date": str(END),
    } | more


def row(
    place: str = "H01",
    *,
    under: float = 0.346,
    without: float = 0.282,
    kind: str = "beds",
    category: str = "icu",
    name: str = "closed",
    **more: Any,
) -> dict[str, Any]:
    return {
        "run": "r",
        "scenario": name,
        "kind": kind,
        "place": place,
        "category": category,
        "as_of": TODAY,
        "horizon_days": 21,
        "label": "not a forecast",
        "probability_7": under / 2,
        "probability_14": under,
        "probability": under,
        "if_short_q50": 6,
        "expected_unmet": 2.5,
        "unmet_unit": "patient-days",
        "baseline_probability_7": without / 2,
        "baseline_probability_14": without,
        "baseline_probability": without,
        "baseline_if_short_q50": 7,
        "baseline_expected_unmet": 0.0,
        "difference": under - without,
    } | more


def tables(rows: list[dict[str, Any]], *inputs: dict[str, Any]) -> Tables:
    return Tables(
        two_days()[0]
        | {
            "scenario_shortages": rows_of("scenario_shortages", rows),
            "scenario_inputs": rows_of("scenario_inputs", list(inputs)),
        }
    )


def page(
    rows: list[dict[str, Any]], *inputs: dict[str, Any], language: str = "en"
) -> ShortagesPage:
    asked = inputs or (input_row(declared("beds", categories=("icu",), add=10)),)
    return build_shortages_page(tables(rows, *asked), language=language)  # type: ignore[arg-type]


def one(*rows: dict[str, Any], language: str = "en") -> WhatIfView:
    (found,) = page(list(rows), language=language).what_ifs
    return found


def test_the_page_of_shortages_tells_assumptions_and_the_largest_changes() -> None:
    found = one(row(), row("H02", under=0.05, without=0.2), row("H03", under=0.3, without=0.3))
    assert found.sentence == "Night life closed. Not a forecast."
    assert found.assumed[0][0] == "Assumed"
    assert found.assumed[0][1].startswith("+10 beds with their staff at each place: ")
    day = words_for("en").full_day(TODAY + timedelta(days=14))
    assert found.finding == (
        f"Chance of a shortage by {day}: 1 higher and 1 lower by 1 in 100 or more."
    )
    assert [(each.place, each.change) for each in found.rows] == [
        ("H02", "\u221215 points"),
        ("H01", "+7 points"),
    ]
    assert (found.rows[1].chance.cell, found.rows[1].without.cell) == ("35", "28")
    assert (found.rows[1].lacking, found.rows[1].lacking_without) == ("2.5 patient-days", "")
    assert found.note == ""


def test_the_page_of_a_place_has_its_own_rows_alone() -> None:
    given = tables([row("H01"), row("H02")], input_row(declared("beds", add=3)))
    found = build_place_page(given, "H01", language="fr")
    assert [each.place for each in found.what_ifs[0].rows] == ["H01"]
    assert found.what_ifs[0].sentence.startswith("Vie nocturne fermée. ")
    assert found.scenarios == ()
    assert build_place_page(given, "H03", language="fr").what_ifs == ()


@pytest.mark.parametrize(
    ("way", "language", "said"),
    [
        ("entries", "en", ("From R to beds", "ICU, through entries and stays")),
        ("patients", "fr", ("De R aux lits", "Réanimation, par les patients hospitalisés")),
    ],
)
def test_how_r_reaches_beds_is_told(way: str, language: str, said: tuple[str, str]) -> None:
    reached = change(TODAY, END) | {"reaches": {way: ["icu"]}}
    (found,) = page([row()], input_row(reached), language=language).what_ifs
    assert found.assumed[0][1].startswith("R × ")
    (told,) = [value for name, value in found.assumed if name == said[0]]
    assert told.lower().startswith(said[1].lower())


def test_a_change_of_r_is_no_assumption_of_beds_in_a_release_where_it_reached_none() -> None:
    both = input_row(change(TODAY, END), declared("beds", add=3))
    (found,) = page([row()], both).what_ifs
    assert [name for name, _ in found.assumed].count("Assumed") == 1


def test_nothing_that_changes_is_said() -> None:
    found = one(row(under=0.2, without=0.195))
    assert found.finding.startswith("No chance of a shortage by ")
    assert found.rows == ()


def test_no_kind_hides_the_others_and_what_is_left_out_is_counted() -> None:
    products = [
        row(f"H{n:02d}", kind="products", category="p", under=0.9, without=0.1)
        for n in range(1, 13)
    ]
    found = one(*products, row("H01"), row("H02", kind="staff", category="nurse"))
    assert len(found.rows) == MOST_ROWS
    assert [each.what for each in found.rows[:2]] == sorted(each.what for each in found.rows[:2])
    assert sum(each.change == "+80 points" for each in found.rows) == MOST_ROWS - 2
    assert found.note == "6 more changes: vigie show scenarios."


def test_only_some_scenarios_stand_on_a_page() -> None:
    names = [f"s{n}" for n in range(MOST_WHAT_IFS + 2)]
    inputs = [input_row(declared("beds", add=3), name=name) for name in names]
    found = page([row(name=name) for name in names], *inputs)
    assert [each.name for each in found.what_ifs] == names[:MOST_WHAT_IFS]
    assert found.what_ifs_note == "2 more scenarios: vigie show scenarios."


def test_a_release_without_what_ifs_has_no_section() -> None:
    assert build_shortages_page(Tables(two_days()[0]), language="en").what_ifs == ()


@pytest.mark.parametrize(
    ("given", "english", "french"),
    [
        (declared("beds", add=-3), "\u22123 beds with", "\u22123 lits avec"),
        (declared("beds", factor=1.2), "beds × 1.2", "lits × 1,2"),
        (declared("absence", factor=1.2), "absence × 1.2", "absences × 1,2"),
        (declared("doses", factor=0.8), "use per patient × 0.8", "consommation par patient × 0,8"),
        (declared("ratios", factor=1.4), "patients per member", "patients par soignant"),
        (declared("ratios", mode="stretched"), "ratios of stretched days", "ratios sous tension"),
        (declared("orders", delay_days=1), "open orders 1 day later", "1 jour plus tard"),
        (
            declared("orders", delay_days=7, factor=0.5),
            "open orders 7 days later, quantities delivered × 0.5",
            "7 jours plus tard, quantités livrées × 0,5",
        ),
        (
            declared("electives", share=0.4, factor=0.5, mean_stay_days=4.0),
            "of the entries, 40 in 100 planned; 50 in 100 of these take place (mean stay 4 days)",
            "40 entrées sur 100 programmées, dont 50 sur 100 ont lieu (séjour moyen de 4 jours)",
        ),
        (
            declared(
                "electives",
                share=0.4,
                factor=0.5,
                mean_stay_days=4.0,
                returns={"share": 0.9, "after_days": 2, "over_days": 14},
            ),
            "; 90 in 100 of those put off come back, over 14 days from day 2 after its end",
            "90 reportés sur 100 reviennent, sur 14 jours, dès le jour 2 après la fin",
        ),
        (change(TODAY, END, factor=1.25), "R × 1.25; from", "R × 1,25"),
        (declared("beds", add=3, first_date=None), "on no day", "aucun jour"),
        (
            declared("beds", add=3, last_date=str(TODAY + timedelta(days=5))),
            " to ",
            " au ",
        ),
    ],
)
def test_every_kind_of_change_is_told_in_both_languages(
    given: dict[str, Any], english: str, french: str
) -> None:
    for language, part in (("en", english), ("fr", french)):
        names = read_names(Tables(two_days()[0]), language)  # type: ignore[arg-type]
        told = change_text(given, names, words_for(language), END)  # type: ignore[arg-type]
        assert part in told
