"""A full disk is recognised in the words of each who meets it, and nothing else is one."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import signal
import sqlite3
from pathlib import Path

import pytest

from vigie.durable import is_disk_full, sha256_of, sync


def fill_up(path: Path) -> None:
    """Write past the largest file this process may make."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    path.write_bytes(b"x" * 2000)


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (OSError("[Errno 28] Error writing bytes. Detail: No space left on device"), True),
        (sqlite3.OperationalError("database or disk is full"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (OSError(errno.EIO, "Input/output error"), False),
        (sqlite3.OperationalError("database is locked"), False),
        (sqlite3.OperationalError("disk I/O error"), False),
        (ValueError("the ward is full"), False),
    ],
)
def test_a_full_disk_is_told_from_other_errors(error: Exception, is_full: bool) -> None:
    assert is_disk_full(error) is is_full


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.getsignal(signal.SIGXFSZ)
    try:
        with pytest.raises(OSError, match="File too large") as met:
            fill_up(tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert is_disk_full(met.value)


def test_the_hash_is_that_of_all_bytes(tmp_path: Path) -> None:
    content = os.urandom(3 << 20)
    (tmp_path / "file").write_bytes(content)
    assert sha256_of(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_files_and_folders_can_be_flushed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    sync(tmp_path / "file")
    sync(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "none")
