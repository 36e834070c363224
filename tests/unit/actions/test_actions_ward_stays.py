"""Length of stay from movements of patients, as a past day knew them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.rooms import open_at, write_room
from vigie.actions.forecasts.ward_stays import WardStays
from vigie.actions.rooms.room import Room
from vigie.schemas import MOVEMENTS

TODAY = date(2021, 6, 1)
FIRST = TODAY - timedelta(days=90)
RNG = np.random.default_rng(0)
LEAVING = {"general": 0.2, "icu": 0.1}


def _morning(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(3), UTC)


def _row(number: int, place: str, ward: str, come: date, left: date | None) -> dict[str, object]:
    return {
        "stay": f"S{number}",
        "known_at": _morning(left or max(come, FIRST)),
        "patient": f"P{number}",
        "place": place,
        "category": ward,
        "from_date": come,
        "to_date": left,
        "outcome": "discharge" if left else None,
        "reason": None,
        "feed": "movements",
        "arrival": "a",
        "run": "r",
    }


def stays(seed: int = 1, places: str = "AB") -> list[dict[str, object]]:
    """Entry and end of stays of the days up to today, seen from ``FIRST`` on."""
    rng, rows, number = np.random.default_rng(seed), [], 0
    for back in range(150, -1, -1):
        for place in places:
            for ward, leaving in LEAVING.items():
                for _ in range(6):
                    come = TODAY - timedelta(days=back)
                    # The chance to leave is the same every night, that of the first included.
                    left = come + timedelta(days=int(rng.geometric(leaving)) - 1)
                    number += 1
                    if left >= FIRST:
                        if left > max(come, FIRST):
                            rows.append(_row(number, place, ward, come, None))
                        if left <= TODAY:
                            rows.append(_row(number, place, ward, come, left))
    return rows


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return open_at(write_room(tmp_path / "room"), TODAY + timedelta(days=1))


def told_by(room: Room, rows: list[dict[str, object]]) -> WardStays:
    schema = pa.schema([pa.field(c.name, c.type) for c in MOVEMENTS.columns])
    return WardStays(room, room.lake.write(MOVEMENTS, pa.Table.from_pylist(rows, schema), "r"))


def test_mean_stays_are_those_of_the_wards(room: Room) -> None:
    law = told_by(room, stays()).law(["general", "icu"], TODAY, RNG)
    assert law is not None
    np.testing.assert_allclose(law.mean_days[0], [4.0, 9.0], rtol=0.12)


def test_what_becomes_known_later_changes_nothing(room: Room) -> None:
    day, rows = TODAY - timedelta(days=20), stays()
    then = [row for row in rows if row["known_at"] <= room.end_of(day)]
    assert len(then) < len(rows)
    all_of_it, what_was = told_by(room, rows), told_by(room, then)
    assert all_of_it.fingerprint(day) == what_was.fingerprint(day)
    assert all_of_it.fingerprint(TODAY) != what_was.fingerprint(day)
    kinds = ["icu", "general"]
    first, second = (each.law(kinds, day, RNG) for each in (all_of_it, what_was))
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.hazards, second.hazards)


def test_withdrawn_stays_and_other_wards_are_not_read(room: Room) -> None:
    rows = stays()
    wrong = [
        _row(10**6 + at, "A", "general", TODAY - timedelta(days=60), TODAY - timedelta(days=1))
        for at in range(400)
    ]
    gone = [{**row, "from_date": None, "to_date": None, "reason": "withdrawn"} for row in wrong]
    for row in gone:
        row["known_at"] += timedelta(hours=1)
    other = [{**row, "category": "nursery", "stay": f"N{row['stay']}"} for row in wrong]
    plain = told_by(room, rows).law(["general", "icu"], TODAY, RNG)
    found = told_by(room, [*rows, *wrong, *gone, *other]).law(["general", "icu"], TODAY, RNG)
    assert plain is not None
    assert found is not None
    np.testing.assert_array_equal(found.hazards, plain.hazards)


def test_too_few_stays_tell_nothing(room: Room) -> None:
    told = told_by(room, stays())
    assert told.law(["general", "icu", "hdu"], TODAY, RNG) is None
    assert told.law(["general"], FIRST + timedelta(days=10), RNG) is None
    assert WardStays(room, ()).law(["general"], TODAY, RNG) is None
    assert WardStays(room, ()).fingerprint(TODAY) == ""
