"""The monthly model: seasons found, never NaN, never negative, no later month looked at."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.epidemiology import flat_paths, monthly_quantiles
from vigie.epidemiology.monthly import months_needed
from vigie.paths import interval_coverage, joint_draws, quantiles, wis

DRAWS = joint_draws(np.random.default_rng(7), 18, 200)
YEAR = 1 + 0.4 * np.sin(2 * np.pi * np.arange(12) / 12)

AWKWARD = arrays(
    float,
    st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 45)),
    elements=st.one_of(st.just(np.nan), st.just(0.0), st.floats(-50, 1e6)),
)


def seasonal(series=40, months=72, seed=0):
    rng = np.random.default_rng(seed)
    size = rng.uniform(10, 200, (series, 1))
    drift = np.exp(np.cumsum(rng.normal(0, 0.03, (series, months)), axis=1))
    counts = rng.poisson(size * drift * YEAR[np.arange(months) % 12])
    return counts[:, None].astype(float)


@settings(max_examples=50, deadline=None)
@given(history=AWKWARD)
def test_no_history_whatever_gives_a_missing_negative_or_crossing_quantile(history):
    told = monthly_quantiles(history, (1, 3, 14), DRAWS)
    assert told.shape == (*history.shape[:2], 3, 23)
    assert np.isfinite(told).all()
    assert (told >= 0).all()
    assert (np.diff(told, axis=-1) >= 0).all()


def test_a_season_is_foreseen_and_the_ranges_hold():
    history = seasonal()
    known, truth = history[..., :60], history[..., 60:]
    told = monthly_quantiles(known, range(1, 13), DRAWS)
    flat = quantiles(flat_paths(known, 12, DRAWS))
    assert wis(told, truth).sum() < 0.5 * wis(flat, truth).sum()
    assert 0.88 < interval_coverage(told, truth, 0.95).mean() <= 0.995


def test_months_after_the_origin_and_other_orders_of_places_change_nothing():
    history = seasonal(series=12)
    order = np.random.default_rng(0).permutation(12)
    told = monthly_quantiles(history[..., :60], (1, 12), DRAWS)
    again = monthly_quantiles(history[order, :, :60], (1, 12), DRAWS)
    assert np.allclose(told[order], again, rtol=1e-6)


def test_ten_times_the_counts_give_about_ten_times_the_middle():
    history = seasonal(series=12)
    once, tenfold = (monthly_quantiles(k * history, (1, 12), DRAWS) for k in (1, 10))
    assert np.allclose(tenfold[..., 11], 10 * once[..., 11], rtol=0.02)


def test_a_short_history_and_a_series_with_few_months_are_those_of_the_flat_baseline():
    history = seasonal(series=12, months=months_needed(6) - 1)
    flat = quantiles(flat_paths(history, 6, DRAWS))
    assert np.allclose(monthly_quantiles(history, range(1, 7), DRAWS), flat)
    history = seasonal(series=12)
    history[0, 0, :-17] = np.nan
    flat = quantiles(flat_paths(history, 6, DRAWS))
    told = monthly_quantiles(history, range(1, 7), DRAWS)
    assert np.allclose(told[0], flat[0])
    assert not np.allclose(told[1], flat[1])


def test_a_gap_or_a_late_start_leaves_the_others_as_they_are():
    history = seasonal(series=20)
    whole = monthly_quantiles(history, (1, 12), DRAWS)
    history[0, 0, 40:43] = np.nan
    history[1, 0, :30] = np.nan
    told = monthly_quantiles(history, (1, 12), DRAWS)
    assert np.isfinite(told).all()
    assert np.allclose(told[2:, ..., 11], whole[2:, ..., 11], rtol=0.1)


@pytest.mark.parametrize("horizons", [(), (0, 7), (14, 7)])
def test_horizons_that_do_not_increase_from_one_are_refused(horizons):
    with pytest.raises(ValueError, match="increase"):
        monthly_quantiles(seasonal(series=3), horizons, DRAWS)
