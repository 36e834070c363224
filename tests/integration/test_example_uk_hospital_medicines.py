"""English hospital medicines: monthly issues by trust, returns and absent rows included."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow.compute as pc
import pytest
from official_files import ROOT, ExampleRoom, differences, example_room, shared_files

from vigie.actions.pages.briefing_text import render_text
from vigie.actions.pages.showing import show_briefing
from vigie.actions.words.messages import Language
from vigie.bootstrap import local_operator
from vigie.state import RunStatus

DAY = date(2020, 6, 1)
LAST_MONTH = date(2020, 3, 31)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleRoom:
    files = shared_files("official/data_covid_meds.csv")
    return example_room(tmp_path_factory.mktemp("uk"), "uk_hospital_medicines", files, DAY)


@pytest.fixture(scope="module")
def pack() -> str:
    """SELECT of the pack with the keys of the room; a month is named by its last day."""
    (path,) = shared_files("uk_scmd/hospital_medicines_monthly.parquet")
    codes = ROOT / "examples/uk_hospital_medicines/reference/codes/vmp.csv"
    return f"""
        SELECT ods_code AS place, key AS category, last_day(year_month::DATE) AS reference_date,
               total_quantity AS value
        FROM '{path}' JOIN read_csv('{codes}', all_varchar = true) ON code = vmp_snomed_code
        WHERE "set" = 'covid_meds' AND year_month < DATE '2020-04-01'
    """


def test_every_row_equals_the_pack_returns_included_and_no_row_is_invented(
    example: ExampleRoom, pack: str
) -> None:
    (taken,) = example.result.taken
    assert (taken.rows, taken.rejected) == (8_606, 0)
    rows = example.reports("medicine_issued")
    assert differences(rows, pack) == []
    assert rows.num_rows == 8_606
    assert pc.sum(pc.less(rows["value"], 0)).as_py() == 10, "what wards sent back"
    assert rows["value"].null_count == 0
    assert example.result.status == RunStatus.RELEASED


def test_what_one_container_holds_turns_millilitres_into_vials_and_syringes(
    example: ExampleRoom,
) -> None:
    rows = example.release.table("derived", measure="containers_issued")
    of_trusts = rows.filter(pc.not_equal(rows["place"], "ENGLAND"))
    whole = [abs(value - round(value)) < 1e-6 for value in of_trusts["value"].to_pylist()]
    # Sarilumab and the syringes come in single doses; a part of a vial is issued now and then.
    assert sum(whole) / len(whole) > 0.95
    syringes = of_trusts.filter(pc.match_substring(of_trusts["category"], "sarilumab"))
    assert all(abs(value - round(value)) < 1e-6 for value in syringes["value"].to_pylist())


def test_a_total_tells_how_many_trusts_reported_and_takes_no_absent_row_as_zero(
    example: ExampleRoom, pack: str
) -> None:
    rows = example.release.table("coverage", measure="medicine_issued", place="ENGLAND")
    expected = f"""
        SELECT 'ENGLAND' AS place, category, reference_date, count(*) AS value FROM ({pack})
        WHERE reference_date >= DATE '2020-02-29' GROUP BY ALL
    """
    heard = rows.filter(pc.greater(rows["reported"], 0))
    heard = heard.drop_columns("value").rename_columns(
        ["value" if name == "reported" else name for name in heard.column_names if name != "value"]
    )
    assert differences(heard, expected) == []
    silent = rows.filter(pc.equal(rows["reported"], 0))
    assert silent.num_rows > 0, "two products were not issued by anybody in some month"
    assert silent["value"].null_count == silent.num_rows


def test_sums_of_england_equal_the_pack(example: ExampleRoom, pack: str) -> None:
    rows = example.release.table("coverage", measure="medicine_issued", place="ENGLAND").to_pylist()
    found = {row["category"]: row["value"] for row in rows if row["reference_date"] == LAST_MONTH}
    query = f"""
        SELECT category, sum(value) FROM ({pack}) WHERE reference_date = DATE '{LAST_MONTH}'
        GROUP BY ALL
    """
    expected = dict(duckdb.sql(query).fetchall())
    assert {key: value for key, value in found.items() if value is not None} == pytest.approx(
        expected
    )


def test_months_are_forecast_by_product_and_never_below_zero(example: ExampleRoom) -> None:
    rows = example.release.table("forecasts", location="ENGLAND")
    assert sorted(set(rows["target_end_date"].to_pylist())) == [
        date(2020, 4, 30),
        date(2020, 5, 31),
        date(2020, 6, 30),
    ]
    assert min(rows["value"].to_pylist()) >= 0
    assert "tocilizumab_400mg_vial" in set(rows["category"].to_pylist())


def test_figures_that_come_out_two_months_later_are_not_late(example: ExampleRoom) -> None:
    (status,) = example.release.table("feeds_status").to_pylist()
    assert (status["state"], status["last_reference_date"]) == ("fine", LAST_MONTH)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("No shortage is assessed in this room.", "Tocilizumab 400 mg/20 ml, vial: 2,398")),
        ("fr", ("Aucune pénurie n’est évaluée ici.", "Tocilizumab 400 mg/20 ml, flacon : 2 398")),
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
