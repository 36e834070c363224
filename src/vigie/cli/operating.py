"""Commands that keep a room running: tick, serve, doctor, backup, restore, rebuild, compile."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
import threading
from datetime import time
from subprocess import CalledProcessError
from time import monotonic as time_of_machine
from types import FrameType
from typing import TYPE_CHECKING

from vigie.cli.context import Context
from vigie.errors import BadData, VigieError

if TYPE_CHECKING:
    from vigie.actions.daily.ticking import Ticked

__all__ = ["backup", "compile_models", "doctor", "rebuild", "restore", "serve", "tick"]

NEEDS_ATTENTION = 12
"""Exit code of a doctor who found something, and of a tick that could not do what was due."""

_EVERY_SECONDS = 30


def backup(context: Context, arguments: argparse.Namespace) -> int:
    """vigie backup TARGET."""
    from vigie.actions.rooms.backing_up import back_up

    made = back_up(context.room(), context.caller(), arguments.target)
    lines = [
        f"Backed up to {made.target}: {made.files} files, {made.bytes} bytes, "
        f"release in force {made.release or 'none'}.",
        *(f"Left out, no plain file: {path}" for path in made.left_out),
        *(f"Damaged in the room already: {path}" for path in made.damaged),
        f"Try it: vigie restore {made.target} NEW-FOLDER",
    ]
    context.give(made, lines)
    return NEEDS_ATTENTION if made.damaged else 0


def restore(context: Context, arguments: argparse.Namespace) -> int:
    """vigie restore SOURCE FOLDER."""
    from vigie.actions.rooms.restoring import confirm_restore
    from vigie.actions.rooms.restoring import restore as act

    caller = context.caller()
    made = act(
        caller, arguments.source, arguments.folder, now=context.now(), progress=context.progress
    )
    room = context.open_room(made.folder, progress=context.progress)
    release = confirm_restore(room, caller, arguments.source)
    told = f"Release {release} is in force." if release else "No release was in force."
    lines = [
        f"Restored to {made.folder}, as backed up at {made.made_at:%Y-%m-%d %H:%M} UTC: "
        f"{made.files} files, {made.bytes} bytes, every hash verified. {told}"
    ]
    context.give({"restored": made, "release": release}, lines)
    return 0


def rebuild(context: Context, arguments: argparse.Namespace) -> int:
    """vigie rebuild."""
    from vigie.actions.rooms.lake_rebuilding import rebuild_lake

    made = rebuild_lake(context.room(), context.caller())
    lines = [
        f"The lake is made again: {made.feeds} feeds, {made.arrivals} arrivals, "
        f"{made.revisions} revisions. Releases are as they were."
    ]
    context.give(made, lines)
    return 0


def compile_models(context: Context, arguments: argparse.Namespace) -> int:
    """vigie compile."""
    from vigie.actions.rooms.compiled_loops import compile_for_installation

    try:
        made = compile_for_installation()
    except OSError as error:
        why = f"{error.strerror} ({error.filename})"
    except CalledProcessError as error:
        why = f"compiling failed: {(error.stderr or '').strip()[-300:] or error.returncode}"
    else:
        how = f"compiled in {made.seconds:.0f} s" if made.seconds else "there already"
        size = f"{made.bytes / 1e6:.0f} MB"
        context.give(made, [f"Loops of models: {how}, {size} in {made.folder}."])
        return 0
    raise BadData(
        f"This installation keeps no compiled loops: {why}. Nothing needs them: each room compiles "
        "with its first run, for some 25 s. To keep them here, run vigie compile as the user who "
        "installed Vigie."
    )


def doctor(context: Context, arguments: argparse.Namespace) -> int:
    """vigie doctor [--scrub] [--format-back FORMAT]."""
    from vigie.actions.daily.examining import examine, state_format_back

    room, caller = context.room(), context.caller()
    if arguments.format_back:
        now = state_format_back(room, caller, arguments.format_back)
        told = f"The state has format {now}. Open the room with the Vigie of that format only."
        context.give({"format": now}, [told])
        return 0
    health = examine(room, caller, is_scrubbed=arguments.scrub)
    lines = [
        f"{'fine     ' if each.is_fine else 'ATTENTION'}  {each.subject}: {each.message}"
        for each in health.findings
    ]
    context.give(health, lines)
    return 0 if health.is_fine else NEEDS_ATTENTION


def tick(context: Context, arguments: argparse.Namespace) -> int:
    """vigie tick [--run-at HH:MM] [--every SECONDS]."""
    run_at = _clock(arguments.run_at)
    if arguments.every is None:
        done = _tick(context, run_at)
        context.give(done, [*done.did, *done.problems] or ["Nothing was due."])
        return NEEDS_ATTENTION if done.problems else 0
    is_ending = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        is_ending.set()

    signal.signal(signal.SIGTERM, end)
    while not is_ending.wait(0):
        try:
            done = _tick(context, run_at)
        except VigieError as error:
            # A mistake in the folder must not end what will mend itself when it is corrected.
            context.complain(str(error))
        else:
            for line in [*done.did, *done.problems]:
                context.complain(line)
        due = time_of_machine() + arguments.every
        while not is_ending.wait(min(1, arguments.every)) and time_of_machine() < due:
            if arguments.with_parent not in {None, os.getppid()}:
                return 0
    return 0


def _tick(context: Context, run_at: time) -> Ticked:
    """One tick on the room as it is now: folder and catalogue may have changed since the last."""
    from vigie.actions.daily.ticking import tick as act

    room = context.open_room(context.folder)
    try:
        return act(room, context.caller(), run_at=run_at)
    finally:
        room.state.close()


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise BadData(f'--run-at "{text}" is not a time of day. Write HH:MM, e.g. 06:30') from error


def serve(context: Context, arguments: argparse.Namespace) -> int:
    """vigie serve [--port N] [--address A] [--run-at HH:MM]."""
    from vigie.actions.daily.serving import Companion, listen, serve_until_stopped

    room, caller = context.room(), context.caller()
    rules = room.values.pages
    run_at = getattr(arguments, "run_at", None)
    if run_at is not None:
        _clock(run_at)
    address = getattr(arguments, "address", None) or rules.address
    listening = listen(address, arguments.port or rules.port)
    token = secrets.token_urlsafe(24)
    app = context.pages(room, caller, token)
    companion = None
    if run_at is not None:
        companion = Companion(_tick_command(context, run_at), context.complain)
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    link = f"http://{shown}:{port}/sign-in?token={token}"
    context.give({"link": link}, [f"Pages of {room.values.name}: {link}", "End with Ctrl-C."])
    sys.stdout.flush()
    serve_until_stopped(app, listening, companion)
    return 0


def _tick_command(context: Context, run_at: str) -> list[str]:
    program = [sys.executable, "-c", "from vigie.bootstrap import main; main()"]
    words = ["--room", str(context.folder.resolve()), "--run-at", run_at]
    parent = ["--with-parent", str(os.getpid())]
    return [*program, "tick", *words, "--every", str(_EVERY_SECONDS), *parent]
