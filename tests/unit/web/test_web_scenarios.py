"""Scenarios on the page of a place: labelled, beside their baseline, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from invented_release import TODAY, Tables, rows_of
from invented_room import two_days
from invented_scenarios import change, input_row, scenario_rows

from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.scenario_views import MOST_SCENARIOS
from vigie.actions.views.views import EpidemicView, PlacePage

LAST = TODAY - timedelta(days=1)
FIRST_AHEAD, END = LAST + timedelta(days=1), LAST + timedelta(days=14)
FROM = LAST + timedelta(days=4)


def page(
    rows: list[dict[str, Any]],
    inputs: list[dict[str, Any]],
    language: str = "en",
    place: str = "nation",
) -> PlacePage:
    tables = two_days()[0] | {
        "scenarios": rows_of("scenarios", rows),
        "scenario_inputs": rows_of("scenario_inputs", inputs),
    }
    return build_place_page(Tables(tables), place, language=language)


def view(*changes: dict[str, Any], language: str = "en", **figures: Any) -> EpidemicView:
    rows = scenario_rows("nation", LAST, **figures)
    (found,) = page(rows, [input_row(*changes)], language).scenarios
    return found


def test_the_title_of_the_picture_is_the_finding_and_says_that_it_is_no_forecast() -> None:
    english = view(change(FROM, END))
    assert english.picture.finding == (
        "If R were multiplied by 0.7 from 12 Nov: 120 fewer admissions in 14 days (80 to 170). "
        "Not a forecast."
    )
    assert english.sentence == "Night life closed. Not a forecast."
    assert english.rows == (
        ("Assumed", "R × 0.7 from 12 Nov"),
        ("Why it is asked", "The prefect asks."),
        ("Source of the figures", "Invented"),
    )
    french = view(change(FROM, END), language="fr")
    assert french.picture.finding == (
        "Si R était multiplié par 0,7 à partir du 12 nov.\u00a0: 120 admissions de moins en "
        "14 jours (80 à 170). Ceci n\u2019est pas une prévision."
    )
    assert french.sentence.startswith("Vie nocturne fermée. ")
    assert dict(french.rows)["Question posée"] == "Le préfet demande."


@pytest.mark.parametrize(
    ("total", "low", "high", "said"),
    [
        (-120.0, -170.0, -80.0, "120 fewer admissions in 14 days (80 to 170)"),
        (90.0, 30.0, 150.0, "90 more admissions in 14 days (30 to 150)"),
        (-5.0, -20.0, 10.0, "5 fewer admissions in 14 days (20 fewer to 10 more)"),
        (-5.0, -20.0, 0.2, "5 fewer admissions in 14 days (0 to 20)"),
        (-30134.0, -56391.0, -13940.0, "30,000 fewer admissions in 14 days (14,000 to 56,000)"),
        (-104.0, -1249.0, -99.6, "100 fewer admissions in 14 days (100 to 1,200)"),
        (0.3, -20.0, 21.0, "less than 1 more or fewer of admissions in 14 days"),
        (0.0, 0.0, 0.0, "less than 1 more or fewer of admissions in 14 days"),
    ],
)
def test_fewer_more_and_neither_are_told_apart(
    total: float, low: float, high: float, said: str
) -> None:
    found = view(change(FROM, END), total=total, low=low, high=high)
    assert said in found.picture.finding
    assert found.picture.finding.endswith("Not a forecast.")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("is_narrow", [False, True])
def test_the_picture_and_its_words_carry_the_label(language: str, *, is_narrow: bool) -> None:
    picture = view(change(FROM, END), language=language).picture
    notice = {"en": "Scenario, not a forecast", "fr": "Scénario, pas une prévision"}[language]
    assert f">{notice}</text>" in picture.draw(is_narrow)
    assert notice in picture.alternative
    assert "400" in picture.alternative
    assert len(picture.header) == 6
    assert len(picture.rows) == 14
    assert {len(row) for row in picture.rows} == {6}
    assert picture.rows[-1][-1] == "\u2212120"


def test_a_change_that_ends_early_says_so_and_several_take_the_title_of_the_file() -> None:
    short = view(change(FROM, FROM + timedelta(days=3)))
    assert short.picture.finding.startswith("If R were multiplied by 0.7 from 12 Nov to 15 Nov: ")
    several = view(change(FROM, FROM + timedelta(days=3)), change(END, END, factor=1.2))
    assert several.picture.finding.startswith("Night life closed: 120 fewer")
    assert [value for name, value in several.rows if name == "Assumed"] == [
        "R × 0.7 from 12 Nov to 15 Nov",
        "R × 1.2 from 22 Nov",
    ]


def test_days_that_are_reported_already_and_places_are_said() -> None:
    clipped = view(
        change(FIRST_AHEAD, END, declared=LAST - timedelta(days=7), places=("nation",)),
        change(None, None, declared=LAST, factor=0.5),
        change(FIRST_AHEAD, END, factor=0.9, places=("H07",)),
    )
    told = [value for name, value in clipped.rows if name == "Assumed"]
    nation = two_days()[0]["places"].to_pylist()
    name = next(row["name"] for row in nation if row["place"] == "nation")
    assert told[0] == (
        f"R × 0.7 from 9 Nov (declared from 1 Nov; the days before are reported already); {name}"
    )
    assert told[1] == "R × 0.5: on no day of this outlook"
    by_days = view(change(FIRST_AHEAD, END, declared=-3))
    assert "declared from 6 Nov" in by_days.rows[0][1]


def test_immunity_is_named_where_it_is_assumed() -> None:
    rows = scenario_rows("nation", LAST)
    inputs = [input_row(change(FROM, END), susceptible_share=0.85)]
    (found,) = page(rows, inputs).scenarios
    assert dict(found.rows)["Immunity"].startswith("85% of people can still be infected")


def test_a_page_shows_six_and_counts_the_others() -> None:
    names = [f"s{number}" for number in range(MOST_SCENARIOS + 2)]
    rows = [row for name in names for row in scenario_rows("nation", LAST, name=name)]
    inputs = [input_row(change(FROM, END), name=name) for name in names]
    found = page(rows, inputs)
    assert len(found.scenarios) == MOST_SCENARIOS
    assert found.scenarios_note == "2 more scenarios: vigie show scenarios."
    assert {each.picture for each in found.scenarios} <= set(found.all_pictures)


def test_a_place_without_a_scenario_shows_none() -> None:
    found = page(scenario_rows("nation", LAST), [input_row(change(FROM, END))], place="H07")
    assert found.scenarios == ()
    assert found.scenarios_note == ""
