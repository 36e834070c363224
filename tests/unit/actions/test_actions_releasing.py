"""Releases: immutable, compared, put in force, and gone back to."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tests.rooms import (
    FIRST_DAY,
    LAST_DAY,
    NEXT_DAY,
    OPERATOR,
    PLACES,
    admissions_file,
    open_at,
    send,
    send_correction,
    write_room,
)
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import open_release, show_table
from vigie.actions.rooms.collecting import collect_files
from vigie.actions.rooms.receiving import parse_arrivals, take_arrivals
from vigie.actions.rooms.releasing import (
    diff_releases,
    list_releases,
    manifest_of,
    publish_release,
    release_in_force,
    show_release,
)
from vigie.actions.rooms.room import Room
from vigie.errors import DamagedFile, NotFound
from vigie.schemas import ALL_TABLES, REPORTS


@dataclass(frozen=True)
class Releases:
    """A room with a release of the last day, and one of the next that corrects A."""

    room: Room
    first: str
    second: str


@pytest.fixture
def made(room: Room) -> Releases:
    first = release_in_force(room)
    send_correction(room, {("A", LAST_DAY): 20})
    second = run_cycle(room, OPERATOR).release
    assert first is not None
    assert second is not None
    return Releases(room, first, second)


def last_of_a(room: Room, release: str | None = None) -> float:
    facts = show_table(room, OPERATOR, "facts", release, measure="beds_occupied", place="A")
    return facts.sort_by("reference_date")["value"][-1].as_py()


def test_the_id_of_a_release_is_the_hash_of_its_manifest(made: Releases) -> None:
    with made.room.state.read() as tx:
        rows = tx.releases()

    for row in rows:
        digest = hashlib.sha256(row.manifest.encode()).hexdigest()
        assert row.release == f"{row.as_of}-{digest[:12]}"
        assert manifest_of(made.room, row.release).sha256 == digest


def test_releases_are_listed_newest_first_with_their_state(made: Releases) -> None:
    draft = run_cycle(made.room, OPERATOR, as_of=LAST_DAY - timedelta(days=1), is_draft=True)

    lines = list_releases(made.room, OPERATOR)

    assert [(line.release, line.state) for line in lines] == [
        (draft.release, "draft"),
        (made.second, "in force"),
        (made.first, "published before"),
    ]
    assert [line.as_of for line in lines] == [
        LAST_DAY - timedelta(days=1),
        NEXT_DAY,
        LAST_DAY,
    ]


def test_going_back_is_publishing_an_older_release(made: Releases) -> None:
    assert last_of_a(made.room) == 20

    publish_release(made.room, OPERATOR, made.first, "the correction was a mistake")

    assert release_in_force(made.room) == made.first
    assert last_of_a(made.room) == 11
    with made.room.state.read() as tx:
        newest = tx.publications()[0]
    assert (newest.actor, newest.reason) == ("local operator", "the correction was a mistake")
    publish_release(made.room, OPERATOR, made.second, "it was none")
    assert last_of_a(made.room) == 20


def test_a_beginning_or_an_end_names_a_release_when_it_is_the_only_one(made: Releases) -> None:
    assert manifest_of(made.room, made.first[:10]).release == made.first
    assert manifest_of(made.room, made.second[-6:]).release == made.second
    with pytest.raises(NotFound):
        manifest_of(made.room, "2021-0")


def test_an_unknown_release_is_told_with_the_nearest(made: Releases) -> None:
    wrong = made.first[:-1] + "x"

    with pytest.raises(NotFound) as caught:
        publish_release(made.room, OPERATOR, wrong, "")

    assert str(caught.value).startswith(f'No release "{wrong}". Nearest: "{made.first}"')
    assert release_in_force(made.room) == made.second


def test_a_comparison_says_which_rows_differ(made: Releases) -> None:
    changes = {
        each.table: each for each in diff_releases(made.room, OPERATOR, made.first, made.second)
    }

    assert (changes["reports"].added, changes["reports"].removed) == (1, 0)
    assert changes["reports"].rows_after == changes["reports"].rows_before + 1
    totals = [line for line in changes["coverage"].examples if "value: 36.0 -> 45.0" in line]
    assert [line.split(": ")[0] for line in totals] == [f"beds_occupied, N, icu, {LAST_DAY}"]
    for table in ("places", "measures", "orders", "derived", "rejects"):
        assert (changes[table].added, changes[table].removed, changes[table].changed) == (0, 0, 0)
    nothing = diff_releases(made.room, OPERATOR, made.second, made.second)
    assert {(each.added, each.removed, each.changed) for each in nothing} == {(0, 0, 0)}


def tables_of(room: Room, release: str) -> dict[str, pa.Table]:
    reader = open_release(room, OPERATOR, release)
    tables = {name: reader.table(name) for name in ALL_TABLES}
    return tables | {"facts": reader.table("facts")}


def test_a_reader_sees_the_same_tables_whatever_happens_later(tmp_path: Path) -> None:
    room = open_at(write_room(tmp_path / "room"), FIRST_DAY + timedelta(days=40))
    most_files = 0
    for number in range(33):
        day = FIRST_DAY + timedelta(days=number)
        send(room, "admissions", f"admissions_{day}.csv", admissions_file(day))
        parse_arrivals(room)
        take_arrivals(room, f"run {number}")
        most_files = max(most_files, len(room.lake.files(REPORTS)))
        if number == 2:
            release = run_cycle(room, OPERATOR, as_of=day).release
            assert release is not None
            before = tables_of(room, release)
            manifest = show_release(room, OPERATOR, release).to_json()
    send_correction(room, {("A", FIRST_DAY): 1})
    run_cycle(room, OPERATOR)
    collect_files(open_at(room.folder, FIRST_DAY + timedelta(days=50)))

    assert len(room.lake.files(REPORTS)) < most_files, "the files were compacted"
    assert show_release(room, OPERATOR, release).to_json() == manifest
    after = tables_of(open_at(room.folder), release)
    for name, table in before.items():
        assert after[name].equals(table), name
    assert before["facts"].num_rows == 3 * len(PLACES)
    assert show_table(room, OPERATOR, "facts", measure="admissions").num_rows == 33 * len(PLACES)


def test_a_release_with_a_damaged_file_is_not_put_in_force(made: Releases) -> None:
    file = manifest_of(made.room, made.first).table(REPORTS.name)[0]
    path = made.room.lake.root / file.path
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    room = open_at(made.room.folder, NEXT_DAY, hour=13)

    with pytest.raises(DamagedFile, match="reports") as caught:
        publish_release(room, OPERATOR, made.first, "")

    assert made.first in str(caught.value)
    assert release_in_force(room) == made.second


def test_an_unknown_table_or_column_is_told_with_the_nearest(made: Releases) -> None:
    with pytest.raises(NotFound, match=r'No table "shortage". Nearest: "shortages"'):
        show_table(made.room, OPERATOR, "shortage")
    with pytest.raises(NotFound, match=r'No column "plase". Nearest: "place"'):
        show_table(made.room, OPERATOR, "facts", plase="A")


def test_values_to_look_for_may_hold_any_sign(made: Releases) -> None:
    for place in ("A' OR '1'='1", "?", "A?"):
        rows = show_table(made.room, OPERATOR, "facts", place=place, category="icu")
        assert rows.num_rows == 0
        assert show_table(made.room, OPERATOR, "shortages", place=place).num_rows == 0
    day = str(LAST_DAY)
    assert show_table(made.room, OPERATOR, "facts", place="A", reference_date=day).num_rows == 5
