"""A TOML text being read: its content, the line of every key, and the mistakes found so far."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from vigie.declarations.lines import KeyPath, key_lines
from vigie.errors import Problem

__all__ = ["Sheet", "as_text"]

_PLACE = re.compile(r"\s*\(at (?:line (?P<line>\d+), column \d+|end of document)\)")


def as_text(file: str, raw: bytes) -> tuple[str, list[Problem]]:
    """The text of a declaring file; empty, with the problem, when it is not UTF-8.

    Args:
        file: path relative to the room, for the message.
        raw: the file's bytes; a byte order mark is taken off.
    """
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", [Problem(file, line, "the file is not UTF-8", "Save it as UTF-8.")]


class Sheet:
    """One TOML text.

    Attributes:
        file: path relative to the room, for messages.
        content: the parsed text; empty when it cannot be parsed.
        is_readable: the text is TOML.
        problems: mistakes in the order in which they were found; a text that is not TOML has
            one.
    """

    def __init__(self, file: str, text: str, *, root_line: int | None = None) -> None:
        """Parse the text.

        Args:
            file: path for messages.
            text: what should be TOML.
            root_line: line of mistakes that concern no key; None: they concern the whole file.
        """
        self.file = file
        self.content: Mapping[str, object] = {}
        self.is_readable = True
        self.problems: list[Problem] = []
        self._lines: Mapping[KeyPath, int] = {}
        self._root_line = root_line
        try:
            self.content = tomllib.loads(text.removeprefix("\ufeff"))
        except tomllib.TOMLDecodeError as error:
            self.is_readable = False
            self.problems.append(_syntax_mistake(file, text, str(error)))
        else:
            self._lines = key_lines(text)

    def line(self, path: KeyPath) -> int | None:
        """Line of a key, or of the nearest table that holds it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return self._root_line

    def add(self, path: KeyPath, what: str, to_do: str) -> None:
        """Note a mistake at a key; () for the file as a whole."""
        self.problems.append(Problem(self.file, self.line(path), what, to_do))


def _syntax_mistake(file: str, text: str, message: str) -> Problem:
    place = _PLACE.search(message)
    line = int(place["line"]) if place and place["line"] else len(text.splitlines())
    what = f"not valid TOML: {_PLACE.sub('', message).strip()}"
    return Problem(file, line or None, what, "Correct the line.")
