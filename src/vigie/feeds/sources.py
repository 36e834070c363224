"""Fetches what a feed's source has anew: a file, a watched folder, a web address or a query.

Sources write into a folder the caller gives; nothing is accepted here. What was seen is a small
memory of texts: the caller keeps it with the feed, and stores the memory of a fetched file only
after that file was accepted, so that a crash in between fetches it again.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from vigie.errors import SourceUnavailable
from vigie.feeds.declaration import Feed
from vigie.feeds.http_source import fetch_http
from vigie.feeds.sql_source import fetch_sql

__all__ = ["Fetched", "fetch"]

_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file to be accepted.

    Attributes:
        path: where it lies.
        name: what it is called.
        memory: what to remember of the source once the file is accepted.
        is_ours: made by the fetch; the caller removes it after accepting.
    """

    path: Path
    name: str
    memory: Mapping[str, str]
    is_ours: bool


def fetch(
    feed: Feed,
    *,
    room: Path,
    inbox: Path,
    memory: Mapping[str, str],
    environment: Mapping[str, str],
    client: httpx.Client | None = None,
) -> Iterator[Fetched]:
    """The files of a source that were not seen yet, oldest first.

    Args:
        feed: its declaration; kind "upload" has nothing to fetch.
        room: folder that relative paths start from.
        inbox: private folder that downloads and query results are written to.
        memory: as the last accepted file gave it; empty at first.
        environment: values of environment variables, for addresses of databases.
        client: for web addresses; None makes one with time-outs.

    Raises:
        SourceUnavailable: the source does not answer, is not there or refuses.
    """
    kind = feed.source.kind
    if kind == "file":
        yield from _file(feed, room, memory)
    elif kind == "folder":
        yield from _folder(feed, room, memory)
    elif kind == "http":
        found = fetch_http(feed, inbox, memory, client)
        if found:
            yield Fetched(*found, is_ours=True)
    elif kind == "sql":
        result = fetch_sql(feed, inbox, memory, environment)
        if result:
            yield Fetched(*result, is_ours=True)


def _state(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}:{status.st_mtime_ns}"


def _file(feed: Feed, room: Path, memory: Mapping[str, str]) -> Iterator[Fetched]:
    path = room / feed.source.path
    try:
        state = _state(path)
    except OSError as error:
        raise SourceUnavailable(
            f"Feed {feed.name}: the file {feed.source.path} is not there or "
            "cannot be read. Check path in [source]."
        ) from error
    if memory.get(path.name) != state:
        yield Fetched(path, path.name, {path.name: state}, is_ours=False)


def _folder(feed: Feed, room: Path, memory: Mapping[str, str]) -> Iterator[Fetched]:
    folder = room / feed.source.path
    try:
        paths = [
            each
            for each in folder.iterdir()
            if fnmatch.fnmatch(each.name, feed.source.pattern) and _is_finished(each)
        ]
        states = {path: _state(path) for path in paths}
    except OSError as error:
        raise SourceUnavailable(
            f"Feed {feed.name}: the folder {feed.source.path} is not there or "
            "cannot be read. Check path in [source]."
        ) from error
    seen = dict(memory)
    present = {path.name for path in paths}
    for name in seen.keys() - present:
        del seen[name]
    for path in sorted(paths, key=lambda each: (each.stat().st_mtime_ns, each.name)):
        if seen.get(path.name) != states[path]:
            seen[path.name] = states[path]
            yield Fetched(path, path.name, dict(seen), is_ours=False)


def _is_finished(path: Path) -> bool:
    name = path.name
    return path.is_file() and not name.startswith(".") and not name.lower().endswith(_UNFINISHED)
