"""Copies of files with their SHA-256, for backup and restore."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vigie.durable import is_disk_full
from vigie.errors import OutOfSpace

__all__ = ["Copied", "copy_file", "private_folders", "space_errors"]

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """A file of a backup: its path with forward slashes, length and SHA-256."""

    path: str
    bytes: int
    sha256: str


def copy_file(source: Path, target: Path, path: str) -> Copied:
    """Copy bytes, readable by their owner only; the SHA-256 is of what was read.

    Args:
        source: file to read.
        target: file to write; its folders are made.
        path: what the copy is called in the list.
    """
    private_folders(target.parent)
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as stream, os.fdopen(handle, "wb") as out:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return Copied(path, size, digest.hexdigest())


def private_folders(folder: Path) -> None:
    """Make a folder and its missing parents, for their owner only.

    ``Path.mkdir`` gives the mode to the last folder only.
    """
    if not folder.is_dir():
        private_folders(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def space_errors(what: str, target: Path) -> Iterator[None]:
    """Turn a full disk into a clean refusal.

    Raises:
        OutOfSpace: the disk of the target is full.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if is_disk_full(error):
            raise OutOfSpace(
                f"The disk of {target} is full: {what} was not made and nothing of it is left. "
                "Free some space there, or choose another disk."
            ) from error
        raise
