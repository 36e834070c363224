"""The kill drill: a real process is killed by SIGKILL, and another looks at what is left.

Run as a program by tests and by the benchmark: ``python -m tests.integration.kill_drill steps`` or
``instants COUNT SEED``. It forks from a process that has imported everything and opened nothing,
so that one kill costs a fraction of a second, and prints one line of JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.integration.small_room import (
    LAST_DAY,
    at,
    figures,
    files_to_send,
    make_room,
    open_small,
    revisions,
    run_days,
)
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.damage import scrub
from vigie.actions.rooms.receiving import receive, stored
from vigie.actions.rooms.room import Room
from vigie.bootstrap import local_operator
from vigie.state import RunStatus

YESTERDAY = LAST_DAY - timedelta(days=1)
CALLER = local_operator()
_KILLS_IN_A_ROOM = 6
Step = tuple[str, int]


def noon() -> datetime:
    """The clock of the drill stands, so that a day done twice is the same day."""
    return at(LAST_DAY, 12)


def forked(work: Callable[[], object]) -> tuple[int, object]:
    """Run work in a child process: its exit status as the system gives it, and what it returned."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            answer: object = work()
            code = 0
        except BaseException:
            answer = traceback.format_exc()
        with os.fdopen(writing, "w", encoding="utf-8") as stream:
            json.dump(answer, stream)
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    return status, json.loads(text) if text else None


def answer_of(work: Callable[[], object]) -> object:
    """What work returned in a child process; its error is raised here."""
    status, answer = forked(work)
    if status != 0:
        raise AssertionError(f"a child ended with status {status}: {answer}")
    return answer


def prepare(folder: Path) -> None:
    """The room before the drill: yesterday's release is in force, today's files wait outside."""
    room = open_small(make_room(folder / "room"), at(YESTERDAY))
    for path, feed in files_to_send(folder / "sent")[:4]:
        receive(room, CALLER, path, feed)
    run_days(room, YESTERDAY)
    room.state.close()


def work_day(
    room: Room, sent: Sequence[tuple[Path, str]], day: date, acknowledge: Callable[[str], None]
) -> None:
    """Receive what was sent and run the day, saying what was acknowledged."""
    for path, feed in sent:
        acknowledge(f"arrival {receive(room, CALLER, path, feed).arrival}")
    (result,) = run_days(room, day)
    acknowledge(f"release {result.release}")


def inspect(room: Room, acknowledged: Sequence[str]) -> None:
    """What must hold after a kill at any instant, before anything is done again."""
    with room.state.read() as tx:
        arrivals = tx.arrivals()
        releases = {row.release: row for row in tx.releases()}
        publications = tx.publications()
        runs = tx.runs()
        leaves = [json.loads(row.payload) for row in tx.outbox("audit")]
    for row in arrivals:
        room.arrivals.check(stored(room, row))
    kept = {f"arrival {row.arrival}" for row in arrivals}
    kept |= {f"release {row.release}" for row in publications}
    assert set(acknowledged) <= kept, f"acknowledged and lost: {set(acknowledged) - kept}"

    recorded = {leaf["details"].get("arrival") for leaf in leaves} - {None}
    assert recorded == {row.arrival for row in arrivals}, "an arrival without its audit record"
    recorded = {leaf["details"].get("release") for leaf in leaves} - {None}
    assert recorded == set(releases), "a release without its audit record"

    assert publications, "no release is in force any more"
    assert {row.release for row in publications} == set(releases)
    released = {run.release for run in runs if run.status == RunStatus.RELEASED}
    assert released == set(releases), "a run and its release differ"
    count, damages = scrub(room)
    assert count and not damages, damages
    rows = open_release(room, CALLER).table("shortages").num_rows
    assert rows, "the release in force does not open"


def state_of(room: Room) -> object:
    """All that a room holds in the end, comparable with another's."""
    with room.state.read() as tx:
        days = sorted(str(row.as_of) for row in tx.releases())
        arrivals = sorted((row.arrival, row.status, row.rows) for row in tx.arrivals())
        published = len(tx.publications())
    told = [days, arrivals, published, revisions(room), figures(room)]
    return json.loads(json.dumps(told, default=str))


class Drill:
    """One prepared room, and kills in copies of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        answer_of(lambda: prepare(folder))
        _import(answer_of(self._modules_of_a_day))
        # Children then share the memory of what was imported.
        gc.freeze()
        self.sent = files_to_send(folder / "sent")[4:]
        self.steps = [(name, nth) for name, nth in answer_of(self._undisturbed)]
        self.expected = answer_of(lambda: state_of(open_small(folder / "undisturbed")))

    def _modules_of_a_day(self) -> list[str]:
        shutil.copytree(self.folder / "room", self.folder / "first")
        room = open_small(self.folder / "first", noon)
        work_day(room, files_to_send(self.folder / "sent")[4:], LAST_DAY, lambda line: None)
        state_of(room)
        return sorted(sys.modules)

    def _undisturbed(self) -> list[Step]:
        """The durable steps of a day, each with how often its name came before."""
        steps: list[str] = []
        shutil.copytree(self.folder / "room", self.folder / "undisturbed")
        room = open_small(self.folder / "undisturbed", noon, steps.append)
        work_day(room, self.sent, LAST_DAY, lambda line: None)
        return [(name, steps[:i].count(name)) for i, name in enumerate(steps)]

    def killed(self, room: Path, log: Path, at_step: Step | None, after: float | None) -> bool:
        """Let a process work on a room and kill it; False when it was done before."""
        passed: list[str] = []

        def durable(step: str) -> None:
            if (step, passed.count(step)) == at_step:
                os.kill(os.getpid(), signal.SIGKILL)
            passed.append(step)

        def work() -> None:
            handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            opened = open_small(room, noon, durable)
            work_day(
                opened, self.sent, LAST_DAY, lambda line: os.write(handle, f"{line}\n".encode())
            )

        if after is None:
            status, answer = forked(work)
        else:
            status, answer = _killed_after(work, after)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            return True
        assert status == 0, answer
        return False

    def look(self, room: Path, log: Path) -> None:
        """A fresh process looks at what is left."""
        answer_of(lambda: inspect(open_small(room, noon), _lines(log)))

    def finish(self, room: Path, log: Path) -> None:
        """A fresh process does the day again, and ends as an undisturbed room."""

        def work() -> None:
            opened = open_small(room, noon)
            work_day(opened, self.sent, LAST_DAY, lambda line: None)
            inspect(opened, _lines(log))
            assert state_of(opened) == self.expected, "a re-run ends otherwise than undisturbed"

        answer_of(work)

    def steps_once(self, steps: Sequence[Step]) -> int:
        """Kill once at each of these steps, in their order; how many kills.

        A few kills follow each other in one room, each process getting further than the one
        before; then the day is finished and compared. A step that a later process has no more
        to do, as an earlier one did it, is killed at in a fresh room.
        """
        waiting, kills, room_number = list(steps), 0, 0
        while waiting:
            room_number += 1
            room = self.folder / f"room {room_number}"
            log = room.with_suffix(".log")
            shutil.copytree(self.folder / "room", room)
            done: list[Step] = []
            try:
                for step in waiting[:: max(1, len(waiting) // _KILLS_IN_A_ROOM)]:
                    if not self.killed(room, log, step, None):
                        assert done, f"step {step} was never reached"
                        break
                    done.append(step)
                    self.look(room, log)
                self.finish(room, log)
            except AssertionError as error:
                raise AssertionError(f"killed at {done}: {error}") from error
            shutil.rmtree(room)
            waiting = [step for step in waiting if step not in done]
            kills += len(done)
        return kills

    def instants(self, count: int, seed: int) -> int:
        """Kill at random instants, again and again in one room until its day is done."""
        rng = random.Random(seed)
        started = time.perf_counter()
        shutil.copytree(self.folder / "room", self.folder / "timed")
        self.killed(self.folder / "timed", self.folder / "timed.log", None, None)
        duration = time.perf_counter() - started
        kills = number = 0
        while kills < count:
            number += 1
            room, log = self.folder / f"chain {number}", self.folder / f"chain {number}.log"
            shutil.copytree(self.folder / "room", room)
            while kills < count and self.killed(room, log, None, rng.uniform(0, 1.2 * duration)):
                kills += 1
                self.look(room, log)
            self.finish(room, log)
            shutil.rmtree(room)
        return kills


def _killed_after(work: Callable[[], object], seconds: float) -> tuple[int, object]:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status, None
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status, None


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _import(names: object) -> None:
    """Import what a day's work imports, so that children need not."""
    assert isinstance(names, list)
    for name in names:
        if name not in sys.modules and not name.startswith("__"):
            try:
                importlib.import_module(name)
            except Exception:  # names made by packages at run time are no modules
                continue


def main(arguments: Sequence[str]) -> int:
    """Drill as asked, and print what was done."""
    # A kill loses nothing that was written to memory either: only a power cut asks for a disk.
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="vigie-kill-", dir=memory if memory.is_dir() else None))
    started = time.perf_counter()
    try:
        drill = Drill(folder)
        if arguments[0] == "steps":
            part, parts = (int(each) for each in arguments[1:3]) if arguments[1:] else (0, 1)
            kills = drill.steps_once(drill.steps[part::parts])
        else:
            kills = drill.instants(int(arguments[1]), int(arguments[2]))
    finally:
        gc.unfreeze()
        shutil.rmtree(folder, ignore_errors=True)
    seconds = time.perf_counter() - started
    print(json.dumps({"kills": kills, "steps": len(drill.steps), "seconds": seconds}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
