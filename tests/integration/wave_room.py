"""Three hospitals in a wave, for tests of scores, and a model that knows how the wave was made."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tests.rooms import FILES, OPERATOR, PLACES, open_at, send, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.rooms.room import Room

__all__ = ["FEED", "START", "TODAY", "admissions", "admitted", "days_until", "released_with"]

START = date(2021, 1, 4)
TODAY = date(2021, 5, 31)
"""Monday; the day before it is the last one reported."""

FEED = re.sub(
    r"known_at = .*", "known_at = { reference_plus_days = 1 }", FILES["feeds/admissions.toml"]
)


def admitted(place: str, day: date) -> int:
    """Admissions as they were in the end: a wave with noise that follows from place and day."""
    number = (day - START).days
    rng = np.random.default_rng([PLACES.index(place), number])
    return int(rng.poisson(30 + 20 * np.sin(number / 12) + 5 * (day.weekday() < 5)))


def admissions(days: Sequence[date], *, revised: bool = False) -> str:
    rows = [
        f"{place},{day},{admitted(place, day) + (1000 if revised else 0)}"
        for day in days
        for place in PLACES
    ]
    return "\n".join(["hospital,day,admitted", *rows, ""])


def days_until(last: date, count: int) -> list[date]:
    return [last - timedelta(days=back) for back in range(count - 1, -1, -1)]


TURNCOAT = """
import json
import math
import sys
from datetime import date
from pathlib import Path

from statistics import NormalDist

import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(sys.argv[1])
request = json.loads((folder / "request.json").read_text())
places = sorted(set(pq.read_table(folder / "history.parquet")["location"].to_pylist()))
rows = []
for horizon, text in request["horizons"].items():
    day = date.fromisoformat(text)
    number = (day - date(2021, 1, 4)).days
    mean = 30 + 20 * math.sin(number / 12) + 5 * (day.weekday() < 5)
    for place in places:
        expected = NATION * mean if place == "N" else mean
        if request["as_of"] >= "BORDER":
            expected = 10 * expected
        spread = NormalDist(expected, math.sqrt(expected))
        for level in request["quantile_levels"]:
            rows.append((place, int(horizon), level, max(0.0, spread.inv_cdf(level))))
names = ("location", "horizon", "output_type_id", "value")
table = pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
pq.write_table(table, folder / "forecasts.parquet")
"""
"""A model that knows the mean of ``admitted``, and from a day on says ten times as much."""


def released_with(tmp_path: Path, border: date, nation: int = 3) -> Room:
    """The room with the model after one run; it takes the nation for so many hospitals."""
    folder = write_room(
        tmp_path / f"room until {border}, {nation}",
        {
            "feeds/admissions.toml": FEED,
            "models/turncoat.py": TURNCOAT.replace("BORDER", str(border)).replace(
                "NATION", str(nation)
            ),
            "vigie.toml": FILES["vigie.toml"]
            + f'[[models]]\nname = "turncoat"\ncommand = ["{sys.executable}", '
            + '"models/turncoat.py"]\n',
        },
    )
    room = open_at(folder, TODAY)
    known = days_until(TODAY - timedelta(days=1), (TODAY - START).days)
    send(room, "admissions", "all.csv", admissions(known))
    run_cycle(room, OPERATOR)
    return room
