"""The drift alarm: within two weeks of a break, and hardly ever without one."""

import numpy as np
import pytest

from vigie.paths import drift_alarms

DAYS, BREAK = 140, 112


def daily(rng: np.random.Generator, days: int, spread: float) -> np.ndarray:
    """Scores 1 and 7 days ahead; the second is a mean over a week, as overlapping forecasts are."""
    one = rng.normal(size=days)
    seven = np.convolve(rng.normal(size=days + 6), np.ones(7) / np.sqrt(7), "valid")
    return np.exp(spread * np.stack([one, seven]))


def test_scores_that_double_raise_the_alarm_within_two_weeks() -> None:
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(40):
        scores = daily(rng, DAYS, 0.2)
        scores[:, BREAK:] *= 2
        alarms = drift_alarms(scores, 7)
        found += bool(((alarms >= BREAK) & (alarms < BREAK + 14)).any())
    assert found == 40


def test_scores_as_usual_raise_less_than_one_alarm_in_five_years() -> None:
    rng = np.random.default_rng(2)
    years = 40
    alarms = sum(len(drift_alarms(daily(rng, 365, 0.2), 7)) for _ in range(years))
    assert alarms <= years / 5


def test_weekly_scores_that_double_raise_the_alarm_within_two_weeks() -> None:
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(40):
        scores = np.exp(0.15 * rng.normal(size=(2, 32)))
        scores[:, 28:] *= 2
        alarms = drift_alarms(scores, 1)
        found += bool(((alarms >= 28) & (alarms < 30)).any())
    assert found >= 36


def test_one_break_is_told_once() -> None:
    scores = daily(np.random.default_rng(4), DAYS, 0.1)
    scores[:, BREAK:] *= 5
    assert len(drift_alarms(scores, 7)) == 1


def test_scores_that_fall_or_grow_with_the_unit_raise_none() -> None:
    scores = daily(np.random.default_rng(5), DAYS, 0.2)
    assert drift_alarms(1000 * scores, 7).tolist() == drift_alarms(scores, 7).tolist()
    better = scores.copy()
    better[:, BREAK:] *= 0.3
    assert not len(drift_alarms(better, 7))


@pytest.mark.parametrize("steps_a_week", [7, 1])
def test_nothing_known_raises_none(steps_a_week: int) -> None:
    assert not len(drift_alarms(np.full((2, 90), np.nan), steps_a_week))
    few = np.full((2, 90), np.nan)
    few[:, -3:] = 9.0
    assert not len(drift_alarms(few, steps_a_week))


def test_an_alarm_knows_nothing_of_later_days() -> None:
    scores = daily(np.random.default_rng(6), DAYS, 0.2)
    scores[:, BREAK:] *= 3
    alarms = drift_alarms(scores, 7)
    for end in range(BREAK, DAYS, 5):
        assert drift_alarms(scores[:, :end], 7).tolist() == alarms[alarms < end].tolist()
