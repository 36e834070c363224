"""The alert of drift: once for each break, for the published model, of a release of today."""

from datetime import date, timedelta

import pytest

from tests.rooms import NEXT_DAY
from vigie.actions.rooms.room import Room
from vigie.actions.scores.drift_alert import post_drift_alerts
from vigie.actions.scores.standings import Standing


def standing(drift: date | None, *, is_published: bool = True, target: str = "m") -> Standing:
    return Standing(target, "vigie-flat", True, is_published, "baseline", 1.0, None, drift)


def told(room: Room, as_of: date, *standings: Standing) -> list[str]:
    """Keys of all alerts of drift after the release."""
    with room.state.write("a test") as tx:
        post_drift_alerts(room, tx, as_of, standings)
    with room.state.read() as tx:
        return [row.key for row in tx.outbox("alert") if row.key.startswith("drift")]


def test_a_break_is_told_once_though_its_day_moves(room: Room) -> None:
    day = NEXT_DAY - timedelta(days=2)
    first = told(room, NEXT_DAY, standing(day))
    assert first == [f"drift-m-vigie-flat-{day}"]
    assert told(room, NEXT_DAY, standing(day + timedelta(days=1))) == first
    other = told(room, NEXT_DAY, standing(day), standing(day, target="n"))
    assert other == [*first, f"drift-n-vigie-flat-{day}"]


def test_the_alert_names_measure_model_and_day(room: Room) -> None:
    told(room, NEXT_DAY, standing(NEXT_DAY))
    with room.state.read() as tx:
        text = tx.outbox("alert")[-1].payload.decode()
    assert "Three hospitals" in text
    assert "forecasts of m by vigie-flat" in text
    assert str(NEXT_DAY) in text


@pytest.mark.parametrize(
    ("as_of", "one"),
    [
        (NEXT_DAY, standing(None)),
        (NEXT_DAY, standing(NEXT_DAY, is_published=False)),
        (NEXT_DAY, standing(NEXT_DAY - timedelta(days=14))),
        (NEXT_DAY - timedelta(days=2), standing(NEXT_DAY - timedelta(days=3))),
    ],
)
def test_old_breaks_other_models_and_runs_for_past_days_are_not_told(
    room: Room, as_of: date, one: Standing
) -> None:
    assert told(room, as_of, one) == []
