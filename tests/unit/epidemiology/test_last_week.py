"""The model that repeats last week: its paths against the slow definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.epidemiology import LAST_WEEK_WINDOW_DAYS, last_week_paths
from vigie.paths import joint_draws, past_index

WEEK = 7


def slow_path(series: np.ndarray, horizon: int, draws: object, sample: int) -> list[float]:
    """One future of a series without gaps, day by day."""
    changes = [series[day] - series[day - WEEK] for day in range(WEEK, len(series))]
    count = min(LAST_WEEK_WINDOW_DAYS, len(changes))
    back = int(past_index(draws.position[sample : sample + 1], count, LAST_WEEK_WINDOW_DAYS)[0])
    change = changes[-1 - back] * float(draws.sign[sample])
    path = []
    for step in range(horizon):
        weeks = 1 + step // WEEK
        same_weekday = series[len(series) + step - WEEK * weeks]
        path.append(max(0.0, same_weekday + change * np.sqrt(weeks)))
    return path


def test_futures_are_those_of_the_slow_definition() -> None:
    rng = np.random.default_rng(3)
    history = rng.poisson(20, (2, 1, 60)).astype(np.float64)
    draws = joint_draws(rng, 21, 30)
    paths = last_week_paths(history, 21, draws)
    for place in range(2):
        for sample in range(30):
            expected = slow_path(history[place, 0], 21, draws, sample)
            assert paths[place, 0, :, sample] == pytest.approx(expected, rel=1e-5, abs=1e-4)


@given(st.integers(1, 60), st.integers(1, 35), st.integers(0, 1000))
def test_paths_are_never_negative_and_never_missing(days: int, horizon: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    history = rng.poisson(3, (3, 2, days)).astype(np.float64)
    history[rng.random(history.shape) < 0.3] = np.nan
    history[0, 0] = np.nan
    paths = last_week_paths(history, horizon, joint_draws(rng, 35, 20))
    assert paths.shape == (3, 2, horizon, 20)
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()


@given(st.integers(0, 1000))
def test_places_in_another_order_have_the_same_paths(seed: int) -> None:
    rng = np.random.default_rng(seed)
    history = rng.poisson(9, (4, 1, 40)).astype(np.float64)
    draws = joint_draws(rng, 14, 20)
    order = rng.permutation(4)
    np.testing.assert_array_equal(
        last_week_paths(history[order], 14, draws), last_week_paths(history, 14, draws)[order]
    )


def test_the_median_repeats_the_weekday() -> None:
    rng = np.random.default_rng(1)
    weekday = np.array([10, 40, 30, 20, 50, 80, 5.0])
    history = np.tile(weekday, 12)[None, None, :]
    paths = last_week_paths(history, 14, joint_draws(rng, 14, 100))
    np.testing.assert_allclose(np.median(paths, axis=-1)[0, 0], np.tile(weekday, 2))


def test_what_does_not_fit_is_refused() -> None:
    draws = joint_draws(np.random.default_rng(1), 5, 10)
    with pytest.raises(ValueError, match="horizon 6"):
        last_week_paths(np.ones((1, 1, 20)), 6, draws)
    with pytest.raises(ValueError, match="shape"):
        last_week_paths(np.ones((1, 20)), 3, draws)
