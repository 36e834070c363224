"""Back up a room while others work in it.

A backup is a folder: ``backup.json`` lists every file with its SHA-256, ``room`` holds the room as
it can be opened. The state is copied first, so everything it acknowledges is on the disk by
then; files of the lake are not removed while they are copied, under a lease of the collector.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.collecting import files_lease
from vigie.actions.rooms.copying import Copied, copy_file, private_folders, space_errors
from vigie.actions.rooms.damage import kept_manifests, releases_with_paths
from vigie.actions.rooms.room import Room
from vigie.durable import sha256_of
from vigie.errors import BadData, Conflict
from vigie.governance import Action, Caller
from vigie.lake import Lake
from vigie.schemas import PATH_ARRAYS
from vigie.state import State

__all__ = [
    "BACKUP_FILE",
    "BACKUP_FORMAT",
    "LAST_BACKUP",
    "LAST_RESTORE_TEST",
    "RESTORED_FILE",
    "BackedUp",
    "back_up",
    "learn_of_restore_test",
]

BACKUP_FILE = "backup.json"
BACKUP_FORMAT = 1
LAST_BACKUP = "last_backup"
"""Name under which the state remembers the last backup: JSON of its target and instant."""
RESTORED_FILE = "restored.json"
"""Left in the backup by a restore that was proved, for the room it was made of."""
LAST_RESTORE_TEST = "last_restore_test"
"""Name under which the state remembers the last proved restore: an ISO instant."""

_NOT_COPIED = {".git", ".vigie"}
# Of the state folder: what is copied by itself below, and what only a running process needs.
_HANDLED = {"arrivals", "lake", "state.db", "state.db-wal", "state.db-shm"}
_PASSING = {"scratch", "inbox", "downloads", "writer.lock", "lake.rebuild", "cache"}
_ATTEMPTS = 5
_LEASE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup.

    Attributes:
        target: its folder.
        made_at: UTC instant.
        files: number of files in it.
        bytes: their length together.
        release: the release in force in it, None before the first.
        damaged: files of the room that were not what was written when they were copied.
        left_out: links and other things that are no plain files.
    """

    target: Path
    made_at: datetime
    files: int
    bytes: int
    release: str | None
    damaged: tuple[str, ...]
    left_out: tuple[str, ...]


def back_up(room: Room, caller: Caller, target: Path) -> BackedUp:
    """Copy the folder, the arrivals, the state, the keys and the files of the kept releases.

    The backup appears under its name when it is whole.

    Args:
        room: the room; others may go on working in it.
        caller: who asks.
        target: folder to make.

    Raises:
        Conflict: the target exists, or another backup is being made.
        BadData: the target lies in the room.
        OutOfSpace: the disk of the target is full; nothing of the backup is left.
    """
    decision = admit(room, caller, Action.OPERATE, "backup")
    target = target.resolve()
    if target.is_relative_to(room.folder):
        raise BadData(f"{target} lies in the room itself. Name a folder on another disk.")
    if target.exists():
        raise Conflict(f"{target} exists. Nothing was changed. Name a folder that does not exist.")
    partial = target.with_name(f".{target.name}.partial")
    with _only_backup(room), space_errors("the backup", target):
        shutil.rmtree(partial, ignore_errors=True)
        try:
            made = _Copy(room, partial / "room").make(target)
            _write_list(partial, room, made)
            os.sync()
            partial.rename(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    told = made.told
    learn_of_restore_test(room)
    with room.state.write("a backup") as tx:
        remembered = {
            "target": str(target),
            "made_at": told.made_at.isoformat(),
            "damaged": len(told.damaged),
        }
        tx.remember(LAST_BACKUP, json.dumps(remembered))
        record(tx, decision, files=told.files, bytes=told.bytes, damaged=len(told.damaged))
    return told


def learn_of_restore_test(room: Room) -> None:
    """Learn of a restore of the last backup from the note that it left there."""
    with room.state.read() as tx:
        backup = tx.recall(LAST_BACKUP)
        known = tx.recall(LAST_RESTORE_TEST)
    if backup is None:
        return
    # The backup may have gone elsewhere since.
    with suppress(OSError, ValueError, KeyError):
        note = Path(json.loads(backup)["target"]) / RESTORED_FILE
        restored_at = str(json.loads(note.read_text(encoding="utf-8"))["restored_at"])
        if known is None or datetime.fromisoformat(restored_at) > datetime.fromisoformat(known):
            with room.state.write("a restore test") as tx:
                tx.remember(LAST_RESTORE_TEST, restored_at)


@contextmanager
def _only_backup(room: Room) -> Iterator[None]:
    """Hold the collector off; two backups at once would let each other's files go."""
    holder = f"backup {os.getpid()}"
    now = room.now()
    with room.state.write("the lease of a backup") as tx:
        if not tx.lease(files_lease(), holder, now + _LEASE, now=now):
            raise Conflict(
                "Another backup of this room is being made, or one was killed less than six hours "
                "ago. Wait for its end, or try again later."
            )
    try:
        yield
    finally:
        with room.state.write("the end of the lease of a backup") as tx:
            tx.lease(files_lease(), holder, now, now=now)


@dataclass(frozen=True, slots=True)
class _Made:
    told: BackedUp
    files: tuple[Copied, ...]


class _Copy:
    """One backup in the making."""

    def __init__(self, room: Room, root: Path) -> None:
        self.room, self.root = room, root
        self.files: list[Copied] = []
        self.damaged: list[str] = []
        self.left_out: list[str] = []

    def make(self, target: Path) -> _Made:
        room = self.room
        home = self.root / ".vigie"
        private_folders(home)
        made_at = room.now()
        room.progress("Copying the state")
        (home / "state.db").touch(mode=0o600)
        room.state.copy_to(home / "state.db")
        room.progress("Copying the folder and the keys")
        self._tree(room.folder, _NOT_COPIED)
        self._tree(room.home, _HANDLED | _PASSING)
        arrivals, in_force = self._acknowledged(home / "state.db", made_at)
        self._add(home / "state.db")
        room.progress(f"Copying {len(arrivals)} arrivals")
        for feed, arrival in arrivals:
            self._arrival(feed, arrival)
        room.progress("Copying the lake")
        self._data(self._catalogue())
        told = BackedUp(
            target,
            made_at,
            len(self.files),
            sum(file.bytes for file in self.files),
            in_force,
            tuple(self.damaged),
            tuple(self.left_out),
        )
        return _Made(told, tuple(self.files))

    def _acknowledged(
        self, copy: Path, made_at: datetime
    ) -> tuple[list[tuple[str, str]], str | None]:
        """Feed and arrival of what the copied state acknowledges, and its release in force.

        The copy holds the lease of this very backup; it ends there, or nobody could back up the
        restored room for hours.
        """
        state = State(copy)
        try:
            with state.write("the end of a lease") as tx:
                ended = made_at - _LEASE
                tx.lease(files_lease(), "restored", ended, now=made_at + 2 * _LEASE)
                in_force = tx.in_force()
                arrivals = [(row.feed, row.arrival) for row in tx.arrivals()]
        finally:
            state.close()
        return arrivals, in_force.release if in_force else None

    def _add(self, path: Path) -> None:
        """List a file that is in the backup already."""
        name = path.relative_to(self.root).as_posix()
        self.files.append(Copied(name, path.stat().st_size, sha256_of(path)))

    def _one(self, source: Path) -> Copied:
        name = source.relative_to(self.room.folder).as_posix()
        copied = copy_file(source, self.root / name, name)
        self.files.append(copied)
        return copied

    def _tree(self, folder: Path, without: set[str]) -> None:
        for path in sorted(folder.iterdir()):
            if path.name in without:
                continue
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                self.left_out.append(path.relative_to(self.room.folder).as_posix())
            elif path.is_dir():
                self._tree(path, set())
            else:
                self._one(path)

    def _arrival(self, feed: str, arrival: str) -> None:
        """An arrival, with its parse only when that is whole: it may be made anew just now."""
        folder = self.room.home / "arrivals" / feed / arrival
        for name in ("arrival.json", "raw"):
            # A raw file may be purged between the look and the copy.
            with suppress(FileNotFoundError):
                self._one(folder / name)
        for _ in range(_ATTEMPTS):
            before = len(self.files)
            if self._parse(folder):
                return
            for file in self.files[before:]:
                (self.root / file.path).unlink()
            del self.files[before:]
        self.damaged.append((folder / "parsed.json").relative_to(self.room.folder).as_posix())

    def _parse(self, folder: Path) -> bool:
        try:
            if not (folder / "parsed.json").exists():
                return True
            observations = self._one(folder / "observations.parquet")
            if (folder / "rejects.parquet").exists():
                self._one(folder / "rejects.parquet")
            record_ = self._one(folder / "parsed.json")
        except FileNotFoundError:
            return False
        told = json.loads((self.root / record_.path).read_text(encoding="utf-8"))
        return bool(told.get("observations_sha256") == observations.sha256)

    def _catalogue(self) -> set[str]:
        """Copy the Iceberg catalogue and its metadata; data files that its snapshots name.

        A commit meanwhile may remove metadata of an older snapshot: then the copy begins again.
        """
        source = self.room.lake.root
        target = self.root / source.relative_to(self.room.folder)
        if not (source / "catalogue.db").exists():
            return set()
        before = len(self.files)
        for attempt in range(_ATTEMPTS):
            shutil.rmtree(target, ignore_errors=True)
            del self.files[before:]
            private_folders(target)
            _copy_database(source / "catalogue.db", target / "catalogue.db")
            self._add(target / "catalogue.db")
            self._one(source / "location")
            for path in sorted((source / "metadata").rglob("*")):
                if path.is_file():
                    with suppress(FileNotFoundError):
                        self._one(path)
            try:
                return Lake(target, self.room.engine).named_files()
            except FileNotFoundError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _data(self, named: set[str]) -> None:
        manifests = kept_manifests(self.room)
        with_paths = releases_with_paths(self.room, manifests)
        for manifest in manifests:
            for table in manifest.tables:
                if table.name != PATH_ARRAYS.name or manifest.release in with_paths:
                    named |= {file.path for file in table.files}
            named |= {chart.path for chart in manifest.charts}
        for path in sorted(named):
            try:
                copied = self._one(self.room.lake.root / path)
            except FileNotFoundError:
                self.damaged.append(f".vigie/lake/{path}")
                continue
            if copied.sha256 != Path(path).stem:
                self.damaged.append(copied.path)


def _copy_database(source: Path, target: Path) -> None:
    """A consistent copy of an SQLite file while others write."""
    target.touch(mode=0o600)
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def _write_list(partial: Path, room: Room, made: _Made) -> None:
    told = made.told
    body = {
        "format": BACKUP_FORMAT,
        "room": room.values.name,
        "made_at": told.made_at.isoformat(),
        "code_version": room.code_version,
        "release": told.release,
        "damaged": list(told.damaged),
        "left_out": list(told.left_out),
        "files": [asdict(file) for file in sorted(made.files, key=lambda file: file.path)],
    }
    handle = os.open(partial / BACKUP_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(body, stream, ensure_ascii=False, indent=1, sort_keys=True)
