"""Whether the day's release is late, and why: for the briefing, the alert and the doctor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from vigie.actions.rooms.room import Room
from vigie.actions.views.views import Stoppage
from vigie.state import RunRow, RunStatus, Transaction

__all__ = ["is_late", "remember_problem", "runs_daily", "stoppage"]

_PROBLEM = "run_problem"
_LOOKED_AT = 400
# A run that is at work is no stoppage; one that takes longer than this is taken for dead.
_RUNS_AT_MOST = timedelta(minutes=30)


def runs_daily(room: Room) -> bool:
    """Whether the room runs every day: on an earlier day it ran for that very day.

    A room that is only opened for past days, an exercise or an example, is never late.
    """
    with room.state.read() as tx:
        runs = tx.runs(limit=_LOOKED_AT)
    today, zone = room.today(), room.zone()
    return any(run.as_of == run.started_at.astimezone(zone).date() < today for run in runs)


def is_late(room: Room) -> bool:
    """Whether the deadline of the day has passed without a published release of the day."""
    now = room.now().astimezone(room.zone())
    return now.time() >= room.values.deadline and runs_daily(room) and not _has_release(room)


def _has_release(room: Room) -> bool:
    today = room.today()
    with room.state.read() as tx:
        return any(row.as_of == today and not row.is_draft for row in tx.releases())


def remember_problem(tx: Transaction, day: date, message: str) -> None:
    """Keep why the run of a day came to nothing, for as long as that day has no release."""
    tx.remember(_PROBLEM, json.dumps({"day": day.isoformat(), "message": message}))


def stoppage(room: Room) -> Stoppage | None:
    """Why the release in force is not of the day; None when nothing is amiss.

    Either the newest run published nothing, or the deadline passed and no run did.
    """
    with room.state.read() as tx:
        runs = tx.runs(limit=_LOOKED_AT)
        problem = json.loads(tx.recall(_PROBLEM) or "{}")
    if is_late(room):
        today = room.today()
        return Stoppage(today, _why_late(room, today, runs, problem))
    if runs and _came_to_nothing(runs[0], room.now()):
        return Stoppage(runs[0].as_of, _reason(runs[0]))
    return None


def _came_to_nothing(run: RunRow, now: datetime) -> bool:
    if run.status == RunStatus.STARTED:
        return now - run.started_at > _RUNS_AT_MOST
    return run.status in {RunStatus.BLOCKED, RunStatus.FAILED}


def _reason(run: RunRow) -> str:
    return run.message or "The run was interrupted before its end. Run again: vigie run"


def _why_late(room: Room, today: date, runs: Sequence[RunRow], problem: dict[str, str]) -> str:
    if problem.get("day") == today.isoformat():
        return problem["message"]
    of_today = [run for run in runs if run.as_of == today]
    if of_today and of_today[0].status == RunStatus.STARTED:
        if _came_to_nothing(of_today[0], room.now()):
            return _reason(of_today[0])
        return "The run of today is at work since it was started late."
    if of_today and of_today[0].status == RunStatus.DRAFT:
        return "The run of today is a draft that nobody has published: vigie release publish"
    if of_today:
        return _reason(of_today[0])
    return (
        f"No run was started by {room.values.deadline:%H:%M}. See whether vigie serve --run-at or "
        "the scheduler is at work; start one with: vigie run"
    )
