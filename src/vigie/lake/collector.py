"""The collector: removes lake files that no release, snapshot or running job names any more."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from vigie.lake.files import Durable

__all__ = ["Collected", "collect"]

KEPT_HOURS = 24


@dataclass(frozen=True, slots=True)
class Collected:
    """What the collector did: files and bytes removed, files kept."""

    removed: int
    bytes: int
    kept: int


def collect(root: Path, named: Set[str], *, now: datetime, durable: Durable) -> Collected:
    """Remove files below ``data`` and ``charts`` that nobody names and that are old enough.

    Args:
        root: the lake's folder.
        named: paths, relative to it, that a kept release or a live snapshot names.
        now: UTC instant; a file younger than 24 h stays, a running job may name it yet.
    """
    removed = size = kept = 0
    border = (now - timedelta(hours=KEPT_HOURS)).timestamp()
    for folder in ("data", "charts"):
        for path in sorted((root / folder).rglob("*")):
            if not path.is_file():
                continue
            status = path.stat()
            if path.relative_to(root).as_posix() in named or status.st_mtime > border:
                kept += 1
                continue
            path.unlink()
            removed += 1
            size += status.st_size
    durable("lake: files collected")
    return Collected(removed, size, kept)
