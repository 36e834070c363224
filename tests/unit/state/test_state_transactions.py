"""The state: one transaction holds an act whole or not at all, and is read by nobody before."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from vigie.errors import Conflict, DamagedFile
from vigie.state import ArrivalRow, ArrivalStatus, ReleaseRow, RunRow, RunStatus, State, WriterLock

NOW = datetime(2020, 3, 1, 6, tzinfo=UTC)
DAY = date(2020, 3, 1)


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state.db")
    made.migrate()
    return made


def arrival(key: str = "a", **more: object) -> ArrivalRow:
    values: dict[str, object] = {
        "arrival": key,
        "feed": "beds",
        "bytes_sha256": "0" * 64,
        "size": 10,
        "name": "beds.csv",
        "received_at": NOW,
        "status": ArrivalStatus.PARSED,
    }
    return ArrivalRow(**(values | more))  # type: ignore[arg-type]


def release(key: str, made_at: datetime = NOW) -> ReleaseRow:
    return ReleaseRow(key, f"run-{key}", DAY, made_at, is_draft=True, manifest="{}")


def test_a_row_of_every_kind_reads_back_as_it_was_written(state: State) -> None:
    row = arrival(
        known_from=NOW, known_to=NOW, reference_from=DAY, reference_to=DAY, measures=("x", "y")
    )
    run = RunRow("r", DAY, NOW, RunStatus.RELEASED, NOW, "rel", "done")
    with state.write("rows") as tx:
        tx.add_arrival(row)
        tx.put_run(run)
        tx.add_release(release("rel"))
    with state.read() as tx:
        assert tx.arrivals() == [row]
        assert tx.runs() == [run]
        assert tx.releases() == [release("rel")]


def test_an_act_that_fails_leaves_nothing_of_itself(state: State) -> None:
    with pytest.raises(RuntimeError), state.write("an act that fails") as tx:
        tx.add_arrival(arrival())
        tx.post("audit", "key", b"leaf", now=NOW)
        raise RuntimeError
    with state.read() as tx:
        assert tx.arrivals() == []
        assert tx.outbox() == []


def test_a_reader_sees_nothing_of_an_act_before_it_is_whole(state: State) -> None:
    other = State(state.path)
    with state.write("an act") as tx:
        tx.add_arrival(arrival())
        with other.read() as reader:
            assert reader.arrivals() == []
    with other.read() as reader:
        assert len(reader.arrivals()) == 1


def test_a_reader_keeps_one_view_from_its_first_look_on(state: State) -> None:
    other = State(state.path)
    with other.read() as reader:
        assert reader.arrivals() == []
        with state.write("an act") as tx:
            tx.add_arrival(arrival())
        assert reader.arrivals() == []


def test_what_an_act_read_is_not_changed_by_another_before_it_wrote(state: State) -> None:
    def count(times: int) -> None:
        mine = State(state.path)
        for _ in range(times):
            with mine.write("one more") as tx:
                tx.remember("count", str(int(tx.recall("count") or 0) + 1))
        mine.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, [10] * 4))
    with state.read() as tx:
        assert tx.recall("count") == "40"


def test_the_newest_publication_is_in_force_also_when_it_goes_back(state: State) -> None:
    with state.write("releases") as tx:
        for key in ("old", "new"):
            tx.add_release(release(key))
            tx.publish(key, actor="operator", reason="", now=NOW)
        tx.publish("old", actor="operator", reason="the new one is wrong", now=NOW)
    with state.read() as tx:
        in_force = tx.in_force()
    assert in_force is not None
    assert in_force.release == "old"


def test_a_release_that_does_not_exist_cannot_be_put_in_force(state: State) -> None:
    import sqlalchemy as sa

    with pytest.raises(sa.exc.IntegrityError), state.write("a publication") as tx:
        tx.publish("none", actor="operator", reason="", now=NOW)


def test_the_outbox_keeps_one_of_each_key_and_only_what_was_not_accepted_waits(
    state: State,
) -> None:
    with state.write("posts") as tx:
        for _ in range(2):
            tx.post("alert", "late-2020-03-01", b"text", now=NOW)
        tx.post("audit", "leaf", b"leaf", now=NOW)
        number = tx.outbox("alert")[0].number
        tx.mark_sent(number, now=None)
    with state.read() as tx:
        (waiting,) = tx.outbox("alert", is_waiting=True)
        assert waiting.attempts == 1
    with state.write("accepted") as tx:
        tx.mark_sent(number, now=NOW)
    with state.read() as tx:
        assert tx.outbox("alert", is_waiting=True) == []
        assert len(tx.outbox()) == 2


def test_a_lease_is_held_by_one_until_it_ends(state: State) -> None:
    until = NOW + timedelta(minutes=5)
    with state.write("lease") as tx:
        assert tx.lease("tick", "first", until, now=NOW)
        assert not tx.lease("tick", "second", until, now=NOW)
        assert tx.lease("tick", "first", until, now=NOW)
        assert tx.lease("tick", "second", until + timedelta(hours=1), now=until)


def test_instants_come_back_in_utc_whatever_zone_they_were_given_in(state: State) -> None:
    paris = datetime(2020, 3, 1, 7, tzinfo=timezone(timedelta(hours=1)))
    with state.write("an arrival") as tx:
        tx.add_arrival(arrival(received_at=paris))
    with state.read() as tx:
        (row,) = tx.arrivals()
    assert row.received_at == NOW
    assert row.received_at.utcoffset() == timedelta(0)


def test_a_damaged_database_says_so_and_how_to_go_on(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises((DamagedFile, sqlite3.DatabaseError)), State(path).read() as tx:
        tx.arrivals()


def test_a_copy_taken_while_somebody_writes_is_a_consistent_database(state: State) -> None:
    with state.write("an arrival") as tx:
        tx.add_arrival(arrival("a"))
    with state.write("another") as tx:
        tx.add_arrival(arrival("b"))
        state.copy_to(state.path.with_name("copy.db"))
    copy = State(state.path.with_name("copy.db"))
    with copy.read() as tx:
        assert [row.arrival for row in tx.arrivals()] == ["a"]


def _hold(path: Path, taken: multiprocessing.synchronize.Event) -> None:
    with WriterLock(path):
        taken.set()
        multiprocessing.Event().wait()


def test_a_second_writer_is_refused_with_the_number_of_the_first_and_a_dead_one_is_not_in_the_way(
    tmp_path: Path,
) -> None:
    import multiprocessing.synchronize

    context = multiprocessing.get_context("spawn")
    taken = context.Event()
    path = tmp_path / "writer.lock"
    holder = context.Process(target=_hold, args=(path, taken))
    holder.start()
    assert taken.wait(30)
    try:
        with pytest.raises(Conflict, match=rf"number {holder.pid}\) is writing"), WriterLock(path):
            pass
    finally:
        holder.kill()
        holder.join()
    with WriterLock(path):
        pass
