"""Make the lake again from the kept arrivals, beside the old one, then switch in one step."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.copying import space_errors
from vigie.actions.rooms.receiving import arrived_file, stored
from vigie.actions.rooms.room import Room
from vigie.durable import sync
from vigie.errors import BadData
from vigie.feeds import Feed
from vigie.governance import Action, Caller
from vigie.lake import ArrivedFile, Lake
from vigie.schemas import table
from vigie.state import ArrivalRow, ArrivalStatus

__all__ = ["Rebuilt", "rebuild_lake"]

_RUN = "rebuild"
# Arrivals taken at once: what a feed that covers its window withdraws is compared per arrival.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was made again: feeds, arrivals and revisions."""

    feeds: int
    arrivals: int
    revisions: int


def rebuild_lake(room: Room, caller: Caller) -> Rebuilt:
    """Make the tables of facts again; releases stay readable, as they name their own files.

    The new tables are made in a folder apart. Their files then join those of the old lake, under
    names that are their hashes, and the catalogue is replaced in one step: killed before, the
    old lake is in force. Datasets are built anew by the next run; tables of results start with
    it, and releases keep theirs.

    Afterwards the room must be opened again: this one still knows the old catalogue.

    Raises:
        Conflict: another process is writing to this room.
        BadData: arrivals are kept of a feed that is declared no more.
        DamagedFile: a kept arrival is not what was stored.
        OutOfSpace: the disk is full; the old lake stays in force.
    """
    decision = admit(room, caller, Action.OPERATE, "rebuild")
    with room.writing():
        with room.state.read() as tx:
            taken = tx.arrivals(status=(ArrivalStatus.TAKEN,))
        feeds = _feeds_of(room, taken)
        apart = room.home / "lake.rebuild"
        shutil.rmtree(apart, ignore_errors=True)
        try:
            with space_errors("the new lake", room.home):
                made = _make(room, apart, feeds, taken)
                # Before the switch: a dataset that is built again needlessly does no harm.
                with room.state.write("a rebuilt lake") as tx:
                    for name in tx.datasets():
                        tx.drop_dataset(name)
                    record(tx, decision, arrivals=made.arrivals, revisions=made.revisions)
                _switch(room, apart)
        finally:
            shutil.rmtree(apart, ignore_errors=True)
    return made


def _feeds_of(room: Room, taken: Sequence[ArrivalRow]) -> list[Feed]:
    declared = room.declarations.feeds
    unknown = sorted({row.feed for row in taken} - set(declared))
    if unknown:
        named = ", ".join(f"feeds/{name}.toml" for name in unknown)
        raise BadData(
            f"Arrivals are kept of feeds that are declared no more: {named}. Without the "
            "declaration nobody knows what they say; put it back (it is in git), then rebuild."
        )
    return [declared[name] for name in sorted({row.feed for row in taken})]


def _make(room: Room, apart: Path, feeds: Sequence[Feed], taken: Sequence[ArrivalRow]) -> Rebuilt:
    apart.mkdir(mode=0o700)
    # Metadata name locations as they will be after the switch.
    marker = room.lake.root / "location"
    recorded = marker.read_text(encoding="utf-8") if marker.exists() else str(room.lake.root)
    (apart / "location").write_text(recorded, encoding="utf-8")
    lake = Lake(apart, room.engine, room.durable)
    for feed in feeds:
        rows = [row for row in taken if row.feed == feed.name and row.rows]
        room.progress(f"Making feed {feed.name} again from {len(rows)} arrivals")
        for row in rows:
            room.arrivals.check(stored(room, row))
        files = sorted(
            (arrived_file(room, feed, row) for row in rows),
            key=lambda file: (file.known_to, file.arrival),
        )
        _take(lake, feed, files)
    tables = {feed.table for feed in feeds}
    revisions = sum(file.rows for name in tables for file in lake.files(table(name)))
    return Rebuilt(len(feeds), len(taken), revisions)


def _take(lake: Lake, feed: Feed, files: Sequence[ArrivedFile]) -> None:
    """Take files in their order, many at once."""
    done: list[ArrivedFile] = []

    def kept(cut: datetime) -> list[ArrivedFile]:
        return [file for file in done if file.known_to >= cut]

    for start in range(0, len(files), _AT_ONCE):
        fresh = files[start : start + _AT_ONCE]
        lake.take(table(feed.table), feed.name, feed.covers, fresh, kept, run=_RUN)
        done += fresh


def _switch(room: Room, apart: Path) -> None:
    """Put the new tables in force: files first, the catalogue last."""
    root = room.lake.root
    root.mkdir(mode=0o700, exist_ok=True)
    _join(apart / "data", root / "data")
    fresh = _join(apart / "metadata", root / "metadata")
    if not (root / "location").exists():
        (apart / "location").replace(root / "location")
    room.durable("rebuild: files joined")
    if not (apart / "catalogue.db").exists():
        # Nothing was ever taken: an empty lake has no catalogue.
        (root / "catalogue.db").unlink(missing_ok=True)
    else:
        # A journal left by a killed writer belongs to the old catalogue and would spoil the new.
        (root / "catalogue.db-journal").unlink(missing_ok=True)
        sync(apart / "catalogue.db")
        (apart / "catalogue.db").replace(root / "catalogue.db")
    sync(root)
    room.durable("rebuild: catalogue switched")
    for path in (root / "metadata").rglob("*"):
        if path.is_file() and path not in fresh:
            path.unlink()


def _join(source: Path, target: Path) -> set[Path]:
    """Move files into the same places below another folder; where they are now."""
    moved = set()
    for path in sorted(source.rglob("*")):
        if path.is_file():
            here = target / path.relative_to(source)
            here.parent.mkdir(parents=True, exist_ok=True)
            path.replace(here)
            moved.add(here)
    return moved
