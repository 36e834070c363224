"""The arrival store: what was received, kept as it came, and what it says.

A file goes through a private inbox, is screened, and then becomes a folder
arrivals/FEED/ARRIVAL with `raw`, `arrival.json` and, once parsed, `observations.parquet`,
`rejects.parquet` and `parsed.json`. A folder is there whole or not at all; so is a parse, which
counts from the moment `parsed.json` has its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.durable import sha256_of, sync
from vigie.errors import BadData, DamagedFile, NotFound
from vigie.feeds.declaration import Feed
from vigie.feeds.door import protect
from vigie.feeds.durable_files import (
    guard_space,
    private_folder,
    read_record,
    write_record,
)
from vigie.feeds.known import file_date
from vigie.feeds.parsed import Parsed, parse_file, recorded
from vigie.feeds.sample import sample_of
from vigie.feeds.screening import ArrivalRefused, IdentifierFound, screen
from vigie.feeds.unpack import MAX_BYTES, BombFound, unpack
from vigie.feeds.vocabulary import Vocabulary

__all__ = ["Accepted", "ArrivalStore"]

_CHUNK = 1 << 20
_ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that is stored.

    Attributes:
        arrival: its hash, 32 hexadecimal digits.
        feed: name of the feed.
        bytes_sha256: of the bytes as received, before personal columns were protected.
        size: as received, in bytes.
        name: of the file, without folders.
        received_at: UTC instant.
        path: of its folder.
        is_new: False when the same was stored before.
    """

    arrival: str
    feed: str
    bytes_sha256: str
    size: int
    name: str
    received_at: datetime
    path: Path
    is_new: bool

    @property
    def raw(self) -> Path:
        """The kept file; it may have been purged."""
        return self.path / "raw"


class ArrivalStore:
    """Accepts, keeps and parses files. One writer at a time; the caller holds the lock."""

    def __init__(self, root: Path, *, durable: Callable[[str], None] = lambda step: None) -> None:
        """Args:
        root: the state folder of the room.
        durable: told the name of a step before and after every durable effect.
        """
        self._root = root
        self._durable = durable
        self._by_feed: dict[str, dict[str, Accepted]] = {}

    def accept(
        self, feed: Feed, source: Path, *, name: str, received_at: datetime, secret: bytes | None
    ) -> Accepted:
        """Store a file: screened, personal columns protected, flushed to the disk.

        When this returns, the file survives a crash. The source is not touched.

        Args:
            feed: its declaration.
            source: the file as received.
            name: what it is called; folders in it are cut off.
            received_at: UTC instant.
            secret: key of the pseudonyms; needed by feeds with personal columns only.

        Raises:
            IdentifierFound: a column looks like a direct identifier and is not declared.
            ArrivalRefused: a decompression bomb, a file nobody can look into, or personal
                columns that cannot be protected. Hash, size, column and rule are in the error.
            OutOfSpace: the disk is full; nothing was kept.
        """
        assert received_at.tzinfo is not None, "received_at needs a time zone"
        name, received_at = _plain_name(name), received_at.astimezone(UTC)
        size = source.stat().st_size
        if any(each.size == size for each in self._list(feed.name).values()):
            # Likely a file that came before: reading it is enough, copying it is not needed.
            likely = self._accepted(feed, name, sha256_of(source), size, received_at)
            known = self._same(feed, likely)
            if known is not None:
                return known
        with guard_space(name), self._inbox() as inbox:
            self._durable("inbox-made")
            sha256, size = _copy(source, inbox / "raw")
            self._durable("inbox-copied")
            accepted = self._accepted(feed, name, sha256, size, received_at)
            known = self._same(feed, accepted)
            if known is not None:
                return known
            self._screen(feed, inbox / "raw", accepted)
            if feed.protected():
                self._protect(feed, inbox, accepted, secret)
            self._store(inbox, accepted, is_changed=bool(feed.protected()))
        self._list(feed.name)[accepted.arrival] = accepted
        return accepted

    def parse(self, feed: Feed, accepted: Accepted, words: Vocabulary, *, timezone: str) -> Parsed:
        """What a stored file says, beside it as Parquet. Doing it twice changes nothing.

        A file parsed under another declaration or vocabulary is parsed again while its raw file
        is kept; afterwards what it said stands.

        Args:
            feed: its declaration.
            accepted: from `accept` or `arrivals`.
            words: what exists in the room.
            timezone: of the room, e.g. "Europe/Paris".

        Raises:
            BadData: the file as a whole cannot be taken; it stays stored.
            NotFound: neither the file nor a parse of it is kept.
            OutOfSpace: the disk is full; what was parsed before stands.
        """
        if not accepted.raw.exists():
            before = recorded(accepted.path)
            if before is None:
                raise NotFound(
                    f"The raw file of arrival {accepted.arrival} is not kept and it was "
                    "never parsed. Receive the file again."
                )
            return before
        with guard_space(accepted.name), self._inbox() as scratch:
            return parse_file(
                feed, accepted, words, timezone=timezone, scratch=scratch, durable=self._durable
            )

    def arrivals(self, feed: str) -> tuple[Accepted, ...]:
        """All stored files of a feed, by time of receipt."""
        return tuple(
            sorted(self._list(feed).values(), key=lambda each: (each.received_at, each.arrival))
        )

    def find(self, feed: str, arrival: str) -> Accepted | None:
        """One stored file by its hash, also when another process stored it since."""
        known = self._by_feed.get(feed, {}).get(arrival)
        return known or _read(self._root / "arrivals" / feed / arrival)

    def feeds(self) -> tuple[str, ...]:
        """Names of the feeds of which anything is stored."""
        folder = self._root / "arrivals"
        return tuple(sorted(each.name for each in folder.iterdir())) if folder.is_dir() else ()

    def parsed(self, accepted: Accepted) -> Parsed | None:
        """The parse of a stored file, if there is one."""
        return recorded(accepted.path)

    def purge_raw(self, now: datetime, feeds: Mapping[str, Feed]) -> int:
        """Remove raw files that were parsed and are older than their feed keeps them.

        Files never parsed stay: they are the only copy. Observations always stay.

        Returns:
            How many files were removed.
        """
        count = 0
        for feed in feeds.values():
            limit = now - timedelta(days=feed.keep_raw_days)
            for accepted in self.arrivals(feed.name):
                if (
                    accepted.received_at <= limit
                    and accepted.raw.exists()
                    and (recorded(accepted.path) is not None)
                ):
                    accepted.raw.unlink()
                    sync(accepted.path)
                    count += 1
        return count

    def check(self, accepted: Accepted) -> None:
        """Compare the stored bytes with their hashes.

        Raises:
            DamagedFile: they differ.
        """
        record = read_record(accepted.path / "arrival.json") or {}
        if accepted.raw.exists() and sha256_of(accepted.raw) != record.get("raw_sha256"):
            raise DamagedFile(
                f"arrivals/{accepted.feed}/{accepted.arrival}/raw is not what was "
                "stored. Restore it from a backup, or receive the file again."
            )
        before = recorded(accepted.path)
        if before is not None and sha256_of(before.path) != before.observations_sha256:
            raise DamagedFile(
                f"arrivals/{accepted.feed}/{accepted.arrival}/observations.parquet "
                "is not what was written. Restore it from a backup."
            )

    @contextmanager
    def _inbox(self) -> Iterator[Path]:
        private_folder(self._root)
        folder = Path(tempfile.mkdtemp(dir=private_folder(self._root / "inbox")))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _accepted(
        self, feed: Feed, name: str, sha256: str, size: int, received_at: datetime
    ) -> Accepted:
        parts = [feed.name, sha256]
        if feed.known_at.mode == "receipt":
            parts.append(received_at.isoformat())
        elif feed.known_at.mode == "name":
            parts.append(file_date(feed, name))
        arrival = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_ID_LENGTH]
        path = self._root / "arrivals" / feed.name / arrival
        return Accepted(arrival, feed.name, sha256, size, name, received_at, path, is_new=True)

    def _same(self, feed: Feed, accepted: Accepted) -> Accepted | None:
        """The arrival that makes this one needless: the same, or the same as the one before."""
        stored = self._list(feed.name)
        if accepted.arrival in stored:
            return _again(stored[accepted.arrival])
        if feed.known_at.mode != "receipt":
            return None
        earlier = [each for each in stored.values() if each.received_at <= accepted.received_at]
        newest = max(earlier, key=lambda each: (each.received_at, each.arrival), default=None)
        if newest is not None and newest.bytes_sha256 == accepted.bytes_sha256:
            return _again(newest)
        return None

    def _list(self, feed: str) -> dict[str, Accepted]:
        if feed not in self._by_feed:
            found = (
                _read(path.parent)
                for path in (self._root / "arrivals" / feed).glob("*/arrival.json")
            )
            self._by_feed[feed] = {each.arrival: each for each in found if each is not None}
        return self._by_feed[feed]

    def _screen(self, feed: Feed, raw: Path, accepted: Accepted) -> None:
        if accepted.size > MAX_BYTES:
            raise _refused(
                accepted,
                f"{accepted.name}: larger than {MAX_BYTES >> 30} GiB. Split the file.",
                "size",
            )
        try:
            sample = sample_of(raw, feed, accepted.name)
        except BombFound as error:
            raise _refused(accepted, str(error), "bomb") from error
        except BadData as error:
            raise _refused(
                accepted, f"{error} It was not stored: nobody can look into it.", "unreadable"
            ) from error
        findings = screen(feed, sample.header, sample.cells)
        if findings:
            named = ", ".join(f'"{each.column}" ({each.rule})' for each in findings[:5])
            raise IdentifierFound(
                f"{accepted.name}: refused and not stored, because columns look like direct "
                f"identifiers of persons: {named}. Ask for a file without them, or declare them in "
                f"[identifiers] of {feed.file} (drop or pseudonymise).",
                sha256=accepted.bytes_sha256,
                size=accepted.size,
                column=findings[0].column,
                rule=findings[0].rule,
            )

    def _protect(self, feed: Feed, inbox: Path, accepted: Accepted, secret: bytes | None) -> None:
        if not secret:
            raise BadData(
                f"{accepted.name}: the feed has personal columns, and the room has no "
                "key of pseudonyms. Make one before you receive the file."
            )
        raw, target = inbox / "raw", inbox / "protected"
        target.touch(mode=0o600)
        try:
            plain = unpack(raw, accepted.name, inbox / "unpacked")
            protect(plain, target, feed, secret, accepted.name)
        except BadData as error:
            column = next(iter(feed.protected()))
            raise _refused(accepted, str(error), "unprotected", column) from error
        target.replace(raw)
        (inbox / "unpacked").unlink(missing_ok=True)

    def _store(self, inbox: Path, accepted: Accepted, *, is_changed: bool) -> None:
        raw_sha256 = sha256_of(inbox / "raw") if is_changed else accepted.bytes_sha256
        sync(inbox / "raw")
        self._durable("raw-flushed")
        write_record(
            inbox / "arrival.json",
            {
                "arrival": accepted.arrival,
                "feed": accepted.feed,
                "name": accepted.name,
                "bytes_sha256": accepted.bytes_sha256,
                "size": accepted.size,
                "received_at": accepted.received_at.isoformat(),
                "raw_sha256": raw_sha256,
            },
        )
        sync(inbox)
        self._durable("arrival-flushed")
        parent = private_folder(accepted.path.parent)
        inbox.rename(accepted.path)
        self._durable("arrival-named")
        sync(parent)
        self._durable("arrival-stored")


def _refused(accepted: Accepted, message: str, rule: str, column: str = "") -> ArrivalRefused:
    return ArrivalRefused(
        message, sha256=accepted.bytes_sha256, size=accepted.size, column=column, rule=rule
    )


def _plain_name(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in base if letter.isprintable())[:200].strip()
    return plain or "unnamed"


def _copy(source: Path, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, source.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return digest.hexdigest(), size


def _again(accepted: Accepted) -> Accepted:
    return Accepted(
        accepted.arrival,
        accepted.feed,
        accepted.bytes_sha256,
        accepted.size,
        accepted.name,
        accepted.received_at,
        accepted.path,
        is_new=False,
    )


def _read(path: Path) -> Accepted | None:
    record = read_record(path / "arrival.json")
    if record is None:
        return None
    return Accepted(
        arrival=str(record["arrival"]),
        feed=str(record["feed"]),
        bytes_sha256=str(record["bytes_sha256"]),
        size=int(str(record["size"])),
        name=str(record["name"]),
        received_at=datetime.fromisoformat(str(record["received_at"])),
        path=path,
        is_new=False,
    )
