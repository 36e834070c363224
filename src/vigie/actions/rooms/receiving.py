"""From bytes to revisions: receive, parse, take. Each step may be killed and done again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.keys import pseudonym_key
from vigie.actions.rooms.room import Room
from vigie.errors import BadData, DamagedFile, NotFound, SourceUnavailable, nearest
from vigie.feeds import Accepted, ArrivalRefused, Feed, Parsed, fetch
from vigie.governance import Action, Caller, Decision
from vigie.lake import ArrivedFile
from vigie.schemas import MEASURES, table
from vigie.state import ArrivalRow, ArrivalStatus, RefusalRow, Transaction

__all__ = [
    "Received",
    "Taken",
    "arrived_file",
    "fetch_sources",
    "parse_arrivals",
    "parsed_file",
    "receive",
    "take_arrivals",
]


@dataclass(frozen=True, slots=True)
class Received:
    """Receipt of a file: its arrival's hash, and whether it is new."""

    arrival: str
    feed: str
    name: str
    size: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What a feed's arrivals changed in this run."""

    feed: str
    arrivals: int
    rows: int
    rejected: int
    revisions: int
    is_replayed: bool


def receive(room: Room, caller: Caller, file: Path, feed: str) -> Received:
    """Take a file into the arrival store; once this returns, it is kept.

    Raises:
        NotFound: no such feed or file.
        BadData: the file is refused (a direct identifier, a bomb); nothing of it is kept but
            its hash, size, column and rule.
        OutOfSpace: the disk is full; nothing was received.
    """
    decision = admit(room, caller, Action.RECEIVE, feed)
    if not file.is_file():
        raise NotFound(f"{file}: no such file. Give the path of the file to receive.")
    return _accept(room, decision, feed_named(room, feed), file, file.name)


def feed_named(room: Room, name: str) -> Feed:
    """The declared feed of this name.

    Raises:
        NotFound: none; the message lists the nearest.
    """
    feeds = room.declarations.feeds
    if name not in feeds:
        raise NotFound(
            f'No feed is named "{name}". Nearest: {nearest(name, feeds) or "none is declared"}. '
            "Feeds are declared in feeds/NAME.toml."
        )
    return feeds[name]


def _accept(
    room: Room,
    decision: Decision,
    feed: Feed,
    file: Path,
    name: str,
    memory: Mapping[str, str] | None = None,
) -> Received:
    """Keep a file and acknowledge it; what the source must remember goes in the same commit."""
    now = room.now()
    secret = pseudonym_key(room.home) if feed.protected() else None
    try:
        accepted = room.arrivals.accept(feed, file, name=name, received_at=now, secret=secret)
    except ArrivalRefused as error:
        # Not even the file's name is kept: it may be that of a person.
        refusal = RefusalRow(feed.name, error.sha256, error.size, "", now, error.column, error.rule)
        with room.state.write("a refused arrival") as tx:
            tx.add_refusal(refusal)
            record(tx, decision, refused=error.rule, bytes_sha256=error.sha256)
            _remember(tx, feed, memory)
        raise
    with room.state.write("an arrival") as tx:
        is_new = tx.arrival(accepted.arrival) is None
        if is_new:
            tx.add_arrival(_row(accepted))
            record(tx, decision, arrival=accepted.arrival, size=accepted.size)
        _remember(tx, feed, memory)
    return Received(accepted.arrival, feed.name, name, accepted.size, is_new)


def _remember(tx: Transaction, feed: Feed, memory: Mapping[str, str] | None) -> None:
    if memory is not None:
        tx.remember(_memory_name(feed), json.dumps(dict(memory), sort_keys=True))


def _memory_name(feed: Feed) -> str:
    return f"source:{feed.name}"


def _row(accepted: Accepted) -> ArrivalRow:
    return ArrivalRow(
        arrival=accepted.arrival,
        feed=accepted.feed,
        bytes_sha256=accepted.bytes_sha256,
        size=accepted.size,
        name=accepted.name,
        received_at=accepted.received_at,
        status=ArrivalStatus.RECEIVED,
    )


def fetch_sources(room: Room, decision: Decision) -> list[str]:
    """Ask every feed's source for what is new; problems come back as lines, one a feed.

    A source that does not answer stops nothing: yesterday's figures stay, marked stale.
    """
    problems = []
    for feed in room.declarations.feeds.values():
        if feed.source.kind == "upload":
            continue
        try:
            _fetch(room, decision, feed)
        except (SourceUnavailable, BadData) as error:
            problems.append(f"{feed.name}: {error}")
    return problems


def _fetch(room: Room, decision: Decision, feed: Feed) -> None:
    with room.state.read() as tx:
        memory = json.loads(tx.recall(_memory_name(feed)) or "{}")
    refused: list[str] = []
    downloads = room.home / "downloads"
    downloads.mkdir(mode=0o700, exist_ok=True)
    for found in fetch(
        feed,
        room=room.folder,
        inbox=downloads,
        memory=memory,
        environment=room.environment,
    ):
        try:
            _accept(room, decision, feed, found.path, found.name, found.memory)
        except ArrivalRefused as error:
            refused.append(str(error))
        if found.is_ours:
            found.path.unlink(missing_ok=True)
    if refused:
        raise BadData(" ".join(refused))


def parse_arrivals(room: Room) -> None:
    """Parse what was received; an arrival that cannot be parsed is stopped and kept.

    A stopped arrival is tried again when the declaration of its feed has changed.
    """
    with room.state.read() as tx:
        waiting = tx.arrivals(status=(ArrivalStatus.RECEIVED, ArrivalStatus.STOPPED))
    changed: list[ArrivalRow] = []
    for row in waiting:
        feed = room.declarations.feeds.get(row.feed)
        if feed is None or (
            row.status == ArrivalStatus.STOPPED and row.declaration_sha256 == feed.sha256
        ):
            continue
        changed.append(_parsed(room, feed, row))
    if changed:
        with room.state.write("parsed arrivals") as tx:
            for row in changed:
                tx.update_arrival(row)


def _parsed(room: Room, feed: Feed, row: ArrivalRow) -> ArrivalRow:
    try:
        parsed = room.arrivals.parse(
            feed,
            stored(room, row),
            room.declarations.words,
            timezone=room.values.timezone,
        )
    except BadData as error:
        return replace(
            row,
            status=ArrivalStatus.STOPPED,
            message=str(error),
            declaration_sha256=feed.sha256,
        )
    return replace(
        row,
        status=ArrivalStatus.PARSED,
        message="",
        declaration_sha256=feed.sha256,
        rows=parsed.rows,
        rejected=parsed.rejected,
        known_from=parsed.known_from,
        known_to=parsed.known_to,
        reference_from=parsed.reference_from,
        reference_to=parsed.reference_to,
        measures=parsed.measures,
    )


def stored(room: Room, row: ArrivalRow) -> Accepted:
    """The stored file of an arrival.

    Raises:
        DamagedFile: the arrival store lacks what was acknowledged.
    """
    accepted = room.arrivals.find(row.feed, row.arrival)
    if accepted is not None:
        return accepted
    raise DamagedFile(
        f"Arrival {row.arrival} of feed {row.feed} ({row.name}) was acknowledged but is not in the "
        "arrival store. Restore the room from a backup (vigie restore)."
    )


def parsed_file(room: Room, row: ArrivalRow) -> Parsed:
    """What a parsed arrival says.

    Raises:
        DamagedFile: the arrival store lacks it.
    """
    parsed = room.arrivals.parsed(stored(room, row))
    if parsed is None:
        raise DamagedFile(
            f"Arrival {row.arrival} of feed {row.feed} ({row.name}) was parsed but its "
            "observations are not in the arrival store. Restore the room from a backup: vigie "
            "restore."
        )
    return parsed


def take_arrivals(room: Room, run: str) -> list[Taken]:
    """Bring the revisions of every feed up to what its parsed arrivals say."""
    with room.state.read() as tx:
        parsed = tx.arrivals(status=(ArrivalStatus.PARSED,))
    result = []
    for name in sorted({row.feed for row in parsed}):
        feed = room.declarations.feeds.get(name)
        if feed is not None:
            rows = [row for row in parsed if row.feed == name]
            result.append(_take_feed(room, feed, rows, run))
    return result


def _take_feed(room: Room, feed: Feed, rows: Sequence[ArrivalRow], run: str) -> Taken:
    fresh = [arrived_file(room, feed, row) for row in rows if row.rows]

    def kept(cut: datetime) -> list[ArrivedFile]:
        with room.state.read() as tx:
            taken = tx.arrivals(feed=feed.name, status=(ArrivalStatus.TAKEN,), known_to_from=cut)
        return [arrived_file(room, feed, row) for row in taken if row.rows]

    taken = room.lake.take(table(feed.table), feed.name, feed.covers, fresh, kept, run=run)
    with room.state.write("taken arrivals") as tx:
        for row in rows:
            tx.update_arrival(replace(row, status=ArrivalStatus.TAKEN))
    return Taken(
        feed.name,
        len(rows),
        sum(row.rows for row in rows),
        sum(row.rejected for row in rows),
        taken.revisions,
        taken.is_replayed,
    )


def arrived_file(room: Room, feed: Feed, row: ArrivalRow) -> ArrivedFile:
    """A parsed arrival as the lake takes it.

    Raises:
        DamagedFile: the arrival store lacks it.
    """
    assert row.known_from is not None and row.known_to is not None, "parsed rows have instants"
    measures = tuple(row.measures)
    if feed.covers != "rows":
        measures = tuple(sorted({*measures, *(each.measure for each in feed.measures)}))
    return ArrivedFile(
        arrival=row.arrival,
        path=parsed_file(room, row).path,
        rows=row.rows,
        known_from=row.known_from,
        known_to=row.known_to,
        reference_from=row.reference_from,
        reference_to=row.reference_to,
        is_whole=row.rejected == 0,
        restated_at=row.received_at if feed.known_at.mode == "reference" else None,
        measures=measures if table(feed.table).partition == MEASURES.key[0] else (),
    )
