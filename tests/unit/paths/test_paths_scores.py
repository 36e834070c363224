"""Quantiles and scores, against their definitions written slowly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.paths import QUANTILE_LEVELS, brier, interval_coverage, log_wis, quantiles, wis

ANY_PATHS = arrays(
    np.float32, (3, 17), elements=st.floats(-1e6, 1e6, width=32, allow_subnormal=False)
)


def test_the_quantile_levels_are_the_23_of_the_hubs():
    assert len(QUANTILE_LEVELS) == 23
    assert QUANTILE_LEVELS[0] == 0.01
    assert QUANTILE_LEVELS[11] == 0.5
    assert QUANTILE_LEVELS[-1] == 0.99


@settings(max_examples=40, deadline=None)
@given(ANY_PATHS)
def test_quantiles_never_cross_and_agree_with_numpy(values):
    result = quantiles(values)
    assert (np.diff(result, axis=-1) >= 0).all()
    expected = np.moveaxis(np.quantile(values.astype(float), QUANTILE_LEVELS, axis=-1), 0, -1)
    assert np.allclose(result, expected, rtol=1e-5, atol=1e-2)


@pytest.mark.parametrize("levels", [(0.5, 0.2), (-0.1, 0.5), (0.5, 1.1), (0.5, 0.5)])
def test_levels_that_do_not_increase_within_0_and_1_are_refused(levels):
    with pytest.raises(ValueError, match="quantile levels"):
        quantiles(np.zeros((1, 4), np.float32), levels)


def interval_form(forecast, truth, levels):
    """The score as a weighted sum of interval scores and the error of the median."""
    count = (len(levels) - 1) // 2
    total = 0.5 * abs(truth - forecast[count])
    for k in range(count):
        alpha, low, high = 2 * levels[k], forecast[k], forecast[-1 - k]
        score = high - low
        score += 2 / alpha * max(0, low - truth) + 2 / alpha * max(0, truth - high)
        total += alpha / 2 * score
    return total / (count + 0.5)


@settings(max_examples=40, deadline=None)
@given(arrays(float, 23, elements=st.floats(-1e3, 1e3)), st.floats(-2e3, 2e3))
def test_wis_is_the_weighted_sum_of_interval_scores(values, truth):
    forecast = np.sort(values)
    expected = interval_form(forecast, truth, QUANTILE_LEVELS)
    assert wis(forecast, np.array(truth)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_log_wis_reads_negative_quantiles_as_zero():
    forecast = np.linspace(-3, 8, 23)
    expected = wis(np.log1p(np.maximum(forecast, 0)), np.log1p(np.array(4.0)))
    assert log_wis(forecast, np.array(4.0)) == pytest.approx(float(expected))


def test_a_missing_truth_has_no_score():
    assert np.isnan(wis(np.zeros((2, 23)), np.array([np.nan, 1.0]))).tolist() == [True, False]


def test_coverage_includes_both_ends_of_the_interval():
    forecast = np.tile(np.arange(23.0), (4, 1))
    truth = np.array([6.0, 16.0, 5.9, 16.1])
    assert interval_coverage(forecast, truth, 0.5).tolist() == [True, True, False, False]


def test_an_interval_whose_ends_are_no_levels_is_refused():
    with pytest.raises(ValueError, match="not among the levels"):
        interval_coverage(np.zeros((1, 23)), np.zeros(1), 0.42)


def test_brier_is_the_squared_distance_from_what_happened():
    score = brier(np.array([0.2, 0.9]), np.array([False, True]))
    assert score == pytest.approx([0.04, 0.01])
