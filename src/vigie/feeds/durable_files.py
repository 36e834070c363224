"""Files that survive a crash: written apart, flushed to the disk, then named."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from vigie.errors import OutOfSpace

__all__ = ["guard_space", "private_folder", "read_record", "sha256_of", "sync", "write_record"]

_CHUNK = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def guard_space(what: str) -> Iterator[None]:
    """Turn a full disk into a clean refusal.

    Raises:
        OutOfSpace: the disk or the quota is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL or "No space left" in str(error):
            raise OutOfSpace(
                f"The disk is full: {what} was not stored, and nothing of it is "
                "kept. Free space, then do it again."
            ) from error
        raise
