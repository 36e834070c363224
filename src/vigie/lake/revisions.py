"""Revisions: what each source said, in the order in which it became known.

The stored revisions of a fact are a function of the *set* of its arrivals, never of the
order in which they were received:

1. What arrivals say of a key is sorted by known_at; at equal known_at the higher arrival
   hash stands.
2. An arrival that covers its window withdraws, at its newest known_at, the keys it leaves out.
3. A revision equal to its predecessor is left out, and so is a withdrawal of what is missing.

4. Where a source only tells the day and not when it was made known, the first arrival of a key
   speaks at the instant that the feed declares (at the latest when it was received), later ones
   from their receipt on: what they change was not known before. They withdraw only what an
   earlier one said.

New arrivals later than everything stored are appended. An older one re-plays its feed from
its own known_at on, out of the kept arrivals, and the partition is written anew; releases
keep the files they name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from vigie.lake.catalogue import Catalogue
from vigie.lake.files import DataFile, Engine, FileStore, read_sql
from vigie.lake.history import STORED, compact_table, in_order, revisions_of
from vigie.schemas import Table

__all__ = ["ArrivedFile", "Covers", "TakeResult", "take"]

Covers = Literal["all", "window", "rows"]

COMPACT_ABOVE = 30
_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_LAST = datetime(9999, 12, 30, tzinfo=UTC)
_ROWS_AT_ONCE = 4_000_000
_ROW_GROUP = 200_000


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """A kept arrival, parsed: the observations of one file of one feed.

    Attributes:
        arrival: its hash.
        path: Parquet file with the key and value columns of the fact table, and known_at.
        rows: number of rows.
        known_from: oldest known_at in it.
        known_to: newest known_at in it; what it withdraws is withdrawn then.
        reference_from: oldest date in it, for a feed that covers its window.
        reference_to: newest date in it.
        measures: partitions it can touch; empty for tables without partition.
        is_whole: False when rows of it were rejected: what is missing then did not vanish.
        restated_at: its receipt, when known_at is only derived from the day (rule 4); else None.
    """

    arrival: str
    path: Path
    rows: int
    known_from: datetime
    known_to: datetime
    reference_from: date | None
    reference_to: date | None
    measures: tuple[str, ...] = ()
    is_whole: bool = True
    restated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakeResult:
    """What taking arrivals changed: revisions added, and whether history was re-played."""

    revisions: int
    is_replayed: bool


@dataclass(frozen=True, slots=True)
class _Job:
    """One partition of one feed to bring up to date."""

    table: Table
    feed: str
    covers: Covers
    run: str
    cut: datetime
    partition: str | None
    arrivals: Sequence[ArrivedFile]
    stored: tuple[str, ...]

    @property
    def is_restating(self) -> bool:
        """Whether rule 4 dates what its arrivals say."""
        return any(each.restated_at is not None for each in self.arrivals)

    @property
    def here(self) -> str:
        """Condition for the rows of this partition (one bound parameter less to keep apart)."""
        if self.partition is None:
            return "true"
        return f"\"{self.table.partition}\" = '{self.partition}'"


def take(
    table: Table,
    feed: str,
    covers: Covers,
    fresh: Sequence[ArrivedFile],
    kept: Callable[[datetime], Sequence[ArrivedFile]],
    *,
    run: str,
    engine: Engine,
    store: FileStore,
    catalogue: Catalogue,
) -> TakeResult:
    """Bring the stored revisions of a feed to what all its arrivals say.

    Args:
        table: the fact table.
        feed: name of the feed.
        covers: what an arrival says of the rows it leaves out.
        fresh: arrivals to take; taking one again changes nothing.
        kept: arrivals already taken whose known_to is at or after an instant.
        run: key of the run, written to the rows.

    Raises:
        OutOfSpace: the disk is full; what was stored before stays in force.
    """
    if not fresh:
        return TakeResult(0, False)
    current = catalogue.files(table)
    cut = _cut(table, feed, fresh, kept, [store.absolute(each) for each in current], engine)
    names = {each.arrival for each in fresh}
    arrivals = [*fresh, *(each for each in kept(cut) if each.arrival not in names)]
    arrivals.sort(key=lambda each: (each.restated_at or _FIRST, each.arrival))
    partitions: Sequence[str | None] = [None]
    if table.partition:
        partitions = sorted({name for each in fresh for name in each.measures})
    added: list[DataFile] = []
    removed: list[DataFile] = []
    revisions = 0
    is_replayed = False
    for partition in partitions:
        files = [each for each in current if each.partition == partition]
        for file in files:
            store.verify(file)
        stored = tuple(store.absolute(file) for file in files)
        job = _Job(table, feed, covers, run, cut, partition, arrivals, stored)
        is_late = _has_later(job, engine)
        new, count = _write(job, engine, store, is_late=is_late)
        revisions += count
        added += new
        if is_late or (new and len(files) + len(new) > COMPACT_ABOVE):
            removed += files
            if not is_late:
                added += _compact(job, new, engine, store)
                added = [each for each in added if each not in new]
        is_replayed = is_replayed or is_late
    catalogue.commit(table, added, removed, {"vigie.run": run, "vigie.feed": feed})
    return TakeResult(revisions, is_replayed)


def _cut(
    table: Table,
    feed: str,
    fresh: Sequence[ArrivedFile],
    kept: Callable[[datetime], Sequence[ArrivedFile]],
    stored: Sequence[str],
    engine: Engine,
) -> datetime:
    """The instant from which the feed's history is told anew.

    Restating arrivals in order of receipt add to everything stored (rule 4 dates what they
    change); one out of order, or taken a second time, has the whole history told anew.
    """
    received = [each.restated_at for each in fresh if each.restated_at is not None]
    if not received:
        return min(each.known_from for each in fresh)
    own = {each.arrival for each in fresh}
    others = [each for each in kept(_FIRST) if each.arrival not in own]
    later = [each for each in others if (each.restated_at or _FIRST) >= min(received)]
    if later or _is_stored(table, feed, fresh, stored, engine):
        return _FIRST
    return _LAST


def _is_stored(
    table: Table, feed: str, arrivals: Sequence[ArrivedFile], stored: Sequence[str], engine: Engine
) -> bool:
    """Whether a row of one of the arrivals is stored: it was taken, but nobody noted so."""
    if not stored:
        return False
    names = ", ".join(f"'{each.arrival}'" for each in arrivals)
    sql = (
        f"SELECT count(*) > 0 AS found FROM {read_sql(table, stored)} "
        f"WHERE feed = ? AND arrival IN ({names})"
    )
    return bool(engine.query(sql, {}, [feed])["found"][0].as_py())


def _has_later(job: _Job, engine: Engine) -> bool:
    """Whether revisions of this feed at or after the cut are stored already."""
    if not job.stored:
        return False
    sql = (
        f"SELECT count(*) > 0 AS later FROM {read_sql(job.table, job.stored)} "
        "WHERE feed = ? AND known_at >= ?"
    )
    return bool(engine.query(sql, {}, [job.feed, job.cut])["later"][0].as_py())


def _write(
    job: _Job, engine: Engine, store: FileStore, *, is_late: bool
) -> tuple[list[DataFile], int]:
    """Write the new revisions (re-play: the whole partition); files and revisions added."""
    key = [name for name in job.table.key if name != "feed"]
    rows = sum(each.rows for each in job.arrivals) // max(1, len(job.arrivals[0].measures))
    chunks = 1 + rows // _ROWS_AT_ONCE
    files: list[DataFile] = []
    revisions = 0
    for chunk in range(chunks):
        history = compact_table(engine.batches(*_history_sql(job, chunk, chunks)))
        new = None if history is None else _named(job, revisions_of(history, key, job.table.values))
        revisions += 0 if new is None else new.num_rows
        untouched = None
        if is_late:
            untouched = compact_table(engine.batches(*_untouched_sql(job, chunk, chunks)))
        batches = _ordered(job, [each for each in (new, untouched) if each is not None])
        file = store.write(job.table, batches, job.partition)
        files += [] if file is None else [file]
    return files, revisions


def _ordered(job: _Job, parts: Sequence[pa.Table]) -> Iterator[pa.RecordBatch]:
    """All rows in the order of the table; revisions alone are by key already."""
    if not parts:
        return iter(())
    rows = pa.concat_tables(parts).unify_dictionaries()
    by_key = [name for name in job.table.key if name not in {"feed", job.table.partition}]
    if len(parts) > 1 or job.table.order != (*by_key, "known_at"):
        rows = in_order(rows, job.table.order)
    return iter(rows.to_batches(_ROW_GROUP))


def _named(job: _Job, rows: pa.Table) -> pa.Table:
    """Revisions as rows of the table: with feed, arrival and run."""
    said_by = rows["said_by"].combine_chunks().cast(pa.int32())
    names = pa.array([each.arrival for each in job.arrivals])
    arrival = pa.DictionaryArray.from_arrays(said_by, names)
    columns = {name: rows[name] for name in rows.column_names if name != "said_by"}
    columns |= {"arrival": arrival}
    for name, value in (("feed", job.feed), ("run", job.run)):
        zeros = pa.array(np.zeros(len(rows), dtype=np.int32))
        columns[name] = pa.DictionaryArray.from_arrays(zeros, pa.array([value]))
    return pa.table(columns).select(job.table.names)


def _compact(
    job: _Job, new: Sequence[DataFile], engine: Engine, store: FileStore
) -> list[DataFile]:
    """One sorted file (or a few) in place of many."""
    paths = (*job.stored, *(store.absolute(file) for file in new))
    order = ", ".join(f'"{name}"' for name in job.table.order)
    sql = f"SELECT * FROM {read_sql(job.table, paths)} ORDER BY {order}"
    batches = engine.batches(sql, rows=_ROW_GROUP)
    file = store.write(job.table, batches, job.partition)
    return [file] if file is not None else []


def _in_chunk(table: Table, chunk: int, chunks: int) -> str:
    if chunks == 1:
        return "true"
    key = ", ".join(f'"{name}"' for name in table.key if name != "feed")
    return f"hash({key}) % {chunks} = {chunk}"


def _history_sql(
    job: _Job, chunk: int, chunks: int
) -> tuple[str, dict[str, object], dict[str, object]]:
    """SQL of what the feed's arrivals say from the cut on, and of what it had said before."""
    table = job.table
    key = [name for name in table.key if name != "feed"]
    keys = ", ".join(f'"{name}"' for name in key)
    values = ", ".join(f'"{name}"' for name in table.values)
    said = " UNION ALL BY NAME ".join(
        _said_sql(number, each) for number, each in enumerate(job.arrivals)
    )
    withdrawn = _withdrawn_sql(job, key) if job.covers != "rows" else ""
    filter_ = f"{job.here} AND {_in_chunk(table, chunk, chunks)}"
    sql = f"""
    WITH before AS (
        SELECT {keys}, known_at, {STORED} AS said_by, {values}
        FROM {read_sql(table, job.stored)}
        WHERE feed = $feed AND known_at < $cut AND {filter_} {_near_sql(job)}
    ), spoken AS (
        SELECT * FROM ({said}) WHERE {filter_}
    ), said AS (
        {_dated_sql(job, key)}
    )
    SELECT {keys}, known_at, said_by, {values} FROM before
    UNION ALL
    SELECT {keys}, known_at, said_by, {values} FROM said WHERE known_at >= $from
    {withdrawn}
    """
    start = _FIRST if job.is_restating else job.cut
    return sql, {}, {"feed": job.feed, "cut": job.cut, "from": start}


def _dated_sql(job: _Job, key: Sequence[str]) -> str:
    """SQL of what was said, each row at the instant from which it counts (rule 4)."""
    if not job.is_restating:
        return "SELECT * FROM spoken"
    keys = ", ".join(f'"{name}"' for name in key)
    return f"""
        SELECT * EXCLUDE (restated_at, is_known) REPLACE (
            CASE WHEN is_known IS NULL AND row_number() OVER (
                PARTITION BY {keys} ORDER BY restated_at, said_by
            ) = 1 THEN least(known_at, restated_at) ELSE restated_at END AS known_at
        )
        FROM spoken
        LEFT JOIN (SELECT DISTINCT {keys}, true AS is_known FROM before) USING ({keys})
    """


def _near_sql(job: _Job) -> str:
    """Condition that leaves out stored rows of days of which no arrival speaks."""
    firsts = [each.reference_from for each in job.arrivals if each.reference_from]
    lasts = [each.reference_to for each in job.arrivals if each.reference_to]
    is_known = len(firsts) == len(lasts) == len(job.arrivals)
    if job.covers == "all" or "reference_date" not in job.table.key or not is_known:
        return ""
    return f"AND reference_date BETWEEN DATE '{min(firsts)}' AND DATE '{max(lasts)}'"


def _untouched_sql(
    job: _Job, chunk: int, chunks: int
) -> tuple[str, dict[str, object], dict[str, object]]:
    """SQL of the stored rows of a partition that a re-play leaves as they are."""
    sql = f"""
    SELECT * FROM {read_sql(job.table, job.stored)}
    WHERE NOT (feed = $feed AND known_at >= $cut) AND {_in_chunk(job.table, chunk, chunks)}
    """
    return sql, {}, {"feed": job.feed, "cut": job.cut}


def _said_sql(number: int, each: ArrivedFile) -> str:
    path = str(each.path).replace("'", "''")
    restated = ""
    if each.restated_at is not None:
        restated = f", TIMESTAMPTZ '{each.restated_at.isoformat()}' AS restated_at"
    return f"SELECT *, {number} AS said_by{restated} FROM read_parquet('{path}')"


def _withdrawn_sql(job: _Job, key: Sequence[str]) -> str:
    """What each covering arrival withdraws: known keys that it leaves out."""
    keys = ", ".join(f'"{name}"' for name in key)
    same = " AND ".join(f'own."{name}" = known."{name}"' for name in key)
    nothing = ", ".join(
        ("'withdrawn'" if name == "reason" else "NULL") + f' AS "{name}"'
        for name in job.table.values
    )
    parts = []
    for number, each in enumerate(job.arrivals):
        known_to = each.restated_at or each.known_to
        if (known_to < job.cut and not job.is_restating) or not each.is_whole:
            continue
        earlier = f"said_by < {number}" if job.is_restating else "true"
        window = ""
        if job.covers == "window" and each.reference_from and each.reference_to:
            window = (
                f"AND known.reference_date BETWEEN DATE '{each.reference_from}' "
                f"AND DATE '{each.reference_to}'"
            )
        parts.append(f"""
        UNION ALL
        SELECT {keys}, TIMESTAMPTZ '{known_to.isoformat()}', {number}, {nothing}
        FROM (
            SELECT {keys} FROM before UNION SELECT {keys} FROM said WHERE {earlier}
        ) AS known
        WHERE NOT EXISTS (
            SELECT 1 FROM said AS own WHERE own.said_by = {number} AND {same}
        ) {window}
        """)
    return "\n".join(parts)
