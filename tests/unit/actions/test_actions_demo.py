"""A demo room is complete, the same for the same seed, and read by the feeds without a reject."""

import gzip
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from vigie.actions.daily.demo import DEMO_END_DATE, DemoRoom, write_demo_room
from vigie.actions.declared.scenario_files import unknown_epidemics
from vigie.actions.rooms.folder import read_declarations
from vigie.errors import BadData, Conflict
from vigie.feeds import ArrivalStore
from vigie.settings import parse_settings

SMALL = {"hospital_count": 3, "days": 60}


@dataclass(frozen=True)
class Written:
    room: DemoRoom
    truth: Path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("demo")
    room = write_demo_room(folder / "room", truth_folder=folder / "truth", **SMALL)
    return Written(room, folder / "truth")


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_writes_the_same_bytes(written: Written, tmp_path: Path):
    write_demo_room(tmp_path / "again", **SMALL)

    assert contents(tmp_path / "again") == contents(written.room.folder)


def test_another_seed_writes_another_region(written: Written, tmp_path: Path):
    write_demo_room(tmp_path / "other", seed=7, **SMALL)
    here, there = contents(written.room.folder), contents(tmp_path / "other")

    assert here["reference/places.csv"] != there["reference/places.csv"]
    assert here["reference/measures.csv"] == there["reference/measures.csv"]


def test_room_declares_everything_without_a_mistake(written: Written):
    folder = written.room.folder
    declarations, problems = read_declarations(folder)
    measures = declarations.reference["measures"]["measure"].to_pylist()
    text = (folder / "vigie.toml").read_text(encoding="utf-8")
    settings, mistakes = parse_settings(text, {}, measures=measures)

    assert [str(each) for each in (*problems, *mistakes)] == []
    assert settings is not None
    assert sorted(declarations.feeds) == sorted(written.room.rows)
    assert len(declarations.checks) >= 6
    assert len(settings.shortages) == 4
    assert [each.name for each in declarations.scenarios] == [
        "beds_and_absence",
        "gatherings_limited",
    ]
    epidemics = {(each.measure, each.category) for each in settings.epidemics}
    assert unknown_epidemics(declarations.scenarios, epidemics) == []


def test_feeds_take_every_row_of_the_raw_files(written: Written, tmp_path: Path):
    room = written.room
    declarations, _ = read_declarations(room.folder)
    store = ArrivalStore(tmp_path / "state")
    for name, feed in declarations.feeds.items():
        rows = 0
        for path in sorted((room.folder / feed.source.path).glob(feed.source.pattern)):
            accepted = store.accept(
                feed, path, name=path.name, received_at=room.run_at, secret=b"s" * 32
            )
            parsed = store.parse(feed, accepted, declarations.words, timezone="Europe/Paris")
            assert parsed.rejected == 0, f"{path.name}: {pq.read_table(parsed.rejects_path)}"
            rows += parsed.rows
        assert rows == room.rows[name] * max(1, len(feed.measures))


def test_reading_the_sitrep_gives_the_figures_that_were_sent(written: Written, tmp_path: Path):
    room = written.room
    declarations, _ = read_declarations(room.folder)
    feed, store = declarations.feeds["sitrep"], ArrivalStore(tmp_path / "state")
    tables = []
    for path in sorted((room.folder / "inbox/sitrep").iterdir()):
        accepted = store.accept(feed, path, name=path.name, received_at=room.run_at, secret=None)
        parsed = store.parse(feed, accepted, declarations.words, timezone="Europe/Paris")
        tables.append(pq.read_table(parsed.path))
    said = {
        (row["place"], row["reference_date"]): row["value"]
        for row in pa.concat_tables(tables).to_pylist()
    }
    wards = pq.read_table(written.truth / "wards.parquet")
    flaws = pq.read_table(written.truth / "flaws.parquet")
    differing = {
        (row["place"], row["reference_date"])
        for row in flaws.filter(pc.equal(flaws["kind"], "disagreement")).to_pylist()
    }
    true = {
        (row["place"], row["date"]): row["occupancy"]
        for row in wards.filter(pc.equal(wards["category"], "icu")).to_pylist()
    }

    assert len(said) > 100
    assert {cell for cell in said if said[cell] != true[cell]} == differing


def test_last_days_come_as_daily_files_and_old_stock_is_packed(written: Written):
    stock = sorted(path.name for path in (written.room.folder / "inbox/stock").iterdir())
    daily = [name for name in stock if name.count("-") == 2]

    assert len(daily) == 14
    assert daily[-1] == "stock_2020-11-09.csv"
    assert stock[0] == "stock_2020-09.csv.gz"
    packed = (written.room.folder / "inbox/stock" / stock[0]).read_bytes()
    assert gzip.decompress(packed).startswith(b"store,product,date,stock,used,exported_at\n")


def test_room_holds_neither_truth_nor_state(written: Written):
    names = {path.name for path in written.room.folder.iterdir()}

    assert names == {
        ".gitignore",
        "checks.toml",
        "datasets",
        "feeds",
        "inbox",
        "reference",
        "scenarios",
        "vigie.toml",
    }
    assert {path.stem for path in written.truth.iterdir()} >= {"wards", "products", "flaws"}
    assert written.room.end_date == DEMO_END_DATE
    assert written.room.as_of == date(2020, 11, 9)


def test_folder_in_use_is_left_alone(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("kept")

    with pytest.raises(Conflict, match="not empty"):
        write_demo_room(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_room_that_cannot_be_made_leaves_nothing(tmp_path: Path):
    with pytest.raises(BadData, match="hospital_count is 0; use 1 to 400"):
        write_demo_room(tmp_path / "room", hospital_count=0)
    assert not list(tmp_path.iterdir())


def test_interrupted_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pa.csv, "write_csv", full)
    with pytest.raises(OSError, match="No space"):
        write_demo_room(tmp_path / "room", **SMALL)
    assert not list(tmp_path.iterdir())
