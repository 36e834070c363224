"""An emptied register reads as missing; the chance of a high share is read off the quantiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vigie.hospital import (
    ShareHistory,
    onset_probability,
    onset_threshold,
    share_quantiles,
    without_resets,
)
from vigie.paths import QUANTILE_LEVELS

DATES = np.datetime64("2021-01-04") + np.arange(900)


def steady(days, places=6, seed=0):
    rng = np.random.default_rng(seed)
    usual = rng.uniform(0.3, 0.6, (places, 1))
    return np.clip(usual + rng.normal(0, 0.02, (places, days)), 0, 1)


def test_a_fall_of_most_places_in_a_day_is_missing_until_they_are_filled_again():
    share = steady(60)
    whole = share.copy()
    share[:5, 40:45] = 0.01
    share[:5, 45:48] *= 0.4
    share[0, 42] = np.nan
    kept, is_reset = without_resets(share)
    assert np.flatnonzero(is_reset).tolist() == list(range(40, 48))
    assert np.isnan(kept[:5, 40:48]).all()
    assert np.array_equal(kept[5], whole[5]), "the place that did not fall keeps its values"
    assert np.array_equal(kept[:, 48:], whole[:, 48:])


def test_one_place_that_falls_is_believed():
    share = steady(60)
    share[:3, 40:] = 0.0
    kept, is_reset = without_resets(share)
    assert not is_reset.any()
    assert np.array_equal(kept, share)


def test_a_fall_that_lasts_is_believed_after_four_weeks():
    share = steady(100)
    share[:, 40:] = 0.02
    kept, is_reset = without_resets(share)
    assert np.flatnonzero(is_reset).tolist() == list(range(40, 68))
    assert np.array_equal(kept[:, 68:], share[:, 68:])


@settings(max_examples=60, deadline=None)
@given(
    share=hnp.arrays(
        np.float64, (4, 30), elements=st.sampled_from([0.0, 0.02, 0.3, 0.5, 1.0, np.nan])
    ),
    day=st.integers(1, 29),
)
def test_the_guard_knows_no_later_day_and_invents_no_value(share, day):
    kept, is_reset = without_resets(share)
    early, was_reset = without_resets(share[:, :day])
    assert np.array_equal(kept[:, :day], early, equal_nan=True)
    assert np.array_equal(is_reset[:day], was_reset)
    assert (np.isnan(kept) | (kept == share)).all()


def test_in_a_reset_the_forecast_stays_near_the_old_level_and_widens():
    share = steady(260)
    share[:, 255:] = 0.0
    days = np.arange(260)
    emptied = share_quantiles(ShareHistory(share, DATES[days]), [7])[:, 0]
    before = share_quantiles(ShareHistory(share[:, :255], DATES[:255]), [7])[:, 0]
    middle = QUANTILE_LEVELS.index(0.5)
    assert np.allclose(emptied[:, middle], before[:, middle], atol=0.05)
    assert (np.ptp(emptied, axis=1) > 1.5 * np.ptp(before, axis=1)).all()


def test_a_share_is_high_above_the_last_year_before_today():
    share = steady(600)
    share[:, 233] = 0.9
    share[:, 400] = 0.05
    share[:, -1] = 0.99
    share[2, 500:520] = np.nan
    found = onset_threshold(ShareHistory(share, DATES[:600]))
    kept = share.copy()
    kept[:, 400] = np.nan
    expected = [
        np.quantile([each for each in row if np.isfinite(each)], 0.8) for row in kept[:, 234:599]
    ]
    assert np.allclose(found, expected)
    assert (found < 0.7).all()


def test_the_chance_is_read_off_the_quantiles():
    made = np.linspace(0.1, 0.9, len(QUANTILE_LEVELS))[None, None, :]
    middle, first, second = made[0, 0, 11], made[0, 0, 2], made[0, 0, 3]
    for threshold, chance in [
        (middle, 0.5), ((first + second) / 2, 1 - 0.075), (0.05, 0.995), (0.95, 0.005),
    ]:  # fmt: skip
        found = onset_probability(made, np.array([threshold]))
        assert found.shape == (1, 1)
        assert found[0, 0] == pytest.approx(chance)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_higher_threshold_is_never_likelier_to_be_passed(seed):
    rng = np.random.default_rng(seed)
    made = np.sort(rng.uniform(0, 1, (2, 3, len(QUANTILE_LEVELS))), axis=-1)
    low, high = np.sort(rng.uniform(0, 1, (2, 2)), axis=0)
    assert (onset_probability(made, low) >= onset_probability(made, high)).all()


def test_too_little_to_tell_what_is_high_is_named():
    with pytest.raises(ValueError, match="365 days tell of no year"):
        onset_threshold(ShareHistory(steady(365), DATES[:365]))
    share = steady(500)
    share[1, 100:-1] = np.nan
    with pytest.raises(ValueError, match=r"places \[1\] have no value in the last year"):
        onset_threshold(ShareHistory(share, DATES[:500]))
    with pytest.raises(ValueError, match=r"\(3,\) thresholds for 2 places"):
        onset_probability(np.zeros((2, 1, 23)), np.zeros(3))
