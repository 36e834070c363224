"""Holidays in the pooled daily forecast: learnt from those before, told on those ahead."""

import numpy as np
import pytest

from vigie.epidemiology import pooled_paths, pooled_quantiles
from vigie.epidemiology.pooled.holiday_effect import holiday_effects
from vigie.paths import joint_draws

PLACES, DAYS, HORIZON = 6, 200, 14
HOLIDAYS = [40, 61, 85, 110, 133, 158, 180, DAYS + 4]


def calendar() -> np.ndarray:
    days = np.zeros((PLACES, DAYS + HORIZON), dtype=bool)
    days[:, HOLIDAYS] = True
    return days


def counts(share: float, seed: int = 3) -> np.ndarray:
    """Sixty a day at each place, on holidays a share of it."""
    rng = np.random.default_rng(seed)
    mean = np.where(calendar()[:, :DAYS], 60 * share, 60.0)
    return rng.poisson(mean).astype(float)[:, None]


def middles(values: np.ndarray, holidays: np.ndarray | None) -> np.ndarray:
    """(place, horizon)."""
    draws = joint_draws(np.random.default_rng(1), HORIZON, 100)
    steps = range(1, HORIZON + 1)
    return pooled_quantiles(values, steps, draws, (0.5,), holidays=holidays)[:, 0, :, 0]


def test_a_holiday_ahead_is_told_as_holidays_before_were() -> None:
    told = middles(counts(0.5), calendar())
    # The flat baseline, which knows no holidays, has a ninth of the say on 200 days of past.
    assert (told[:, 4] < 45).all()
    assert np.delete(told, 4, axis=1) == pytest.approx(60, abs=9)
    assert middles(counts(0.5), None)[:, 4] == pytest.approx(60, abs=9)


def test_holidays_without_effect_change_next_to_nothing() -> None:
    values = counts(1.0)
    np.testing.assert_allclose(middles(values, calendar()), middles(values, None), rtol=0.05)


def test_the_effect_is_learnt_slowly_and_by_the_days_before_alone() -> None:
    values = counts(0.5)[:, 0]
    factors = np.ones((PLACES, DAYS, 7))
    group = np.zeros(PLACES, dtype=np.int64)
    past = calendar()[:, :DAYS]
    effect = holiday_effects(values, factors, group, past)[0]
    assert (effect[:40] == 1).all()
    learnt = effect[HOLIDAYS[:-1]]
    assert (np.diff(learnt) < 0.01).all()
    assert 0.5 < learnt[-1] < 0.56
    changed = values.copy()
    changed[:, 120:] *= 3
    again = holiday_effects(changed, factors, group, past)[0]
    np.testing.assert_array_equal(again[:120], effect[:120])


def test_paths_know_holidays_and_other_shapes_are_refused() -> None:
    draws = joint_draws(np.random.default_rng(1), HORIZON, 100)
    values = counts(0.5)
    paths = pooled_paths(values, HORIZON, draws, holidays=calendar())
    assert np.median(paths[:, 0, 4]) < 45 < np.median(paths[:, 0, 3])
    with pytest.raises(ValueError, match=r"holidays: shape \(6, 200\), expected \(6, 214"):
        pooled_paths(values, HORIZON, draws, holidays=calendar()[:, :DAYS])
