"""One parse of one arrival: reads the raw file and writes what it says beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from vigie.durable import sha256_of, sync
from vigie.errors import BadData
from vigie.feeds.batches import Batch
from vigie.feeds.columns import Receipt
from vigie.feeds.csv_reader import read_csv
from vigie.feeds.declaration import Feed
from vigie.feeds.durable_files import read_record, write_record
from vigie.feeds.facts import observation_schema
from vigie.feeds.parquet_reader import read_parquet
from vigie.feeds.parsing import Outcome, parse_batches
from vigie.feeds.unpack import content_kind, unpack
from vigie.feeds.vocabulary import Vocabulary
from vigie.feeds.workbook_reader import read_workbook
from vigie.schemas import table as named_table

__all__ = ["Parsed", "parse_file", "recorded"]

_VERSION = 1
_DAYS = {
    "reports": "reference_date",
    "orders": "ordered_date",
    "movements": "from_date",
    "lots": "counted_date",
    "planned_shifts": "begins_at",
}
_KINDS = {"csv": "text", "excel": "excel", "parquet": "parquet"}


class Stored(Protocol):
    """What a parse needs of an arrival."""

    @property
    def arrival(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def path(self) -> Path: ...
    @property
    def raw(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an arrival says.

    Attributes:
        path: observations.parquet: key and value columns of the fact table, and known_at.
        rows: observations.
        rejected: entries of rejects.
        known_from, known_to: first and last known_at; None without observations.
        reference_from, reference_to: first and last day that the observations are of
            (ordered_date, from_date, counted_date, begins_at in UTC); None without any.
        measures: that occur, sorted; empty for tables of records.
        rejects_path: rejects.parquet, or None when nothing was rejected.
        warning: the most frequent rule of the rejects, or "".
        observations_sha256: of the file at path.
        fingerprint: of declaration and vocabulary; another one would parse again.
    """

    path: Path
    rows: int
    rejected: int
    known_from: datetime | None
    known_to: datetime | None
    reference_from: date | None
    reference_to: date | None
    measures: tuple[str, ...]
    rejects_path: Path | None
    warning: str
    observations_sha256: str
    fingerprint: str


def recorded(folder: Path) -> Parsed | None:
    """The parse that a folder of an arrival holds, or None."""
    record = read_record(folder / "parsed.json")
    if record is None:
        return None
    instants = {
        name: datetime.fromisoformat(str(record[name])) if record[name] else None
        for name in ("known_from", "known_to")
    }
    days = {
        name: date.fromisoformat(str(record[name])) if record[name] else None
        for name in ("reference_from", "reference_to")
    }
    measures = record["measures"]
    rejected = int(str(record["rejected"]))
    assert isinstance(measures, list)
    return Parsed(
        path=folder / "observations.parquet",
        rows=int(str(record["rows"])),
        rejected=rejected,
        known_from=instants["known_from"],
        known_to=instants["known_to"],
        reference_from=days["reference_from"],
        reference_to=days["reference_to"],
        measures=tuple(measures),
        rejects_path=folder / "rejects.parquet" if rejected else None,
        warning=str(record["warning"]),
        observations_sha256=str(record["observations_sha256"]),
        fingerprint=str(record["fingerprint"]),
    )


def parse_file(
    feed: Feed,
    arrival: Stored,
    words: Vocabulary,
    *,
    timezone: str,
    scratch: Path,
    durable: Callable[[str], None],
) -> Parsed:
    """Parse an arrival whose raw file is kept; see `ArrivalStore.parse`."""
    fingerprint = _fingerprint(feed, words, timezone)
    before = recorded(arrival.path)
    if before is not None and before.fingerprint == fingerprint:
        return before
    receipt = Receipt(arrival.name, arrival.received_at, ZoneInfo(timezone))
    plain = unpack(arrival.raw, arrival.name, scratch / "unpacked")
    outcome = parse_batches(_batches(plain, feed, arrival.name), feed, words, receipt)
    return _write(feed, arrival, outcome, fingerprint, durable)


def _batches(path: Path, feed: Feed, name: str) -> Iterator[Batch]:
    kind, wanted = content_kind(path), feed.format.kind
    if kind == "empty":
        raise BadData(
            f"{name}: the file is empty. Ask the sender; what was received before stays in force."
        )
    if kind != _KINDS[wanted]:
        found = {
            "text": "text",
            "excel": "an Excel workbook",
            "parquet": "Parquet",
            "web page": "a web page, probably an error page of the sender's server",
            "zip": "a zip within a packed file",
            "gzip": "gzip within a packed file",
        }[kind]
        raise BadData(
            f"{name}: the file is {found}, and {feed.file} declares {wanted}. Ask for "
            "the right file, or correct kind in [format]."
        )
    reader = {"csv": read_csv, "excel": read_workbook, "parquet": read_parquet}[wanted]
    return reader(path, feed, name)


def _write(
    feed: Feed, arrival: Stored, outcome: Outcome, fingerprint: str, durable: Callable[[str], None]
) -> Parsed:
    folder = arrival.path
    observations = folder / "observations.parquet.tmp"
    rejects = folder / "rejects.parquet.tmp"
    rejected = outcome.rejects.count
    try:
        with pq.ParquetWriter(
            observations, observation_schema(named_table(feed.table)), compression="zstd"
        ) as writer:
            for batch in outcome.facts.batches():
                writer.write_batch(batch)
        sync(observations)
        if rejected:
            pq.write_table(
                outcome.rejects.table(arrival.arrival, feed.name), rejects, compression="zstd"
            )
            sync(rejects)
        durable("observations-written")
        record = _record(feed, outcome, rejected, fingerprint, sha256_of(observations))
        write_record(folder / "parsed.json.tmp", record)
    except BaseException:
        for leftover in folder.glob("*.tmp"):
            with suppress(OSError):
                leftover.unlink()
        raise
    (folder / "parsed.json").unlink(missing_ok=True)
    sync(folder)
    durable("parse-withdrawn")
    if rejected:
        rejects.replace(folder / "rejects.parquet")
    else:
        (folder / "rejects.parquet").unlink(missing_ok=True)
    observations.replace(folder / "observations.parquet")
    durable("observations-named")
    (folder / "parsed.json.tmp").replace(folder / "parsed.json")
    sync(folder)
    durable("arrival-parsed")
    done = recorded(folder)
    assert done is not None
    return done


def _record(
    feed: Feed, outcome: Outcome, rejected: int, fingerprint: str, sha256: str
) -> dict[str, object]:
    known = [each for each in outcome.facts.present("known_at") if isinstance(each, datetime)]
    told = outcome.facts.present(_DAYS[feed.table])
    days = [
        each.date() if isinstance(each, datetime) else each
        for each in told
        if isinstance(each, date)
    ]
    return {
        "rows": len(outcome.facts),
        "rejected": rejected,
        "known_from": min(known).isoformat() if known else "",
        "known_to": max(known).isoformat() if known else "",
        "reference_from": min(days).isoformat() if days else "",
        "reference_to": max(days).isoformat() if days else "",
        "measures": sorted(map(str, outcome.facts.present("measure"))),
        "warning": outcome.rejects.most_frequent() if rejected else "",
        "observations_sha256": sha256,
        "fingerprint": fingerprint,
    }


def _fingerprint(feed: Feed, words: Vocabulary, timezone: str) -> str:
    lists = {
        rule.codes: sorted(words.codes[rule.codes].items())
        for rule in feed.columns.values()
        if rule.codes
    }
    free = [target for target, rule in feed.columns.items() if not rule.codes]
    used = [each.measure for each in feed.measures] or sorted(words.measures)
    content = {
        "version": _VERSION,
        "feed": feed.sha256,
        "timezone": timezone,
        "codes": lists,
        "measures": [
            [name, asdict(words.measures[name])] for name in used if feed.table == "reports"
        ],
        "places": sorted(words.places) if "place" in free else [],
        "categories": {name: sorted(keys) for name, keys in sorted(words.categories.items())},
        "products": sorted(words.products) if "product" in free else [],
    }
    if feed.table == "lots":
        content["units"] = sorted(words.product_units.items())
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
