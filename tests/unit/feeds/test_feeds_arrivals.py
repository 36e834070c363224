"""The arrival store: what was acknowledged stays, nothing is there half, nothing is kept twice."""

from __future__ import annotations

import errno
import os
import re
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from vigie.errors import BadData, DamagedFile, NotFound, OutOfSpace
from vigie.feeds import ArrivalStore, Feed, Vocabulary, read_feed
from vigie.linkage import pseudonym

NOW = datetime(2021, 3, 10, 7, 0, tzinfo=UTC)
SECRET = b"0123456789abcdef0123456789abcdef"
HEAD = '[feed]\nowner = "o"\nlegal_basis = "l"\npurpose = "p"\n'
COLUMNS = '[columns]\nplace = "hospital"\nreference_date = "date"\n'
MEASURE = '[[measures]]\nmeasure = "admissions"\nfrom = "adm"\nunit = "patients"\n'
KNOWN = "known_at = { reference_plus_days = 1 }\n"
NAMED = 'known_at = { name = "a_(?P<date>\\\\d+)", format = "%Y%m%d" }\n'
DATA = b"hospital,date,adm\nnorth,2021-03-01,5\nsouth,2021-03-01,x\n"
MOVES = (
    '[feed]\ntable = "movements"\nowner = "o"\nlegal_basis = "l"\npurpose = "p"\n[columns]\n'
    'stay = "stay_no"\npatient = "pat_no"\nplace = "hospital"\ncategory = "ward"\n'
    'from_date = "entered"\n[identifiers]\nnom = "drop"\n'
)
MOVE_DATA = (
    b"stay_no,pat_no,nom,hospital,ward,entered\n"
    b'1,A 77,"DUVAL, Anne",north,icu,2021-03-01\n2,a77,DUVAL,south,icu,2021-03-02\n'
)


def feed_of(text: str, words: Vocabulary, name: str = "adm") -> Feed:
    feed, problems = read_feed(f"feeds/{name}.toml", text, words)
    assert feed is not None, [str(each) for each in problems]
    return feed


@pytest.fixture
def feed(words: Vocabulary) -> Feed:
    return feed_of(HEAD + COLUMNS + KNOWN + MEASURE, words)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "sent.csv"
    path.write_bytes(DATA)
    return path


def accept(store: ArrivalStore, feed: Feed, source: Path, **changes: object):
    settings = {"name": "a_20210302.csv", "received_at": NOW, "secret": SECRET} | changes
    return store.accept(feed, source, **settings)


def test_a_stored_file_is_private_and_equal_to_what_was_sent(
    tmp_path: Path, feed: Feed, source: Path
) -> None:
    previous = os.umask(0)
    try:
        accepted = accept(ArrivalStore(tmp_path / "state"), feed, source, name="../x/a_1.csv")
    finally:
        os.umask(previous)
    assert accepted.raw.read_bytes() == DATA == source.read_bytes()
    assert accepted.name == "a_1.csv"
    assert stat.S_IMODE(accepted.raw.stat().st_mode) == 0o600
    for folder in (accepted.path, accepted.path.parent, tmp_path / "state" / "inbox"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not list((tmp_path / "state" / "inbox").iterdir())


def test_the_same_bytes_again_are_the_same_arrival(
    tmp_path: Path, feed: Feed, source: Path
) -> None:
    first = accept(ArrivalStore(tmp_path / "state"), feed, source)
    again = accept(ArrivalStore(tmp_path / "state"), feed, source, received_at=NOW + timedelta(1))
    assert (first.is_new, again.is_new) == (True, False)
    assert first.arrival == again.arrival
    assert again.received_at == NOW


def test_a_file_that_came_before_is_read_and_not_copied(
    tmp_path: Path, feed: Feed, source: Path
) -> None:
    accept(ArrivalStore(tmp_path / "state"), feed, source)
    steps: list[str] = []
    store = ArrivalStore(tmp_path / "state", durable=steps.append)
    assert not accept(store, feed, source).is_new
    assert steps == []
    source.write_bytes(DATA.replace(b"1", b"2", 1))
    assert accept(store, feed, source).is_new, "the same size is not the same file"


def test_the_same_bytes_of_two_feeds_are_two_arrivals(
    tmp_path: Path, feed: Feed, source: Path, words: Vocabulary
) -> None:
    store = ArrivalStore(tmp_path / "state")
    other = feed_of(HEAD + COLUMNS + KNOWN + MEASURE, words, "other")
    assert accept(store, feed, source).arrival != accept(store, other, source).arrival
    assert store.feeds() == ("adm", "other")


def test_a_receipt_dated_feed_keeps_a_value_that_came_back(
    tmp_path: Path, source: Path, words: Vocabulary
) -> None:
    feed = feed_of(HEAD + COLUMNS + MEASURE, words)
    store = ArrivalStore(tmp_path / "state")
    other = tmp_path / "other.csv"
    other.write_bytes(DATA.replace(b"5", b"6"))
    days = [NOW + timedelta(days=each) for each in range(4)]
    new = [
        accept(store, feed, path, received_at=day).is_new
        for path, day in zip((source, source, other, source), days, strict=True)
    ]
    assert new == [True, False, True, True]
    assert [each.received_at for each in store.arrivals("adm")] == [days[0], days[2], days[3]]
    parsed = store.parse(feed, store.arrivals("adm")[-1], words, timezone="Europe/Paris")
    assert parsed.known_from == parsed.known_to == days[3]


def test_a_feed_dated_by_its_names_takes_equal_bytes_of_two_days(
    tmp_path: Path, source: Path, words: Vocabulary
) -> None:
    feed = feed_of(HEAD + COLUMNS + NAMED + MEASURE, words)
    store = ArrivalStore(tmp_path / "state")
    first = accept(store, feed, source)
    second = accept(store, feed, source, name="a_20210303.csv")
    assert first.arrival != second.arrival
    parsed = store.parse(feed, second, words, timezone="Europe/Paris")
    assert parsed.known_from == datetime(2021, 3, 2, 23, tzinfo=UTC)


def test_parsing_twice_changes_nothing(
    tmp_path: Path, feed: Feed, source: Path, words: Vocabulary
) -> None:
    store = ArrivalStore(tmp_path / "state")
    accepted = accept(store, feed, source)
    first = store.parse(feed, accepted, words, timezone="Europe/Paris")
    stamp = first.path.stat().st_mtime_ns
    again = ArrivalStore(tmp_path / "state").parse(feed, accepted, words, timezone="Europe/Paris")
    assert again == first
    assert again.path.stat().st_mtime_ns == stamp
    assert (first.rows, first.rejected) == (1, 1)
    assert "column adm, rule number, 1 rows" in first.warning


def test_a_mended_declaration_parses_the_kept_file_again(
    tmp_path: Path, feed: Feed, source: Path, words: Vocabulary
) -> None:
    store = ArrivalStore(tmp_path / "state")
    source.write_bytes(DATA.replace(b"adm", b"admissions"))
    accepted = accept(store, feed, source)
    with pytest.raises(BadData, match='the column "adm" is missing'):
        store.parse(feed, accepted, words, timezone="Europe/Paris")
    mended = feed_of(HEAD + COLUMNS + KNOWN + MEASURE.replace('"adm"', '"admissions"'), words)
    assert store.parse(mended, accepted, words, timezone="Europe/Paris").rows == 1
    with_words = feed_of(
        HEAD
        + '[format]\nnull_values = ["x"]\n'
        + COLUMNS
        + KNOWN
        + MEASURE.replace('"adm"', '"admissions"'),
        words,
    )
    parsed = store.parse(with_words, accepted, words, timezone="Europe/Paris")
    assert (parsed.rows, parsed.rejected, parsed.rejects_path) == (2, 0, None)
    assert not (accepted.path / "rejects.parquet").exists()


def test_raw_files_go_when_their_days_are_over_and_observations_stay(
    tmp_path: Path, feed: Feed, source: Path, words: Vocabulary
) -> None:
    store = ArrivalStore(tmp_path / "state")
    accepted = accept(store, feed, source)
    feeds = {feed.name: feed}
    assert store.purge_raw(NOW + timedelta(days=99), feeds) == 0, "never parsed: the only copy"
    parsed = store.parse(feed, accepted, words, timezone="Europe/Paris")
    assert store.purge_raw(NOW + timedelta(days=29), feeds) == 0
    assert store.purge_raw(NOW + timedelta(days=30), feeds) == 1
    assert not accepted.raw.exists()
    assert parsed.path.exists()
    changed = feed_of(HEAD + COLUMNS + KNOWN + MEASURE + "\n# changed", words)
    assert store.parse(changed, accepted, words, timezone="Europe/Paris") == parsed
    assert not accept(store, feed, source).is_new


def test_a_file_neither_kept_nor_parsed_is_not_found(
    tmp_path: Path, feed: Feed, source: Path, words: Vocabulary
) -> None:
    store = ArrivalStore(tmp_path / "state")
    accepted = accept(store, feed, source)
    accepted.raw.unlink()
    with pytest.raises(NotFound, match="Receive the file again"):
        store.parse(feed, accepted, words, timezone="Europe/Paris")


@pytest.mark.parametrize("packed", [False, True])
def test_personal_columns_never_reach_the_disk(
    packed: bool, tmp_path: Path, words: Vocabulary
) -> None:
    import gzip

    feed = feed_of(MOVES, words)
    store = ArrivalStore(tmp_path / "state")
    source = tmp_path / "moves.csv"
    source.write_bytes(gzip.compress(MOVE_DATA) if packed else MOVE_DATA)
    accepted = accept(store, feed, source)
    store.parse(feed, accepted, words, timezone="Europe/Paris")
    stored = b"".join(
        path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()
    )
    # Three letters of hexadecimal stand in a hash now and then by chance.
    stored = re.sub(rb"[0-9a-f]{16,}", b"", stored)
    for personal in (b"DUVAL", b"A 77", b"a77", b"A77"):
        assert personal not in stored
    rows = pq.read_table(accepted.path / "observations.parquet").to_pylist()
    assert {row["patient"] for row in rows} == {pseudonym(SECRET, "patient", "A77")}
    assert sorted(row["stay"] for row in rows) == sorted(
        pseudonym(SECRET, "stay", each) for each in "12"
    )
    assert store.purge_raw(NOW, {feed.name: feed}) == 1


def test_personal_columns_of_parquet_are_protected(
    tmp_path: Path, words: Vocabulary, parquet_bytes: Callable[..., bytes]
) -> None:
    import io

    import pyarrow.csv as arrow_csv

    feed = feed_of(MOVES + '[format]\nkind = "parquet"\n', words)
    source = tmp_path / "moves.parquet"
    source.write_bytes(parquet_bytes(arrow_csv.read_csv(io.BytesIO(MOVE_DATA))))
    accepted = accept(ArrivalStore(tmp_path / "state"), feed, source)
    table = pq.read_table(accepted.raw)
    assert "nom" not in table.column_names
    assert set(table["pat_no"].to_pylist()) == {pseudonym(SECRET, "patient", "A77")}


def test_personal_columns_need_the_key_of_the_room(tmp_path: Path, words: Vocabulary) -> None:
    source = tmp_path / "moves.csv"
    source.write_bytes(MOVE_DATA)
    with pytest.raises(BadData, match="no key of pseudonyms"):
        accept(ArrivalStore(tmp_path / "state"), feed_of(MOVES, words), source, secret=None)


def test_damage_is_found(tmp_path: Path, feed: Feed, source: Path, words: Vocabulary) -> None:
    store = ArrivalStore(tmp_path / "state")
    accepted = accept(store, feed, source)
    store.check(accepted)
    parsed = store.parse(feed, accepted, words, timezone="Europe/Paris")
    data = bytearray(parsed.path.read_bytes())
    data[len(data) // 2] ^= 1
    parsed.path.write_bytes(bytes(data))
    with pytest.raises(DamagedFile, match=r"observations\.parquet is not what was written"):
        store.check(accepted)
    accepted.raw.write_bytes(DATA + b"\n")
    with pytest.raises(DamagedFile, match="raw is not what was stored"):
        store.check(accepted)


STEPS = (
    "inbox-made",
    "inbox-copied",
    "raw-flushed",
    "arrival-flushed",
    "arrival-named",
    "arrival-stored",
    "observations-written",
    "parse-withdrawn",
    "observations-named",
    "arrival-parsed",
)


@pytest.mark.parametrize("step", STEPS)
def test_a_full_disk_at_any_step_is_a_clean_refusal(
    step: str, tmp_path: Path, feed: Feed, source: Path, words: Vocabulary
) -> None:
    def full(name: str) -> None:
        if name == step:
            raise OSError(errno.ENOSPC, "No space left on device")

    store = ArrivalStore(tmp_path / "state", durable=full)
    with pytest.raises(OutOfSpace, match="Free space"):
        store.parse(feed, accept(store, feed, source), words, timezone="Europe/Paris")
    assert not list(tmp_path.glob("state/inbox/*"))
    _take_all(tmp_path / "state", feed, source, words)


def _take_all(state: Path, feed: Feed, source: Path, words: Vocabulary) -> None:
    """What a next attempt does; afterwards everything is there once and whole."""
    store = ArrivalStore(state)
    accepted = accept(store, feed, source)
    parsed = store.parse(feed, accepted, words, timezone="Europe/Paris")
    store.check(accepted)
    assert parsed.rows == pq.read_metadata(parsed.path).num_rows == 1
    assert len(store.arrivals("adm")) == 1
    assert not list(state.rglob("*.tmp"))


KILLED = textwrap.dedent("""
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from vigie.feeds import ArrivalStore, MeasureInfo, Vocabulary, read_feed
    words = Vocabulary({"admissions": MeasureInfo("patients", minimum=0)},
                       frozenset({"north", "south"}), {}, frozenset(), {})
    feed, problems = read_feed("feeds/adm.toml", sys.argv[3], words)
    def die(step):
        if step == sys.argv[4]:
            os.kill(os.getpid(), signal.SIGKILL)
    store = ArrivalStore(Path(sys.argv[1]), durable=die)
    accepted = store.accept(feed, Path(sys.argv[2]), name="a_20210302.csv",
                            received_at=datetime(2021, 3, 10, 7, tzinfo=UTC), secret=None)
    store.parse(feed, accepted, words, timezone="Europe/Paris")
""")


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_loses_nothing_acknowledged(
    step: str, tmp_path: Path, feed: Feed, source: Path, words: Vocabulary
) -> None:
    text = HEAD + COLUMNS + KNOWN + MEASURE
    state = tmp_path / "state"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(state), str(source), text, step],
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr.decode()
    store = ArrivalStore(state)
    stored = store.arrivals("adm")
    acknowledged = STEPS.index(step) >= STEPS.index("arrival-stored")
    assert len(stored) == 1 if acknowledged else len(stored) <= 1
    for accepted in stored:
        assert accepted.raw.read_bytes() == DATA
        parsed = store.parsed(accepted)
        assert parsed is None or pq.read_metadata(parsed.path).num_rows == 1
    _take_all(state, feed, source, words)
