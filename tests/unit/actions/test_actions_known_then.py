"""What tells whether the figures that a past day knew are still the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.rooms import LAST_DAY, OPERATOR, beds_file, open_at, send, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.forecasts.known_then import KnownThen
from vigie.schemas import REPORTS


def test_text_of_a_day_does_not_hang_on_the_days_asked_for_with_it(tmp_path: Path) -> None:
    days = [LAST_DAY - timedelta(days=back) for back in range(9, -1, -1)]
    room = open_at(write_room(tmp_path / "room"))
    for day in days:
        send(room, "beds", f"beds_{day}.csv", beds_file(day))
    run_cycle(room, OPERATOR)
    known = KnownThen(room, ["beds_occupied", "beds_staffed"], room.lake.files(REPORTS))
    together = known.fingerprints(days)

    assert len(set(together.values())) == len(days), "something became known on each day"
    for first in range(1, len(days)):
        later = known.fingerprints(days[first:])
        assert later == {day: together[day] for day in days[first:]}
