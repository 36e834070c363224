"""Nowcasts in a room whose hospitals report late, and changes of what is counted."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.rooms import FILES, OPERATOR, PLACES, open_at, send, write_room
from vigie.actions.cycle import run_cycle
from vigie.actions.room import Room
from vigie.actions.showing import open_release
from vigie.schemas import NOWCASTS, REPRODUCTION

EPIDEMIC = """
[[epidemics]]
measure = "admissions"
generation_mean_days = 5
generation_sd_days = 2
admission_mean_days = 8
admission_sd_days = 4
"""
START = date(2021, 1, 4)
DAYS = 70
LAST = START + timedelta(days=DAYS - 1)
FIRST_FILE = 40
"""Day of the first file, which loads all days before it."""

SHARE_BY_DELAY = np.array([0.45, 0.25, 0.12, 0.08, 0.05, 0.03, 0.02])

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")


def room_with(folder: Path, day: date = LAST, changes: dict[str, str] | None = None) -> Room:
    settings = FILES["vigie.toml"].replace("sample_count = 50", "sample_count = 200")
    files = {"vigie.toml": settings + EPIDEMIC} | (changes or {})
    return open_at(write_room(folder / "room", files), day)


def admitted(seed: int = 7) -> np.ndarray:
    """(place, day, delay): admissions by the days after which they are reported."""
    rng = np.random.default_rng(seed)
    mean = np.array([30.0, 20.0, 45.0])[:, None] * np.exp(0.01 * np.arange(DAYS))
    return np.array(
        [[rng.multinomial(rng.poisson(m), SHARE_BY_DELAY) for m in row] for row in mean]
    )


def file_of(day: int, counts: np.ndarray, days_back: int = 10) -> str:
    """The file sent on a day: what is known by then of the last days."""
    rows = []
    for place, of in enumerate(PLACES):
        for event in range(max(0, day - days_back), day + 1):
            known = counts[place, event, : day - event + 1].sum()
            rows.append(f"{of},{START + timedelta(days=event)},{known}")
    return "\n".join(["hospital,day,admitted", *rows, ""])


def send_daily(room: Room, counts: np.ndarray, last: int = DAYS - 1) -> None:
    for day in range(FIRST_FILE, last + 1):
        name = f"admissions_{START + timedelta(days=day)}.csv"
        back = FIRST_FILE if day == FIRST_FILE else 10
        send(room, "admissions", name, file_of(day, counts, back))


def nowcast(room: Room) -> dict[tuple[str, date], dict[str, object]]:
    assert run_cycle(room, OPERATOR).release
    rows = open_release(room, OPERATOR).table(NOWCASTS.name).to_pylist()
    return {(row["place"], row["date"]): row for row in rows}


def test_the_last_days_are_completed_and_bracket_what_is_known_later(tmp_path: Path) -> None:
    room, counts = room_with(tmp_path), admitted()
    send_daily(room, counts)
    rows = nowcast(room)
    assert {place for place, _ in rows} == {"A", "B", "C", "N"}
    inside, wide = [], []
    for (place, day), row in rows.items():
        at = (day - START).days
        own = counts if place == "N" else counts[PLACES.index(place)][None]
        known, final = own[:, at, : DAYS - at].sum(), own[:, at].sum()
        assert row["reported"] == known
        assert row["q05"] >= known
        assert row["known_after"][-1] == known
        if LAST - day < timedelta(days=4):
            inside.append(row["q05"] <= final <= row["q95"])
            wide.append(abs(row["q50"] - final) < 0.7 * abs(known - final) + 3)
    assert np.mean(inside) > 0.6
    assert np.mean(wide) > 0.8
    today = rows["N", LAST]
    assert today["q50"] > 1.5 * today["reported"]
    assert abs(today["share_reported"] - SHARE_BY_DELAY[0]) < 0.05
    assert rows["N", LAST - timedelta(days=20)]["share_reported"] == 1.0
    growing = open_release(room, OPERATOR).table(REPRODUCTION.name).to_pylist()
    last = next(row for row in growing if row["place"] == "N" and row["date"] == LAST)
    # Read as final, the last days fall to half: R would be far below 1.
    assert last["probability_growing"] > 0.5


