"""Use, burn rate and demand."""

import numpy as np
import pytest

from vigie.epidemiology import flat_paths
from vigie.paths import joint_draws
from vigie.supply import (
    burn_rate,
    days_of_stock,
    demand_paths,
    months_of_stock,
    uncensored_use,
)

NAN = np.nan


def series(*values):
    return np.array(values, dtype=float)[None, None]


def test_no_use_without_stock_is_missing_and_never_zero():
    use = uncensored_use(series(4, 0, 0, 3, 0, NAN), series(9, 0, 5, 0, NAN, 0))
    assert np.array_equal(use, series(4, NAN, 0, 3, 0, NAN), equal_nan=True)
    with pytest.raises(ValueError, match="stock has shape"):
        uncensored_use(series(1, 2), series(1))


def test_the_burn_rate_is_the_mean_of_the_last_seven_known_days():
    use = series(100, 1, 2, 3, NAN, 4, 5, 6, 7)
    assert burn_rate(use).item() == 4
    assert burn_rate(use, days=2).item() == 6.5


def test_a_stock_out_does_not_lower_the_burn_rate():
    use, stock = series(10, 10, 10, 0, 0, 0), series(30, 20, 10, 0, 0, 0)
    assert burn_rate(use, stock).item() == 10
    assert burn_rate(use).item() == 5


def test_use_older_than_four_weeks_is_no_burn_rate():
    assert np.isnan(burn_rate(series(5, 5, *[NAN] * 28))).all()


def test_stock_of_something_not_used_lasts_an_unknown_and_not_an_infinite_time():
    stock, burn = np.array([[60.0, 60.0, 60.0]]), np.array([[2.0, 0.0, NAN]])
    assert np.array_equal(days_of_stock(stock, burn), [[30, NAN, NAN]], equal_nan=True)
    assert months_of_stock(stock, burn)[0, 0] == pytest.approx(30 / 30.4375)


def test_demand_after_a_stock_out_is_that_of_the_days_with_stock():
    rng, draws = np.random.default_rng(0), joint_draws(np.random.default_rng(1), 7, 500)
    use = rng.poisson(20, (3, 1, 100)).astype(float)
    stock = np.full_like(use, 500)
    use[0, 0, -10:], stock[0, 0, -10:] = 0, 0
    aware = demand_paths(use, stock, 7, draws, model=flat_paths)
    blind = demand_paths(use, None, 7, draws, model=flat_paths)
    assert np.median(aware[0]) == pytest.approx(20, abs=4)
    assert np.median(blind[0]) < 5
    assert np.allclose(aware[1:].mean(), blind[1:].mean(), rtol=0.05)
