"""A room as its pages read it: releases by id or by day, allowed to the caller or not at all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from vigie.actions.pages.place_pictures import NeedSpec
from vigie.actions.pages.showing import open_release, previous_release, stoppage, tiles_of
from vigie.actions.rooms.auditing import admit
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.releasing import list_releases, release_in_force
from vigie.actions.rooms.room import Room
from vigie.actions.views.views import ReleaseLine, Stoppage, TileSpec
from vigie.actions.words.messages import Language
from vigie.errors import NotFound
from vigie.governance import Action, Caller

__all__ = ["RoomPages"]

_KEPT_RELEASES = 8


@dataclass(slots=True)
class RoomPages:
    """What the pages of one signed-in caller may read.

    Attributes:
        room: the room.
        caller: who is signed in.
    """

    room: Room
    caller: Caller
    _kept: OrderedDict[str, ReleaseReader] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def languages(self) -> Sequence[Language]:
        """Languages of the room, the first is the default."""
        return self.room.values.languages

    @property
    def tiles(self) -> Sequence[TileSpec]:
        """Tiles of the briefing."""
        return tiles_of(self.room)

    @property
    def needs(self) -> Sequence[NeedSpec]:
        """Needs and their capacities, as the rules of the room compare them."""
        roles = {"beds": ("need", "capacity"), "equipment": ("in_use", "fleet")}
        specs = []
        for rule in self.room.values.shortages:
            if rule.kind in roles:
                need, capacity = roles[rule.kind]
                specs.append(NeedSpec(rule.kind, rule.measures[need], rule.measures[capacity]))
            elif rule.kind == "products":
                specs.append(NeedSpec(rule.kind, rule.measures["stock"], ""))
        return specs

    def current(self) -> ReleaseReader | None:
        """The release in force, or None before the first."""
        key = release_in_force(self.room)
        return None if key is None else self.release(key)

    def release(self, release: str) -> ReleaseReader:
        """A release by its id; NotFound names the nearest."""
        with self._lock:
            kept = self._kept.get(release)
        if kept is not None:
            admit(self.room, self.caller, Action.READ, release)
            return kept
        reader = open_release(self.room, self.caller, release)
        with self._lock:
            self._kept[release] = reader
            if len(self._kept) > _KEPT_RELEASES:
                self._kept.popitem(last=False)
        return reader

    def as_known_on(self, day: date) -> ReleaseReader:
        """The release in force at the end of a day in the room's zone.

        Raises:
            NotFound: none was in force then.
        """
        border = self.room.end_of(day)
        with self.room.state.read() as tx:
            published = [p for p in tx.publications() if p.published_at <= border]
        if not published:
            raise NotFound(f"No release was in force on {day}. See the list of releases.")
        return self.release(published[0].release)

    def before(self, release: str) -> ReleaseReader | None:
        """The release of an earlier day that was in force before another."""
        return previous_release(self.room, self.release(release))

    def releases(self) -> Sequence[ReleaseLine]:
        """All published releases, newest first."""
        return [
            ReleaseLine(each.release, each.as_of, each.made_at, each.state == "in force")
            for each in list_releases(self.room, self.caller)
            if each.state != "draft"
        ]

    def stoppage(self) -> Stoppage | None:
        """Why today's run published nothing, if so."""
        admit(self.room, self.caller, Action.READ, "state of the run")
        return stoppage(self.room)

    def chart(self, release: str, name: str) -> str | None:
        """A picture drawn with the release, as SVG; None when it is to be drawn now."""
        reader = self.release(release)
        for chart in reader.manifest.charts:
            if chart.name == name:
                return self.room.lake.read_chart(chart)
        return None
