"""Months of short history: a fading mean and the pooled errors that it made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.epidemiology import flat_paths, short_monthly_paths, short_monthly_quantiles
from vigie.paths import QUANTILE_LEVELS, joint_draws, quantiles

DRAWS = joint_draws(np.random.default_rng(0), 3, 400)
MEDIAN = QUANTILE_LEVELS.index(0.5)


def series(seed, count=80, months=14, sigma=0.3):
    rng = np.random.default_rng(seed)
    level = rng.gamma(1.0, 60.0, (count, 1))
    mean = level * rng.lognormal(-(sigma**2) / 2, sigma, (count, months))
    return rng.poisson(mean).astype(float)


def test_the_80_percent_interval_holds_about_80_percent_of_new_months():
    months = series(1, count=600)
    found = short_monthly_quantiles(months[:, None, :-1], [1], DRAWS)[:, 0, 0]
    low, high = (found[:, QUANTILE_LEVELS.index(level)] for level in (0.1, 0.9))
    assert 0.76 < ((months[:, -1] >= low) & (months[:, -1] <= high)).mean() < 0.86


def test_the_middle_is_near_a_mean_that_fades_by_3_in_10_a_month():
    months = series(2, count=300, sigma=0.05)
    weight = 0.7 ** np.arange(13, -1, -1)
    mean = (months * weight).sum(axis=1) / weight.sum()
    found = short_monthly_quantiles(months[:, None], [1], DRAWS)[:, 0, 0, MEDIAN]
    large = mean > 20
    np.testing.assert_allclose(found[large], mean[large], rtol=0.15)


def test_a_restless_series_gets_a_wider_range_than_a_calm_one_of_the_same_size():
    rng = np.random.default_rng(3)
    calm = rng.poisson(100, (40, 14)).astype(float)
    restless = rng.poisson(rng.choice([20, 180], (40, 14))).astype(float)
    found = short_monthly_quantiles(np.concatenate([calm, restless])[:, None], [1], DRAWS)[:, 0, 0]
    width = found[:, -4] - found[:, 3]
    assert np.median(width[40:]) > 3 * np.median(width[:40])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_quantiles_are_ordered_never_negative_and_never_missing(seed):
    rng = np.random.default_rng(seed)
    months = series(seed, count=12, months=int(rng.integers(1, 15)))
    months[rng.random(months.shape) < 0.3] = np.nan
    months[:2] = [[np.nan], [0.0]]
    months[3] = -months[3]
    found = short_monthly_quantiles(months[:, None], [1, 2, 3], DRAWS)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (np.diff(found, axis=-1) >= 0).all()


def test_with_too_little_to_learn_from_the_flat_baseline_answers():
    months = series(4, count=3, months=4)[:, None]
    found = short_monthly_quantiles(months, [1], DRAWS)
    np.testing.assert_allclose(found, quantiles(flat_paths(months, 1, DRAWS)))


def test_paths_have_these_margins_and_stay_joint():
    months = series(5)[:, None]
    paths = short_monthly_paths(months, 1, DRAWS)
    told = short_monthly_quantiles(months, [1], DRAWS)
    inner = slice(3, -3)
    np.testing.assert_allclose(quantiles(paths)[..., inner], told[..., inner], rtol=0.03, atol=0.5)
    flat = flat_paths(months, 1, DRAWS)
    moved = np.ptp(flat[:, 0, 0], axis=-1) > 0
    for one, other in zip(paths[moved, 0, 0][:5], flat[moved, 0, 0][:5], strict=True):
        assert (np.diff(one[np.argsort(other, kind="stable")]) >= 0).all()


def test_horizons_must_increase():
    with pytest.raises(ValueError, match="increase"):
        short_monthly_quantiles(series(6)[:, None], [2, 1], DRAWS)
