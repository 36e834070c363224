"""Arguments of the commands that keep a room, and its installation, in order."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from vigie.cli.operating import backup, compile_models, doctor, rebuild, restore

__all__ = ["add_operating"]


def add_operating(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    add: Callable[..., argparse.ArgumentParser],
) -> None:
    """Declare the commands.

    Args:
        commands: of the program.
        add: adds one command, as ``vigie.cli.parser`` does with all.
    """
    examine = add(commands, "doctor", doctor, "Say how the room is.", "vigie doctor --scrub")
    examine.add_argument("--scrub", action="store_true", help="hash every file of every release")
    examine.add_argument(
        "--format-back",
        metavar="FORMAT",
        default="",
        help="bring the state back to the format of an older Vigie",
    )
    about = "Copy what is precious, while others work."
    copy = add(commands, "backup", backup, about, "vigie backup /backups/room-today")
    copy.add_argument("target", type=Path)
    about, example = "Make a room from a backup.", "vigie restore /backups/room-today new-room"
    back = add(commands, "restore", restore, about, example)
    back.add_argument("source", type=Path)
    back.add_argument("folder", type=Path)
    about = "Make the lake again from the kept arrivals."
    add(commands, "rebuild", rebuild, about, "vigie rebuild")
    about = "Compile the loops of models once, for all rooms of this installation."
    add(commands, "compile", compile_models, about, "vigie compile")
