"""The stored revisions are a function of the set of arrivals, never of their order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.engines import DuckEngine
from vigie.lake import ArrivedFile, Lake
from vigie.schemas import REPORTS

START = datetime(2020, 3, 1, 6, tzinfo=UTC)
DAY = date(2020, 3, 1)
Key = tuple[str, date]


@dataclass(frozen=True)
class Said:
    """One arrival in plain Python: (place, day offset, known after days) -> value or None."""

    arrival: str
    rows: tuple[tuple[str, int, int, float | None], ...]
    received_days: int | None = None

    @property
    def known_to(self) -> datetime:
        return max(START + timedelta(days=known) for *_, known, _ in self.rows)

    @property
    def restated_at(self) -> datetime | None:
        if self.received_days is None:
            return None
        return START + timedelta(days=self.received_days, hours=3)


def _observations(said: Said, folder: Path) -> ArrivedFile:
    places, days, known, values = zip(*said.rows, strict=True)
    known_at = [START + timedelta(days=each) for each in known]
    dates = [DAY + timedelta(days=each) for each in days]
    schema = pa.schema(
        [
            REPORTS.arrow_schema().field(name).remove_metadata()
            for name in (
                "measure",
                "place",
                "category",
                "reference_date",
                "known_at",
                "value",
                "reason",
            )
        ]
    )
    table = pa.table(
        {
            "measure": ["beds"] * len(places),
            "place": places,
            "category": [""] * len(places),
            "reference_date": dates,
            "known_at": known_at,
            "value": values,
            "reason": ["blank" if value is None else None for value in values],
        },
        schema=schema,
    )
    path = folder / f"{said.arrival}.parquet"
    pq.write_table(table, path)
    return ArrivedFile(
        said.arrival,
        path,
        len(places),
        min(known_at),
        said.known_to,
        min(dates),
        max(dates),
        ("beds",),
        restated_at=said.restated_at,
    )


def _slow_revisions(
    arrivals: Iterable[Said], covers: str
) -> set[tuple[Key, datetime, float | None, str | None, str]]:
    """The rules, written as slowly and obviously as they can be."""
    everything = sorted(arrivals, key=lambda a: (a.received_days or 0, a.arrival))
    keys = {(place, DAY + timedelta(days=day)) for a in everything for place, day, *_ in a.rows}
    result = set()
    for key in keys:
        said: list[tuple[datetime, str, float | None, str | None]] = []
        is_first = True
        for a in everything:
            own = [r for r in a.rows if (r[0], DAY + timedelta(days=r[1])) == key]
            for _, _, known, value in own:
                reason = "blank" if value is None else None
                known_at = START + timedelta(days=known)
                if a.restated_at:
                    known_at = min(known_at, a.restated_at) if is_first else a.restated_at
                said.append((known_at, a.arrival, value, reason))
                is_first = False
            days = [DAY + timedelta(days=r[1]) for r in a.rows]
            inside = covers == "all" or (covers == "window" and min(days) <= key[1] <= max(days))
            is_said = a.restated_at is None or not is_first
            if not own and inside and is_said:
                withdrawn_at = a.restated_at or a.known_to
                said.append((withdrawn_at, a.arrival, None, "withdrawn"))
        last_at: dict[datetime, tuple[str, float | None, str | None]] = {}
        for known_at, arrival, value, reason in sorted(said, key=lambda s: (s[0], s[1])):
            last_at[known_at] = (arrival, value, reason)
        before: tuple[float | None, str | None] | None = None
        for known_at in sorted(last_at):
            arrival, value, reason = last_at[known_at]
            if reason == "withdrawn" and (before is None or before[0] is None):
                continue
            if (value, reason) != before:
                result.add((key, known_at, value, reason, arrival))
            before = (value, reason)
    return result


def _stored(lake: Lake, engine: DuckEngine) -> set[tuple[Key, datetime, object, object, object]]:
    rows = engine.query(f"SELECT * FROM {lake.relation(REPORTS, lake.files(REPORTS))}").to_pylist()
    found = [
        (
            (r["place"], r["reference_date"]),
            r["known_at"].astimezone(UTC),
            r["value"],
            r["reason"],
            r["arrival"],
        )
        for r in rows
    ]
    assert len(found) == len(set(found)), "a revision is stored twice"
    return set(found)


def _take_in_order(
    said: Sequence[Said], covers: str, folder: Path, engine: DuckEngine, batch: int
) -> Lake:
    folder.mkdir()
    lake = Lake(folder / "lake", engine)
    files = [_observations(each, folder) for each in said]
    taken: list[ArrivedFile] = []

    def kept(cut: datetime) -> list[ArrivedFile]:
        return [each for each in taken if each.known_to >= cut]

    for start in range(0, len(files), batch):
        fresh = files[start : start + batch]
        lake.take(
            REPORTS,
            "feed",
            covers,
            fresh,  # type: ignore[arg-type]
            kept,
            run="r",
        )
        taken += fresh
    return lake


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> DuckEngine:
    scratch = tmp_path_factory.mktemp("scratch")
    return DuckEngine(threads=1, memory_limit="500MB", scratch=scratch)


row = st.tuples(
    st.sampled_from(["A", "B"]),
    st.integers(0, 3),
    st.integers(0, 33),
    st.sampled_from([None, 1.0, 2.0]),
)
rows_of_one_arrival = st.lists(row, min_size=1, max_size=4, unique_by=lambda r: (r[0], r[1], r[2]))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    contents=st.lists(rows_of_one_arrival, min_size=1, max_size=5),
    covers=st.sampled_from(["all", "window", "rows"]),
    batch=st.integers(1, 3),
    data=st.data(),
)
def test_any_order_of_the_same_arrivals_ends_in_the_same_revisions(
    contents: list[list[tuple[str, int, int, float | None]]],
    covers: str,
    batch: int,
    data: st.DataObject,
    engine: DuckEngine,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    said = [Said(f"{i:x}", tuple(rows)) for i, rows in enumerate(contents)]
    duplicates = data.draw(st.lists(st.sampled_from(said), max_size=2))
    order = data.draw(st.permutations([*said, *duplicates]))
    folder = tmp_path_factory.mktemp("order") / "room"
    lake = _take_in_order(order, covers, folder, engine, batch)
    assert _stored(lake, engine) == _slow_revisions(said, covers)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    contents=st.lists(
        st.lists(row, min_size=1, max_size=4, unique_by=lambda r: (r[0], r[1])),
        min_size=1,
        max_size=4,
    ),
    covers=st.sampled_from(["all", "window", "rows"]),
    batch=st.integers(1, 3),
    data=st.data(),
)
def test_what_a_repeated_history_changes_is_known_from_its_receipt_in_any_order(
    contents: list[list[tuple[str, int, int, float | None]]],
    covers: str,
    batch: int,
    data: st.DataObject,
    engine: DuckEngine,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    said = [Said(f"{9 - i:x}", tuple(rows), 20 + 7 * i) for i, rows in enumerate(contents)]
    duplicates = data.draw(st.lists(st.sampled_from(said), max_size=2))
    order = data.draw(st.permutations([*said, *duplicates]))
    folder = tmp_path_factory.mktemp("restated") / "room"
    lake = _take_in_order(order, covers, folder, engine, batch)
    assert _stored(lake, engine) == _slow_revisions(said, covers)


def test_a_correction_in_a_repeated_history_stays_unknown_to_the_days_before_its_receipt(
    engine: DuckEngine, tmp_path: Path
) -> None:
    said = [
        Said("b", (("A", 0, 1, 5.0), ("A", 1, 2, 6.0)), 2),
        Said("a", (("A", 0, 1, 9.0), ("A", 1, 2, 6.0), ("A", 2, 3, 7.0)), 10),
    ]
    lake = _take_in_order(said, "rows", tmp_path / "room", engine, 1)
    told = {(key[1], known_at, value) for key, known_at, value, _, _ in _stored(lake, engine)}
    day = timedelta(days=1)
    assert told == {
        (DAY, START + day, 5.0),
        (DAY, said[1].restated_at, 9.0),
        (DAY + day, START + 2 * day, 6.0),
        (DAY + 2 * day, START + 3 * day, 7.0),
    }


def test_every_order_of_a_late_correction_gives_the_same_state(
    engine: DuckEngine, tmp_path: Path
) -> None:
    said = [
        Said("a", (("A", 0, 0, 5.0),)),
        Said("b", (("A", 0, 2, 7.0),)),
        Said("c", (("A", 0, 30, 5.0), ("A", 1, 30, 1.0))),
        Said("d", (("A", 0, 30, 6.0),)),
    ]
    expected = _slow_revisions(said, "rows")
    for i, order in enumerate(itertools.permutations(said)):
        lake = _take_in_order(order, "rows", tmp_path / str(i), engine, 1)
        assert _stored(lake, engine) == expected


def test_taking_an_arrival_again_adds_no_revision(engine: DuckEngine, tmp_path: Path) -> None:
    said = Said("a", (("A", 0, 0, 5.0), ("B", 0, 0, None)))
    lake = _take_in_order([said, said, said], "all", tmp_path / "room", engine, 1)
    assert len(_stored(lake, engine)) == 2


def test_a_row_that_vanished_from_a_covering_feed_is_withdrawn_not_zero(
    engine: DuckEngine, tmp_path: Path
) -> None:
    said = [
        Said("a", (("A", 0, 0, 5.0), ("B", 0, 0, 3.0))),
        Said("b", (("A", 0, 1, 5.0),)),
    ]
    lake = _take_in_order(said, "all", tmp_path / "room", engine, 1)
    last = {(k, v, r) for k, _, v, r, _ in _stored(lake, engine) if k[0] == "B"}
    assert last == {(("B", DAY), 3.0, None), (("B", DAY), None, "withdrawn")}


def test_a_withdrawal_of_what_is_missing_leaves_no_trace_on_what_is_said_next(
    engine: DuckEngine, tmp_path: Path
) -> None:
    said = [
        Said("a", (("A", 0, 0, None), ("B", 0, 0, 3.0))),
        Said("b", (("B", 0, 1, 3.0),)),
        Said("c", (("A", 0, 2, None), ("B", 0, 2, 3.0))),
    ]
    for batch in (1, 3):
        lake = _take_in_order(said, "all", tmp_path / str(batch), engine, batch)
        assert _stored(lake, engine) == _slow_revisions(said, "all")
        assert len(_stored(lake, engine)) == 2


def test_a_measure_left_with_many_small_files_is_compacted(
    engine: DuckEngine, tmp_path: Path
) -> None:
    said = [Said(f"{i:03d}", (("A", i, i, float(i)),)) for i in range(70)]
    lake = _take_in_order(said, "rows", tmp_path / "room", engine, 1)
    assert len(lake.files(REPORTS)) <= 31
    assert len(_stored(lake, engine)) == 70
