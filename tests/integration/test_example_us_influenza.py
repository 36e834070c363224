"""US influenza: eleven published versions of one series, each known on its own day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pytest
from official_files import ExampleRoom, differences, example_room, shared_files

from vigie.actions.pages.briefing_text import render_text
from vigie.actions.pages.showing import open_release, show_briefing
from vigie.actions.words.messages import Language
from vigie.bootstrap import local_operator
from vigie.state import RunStatus

DAY = date(2025, 2, 26)
WEEKS = (
    "2024-11-16", "2024-11-30", "2024-12-14", "2024-12-21", "2024-12-28", "2025-01-11",
    "2025-01-25", "2025-02-01", "2025-02-08", "2025-02-15", "2025-02-22",
)  # fmt: skip
FILES = tuple(f"official/flusight/target-hospital-admissions_{week}.csv" for week in WEEKS)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleRoom:
    files = shared_files(*FILES)
    return example_room(tmp_path_factory.mktemp("us"), "us_influenza", files, DAY)


@pytest.fixture(scope="module")
def keys() -> str:
    """SELECT of the code list of the room: code, place."""
    path = Path(__file__).parents[2] / "examples/us_influenza/reference/codes/fips.csv"
    return f"SELECT code, key AS place FROM read_csv('{path}', all_varchar = true)"


def vintage(keys: str, week: str) -> str:
    """SELECT of the pack's last vintage whose newest week is this one (one was issued twice)."""
    (path,) = shared_files("flusight/target_vintages.parquet")
    return f"""
        SELECT place, '' AS category, target_end_date AS reference_date, value::DOUBLE AS value
        FROM '{path}' JOIN ({keys}) ON code = location
        WHERE as_of = (
            SELECT max(as_of) FROM (
                SELECT as_of FROM '{path}' GROUP BY as_of
                HAVING max(target_end_date) = DATE '{week}'
            )
        )
    """


def test_every_row_of_every_version_is_taken_and_only_changes_are_kept(
    example: ExampleRoom,
) -> None:
    (taken,) = example.result.taken
    assert (taken.arrivals, taken.rejected) == (11, 0)
    assert taken.rows == sum(53 * (146 + weeks) for weeks in (0, 2, 4, 5, 6, 8, 10, 11, 12, 13, 14))
    first = 53 * 146
    assert first < taken.revisions < taken.rows / 5
    assert example.result.status == RunStatus.RELEASED


@pytest.mark.parametrize("week", WEEKS)
def test_what_was_known_on_a_wednesday_is_the_version_of_that_wednesday(
    example: ExampleRoom, keys: str, week: str
) -> None:
    published = date.fromisoformat(week) + timedelta(days=4)
    rows = example.reports("flu_admissions", published)
    missing = rows.filter(pc.is_null(rows["value"]))
    assert missing.num_rows == 36
    assert set(missing["reason"].to_pylist()) == {"blank"}
    rows = rows.filter(pc.is_valid(rows["value"]))
    assert differences(rows, vintage(keys, week)) == []


def test_a_version_is_not_known_on_the_day_before_it_was_published(example: ExampleRoom) -> None:
    published = date.fromisoformat("2025-02-15") + timedelta(days=4)
    before = example.reports("flu_admissions", published - timedelta(days=1))
    assert pc.max(before["reference_date"]).as_py() == date(2025, 2, 8)
    on_the_day = example.reports("flu_admissions", published)
    assert pc.max(on_the_day["reference_date"]).as_py() == date(2025, 2, 15)


def test_a_release_of_an_old_day_holds_what_was_known_then_and_no_later_correction(
    example: ExampleRoom, keys: str
) -> None:
    end = example.run(date(2024, 12, 30))
    release = open_release(example.room, local_operator(), end.release)
    facts = release.table("facts")
    facts = facts.filter(pc.is_valid(facts["value"]))
    assert differences(facts, vintage(keys, "2024-12-21")) == []
    later = example.release.table("facts")
    later = later.filter(pc.is_valid(later["value"]))
    assert differences(later, vintage(keys, "2025-02-22")) == []
    assert differences(later, vintage(keys, "2024-12-21")) != []


def test_the_states_add_up_to_the_nation_but_for_a_few_in_territories_without_a_row(
    example: ExampleRoom, keys: str
) -> None:
    rows = example.release.table("coverage", place="US").to_pylist()
    totals = {row["reference_date"]: row["value"] for row in rows if row["reported"] == 52}
    query = f"SELECT reference_date, value FROM ({vintage(keys, WEEKS[-1])}) WHERE place = 'US'"
    nation = dict(duckdb.sql(query).fetchall())
    assert len(totals) >= 17
    assert {day for day, value in totals.items() if not 0 <= nation[day] - value <= 9} == set()
    assert max(nation[day] - value for day, value in totals.items()) > 0
    results = example.release.table("check_results").to_pylist()
    assert {row["check"] for row in results if not row["passed"]} == set()


def test_weeks_are_forecast_from_saturday_to_saturday_for_all_places(example: ExampleRoom) -> None:
    rows = example.release.table("forecasts")
    assert len(set(rows["location"].to_pylist())) == 53
    assert set(rows["reference_date"].to_pylist()) == {date(2025, 2, 22)}
    ends = sorted(set(rows["target_end_date"].to_pylist()))
    assert ends == [date(2025, 2, 22) + timedelta(weeks=n) for n in (1, 2, 3, 4)]
    assert len(set(rows["output_type_id"].to_pylist())) == 23


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("No shortage is assessed in this room.", "34,969 patients", "52 of 52 places")),
        ("fr", ("Aucune pénurie n’est évaluée ici.", "34 969 patients", "52 lieux sur 52")),
    ],
)
def test_the_briefing_says_that_no_shortage_can_be_assessed(
    example: ExampleRoom, language: Language, said: tuple[str, ...]
) -> None:
    assert example.release.table("shortages").num_rows == 0
    release = example.result.release
    text = render_text(show_briefing(example.room, local_operator(), language, release))
    text = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert [part for part in said if part not in text] == []


def test_a_second_run_changes_nothing(example: ExampleRoom) -> None:
    again = example.run(DAY)
    assert (again.release, again.is_new, again.taken) == (example.result.release, False, ())
