"""Three hospitals whose counts grow for days after their first report; every number is invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tests.rooms import FILES, PLACES, open_at, send, write_room
from vigie.actions.forecasts.forecasting import Chance, History, histories
from vigie.actions.forecasts.known_then import KnownThen
from vigie.actions.rooms.receiving import parse_arrivals, take_arrivals
from vigie.actions.rooms.room import Room
from vigie.schemas import REPORTS

__all__ = [
    "DAYS",
    "FIRST_FILE",
    "LAST",
    "MEASURES",
    "SHARE_BY_DELAY",
    "START",
    "STOCK",
    "as_reported",
    "counts_of",
    "known_then",
    "made_room",
    "origins",
    "send_files",
    "send_supplies",
    "taken",
]

START = date(2021, 1, 4)
DAYS = 112
LAST = START + timedelta(days=DAYS - 1)
FIRST_FILE = 40
"""Day of the first file, which loads all days before it."""

SHARE_BY_DELAY = np.array([0.3, 0.25, 0.17, 0.12, 0.08, 0.05, 0.03])
MEASURES = ("admissions", "stock", "used")
STOCK = 900
"""Pieces in stock at every hospital on every day."""

_DAYS_TOLD = 10


def made_room(folder: Path, day: date, changes: Mapping[str, str] | None = None) -> Room:
    """The room, opened on a day."""
    settings = FILES["vigie.toml"].replace("sample_count = 50", "sample_count = 200")
    files = {"vigie.toml": settings.replace("horizon_days = 7", "horizon_days = 14")}
    return open_at(write_room(folder / "room", files | dict(changes or {})), day)


def counts_of(seed: int, share: np.ndarray = SHARE_BY_DELAY, days: int = DAYS) -> np.ndarray:
    """(place, day, delay): admissions by the days after which they are reported."""
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    wave = np.exp(0.25 * np.sin(2 * np.pi * day / 80 + rng.uniform(0, 6)))
    week = 1 + 0.1 * np.sin(2 * np.pi * day / 7)
    mean = np.array([30.0, 20.0, 45.0])[:, None] * wave * week
    return np.array([[rng.multinomial(rng.poisson(m), share) for m in row] for row in mean])


def _file(day: int, counts: np.ndarray, header: str, stock: str = "") -> str:
    back = FIRST_FILE if day == FIRST_FILE else _DAYS_TOLD
    rows = [
        f"{of},{START + timedelta(days=event)}{stock},"
        f"{counts[place, event, : day - event + 1].sum()}"
        for place, of in enumerate(PLACES)
        for event in range(max(0, day - back), day + 1)
    ]
    return "\n".join([header, *rows, ""])


def send_files(
    room: Room, counts: np.ndarray, last: int = DAYS - 1, since: int = FIRST_FILE
) -> None:
    """The file of every day: what is known by then of the last days."""
    for day in range(since, last + 1):
        name = f"admissions_{START + timedelta(days=day)}.csv"
        send(room, "admissions", name, _file(day, counts, "hospital,day,admitted"))


def send_supplies(room: Room, counts: np.ndarray) -> None:
    """The same for masks: what was used is known late, what is in stock at once."""
    for day in range(FIRST_FILE, DAYS):
        text = _file(day, counts, "hospital,day,product,stock,used", f",masks,{STOCK}")
        send(room, "supplies", f"stock_{START + timedelta(days=day)}.csv", text)


def taken(room: Room) -> Room:
    """The room with all that was sent in its lake, without a release."""
    with room.writing():
        parse_arrivals(room)
        take_arrivals(room, "r")
    return room


def known_then(room: Room) -> KnownThen:
    """Reads its measures as past days knew them."""
    return KnownThen(room, MEASURES, room.lake.files(REPORTS))


def as_reported(room: Room, day: date, measure: str = "admissions") -> History:
    """A history as reported by the end of a day."""
    facts = known_then(room).facts(day)
    assert facts is not None
    return next(histories(facts, room.measures(), [measure], day))


def origins() -> Iterator[tuple[date, Chance]]:
    """Days from which forecasts are looked at, and their chance."""
    for back in range(44, 7, -4):
        day = LAST - timedelta(days=back)
        yield day, Chance(1, day, 300, 7)
