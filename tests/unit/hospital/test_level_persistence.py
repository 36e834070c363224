"""Persistence with empirical changes, against its definition written slowly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.hospital import level_paths
from vigie.paths import QUANTILE_LEVELS, joint_draws, last_seen, quantiles, wis

DRAWS = joint_draws(np.random.default_rng(3), 28, 1000)


def occupancy(places=3, days=160, seed=0):
    rng = np.random.default_rng(seed)
    return np.maximum(0, 60 + np.cumsum(rng.integers(-4, 5, (places, 1, days)), axis=-1)) * 1.0


def slow_persistence(series, horizon, upper):
    """Last value plus the quantiles of the changes that ended in the last 90 days, and minus."""
    seen = last_seen(series[None])[0]
    last, changes = len(seen) - 1, []
    for end in range(last - 89, last + 1):
        if end - horizon >= 0 and np.isfinite(seen[end - horizon]):
            changes += [seen[end] - seen[end - horizon], seen[end - horizon] - seen[end]]
    return np.clip(seen[last] + np.quantile(changes, QUANTILE_LEVELS), 0, upper)


def fill_gaps(history):
    history[0, 0, 40:47] = np.nan
    history[1, 0, -2:] = np.nan
    history[2, 0, :110] = np.nan
    return history


@pytest.mark.parametrize("upper", [float("inf"), 70.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_quantiles_are_those_of_the_definition(upper, seed):
    history = fill_gaps(occupancy(seed=seed))
    forecast = quantiles(level_paths(history, 28, DRAWS, upper=upper))
    for place in range(3):
        for horizon in (1, 7, 14, 28):
            slow = slow_persistence(history[place, 0], horizon, upper)
            fast = forecast[place, 0, horizon - 1]
            free = slow_persistence(history[place, 0], horizon, float("inf"))
            spread = free[-3] - free[2] + 1
            assert np.abs(fast - slow).mean() < 0.03 * spread, (place, horizon)
            truth = np.array(slow[11] + 4.0)
            assert wis(fast, truth) == pytest.approx(float(wis(slow, truth)), rel=0.05, abs=0.2)


@settings(max_examples=50, deadline=None)
@given(
    arrays(
        float,
        st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 40)),
        elements=st.one_of(st.just(np.nan), st.floats(0, 1)),
    )
)
def test_shares_stay_within_their_bounds_and_are_never_missing(history):
    paths = level_paths(history, 9, DRAWS.first(50), upper=1.0)
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()
    assert (paths <= 1).all()


def test_whole_patients_stay_whole():
    paths = level_paths(occupancy(), 21, DRAWS)
    assert np.array_equal(paths, np.round(paths))


def test_ten_times_the_level_gives_ten_times_the_paths():
    history = fill_gaps(occupancy())
    once, tenfold = (level_paths(history * k, 14, DRAWS) for k in (1, 10))
    assert np.allclose(tenfold, 10 * once, rtol=1e-4, atol=1e-3)


def test_places_in_another_order_give_the_same_paths_in_that_order():
    history, order = occupancy(places=5), np.array([4, 2, 0, 3, 1])
    history[1, 0, :150] = np.nan
    paths = level_paths(history, 14, DRAWS)
    assert np.allclose(level_paths(history[order], 14, DRAWS), paths[order], rtol=1e-5)


def test_places_that_rose_together_rise_together():
    one = occupancy(places=1)
    paths = level_paths(np.concatenate([one, 2 * one]), 21, DRAWS)
    assert np.array_equal(paths[1], 2 * paths[0])


def test_bounds_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="above the upper bound"):
        level_paths(occupancy(), 7, DRAWS, lower=2.0, upper=1.0)
    with pytest.raises(ValueError, match="1 to 28"):
        level_paths(occupancy(), 29, DRAWS)
    with pytest.raises(ValueError, match="expected"):
        level_paths(np.ones((2, 2)), 7, DRAWS)
