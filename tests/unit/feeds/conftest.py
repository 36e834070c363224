"""A small room for the tests of feeds: its words, and one call from bytes to observations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vigie.errors import BadData
from vigie.feeds import (
    Accepted,
    ArrivalStore,
    Feed,
    MeasureInfo,
    Parsed,
    Vocabulary,
    read_feed,
)

RECEIVED = datetime(2021, 3, 10, 7, 0, tzinfo=UTC)
SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    return Vocabulary(
        measures={
            "beds_occupied": MeasureInfo(
                "beds", census="08:00", minimum=0, maximum=500, dimension="ward_kind"
            ),
            "beds_staffed": MeasureInfo("beds", minimum=0, dimension="ward_kind"),
            "admissions": MeasureInfo("patients", minimum=0),
            "balance": MeasureInfo("patients"),
            "issued": MeasureInfo("units", step="month", minimum=0, dimension="product"),
        },
        places=frozenset({"north", "south", "east"}),
        categories={
            "ward_kind": frozenset({"icu", "hdu"}),
            "product": frozenset({"mask", "gown"}),
        },
        products=frozenset({"mask", "gown"}),
        codes={
            "sites": {"N1": "north", "S1": "south", "075": "east"},
            "wards": {"REA": "icu", "USC": "hdu", "": ""},
            "indicators": {"occ": "beds_occupied", "adm": "admissions"},
        },
    )


@dataclass(frozen=True)
class Taken:
    """What became of some bytes."""

    store: ArrivalStore
    feed: Feed
    accepted: Accepted | None
    parsed: Parsed | None
    error: BadData | None

    @property
    def rows(self) -> list[dict[str, object]]:
        assert self.parsed is not None, self.error
        return pq.read_table(self.parsed.path).to_pylist()

    @property
    def rejects(self) -> list[dict[str, object]]:
        if self.parsed is None or self.parsed.rejects_path is None:
            return []
        return pq.read_table(self.parsed.rejects_path).to_pylist()

    @property
    def rules(self) -> list[tuple[int, str, str]]:
        return [(each["row"], each["column"], each["rule"]) for each in self.rejects]


Take = Callable[..., Taken]


@pytest.fixture
def take(tmp_path: Path, words: Vocabulary) -> Take:
    def run(
        toml: str,
        data: bytes | str,
        *,
        name: str = "beds.csv",
        file: str = "feeds/beds.toml",
        received_at: datetime = RECEIVED,
        secret: bytes | None = SECRET,
    ) -> Taken:
        feed, problems = read_feed(file, toml, words)
        assert feed is not None, [str(each) for each in problems]
        source = tmp_path / "received"
        source.write_bytes(data.encode() if isinstance(data, str) else data)
        store = ArrivalStore(tmp_path / "state")
        accepted = parsed = None
        try:
            accepted = store.accept(feed, source, name=name, received_at=received_at, secret=secret)
            parsed = store.parse(feed, accepted, words, timezone="Europe/Paris")
        except BadData as error:
            return Taken(store, feed, accepted, parsed, error)
        return Taken(store, feed, accepted, parsed, None)

    return run


@pytest.fixture
def parquet_bytes(tmp_path: Path) -> Callable[[pa.Table], bytes]:
    def write(table: pa.Table) -> bytes:
        path = tmp_path / "made.parquet"
        pq.write_table(table, path)
        return path.read_bytes()

    return write
