"""The collector's part of a day: sample paths of old releases expire, unnamed files go."""

from __future__ import annotations

import shutil
from datetime import timedelta

from vigie.actions.rooms.damage import kept_manifests, releases_with_paths
from vigie.actions.rooms.room import Room
from vigie.lake import Collected
from vigie.schemas import PATH_ARRAYS

__all__ = ["collect_files", "files_lease", "remove_leftovers"]

_LEFTOVER_AFTER = timedelta(hours=24)


def files_lease() -> str:
    """Name of the lease under which files of the lake are removed, or copied one by one."""
    return "lake files"


def collect_files(room: Room) -> Collected | None:
    """Remove files that nobody names any more; the caller holds the writer's lock.

    Kept are the files of every kept release, but the sample paths only of the newest ones and of
    the one in force; what live snapshots name; and what is younger than 24 hours.

    Returns:
        What was removed; None when a backup is copying files just now.
    """
    now = room.now()
    with room.state.read() as tx:
        if tx.is_leased(files_lease(), now=now):
            return None
    manifests = kept_manifests(room)
    with_paths = releases_with_paths(room, manifests)
    named: set[str] = set()
    runs_with_paths = set()
    for manifest in manifests:
        keeps_paths = manifest.release in with_paths
        if keeps_paths:
            runs_with_paths.add(manifest.run)
        for table in manifest.tables:
            if keeps_paths or table.name != PATH_ARRAYS.name:
                named |= {file.path for file in table.files}
        named |= {chart.path for chart in manifest.charts}
    _drop_paths(room, runs_with_paths)
    return room.lake.collect(named, now=now)


def _drop_paths(room: Room, kept_runs: set[str]) -> None:
    """Empty the partitions of runs whose paths expired, so that snapshots let their files go."""
    empty = PATH_ARRAYS.arrow_schema().empty_table()
    for file in room.lake.files(PATH_ARRAYS):
        if file.partition is not None and file.partition not in kept_runs:
            room.lake.write(PATH_ARRAYS, empty, "expiry", partition=file.partition)


def remove_leftovers(room: Room) -> int:
    """Remove what killed processes left in the private inbox; how many things.

    A file there may hold personal columns that were not protected yet. Younger things stay:
    somebody may be receiving a file just now, which needs no lock.
    """
    border = (room.now() - _LEFTOVER_AFTER).timestamp()
    count = 0
    for name in ("inbox", "downloads"):
        folder = room.home / name
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.stat().st_mtime > border:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            count += 1
    return count
