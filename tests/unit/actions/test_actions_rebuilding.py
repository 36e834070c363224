"""Datasets: built once, again only when their code or an input changed, and gone when dropped."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.rooms import (
    FILES,
    LAST_DAY,
    NEXT_DAY,
    OPERATOR,
    STAFFED,
    admissions_file,
    beds_file,
    occupied,
    open_at,
    put,
    send,
    send_correction,
    stock_file,
    write_room,
)
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.rebuilding import show_plan
from vigie.actions.rooms.releasing import diff_releases, publish_release, release_in_force
from vigie.actions.rooms.room import Room
from vigie.errors import BadData
from vigie.state import RunStatus

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("rebuilding")

LOAD = """\
-- ---
-- description = "Share of staffed beds with a patient"
-- measure = "bed_load"
-- [[check]]
-- name = "load_is_a_share"
-- kind = "range"
-- column = "value"
-- max = 1.5
-- severity = "blocking"
-- ---
SELECT o.place, o.category, o.reference_date, o.value / s.value AS value
FROM beds_occupied AS o JOIN beds_staffed AS s USING (place, category, reference_date)
"""
TIGHTEST = '''\
"""The place with the highest load of each day."""

import pyarrow as pa

INPUTS = ["bed_load"]
LINEAGE = {"day": ["bed_load.reference_date"], "place": ["bed_load.place"]}


def build(inputs):
    best = {}
    for row in inputs["bed_load"].to_pylist():
        day = row["reference_date"]
        if day not in best or row["value"] > best[day]["value"]:
            best[day] = row
    days = sorted(best)
    return pa.table({"day": days, "place": [best[day]["place"] for day in days]})
'''
LAST_STOCK = """\
-- ---
-- description = "Stock by place, last day"
-- ---
SELECT place, max_by(value, reference_date) AS pieces FROM stock GROUP BY place ORDER BY place
"""
MEASURES = (
    FILES["reference/measures.csv"]
    + "bed_load,Load of beds,Charge des lits,share,share,none,0,ward_kind,false,false,\n"
)
DATASETS = {
    "reference/measures.csv": MEASURES,
    "datasets/load.sql": LOAD,
    "datasets/tightest.py": TIGHTEST,
    "datasets/last_stock.sql": LAST_STOCK,
}


@pytest.fixture(scope="module")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_room(tmp_path_factory.mktemp("built") / "room", DATASETS)
    room = open_at(folder)
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY, 3))
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 3))
    run_cycle(room, OPERATOR)
    return folder


@pytest.fixture
def folder(built_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built_folder, tmp_path / "room"))


def built_at(room: Room) -> dict[str, object]:
    with room.state.read() as tx:
        return {name: row.built_at for name, row in tx.datasets().items()}


def rebuilt(folder: Path) -> set[str]:
    """Names of the datasets that a run builds again."""
    room = open_at(folder, NEXT_DAY)
    before = built_at(room)
    run_cycle(room, OPERATOR)
    after = built_at(room)
    return {name for name in after if after[name] != before.get(name)}


def rows(room: Room, table: str, **equals: str) -> list[dict[str, object]]:
    return show_table(room, OPERATOR, table, **equals).to_pylist()


def test_a_measure_of_a_dataset_is_read_like_a_reported_one(built_folder: Path) -> None:
    facts = rows(open_at(built_folder), "facts", measure="bed_load")

    assert {(row["place"], row["reference_date"]): row["value"] for row in facts} == {
        (place, day): occupied(place, day) / staffed
        for place, staffed in STAFFED.items()
        for day in (LAST_DAY - timedelta(days=back) for back in range(3))
    }
    assert {row["feed"] for row in facts} == {"load"}


def test_a_python_dataset_is_built_from_another_and_its_table_is_part_of_the_release(
    built_folder: Path,
) -> None:
    tightest = rows(open_at(built_folder), "dataset_tightest")

    assert [row["day"] for row in tightest] == [LAST_DAY - timedelta(days=b) for b in (2, 1, 0)]
    for row in tightest:
        loads = {place: occupied(place, row["day"]) / beds for place, beds in STAFFED.items()}
        assert row["place"] == max(loads, key=lambda place: loads[place])
    assert [row["pieces"] for row in rows(open_at(built_folder), "dataset_last_stock")] == [500] * 3


def test_nothing_is_built_again_when_nothing_changed(folder: Path) -> None:
    send(open_at(folder), "admissions", f"admissions_{LAST_DAY}.csv", admissions_file(LAST_DAY))
    plan = show_plan(open_at(folder), OPERATOR, None)
    assert plan.waiting == {"admissions": 1}
    assert "Published figures touched: none by datasets" in plan.lines()

    assert rebuilt(folder) == set()


def test_new_figures_rebuild_what_descends_from_them_and_nothing_else(folder: Path) -> None:
    send_correction(open_at(folder), {("C", LAST_DAY): 16})

    assert rebuilt(folder) == {"load", "tightest"}

    facts = rows(open_at(folder), "facts", measure="bed_load", place="C")
    assert facts[-1]["value"] == 1.0
    assert rows(open_at(folder), "dataset_tightest")[-1]["place"] == "C"


def test_new_code_rebuilds_the_dataset_and_the_plan_says_why_and_what_it_touches(
    folder: Path,
) -> None:
    put(folder, "datasets/load.sql", LOAD.replace("o.value / s.value", "o.value / s.value / 2"))

    plan = show_plan(open_at(folder), OPERATOR, None)

    assert plan.lines() == [
        "last_stock: up to date",
        "load: its code changed",
        'tightest: input "bed_load" is built again',
        "Published figures touched: bed_load",
    ]
    assert rebuilt(folder) == {"load", "tightest"}
    assert show_plan(open_at(folder), OPERATOR, None).plan.stale == ()


def test_a_plan_names_the_shortages_that_stand_on_a_touched_figure(tmp_path: Path) -> None:
    settings = FILES["vigie.toml"].replace(
        'capacity = "beds_staffed"', 'capacity = "beds_runnable"'
    )
    measures = FILES["reference/measures.csv"] + (
        "beds_runnable,Beds that run,Lits ouverts,beds,level,sum,0,ward_kind,false,false,\n"
    )
    runnable = """\
-- ---
-- description = "Beds that can be run: nine of ten"
-- measure = "beds_runnable"
-- ---
SELECT place, category, reference_date, floor(value * 0.9) AS value FROM beds_staffed
"""
    files = {"vigie.toml": settings, "reference/measures.csv": measures}
    folder = write_room(tmp_path / "room", {**files, "datasets/runnable.sql": runnable})
    room = open_at(folder)
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY, 3))

    plan = show_plan(room, OPERATOR, None)
    assert plan.lines() == [
        "beds: 1 arrivals to take in",
        "runnable: never built",
        "Published figures touched: beds_runnable, shortage of beds",
    ]

    run_cycle(room, OPERATOR)
    short = {row["place"]: row["capacity_now"] for row in rows(room, "shortages", kind="beds")}
    assert (short["A"], short["B"], short["C"]) == (10, 12, 14)


def test_a_dataset_with_a_window_reads_its_last_days_and_follows_the_day(folder: Path) -> None:
    windowed = LOAD.replace("-- [[check]]", "-- window_days = 2\n-- [[check]]", 1)
    (folder / "datasets/load.sql").write_text(windowed)

    assert rebuilt(folder) == {"load", "tightest"}
    days = {row["reference_date"] for row in rows(open_at(folder), "facts", measure="bed_load")}
    assert days == {NEXT_DAY - timedelta(days=1)}, "of the two days up to today one is reported"

    room = open_at(folder, NEXT_DAY + timedelta(days=1))
    assert "load" in {
        step.dataset for step in show_plan(room, OPERATOR, None).plan.steps if step.is_stale
    }


def test_a_dropped_dataset_takes_its_figures_along(folder: Path) -> None:
    (folder / "datasets/load.sql").unlink()
    (folder / "datasets/tightest.py").unlink()

    assert (
        "load: declared no more, its figures go"
        in show_plan(open_at(folder), OPERATOR, None).lines()
    )
    run_cycle(open_at(folder, NEXT_DAY), OPERATOR)

    room = open_at(folder)
    assert rows(room, "facts", measure="bed_load") == []
    assert rows(room, "derived") == []
    assert set(built_at(room)) == {"last_stock"}


def test_a_failed_check_on_a_dataset_blocks_the_release(folder: Path) -> None:
    room = open_at(folder, NEXT_DAY)
    in_force = release_in_force(room)
    send_correction(room, {("A", LAST_DAY): 40})

    result = run_cycle(room, OPERATOR)

    assert result.status == RunStatus.BLOCKED
    assert release_in_force(room) == in_force
    assert 'load: check "load_is_a_share" (range) failed' in result.message
    assert f"A, icu, {LAST_DAY}" in result.message


BROKEN = {
    "no such column": (
        "datasets/load.sql",
        LOAD.replace("s.value AS", "s.valeur AS"),
        "Dataset load (datasets/load.sql) cannot be built",
    ),
    "a row twice": (
        "datasets/load.sql",
        LOAD.replace("USING (place, category, reference_date)", "USING (place, category)"),
        "Dataset load (datasets/load.sql): two rows have the same place, category and",
    ),
    "no column for the place": (
        "datasets/load.sql",
        LOAD.replace("o.place, ", ""),
        "makes measure bed_load but has no column place",
    ),
    "a type that is not kept": (
        "datasets/last_stock.sql",
        LAST_STOCK.replace("SELECT place,", "SELECT [place] AS places, place,"),
        "Dataset last_stock, column places: type list",
    ),
    "Python that fails": (
        "datasets/tightest.py",
        TIGHTEST.replace('inputs["bed_load"]', 'inputs["load_of_beds"]'),
        "Dataset tightest (datasets/tightest.py): tightest.py failed in its own process",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_dataset_that_fails_names_itself_and_the_release_in_force_stays(
    case: str, folder: Path
) -> None:
    name, text, message = BROKEN[case]
    put(folder, name, text)
    room = open_at(folder, NEXT_DAY)
    in_force = release_in_force(room)

    with pytest.raises(BadData) as caught:
        run_cycle(room, OPERATOR)

    assert message in str(caught.value)
    assert release_in_force(room) == in_force


def test_a_dataset_that_failed_is_built_when_it_is_mended(folder: Path) -> None:
    name, text, _ = BROKEN["no such column"]
    put(folder, name, text)
    with pytest.raises(BadData):
        run_cycle(open_at(folder, NEXT_DAY), OPERATOR)
    put(folder, name, DATASETS[name])

    assert run_cycle(open_at(folder, NEXT_DAY, hour=13), OPERATOR).status == RunStatus.RELEASED


def test_values_of_rows_never_enter_the_message_of_a_dataset_that_fails(folder: Path) -> None:
    put(
        folder, "datasets/last_stock.sql", LAST_STOCK.replace("place, max_by", "place::INT, max_by")
    )

    with pytest.raises(BadData) as caught:
        run_cycle(open_at(folder, NEXT_DAY), OPERATOR)

    assert "Dataset last_stock" in str(caught.value)
    assert "'A'" not in str(caught.value)


def test_releases_with_tables_of_datasets_are_compared_and_published(folder: Path) -> None:
    room = open_at(folder, NEXT_DAY)
    first = release_in_force(room)
    send_correction(room, {("C", LAST_DAY): 16})
    draft = run_cycle(room, OPERATOR, is_draft=True).release

    changes = {each.table: each for each in diff_releases(room, OPERATOR, first, draft)}
    publish_release(room, OPERATOR, draft, "the dataset was looked at")

    tightest = changes["dataset_tightest"]
    assert (tightest.rows_before, tightest.rows_after) == (3, 3)
    assert (tightest.added, tightest.removed) == (1, 1)
    assert (changes["dataset_last_stock"].added, changes["dataset_last_stock"].removed) == (0, 0)
    assert changes["derived"].changed == 1
    assert release_in_force(room) == draft
    before = show_table(room, OPERATOR, "dataset_tightest", first).to_pylist()
    assert before != rows(room, "dataset_tightest")


def test_columns_of_a_dataset_may_come_and_go_and_every_release_reads_as_it_was(
    folder: Path,
) -> None:
    selects = {
        12: "SELECT place, 'low' AS word FROM stock",
        13: "SELECT place FROM stock",
        14: "SELECT place, max(reference_date) AS day, count(*) AS days FROM stock GROUP BY place",
    }
    header = LAST_STOCK[: LAST_STOCK.index("SELECT")]
    releases = {}
    for hour, select in selects.items():
        put(folder, "datasets/last_stock.sql", f"{header}{select}\n")
        releases[hour] = run_cycle(open_at(folder, hour=hour), OPERATOR).release

    room = open_at(folder)
    seen = {
        hour: show_table(room, OPERATOR, "dataset_last_stock", release)
        for hour, release in releases.items()
    }
    assert [seen[hour].column_names for hour in selects] == [
        ["place", "word"],
        ["place"],
        ["place", "day", "days"],
    ]
    assert set(seen[12]["word"].to_pylist()) == {"low"}
    assert set(seen[14]["day"].to_pylist()) == {LAST_DAY}
    assert set(seen[14]["days"].to_pylist()) == {3}
