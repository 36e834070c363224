"""The spread of forecasts is corrected by past ones: only where needed, and within limits."""

import numpy as np
import pytest

from vigie.epidemiology.renewal import (
    FEWEST_FORECASTS,
    SPREAD_LIMITS,
    pit_values,
    spread_factors,
    with_spread,
)


def past(spread, count=2000, horizon=3):
    """Forecasts that say log sd 0.3 of counts whose log sd is ``spread``; 0.3 is honest."""
    rng = np.random.default_rng(0)
    centre = rng.normal(4, 1, (count, horizon))
    truth = np.expm1(centre + rng.normal(0, spread, (count, horizon)))
    levels = [np.expm1(centre + 0.3 * z) for z in (-1.645, 0.0, 1.645)]
    return *levels, np.maximum(truth, 0)


def test_honest_forecasts_are_left_alone():
    assert spread_factors(*past(0.3)).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("spread", [0.225, 0.45])
def test_a_factor_makes_ninety_percent_intervals_hold_ninety_percent(spread):
    low, middle, high, truth = past(spread)
    factors = spread_factors(low, middle, high, truth)
    if spread == 0.225:
        assert (factors < 1).all()
    logs = [np.log1p(each) for each in (low, middle, high)]
    ends = [logs[1] + factors * (each - logs[1]) for each in (logs[0], logs[2])]
    inside = (ends[0] <= np.log1p(truth)) & (np.log1p(truth) <= ends[1])
    assert np.allclose(inside.mean(axis=0), 0.9, atol=0.005)


def test_factors_have_limits():
    assert (spread_factors(*past(3.0)) == SPREAD_LIMITS[1]).all()
    assert (spread_factors(*past(0.01)) == SPREAD_LIMITS[0]).all()


def test_few_forecasts_change_nothing():
    assert (spread_factors(*past(2.0, count=FEWEST_FORECASTS - 1)) == 1).all()
    low, middle, high, truth = past(2.0, count=400)
    truth[99:, 1] = np.nan
    factors = spread_factors(low, middle, high, truth)
    assert factors[1] == 1
    assert factors[0] > 1
    with pytest.raises(ValueError, match="one shape"):
        spread_factors(low, middle, high, truth[:, :2])


def test_a_wider_spread_keeps_median_ranks_and_whole_numbers():
    paths = np.random.default_rng(1).poisson(40, (2, 3, 501)).astype(np.float32)
    wider = with_spread(paths, np.array([1.0, 1.5, 0.8]))
    assert np.array_equal(wider[:, 0], paths[:, 0])
    assert np.allclose(np.median(wider, axis=-1), np.median(paths, axis=-1), atol=1)
    assert (wider == np.round(wider)).all()
    assert (wider >= 0).all()
    spreads = np.std(wider, axis=-1) / np.std(paths, axis=-1)
    assert (spreads[:, 1] > 1.4).all()
    assert (spreads[:, 2] < 0.9).all()
    order = np.argsort(paths[0, 1], kind="stable")
    assert (np.diff(wider[0, 1][order]) >= 0).all()


def test_truth_lies_anywhere_in_honest_futures():
    rng = np.random.default_rng(2)
    paths = rng.poisson(20, (3000, 400))
    truth = rng.poisson(20, 3000).astype(float)
    values = pit_values(paths, truth)
    assert np.allclose(np.quantile(values, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.05)
    truth[0] = np.nan
    assert np.isnan(pit_values(paths, truth)[0])
    assert pit_values(np.full((1, 10), 5.0), np.array([5.0])).tolist() == [0.5]
