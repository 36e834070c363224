"""The reference page of the settings, ``docs/settings.md``, made from the tree itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from datetime import time
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from vigie.settings.reading import SHORTAGE_KINDS, TABLES
from vigie.settings.tree import Epidemic, OwnModel, Tile

__all__ = ["settings_page"]

_HEAD = """\
# Settings

Made by `make docs` from `vigie.settings`; edit there. Everything below stands in `vigie.toml`.
A value is overruled by the environment variable `VIGIE_TABLE_KEY` (`VIGIE_WEB_PORT=8080`), lists
with commas. Secrets never stand in the file: a setting that ends in `_env` names the environment
variable that holds one. `vigie check` lists every mistake with its line.
"""


def settings_page() -> str:
    """Markdown text of the page: one table a section, one row a setting."""
    parts = [_HEAD]
    for name, kind in TABLES.items():
        parts.append(_section(f"[{name}]", kind))
    parts.append(_section("[briefing] tiles, each", Tile))
    for shortage, rule in SHORTAGE_KINDS.items():
        parts.append(_section(f'[[shortage]] with kind = "{shortage}"', rule))
    parts.append(_section("[[models]], each", OwnModel))
    parts.append(_section("[[epidemics]], each", Epidemic))
    return "\n".join(parts)


def _section(title: str, kind: type) -> str:
    sentence = (kind.__doc__ or "").strip().splitlines()[0]
    lines = [f"## `{title}`", "", sentence, "", "| setting | type | default | unit | meaning |"]
    lines.append("|---|---|---|---|---|")
    lines += _rows(kind)
    return "\n".join(lines) + "\n"


def _rows(kind: type) -> Iterator[str]:
    hints = get_type_hints(kind)
    for each in fields(kind):
        unit = str(each.metadata["unit"]) or "-"
        cells = (f"`{each.name}`", _type_words(hints[each.name], each), _default_words(each), unit)
        yield "| " + " | ".join((*cells, str(each.metadata["help"]))) + " |"


def _type_words(hint: object, about: Field[Any]) -> str:
    if get_origin(hint) is tuple:
        return f"list of {_type_words(get_args(hint)[0], about)}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(f'"{each}"' for each in hint)
    if hint is int:
        return f"whole number{_range_words(about)}"
    if hint is float:
        return f"number{_range_words(about)}"
    if about.metadata["form"] == "measure":
        return "key of a measure"
    return {time: "time, HH:MM", ZoneInfo: "IANA time zone", Tile: "tables"}.get(
        hint if isinstance(hint, type) else str, "text"
    )


def _range_words(about: Field[Any]) -> str:
    least, most = about.metadata["least"], about.metadata["most"]
    if least is None:
        return ""
    return f", {least} to {most}" if most is not None else f", {least} or more"


def _default_words(about: Field[Any]) -> str:
    if about.default is not MISSING:
        value = about.default
    elif about.default_factory is not MISSING:
        value = about.default_factory()
    else:
        return "required"
    if isinstance(value, tuple):
        names = ", ".join(f'"{each}"' for each in value)
        return f"`[{names}]`"
    if isinstance(value, float) and value == 0:
        return "-"
    if isinstance(value, int | float):
        return f"`{value}`"
    return f'`"{value.strftime("%H:%M") if isinstance(value, time) else value}"`'
