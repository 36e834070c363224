"""Columns renamed, added and widened, and a lake that moved: old and new releases read right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from vigie.engines import DuckEngine
from vigie.errors import BadData
from vigie.lake import DataFile, Lake
from vigie.schemas import Column, Table

TEXT = pa.string()
DAY = date(2020, 3, 1)

FIRST = Table(
    name="beds",
    role="result",
    meaning="A table as the first version knew it.",
    columns=(
        Column(1, "run", TEXT, "", "The run.", is_required=True),
        Column(2, "site", TEXT, "", "Where.", is_required=True),
        Column(3, "beds", pa.int32(), "beds", "How many."),
        Column(4, "share", pa.float32(), "", "Which part."),
        Column(5, "gone", TEXT, "", "A column that a later version drops."),
    ),
    key=("run", "site"),
    partition="run",
    order=("site",),
)
# Renamed: site to place, and beds, which is also widened; share is widened; added: note, between
# the others; dropped: gone.
SECOND = Table(
    name="beds",
    role="result",
    meaning="The same table, as a later version knows it.",
    columns=(
        Column(1, "run", TEXT, "", "The run.", is_required=True),
        Column(2, "place", TEXT, "", "Where.", is_required=True),
        Column(6, "note", TEXT, "", "A note."),
        Column(3, "staffed_beds", pa.int64(), "beds", "How many."),
        Column(4, "share", pa.float64(), "", "Which part."),
    ),
    key=("run", "place"),
    partition="run",
    order=("place",),
)


@pytest.fixture
def engine(tmp_path: Path) -> DuckEngine:
    return DuckEngine(threads=1, memory_limit="500MB", scratch=tmp_path / "scratch")


def rows(of: Table, *given: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(given), schema=of.arrow_schema())


def read(
    lake: Lake, engine: DuckEngine, of: Table, files: tuple[DataFile, ...]
) -> list[dict[str, object]]:
    order = ", ".join(of.key)
    return engine.query(f"SELECT * FROM {lake.relation(of, files)} ORDER BY {order}").to_pylist()


def old_lake(root: Path, engine: DuckEngine) -> tuple[DataFile, ...]:
    written = rows(
        FIRST,
        {"run": "r1", "site": "A", "beds": 7, "share": 0.5, "gone": "x"},
        {"run": "r1", "site": "B", "beds": None, "share": 0.25, "gone": "y"},
    )
    return Lake(root, engine).write(FIRST, written, "r1", partition="r1")


def test_an_old_release_reads_by_field_id_in_the_columns_of_today(
    tmp_path: Path, engine: DuckEngine
) -> None:
    old = old_lake(tmp_path / "lake", engine)
    lake = Lake(tmp_path / "lake", engine)
    assert read(lake, engine, SECOND, old) == [
        {"run": "r1", "place": "A", "note": None, "staffed_beds": 7, "share": 0.5},
        {"run": "r1", "place": "B", "note": None, "staffed_beds": None, "share": 0.25},
    ]


def test_a_name_taken_over_by_another_column_does_not_bring_its_values(
    tmp_path: Path, engine: DuckEngine
) -> None:
    old = old_lake(tmp_path / "lake", engine)
    columns = [
        replace(each, name="site") if each.name == "note" else each for each in SECOND.columns
    ]
    swapped = replace(SECOND, columns=tuple(columns))
    found = read(Lake(tmp_path / "lake", engine), engine, swapped, old)
    assert [(r["place"], r["site"]) for r in found] == [("A", None), ("B", None)]


def test_new_rows_stand_beside_old_ones_and_both_read_right(
    tmp_path: Path, engine: DuckEngine
) -> None:
    old = old_lake(tmp_path / "lake", engine)
    lake = Lake(tmp_path / "lake", engine)
    fresh = rows(
        SECOND,
        {"run": "r2", "place": "A", "note": "new", "staffed_beds": 2**40, "share": 0.1},
    )
    new = lake.write(SECOND, fresh, "r2", partition="r2")
    assert {file.path for file in lake.files(SECOND)} == {file.path for file in (*old, *new)}
    together = read(lake, engine, SECOND, (*old, *new))
    assert [(r["run"], r["place"], r["note"], r["staffed_beds"], r["share"]) for r in together] == [
        ("r1", "A", None, 7, 0.5),
        ("r1", "B", None, None, 0.25),
        ("r2", "A", "new", 2**40, 0.1),
    ]


def test_an_older_reader_still_reads_old_files_of_an_evolved_lake(
    tmp_path: Path, engine: DuckEngine
) -> None:
    old = old_lake(tmp_path / "lake", engine)
    Lake(tmp_path / "lake", engine).files(SECOND)
    before = read(Lake(tmp_path / "lake", engine), engine, FIRST, old)
    assert [(r["site"], r["beds"], r["gone"]) for r in before] == [("A", 7, "x"), ("B", None, "y")]


def test_outside_engines_see_the_columns_of_today(tmp_path: Path, engine: DuckEngine) -> None:
    from pyiceberg.catalog.sql import SqlCatalog

    root = tmp_path / "lake"
    old_lake(root, engine)
    lake = Lake(root, engine)
    fresh = rows(SECOND, {"run": "r2", "place": "A", "note": "new", "staffed_beds": 9, "share": 1})
    lake.write(SECOND, fresh, "r2", partition="r2")
    outside = SqlCatalog("vigie", uri=f"sqlite:///{root / 'catalogue.db'}").load_table("vigie.beds")
    seen = outside.scan().to_arrow().sort_by([("run", "ascending"), ("place", "ascending")])
    assert seen["staffed_beds"].to_pylist() == [7, None, 9]
    assert seen["place"].to_pylist() == ["A", "B", "A"]
    assert seen["note"].to_pylist() == [None, None, "new"]


def test_a_table_of_lists_is_opened_again_by_another_process(
    tmp_path: Path, engine: DuckEngine
) -> None:
    of = Table(
        name="paths",
        role="result",
        meaning="Sample paths.",
        columns=(
            Column(1, "run", TEXT, "", "The run.", is_required=True),
            Column(2, "samples", pa.list_(pa.float32()), "", "One number a future."),
        ),
        key=("run",),
        partition="run",
    )
    for run in ("r1", "r2"):
        fresh = rows(of, {"run": run, "samples": [1.5, 2.5]})
        Lake(tmp_path / "lake", engine).write(of, fresh, run, partition=run)
    lake = Lake(tmp_path / "lake", engine)
    assert [row["samples"] for row in read(lake, engine, of, lake.files(of))] == [[1.5, 2.5]] * 2


def test_a_required_column_cannot_be_added_to_a_table_with_rows(
    tmp_path: Path, engine: DuckEngine
) -> None:
    old_lake(tmp_path / "lake", engine)
    stricter = Table(
        name="beds",
        role="result",
        meaning="A version that wants what old rows lack.",
        columns=(*FIRST.columns, Column(9, "must", TEXT, "", "Wanted.", is_required=True)),
        key=FIRST.key,
        partition="run",
    )
    with pytest.raises(BadData, match="lacks the required column must"):
        Lake(tmp_path / "lake", engine).files(stricter)


def test_a_lake_that_moves_again_and_again_is_read_and_written_where_it_is(
    tmp_path: Path, engine: DuckEngine
) -> None:
    files = list(old_lake(tmp_path / "first place" / "lake", engine))
    here = tmp_path / "first place"
    for number, name in enumerate(("second, with spaces", "third #3?", "fourth é%20")):
        here = here.rename(tmp_path / name)
        moved = Lake(here / "lake", engine)
        assert {file.path for file in moved.files(FIRST)} == {file.path for file in files}
        added = rows(FIRST, {"run": name, "site": "C", "beds": number, "share": 1.0})
        files += moved.write(FIRST, added, name, partition=name)
        again = Lake(here / "lake", engine)
        assert {file.path for file in again.files(FIRST)} == {file.path for file in files}
        assert len(read(again, engine, FIRST, again.files(FIRST))) == 3 + number
        assert again.named_files() == {file.path for file in files}
    assert [path.name for path in tmp_path.iterdir() if path.name != "scratch"] == ["fourth é%20"]


def test_only_the_last_five_snapshots_are_kept_and_what_they_name_is_not_collected(
    tmp_path: Path, engine: DuckEngine
) -> None:
    lake = Lake(tmp_path / "lake", engine)
    files = []
    for number in range(8):
        fresh = rows(FIRST, {"run": "r", "site": str(number), "beds": number})
        files += lake.write(FIRST, fresh, "r", partition="r")
    assert {file.path for file in files[-5:]} <= lake.named_files()
    assert not {file.path for file in files[:3]} & lake.named_files()

    soon = datetime.now(UTC)
    assert lake.collect({files[0].path}, now=soon).removed == 0
    later = soon.replace(year=soon.year + 1)
    done = lake.collect({files[0].path}, now=later)
    assert done.removed == 2
    assert lake.scrub([files[0], *files[3:]]) == []
    assert {file.path for file, _ in lake.scrub(files)} == {files[1].path, files[2].path}


def test_a_file_written_twice_is_one_file_and_no_new_snapshot(
    tmp_path: Path, engine: DuckEngine
) -> None:
    first = old_lake(tmp_path / "lake", engine)
    second = old_lake(tmp_path / "lake", engine)
    assert first == second
    assert Lake(tmp_path / "lake", engine).files(FIRST) == first
    assert len(list((tmp_path / "lake" / "data").rglob("*.parquet"))) == 1
