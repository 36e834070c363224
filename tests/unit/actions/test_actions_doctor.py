"""The doctor finds what needs somebody, and says what to do."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.small_room import (
    LAST_DAY,
    at,
    files_to_send,
    make_room,
    open_small,
    run_days,
    send_all,
)
from vigie.actions.daily.examining import Finding, examine, state_format_back
from vigie.actions.rooms.backing_up import back_up
from vigie.actions.rooms.collecting import remove_leftovers
from vigie.actions.rooms.receiving import receive
from vigie.actions.rooms.restoring import confirm_restore, restore
from vigie.actions.rooms.room import Room
from vigie.bootstrap import local_operator
from vigie.errors import AccessRefused
from vigie.governance import Caller
from vigie.state import RunRow, RunStatus

CALLER = local_operator()
NOW = at(LAST_DAY, 9)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked")
    room = open_small(make_room(folder / "room"))
    send_all(room, folder / "sent")
    run_days(room, LAST_DAY)
    room.state.close()
    return folder / "room"


@pytest.fixture
def folder(worked: Path, tmp_path: Path) -> Path:
    shutil.copytree(worked, tmp_path / "room")
    return tmp_path / "room"


def found(room: Room) -> dict[str, Finding]:
    return {each.subject: each for each in examine(room, CALLER).findings}


def test_a_room_that_is_looked_after_is_fine(folder: Path, tmp_path: Path) -> None:
    text = (folder / "feeds" / "stock.toml").read_text(encoding="utf-8")
    monthly = text.replace('rhythm = "week"', 'rhythm = "month"')
    (folder / "feeds" / "stock.toml").write_text(monthly, encoding="utf-8")
    room = open_small(folder, NOW)
    backup = back_up(room, CALLER, tmp_path / "backup").target
    restore(CALLER, backup, tmp_path / "other", now=NOW)
    confirm_restore(open_small(tmp_path / "other", NOW), CALLER, backup)
    health = examine(room, CALLER, is_scrubbed=True)
    assert [each for each in health.findings if not each.is_fine] == []
    assert health.is_fine
    subjects = [each.subject for each in health.findings]
    assert {"versions", "disk", "clock", "feed beds", "last run", "files", "lake"} <= set(subjects)


def test_a_new_room_is_told_what_it_lacks(tmp_path: Path) -> None:
    told = found(open_small(make_room(tmp_path / "room"), NOW))
    assert "vigie run" in told["last run"].message
    assert "vigie backup" in told["last backup"].message
    assert "vigie restore" in told["last restore test"].message
    assert "silent" in told["feed beds"].message
    lacking = {name for name, each in told.items() if not each.is_fine}
    assert lacking == {
        "feed beds",
        "feed stock",
        "last run",
        "release in force",
        "last backup",
        "last restore test",
    }


def test_arrivals_from_the_future_betray_a_clock_that_went_back(folder: Path) -> None:
    told = found(open_small(folder, at(LAST_DAY - timedelta(days=3))))
    assert not told["clock"].is_fine
    assert "6 arrivals and 1 releases" in told["clock"].message


def test_an_old_backup_and_an_old_restore_test_are_not_enough(folder: Path, tmp_path: Path) -> None:
    room = open_small(folder, NOW)
    backup = back_up(room, CALLER, tmp_path / "backup").target
    restore(CALLER, backup, tmp_path / "other", now=NOW)
    confirm_restore(open_small(tmp_path / "other", NOW), CALLER, backup)
    soon = found(open_small(folder, NOW + timedelta(days=6)))
    assert soon["last backup"].is_fine
    later = found(open_small(folder, NOW + timedelta(days=9)))
    assert not later["last backup"].is_fine
    assert later["last restore test"].is_fine
    assert not found(open_small(folder, NOW + timedelta(days=40)))["last restore test"].is_fine


def test_a_stopped_arrival_is_named_with_its_reason(folder: Path, tmp_path: Path) -> None:
    room = open_small(folder, NOW)
    path = tmp_path / "beds_2020-03-31.csv"
    path.write_text("site,day,occupied,staffed\nA,2020-03-30,1,2\n", encoding="utf-8")
    receive(room, CALLER, path, "beds")
    run_days(room, LAST_DAY + timedelta(days=1))
    told = found(room)
    assert not told["stopped arrivals"].is_fine
    assert "hospital" in told["stopped arrivals"].message


def test_an_interrupted_run_is_found_once_it_cannot_be_at_work_any_more(folder: Path) -> None:
    room = open_small(folder, NOW)
    with room.state.write("a run that was killed") as tx:
        tx.put_run(RunRow("killed", LAST_DAY, NOW, RunStatus.STARTED))
    assert found(room)["last run"].is_fine
    later = found(open_small(folder, NOW + timedelta(hours=1)))
    assert "interrupted" in later["last run"].message
    assert not later["last run"].is_fine


def test_waiting_alerts_and_the_lack_of_a_channel_are_told(folder: Path) -> None:
    room = open_small(folder, NOW)
    with room.state.write("an alert") as tx:
        tx.post("alert", "key", b"text", now=NOW)
    told = found(room)
    assert not told["alerts"].is_fine
    assert "names nowhere to send them" in told["alerts"].message


def test_the_doctor_is_for_who_operates_the_room(folder: Path) -> None:
    room = open_small(folder)
    stranger = Caller("somebody", "research")
    for act in (
        lambda: examine(room, stranger),
        lambda: state_format_back(room, stranger, "0001"),
        lambda: back_up(room, stranger, folder.parent / "backup"),
    ):
        with pytest.raises(AccessRefused):
            act()
    with room.state.read() as tx:
        assert len([row for row in tx.outbox("audit") if b'"allowed":false' in row.payload]) == 3


def test_the_format_of_today_is_no_step_back(folder: Path) -> None:
    room = open_small(folder)
    assert state_format_back(room, CALLER, "0002") == "0002"
    with room.state.read() as tx:
        told = [row.payload for row in tx.outbox("audit") if b"to_format" in row.payload]
    assert len(told) == 1, "who asked for another format is on record"


def test_what_killed_processes_left_in_the_inbox_goes_after_a_day(
    folder: Path, tmp_path: Path
) -> None:
    left = folder / ".vigie" / "inbox" / "tmp123"
    left.mkdir(parents=True)
    (left / "raw").write_text("name,birth date\n", encoding="utf-8")
    assert remove_leftovers(open_small(folder, at(LAST_DAY))) == 0
    assert remove_leftovers(open_small(folder, at(LAST_DAY + timedelta(days=40_000)))) == 1
    assert not left.exists()
    path, feed = files_to_send(tmp_path / "sent")[0]
    assert not receive(open_small(folder), CALLER, path, feed).is_new
