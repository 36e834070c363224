"""What the pages need of a room, and the views built from it, kept per release and language."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from vigie.actions.pages.briefing import build_briefing
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.place_pictures import NeedSpec
from vigie.actions.pages.plan_page import PlanPage, build_plan_page
from vigie.actions.pages.scores_page import ScoresPage, build_scores_page
from vigie.actions.pages.shortages_page import ShortagesPage, build_shortages_page
from vigie.actions.views.choices import Chosen
from vigie.actions.views.views import (
    Briefing,
    PlacePage,
    ReleaseLine,
    ReleaseTables,
    Stoppage,
    TileSpec,
)
from vigie.actions.words.messages import Language

__all__ = ["RoomReader", "Views"]

MOST_VIEWS = 256

AnyView = Briefing | PlacePage | ScoresPage | ShortagesPage | PlanPage
View = TypeVar("View", Briefing, PlacePage, ScoresPage, ShortagesPage, PlanPage)


class RoomReader(Protocol):
    """A room as its pages read it; whoever is not allowed gets AccessRefused from any method."""

    @property
    def languages(self) -> Sequence[Language]:
        """Languages of the room, the first is the default."""

    @property
    def tiles(self) -> Sequence[TileSpec]:
        """Tiles of the briefing, from vigie.toml."""

    @property
    def needs(self) -> Sequence[NeedSpec]:
        """Needs and their capacities, from vigie.toml."""

    def current(self) -> ReleaseTables | None:
        """The release in force, or None before the first."""

    def release(self, release: str) -> ReleaseTables:
        """A release by its id; NotFound names the nearest."""

    def as_known_on(self, day: date) -> ReleaseTables:
        """The release in force at the end of a day, in the room's time zone; or NotFound."""

    def before(self, release: str) -> ReleaseTables | None:
        """The release before another, or None for the first."""

    def releases(self) -> Sequence[ReleaseLine]:
        """All releases, newest first."""

    def stoppage(self) -> Stoppage | None:
        """Why today's run published nothing, when its deadline has passed without a release."""

    def chart(self, release: str, name: str) -> str | None:
        """A picture drawn with the release, as SVG; None when it is to be drawn now."""


class Views:
    """Views of a room, each built once per release and language: releases never change.

    One view is built at a time, so a cold page never competes with itself.
    """

    def __init__(self, room: RoomReader) -> None:
        self._room = room
        self._kept: OrderedDict[tuple[str, ...], AnyView] = OrderedDict()
        self._lock = threading.Lock()

    def briefing(
        self, tables: ReleaseTables, language: Language, stoppage: Stoppage | None
    ) -> Briefing:
        """The briefing of a release, with a notice when today's run stopped."""
        previous = self._room.before(tables.release)

        def build() -> Briefing:
            return build_briefing(
                tables,
                language=language,
                previous=previous,
                tiles=self._room.tiles,
                stoppage=stoppage,
            )

        reason = stoppage.reason if stoppage else ""
        before = previous.release if previous else ""
        return self._get(("briefing", tables.release, language, before, reason), build)

    def place(self, tables: ReleaseTables, place: str, language: Language) -> PlacePage:
        """The page of a place; NotFound when the room has no such place."""

        def build() -> PlacePage:
            return build_place_page(tables, place, language=language, needs=self._room.needs)

        return self._get(("place", tables.release, language, place), build)

    def scores(self, tables: ReleaseTables, language: Language) -> ScoresPage:
        """The page of scores of a release."""

        def build() -> ScoresPage:
            return build_scores_page(tables, language=language)

        return self._get(("scores", tables.release, language), build)

    def shortages(self, tables: ReleaseTables, language: Language, chosen: Chosen) -> ShortagesPage:
        """The page of shortages of a release; NotFound for an unknown kind or region."""

        def build() -> ShortagesPage:
            return build_shortages_page(tables, language=language, chosen=chosen)

        return self._get(("shortages", tables.release, language, *_key(chosen)), build)

    def plan(self, tables: ReleaseTables, language: Language, chosen: Chosen) -> PlanPage:
        """The page of the plan of a release; NotFound for an unknown kind or region."""

        def build() -> PlanPage:
            return build_plan_page(tables, language=language, chosen=chosen)

        return self._get(("plan", tables.release, language, *_key(chosen)), build)

    def _get(self, key: tuple[str, ...], build: Callable[[], View]) -> View:
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                kept = build()
                self._kept[key] = kept
                if len(self._kept) > MOST_VIEWS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
        return kept  # type: ignore[return-value]


def _key(chosen: Chosen) -> tuple[str, str, str]:
    return (chosen.kind, chosen.region, str(chosen.page))
