"""PIT: where truths fall in forecasts, against the slow definition and against known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.paths import PIT_BINS, QUANTILE_LEVELS, pit_interval, pit_sums, probability_above

LEVELS = np.array(QUANTILE_LEVELS)


def slow_interval(quantiles: np.ndarray, truth: float) -> tuple[float, float]:
    """The same, one case after another."""
    known = [0.0, *LEVELS, 1.0]
    equal = [at for at, q in enumerate(quantiles, start=1) if q == truth]
    if equal:
        first, last = equal[0], equal[-1]
        return (known[first - 1] + known[first]) / 2, (known[last] + known[last + 1]) / 2
    if truth < quantiles[0]:
        return 0.0, LEVELS[0]
    if truth > quantiles[-1]:
        return LEVELS[-1], 1.0
    right = int(np.argmax(quantiles > truth))
    share = (truth - quantiles[right - 1]) / (quantiles[right] - quantiles[right - 1])
    at = float(LEVELS[right - 1] + share * (LEVELS[right] - LEVELS[right - 1]))
    return at, at


counts = st.lists(st.integers(0, 12), min_size=23, max_size=23).map(
    lambda values: np.sort(np.array(values, dtype=np.float64))
)


@given(counts, st.integers(-1, 14))
def test_the_interval_is_that_of_the_slow_definition(quantiles: np.ndarray, truth: int) -> None:
    low, high = pit_interval(quantiles[None], np.array([float(truth)]))
    assert (float(low[0]), float(high[0])) == pytest.approx(slow_interval(quantiles, truth))
    assert 0 <= low[0] <= high[0] <= 1


@given(counts, st.integers(-1, 14))
def test_the_chance_of_more_falls_as_the_threshold_rises(quantiles: np.ndarray, at: int) -> None:
    lower, higher = probability_above(
        np.stack([quantiles, quantiles]), np.array([float(at), at + 1.0])
    )
    assert 0 <= higher <= lower <= 1


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_every_truth_counts_once(pairs: list[tuple[float, float]]) -> None:
    low, high = np.sort(np.array(pairs), axis=1).T
    group = np.arange(len(pairs)) % 3
    sums = pit_sums(low, high, group, 3)
    assert sums.shape == (3, PIT_BINS)
    assert sums.sum(axis=1) == pytest.approx(np.bincount(group, minlength=3))
    assert (sums >= -1e-12).all()


def test_truths_drawn_from_the_forecast_fill_the_bins_evenly() -> None:
    rng = np.random.default_rng(7)
    draws = rng.poisson(20, 200_000)
    quantiles = np.quantile(draws, LEVELS)
    truth = rng.poisson(20, 20_000).astype(np.float64)
    forecast = np.broadcast_to(quantiles, (len(truth), 23))
    low, high = pit_interval(forecast, truth)
    shares = pit_sums(low, high, np.zeros(len(truth), dtype=np.int64), 1)[0] / len(truth)
    assert shares == pytest.approx(np.full(PIT_BINS, 0.1), abs=0.035)


def test_a_truth_spread_over_two_bins_is_half_in_each() -> None:
    sums = pit_sums(np.array([0.15]), np.array([0.25]), np.array([0]), 1)
    assert sums[0] == pytest.approx([0, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0])
