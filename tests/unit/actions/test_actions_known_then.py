"""What tells whether the figures that a past day knew are still the same."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.rooms import LAST_DAY, OPERATOR, beds_file, open_at, send, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.forecasts.known_then import KnownThen, PastHistories
from vigie.schemas import REPORTS

DAYS = [LAST_DAY - timedelta(days=back) for back in range(9, -1, -1)]


@pytest.fixture(scope="module")
def daily(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room that learnt the figures of each day on that day: to read only."""
    folder = write_room(tmp_path_factory.mktemp("daily") / "room")
    room = open_at(folder)
    for day in DAYS:
        send(room, "beds", f"beds_{day}.csv", beds_file(day))
    run_cycle(room, OPERATOR)
    return folder


def test_text_of_a_day_does_not_hang_on_the_days_asked_for_with_it(daily: Path) -> None:
    room, days = open_at(daily), DAYS
    known = KnownThen(room, ["beds_occupied", "beds_staffed"], room.lake.files(REPORTS))
    together = known.fingerprints(days)

    assert len(set(together.values())) == len(days), "something became known on each day"
    for first in range(1, len(days)):
        later = known.fingerprints(days[first:])
        assert later == {day: together[day] for day in days[first:]}


def test_what_a_reader_read_of_a_day_the_others_read_no_more(
    daily: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, names = open_at(daily), ["beds_occupied", "beds_staffed"]
    reports, shared = room.lake.files(REPORTS), PastHistories()
    asked: list[date] = []
    read = KnownThen.facts

    def facts(self: KnownThen, day: date) -> pa.Table | None:
        asked.append(day)
        return read(self, day)

    monkeypatch.setattr(KnownThen, "facts", facts)
    days = DAYS[-4:]
    many = KnownThen(room, names, reports, shared=shared)
    one = KnownThen(room, names[:1], reports, shared=shared)
    shorter = KnownThen(room, names[:1], reports, daily_days=5, shared=shared)
    for day in days:
        alone = {each.measure: each for each in KnownThen(room, names, reports).histories(day)}
        asked.clear()
        together = {each.measure: each for each in many.histories(day)}
        assert list(together) == list(alone) == names
        for name in names:
            assert together[name].places == alone[name].places
            np.testing.assert_array_equal(together[name].values, alone[name].values)
        assert list(one.histories(day)) == [together[names[0]]]
        assert list(many.histories(day, names[1:])) == [together[names[1]]]
        assert asked == [day]
        [short] = shorter.histories(day)
        assert len(short.dates) == 5
        assert asked == [day, day]
    # Old days are forgotten: memory stays small over many origins.
    list(one.histories(days[0]))
    assert asked == [days[-1], days[-1], days[0]]
