"""How a room is: what an operator looks at once a week, in one answer."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigie.actions.decisions.sending_orders import has_order_channel
from vigie.actions.rooms.alerting import has_channel
from vigie.actions.rooms.auditing import admit, record
from vigie.actions.rooms.backing_up import LAST_BACKUP, LAST_RESTORE_TEST, learn_of_restore_test
from vigie.actions.rooms.damage import kept_manifests, scrub
from vigie.actions.rooms.feed_status import feeds_status
from vigie.actions.rooms.room import Room
from vigie.actions.views.lateness import stoppage
from vigie.actions.words.order_messages import ORDER
from vigie.governance import Action, Caller
from vigie.state import ArrivalStatus, RunStatus

__all__ = ["Finding", "Health", "examine", "state_format_back"]

_LEAST_FREE_BYTES = 2 * 2**30
_LEAST_FREE_SHARE = 0.05
_CLOCK_SLACK = timedelta(minutes=5)
_BACKUP_DAYS = 7
_RESTORE_TEST_DAYS = 35


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: what.
        is_fine: False when somebody must do something.
        message: how it is, and what to do if it is not fine.
    """

    subject: str
    is_fine: bool
    message: str


@dataclass(frozen=True, slots=True)
class Health:
    """All findings, in the order in which they were looked at."""

    findings: tuple[Finding, ...]

    @property
    def is_fine(self) -> bool:
        """Nobody must do anything."""
        return all(each.is_fine for each in self.findings)


def examine(room: Room, caller: Caller, *, is_scrubbed: bool = False) -> Health:
    """Look at disk, clock, feeds, runs, backups, alerts, versions and, if asked, every file.

    Args:
        room: the room.
        caller: who asks.
        is_scrubbed: also hash every file of every kept release.
    """
    admit(room, caller, Action.OPERATE, "doctor")
    learn_of_restore_test(room)
    looks = [
        _versions,
        _disk,
        _clock,
        _feeds,
        _stopped,
        _runs,
        _releases,
        _bed_flow,
        _backups,
        _alerts,
        _orders,
        _lake,
    ]
    if is_scrubbed:
        looks.append(_files)
    return Health(tuple(finding for look in looks for finding in look(room)))


def state_format_back(room: Room, caller: Caller, revision: str) -> str:
    """Bring the state back to an older format, for the Vigie that knows only that one.

    Returns:
        The format it has now.
    """
    decision = admit(room, caller, Action.OPERATE, "format of the state")
    with room.writing():
        # Recorded before: the older format may know no outbox.
        with room.state.write("a change of the state's format") as tx:
            record(tx, decision, from_format=room.state.revision() or "", to_format=revision)
        room.state.migrate(revision)
    return room.state.revision() or revision


def _versions(room: Room) -> Iterator[Finding]:
    import duckdb
    import pyarrow as pa

    yield Finding(
        "versions",
        True,
        f"Vigie {room.code_version}, state format {room.state.revision()}, Python "
        f"{platform.python_version()}, DuckDB {duckdb.__version__}, Arrow {pa.__version__}.",
    )


def _disk(room: Room) -> Iterator[Finding]:
    usage = shutil.disk_usage(room.home)
    is_fine = usage.free >= max(_LEAST_FREE_BYTES, _LEAST_FREE_SHARE * usage.total)
    to_do = "" if is_fine else " Free some space: a run that finds none is refused."
    share = usage.free / usage.total
    yield Finding("disk", is_fine, f"{_size(usage.free)} free ({share:.0%}).{to_do}")


def _clock(room: Room) -> Iterator[Finding]:
    border = room.now() + _CLOCK_SLACK
    with room.state.read() as tx:
        received = [row.arrival for row in tx.arrivals() if row.received_at > border]
        made = [row.release for row in tx.releases() if row.made_at > border]
    ahead = len(received) + len(made)
    message = f"{room.now():%Y-%m-%d %H:%M:%S} UTC, room time in {room.values.timezone}."
    if ahead:
        message += (
            f" {len(received)} arrivals and {len(made)} releases bear a later time: the clock went "
            "back. Set it by a time server."
        )
    yield Finding("clock", not ahead, message)


def _feeds(room: Room) -> Iterator[Finding]:
    for row in feeds_status(room, "doctor", room.today(), ()).to_pylist():
        is_fine = row["state"] == "fine"
        last = row["last_reference_date"]
        message = f"up to {last}." if is_fine else f"{row['state']}: {row['message']}"
        yield Finding(f"feed {row['feed']}", is_fine, message)


def _stopped(room: Room) -> Iterator[Finding]:
    with room.state.read() as tx:
        stopped = tx.arrivals(status=(ArrivalStatus.STOPPED,))
        refused = tx.refusals()
    if stopped:
        newest = stopped[-1]
        yield Finding(
            "stopped arrivals",
            False,
            f"{len(stopped)} are kept and wait for a mended declaration; the newest, "
            f"{newest.name} of feed {newest.feed}: {newest.message}",
        )
    else:
        yield Finding("stopped arrivals", True, f"none; {len(refused)} files were ever refused.")


def _runs(room: Room) -> Iterator[Finding]:
    with room.state.read() as tx:
        runs = tx.runs(limit=1)
    if not runs:
        yield Finding("last run", False, "None was ever made. Make one with: vigie run")
        return
    run = runs[0]
    stopped = stoppage(room)
    message = f"{run.run}, as of {run.as_of}, started {run.started_at:%Y-%m-%d %H:%M} UTC"
    if stopped is not None:
        yield Finding("last run", False, f"{message}. {stopped.day}: {stopped.reason}")
    else:
        ended = "is at work" if run.status == RunStatus.STARTED else f"ended as {run.status}"
        yield Finding("last run", True, f"{message}; it {ended}.")


def _releases(room: Room) -> Iterator[Finding]:
    with room.state.read() as tx:
        count = len(tx.releases())
        in_force = tx.in_force()
    if in_force is None:
        yield Finding("release in force", False, "None yet. Make one with: vigie run")
        return
    yield Finding(
        "release in force",
        True,
        f"{in_force.release}, published {in_force.published_at:%Y-%m-%d %H:%M} UTC; {count} kept.",
    )


def _bed_flow(room: Room) -> Iterator[Finding]:
    """What of a declared flow of patients the newest run could not read; silent when all was."""
    newest = kept_manifests(room)[:1]
    for manifest in newest:
        for note in json.loads(manifest.notes.get("bed_flow", "[]")):
            yield Finding("bed flow", False, f"{note}.")


def _backups(room: Room) -> Iterator[Finding]:
    with room.state.read() as tx:
        backup, tested = tx.recall(LAST_BACKUP), tx.recall(LAST_RESTORE_TEST)
    if backup is None:
        yield Finding("last backup", False, "None was made. Make one with: vigie backup FOLDER")
    else:
        told = json.loads(backup)
        yield _dated("last backup", told["made_at"], _BACKUP_DAYS, f"to {told['target']}", room)
        if told["damaged"]:
            yield Finding(
                "files of the last backup",
                False,
                f"{told['damaged']} were damaged when they were copied. See: vigie doctor --scrub",
            )
    if tested is None:
        yield Finding(
            "last restore test",
            False,
            "A backup that was never restored is a hope. Try: vigie restore BACKUP NEW-FOLDER",
        )
    else:
        yield _dated("last restore test", tested, _RESTORE_TEST_DAYS, "", room)


def _dated(subject: str, instant: str, days: int, where: str, room: Room) -> Finding:
    at = datetime.fromisoformat(instant)
    is_fine = room.now() - at <= timedelta(days=days)
    message = f"{at:%Y-%m-%d %H:%M} UTC{' ' + where if where else ''}."
    if not is_fine:
        message += f" That is more than {days} days ago: do it again."
    return Finding(subject, is_fine, message)


def _alerts(room: Room) -> Iterator[Finding]:
    with room.state.read() as tx:
        waiting = tx.outbox("alert", is_waiting=True)
    if not waiting:
        where = "" if has_channel(room) else " [alerts] names nowhere to send them."
        yield Finding("alerts", True, f"none waits.{where}")
        return
    oldest = waiting[0]
    why = "the channels did not accept them yet; see the log of vigie tick"
    if not has_channel(room):
        why = "[alerts] of vigie.toml names nowhere to send them, or its variables are not set"
    yield Finding(
        "alerts",
        False,
        f"{len(waiting)} wait since {oldest.made_at:%Y-%m-%d %H:%M} UTC ({oldest.attempts} "
        f"attempts): {why}.",
    )


def _orders(room: Room) -> Iterator[Finding]:
    with room.state.read() as tx:
        waiting = tx.outbox(ORDER, is_waiting=True)
    if not waiting:
        yield Finding("orders", True, "none waits.")
        return
    oldest = waiting[0]
    why = "the webhook did not accept them yet; see the log of vigie tick"
    if not has_order_channel(room):
        why = (
            "[orders] of vigie.toml names no webhook and secret, or their variables are not set; "
            "what left by hand is noted with vigie plan send CODE"
        )
    yield Finding(
        "orders",
        False,
        f"{len(waiting)} wait since {oldest.made_at:%Y-%m-%d %H:%M} UTC ({oldest.attempts} "
        f"attempts): {why}.",
    )


def _lake(room: Room) -> Iterator[Finding]:
    sizes: dict[str, int] = {}
    count = 0
    for path in (room.lake.root / "data").rglob("*.parquet"):
        name = path.relative_to(room.lake.root).parts[1]
        sizes[name] = sizes.get(name, 0) + path.stat().st_size
        count += 1
    largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    named = ", ".join(f"{name} {_size(sizes[name])}" for name in largest) or "empty"
    total = _size(sum(sizes.values()))
    yield Finding("lake", True, f"{total} in {count} files; largest: {named}.")


def _files(room: Room) -> Iterator[Finding]:
    count, damages = scrub(room)
    if not damages:
        yield Finding("files", True, f"{count} files of releases are what was written.")
    for damage in damages:
        yield Finding("files", False, damage.message)


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
