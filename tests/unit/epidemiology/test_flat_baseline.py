"""The flat baseline: joint, flat in the median, scale-free, never NaN, never negative."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.epidemiology import flat_paths, season_factors, season_level
from vigie.paths import joint_draws, quantiles

DRAWS = joint_draws(np.random.default_rng(7), 21, 200)
WEEK = np.array([1.4, 1.2, 1.0, 1.0, 1.0, 0.8, 0.6])

AWKWARD = arrays(
    float,
    st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 40)),
    elements=st.one_of(st.just(np.nan), st.just(0.0), st.floats(-50, 1e6)),
)


def daily(places=4, categories=2, days=200, seed=0, mean=40.0):
    rng = np.random.default_rng(seed)
    wave = mean * np.exp(np.sin(np.arange(days) / 25 + rng.random((places, categories, 1))))
    return rng.poisson(wave * WEEK[np.arange(days) % 7]).astype(float)


@pytest.mark.parametrize("season", [1, 7])
@settings(max_examples=60, deadline=None)
@given(history=AWKWARD)
def test_no_history_whatever_gives_a_missing_or_negative_path(season, history):
    paths = flat_paths(history, 9, DRAWS, season=season)
    assert paths.shape == (*history.shape[:2], 9, 200)
    assert paths.dtype == np.float32
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()


@pytest.mark.parametrize("season", [1, 7])
def test_ten_times_the_counts_give_ten_times_the_paths(season):
    history = daily()
    history[0, 0, :195] = np.nan
    history[1, 1, 50:60] = np.nan
    once, tenfold = (flat_paths(history * k, 14, DRAWS, season=season) for k in (1, 10))
    assert np.allclose(tenfold, 10 * once, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("season", [1, 7])
def test_places_in_another_order_give_the_same_paths_in_that_order(season):
    history = daily(places=5)
    history[2, :, :190] = np.nan
    order = np.array([3, 0, 4, 2, 1])
    direct = flat_paths(history[order], 10, DRAWS, season=season)
    assert np.allclose(direct, flat_paths(history, 10, DRAWS, season=season)[order], rtol=1e-4)


@pytest.mark.parametrize("season", [1, 7])
def test_equal_chance_gives_equal_paths_and_fewer_futures_are_the_first_ones(season):
    history = daily()
    paths = flat_paths(history, 10, DRAWS, season=season)
    assert np.array_equal(paths, flat_paths(history, 10, DRAWS, season=season))
    fewer = flat_paths(history, 10, DRAWS.first(80), season=season)
    assert np.array_equal(fewer, paths[..., :80])


def test_without_season_the_median_is_the_last_value():
    history = daily(mean=400.0)
    median = quantiles(flat_paths(history, 4, DRAWS), [0.5])[..., 0]
    assert np.allclose(median, history[:, :, -1:], rtol=1e-4)


def test_without_season_paths_add_up_past_changes_of_both_signs():
    history = np.array([10.0, 13.0, 8.0, 9.0, 9.0, 20.0, 24.0])[None, None]
    draws = joint_draws(np.random.default_rng(1), 1, 20_000)
    change = flat_paths(history, 1, draws)[0, 0, 0] - 24
    values, counts = np.unique(change, return_counts=True)
    assert values.tolist() == [-11, -5, -4, -3, -1, 0, 1, 3, 4, 5, 11]
    expected = np.where(values == 0, 1 / 6, 1 / 12)
    assert counts / 20_000 == pytest.approx(expected, rel=0.02)


def test_futures_are_joint_what_rises_together_in_the_past_rises_together():
    history = daily(places=1, categories=1)
    both = np.concatenate([history, 3 * history])
    for season in (1, 7):
        paths = flat_paths(both, 14, DRAWS, season=season)
        assert np.allclose(paths[1], 3 * paths[0], rtol=1e-3, atol=1e-2)


def test_daily_paths_carry_the_weekdays():
    history = daily(places=1, categories=1, days=364, mean=2000.0)
    paths = flat_paths(history, 14, DRAWS, season=7)
    days = np.median(paths[0, 0], axis=1)
    expected = WEEK[(364 + np.arange(14)) % 7]
    assert days / days.mean() == pytest.approx(expected / expected.mean(), abs=0.05)


def test_weekday_factors_are_those_of_the_data_and_of_the_neighbours_where_it_is_short():
    history = 100 * WEEK[np.arange(70) % 7] * np.ones((3, 1, 1))
    history[2, :, :-2] = np.nan
    factors = season_factors(history, 7)
    assert np.allclose(factors[0, 0], WEEK / WEEK.mean())
    assert np.allclose(factors[2, 0, :5], (WEEK / WEEK.mean())[:5], rtol=0.05)
    assert np.allclose(factors.mean(axis=-1), 1)


def test_the_level_of_a_week_ignores_its_pattern_and_its_gaps():
    factors = (WEEK / WEEK.mean())[None, :]
    series = 100 * factors[:, np.arange(28) % 7]
    series[0, [15, 20, 21]] = np.nan
    assert np.allclose(season_level(series, factors)[0, 6:], 100)


def test_a_place_with_a_short_history_borrows_and_grows_no_narrower_than_its_neighbours():
    history = daily(places=6, categories=1, mean=80.0)
    whole = flat_paths(history, 14, DRAWS, season=7)
    history[0, 0, :-5] = np.nan
    paths = flat_paths(history, 14, DRAWS, season=7)
    spread = paths.std(axis=-1) / paths.mean(axis=-1)
    assert spread[0, 0, 13] > 0.5 * np.median(spread[1:, 0, 13])
    assert np.allclose(paths[1:].mean(axis=-1), whole[1:].mean(axis=-1), rtol=0.1)


@pytest.mark.parametrize(
    ("shape", "horizon", "season", "message"),
    [
        ((2, 3), 1, 1, "expected"),
        ((2, 1, 0), 1, 1, "expected"),
        ((1, 1, 5), 22, 1, "1 to 21"),
        ((1, 1, 5), 0, 1, "1 to 21"),
        ((1, 1, 5), 1, 0, "season 0"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(shape, horizon, season, message):
    with pytest.raises(ValueError, match=message):
        flat_paths(np.ones(shape), horizon, DRAWS, season=season)
