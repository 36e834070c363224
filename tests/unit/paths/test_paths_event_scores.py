"""Scores of stated probabilities: skill, reliability by tenth, ranges with ties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.paths import (
    RELIABILITY_BINS,
    brier_skill,
    covered_share,
    pit_sums,
    reliability,
)

chances = st.lists(
    st.tuples(st.floats(0.0, 1.0), st.booleans(), st.floats(0.0, 1.0)), min_size=1, max_size=60
)


def columns(cases: list[tuple[float, bool, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    told, came, base = zip(*cases, strict=True)
    return np.array(told), np.array(came), np.array(base)


def test_skill_is_one_less_the_ratio_of_squared_distances():
    told, came = np.array([0.9, 0.2]), np.array([True, False])
    base = np.array([0.5, 0.5])

    assert brier_skill(told, came, base) == pytest.approx(1 - (0.01 + 0.04) / 0.5)
    assert brier_skill(came.astype(float), came, base) == 1.0
    assert brier_skill(base, came, base) == 0.0
    assert np.isnan(brier_skill(told, came, came.astype(float)))


def test_probabilities_beyond_one_and_unequal_lengths_are_refused():
    came = np.array([True, False])

    with pytest.raises(ValueError, match=r"within 0\.\.1"):
        brier_skill(np.array([1.2, 0.0]), came, np.zeros(2))
    with pytest.raises(ValueError, match=r"within 0\.\.1"):
        reliability(np.array([np.nan, 0.0]), came)
    with pytest.raises(ValueError, match="one of each"):
        brier_skill(np.zeros(3), came, np.zeros(2))


@given(chances)
def test_bins_hold_what_the_slow_way_puts_there(cases: list[tuple[float, bool, float]]):
    told, came, _ = columns(cases)
    found = reliability(told, came)

    assert found.count.sum() == told.size
    for at in range(RELIABILITY_BINS):
        inside = [
            (chance, happened)
            for chance, happened in zip(told, came, strict=True)
            if min(int(chance * 10 + 1e-9), 9) == at
        ]
        assert found.count[at] == len(inside)
        if inside:
            assert found.stated[at] == pytest.approx(np.mean([chance for chance, _ in inside]))
            assert found.observed[at] == pytest.approx(np.mean([each for _, each in inside]))
        else:
            assert np.isnan(found.stated[at])


def test_the_largest_gap_passes_over_bins_with_few_cases():
    told = np.array([0.05] * 10 + [0.95])
    came = np.array([True] + [False] * 10)
    found = reliability(told, came)

    assert found.largest_gap(2) == pytest.approx(0.05)
    assert found.largest_gap(1) == pytest.approx(0.95)
    assert np.isnan(found.largest_gap(11))


def test_a_truth_with_a_probability_of_its_own_is_shared_between_inside_and_outside():
    low, high = np.array([0.0, 0.0, 0.05, 0.5, 0.95, 0.3]), np.array([1, 0.1, 0.15, 0.5, 0.95, 0.4])

    assert covered_share(low, high, 0.8) == pytest.approx([0.8, 0.0, 0.5, 1.0, 0.0, 1.0])
    with pytest.raises(ValueError, match="exceeds"):
        covered_share(high, low, 0.8)


@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=12))
def test_coverage_of_a_right_forecast_is_the_share_however_coarse(weights: list[float]):
    mass = np.array(weights) / np.sum(weights)
    high = np.minimum(np.cumsum(mass), 1.0)
    low = np.concatenate([[0.0], high[:-1]])

    assert mass @ covered_share(low, high, 0.8) == pytest.approx(0.8)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20))
def test_coverage_agrees_with_the_inner_bins_of_the_histogram(ends: list[tuple[float, float]]):
    pairs = np.sort(np.array(ends), axis=1)
    low, high = pairs[:, 0], pairs[:, 1]
    high = np.where(high - low < 1e-6, np.minimum(low + 0.013, 1.0), high)
    low = np.where(high - low < 1e-6, high - 0.013, low)
    bins = pit_sums(low, high, np.zeros(low.size, dtype=np.int64), 1)[0]

    assert covered_share(low, high, 0.8).sum() == pytest.approx(bins[1:-1].sum())
