"""French SI-VIC files as published: flows of départements, critical-care beds of the nation."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pyarrow.compute as pc
import pytest
from official_files import ExampleRoom, differences, example_room, shared_files

from vigie.actions.pages.briefing_text import render_text
from vigie.actions.pages.showing import show_briefing
from vigie.actions.words.messages import Language
from vigie.bootstrap import local_operator
from vigie.state import RunStatus

DAY = date(2021, 4, 1)
FILES = (
    "official/covid-hospit-incid-2023-03-31-18h01.csv",
    "official/table-indicateurs-open-data-france.csv",
)
OF_DEPARTEMENTS = {
    "hosp_admissions": "adm_hosp",
    "icu_admissions": "adm_icu",
    "discharges": "discharges",
    "hosp_deaths": "deaths",
}
OF_NATION = {
    "hosp_admissions": "adm_hosp",
    "icu_admissions": "adm_icu",
    "discharges": "discharges",
    "hosp_deaths": "deaths_hosp",
    "hosp_patients": "hosp",
    "icu_occupied": "icu",
    "icu_occupancy_share": '"TO"',
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleRoom:
    files = shared_files(*FILES)
    return example_room(tmp_path_factory.mktemp("fr"), "fr_sivic", files, DAY)


@pytest.fixture(scope="module")
def departements() -> str:
    (path,) = shared_files("fr_sivic/admissions.parquet")
    return f"SELECT dep AS place, '' AS category, date::DATE AS reference_date, * FROM '{path}'"


@pytest.fixture(scope="module")
def nation() -> str:
    (path,) = shared_files("fr_sivic/national.parquet")
    return f"SELECT 'FR' AS place, '' AS category, date::DATE AS reference_date, * FROM '{path}'"


def test_every_row_of_both_files_is_taken_and_none_rejected(example: ExampleRoom) -> None:
    taken = {each.feed: (each.rows, each.rejected) for each in example.result.taken}
    assert taken == {
        "departements": (75_276 * len(OF_DEPARTEMENTS), 0),
        "nation": (799 * len(OF_NATION), 0),
    }
    assert example.result.status == RunStatus.RELEASED


@pytest.mark.parametrize("measure", OF_DEPARTEMENTS)
def test_every_value_of_a_departement_equals_the_pack(
    example: ExampleRoom, departements: str, measure: str
) -> None:
    rows = example.reports(measure)
    rows = rows.filter(pc.not_equal(rows["place"], "FR"))
    column = OF_DEPARTEMENTS[measure]
    expected = f"SELECT place, category, reference_date, {column} AS value FROM ({departements})"
    assert differences(rows, expected) == []


@pytest.mark.parametrize("measure", OF_NATION)
def test_every_value_of_the_nation_equals_the_pack_and_blank_stays_missing(
    example: ExampleRoom, nation: str, measure: str
) -> None:
    rows = example.reports(measure)
    rows = rows.filter(pc.equal(rows["place"], "FR"))
    column = OF_NATION[measure]
    expected = f"SELECT place, category, reference_date, {column} AS value FROM ({nation})"
    assert differences(rows, expected) == []
    missing = rows.filter(pc.is_null(rows["value"]))
    assert missing.num_rows >= 50, "the table begins before the first figures"
    assert set(missing["reason"].to_pylist()) == {"blank"}


def test_the_sum_of_the_departements_is_what_the_nation_says(
    example: ExampleRoom, nation: str
) -> None:
    for measure in ("hosp_admissions", "icu_admissions"):
        rows = example.release.table("coverage", measure=measure, place="FR")
        column = OF_NATION[measure]
        first = min(rows["reference_date"].to_pylist())
        expected = f"""
            SELECT place, category, reference_date, {column} AS value FROM ({nation})
            WHERE reference_date >= DATE '{first}' AND reference_date < DATE '{DAY}'
        """
        assert (DAY - first).days >= 119
        assert differences(rows, expected) == []
        assert set(rows["expected"].to_pylist()) == {102}
    rows = example.release.table("check_results").to_pylist()
    assert {row["check"] for row in rows if not row["passed"]} == set()


def test_regions_add_up_their_departements(example: ExampleRoom, departements: str) -> None:
    rows = example.release.table("coverage", measure="hosp_admissions", place="R11").to_pylist()
    last = max(rows, key=lambda row: row["reference_date"])
    query = f"""
        SELECT sum(adm_hosp) FROM ({departements}) WHERE reference_date = DATE '{DAY}' - 1
        AND place IN ('75', '77', '78', '91', '92', '93', '94', '95')
    """
    assert [(last["value"],)] == duckdb.sql(query).fetchall()
    assert (last["reference_date"], last["expected"]) == (date(2021, 3, 31), 8)


def test_capacity_of_before_the_crisis_follows_from_the_occupancy_rate(
    example: ExampleRoom,
) -> None:
    rows = example.release.table("derived", measure="icu_capacity").to_pylist()
    assert len(rows) > 350
    # On four days of the first wave the publisher's rate and count are of different moments.
    other = {row["reference_date"] for row in rows if row["value"] != 5058}
    assert other == {
        date(2020, 3, 19),
        date(2020, 3, 21),
        date(2020, 3, 22),
        date(2020, 4, 28),
    }


def test_the_nation_may_lack_critical_care_beds_and_no_departement_is_claimed_to(
    example: ExampleRoom,
) -> None:
    (row,) = example.release.table("shortages").to_pylist()
    assert (row["kind"], row["place"], row["need_now"]) == ("beds", "FR", 5053)
    assert row["capacity_now"] == 5058
    assert row["probability_14"] > 0.33
    assert row["data_date"] == date(2021, 3, 31)


def test_admissions_are_forecast_for_departements_regions_and_nation(example: ExampleRoom) -> None:
    rows = example.release.table("forecasts", target="hosp_admissions")
    assert len(set(rows["location"].to_pylist())) == 102 + 18 + 1
    assert set(rows["reference_date"].to_pylist()) == {date(2021, 3, 31)}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Jeudi 1er avril 2021", "102 lieux sur 102", "manquer de lits", "5 053 patients")),
        ("en", ("Thursday 1 April 2021", "102 of 102 places", "lacking beds", "5,053 patients")),
    ],
)
def test_the_briefing_says_it_in_both_languages(
    example: ExampleRoom, language: Language, said: tuple[str, ...]
) -> None:
    release = example.result.release
    text = render_text(show_briefing(example.room, local_operator(), language, release))
    text = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert [part for part in said if part not in text] == []


def test_a_second_run_changes_nothing(example: ExampleRoom) -> None:
    again = example.run(DAY)
    assert (again.release, again.is_new, again.taken) == (example.result.release, False, ())


def test_reproduction_numbers_of_nation_regions_and_large_departements(
    example: ExampleRoom, departements: str
) -> None:
    rows = example.release.table("reproduction")
    last = rows.filter(pc.equal(rows["date"], DAY - timedelta(days=1)))
    told = {row["place"]: row for row in last.to_pylist()}
    query = f"""
        SELECT place, sum(adm_hosp) / 4 FROM ({departements})
        WHERE reference_date >= DATE '{DAY}' - 28 AND reference_date < '{DAY}' GROUP BY place
    """
    weekly = dict(duckdb.sql(query).fetchall())
    places = example.release.table("places")
    regions = places.filter(pc.equal(places["kind"], "region"))["place"].to_pylist()
    large = {place for place, count in weekly.items() if count >= 12}
    small = {place for place, count in weekly.items() if count < 8}

    assert {"FR", *large} <= set(told)
    assert len(set(regions) & set(told)) >= 13
    assert small
    assert not small & set(told)
    assert told["FR"]["weekly_mean"] == pytest.approx(sum(weekly.values()), rel=0.02)
    (rising,) = rows.filter(
        pc.and_(pc.equal(rows["place"], "FR"), pc.equal(rows["date"], DAY - timedelta(days=16)))
    ).to_pylist()
    assert 1.05 < rising["r_q50"] < 1.25, "admissions of the third wave rose in March 2021"
    assert rising["probability_growing"] > 0.95
