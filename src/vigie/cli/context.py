"""What every command has at hand: the room, the caller, and how to print."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from vigie.actions.rooms.room import Room

__all__ = ["CallerOf", "Context", "PagesOf", "RoomOpener"]


class RoomOpener(Protocol):
    """Opens the room of a folder; handed in by ``bootstrap``."""

    def __call__(self, folder: Path, *, progress: Callable[[str], None] = ...) -> Room:
        """The room; raises FolderInvalid with all mistakes."""
        ...


CallerOf = Callable[[], Any]
PagesOf = Callable[["Room", Any, str], Any]


@dataclass(frozen=True, slots=True)
class Context:
    """One invocation.

    Attributes:
        folder: the crisis-room folder.
        open_room: opens it.
        caller: who is signed in on this machine.
        now: the clock of this machine.
        pages: makes the web application of a room for a caller, with a sign-in token.
        is_json: print for programs.
    """

    folder: Path
    open_room: RoomOpener
    caller: CallerOf
    now: Callable[[], datetime]
    pages: PagesOf
    is_json: bool

    def today(self) -> date:
        """The day, in the time zone of this machine."""
        return self.now().astimezone().date()

    def room(self) -> Room:
        """The room; its progress goes to standard error."""
        return self.open_room(self.folder, progress=self.progress)

    def progress(self, line: str) -> None:
        """A line for people who wait, on standard error."""
        print(f"  {line} ...", file=sys.stderr, flush=True)

    def complain(self, line: str) -> None:
        """A line for whoever runs the program, on standard error."""
        print(line, file=sys.stderr, flush=True)

    def say(self, *lines: str) -> None:
        """Text for people; silent when a program reads."""
        if not self.is_json:
            print(*lines, sep="\n")

    def give(self, value: object, lines: Iterable[str]) -> None:
        """The same answer for programs (JSON) or for people (lines)."""
        if self.is_json:
            print(json.dumps(_plain(value), ensure_ascii=False, indent=2))
        else:
            for line in lines:
                print(line)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
        """Rows as aligned columns."""
        texts = [list(header), *([_text(cell) for cell in row] for row in rows)]
        widths = [max(len(row[i]) for row in texts) for i in range(len(header))]
        return [
            "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
            for row in texts
        ]


def _text(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, float):
        return f"{cell:g}"
    return str(cell)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        # Pictures are functions that draw them; a program draws its own.
        return {str(k): _plain(v) for k, v in value.items() if not callable(v)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
