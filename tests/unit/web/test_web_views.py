"""Rules of the briefing and of the place page, on an invented release."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_nowcast import nowcast_rows
from invented_release import SILENT, TILES, TODAY, Tables, rows_of
from invented_room import two_days, yesterday
from invented_spread import spread_rows

from vigie.actions.pages.briefing import build_briefing
from vigie.actions.pages.briefing_text import render_json, render_text
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.place_pictures import NeedSpec
from vigie.actions.pages.release_pictures import drawn_pictures
from vigie.actions.views.views import Briefing, Figure, FigureState, PlacePage, Stoppage, TileSpec
from vigie.errors import NotFound

NEEDS = (NeedSpec("beds", "beds_occupied", "beds_staffed"),)


def briefing(language: str = "en", tables: Tables | None = None, **more: object) -> Briefing:
    now, before = two_days()
    given = {"previous": yesterday(before), "tiles": TILES} | more
    return build_briefing(tables or Tables(now), language=language, **given)


def place(key: str, language: str = "en", **changes: pa.Table) -> PlacePage:
    tables = Tables(two_days()[0] | changes)
    return build_place_page(tables, key, language=language, needs=NEEDS)


def shortage(**values: object) -> dict:
    return {
        "kind": "beds",
        "place": "H01",
        "category": "icu",
        "as_of": TODAY,
        "horizon_days": 21,
        "model_id": "m",
        "probability_7": 0.2,
        "probability_14": 0.64,
        "probability": 0.7,
        "if_short_q10": 2,
        "if_short_q50": 5,
        "if_short_q90": 11,
        "expected_unmet": 9.0,
        "unmet_unit": "patient-days",
        "need_now": 19.0,
        "capacity_now": 23.0,
        "binds": "staff",
        "act_by": TODAY + timedelta(days=2),
        "data_date": TODAY - timedelta(days=1),
        "days_of_data": 600,
    } | values


def with_shortages(*rows: dict) -> Tables:
    return Tables(two_days()[0] | {"shortages": rows_of("shortages", rows)})


def test_the_state_line_says_who_reported_what_disagrees_and_when_it_was_released():
    line = " ".join(briefing().state_line)
    assert line == (
        "Monday 9 November 2020, as of 07:40. 38 of 40 hospitals. 2 feeds disagree. "
        "1 feed is late. Released 07:42."
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Least complete: Admissions, 38 of 40 hospitals."),
        ("fr", "Le moins complet\u00a0: Admissions, 38 hôpitaux sur 40."),
    ],
)
def test_coverage_of_a_figure_that_only_some_hospitals_have_names_the_figure(language, said):
    tables = two_days()[0]
    places = tables["places"].to_pylist()
    extra = places[-1] | {"place": "H99", "name": "A hospital without intensive care"}
    more = tables | {"places": rows_of("places", [*places, extra])}
    assert said in briefing(language, Tables(more)).state_line


def test_a_missing_hospital_is_not_counted_as_zero():
    tile = briefing().tiles[2]
    facts = two_days()[0]["facts"].to_pylist()
    day = TODAY - timedelta(days=1)
    heard = [
        f["value"]
        for f in facts
        if f["measure"] == "beds_occupied" and f["category"] == "icu" and f["reference_date"] == day
    ]
    assert tile.figure.value == sum(heard)
    assert (tile.figure.reported, tile.figure.expected) == (len(heard), 40)
    assert "estimate for all" in tile.completed


def test_a_tile_without_its_measure_is_left_out_and_none_says_what_would_be_here():
    assert "no_such_measure" not in [tile.title for tile in briefing().tiles]
    empty = briefing(tiles=[TileSpec("measure", "no_such_measure")])
    assert empty.tiles == ()
    assert "vigie.toml" in empty.tiles_note


def test_every_outlook_is_a_range_or_says_that_there_is_none():
    for tile in briefing().tiles:
        if tile.has_outlook:
            assert "to" in tile.outlook or "at" in tile.outlook
        else:
            assert tile.outlook == "no forecast for the whole"


def test_decisions_come_by_last_useful_moment_then_by_harm_and_are_at_most_five():
    rows = [
        shortage(place=f"H{n:02d}", act_by=TODAY + timedelta(days=n % 3), expected_unmet=n)
        for n in range(1, 10)
    ]
    rows.append(
        shortage(
            place="H10",
            kind="products",
            category="ffp2",
            act_by=TODAY,
            expected_unmet=90000.0,
            probability_14=0.97,
        )
    )
    view = briefing(tables=with_shortages(*rows))
    assert [row.place for row in view.decisions] == ["H09", "H06", "H03", "H10", "H07"]
    assert view.decisions_note == "5 more are in the list below."


def test_a_chance_below_33_in_100_asks_for_no_decision():
    view = briefing(tables=with_shortages(shortage(probability_14=0.32)))
    assert view.decisions == ()
    assert "33 in 100" in view.decisions_note
    assert len(view.ranked) == 1


def test_shortages_of_one_cause_are_one_decision():
    tables = two_days()[0]
    places = tables["places"].to_pylist()
    region = next(row["parent"] for row in places if row["place"] == "H01")
    sites = [row["place"] for row in places if row["parent"] == region][:5]
    product = tables["products"]["product"][0].as_py()
    rows = [
        shortage(),
        shortage(kind="staff", category="icu_nurse", probability_14=0.5),
        shortage(category="ward", expected_unmet=1.0),
        *(
            shortage(kind="products", category=product, place=site, probability_14=0.9)
            for site in sites
        ),
    ]
    skills = rows_of(
        "skills", [{"skill": "icu_nurse", "ward_kind": "icu", "hours_per_shift": 12.0}]
    )
    told = {"shortages": rows_of("shortages", rows), "skills": skills}
    view = briefing(tables=Tables(tables | told))
    assert [row.key.split("|")[0] for row in view.decisions] == ["beds", "beds", "products"]
    also = [row.also.replace("\u00a0", " ") for row in view.decisions]
    assert also[:2] == ["Staff: ICU nurses (50 in 100)", ""]
    assert also[2].count("(90 in 100)") == 3
    assert also[2].endswith("and 1 more")
    assert view.decisions_note == "", "all are shown"


def test_a_moment_already_past_is_said_to_be_too_late():
    view = briefing(tables=with_shortages(shortage(act_by=TODAY - timedelta(days=1))))
    assert view.decisions[0].is_too_late
    assert view.decisions[0].act_by.startswith("At once")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "64 chances in 100 of lacking beds by 23 November; if it happens by 30 November, most "
            "likely from 14 November (range 11 to 20 November).",
        ),
        (
            "fr",
            "64 chances sur 100 de manquer de lits d’ici au 23 novembre ; si cela arrive d’ici au "
            "30 novembre, le plus probablement dès le 14 novembre (fourchette : du 11 au 20 "
            "novembre).",
        ),
    ],
)
def test_a_decision_says_chance_day_and_range(language: str, said: str):
    view = briefing(language, tables=with_shortages(shortage()))
    sentence = view.decisions[0].sentence.replace("\u00a0", " ").replace("\u202f", " ")
    assert sentence == said


def test_under_20_in_100_no_day_is_named():
    view = briefing(tables=with_shortages(shortage(probability_14=0.19)))
    assert view.ranked[0].from_when == "too unlikely to date"


def test_a_short_history_is_said():
    view = briefing(tables=with_shortages(shortage(days_of_data=10)))
    assert view.ranked[0].note == "10 days of data"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (0.10, 0.40, "appeared"),
        (0.40, 0.10, "ended"),
        (0.40, 0.55, "rose"),
        (0.80, 0.60, "fell"),
        (0.40, 0.45, None),
        (0.05, 0.30, None),
    ],
)
def test_what_changed_is_told_by_the_threshold_of_decision(before, after, kind):
    view = briefing(
        tables=with_shortages(shortage(probability_14=after)),
        previous=with_shortages(shortage(probability_14=before)),
    )
    assert [change.kind for change in view.changes] == ([kind] if kind else [])
    assert bool(view.changes_note) == (kind is None)


def test_a_risk_that_vanished_has_ended():
    view = briefing(tables=with_shortages(), previous=with_shortages(shortage()))
    assert [change.kind for change in view.changes] == ["ended"]


def test_a_proposed_move_tells_the_risk_at_both_ends():
    move = {
        "plan": "nearest",
        "move": 1,
        "kind": "equipment",
        "category": "ventilators",
        "from_place": "H02",
        "to_place": "H01",
        "quantity": 6.0,
        "unit": "units",
        "depart_date": date(2020, 11, 12),
        "arrive_date": date(2020, 11, 12),
        "receiver_before": 0.41,
        "receiver_after": 0.12,
        "sender_before": 0.03,
        "sender_after": 0.05,
        "state": "proposed",
    }
    tables = Tables(
        two_days()[0]
        | {
            "shortages": rows_of("shortages", [shortage(kind="equipment", category="ventilators")]),
            "plan_moves": rows_of("plan_moves", [move]),
            "plans": rows_of("plans", []),
        }
    )
    assert briefing(tables=tables).decisions[0].move == (
        f"6 Ventilators from {place('H02').name}, Thursday 12 November; chance of shortage "
        "41 to 12 in 100 here, 3 to 5 there"
    )


def test_a_cancelled_move_is_not_proposed():
    row = two_days()[0]["plan_moves"].to_pylist()[0] | {"state": "cancelled"}
    tables = Tables(two_days()[0] | {"plan_moves": rows_of("plan_moves", [row])})
    assert {each.move for each in briefing(tables=tables).decisions} == {"no move is proposed"}


def test_a_stopped_run_says_whose_picture_this_is_and_why():
    view = briefing(stoppage=Stoppage(TODAY + timedelta(days=1), "beds: 4 % unknown hospitals."))
    assert view.notice.title == "Yesterday’s picture (released 9 Nov, 07:42)."
    assert "4 % unknown hospitals" in view.notice.text
    older = briefing(stoppage=Stoppage(TODAY + timedelta(days=3), "x"))
    assert older.notice.title.startswith("An earlier picture")


def test_forecasts_worse_than_the_baseline_are_said_to_be():
    row = two_days()[0]["scores"].to_pylist()[0] | {"relative_wis": 1.2}
    tables = Tables(two_days()[0] | {"scores": rows_of("scores", [row])})
    view = briefing(tables=tables)
    assert view.accuracy.is_worse
    text = render_text(view)
    assert text.index("worse than the simple baseline") < text.index("To decide today")
    assert not briefing().accuracy.is_worse


def test_a_room_without_any_table_says_what_would_be_here():
    view = build_briefing(Tables({}), language="en")
    assert view.decisions == view.ranked == view.tiles == ()
    assert view.site_map is None
    for note in (view.decisions_note, view.tiles_note, view.changes_note, view.accuracy.text):
        assert len(note) > 20
    assert "No shortage is assessed" in render_text(view)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_terminal_shows_the_same_figures_within_its_width(language: str):
    view = briefing(language)
    text = render_text(view)
    assert max(map(len, text.splitlines())) <= 110
    assert view.release in text
    for tile in view.tiles:
        assert tile.figure.text in text
    for row in view.decisions:
        assert row.where in text


def test_the_json_form_holds_every_part_and_no_drawing():
    read = json.loads(render_json(briefing()))
    assert read["release"] == "r-2020-11-09-7f3a"
    assert read["as_of"] == "2020-11-09"
    assert read["decisions"][0]["chance"]["probability"] > 0
    assert read["tiles"][2]["figure"]["reported"] == 38
    assert "draw" not in json.dumps(read)


def test_pictures_of_the_briefing_are_drawn_in_two_widths_under_stable_names():
    drawn = dict(drawn_pictures(briefing("fr")))
    assert {"map.fr", "map.fr.narrow", "tile-beds_occupied-icu.fr"} <= set(drawn)
    assert all(svg.startswith("<svg") for svg in drawn.values())


def test_a_silent_hospital_says_since_when_and_keeps_its_last_value_beside():
    page = place("H07")
    latest = {row.name: row.figure for row in page.latest}
    silent = TODAY - timedelta(days=SILENT["H07"] + 1)
    figure = latest["Beds occupied, ICU"]
    assert figure.state is FigureState.MISSING
    assert figure.value is None
    assert figure.text == f"no report since {silent.day} Nov"
    assert figure.note.startswith("last value: ")
    assert page.state is FigureState.MISSING


def test_a_figure_of_a_late_feed_is_old_with_its_age():
    figure = {row.name: row.figure for row in place("H01").latest}["Staff absent, ICU nurses"]
    assert figure.state is FigureState.STALE
    assert figure.value is not None
    assert "old" in figure.note


def test_both_values_of_a_conflict_are_shown_with_the_rule():
    page = place("H06")
    figure = {row.name: row.figure for row in page.latest}["Beds occupied, ICU"]
    assert figure.state is FigureState.CONFLICT
    assert "sitrep says" in figure.note
    assert page.conflicts[0].rule == "beds rules by measures.csv"


def test_a_withheld_count_is_neither_blank_nor_zero():
    facts = two_days()[0]["facts"].to_pylist()
    for row in facts:
        if row["place"] == "H01" and row["measure"] == "admissions":
            row |= {"value": None, "reason": "withheld"}
    page = place("H01", facts=rows_of("facts", facts))
    figure = {row.name: row.figure for row in page.latest}["Admissions"]
    assert figure.state is FigureState.WITHHELD
    assert figure.text == "withheld"
    assert "point at a person" in figure.note


def test_a_hidden_figure_cannot_carry_its_value():
    figure = Figure("5", "beds", TODAY, None, None, FigureState.FINE, value=5.0)
    with pytest.raises(ValueError, match="no value"):
        replace(figure, state=FigureState.WITHHELD)


def test_the_place_page_draws_need_and_capacity_first_with_the_sentence_as_finding():
    page = place("H07")
    assert page.pictures[0].finding == (
        "Beds occupied, ICU: 64\u00a0chances in\u00a0100 of lacking beds by 23 November"
    )
    assert "Staffed beds" in page.pictures[0].draw(False)
    assert not any("beds_staffed" in picture.name for picture in page.pictures)
    for picture in page.pictures:
        assert picture.alternative.endswith(".")
        assert picture.rows
        assert "Release r-2020-11-09-7f3a" in picture.source


def test_a_region_lists_its_hospitals_by_their_highest_chance():
    page = place("valombre")
    chances = [row.chance.probability for row in page.children]
    assert chances == sorted(chances, reverse=True)
    assert page.parents == (("nation", "The whole region"),)
    coverage = {row.name: row.coverage for row in page.latest}
    assert coverage["Beds occupied, ICU"].endswith("hospitals")


def test_a_place_that_reports_only_products_shows_them():
    day = TODAY - timedelta(days=1)
    stock = {
        "measure": "stock_on_hand",
        "place": "H01",
        "category": "ffp2",
        "feed": "stock",
        "reference_date": day,
        "value": 900.0,
    }
    page = place("H01", facts=rows_of("facts", [stock]))
    assert [row.name for row in page.latest] == ["Stock on hand, FFP2 masks"]
    assert page.last_report == "Last report for Sunday 8 November."


def test_a_change_of_few_is_told_as_a_count_and_of_many_in_per_cent():
    days = {TODAY - timedelta(days=1): 3.0, TODAY - timedelta(days=8): 1.0}
    few = [
        {
            "measure": "admissions",
            "place": "H01",
            "category": "",
            "feed": "beds",
            "reference_date": day,
            "value": value,
        }
        for day, value in sorted(days.items())
    ]
    many = [row | {"value": row["value"] * 100} for row in few]
    changes = [place("H01", facts=rows_of("facts", rows)).latest[0].change for rows in (few, many)]
    assert changes == ["+2", "+200%"]


def test_regions_that_report_themselves_are_not_called_hospitals():
    rows = [
        {
            "measure": "admissions",
            "place": "nation",
            "category": "",
            "reference_date": TODAY,
            "value": 50.0,
            "reported": 6,
            "expected": 6,
        }
    ]
    view = briefing(
        tables=Tables(two_days()[0] | {"coverage": rows_of("coverage", rows)}),
        tiles=[TileSpec("measure", "admissions")],
    )
    assert view.tiles[0].coverage == "6 of 6 places"


def test_an_unknown_place_names_the_nearest():
    with pytest.raises(NotFound, match='"H07"'):
        place("H007")


@settings(max_examples=12, deadline=None)
@given(st.sets(st.sampled_from(sorted(two_days()[0]))), st.sampled_from(["en", "fr"]))
def test_pages_stand_whichever_tables_a_room_lacks(missing: set[str], language: str):
    kept = {name: table for name, table in two_days()[0].items() if name not in missing}
    tables = Tables(kept)
    assert render_text(build_briefing(tables, language=language, tiles=TILES))
    if "places" in kept:
        assert build_place_page(tables, "H01", language=language, needs=NEEDS).name


def test_a_place_says_how_the_epidemic_spreads_in_both_languages() -> None:
    (english,) = place("valombre").epidemics
    assert english.sentence == (
        "Admissions: 93\u00a0chances in\u00a0100 that the epidemic is growing (R above 1) on "
        "8 November. Trend: growing."
    )
    assert english.rows == (
        ("Reproduction number R", "1.16 (90 in 100 range: 0.93 to 1.39)"),
        ("Growth of infections a day", "+3% (90 in 100 range: \u22122% to +8%)"),
        ("Infections double in", "23 days"),
        ("Chance that the peak has passed", "8\u00a0in\u00a0100"),
    )
    assert english.picture.name == "spread-admissions-all"
    assert "1.16" in english.picture.alternative
    assert len(english.picture.rows) == 14
    (french,) = place("valombre", "fr").epidemics
    assert "93\u00a0chances sur\u00a0100" in french.sentence
    assert "en hausse" in french.sentence
    assert "1,16" in french.picture.finding
    assert place("H07").epidemics == ()


def test_a_place_says_what_is_still_to_be_reported_in_both_languages() -> None:
    english, triangle = place("valombre").nowcasts
    assert english.finding == "Yesterday 20 were reported; probably 50 (41 to 62) happened"
    assert english.finding in english.alternative
    assert english.rows[-1][1:] == ("20", "50", "47 to 53", "41 to 62", "40")
    assert len(english.rows) == 21
    assert triangle.finding == "40 in 100 are reported 1 day later, 95 in 100 within 6 days"
    assert triangle.header[:3] == ("Day", "1 day", "2 days")
    assert triangle.rows[-2][:4] == ("7 Nov", "40", "64", "")
    french, _ = place("valombre", "fr").nowcasts
    assert french.finding == (
        "Hier\u00a0: 20 cas déclarés\u202f; il y en a probablement eu 50 (de 41 à 62)"
    )
    assert place("H07").nowcasts == ()


def test_a_day_without_reports_and_an_older_day_are_named_as_such() -> None:
    def first(rows: list[dict[str, Any]]) -> str:
        return place("valombre", nowcasts=rows_of("nowcasts", rows)).nowcasts[0].finding

    yesterday = TODAY - timedelta(days=1)
    assert first(nowcast_rows("valombre", yesterday, is_told=False)) == (
        "Yesterday nothing has been reported yet; probably 50 (41 to 62) happened"
    )
    assert first(nowcast_rows("valombre", yesterday - timedelta(days=2))) == (
        "For 6 November 20 are reported; probably 50 (41 to 62) happened"
    )


def test_reports_that_are_as_good_as_complete_are_not_drawn() -> None:
    rows = nowcast_rows("valombre", TODAY, late=0.0)
    assert place("valombre", nowcasts=rows_of("nowcasts", rows)).nowcasts == ()


def test_a_latest_figure_of_which_reports_are_to_come_says_what_is_probable() -> None:
    def latest(page: PlacePage) -> tuple[str, str, str]:
        row = next(row for row in page.latest if row.name == "Admissions")
        return row.figure.text, row.completed, row.change

    rows = nowcast_rows("nation", TODAY - timedelta(days=1))
    rows[-8]["q50"] = 40.0
    nowcasts = rows_of("nowcasts", rows)
    said = "probably 50 (41 to 62) when all is reported"
    change = "+25% in 7 days, reports still to come included"
    tile = briefing(tables=Tables(two_days()[0] | {"nowcasts": nowcasts})).tiles[0]

    assert latest(place("nation", nowcasts=nowcasts)) == ("551", said, change)
    assert (tile.figure.text, tile.completed, tile.change) == ("551", said, change)


def test_a_latest_figure_that_is_complete_or_has_no_nowcast_stays_as_it_is() -> None:
    plain = place("nation", nowcasts=rows_of("nowcasts", [])).latest
    complete = nowcast_rows("nation", TODAY - timedelta(days=1), late=0.0)
    other = [row | {"category": "icu"} for row in nowcast_rows("nation", TODAY)]
    older = nowcast_rows("nation", TODAY - timedelta(days=9))

    for rows in (complete, other, older):
        assert place("nation", nowcasts=rows_of("nowcasts", rows)).latest == plain


def test_a_change_is_not_known_where_the_week_before_has_no_probable_count() -> None:
    last = nowcast_rows("nation", TODAY - timedelta(days=1))[-3:]
    page = place("nation", nowcasts=rows_of("nowcasts", last))
    (row,) = [row for row in page.latest if row.name == "Admissions"]

    assert row.change == "change over 7 days not known"


def test_a_hospital_has_no_triangle_of_its_own() -> None:
    rows = rows_of("nowcasts", nowcast_rows("H07", TODAY))
    (only,) = place("H07", nowcasts=rows).nowcasts
    assert only.name == "nowcast-admissions-all"


def test_a_change_of_definition_is_told_where_it_holds_and_for_a_year() -> None:
    def told(where: str, of: str, day: date) -> tuple[str, ...]:
        row = {"measure": "admissions", "category": "", "place": where, "date": day, "what": "x"}
        changes = rows_of("definition_changes", [row])
        return place(of, definition_changes=changes).definition_changes

    recent = TODAY - timedelta(days=30)
    assert told("", "H07", recent) == (
        "Admissions: since 10 October 2020 something else is counted (x). Figures before are not "
        "compared with those after.",
    )
    assert told("H07", "H07", recent)
    assert not told("H08", "H07", recent)
    (region, _), *_ = place("H07").parents
    assert told(region, "H07", recent)
    assert not told("H07", region, recent)
    assert not told("", "H07", TODAY + timedelta(days=1))
    assert not told("", "H07", TODAY - timedelta(days=365))


@pytest.mark.parametrize(
    ("growing", "trend"),
    [
        (0.999, "growing"),
        (0.90, "growing"),
        (0.89, "likely growing"),
        (0.75, "likely growing"),
        (0.74, "not clear"),
        (0.26, "not clear"),
        (0.25, "likely declining"),
        (0.11, "likely declining"),
        (0.10, "declining"),
        (0.001, "declining"),
    ],
)
def test_the_trend_is_cut_at_90_75_25_and_10(growing: float, trend: str) -> None:
    rows = spread_rows("valombre", TODAY, growing=growing, rate=0.03 if growing > 0.5 else -0.03)
    (view,) = place("valombre", reproduction=rows_of("reproduction", rows)).epidemics
    assert view.sentence.endswith(f"Trend: {trend}.")
    told = {name for name, _ in view.rows}
    # Where neither is likely, a doubling time would mislead.
    assert ("Infections double in" in told) == (growing >= 0.75)
    assert ("Infections halve in" in told) == (growing <= 0.25)
