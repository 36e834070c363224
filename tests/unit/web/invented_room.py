"""A room of two invented releases, read as the pages read it, and its application."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
from fastapi import FastAPI
from invented_release import TILES, TODAY, Tables, invented, rows_of

from vigie.actions.pages.place_pictures import NeedSpec
from vigie.actions.views.views import ReleaseLine, Stoppage, TileSpec
from vigie.actions.words.messages import Language
from vigie.errors import NotFound
from vigie.web import create_app
from vigie.web.alerts import Alerts

TOKEN = "a token of the test server"
NOW = datetime(2020, 11, 9, 7, 0, tzinfo=UTC)
OLD = "r-2020-11-08-11aa"


@cache
def two_days() -> tuple[Mapping[str, pa.Table], Mapping[str, pa.Table]]:
    """Tables of today and of yesterday; in twenty rows the chance moved since."""
    today = invented(hospitals=40)
    rng = np.random.default_rng(4)
    rows = today["shortages"].to_pylist()
    for index in rng.choice(len(rows), 20, replace=False):
        moved = rows[index]["probability_14"] + rng.normal(0, 0.4)
        rows[index]["probability_14"] = float(np.clip(moved, 0, 1))
    return today, today | {"shortages": rows_of("shortages", rows)}


def yesterday(tables: Mapping[str, pa.Table]) -> Tables:
    """A release of the day before."""
    return Tables(tables, OLD, TODAY - timedelta(days=1), datetime(2020, 11, 8, 6, 41, tzinfo=UTC))


@dataclass
class Room:
    """Two releases; today's may be missing, with the reason."""

    now: Tables | None
    old: Tables | None
    stopped: Stoppage | None = None
    languages: Sequence[Language] = ("en", "fr")
    tiles: Sequence[TileSpec] = TILES
    needs: Sequence[NeedSpec] = (NeedSpec("beds", "beds_occupied", "beds_staffed"),)
    drawn: dict[str, str] = field(default_factory=dict)

    def _all(self) -> list[Tables]:
        return [each for each in (self.now, self.old) if each]

    def current(self) -> Tables | None:
        return next(iter(self._all()), None)

    def release(self, release: str) -> Tables:
        for each in self._all():
            if each.release == release:
                return each
        raise NotFound(f'No release "{release}". Nearest: "{OLD}".')

    def as_known_on(self, day: date) -> Tables:
        found = [each for each in self._all() if each.as_of <= day]
        if not found:
            raise NotFound(f"No release was in force on {day}. See the list of releases.")
        return found[0]

    def before(self, release: str) -> Tables | None:
        return self.old if self.now and release == self.now.release else None

    def releases(self) -> list[ReleaseLine]:
        return [
            ReleaseLine(each.release, each.as_of, each.published_at, n == 0)
            for n, each in enumerate(self._all())
        ]

    def stoppage(self) -> Stoppage | None:
        return self.stopped

    def chart(self, release: str, name: str) -> str | None:
        return self.drawn.get(name)


def invented_room(**changes: Any) -> Room:
    """The room with both releases."""
    now, before = two_days()
    return Room(**{"now": Tables(now), "old": yesterday(before)} | changes)


def application(room: Room, now: datetime = NOW, alerts: Alerts | None = None) -> FastAPI:
    """The application of a room at an instant."""
    return create_app(room, token=TOKEN, now=lambda: now, alerts=alerts)


def get(
    app: FastAPI,
    *paths: str,
    token: str | None = TOKEN,
    headers: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
) -> list[httpx.Response]:
    """Answers to requests of one browser, after its sign-in when a token is given."""

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        base = f"http://{host}"
        async with httpx.AsyncClient(
            transport=transport, base_url=base, headers=headers, follow_redirects=True
        ) as browser:
            if token is not None:
                await browser.get("/sign-in", params={"token": token})
            return [await browser.get(path) for path in paths]

    return asyncio.run(run())
