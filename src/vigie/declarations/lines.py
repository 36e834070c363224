"""Where a key stands in a TOML text: the standard parser reads values but forgets lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["KeyPath", "key_lines"]

KeyPath = tuple[str | int, ...]
"""Names of tables and keys from outside in; a number is an entry of an array, from 0."""

_HEADER = re.compile(r"^\s*(?P<open>\[\[?)\s*(?P<name>[^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*(?P<name>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_ONE_LINE_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
_TRIPLE = re.compile(r'"""|\'\'\'')


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line of every table and key of a valid TOML text.

    Args:
        text: TOML that ``tomllib`` accepts.

    Returns:
        Line, from 1, by path: ``("room", "name")``, and ``("shortage", 0, "kind")`` for entries
        of ``[[shortage]]``, where ``("shortage",)`` is the line of the first. Keys inside an
        inline table are not listed: the line of the key that holds it stands for them.
    """
    lines: dict[KeyPath, int] = {}
    entries: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in _statements(text):
        if header := _HEADER.match(line):
            table = _table_path(_parts(header["name"]), entries, new=header["open"] == "[[")
            if isinstance(table[-1], int):
                lines.setdefault(table[:-1], number)
            lines[table] = number
        elif key := _KEY.match(line):
            path = table
            for part in _parts(key["name"]):
                path = (*path, part)
                lines.setdefault(path, number)
    return lines


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(name)]


def _table_path(parts: list[str], entries: dict[KeyPath, int], *, new: bool) -> KeyPath:
    path: KeyPath = ()
    for depth, part in enumerate(parts):
        path = (*path, part)
        if new and depth == len(parts) - 1:
            entries[path] = entries.get(path, -1) + 1
        if path in entries:
            path = (*path, entries[path])
    return path


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Lines on which a statement begins, numbered; the rest of long values is passed over."""
    quote = ""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not quote and depth == 0:
            yield number, line
        rest = line
        while rest:
            if quote:
                _, quote_found, rest = rest.partition(quote)
                quote = "" if quote_found else quote
                continue
            opened = _TRIPLE.search(rest)
            before = rest[: opened.start()] if opened else rest
            bare = _ONE_LINE_TEXT.sub("", before).partition("#")
            depth = max(0, depth + _brackets(bare[0], in_value=depth > 0))
            quote = opened[0] if opened and not bare[1] else ""
            rest = rest[opened.end() :] if opened and quote else ""


def _brackets(bare: str, *, in_value: bool) -> int:
    """How many brackets a line leaves open; those of a table header do not count."""
    value = bare if in_value else bare.partition("=")[2]
    return value.count("[") + value.count("{") - value.count("]") - value.count("}")
