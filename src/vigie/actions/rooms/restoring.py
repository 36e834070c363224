"""Make a room from a backup, with every hash verified; and remember that it was tried."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.backing_up import (
    BACKUP_FILE,
    BACKUP_FORMAT,
    LAST_RESTORE_TEST,
    RESTORED_FILE,
)
from vigie.actions.rooms.copying import Copied, copy_file, space_errors
from vigie.actions.rooms.damage import scrub
from vigie.actions.rooms.releasing import release_in_force
from vigie.actions.rooms.room import Room
from vigie.errors import BadData, Conflict, DamagedFile, NotFound
from vigie.governance import Action, Caller, decide

__all__ = ["Restored", "confirm_restore", "restore"]

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored room.

    Attributes:
        folder: where it is.
        made_at: when the backup was made.
        files: number of files, each with the hash that the backup lists.
        bytes: their length together.
        damaged: files that were damaged in the room already when it was backed up.
    """

    folder: Path
    made_at: datetime
    files: int
    bytes: int
    damaged: tuple[str, ...]


def restore(
    caller: Caller,
    source: Path,
    folder: Path,
    *,
    now: datetime,
    progress: Callable[[str], None] = lambda line: None,
) -> Restored:
    """Copy a backup into a new folder; it appears there when every hash is verified.

    Args:
        caller: who asks.
        source: folder of the backup.
        folder: new or empty folder.
        now: UTC instant.
        progress: called with a line for people.

    Raises:
        Conflict: the folder is not empty; nothing was changed.
        NotFound: the source is no backup.
        BadData: a newer Vigie made the backup.
        DamagedFile: files of the backup are not what was copied; all are named, nothing is left.
        OutOfSpace: the disk is full; nothing is left.
    """
    decide(caller, Action.OPERATE, "restore", now=now).require()
    told = _list_of(source)
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not empty. Nothing was changed. Name a new folder.")
    partial = folder.with_name(f".{folder.name}.partial")
    with space_errors("the restored room", folder):
        shutil.rmtree(partial, ignore_errors=True)
        try:
            progress(f"Copying and verifying {len(told.files)} files")
            size = _copy(source, partial, told.files)
            os.sync()
            if folder.exists():
                folder.rmdir()
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return Restored(folder, told.made_at, len(told.files), size, told.damaged)


def confirm_restore(room: Room, caller: Caller, source: Path) -> str | None:
    """Prove a restored room by reading every file of its releases; the release in force.

    What was proved is remembered in the room, and beside the backup's list for the doctor of
    the room that it was made of.

    Raises:
        DamagedFile: a file of a release is not what was written.
    """
    decision = admit(room, caller, Action.OPERATE, "restore")
    room.progress("Reading every file of the restored releases")
    count, damages = scrub(room)
    if damages:
        raise DamagedFile(
            f"{len(damages)} of {count} files of releases are damaged in the restored room, and "
            f"were so when the backup was made: {damages[0].message}"
        )
    now = room.now()
    with room.state.write("a restore test") as tx:
        tx.remember(LAST_RESTORE_TEST, now.isoformat())
        record(tx, decision, files=count)
    # The backup may lie on a medium that cannot be written.
    with suppress(OSError):
        told = json.dumps({"restored_at": now.isoformat(), "folder": str(room.folder)})
        (source / RESTORED_FILE).write_text(told, encoding="utf-8")
    return release_in_force(room)


@dataclass(frozen=True, slots=True)
class _List:
    """What ``backup.json`` says."""

    made_at: datetime
    damaged: tuple[str, ...]
    files: tuple[Copied, ...]


def _list_of(source: Path) -> _List:
    path = source / BACKUP_FILE
    if not path.is_file():
        raise NotFound(
            f"{source} is no backup: it has no {BACKUP_FILE}. Name a folder that vigie backup made."
        )
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        version = body["format"]
        if version == BACKUP_FORMAT:
            return _List(
                datetime.fromisoformat(body["made_at"]),
                tuple(body["damaged"]),
                tuple(Copied(**file) for file in body["files"]),
            )
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedFile(f"{path} is damaged. Use another backup.") from error
    raise BadData(
        f"{source} is a backup of format {version}; this Vigie reads format {BACKUP_FORMAT}. "
        "Restore it with the Vigie that made it."
    )


def _copy(source: Path, target: Path, files: Sequence[Copied]) -> int:
    """Copy all files of the list; their length together."""
    wrong: list[str] = []
    size = 0
    for file in files:
        name = file.path
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise DamagedFile(f"{source / BACKUP_FILE} names {name}, which lies outside the room.")
        try:
            copied = copy_file(source / "room" / name, target / name, name)
        except FileNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        size += copied.bytes
        if copied.sha256 != file.sha256:
            wrong.append(f"{name} is not what was copied (its SHA-256 differs)")
    if wrong:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise DamagedFile(
            f"The backup {source} is damaged: {'; '.join(wrong[:_NAMED])}{more}. Nothing was "
            "restored. Use another backup."
        )
    return size
