"""What people look at: the release in force or another, and why there is none of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.pages.briefing import build_briefing
from vigie.actions.rooms.alert_book import list_alerts
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.releasing import manifest_of, release_in_force
from vigie.actions.rooms.room import Room
from vigie.actions.views.alert_views import AlertMark, alert_marks
from vigie.actions.views.lateness import stoppage
from vigie.actions.views.room_names import read_names
from vigie.actions.views.score_board import MeasureScores, read_score_board
from vigie.actions.views.views import Briefing, TileSpec
from vigie.actions.words.messages import Language
from vigie.actions.words.wording import Words, words_for
from vigie.errors import NotFound
from vigie.governance import Action, Caller

__all__ = [
    "open_release",
    "previous_release",
    "show_briefing",
    "show_scores",
    "show_table",
    "stoppage",
]


def open_release(room: Room, caller: Caller, release: str | None = None) -> ReleaseReader:
    """A release to read (None: the one in force).

    Raises:
        NotFound: no such release, or none in force yet.
        AccessRefused: the caller may not read.
    """
    admit(room, caller, Action.READ, release or "release in force")
    key = release or release_in_force(room)
    if key is None:
        raise NotFound("No release is in force yet. Make one with: vigie run")
    return _reader(room, key)


def _reader(room: Room, key: str) -> ReleaseReader:
    manifest = manifest_of(room, key)
    with room.state.read() as tx:
        published = [each for each in tx.publications() if each.release == manifest.release]
    at: datetime = published[0].published_at if published else manifest.made_at
    return ReleaseReader(room, manifest, at)


def previous_release(room: Room, release: ReleaseReader) -> ReleaseReader | None:
    """The release that was in force before this one, of an earlier day."""
    with room.state.read() as tx:
        rows = {row.release: row for row in tx.releases()}
        published = [each.release for each in tx.publications()]
    for key in published:
        if key in rows and rows[key].as_of < release.as_of:
            return _reader(room, key)
    return None


def show_briefing(
    room: Room, caller: Caller, language: Language, release: str | None = None
) -> Briefing:
    """The briefing of a release in one language, with a notice when today's run failed.

    Beside each shortage to decide stands its alert; an older release is shown as it was.
    """
    reader = open_release(room, caller, release)
    briefing = build_briefing(
        reader,
        language=language,
        previous=previous_release(room, reader),
        tiles=tiles_of(room),
        stoppage=stoppage(room) if release is None else None,
    )
    if reader.release != release_in_force(room):
        return briefing
    words = words_for(language)
    lines, names = list_alerts(room, caller), read_names(reader, language)
    marks = alert_marks(lines, names, words, reader.timezone)
    decisions = [replace(row, alert=_alert(row.key, marks, words)) for row in briefing.decisions]
    return replace(briefing, decisions=tuple(decisions))


def _alert(key: str, marks: Mapping[str, AlertMark], words: Words) -> str:
    if key not in marks:
        return ""
    mark = marks[key]
    return f"{words.say('alerts.number', number=mark.number)}{words.colon}{mark.text}"


def show_scores(
    room: Room, caller: Caller, release: str | None = None
) -> tuple[MeasureScores, ...]:
    """How good the forecasts of each measure and model were, as a release tells it."""
    return read_score_board(open_release(room, caller, release))


def tiles_of(room: Room) -> Sequence[TileSpec]:
    """Figures at the top of the briefing: those that vigie.toml names, or the forecast ones."""
    kinds = {"beds", "staff", "equipment", "products"}
    chosen = [
        TileSpec("shortages" if tile.measure in kinds else "measure", tile.measure, tile.category)
        for tile in room.values.tiles
    ]
    if chosen:
        return chosen
    forecast = [name for name, row in room.measures().items() if row["is_forecast"]]
    return [TileSpec("measure", name) for name in forecast[:5]]


def show_table(
    room: Room, caller: Caller, name: str, release: str | None = None, **equals: str
) -> pa.Table:
    """Rows of a table of a release: shortages by falling probability, others as stored."""
    rows = open_release(room, caller, release).table(name, **equals)
    if name == "shortages":
        order = pc.sort_indices(
            rows, sort_keys=[("probability", "descending"), ("expected_unmet", "descending")]
        )
        rows = rows.take(order)
    return rows
