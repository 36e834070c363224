"""The restore drill: a backup made while others work opens elsewhere with equal figures."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.small_room import (
    LAST_DAY,
    at,
    figures,
    files_to_send,
    make_room,
    open_small,
    revisions,
    run_days,
    send_all,
)
from vigie.actions.daily.examining import examine
from vigie.actions.rooms.backing_up import LAST_RESTORE_TEST, back_up
from vigie.actions.rooms.lake_rebuilding import rebuild_lake
from vigie.actions.rooms.receiving import receive
from vigie.actions.rooms.restoring import confirm_restore, restore
from vigie.actions.rooms.room import Room
from vigie.bootstrap import local_operator
from vigie.errors import BadData, Conflict, DamagedFile, NotFound
from vigie.lake import as_of_sql
from vigie.schemas import REPORTS
from vigie.state import ArrivalStatus

YESTERDAY = LAST_DAY - timedelta(days=1)
TOMORROW = LAST_DAY + timedelta(days=1)
CALLER = local_operator()


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room that has worked for two days; tests take copies of it."""
    folder = tmp_path_factory.mktemp("worked")
    room = open_small(make_room(folder / "room"))
    sent = files_to_send(folder / "sent")
    for path, feed in sent[:4]:
        receive(room, CALLER, path, feed)
    run_days(room, YESTERDAY)
    for path, feed in sent[4:]:
        receive(room, CALLER, path, feed)
    run_days(room, LAST_DAY)
    room.state.close()
    return folder / "room"


@pytest.fixture
def folder(worked: Path, tmp_path: Path) -> Path:
    shutil.copytree(worked, tmp_path / "room")
    return tmp_path / "room"


def restored(source: Path, target: Path) -> Room:
    restore(CALLER, source, target, now=at(LAST_DAY, 9))
    return open_small(target, at(LAST_DAY, 9))


def test_a_restored_room_has_equal_figures_and_goes_on_like_the_first(
    folder: Path, tmp_path: Path
) -> None:
    room = open_small(folder, at(LAST_DAY, 8))
    made = back_up(room, CALLER, tmp_path / "backups" / "today")
    assert made.damaged == ()
    other = restored(made.target, tmp_path / "elsewhere, with spaces #2" / "room")

    assert confirm_restore(other, CALLER, made.target) == made.release
    with room.state.read() as tx:
        releases = [row.release for row in tx.releases()]
    assert len(releases) == 2
    for release in releases:
        assert figures(other, release) == figures(room, release)
    assert revisions(other) == revisions(room)

    for each in (room, other):
        run_days(each, TOMORROW)
    assert figures(other) == figures(room)
    shutil.rmtree(folder)
    again = open_small(other.folder, at(TOMORROW))
    assert figures(again)["shortages"]


def test_a_room_restored_twice_over_still_works(folder: Path, tmp_path: Path) -> None:
    room = open_small(folder)
    for number in range(3):
        backup = back_up(room, CALLER, tmp_path / f"backup {number}")
        room = restored(backup.target, tmp_path / f"room {number}")
        assert run_days(room, TOMORROW + timedelta(days=number))[0].is_new
    assert len(revisions(room)) == len(revisions(open_small(folder)))


def test_pseudonym_keys_and_the_reading_place_of_feeds_are_in_the_backup(
    folder: Path, tmp_path: Path
) -> None:
    from vigie.actions.rooms.keys import pseudonym_key

    key = pseudonym_key(folder / ".vigie")
    with open_small(folder).state.write("memory of a source") as tx:
        tx.remember("source:beds", "etag")
    backup = back_up(open_small(folder), CALLER, tmp_path / "backup")
    other = restored(backup.target, tmp_path / "other")
    assert pseudonym_key(other.home) == key
    with other.state.read() as tx:
        assert tx.recall("source:beds") == "etag"


def test_nobody_but_the_owner_can_read_a_backup_or_a_restored_room(
    folder: Path, tmp_path: Path
) -> None:
    backup = back_up(open_small(folder), CALLER, tmp_path / "backup")
    restore(CALLER, backup.target, tmp_path / "other", now=at(LAST_DAY))
    for top in (backup.target, tmp_path / "other"):
        for path in (top, *top.rglob("*")):
            assert path.stat().st_mode & 0o077 == 0, path


def _work(folder: Path, sent: Path, started: multiprocessing.synchronize.Event) -> None:
    room = open_small(folder)
    for number, (path, feed) in enumerate(files_to_send(sent) * 3):
        copy = path.with_name(f"{number} {path.name}")
        copy.write_bytes(path.read_bytes() + b"\n" * number)
        receive(room, CALLER, copy, feed)
        started.set()
        run_days(room, TOMORROW + timedelta(days=number))


def test_a_backup_made_while_others_write_holds_all_that_its_state_acknowledges(
    folder: Path, tmp_path: Path
) -> None:
    import multiprocessing.synchronize

    context = multiprocessing.get_context("spawn")
    started = context.Event()
    (tmp_path / "sent").mkdir()
    writer = context.Process(target=_work, args=(folder, tmp_path / "sent", started))
    writer.start()
    try:
        assert started.wait(60)
        backups = [
            back_up(open_small(folder), CALLER, tmp_path / f"backup{n}").target for n in range(3)
        ]
        assert writer.is_alive(), "the writer ended before the last backup"
    finally:
        writer.kill()
        writer.join()
    for number, backup in enumerate(backups):
        other = restored(backup, tmp_path / f"other{number}")
        confirm_restore(other, CALLER, backup)
        with other.state.read() as tx:
            taken = tx.arrivals(status=(ArrivalStatus.TAKEN,))
            everything = tx.arrivals()
        assert {row.arrival for row in everything} == {
            each.arrival for feed in ("beds", "stock") for each in other.arrivals.arrivals(feed)
        }
        held = {row[-1] for row in revisions(other)}
        assert held <= {row.arrival for row in everything}
        assert taken
        run_days(other, TOMORROW + timedelta(days=40))


def test_a_damaged_backup_is_refused_with_the_file_and_leaves_nothing(
    folder: Path, tmp_path: Path
) -> None:
    backup = back_up(open_small(folder), CALLER, tmp_path / "backup").target
    victim = next((backup / "room" / ".vigie" / "arrivals").rglob("observations.parquet"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    with pytest.raises(DamagedFile, match=r"observations\.parquet is not what was copied"):
        restore(CALLER, backup, tmp_path / "other", now=at(LAST_DAY))
    victim.unlink()
    with pytest.raises(DamagedFile, match=r"observations\.parquet is missing"):
        restore(CALLER, backup, tmp_path / "other", now=at(LAST_DAY))
    (backup / "backup.json").write_text("{", encoding="utf-8")
    with pytest.raises(DamagedFile, match=r"backup\.json is damaged"):
        restore(CALLER, backup, tmp_path / "other", now=at(LAST_DAY))
    assert {path.name for path in tmp_path.iterdir()} == {"room", "backup"}


def test_restore_and_backup_overwrite_nothing(folder: Path, tmp_path: Path) -> None:
    room = open_small(folder)
    backup = back_up(room, CALLER, tmp_path / "backup").target
    with pytest.raises(Conflict, match="is not empty"):
        restore(CALLER, backup, folder, now=at(LAST_DAY))
    with pytest.raises(Conflict, match="exists"):
        back_up(room, CALLER, backup)
    with pytest.raises(BadData, match="lies in the room itself"):
        back_up(room, CALLER, folder / "backup")
    with pytest.raises(NotFound, match="is no backup"):
        restore(CALLER, folder, tmp_path / "other", now=at(LAST_DAY))
    body = json.loads((backup / "backup.json").read_text(encoding="utf-8"))
    (backup / "backup.json").write_text(json.dumps(body | {"format": 9}), encoding="utf-8")
    with pytest.raises(BadData, match="is a backup of format 9"):
        restore(CALLER, backup, tmp_path / "other", now=at(LAST_DAY))


def test_a_backup_says_which_files_were_damaged_already(folder: Path, tmp_path: Path) -> None:
    victim = next((folder / ".vigie" / "lake" / "data" / "reports").rglob("*.parquet"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    made = back_up(open_small(folder), CALLER, tmp_path / "backup")
    assert made.damaged == (victim.relative_to(folder).as_posix(),)
    other = restored(made.target, tmp_path / "other")
    with pytest.raises(DamagedFile, match=victim.name):
        confirm_restore(other, CALLER, made.target)


def test_the_doctor_of_the_first_room_learns_that_its_backup_was_restored(
    folder: Path, tmp_path: Path
) -> None:
    room = open_small(folder, at(LAST_DAY, 9))
    backup = back_up(room, CALLER, tmp_path / "backup").target
    before = {each.subject: each for each in examine(room, CALLER).findings}
    assert before["last backup"].is_fine
    assert not before["last restore test"].is_fine
    confirm_restore(restored(backup, tmp_path / "other"), CALLER, backup)
    after = {each.subject: each for each in examine(room, CALLER).findings}
    assert after["last restore test"].is_fine
    shutil.rmtree(backup)
    with room.state.read() as tx:
        assert tx.recall(LAST_RESTORE_TEST) is not None


def as_of_answers(room: Room) -> list[list[dict[str, object]]]:
    relation = room.lake.relation(REPORTS, room.lake.files(REPORTS))
    days = (YESTERDAY - timedelta(days=5), YESTERDAY, LAST_DAY)
    return [
        sorted(
            room.engine.query(as_of_sql(REPORTS, relation, room.end_of(day))).to_pylist(), key=str
        )
        for day in days
    ]


def test_a_rebuilt_lake_answers_as_before_and_old_releases_stay_readable(
    folder: Path, tmp_path: Path
) -> None:
    room = open_small(folder)
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(folder, undisturbed)
    with room.state.read() as tx:
        releases = [row.release for row in tx.releases()]
    before = [figures(room, release) for release in releases]
    answers, stored = as_of_answers(room), revisions(room)

    made = rebuild_lake(room, CALLER)
    assert (made.feeds, made.arrivals, made.revisions) == (2, 6, len(stored))

    rebuilt = open_small(folder)
    assert revisions(rebuilt) == stored
    assert as_of_answers(rebuilt) == answers
    assert [figures(rebuilt, release) for release in releases] == before
    other = open_small(undisturbed)
    for each in (rebuilt, other):
        run_days(each, TOMORROW)
    assert figures(rebuilt) == figures(other)
    assert not (folder / ".vigie" / "lake.rebuild").exists()


def test_a_lake_that_is_lost_or_whose_catalogue_is_damaged_comes_back(folder: Path) -> None:
    stored = revisions(open_small(folder))
    (folder / ".vigie" / "lake" / "catalogue.db").write_bytes(b"nothing" * 500)
    rebuild_lake(open_small(folder), CALLER)
    assert revisions(open_small(folder)) == stored

    shutil.rmtree(folder / ".vigie" / "lake")
    rebuild_lake(open_small(folder), CALLER)
    room = open_small(folder)
    assert revisions(room) == stored
    with pytest.raises(DamagedFile, match="is missing"):
        figures(room)
    run_days(room, TOMORROW)
    assert figures(room)["shortages"]


@pytest.mark.parametrize("step", ["rebuild: files joined", "lake: before the snapshot of reports"])
def test_a_rebuild_that_breaks_off_leaves_the_old_lake_in_force(folder: Path, step: str) -> None:
    stored = revisions(open_small(folder))

    def break_off(now: str) -> None:
        if now == step:
            raise RuntimeError(step)

    with pytest.raises(RuntimeError):
        rebuild_lake(open_small(folder, durable=break_off), CALLER)
    assert revisions(open_small(folder)) == stored
    rebuild_lake(open_small(folder), CALLER)
    assert revisions(open_small(folder)) == stored


def test_a_rebuild_refuses_what_it_cannot_read(folder: Path) -> None:
    raw = next((folder / ".vigie" / "arrivals" / "beds").rglob("observations.parquet"))
    content = raw.read_bytes()
    raw.write_bytes(content[:-9] + b"!" + content[-8:])
    with pytest.raises(DamagedFile, match=raw.parent.name):
        rebuild_lake(open_small(folder), CALLER)
    raw.write_bytes(content)
    (folder / "feeds" / "stock.toml").unlink()
    with pytest.raises(BadData, match=r"declared no more: feeds/stock\.toml"):
        rebuild_lake(open_small(folder), CALLER)


def test_a_room_without_arrivals_is_rebuilt_to_an_empty_lake(tmp_path: Path) -> None:
    room = open_small(make_room(tmp_path / "room"))
    assert rebuild_lake(room, CALLER).revisions == 0
    room = open_small(tmp_path / "room")
    send_all(room, tmp_path / "sent")
    assert run_days(room, LAST_DAY)[0].is_new
