"""Fetches a web address when it changed since the last time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from vigie.errors import SourceUnavailable
from vigie.feeds.declaration import Feed
from vigie.feeds.durable_files import guard_space

__all__ = ["MAX_DOWNLOAD_BYTES", "fetch_http"]

MAX_DOWNLOAD_BYTES = 4 << 30
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_FILE_NAME = re.compile(r'filename="?([^";]+)"?')


def fetch_http(
    feed: Feed,
    inbox: Path,
    memory: Mapping[str, str],
    client: httpx.Client | None,
    *,
    max_bytes: int = MAX_DOWNLOAD_BYTES,
) -> tuple[Path, str, dict[str, str]] | None:
    """Download the address of a feed unless the server says it is unchanged.

    Args:
        feed: with source.url.
        inbox: where the file is written.
        memory: etag and last_modified of the last download.
        client: None makes one with time-outs that follows redirections.
        max_bytes: a longer answer is refused.

    Returns:
        Path, name and new memory; None when unchanged.

    Raises:
        SourceUnavailable: no answer, an error answer, or one that is too long or cut off.
    """
    made = client is None
    session = client or httpx.Client(timeout=_TIMEOUT, follow_redirects=True, max_redirects=5)
    headers = {}
    if memory.get("url") == feed.source.url:
        headers = {
            name: memory[key]
            for name, key in (("If-None-Match", "etag"), ("If-Modified-Since", "last_modified"))
            if memory.get(key)
        }
    try:
        with session if made else nullcontext(session):
            return _download(session, feed, inbox, headers, max_bytes)
    except httpx.HTTPError as error:
        raise SourceUnavailable(
            f"Feed {feed.name}: no answer from {urlsplit(feed.source.url).netloc} "
            f"({type(error).__name__}). What was received before stays in "
            "force; it is tried again with the next run."
        ) from error


def _download(
    session: httpx.Client, feed: Feed, inbox: Path, headers: Mapping[str, str], max_bytes: int
) -> tuple[Path, str, dict[str, str]] | None:
    with session.stream("GET", feed.source.url, headers=dict(headers)) as answer:
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if answer.status_code != httpx.codes.OK:
            raise SourceUnavailable(
                f"Feed {feed.name}: {urlsplit(feed.source.url).netloc} answers "
                f"{answer.status_code}. Check url in [source]."
            )
        name = _name(answer, feed)
        path = inbox / "download"
        size = 0
        with guard_space(name), path.open("wb") as stream:
            for chunk in answer.iter_bytes(1 << 20):
                size += len(chunk)
                if size > max_bytes:
                    raise SourceUnavailable(
                        f"Feed {feed.name}: the answer is longer than "
                        f"{max_bytes >> 20} MiB. Ask for a smaller file."
                    )
                stream.write(chunk)
        memory = {
            "url": feed.source.url,
            "etag": answer.headers.get("etag", ""),
            "last_modified": answer.headers.get("last-modified", ""),
        }
        return path, name, memory


def _name(answer: httpx.Response, feed: Feed) -> str:
    given = _FILE_NAME.search(answer.headers.get("content-disposition", ""))
    name = given.group(1) if given else unquote(urlsplit(str(answer.url)).path)
    return name.replace("\\", "/").rsplit("/", 1)[-1] or f"{feed.name}.download"
