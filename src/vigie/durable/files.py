"""Flush, hash, and tell a full disk from other errors."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

__all__ = ["is_disk_full", "sha256_of", "sync"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# SQLite, Arrow and DuckDB pass the system's word on in their own errors.
_FULL_WORDS = ("database or disk is full", "No space left on device", "Disk quota exceeded")


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk; a folder, so that a new name in it lasts."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that disk or quota are full, in the words of whoever met it."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return any(words in str(error) for words in _FULL_WORDS)
