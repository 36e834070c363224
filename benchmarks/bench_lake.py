"""Ten million rows from CSV to a lake of fifty, and figures as they were known on a day."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.large_room import DAILY, FEED, Size, fill, write_large_csv, write_room

if TYPE_CHECKING:
    from vigie.actions.rooms.room import Room

COMMAND = "make bench ONLY=lake"
AS_OF = "2021-05-14"
KNOWN_UNTIL = datetime(2021, 5, 14, 23, 59, 59, 999999, UTC)
NOW = datetime(2022, 1, 1, 7, tzinfo=UTC)


def size() -> Size:
    """50 million rows stored, 10 million received; 59 single days leave as many files as can be."""
    return Size(categories=scaled(34), csv_days=147, single_days=scaled(59, 3))


def _open(folder: str) -> Room:
    from vigie.bootstrap import open_room

    return open_room(Path(folder) / "room", now=lambda: NOW)


def prepare(folder: str) -> int:
    """Write the room, its 50 million rows and the CSV; how many figures the CSV corrects."""
    write_room(Path(folder) / "room", size())
    fill(_open(folder).lake, Path(folder), size())
    return write_large_csv(Path(folder) / "large.csv", size())


def receive(folder: str) -> dict[str, float]:
    """Receive the CSV, parse it, take it: seconds of each; revisions that it made."""
    from vigie.actions.rooms.receiving import parse_arrivals, take_arrivals
    from vigie.actions.rooms.receiving import receive as accept
    from vigie.bootstrap import local_operator

    room = _open(folder)
    marks = [time.perf_counter()]
    received = accept(room, local_operator(), Path(folder) / "large.csv", FEED)
    marks.append(time.perf_counter())
    parse_arrivals(room)
    marks.append(time.perf_counter())
    taken = take_arrivals(room, "bench")
    marks.append(time.perf_counter())
    names = ("receive", "parse", "take")
    seconds = {name: b - a for name, a, b in zip(names, marks, marks[1:], strict=False)}
    return seconds | {
        "all": marks[-1] - marks[0],
        "revisions": sum(each.revisions for each in taken),
        "is_new": received.is_new,
    }


def read_as_of(folder: str) -> dict[str, float]:
    """Milliseconds of an as-of read, by us and by two peers; all answer the same."""
    from vigie.bootstrap import open_notebook

    notebook = open_notebook(Path(folder) / "room")
    room = notebook._room
    arrived = Path(folder) / "arrived"
    started = time.perf_counter()
    notebook.reports(DAILY, as_of=AS_OF)
    first = time.perf_counter() - started
    readers: dict[str, Callable[[], Any]] = {
        "action": lambda: notebook.reports(DAILY, as_of=AS_OF).to_arrow(),
        "engine": lambda: room.engine.query(_engine_sql(room)),
        "duckdb": lambda: room.engine.query(_peer_sql(arrived)),
        "polars": lambda: _polars(arrived),
    }
    answers = {name: _digest(read()) for name, read in readers.items()}
    if len(set(answers.values())) != 1:
        raise RuntimeError(f"the readers disagree: {answers}")
    found = {name: _milliseconds(read) for name, read in readers.items()}
    return found | {"first": first * 1000, "rows": next(iter(answers.values()))[0]}


def _engine_sql(room: Room) -> str:
    from vigie.lake import as_of_sql
    from vigie.schemas import REPORTS

    files = [each for each in room.lake.files(REPORTS) if each.partition == DAILY]
    relation = room.lake.relation(REPORTS, files)
    return as_of_sql(REPORTS, relation, KNOWN_UNTIL, f"measure = '{DAILY}'")


def _peer_sql(arrived: Path) -> str:
    return f"""
    SELECT place, category, reference_date, arg_max(value, known_at) AS value
    FROM read_parquet('{arrived}/*.parquet', union_by_name = true)
    WHERE measure = '{DAILY}' AND known_at <= TIMESTAMPTZ '{KNOWN_UNTIL.isoformat()}'
    GROUP BY ALL
    """


def _polars(arrived: Path) -> Any:
    import polars as pl

    rows = pl.scan_parquet(arrived / "*.parquet")
    rows = rows.filter((pl.col("measure") == DAILY) & (pl.col("known_at") <= KNOWN_UNTIL))
    last = pl.col("value").sort_by("known_at").last()
    return rows.group_by("place", "category", "reference_date").agg(last).collect().to_arrow()


def _digest(rows: Any) -> tuple[int, float]:
    import pyarrow.compute as pc

    return rows.num_rows, pc.sum(rows["value"]).as_py()


def _milliseconds(read: Callable[[], object]) -> float:
    times = []
    for _ in range(9):
        started = time.perf_counter()
        read()
        times.append(time.perf_counter() - started)
    return median(times) * 1000


def run() -> list[Figure]:
    """Seconds, memory, and milliseconds of reads."""
    with tempfile.TemporaryDirectory(prefix="vigie-bench-", ignore_cleanup_errors=True) as folder:
        return _figures(folder)


def _figures(folder: str) -> list[Figure]:
    changed = in_child("bench_lake", "prepare", folder).answer
    day = in_child("bench_lake", "receive", folder)
    if day.answer["revisions"] != changed:
        raise RuntimeError(f"{day.answer['revisions']} revisions instead of {changed}")
    again = in_child("bench_lake", "receive", folder)
    if again.answer["revisions"] or again.answer["is_new"]:
        raise RuntimeError("receiving the same file again changed something")
    reads = in_child("bench_lake", "read_as_of", folder)
    rows = f"{size().received / 1e6:.3g} M rows from CSV, {size().stored / 1e6:.3g} M stored"
    read = f"as-of read, one measure, {int(reads.answer['rows']):,} figures"
    figures = [
        Figure(f"{rows}, changes only", day.answer["all"], "s", 60, COMMAND),
        Figure("the same, peak memory", day.peak_gib, "GiB", 2, COMMAND),
        *(
            Figure(f"the same: {step}", day.answer[step], "s", None, COMMAND)
            for step in ("receive", "parse", "take")
        ),
        Figure("receive the same file again", again.answer["all"], "s", 2, COMMAND),
        Figure(f"{read}, engine", reads.answer["engine"], "ms", 50, COMMAND),
        Figure(f"{read}, action", reads.answer["action"], "ms", 100, COMMAND),
        Figure(f"{read}, first of a process", reads.answer["first"], "ms", None, COMMAND),
    ]
    for name, what in (("duckdb", "plain DuckDB, union_by_name"), ("polars", "plain Polars")):
        figures.append(Figure(f"{read}, peer: {what}", reads.answer[name], "ms", None, COMMAND))
    return figures
