"""Revisions: what each source said, in the order in which it became known.

The stored revisions of a fact are a function of the *set* of its arrivals, never of the
order in which they were received:

1. What arrivals say of a key is sorted by known_at; at equal known_at the higher arrival
   hash stands.
2. An arrival that covers its window withdraws, at its newest known_at, the keys it leaves out.
3. A revision equal to its predecessor is left out, and so is a withdrawal of what is missing.

New arrivals later than everything stored are appended. An older one re-plays its feed from
its own known_at on, out of the kept arrivals, and the partition is written anew; releases
keep the files they name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

from vigie.lake.catalogue import Catalogue
from vigie.lake.files import DataFile, Engine, FileStore, read_sql
from vigie.schemas import Table

__all__ = ["ArrivedFile", "Covers", "TakeResult", "take"]

Covers = Literal["all", "window", "rows"]

COMPACT_ABOVE = 30
_ROWS_AT_ONCE = 4_000_000


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
    cut = min(each.known_from for each in fresh)
    names = {each.arrival for each in fresh}
    arrivals = [*fresh, *(each for each in kept(cut) if each.arrival not in names)]
    current = catalogue.files(table)
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
    rows = sum(each.rows for each in job.arrivals) // max(1, len(job.arrivals[0].measures))
    chunks = 1 + rows // _ROWS_AT_ONCE
    files: list[DataFile] = []
    revisions = 0
    for chunk in range(chunks):
        sql, parameters = _revisions_sql(job, chunk, chunks)
        if is_late:
            untouched = (
                f"SELECT * FROM {read_sql(job.table, job.stored)} "
                f"WHERE NOT (feed = $feed AND known_at >= $cut) AND {_in_chunk(job.table, chunk, chunks)}"
            )
            count = engine.query(f"SELECT count(*) AS n FROM ({sql})", {}, parameters)
            revisions += int(count["n"][0].as_py())
            sql = f"SELECT * FROM ({sql}) UNION ALL BY NAME {untouched}"
        order = ", ".join(f'"{name}"' for name in job.table.order)
        batches = engine.batches(f"SELECT * FROM ({sql}) ORDER BY {order}", {}, parameters)
        file = store.write(job.table, batches, job.partition)
        if file is not None:
            files.append(file)
            revisions += 0 if is_late else file.rows
    return files, revisions


def _compact(
    job: _Job, new: Sequence[DataFile], engine: Engine, store: FileStore
) -> list[DataFile]:
    """One sorted file (or a few) in place of many."""
    paths = (*job.stored, *(store.absolute(file) for file in new))
    order = ", ".join(f'"{name}"' for name in job.table.order)
    batches = engine.batches(f"SELECT * FROM {read_sql(job.table, paths)} ORDER BY {order}")
    file = store.write(job.table, batches, job.partition)
    return [file] if file is not None else []


def _in_chunk(table: Table, chunk: int, chunks: int) -> str:
    if chunks == 1:
        return "true"
    key = ", ".join(f'"{name}"' for name in table.key if name != "feed")
    return f"hash({key}) % {chunks} = {chunk}"


def _revisions_sql(job: _Job, chunk: int, chunks: int) -> tuple[str, dict[str, object]]:
    """SQL of the revisions of one feed from the cut on, as the rules above make them."""
    table = job.table
    key = [name for name in table.key if name != "feed"]
    keys = ", ".join(f'"{name}"' for name in key)
    values = ", ".join(f'"{name}"' for name in table.values)
    main = table.values[0]
    changed = " OR ".join(
        f'"{name}" IS DISTINCT FROM lag("{name}") OVER revisions' for name in table.values
    )
    said = " UNION ALL BY NAME ".join(_said_sql(job, each) for each in job.arrivals)
    before = ", ".join(f'arg_max_null("{name}", known_at) AS "{name}"' for name in table.values)
    withdrawn = _withdrawn_sql(job, key) if job.covers != "rows" else ""
    filter_ = f"{job.here} AND {_in_chunk(table, chunk, chunks)}"
    highest = f"""
        QUALIFY row_number() OVER (PARTITION BY {keys}, known_at ORDER BY arrival DESC) = 1
    """
    if job.covers == "rows" and _is_apart(job.arrivals):
        highest = ""
    sql = f"""
    WITH said AS (
        SELECT * FROM ({said}) WHERE {filter_}
    ), before AS (
        SELECT {keys}, max(known_at) AS known_at, '' AS arrival, {before}
        FROM {read_sql(table, job.stored)}
        WHERE feed = $feed AND known_at < $cut AND {filter_}
        GROUP BY {keys}
    ), stated AS (
        SELECT {keys}, known_at, arrival, {values} FROM said WHERE known_at >= $cut
        {withdrawn}
    ), one AS (
        SELECT * FROM stated {highest}
    ), history AS (
        SELECT {keys}, known_at, arrival, {values} FROM one
        UNION ALL
        SELECT {keys}, known_at, arrival, {values} FROM before
    )
    SELECT {keys}, known_at, {values}, $feed AS feed, arrival, $run AS run
    FROM history
    WINDOW revisions AS (PARTITION BY {keys} ORDER BY known_at)
    QUALIFY arrival <> '' AND ({changed} OR lag(arrival) OVER revisions IS NULL)
        AND NOT (coalesce(reason, '') = 'withdrawn' AND lag("{main}") OVER revisions IS NULL)
    """
    return sql, {"feed": job.feed, "cut": job.cut, "run": job.run}


def _is_apart(arrivals: Sequence[ArrivedFile]) -> bool:
    """Whether no two arrivals can speak of one key at one instant: saves a sort of all rows."""
    ordered = sorted(arrivals, key=lambda each: each.known_from)
    return all(a.known_to < b.known_from for a, b in pairwise(ordered))


def _said_sql(job: _Job, each: ArrivedFile) -> str:
    path = str(each.path).replace("'", "''")
    return f"SELECT *, '{each.arrival}' AS arrival FROM read_parquet('{path}')"


def _withdrawn_sql(job: _Job, key: Sequence[str]) -> str:
    """What each covering arrival withdraws: known keys that it leaves out."""
    keys = ", ".join(f'"{name}"' for name in key)
    same = " AND ".join(f'own."{name}" = known."{name}"' for name in key)
    nothing = ", ".join(
        ("'withdrawn'" if name == "reason" else "NULL") + f' AS "{name}"'
        for name in job.table.values
    )
    parts = []
    for each in job.arrivals:
        if each.known_to < job.cut or not each.is_whole:
            continue
        window = ""
        if job.covers == "window" and each.reference_from and each.reference_to:
            window = (
                f"AND known.reference_date BETWEEN DATE '{each.reference_from}' "
                f"AND DATE '{each.reference_to}'"
            )
        parts.append(f"""
        UNION ALL
        SELECT {keys}, TIMESTAMPTZ '{each.known_to.isoformat()}', '{each.arrival}', {nothing}
        FROM (SELECT {keys} FROM before UNION SELECT {keys} FROM said) AS known
        WHERE NOT EXISTS (
            SELECT 1 FROM said AS own WHERE own.arrival = '{each.arrival}' AND {same}
        ) {window}
        """)
    return "\n".join(parts)
