"""Parts of the pooled daily model: robust fit, trailing means and factors, features, errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.epidemiology import fit_quantile
from vigie.epidemiology.pooled import (
    daily_features,
    error_bank,
    error_scale,
)
from vigie.epidemiology.pooled.rolling import before, trailing_factors, trailing_mean
from vigie.paths import QUANTILE_LEVELS, fit_median

WEEK = np.array([1.4, 1.2, 1.0, 1.0, 1.0, 0.8, 0.6])
WITH_GAPS = arrays(
    float,
    st.tuples(st.integers(1, 3), st.integers(1, 40)),
    elements=st.one_of(st.just(np.nan), st.floats(0, 1000)),
)


def rows(seed=0, count=400):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 3))
    target = features @ [1.0, -2.0, 0.5] + rng.laplace(0, 0.3, count)
    return features, target


def test_the_fit_has_nearly_the_least_absolute_error():
    features, target = rows()
    fit = fit_median(features, target, np.ones(len(target)), ridge=0.0)
    least = np.abs(target - features @ fit_quantile(features, target, 0.5)).sum()
    assert np.abs(target - features @ fit).sum() < 1.003 * least


def test_wild_rows_do_not_move_the_fit():
    features, target = rows()
    wild = target.copy()
    wild[::10] += 1000
    calm, moved = (
        fit_median(features, each, np.ones(len(target)), ridge=0.0) for each in (target, wild)
    )
    assert np.allclose(calm, moved, atol=0.15)


def test_rows_without_weight_do_not_count_and_a_large_ridge_draws_to_zero():
    features, target = rows()
    weight = np.ones(len(target))
    weight[200:] = 0
    fit = fit_median(features, target, weight, ridge=0.01)
    assert np.allclose(fit, fit_median(features[:200], target[:200], weight[:200], ridge=0.01))
    assert np.abs(fit_median(features, target, weight, ridge=1e6)).max() < 1e-3


def test_a_feature_that_is_always_zero_gets_no_coefficient():
    features, target = rows()
    features[:, 1] = 0
    assert fit_median(features, target, np.ones(len(target)), ridge=0.001)[1] == 0


@pytest.mark.parametrize(
    ("features", "target", "weight", "message"),
    [
        (np.ones((3, 1)), np.ones(2), np.ones(3), "3 rows"),
        (np.ones((3, 1)), np.ones(3), np.zeros(3), "add up"),
        (np.full((3, 1), np.nan), np.ones(3), np.ones(3), "finite"),
    ],
)
def test_rows_that_do_not_fit_are_refused(features, target, weight, message):
    with pytest.raises(ValueError, match=message):
        fit_median(features, target, weight, ridge=0.1)


@settings(max_examples=80, deadline=None)
@given(values=WITH_GAPS, days=st.integers(1, 9))
def test_trailing_means_are_those_of_the_obvious_version(values, days):
    expected = np.full(values.shape, np.nan)
    for series, time in np.ndindex(values.shape):
        window = values[series, max(0, time - days + 1) : time + 1]
        known = window[np.isfinite(window)]
        before_it = expected[series, time - 1] if time else np.nan
        expected[series, time] = known.mean() if len(known) else before_it
    assert np.allclose(trailing_mean(values, days), expected, equal_nan=True, atol=1e-6)


def test_values_of_days_before_the_first_are_unknown():
    values = np.arange(5.0)[None]
    assert np.array_equal(before(values, 2), [[np.nan, np.nan, 0, 1, 2]], equal_nan=True)
    assert np.isnan(before(values, 9)).all()


def test_weekday_factors_are_those_of_the_data_and_of_the_group_where_counts_are_few():
    days = np.arange(84)
    counts = np.stack([1000 * WEEK[days % 7], 1000 * WEEK[days % 7], np.full(84, 0.01)])
    factors = trailing_factors(counts, np.zeros(3, dtype=int))
    assert np.allclose(factors.mean(axis=-1), 1)
    assert np.allclose(factors[0, -1], WEEK / WEEK.mean(), atol=0.01)
    assert np.allclose(factors[2, -1], WEEK / WEEK.mean(), atol=0.02)
    alone = trailing_factors(counts, np.array([0, 0, 1]))
    assert np.allclose(alone[2, -1], 1, atol=0.01)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000),
    now=st.integers(15, 58),
)
def test_features_of_a_day_know_nothing_of_later_days(seed, now):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(20, (4, 60)).astype(float)
    counts[rng.random(counts.shape) < 0.1] = np.nan
    other = counts.copy()
    other[:, now + 1 :] = rng.poisson(500, (4, 59 - now))
    one, two = (daily_features(each, np.zeros(4, dtype=int)) for each in (counts, other))
    for name in ("factors", "level", "moves", "scale", "is_usable"):
        known, again = getattr(one, name)[:, : now + 1], getattr(two, name)[:, : now + 1]
        assert np.allclose(known, again, equal_nan=True), name


def test_growth_of_a_group_does_not_jump_when_a_place_begins_to_report():
    counts = np.full((3, 60), 50.0)
    counts[2, :40] = np.nan
    moves = daily_features(counts, np.zeros(3, dtype=int)).moves
    assert np.allclose(np.nan_to_num(moves[:2]), 0, atol=1e-6)


def test_the_bank_gives_back_the_quantiles_of_its_errors():
    rng = np.random.default_rng(1)
    centre = rng.choice([2.0, 10.0, 80.0, 400.0], 8000)
    truth = centre + error_scale(centre) * rng.normal(size=8000)
    bank = error_bank(centre, truth, np.zeros(8000, dtype=int), QUANTILE_LEVELS)
    told = bank.quantiles(np.array([80.0]))[0]
    assert told[11] == pytest.approx(80, abs=1.5)
    assert told[21] - told[1] == pytest.approx(2 * 1.96 * error_scale(np.array(80.0)), rel=0.1)
    assert bank.spread == 1.0


def test_the_bank_keeps_the_side_to_which_errors_lean():
    rng = np.random.default_rng(1)
    centre = np.full(4000, 50.0)
    truth = centre + rng.exponential(20, 4000)
    told = error_bank(centre, truth, np.zeros(4000, dtype=int), QUANTILE_LEVELS).quantiles(
        centre[:1]
    )
    assert told[0, 11] - told[0, 1] < told[0, 21] - told[0, 11]


@pytest.mark.parametrize(("factor", "side"), [(4.0, 1), (0.1, -1)])
def test_errors_that_grew_or_shrank_lately_widen_or_narrow_the_bank_within_bounds(factor, side):
    rng = np.random.default_rng(1)
    age = np.arange(8000) % 300
    error = rng.normal(size=8000) * np.where(age < 28, factor, 1.0)
    centre = np.full(8000, 50.0)
    bank = error_bank(centre, centre + 5 * error, age, QUANTILE_LEVELS)
    assert 0.7 <= bank.spread <= 2.0
    assert (bank.spread - 1) * side > 0.05


@settings(max_examples=40, deadline=None)
@given(
    centre=arrays(float, st.integers(1, 30), elements=st.floats(0, 1e5)),
    seed=st.integers(0, 99),
)
def test_quantiles_from_a_bank_never_cross_and_are_never_negative(centre, seed):
    truth = np.random.default_rng(seed).gamma(1.0, 30.0, len(centre))
    bank = error_bank(centre, truth, np.arange(len(centre)), QUANTILE_LEVELS)
    told = bank.quantiles(np.array([0.0, 1.0, 50.0, 1e6]))
    assert np.isfinite(told).all()
    assert (told >= 0).all()
    assert (np.diff(told, axis=-1) >= 0).all()


def test_a_bank_without_errors_is_refused():
    none = np.empty(0)
    with pytest.raises(ValueError, match="needs past forecasts"):
        error_bank(none, none, none.astype(int), QUANTILE_LEVELS)
