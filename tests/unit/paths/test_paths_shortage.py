"""First short days and their summary, against a loop over futures."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.paths import (
    any_short,
    first_passage,
    probability_by,
    shared_short,
    shortage_summary,
)
from vigie.schemas import SHORTAGES

SHORT = arrays(np.bool_, (2, 3, 9, 11), elements=st.booleans())


@settings(max_examples=30, deadline=None)
@given(SHORT)
def test_the_first_short_day_is_that_of_a_loop_over_futures(short):
    first = first_passage(short)
    for place, category, sample in np.ndindex(2, 3, 11):
        days = [day for day in range(1, 10) if short[place, category, day - 1, sample]]
        assert first[place, category, sample] == (days[0] if days else 10)


@settings(max_examples=30, deadline=None)
@given(SHORT)
def test_the_probability_never_falls_with_the_day(short):
    first = first_passage(short)
    by_day = np.stack([probability_by(first, day) for day in range(10)])
    assert (by_day[0] == 0).all()
    assert (np.diff(by_day, axis=0) >= 0).all()


def summary_of(first, horizon=9):
    first = np.array(first, dtype=np.float32).reshape(1, 1, -1)
    return shortage_summary(first, horizon, np.zeros_like(first))


def test_quantiles_of_days_are_days_on_which_a_future_runs_short():
    summary = summary_of([2, 2, 3, 5, 8, 10, 10, 10, 10, 10])
    assert summary.first_day[:, 0, 0].tolist() == [2, 8, 10]
    assert summary.if_short[:, 0, 0].tolist() == [2, 3, 8]
    assert summary.probability[0, 0] == 0.5
    assert summary.probability_7[0, 0] == 0.4
    assert summary.probability_14[0, 0] == 0.5


def test_where_no_future_is_short_the_conditional_days_are_null():
    columns = summary_of([10] * 5).columns()
    assert columns["if_short_q50"].to_pylist() == [None]
    assert columns["first_day_q50"].to_pylist() == [10]
    assert columns["probability"].to_pylist() == [0.0]


def test_the_columns_are_those_of_the_table_of_shortages():
    columns = summary_of([1, 2, 3]).columns()
    for name, values in columns.items():
        assert values.type == SHORTAGES[name].type, name
    assert "expected_unmet" in columns
    assert columns["horizon_days"].to_pylist() == [9]


def test_unknown_series_are_null_and_never_safe():
    first = np.full((2, 1, 4), 3, dtype=np.float32)
    summary = shortage_summary(first, 5, np.ones_like(first)).only(np.array([[True], [False]]))
    columns = summary.columns()
    assert columns["probability"].to_pylist() == [1.0, None]
    assert columns["first_day_q10"].to_pylist() == [3, None]
    assert columns["expected_unmet"].to_pylist() == [1.0, None]
    assert pa.types.is_integer(columns["first_day_q10"].type)


def test_above_the_site_there_are_two_figures():
    need = np.array([[12.0, 8.0], [5.0, 9.0]], dtype=np.float32).reshape(2, 1, 2, 1)
    capacity = np.full((2, 1, 2, 1), 10, dtype=np.float32)
    members = np.array([[True, True], [False, True]])
    anyone = any_short(need > capacity, members)
    assert anyone[:, 0, :, 0].tolist() == [[True, False], [False, False]]
    assert not shared_short(need, capacity, members).any()
    assert shared_short(need + 4, capacity, members)[0, 0, :, 0].tolist() == [True, True]


@pytest.mark.parametrize("horizon", [3, 7, 14, 21])
def test_days_beyond_the_horizon_count_up_to_the_horizon(horizon):
    summary = summary_of([1, horizon, horizon + 1], horizon)
    assert summary.probability[0, 0] == pytest.approx(2 / 3)
    assert summary.probability_7[0, 0] <= summary.probability_14[0, 0] <= summary.probability[0, 0]
