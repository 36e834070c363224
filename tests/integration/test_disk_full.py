"""A full disk is a clean refusal at each phase; with space again, the day completes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
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
    run_days,
)
from vigie.actions.rooms.backing_up import back_up
from vigie.actions.rooms.damage import scrub
from vigie.actions.rooms.lake_rebuilding import rebuild_lake
from vigie.actions.rooms.receiving import receive
from vigie.actions.rooms.releasing import release_in_force
from vigie.actions.rooms.restoring import restore
from vigie.bootstrap import local_operator
from vigie.errors import OutOfSpace

YESTERDAY = LAST_DAY - timedelta(days=1)
SIZE = 8 * 2**20
CALLER = local_operator()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small disk of its own."""
    mount = shutil.which("mount")
    if os.geteuid() != 0 or mount is None:
        pytest.skip("needs root and mount, to make a small disk")
    folder = tmp_path_factory.mktemp("disk")
    command = [mount, "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("this system does not let a test mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked")
    room = open_small(make_room(folder / "room"), at(YESTERDAY))
    for path, feed in files_to_send(folder / "sent")[:4]:
        receive(room, CALLER, path, feed)
    run_days(room, YESTERDAY)
    room.state.close()
    return folder


@pytest.fixture
def folder(disk: Path, worked: Path) -> Iterator[Path]:
    """Yesterday's room on the small disk."""
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(worked / "room", disk / "room")
    yield disk / "room"


def fill(disk: Path, but: int = 0) -> None:
    """Fill the disk, but for so many bytes."""
    with (disk / "filler").open("wb") as stream:
        free = os.statvfs(disk)
        left = free.f_bavail * free.f_frsize - but
        stream.write(b"\0" * max(0, left))


def test_a_file_received_on_a_full_disk_is_refused_and_can_be_sent_again(
    folder: Path, disk: Path, worked: Path
) -> None:
    path, feed = files_to_send(worked / "sent")[4]
    room = open_small(folder)
    fill(disk)
    with pytest.raises(OutOfSpace, match="disk is full"):
        receive(room, CALLER, path, feed)
    with room.state.read() as tx:
        assert len(tx.arrivals()) == 4
    (disk / "filler").unlink()
    assert receive(room, CALLER, path, feed).is_new
    assert not any((folder / ".vigie" / "inbox").iterdir())


def test_a_run_that_finds_the_disk_full_in_any_phase_is_refused_and_completes_with_space(
    folder: Path, disk: Path, worked: Path
) -> None:
    room = open_small(folder)
    for path, feed in files_to_send(worked / "sent")[4:]:
        receive(room, CALLER, path, feed)
    room.state.close()
    shutil.copytree(folder, disk / "kept")
    before = figures(room)
    refused_at: set[str] = set()
    for number, left in enumerate(range(0, 4_000_000, 16_384)):
        shutil.rmtree(folder)
        shutil.copytree(disk / "kept", folder)
        steps = ["nothing yet"]
        fresh = open_small(folder, durable=steps.append)
        fill(disk, left)
        try:
            run_days(fresh, LAST_DAY)
        except OutOfSpace:
            refused_at.add(steps[-1])
        else:
            (disk / "filler").unlink()
            break
        other = open_small(folder)
        assert release_in_force(other) == release_in_force(room)
        assert figures(other) == before
        (disk / "filler").unlink()
        assert scrub(other)[1] == []
        if number % 4 == 1:
            (done,) = run_days(open_small(folder), LAST_DAY)
            assert done.release == release_in_force(other)
    assert len(refused_at) >= 5, refused_at
    assert release_in_force(open_small(folder)) != release_in_force(room)


def test_backup_restore_and_rebuild_on_a_full_disk_leave_nothing_behind(
    folder: Path, disk: Path, worked: Path, tmp_path: Path
) -> None:
    room = open_small(folder)
    backup = back_up(room, CALLER, tmp_path / "backup").target
    stored = figures(room)
    for left in (0, 60_000):
        fill(disk, left)
        with pytest.raises(OutOfSpace):
            back_up(room, CALLER, disk / "backup")
        with pytest.raises(OutOfSpace):
            restore(CALLER, backup, disk / "restored", now=at(LAST_DAY))
        with pytest.raises(OutOfSpace):
            rebuild_lake(open_small(folder), CALLER)
        assert {path.name for path in disk.iterdir()} == {"room", "filler"}
        assert not (folder / ".vigie" / "lake.rebuild").exists()
        (disk / "filler").unlink()
        assert figures(open_small(folder)) == stored
    rebuild_lake(open_small(folder), CALLER)
    assert figures(open_small(folder)) == stored
