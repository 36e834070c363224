"""Alerts: hysteresis, onsets, and what they were worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.paths import onsets, raised, score_alerts, standing_alerts

days_of_chance = arrays(
    np.float64, st.tuples(st.integers(1, 25), st.just(2)), elements=st.floats(0, 1)
)


def days(text: str) -> np.ndarray:
    """One series, a letter a day: x for yes."""
    return np.array([[letter == "x"] for letter in text])


def test_an_alert_is_raised_once_and_ends_after_calm_days_in_a_row():
    chance = np.array([[0.1], [0.4], [0.25], [0.15], [0.25], [0.1], [0.1], [0.25], [0.35]])
    standing = standing_alerts(chance, 0.33, 0.2, 2)

    assert standing[:, 0].tolist() == [False, True, True, True, True, True, False, False, True]
    assert raised(standing)[:, 0].nonzero()[0].tolist() == [1, 8]


def test_thresholds_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="at most open_at"):
        standing_alerts(np.zeros((2, 1)), 0.2, 0.3, 2)


@given(days_of_chance, st.integers(1, 3))
def test_standing_agrees_with_one_series_told_day_by_day(chance: np.ndarray, calm_days: int):
    standing = standing_alerts(chance, 0.5, 0.3, calm_days)
    for series in range(chance.shape[1]):
        stands, calm = False, 0
        for day, now in enumerate(chance[:, series]):
            calm = calm + 1 if now < 0.3 else 0
            if now >= 0.5:
                stands = True
            elif calm >= calm_days:
                stands = False
            assert standing[day, series] == stands


@given(arrays(np.bool_, st.tuples(st.integers(1, 30), st.just(2))), st.integers(1, 8))
def test_onsets_follow_enough_days_without_shortage(is_short: np.ndarray, apart: int):
    begins = onsets(is_short, apart)
    for day in range(is_short.shape[0]):
        before = is_short[max(0, day - apart) : day]
        assert np.array_equal(begins[day], is_short[day] & ~before.any(axis=0))


def score(standing: str, is_short: str, due: str):
    """With a lead of 1 day, true within 2 days, onsets 1 day apart."""
    return score_alerts(
        days(standing), days(is_short), days(due), lead_days=1, true_within_days=2, apart_days=1
    )


def test_an_alert_is_true_when_a_shortage_begins_in_time():
    found = score("-xx-", "---x---", "-x--")

    assert (found.alerts, found.true, found.false, found.late) == (1, 1, 0, 0)
    assert (found.due, found.warned) == (1, 1)
    assert found.false_per_true == 0.0
    assert found.warned_share == 1.0


def test_an_alert_on_the_day_of_the_onset_is_true_but_no_warning_in_time():
    found = score("--x-", "---x---", "-x--")

    assert (found.true, found.due, found.warned) == (1, 1, 0)


def test_an_alert_without_onset_is_false_and_one_during_a_shortage_is_late():
    found = score("x-x-", "xxxxxxx", "----")

    assert (found.alerts, found.true, found.late, found.false) == (2, 0, 2, 0)
    assert np.isnan(found.false_per_true)
    found = score("x---", "-------", "----")
    assert (found.alerts, found.false) == (1, 1)
    assert found.false_per_true == np.inf
    assert np.isnan(found.warned_share)


def test_a_shortage_that_began_before_the_alerts_is_no_onset():
    found = score("x---", "xx-----", "x---")

    assert (found.true, found.late, found.due) == (0, 1, 0)


def test_too_few_days_of_shortages_are_refused():
    with pytest.raises(ValueError, match="needed"):
        score("x---", "xx----", "x---")
