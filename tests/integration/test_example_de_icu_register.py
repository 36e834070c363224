"""The German ICU register: files as published in, beds of every state and what they lack out."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow.compute as pc
import pytest
from official_files import ExampleRoom, differences, example_room, shared_files

from vigie.actions.pages.briefing_text import render_text
from vigie.actions.pages.showing import open_release, show_briefing
from vigie.actions.words.messages import Language
from vigie.bootstrap import local_operator
from vigie.state import RunStatus

DAY = date(2021, 12, 5)
FILES = (
    "official/Intensivregister_Bundeslaender_Kapazitaeten.csv",
    "official/Intensivregister_Deutschland_Kapazitaeten.csv",
)
PACKS = ("de_divi/states.parquet", "de_divi/national.parquet")
COLUMNS = {
    "icu_occupied": "icu_occupied",
    "icu_free": "icu_free",
    "icu_reserve_7d": "icu_reserve_7d",
    "covid_icu": "covid_icu",
    "covid_icu_admissions": "covid_icu_adm",
    "ventilators_free": "vent_free",
    "icu_units": "n_units",
    "units_short_staff": "short_staff",
    "units_short_material": "short_material",
    "units_short_ventilators": "short_ventilators",
    "units_short_rooms": "short_rooms",
}
STATES = {
    "00": "DE", "01": "DE-SH", "02": "DE-HH", "03": "DE-NI", "04": "DE-HB", "05": "DE-NW",
    "06": "DE-HE", "07": "DE-RP", "08": "DE-BW", "09": "DE-BY", "10": "DE-SL", "11": "DE-BE",
    "12": "DE-BB", "13": "DE-MV", "14": "DE-SN", "15": "DE-ST", "16": "DE-TH",
}  # fmt: skip


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleRoom:
    files = shared_files(*FILES)
    return example_room(tmp_path_factory.mktemp("de"), "de_icu_register", files, DAY)


@pytest.fixture(scope="module")
def pack() -> str:
    """SELECT of both packs with the keys of the room."""
    states, national = shared_files(*PACKS)
    cases = " ".join(f"WHEN '{code}' THEN '{key}'" for code, key in STATES.items())
    return f"""
        SELECT CASE state_id {cases} END AS place, date::DATE AS reference_date,
               CASE group2 WHEN 'ERWACHSENE' THEN 'icu_adults' ELSE lower(group2) END AS category,
               * EXCLUDE (date)
        FROM (FROM '{states}' UNION ALL BY NAME FROM '{national}')
    """


def test_every_row_of_both_files_is_taken_and_none_rejected(example: ExampleRoom) -> None:
    taken = {each.feed: (each.rows, each.rejected) for each in example.result.taken}
    assert taken == {
        "states": (25_056 * len(COLUMNS), 0),
        "nation": (4_698 * len(COLUMNS), 0),
    }
    assert example.result.status == RunStatus.RELEASED


@pytest.mark.parametrize("measure", COLUMNS)
def test_every_value_of_the_whole_span_equals_the_pack(
    example: ExampleRoom, pack: str, measure: str
) -> None:
    expected = f"SELECT place, category, reference_date, {COLUMNS[measure]} AS value FROM ({pack})"
    assert differences(example.reports(measure), expected) == []


def test_what_the_file_calls_na_is_missing_with_a_reason_and_never_zero(
    example: ExampleRoom, pack: str
) -> None:
    rows = example.reports("units_short_staff")
    missing = rows.filter(pc.is_null(rows["value"]))
    query = f"SELECT count(*) FILTER (short_staff IS NULL) FROM ({pack})"
    assert duckdb.sql(query).fetchall() == [(missing.num_rows,)]
    assert missing.num_rows > 300
    assert set(missing["reason"].to_pylist()) == {"blank"}


def test_totals_of_the_states_equal_sums_of_the_pack(example: ExampleRoom, pack: str) -> None:
    rows = example.release.table("coverage", measure="icu_occupied", place="DE")
    expected = f"""
        SELECT 'DE' AS place, category, reference_date, sum(icu_occupied) AS value FROM ({pack})
        WHERE place <> 'DE' AND reference_date > DATE '{DAY}' - 121 AND reference_date < '{DAY}'
        GROUP BY ALL
    """
    first = min(rows["reference_date"].to_pylist())
    assert (DAY - first).days >= 119
    assert differences(rows, f"SELECT * FROM ({expected}) WHERE reference_date >= '{first}'") == []
    assert set(rows["reported"].to_pylist()) == set(rows["expected"].to_pylist()) == {16}


def test_only_the_days_on_which_the_record_fell_everywhere_are_taken_as_missing(
    example: ExampleRoom, pack: str
) -> None:
    end = example.run(date(2024, 7, 3))
    release = open_release(example.room, local_operator(), end.release)
    rows = release.table("derived", measure="short_staff_share")
    missing = rows.filter(pc.is_null(rows["value"]))
    days = sorted(set(missing["reference_date"].to_pylist()))
    assert days == [date(2021, 5, day) for day in range(28, 32)] + [date(2021, 6, 1)]
    held = rows.filter(pc.is_valid(rows["value"]))
    expected = f"""
        SELECT place, category, reference_date, least(short_staff / n_units, 1) AS value
        FROM ({pack}) WHERE short_staff IS NOT NULL AND n_units > 0
        AND reference_date NOT BETWEEN DATE '2021-05-28' AND DATE '2021-06-01'
    """
    assert differences(held, expected) == []


def test_capacity_is_what_the_register_calls_operable_and_beds_may_run_short(
    example: ExampleRoom, pack: str
) -> None:
    rows = example.release.table("shortages", kind="beds").to_pylist()
    query = f"""
        SELECT place, category, icu_occupied, icu_occupied + icu_free FROM ({pack})
        WHERE reference_date = DATE '{DAY}' - 1
    """
    known = {
        (place, kind): (need, beds) for place, kind, need, beds in duckdb.sql(query).fetchall()
    }
    assert {(row["place"], row["category"]) for row in rows} == set(known)
    for row in rows:
        need, beds = known[row["place"], row["category"]]
        assert (row["need_now"], row["capacity_now"]) == (need, beds)
        assert 0 <= row["probability_7"] <= row["probability_14"] <= row["probability"] <= 1
    at_risk = {row["place"] for row in rows if row["probability_14"] >= 0.33}
    assert at_risk == {"DE-HB"}, "on that day Bremen alone had next to no free bed"


def test_a_lack_of_material_is_forecast_as_yes_or_no(example: ExampleRoom) -> None:
    rows = example.release.table("path_arrays", measure="short_material")
    futures = dict.fromkeys(STATES.values(), ())
    for row in rows.to_pylist():
        futures[row["place"]] = (*futures[row["place"]], *row["samples"])
    nation = futures.pop("DE")
    assert {value for values in futures.values() for value in values} == {0.0, 1.0}
    assert max(nation) > 1, "of the nation it is the number of states"


def test_the_states_add_up_to_the_nation_that_reports_itself(example: ExampleRoom) -> None:
    rows = example.release.table("check_results").to_pylist()
    failed = {row["check"] for row in rows if not row["passed"]}
    assert failed == set()
    assert {"states_add_up_to_nation", "covid_states_add_up_to_nation"} <= {
        row["check"] for row in rows
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Sunday 5 December 2021", "Bremen", "chances in 100 of lacking beds")),
        ("fr", ("Dimanche 5 décembre 2021", "Bremen", "chances sur 100 de manquer de lits")),
    ],
)
def test_the_briefing_names_the_state_in_both_languages(
    example: ExampleRoom, language: Language, said: tuple[str, ...]
) -> None:
    text = render_text(
        show_briefing(example.room, local_operator(), language, example.result.release)
    )
    text = " ".join(text.replace("\u00a0", " ").split())
    assert [part for part in said if part not in text] == []


def test_a_second_run_changes_nothing(example: ExampleRoom) -> None:
    again = example.run(DAY)
    assert (again.release, again.is_new, again.taken) == (example.result.release, False, ())


def test_a_declared_lack_of_material_becomes_a_shortage_by_the_two_state_chain(
    example: ExampleRoom,
) -> None:
    rows = example.release.table("shortages", kind="products").to_pylist()
    assert len(rows) == 16
    assert {row["model_id"] for row in rows} == {"vigie-two-state"}
    declared = {row["place"]: row for row in rows if row["need_now"] == 1}
    free = [row for row in rows if row["need_now"] == 0]
    assert free, "most states declare no lack of material on that day"
    lowest = min((row["probability_7"] for row in declared.values()), default=1.0)
    assert all(row["probability_7"] <= row["probability_14"] for row in rows)
    assert max(row["probability_7"] for row in free) <= lowest, "who lacks today lacks likelier"
