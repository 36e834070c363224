"""What is due now: the day's run, removal of what expired, the alert of a missed deadline.

Whoever calls it may call it as often as wanted, from several machines' schedulers at once: one
lease lets one tick work, and each part looks for itself whether it is due.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from vigie.actions.daily.cycle import CycleResult, run_cycle
from vigie.actions.daily.shortage_alerts import tell_next_roles
from vigie.actions.decisions.sending_orders import send_orders
from vigie.actions.rooms.alerting import Alert, post_alert, send_alerts
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.collecting import collect_files, remove_leftovers
from vigie.actions.rooms.room import Room
from vigie.actions.views.lateness import is_late, remember_problem, stoppage
from vigie.errors import Conflict, OutOfSpace, VigieError
from vigie.governance import Action, Caller
from vigie.state import RunStatus

__all__ = ["RETRY_AFTER", "Ticked", "tick"]

RETRY_AFTER = timedelta(minutes=30)
"""How long after a run that came to nothing the next is tried: a feed may be mended meanwhile."""

_LEASE = timedelta(minutes=5)
_LAST_TRY, _LAST_CLEANING = "tick:last_try", "tick:last_cleaning"


@dataclass(slots=True)
class Ticked:
    """What a tick did.

    Attributes:
        did: one line each; empty when nothing was due.
        problems: what went wrong; the next tick tries again.
        run: the day's run, when it was made now.
    """

    did: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    run: CycleResult | None = None


def tick(room: Room, caller: Caller, *, run_at: time) -> Ticked:
    """Do what is due.

    Args:
        room: the room, opened just now: its declarations and its catalogue may have changed.
        caller: who asks.
        run_at: room time from which on the day's run is due.

    Raises:
        AccessRefused: the caller may not operate the room.
    """
    admit(room, caller, Action.OPERATE, "tick")
    done = Ticked()
    holder = f"{socket.gethostname()}:{os.getpid()}"
    now = room.now()
    with room.state.write("the lease of a tick") as tx:
        if not tx.lease("tick", holder, now + _LEASE, now=now):
            return done
    try:
        _run(room, caller, run_at, done)
        _clean(room, done)
        _warn(room, done)
        _send(room, done)
        _order(room, caller, done)
    finally:
        with room.state.write("the end of the lease of a tick") as tx:
            tx.lease("tick", holder, now, now=now)
    return done


def _run(room: Room, caller: Caller, run_at: time, done: Ticked) -> None:
    now = room.now()
    if not _is_run_due(room, now, run_at):
        return
    day = room.today()
    try:
        done.run = run_cycle(room, caller, as_of=day)
    except Conflict as error:
        # Somebody else is writing: the next tick looks again.
        done.did.append(str(error))
        return
    except VigieError as error:
        done.problems.append(str(error))
        _note_failure(room, done, str(error))
        return
    done.did.append(done.run.message)
    with room.state.write("a run by tick") as tx:
        tx.remember(_LAST_TRY, now.isoformat())
        if done.run.status == RunStatus.BLOCKED:
            remember_problem(tx, day, done.run.message)


def _is_run_due(room: Room, now: datetime, run_at: time) -> bool:
    if now.astimezone(room.zone()).time() < run_at:
        return False
    today = room.today()
    with room.state.read() as tx:
        of_today = [run for run in tx.runs() if run.as_of == today]
        last_try = tx.recall(_LAST_TRY)
    if any(run.status in {RunStatus.RELEASED, RunStatus.DRAFT} for run in of_today):
        return False
    return last_try is None or now - datetime.fromisoformat(last_try) >= RETRY_AFTER


def _note_failure(room: Room, done: Ticked, message: str) -> None:
    day = room.today()
    try:
        with room.state.write("a failed run") as tx:
            tx.remember(_LAST_TRY, room.now().isoformat())
            remember_problem(tx, day, message)
    except OutOfSpace as error:
        done.problems.append(str(error))


def _clean(room: Room, done: Ticked) -> None:
    """Once a day: raw files that are kept no longer, files that nobody names."""
    today = room.today().isoformat()
    with room.state.read() as tx:
        if tx.recall(_LAST_CLEANING) == today:
            return
    try:
        with room.writing():
            leftovers = remove_leftovers(room)
            purged = room.arrivals.purge_raw(room.now(), room.declarations.feeds)
            collected = collect_files(room)
            if collected is None:
                return
            with room.state.write("a cleaning") as tx:
                tx.remember(_LAST_CLEANING, today)
    except Conflict:
        return
    except VigieError as error:
        done.problems.append(str(error))
        return
    if leftovers:
        done.did.append(f"Removed {leftovers} things that killed processes left in the inbox.")
    if purged:
        done.did.append(f"Removed {purged} raw files that their feeds keep no longer.")
    if collected.removed:
        done.did.append(
            f"Removed {collected.removed} lake files ({collected.bytes} bytes) that nobody names."
        )


def _warn(room: Room, done: Ticked) -> None:
    """Put the alert of a missed deadline in the outbox, once a day."""
    if not is_late(room):
        return
    late = stoppage(room)
    today = room.today()
    key = f"late-{today}"
    with room.state.write("an alert") as tx:
        if any(row.key == key for row in tx.outbox("alert")):
            return
        in_force = tx.in_force()
        kept = f"Release {in_force.release} stays in force." if in_force else "None is in force."
        why = late.reason if late else ""
        text = (
            f"{room.values.name}: no release of {today} by {room.values.deadline:%H:%M} "
            f"({room.values.timezone}). {why} {kept}"
        )
        post_alert(tx, key, Alert(text), now=room.now())
    done.did.append(text)


def _send(room: Room, done: Ticked) -> None:
    """Pass on what nobody answered, then send what waits."""
    passed = tell_next_roles(room)
    if passed:
        done.did.append(f"Passed on {passed} alerts that nobody answered to the next role.")
    sent = send_alerts(room)
    if sent.accepted:
        done.did.append(f"Sent {sent.accepted} alerts.")
    done.problems += sent.problems


def _order(room: Room, caller: Caller, done: Ticked) -> None:
    sent = send_orders(room, caller)
    if sent.accepted:
        done.did.append(f"Sent {len(sent.accepted)} orders.")
    done.problems += sent.problems
