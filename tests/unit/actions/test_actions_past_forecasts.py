"""What tells whether forecasts of a past day, made again, would be the same."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from tests.rooms import LAST_DAY, OPERATOR, beds_file, open_at, send, write_room
from vigie.actions.cycle import run_cycle
from vigie.actions.forecasting import Chance
from vigie.actions.own_models import OwnForecasts
from vigie.actions.past_forecasts import Origin, PastForecasts
from vigie.actions.room import Room
from vigie.schemas import REPORTS


def fingerprints(room: Room, days: list[date]) -> dict[date, str]:
    values = room.values
    chance = Chance(values.seed, LAST_DAY, values.sample_count, values.horizon_days)
    past = PastForecasts(
        room,
        ["admissions", "beds_occupied"],
        room.lake.files(REPORTS),
        OwnForecasts(room, LAST_DAY),
        chance,
    )
    return past.fingerprints([Origin(day, None, is_made_after=True) for day in days])


def test_text_of_a_day_does_not_hang_on_the_days_asked_for_with_it(tmp_path: Path) -> None:
    days = [LAST_DAY - timedelta(days=back) for back in range(9, -1, -1)]
    room = open_at(write_room(tmp_path / "room"))
    for day in days:
        send(room, "beds", f"beds_{day}.csv", beds_file(day))
    run_cycle(room, OPERATOR)
    together = fingerprints(room, days)

    assert len(set(together.values())) == len(days), "something became known on each day"
    for first in range(1, len(days)):
        later = fingerprints(room, days[first:])
        assert later == {day: together[day] for day in days[first:]}
