"""Where a stay goes on, from movements of patients as a past day knew them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.rooms import open_at, write_room
from tests.unit.actions.test_actions_ward_stays import FIRST, TODAY, _row, told_by
from vigie.actions.forecasts.onward_stays import onward_stays
from vigie.actions.rooms.room import Room

RNG = np.random.default_rng(0)
WARDS = ["general", "icu"]
ICU_SHARE = 0.2


def _rows(*, numbered: bool = True) -> list[dict[str, object]]:
    """A fifth of the patients of general wards go on to intensive care for ten days."""
    rng, rows, number = np.random.default_rng(3), [], 0

    def stay(patient: str, ward: str, come: date, left: date, outcome: str) -> None:
        nonlocal number
        number += 1
        if left < FIRST or come > TODAY:
            return
        of = {"patient": patient if numbered else None}
        if left > max(come, FIRST):
            rows.append(_row(number, "A", ward, come, None) | of)
        if left <= TODAY:
            rows.append(_row(number, "A", ward, come, left) | of | {"outcome": outcome})

    for back in range(120, -1, -1):
        for each in range(12):
            patient, come = f"P{back}-{each}", TODAY - timedelta(days=back)
            moves = rng.random() < ICU_SHARE
            left = come + timedelta(days=int(rng.integers(1, 8)))
            stay(patient, "general", come, left, "transfer" if moves else "discharge")
            if moves:
                stay(patient, "icu", left, left + timedelta(days=10), "discharge")
    return rows


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return open_at(write_room(tmp_path / "room"), TODAY + timedelta(days=1))


def test_patients_who_move_are_followed_into_the_next_ward(room: Room) -> None:
    found = onward_stays(told_by(room, _rows()), WARDS, TODAY, RNG)
    assert found is not None
    assert found.reached()[0, 1] == pytest.approx(ICU_SHARE, abs=0.03)
    assert found.reached()[1, 0] == 0
    np.testing.assert_allclose(found.mean_days, [4.0, 10.0], rtol=0.08)
    # Nobody comes to intensive care but from a general ward.
    assert found.new_share[0] == 1
    assert found.new_share[1] < 0.02


def test_without_numbers_of_patients_nobody_is_followed(room: Room) -> None:
    found = onward_stays(told_by(room, _rows(numbered=False)), WARDS, TODAY, RNG)
    assert found is not None
    assert found.reached()[0, 1] == 0
    assert (found.new_share == 1).all()
    np.testing.assert_allclose(found.mean_days, [4.0, 10.0], rtol=0.08)


def test_a_past_day_is_told_by_what_it_knew(room: Room) -> None:
    day, rows = TODAY - timedelta(days=20), _rows()
    then = [row for row in rows if row["known_at"] <= room.end_of(day)]
    first, second = (onward_stays(told_by(room, each), WARDS, day, RNG) for each in (rows, then))
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.law.hazards, second.law.hazards)
    np.testing.assert_array_equal(first.new_share, second.new_share)


def test_too_few_stays_tell_nothing(room: Room) -> None:
    assert onward_stays(told_by(room, _rows()), [*WARDS, "hdu"], TODAY, RNG) is None
    assert onward_stays(told_by(room, _rows()[:0]), WARDS, TODAY, RNG) is None
