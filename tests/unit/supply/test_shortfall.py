"""Risk on a day, fill rate and days of cover, against a store looked at by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.supply import (
    Unmet,
    cover_quantiles,
    expected_unmet_on,
    fill_rate,
    fill_rate_of_need,
    net_need,
    probability_on,
    stock_paths,
)

DEMAND = arrays(np.float32, (2, 6, 4), elements=st.integers(0, 12).map(float))


def test_a_delivery_repairs_the_risk_of_a_day():
    demand = np.full((1, 4, 2), 10, dtype=np.float32)
    came = np.array([[0, 0, 40, 0]], dtype=np.float32)
    paths = stock_paths(np.array([10.0]), demand, came, Unmet.LOST)
    assert probability_on(paths).tolist() == [[0, 1, 0, 0]]
    assert expected_unmet_on(paths).tolist() == [[0, 10, 0, 0]]
    assert fill_rate(paths, demand).tolist() == [0.75]
    assert fill_rate(paths, np.zeros_like(demand)).tolist() == [1]


@settings(max_examples=40, deadline=None)
@given(DEMAND, st.integers(0, 40), st.integers(0, 20))
def test_days_of_cover_are_those_counted_by_hand_and_more_stock_covers_more(demand, units, more):
    stock = np.full(2, float(units))
    days = cover_quantiles(demand, stock)
    for place in range(2):
        by_hand = []
        for sample in range(4):
            left, count = float(units), 0
            for asked in demand[place, :, sample]:
                left -= asked
                if left < 0:
                    break
                count += 1
            by_hand.append(count)
        slow = np.quantile(by_hand, (0.1, 0.5, 0.9), method="inverted_cdf")
        assert days[:, place].tolist() == slow.tolist()
    assert (cover_quantiles(demand, stock + more) >= days).all()


@settings(max_examples=40, deadline=None)
@given(DEMAND, st.integers(0, 40), st.integers(0, 20))
def test_more_stock_never_lowers_the_fill_rate_nor_raises_a_risk(demand, units, more):
    came = np.zeros((2, 6), dtype=np.float32)
    less, richer = (
        stock_paths(np.full(2, float(units + extra)), demand, came, Unmet.LOST)
        for extra in (0, more)
    )
    assert (fill_rate(richer, demand) >= fill_rate(less, demand)).all()
    assert (probability_on(richer) <= probability_on(less)).all()


@settings(max_examples=40, deadline=None)
@given(DEMAND, arrays(np.float32, (2, 6), elements=st.integers(0, 30).map(float)),
       st.integers(0, 40), st.sampled_from(list(Unmet)))  # fmt: skip
def test_the_fill_rate_of_the_need_is_that_of_the_store_run_day_by_day(demand, came, units, unmet):
    stock = np.full(2, float(units))
    run = fill_rate(stock_paths(stock, demand, came, unmet), demand)
    told = fill_rate_of_need(net_need(demand, came), demand, stock, unmet)
    assert np.allclose(told, run, atol=1e-5)
