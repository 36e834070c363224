"""The briefing for a terminal and for programs: the same view, without pictures."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from vigie.actions.views.views import Briefing, DecisionRow, Picture, Tile
from vigie.actions.words.wording import Words, words_for

__all__ = ["render_json", "render_text"]

WIDTH = 96
MOST_RISKS = 15


def render_text(briefing: Briefing) -> str:
    """The briefing as plain text of at most 96 columns, in its language."""
    words = words_for(briefing.language)
    lines = [*_head(briefing), ""]
    if briefing.accuracy.is_worse:
        lines += [*_wrapped(f"! {briefing.accuracy.text}"), ""]
    lines += [*_section(words.say("decide.title"), _decisions(briefing, words)), ""]
    lines += [*_section(words.say("tiles.title"), _tiles(briefing)), ""]
    lines += [*_section(words.say("since.title"), _changes(briefing, words)), ""]
    lines += [*_section(words.say("list.title"), _ranked(briefing, words)), ""]
    if not briefing.accuracy.is_worse:
        said = _wrapped(briefing.accuracy.text)
        lines += [*_section(words.say("accuracy.title"), said), ""]
    lines += _wrapped(
        words.say(
            "app.footer",
            release=briefing.release,
            day=words.dated_day(briefing.as_of),
            published=briefing.published,
        )
    )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def render_json(briefing: Briefing) -> str:
    """The briefing as JSON: every field of the view but the drawings; dates in ISO form."""
    return json.dumps(_plain(briefing), ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Picture):
        return {"finding": value.finding, "header": value.header, "rows": value.rows}
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _section(title: str, lines: Sequence[str] | Iterator[str]) -> list[str]:
    return [title, "-" * len(title), *lines]


def _head(briefing: Briefing) -> list[str]:
    lines = [briefing.room_name, "=" * len(briefing.room_name)]
    if briefing.notice:
        lines += _wrapped(f"! {briefing.notice.title} {briefing.notice.text}")
    return lines + _wrapped(" ".join(briefing.state_line))


def _decisions(briefing: Briefing, words: Words) -> list[str]:
    lines = [line for row in briefing.decisions for line in _decision(row, words)]
    return lines + (_wrapped(briefing.decisions_note) if briefing.decisions_note else [])


def _decision(row: DecisionRow, words: Words) -> list[str]:
    return [
        *_wrapped(f"* {row.what}, {row.where} ({row.state}){words.colon}{row.sentence}"),
        *_wrapped(f"{words.say('decide.also')}{words.colon}{row.also}" if row.also else "", "    "),
        *_wrapped(f"{words.say('decide.act_by')}{words.colon}{row.act_by}", "    "),
        *_wrapped(f"{words.say('decide.move')}{words.colon}{row.move}", "    "),
        *_wrapped(f"{words.say('decide.owner')}{words.colon}{row.owner}", "    "),
        *_wrapped(row.alert, "    "),
    ]


def _tiles(briefing: Briefing) -> list[str]:
    if not briefing.tiles:
        return _wrapped(briefing.tiles_note)
    words = words_for(briefing.language)
    return [line for tile in briefing.tiles for line in _tile(tile, words)]


def _tile(tile: Tile, words: Words) -> list[str]:
    figure = tile.figure
    day = f" ({words.day(figure.as_of)})" if figure.as_of else ""
    rest = [tile.coverage, figure.note, tile.completed, tile.change, tile.outlook]
    said = words.semicolon.join(part for part in rest if part)
    return [
        *_wrapped(f"{tile.title}{words.colon}{figure.text} {figure.unit}{day}"),
        *_wrapped(said, "    "),
    ]


def _changes(briefing: Briefing, words: Words) -> list[str]:
    if briefing.changes_note:
        return _wrapped(briefing.changes_note)
    lines = []
    for change in briefing.changes:
        lines.append(f"{change.title} ({words.number(change.count)})")
        lines += [line for row in change.rows for line in _wrapped(row, "    ")]
        if change.count > len(change.rows):
            rest = words.number(change.count - len(change.rows))
            lines += _wrapped(words.say("since.more", count=rest), "    ")
    return lines


def _ranked(briefing: Briefing, words: Words) -> list[str]:
    rows = briefing.ranked[:MOST_RISKS]
    table = [(row.chance.cell, row.what, row.where, row.from_when) for row in rows]
    header = tuple(
        words.say(key) for key in ("decide.in_100", "decide.what", "decide.where", "decide.from")
    )
    return [*_wrapped(briefing.ranked_note), *(_columns([header, *table]) if rows else [])]


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    most = (9, 30, 24, 40)
    widths = [min(limit, max(len(row[n]) for row in rows)) for n, limit in enumerate(most)]
    return [
        "  ".join(
            _cut(cell, width).rjust(width) if n == 0 else _cut(cell, width).ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
