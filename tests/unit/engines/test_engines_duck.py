"""The query engine: bounded, without extensions, and nothing outlives a call."""

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vigie.engines import DuckEngine
from vigie.errors import OutOfSpace


@pytest.fixture
def engine(tmp_path: Path) -> DuckEngine:
    return DuckEngine(threads=1, memory_limit="64 MiB", scratch=tmp_path / "scratch")


def test_a_statement_reads_tables_and_parameters_by_order_or_name(engine: DuckEngine) -> None:
    beds = pa.table({"place": ["A", "B"], "value": [5, 6]})

    by_order = engine.query("SELECT value FROM beds WHERE place = ?", {"beds": beds}, ["B"])
    by_name = engine.query("SELECT value FROM beds WHERE place = $p", {"beds": beds}, {"p": "A"})

    assert (by_order["value"].to_pylist(), by_name["value"].to_pylist()) == ([6], [5])


def test_a_table_is_known_during_its_call_only(engine: DuckEngine) -> None:
    engine.query("SELECT * FROM beds", {"beds": pa.table({"a": [1]})})

    with pytest.raises(engine.Error, match="beds"):
        engine.query("SELECT * FROM beds")


def test_a_table_is_forgotten_also_when_the_statement_fails(engine: DuckEngine) -> None:
    with pytest.raises(engine.Error):
        engine.query("SELECT nothing FROM beds", {"beds": pa.table({"a": [1]})})

    with pytest.raises(engine.Error, match="beds does not exist"):
        engine.query("SELECT a FROM beds")


def test_batches_give_all_rows_in_order(engine: DuckEngine) -> None:
    batches = list(engine.batches("SELECT i FROM range(250000) AS t(i) ORDER BY i", rows=100_000))

    assert len(batches) > 1
    values = [value for batch in batches for value in batch.column(0).to_pylist()]
    assert values == list(range(250_000))


def test_instants_are_read_in_utc_whatever_the_machine_says(
    engine: DuckEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")

    row = engine.query("SELECT TIMESTAMPTZ '2021-01-31 07:00:00+00' AS t, t::DATE::VARCHAR AS d")

    assert row["d"].to_pylist() == ["2021-01-31"]
    assert row["t"].type == pa.timestamp("us", tz="UTC")


SORT = "SELECT i, hash(i) AS h, repeat('x', 40) || i AS t FROM range(2000000) AS r(i) ORDER BY h"


def test_what_does_not_fit_into_memory_spills_to_scratch(
    engine: DuckEngine, tmp_path: Path
) -> None:
    total = engine.query(f"SELECT count(*) AS n, max(length(t)) AS l FROM ({SORT} LIMIT 1999999)")

    assert total["n"].to_pylist() == [1_999_999]
    assert (tmp_path / "scratch").exists(), "it was more than the memory held"


def test_no_room_to_spill_is_a_clean_refusal_that_says_what_to_do(tmp_path: Path) -> None:
    engine = DuckEngine(threads=1, memory_limit="20 MiB", scratch=tmp_path / "scratch")
    engine.script(["SET max_temp_directory_size = '1 MiB'"])

    with pytest.raises(OutOfSpace, match=r"raise engine.memory_limit in vigie.toml"):
        engine.query(f"SELECT count(*) FROM ({SORT} LIMIT 1999999)")

    assert engine.query("SELECT 1 AS one")["one"].to_pylist() == [1]


@pytest.mark.parametrize(
    "statement",
    [
        "LOAD httpfs",
        "LOAD '/tmp/any.duckdb_extension'",
        "INSTALL httpfs",
        "INSTALL httpfs FROM 'http://127.0.0.1:9/'",
        "FROM read_csv('https://vigie.example/x.csv')",
        "FROM 's3://bucket/x.parquet'",
        "ATTACH 'postgres:dbname=x' AS p (TYPE postgres)",
        "SET enable_external_access = true",
    ],
)
def test_no_extension_is_loaded_and_no_address_is_opened(
    statement: str, engine: DuckEngine
) -> None:
    with pytest.raises(engine.Error) as caught:
        engine.query(statement)

    refused = "disabled|Cannot enable external access|Failed to install local extension"
    assert re.search(refused, str(caught.value)), "it is refused, not only out of reach"


def test_files_of_this_machine_are_read(engine: DuckEngine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "it's.parquet")
    path = str(tmp_path / "it's.parquet").replace("'", "''")

    assert engine.query(f"FROM read_parquet('{path}')")["a"].to_pylist() == [1, 2]


def test_variables_of_the_program_are_no_tables(engine: DuckEngine) -> None:
    beds = pa.table({"a": [1]})

    for name in ("beds", "tables", "parameters", "sql"):
        with pytest.raises(engine.Error, match=name):
            engine.query(f"SELECT * FROM {name}")
    assert beds.num_rows == 1


def test_what_the_engine_says_of_names_is_told_and_values_are_not(engine: DuckEngine) -> None:
    people = pa.table({"name": ["Hortense Quignard"]})

    def said(statement: str) -> str:
        with pytest.raises(engine.Error) as caught:
            engine.query(statement, {"people": people})
        return engine.said(caught.value)

    assert "nom" in said("SELECT nom FROM people")
    assert "persons" in said("SELECT name FROM persons")
    assert "syntax error" in said("SELEC name FROM people")
    assert said("SELECT name::INT FROM people") == "its SQL does not fit the values it meets"


def test_the_version_names_engine_and_release() -> None:
    assert DuckEngine.version == f"duckdb {duckdb.__version__}"
