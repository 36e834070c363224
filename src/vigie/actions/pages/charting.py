"""Pictures of a release, drawn once before it is published."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.actions.pages.briefing import build_briefing
from vigie.actions.pages.release_pictures import drawn_pictures
from vigie.actions.pages.showing import tiles_of
from vigie.actions.rooms.reading import ReleaseReader, RememberedTables
from vigie.actions.rooms.room import Room
from vigie.lake import ChartFile

__all__ = ["draw_charts"]


def draw_charts(room: Room, release: ReleaseReader) -> Iterator[ChartFile]:
    """Draw and keep the briefing's pictures in every language of the room, wide and narrow."""
    tables = RememberedTables(release)
    for language in room.values.languages:
        briefing = build_briefing(tables, language=language, tiles=tiles_of(room))
        for name, svg in drawn_pictures(briefing):
            yield room.lake.write_chart(name, svg)
