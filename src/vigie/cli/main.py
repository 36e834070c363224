"""Entry of the command line: find the command, run it, turn errors into exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from vigie.cli.context import CallerOf, Context, PagesOf, RoomOpener
from vigie.cli.parser import build_parser
from vigie.errors import VigieError, exit_code

__all__ = ["run"]


def run(
    arguments: Sequence[str],
    open_room: RoomOpener,
    caller: CallerOf,
    now: Callable[[], datetime],
    pages: PagesOf,
) -> int:
    """Run one command.

    Args:
        arguments: without the program's name.
        open_room: opens the room of a folder.
        caller: who is signed in on this machine.
        now: the clock of this machine.
        pages: makes the web application of a room.

    Returns:
        0, or the exit code of the error's class (docs/reference-errors.md); 2 for a wrong
        command line, 130 when interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parsed = build_parser().parse_args(arguments)
    context = Context(parsed.room, open_room, caller, now, pages, is_json=parsed.json)
    try:
        code: int = parsed.command(context, parsed)
    except VigieError as error:
        print(error, file=sys.stderr)
        return exit_code(error)
    except KeyboardInterrupt:
        print("Interrupted. What was acknowledged is kept; run again to go on.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return code
