"""The pooled daily model: never NaN, never negative, joint, and better than the flat baseline."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.epidemiology import flat_paths, pooled_paths, pooled_quantiles
from vigie.epidemiology.pooled import Signal, days_needed
from vigie.paths import interval_coverage, joint_draws, quantiles, wis

DRAWS = joint_draws(np.random.default_rng(7), 28, 200)
WEEK = np.array([1.4, 1.2, 1.0, 1.0, 1.0, 0.8, 0.6])
LEVELS = np.arange(23)

AWKWARD = arrays(
    float,
    st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 90)),
    elements=st.one_of(st.just(np.nan), st.just(0.0), st.floats(-50, 1e6)),
)


def waves(places=8, categories=1, days=260, seed=0, mean=30.0):
    """Counts of places that share a wave and a week: one rise and fall in about 80 days."""
    rng = np.random.default_rng(seed)
    common = 1.2 * np.sin(np.arange(days) / 13 + rng.random()) + np.cumsum(
        rng.normal(0, 0.02, days)
    )
    size = mean * rng.uniform(0.3, 2.5, (places, categories, 1))
    return rng.poisson(size * np.exp(common) * WEEK[np.arange(days) % 7]).astype(float)


@settings(max_examples=50, deadline=None)
@given(history=AWKWARD)
def test_no_history_whatever_gives_a_missing_negative_or_crossing_quantile(history):
    told = pooled_quantiles(history, (1, 7, 9), DRAWS)
    assert told.shape == (*history.shape[:2], 3, 23)
    assert np.isfinite(told).all()
    assert (told >= 0).all()
    assert (np.diff(told, axis=-1) >= 0).all()


@settings(max_examples=25, deadline=None)
@given(history=AWKWARD)
def test_no_history_whatever_gives_a_missing_or_negative_path(history):
    paths = pooled_paths(history, 9, DRAWS)
    assert paths.shape == (*history.shape[:2], 9, 200)
    assert paths.dtype == np.float32
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()


def test_places_in_another_order_give_the_same_quantiles_in_that_order():
    history = waves(categories=2)
    history[2, :, -20:] = np.nan
    history[5, 0, 100:140] = np.nan
    order = np.array([3, 0, 4, 2, 7, 1, 6, 5])
    direct = pooled_quantiles(history[order], (7, 14), DRAWS)
    assert np.allclose(direct, pooled_quantiles(history, (7, 14), DRAWS)[order], rtol=1e-6)


def test_on_waves_it_is_better_than_the_flat_baseline_and_its_ranges_hold():
    ours, flat, inside = 0.0, 0.0, []
    for seed in range(3):
        history = waves(days=400, seed=seed)
        for now in range(300, 386, 6):
            known, truth = history[..., :now], history[..., [now + 6, now + 13]]
            told = pooled_quantiles(known, (7, 14), DRAWS)
            base = quantiles(flat_paths(known, 14, DRAWS, season=7)[:, :, [6, 13]])
            ours, flat = ours + wis(told, truth).sum(), flat + wis(base, truth).sum()
            inside.append(interval_coverage(told, truth, 0.95))
    assert ours < 0.75 * flat
    assert 0.9 < np.mean(inside) < 0.985


def test_on_a_short_past_it_is_hardly_worse_than_the_flat_baseline_at_a_turn():
    ours, flat = 0.0, 0.0
    for seed in range(4):
        history = waves(days=140, seed=seed)
        for now in range(70, 126, 8):
            known, truth = history[..., :now], history[..., [now + 13]]
            base = quantiles(flat_paths(known, 14, DRAWS, season=7)[:, :, [13]])
            ours += wis(pooled_quantiles(known, (14,), DRAWS), truth).sum()
            flat += wis(base, truth).sum()
    assert ours < 1.1 * flat


def test_the_weekdays_are_in_the_forecast():
    rng = np.random.default_rng(3)
    history = rng.poisson(500 * WEEK[np.arange(200) % 7], (5, 1, 200)).astype(float)
    middle = pooled_quantiles(history, range(1, 15), DRAWS)[:, 0, :, 11].mean(axis=0)
    assert np.allclose(middle / middle.mean(), WEEK[(200 + np.arange(14)) % 7], atol=0.06)


def test_paths_have_the_quantiles_of_the_model_and_the_order_of_the_flat_baseline():
    history = waves()
    draws = joint_draws(np.random.default_rng(1), 10, 1001)
    paths = pooled_paths(history, 10, draws)
    told = pooled_quantiles(history, range(1, 11), draws)
    assert np.allclose(quantiles(paths), told, rtol=1e-4, atol=1e-4)
    flat = flat_paths(history, 10, draws, season=7)
    order = np.argsort(flat, axis=-1, kind="stable")
    assert (np.diff(np.take_along_axis(paths, order, axis=-1), axis=-1) >= 0).all()


def test_a_short_history_is_that_of_the_flat_baseline():
    history = waves(days=days_needed(14) - 1)
    flat = flat_paths(history, 14, DRAWS, season=7)
    assert np.array_equal(pooled_paths(history, 14, DRAWS), flat)
    told = pooled_quantiles(history, (14,), DRAWS)
    assert np.allclose(told[:, :, 0], quantiles(flat[:, :, 13]))


def test_steps_other_than_days_are_those_of_the_flat_baseline():
    history = waves()
    flat = flat_paths(history, 5, DRAWS, season=1)
    assert np.array_equal(pooled_paths(history, 5, DRAWS, season=1), flat)


def test_a_place_with_ten_days_is_told_from_what_the_others_taught():
    history = waves(places=12, days=260)
    history[0, 0, :-10] = np.nan
    history[1, 0, :-3] = np.nan
    told = pooled_quantiles(history, (7,), DRAWS)
    assert np.isfinite(told).all()
    level = np.nanmean(history[0, 0, -7:])
    assert 0.3 * level < told[0, 0, 0, 11] < 3 * level
    width = told[..., 0, 21] - told[..., 0, 1]
    assert width[1, 0] > 0


def test_a_silent_or_empty_place_is_never_a_silent_zero():
    history = waves(places=6)
    history[0] = np.nan
    history[1, :, -30:] = np.nan
    told = pooled_quantiles(history, (7, 14), DRAWS)
    assert (told[:2, 0, :, 21] > 0).all()


def test_a_jump_of_a_hundred_times_widens_its_own_place_and_hardly_moves_the_others():
    history = waves(places=15)
    calm = pooled_quantiles(history, (7, 14), DRAWS)
    jumped = history.copy()
    jumped[0, 0, -1] *= 100
    told = pooled_quantiles(jumped, (7, 14), DRAWS)
    assert told[0].max() < jumped[0].max()
    assert (told[0, ..., 21] - told[0, ..., 1] > calm[0, ..., 21] - calm[0, ..., 1]).all()
    assert np.allclose(told[1:, ..., 11], calm[1:, ..., 11], rtol=0.45)


def test_horizons_between_those_that_are_fitted_lie_between_them():
    history = waves(days=300)
    every = pooled_quantiles(history, range(1, 29), DRAWS)
    fitted = pooled_quantiles(history, (10, 17, 24), DRAWS)
    assert np.allclose(every[:, :, [9, 16, 23], 11], fitted[..., 11], rtol=0.25, atol=2)


def test_a_signal_that_runs_ahead_makes_the_forecast_better():
    plain, helped = 0.0, 0.0
    for seed in range(2):
        rng = np.random.default_rng(seed)
        wave = np.cumsum(np.convolve(rng.normal(0, 0.12, 460), np.ones(14) / 14, mode="same"))
        wave = 1.2 * (wave - wave.mean()) / wave.std()
        counts = rng.poisson(40 * np.exp(wave) * np.ones((6, 1))).astype(float)[:, None]
        ahead = Signal("ahead", np.exp(wave[10:])[None], 10)
        for now in range(300, 440, 14):
            known = counts[..., :now]
            truth = counts[..., [now + 6]]
            seen = Signal(ahead.name, ahead.values[:, :now], ahead.lead_days)
            plain += wis(pooled_quantiles(known, (7,), DRAWS), truth).sum()
            told = pooled_quantiles(known, (7,), DRAWS, signals=[seen])
            helped += wis(told, truth).sum()
    assert helped < 0.9 * plain


def test_a_signal_of_other_days_or_places_is_refused():
    history = waves(places=4)
    with pytest.raises(ValueError, match="signal wrong"):
        pooled_quantiles(history, (7,), DRAWS, signals=[Signal("wrong", np.ones((3, 260)), 7)])
    with pytest.raises(ValueError, match="lead of 0"):
        Signal("wrong", np.ones((1, 260)), 0)
    with pytest.raises(ValueError, match=r"\(place, day\)"):
        Signal("wrong", np.ones(260), 7)


@pytest.mark.parametrize("horizons", [(), (0, 7), (14, 7)])
def test_horizons_that_do_not_increase_from_one_are_refused(horizons):
    with pytest.raises(ValueError, match="increase"):
        pooled_quantiles(waves(), horizons, DRAWS)


def test_days_that_are_asked_for_are_those_of_the_whole():
    history = waves(places=5, days=200)
    whole = pooled_paths(history, 28, DRAWS)
    some = pooled_paths(history, 28, DRAWS, asked=(7, 21, 40))
    assert np.allclose(some[:, :, [6, 20]], whole[:, :, [6, 20]])
    assert np.array_equal(some[:, :, 0], flat_paths(history, 28, DRAWS, season=7)[:, :, 0])
