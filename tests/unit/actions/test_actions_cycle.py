"""The daily cycle: run twice, as of a day, as a draft, blocked, with feeds that disagree."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tests.rooms import (
    FILES,
    FIRST_DAY,
    LAST_DAY,
    NEXT_DAY,
    OPERATOR,
    STAFFED,
    beds_file,
    occupied,
    open_at,
    put,
    send,
    send_correction,
    send_first_days,
    stock_file,
    write_room,
)
from vigie.actions.daily.cycle import CycleResult, run_cycle
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.releasing import diff_releases, publish_release, release_in_force
from vigie.actions.rooms.room import Room
from vigie.errors import Conflict, NotFound
from vigie.schemas import ALL_TABLES
from vigie.state import OutboxRow, RunStatus

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("cycle")

Row = dict[str, object]

SITREP = FILES["feeds/beds.toml"].replace("beds_(?P", "sitrep_(?P").split("[[measures]]")[0] + (
    '[[measures]]\nmeasure = "beds_occupied"\nfrom = "patients"\nunit = "patients"\n'
)


def rows(room: Room, table: str, release: str | None = None, **equals: str) -> list[Row]:
    return show_table(room, OPERATOR, table, release, **equals).to_pylist()


def outbox(room: Room, kind: str) -> list[OutboxRow]:
    with room.state.read() as tx:
        return tx.outbox(kind)


def figure(room: Room, place: str, day: date, release: str | None = None) -> Row:
    facts = rows(room, "facts", release, measure="beds_occupied", place=place)
    return next(row for row in facts if row["reference_date"] == day)


@dataclass(frozen=True)
class Story:
    """A room in which B and C say nothing on the last day, two feeds disagree on A, and the
    registry corrects A on the day after.
    """

    room: Room
    as_then: CycleResult
    as_now: CycleResult


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = write_room(tmp_path_factory.mktemp("story") / "room", {"feeds/sitrep.toml": SITREP})
    room = open_at(folder, NEXT_DAY)
    day_before = LAST_DAY - timedelta(days=1)
    send(room, "beds", f"beds_{day_before}.csv", beds_file(day_before, 27))
    today = beds_file(LAST_DAY, without={"B"}, changes={("C", LAST_DAY): ""})
    send(room, "beds", f"beds_{LAST_DAY}.csv", today)
    send_correction(room, {("A", LAST_DAY): 20})
    sitrep = f"hospital,day,patients\nA,{LAST_DAY},30\nA,{day_before},11\n"
    send(room, "sitrep", f"sitrep_{LAST_DAY}.csv", sitrep)
    as_then = run_cycle(room, OPERATOR, as_of=LAST_DAY)
    return Story(room, as_then, run_cycle(room, OPERATOR, as_of=NEXT_DAY))


def test_a_release_of_an_earlier_day_holds_what_was_known_then(story: Story) -> None:
    assert figure(story.room, "A", LAST_DAY, story.as_then.release)["value"] == 11
    assert figure(story.room, "A", LAST_DAY, story.as_now.release)["value"] == 20
    first = rows(story.room, "forecasts", story.as_then.release, target="beds_occupied")
    assert {row["reference_date"] for row in first} == {LAST_DAY}


def test_a_hospital_that_says_nothing_is_missing_and_never_zero(story: Story) -> None:
    said = rows(story.room, "facts", story.as_then.release, measure="beds_occupied", place="B")
    assert max(row["reference_date"] for row in said) == LAST_DAY - timedelta(days=1)
    blank = figure(story.room, "C", LAST_DAY, story.as_then.release)
    assert (blank["value"], blank["reason"]) == (None, "blank")


def test_a_total_is_of_those_who_reported_with_the_completed_estimate_beside(
    story: Story,
) -> None:
    totals = rows(story.room, "coverage", story.as_then.release, measure="beds_occupied")
    by_day = {row["reference_date"]: row for row in totals}

    last, day_before = by_day[LAST_DAY], by_day[LAST_DAY - timedelta(days=1)]

    assert (last["value"], last["reported"], last["expected"]) == (11, 1, 3)
    truth = sum(occupied(place, LAST_DAY) for place in STAFFED)
    assert last["completed_low"] <= truth <= last["completed_high"]
    assert last["completed"] == pytest.approx(truth, abs=3)
    assert (day_before["value"], day_before["reported"]) == (11 + 12 + 13, 3)
    assert day_before["completed"] == day_before["value"]


def test_feeds_that_disagree_are_both_kept_with_the_rule_in_force(story: Story) -> None:
    conflicts = rows(story.room, "conflicts", story.as_then.release)

    assert [
        (each["place"], each["reference_date"], each["feed"], each["value"], each["other_feed"])
        for each in conflicts
    ] == [("A", LAST_DAY, "beds", 11, "sitrep")], "11 against 11 on the day before is no conflict"
    assert conflicts[0]["other_value"] == 30
    assert conflicts[0]["rule"] == 'measures.csv: feed "beds" rules.'
    kept = rows(story.room, "reports", story.as_then.release, measure="beds_occupied", place="A")
    of_the_day = {row["feed"]: row["value"] for row in kept if row["known_at"].date() == LAST_DAY}
    assert of_the_day == {"beds": 11, "sitrep": 30}


def test_what_was_reported_is_the_same_in_both_releases(story: Story) -> None:
    before = rows(story.room, "reports", story.as_then.release, measure="beds_staffed")
    after = rows(story.room, "reports", story.as_now.release, measure="beds_staffed")
    assert before == after
    assert {row["value"] for row in before} == set(STAFFED.values())


def test_a_second_run_changes_nothing(folder: Path) -> None:
    room = open_at(folder, hour=12)
    in_force = release_in_force(room)
    files = {path for path in (room.home / "lake").rglob("*") if path.is_file()}
    audited = outbox(room, "audit")

    result = run_cycle(room, OPERATOR)

    assert (result.release, result.is_new) == (in_force, False)
    assert result.message.startswith("Nothing new has arrived")
    assert {path for path in (room.home / "lake").rglob("*") if path.is_file()} == files
    assert outbox(room, "audit") == audited


def tables_of(room: Room) -> dict[str, pa.Table]:
    return {name: show_table(room, OPERATOR, name) for name in ALL_TABLES}


def test_same_seed_and_arrivals_give_equal_tables_and_another_seed_other_futures(
    tmp_path: Path, released_folder: Path
) -> None:
    first = tables_of(open_at(released_folder))
    made = {}
    for seed in (1, 2):
        settings = FILES["vigie.toml"].replace("[engine]", f"seed = {seed}\n\n[engine]", 1)
        settings = settings.replace('deadline = "08:00"\n\nseed', 'deadline = "08:00"\nseed')
        room = open_at(write_room(tmp_path / f"room {seed}", {"vigie.toml": settings}))
        send_first_days(room)
        run_cycle(room, OPERATOR)
        made[seed] = tables_of(room)

    def bare(table: pa.Table) -> pa.Table:
        times = {"last_arrival_at", "run"}
        return table.select([name for name in table.column_names if name not in times])

    for name, table in first.items():
        assert bare(made[1][name]).equals(bare(table)), name
    assert not bare(made[2]["path_arrays"]).equals(bare(first["path_arrays"]))
    assert made[2]["reports"].num_rows == first["reports"].num_rows


def test_a_draft_is_seen_by_nobody_until_it_is_published_as_one_row(room: Room) -> None:
    in_force = release_in_force(room)
    send_correction(room, {("A", LAST_DAY): 12})

    draft = run_cycle(room, OPERATOR, is_draft=True)

    assert draft.status == RunStatus.DRAFT
    assert release_in_force(room) == in_force
    assert figure(room, "A", LAST_DAY)["value"] == 11
    assert not run_cycle(room, OPERATOR, is_draft=True).is_new
    changes = {
        change.table: change for change in diff_releases(room, OPERATOR, None, draft.release)
    }
    assert (changes["reports"].added, changes["reports"].removed) == (1, 0)
    assert any("N, icu, 2021-01-31" in line for line in changes["coverage"].examples)
    assert changes["places"].changed == 0

    with room.state.read() as tx:
        count = len(tx.publications())
    publish_release(room, OPERATOR, draft.release, "looked at")

    with room.state.read() as tx:
        assert len(tx.publications()) == count + 1
    assert figure(room, "A", LAST_DAY)["value"] == 12
    again = run_cycle(room, OPERATOR)
    assert (again.release, again.is_new) == (draft.release, False)


CHECKS = """\
[[check]]
name = "beds_are_few"
kind = "range"
measure = "beds_occupied"
max = 40
severity = "blocking"

[[check]]
name = "stock_is_large"
kind = "range"
measure = "stock"
min = 100
"""


def test_a_failed_blocking_check_keeps_the_release_in_force_and_says_what_and_where(
    folder: Path,
) -> None:
    put(folder, "checks.toml", CHECKS)
    room = open_at(folder, NEXT_DAY)
    in_force = release_in_force(room)
    send_correction(room, {("B", LAST_DAY): 1200})

    result = run_cycle(room, OPERATOR)

    assert result.status == RunStatus.BLOCKED
    assert release_in_force(room) == in_force
    for part in ("beds_occupied", "beds_are_few", f"B, icu, {LAST_DAY}", "1200"):
        assert part in result.message
    assert figure(room, "B", LAST_DAY)["value"] == 12
    told = [json.loads(row.payload)["text"] for row in outbox(room, "alert")]
    assert told == [result.message]
    again = run_cycle(room, OPERATOR)
    assert (again.status, again.is_new, again.message) == (RunStatus.BLOCKED, False, result.message)

    day_after = NEXT_DAY + timedelta(days=1)
    send(room, "beds", f"beds_{day_after}.csv", beds_file(LAST_DAY))
    mended = run_cycle(open_at(folder, day_after), OPERATOR)

    assert mended.status == RunStatus.RELEASED
    assert release_in_force(room) == mended.release


def test_a_failed_warning_is_kept_and_blocks_nothing(folder: Path) -> None:
    put(folder, "checks.toml", CHECKS)
    room = open_at(folder, NEXT_DAY)
    send(room, "supplies", f"stock_{NEXT_DAY}.csv", stock_file(LAST_DAY, left={"C": 15}))

    assert run_cycle(room, OPERATOR).status == RunStatus.RELEASED

    failed = [row for row in rows(room, "check_results") if not row["passed"]]
    # 485 masks that nobody used are gone: the book asks for a recount too.
    told = {("stock_is_large", "warning"), ("recount", "warning")}
    assert {(row["check"], row["severity"]) for row in failed} == told
    assert {row["place"] for row in failed if row["place"]} == {"C"}


def test_a_room_whose_first_run_is_blocked_has_no_release(tmp_path: Path) -> None:
    checks = CHECKS.replace("max = 40", "max = 1")
    room = open_at(write_room(tmp_path / "room", {"checks.toml": checks}))
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY))

    assert run_cycle(room, OPERATOR).status == RunStatus.BLOCKED

    with pytest.raises(NotFound, match="No release is in force yet"):
        rows(room, "facts")


def test_one_writer_at_a_time(room: Room) -> None:
    in_force = release_in_force(room)
    send_correction(room, {("A", LAST_DAY): 12})

    with room.writing(), pytest.raises(Conflict, match="is writing to this room"):
        run_cycle(room, OPERATOR)

    assert release_in_force(room) == in_force


def test_a_run_that_finds_nothing_new_does_not_undo_a_going_back(folder: Path) -> None:
    room = open_at(folder, hour=12)
    newest = release_in_force(room)
    older = run_cycle(room, OPERATOR, as_of=FIRST_DAY + timedelta(days=26)).release
    assert release_in_force(room) == older

    result = run_cycle(room, OPERATOR)

    assert (result.is_new, release_in_force(room)) == (False, older)
    assert f"vigie release publish {newest}" in result.message


def test_a_room_without_any_arrival_still_ends_in_a_release_that_says_so(tmp_path: Path) -> None:
    room = open_at(write_room(tmp_path / "room"))

    assert run_cycle(room, OPERATOR).status == RunStatus.RELEASED

    assert {row["state"] for row in rows(room, "feeds_status")} == {"silent"}
    assert rows(room, "shortages") == rows(room, "forecasts") == []
