"""Entry of the command line: find the command, run it, turn errors into exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date

from vigie.cli.context import CallerOf, Context, RoomOpener
from vigie.cli.parser import build_parser
from vigie.errors import VigieError, exit_code

__all__ = ["run"]


def run(
    arguments: Sequence[str],
    open_room: RoomOpener,
    caller: CallerOf,
    today: Callable[[], date],
) -> int:
    """Run one command.

    Args:
        arguments: without the program's name.
        open_room: opens the room of a folder.
        caller: who is signed in on this machine.
        today: the day, on this machine's clock.

    Returns:
        0, or the exit code of the error's class (docs/reference-errors.md); 2 for a wrong
        command line, 130 when interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parsed = build_parser().parse_args(arguments)
    context = Context(parsed.room, open_room, caller, today, is_json=parsed.json)
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
