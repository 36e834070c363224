"""Private folders, small records flushed to the disk, and a full disk as a clean refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from vigie.durable import is_disk_full
from vigie.errors import OutOfSpace

__all__ = ["guard_space", "private_folder", "read_record", "write_record"]


def private_folder(path: Path) -> Path:
    """A folder only its owner can enter; made with its parents when absent."""
    if not path.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
    return path


def write_record(path: Path, record: Mapping[str, object]) -> None:
    """Write a small JSON record and flush it; the caller flushes the folder."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(record, stream, ensure_ascii=False, sort_keys=True)
        stream.flush()
        os.fsync(stream.fileno())


def read_record(path: Path) -> dict[str, object] | None:
    """A record written by `write_record`; None when it is absent or not whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) else None


@contextmanager
def guard_space(what: str) -> Iterator[None]:
    """Turn a full disk into a clean refusal.

    Raises:
        OutOfSpace: the disk or the quota is full.
    """
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise OutOfSpace(
                f"The disk is full: {what} was not stored, and nothing of it is "
                "kept. Free space, then do it again."
            ) from error
        raise
