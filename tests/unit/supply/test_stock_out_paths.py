"""Stock by day against a store kept by hand, and closed forms against the day-by-day run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.paths import first_passage
from vigie.supply import Unmet, first_stock_out, net_need, peak_shortfall, stock_paths

DAYS, SAMPLES = 8, 5
STOCK = arrays(float, 2, elements=st.integers(0, 40).map(float))
DEMAND = arrays(np.float32, (2, DAYS, SAMPLES), elements=st.integers(0, 15).map(float))
ARRIVALS = arrays(np.float32, (2, DAYS), elements=st.sampled_from([0.0, 0.0, 5.0, 30.0]))
FORMS = pytest.mark.parametrize("unmet", list(Unmet))


def store_by_hand(stock, demand, arrivals, unmet):
    """One place, one future: (stock, unmet, backlog) of each day."""
    waiting, days = 0.0, []
    for asked, arrived in zip(demand, arrivals, strict=True):
        stock += arrived
        served = min(waiting, stock)
        stock, waiting = stock - served, waiting - served
        given_out = min(asked, stock)
        stock -= given_out
        if unmet is Unmet.BACKORDER:
            waiting += asked - given_out
        days.append((stock, asked - given_out, waiting))
    return np.array(days).T


@FORMS
@settings(max_examples=30, deadline=None)
@given(STOCK, DEMAND, ARRIVALS)
def test_stock_paths_are_those_of_a_store_kept_by_hand(unmet, stock, demand, arrivals):
    paths = stock_paths(stock, demand, arrivals, unmet)
    for place, sample in np.ndindex(2, SAMPLES):
        by_hand = store_by_hand(stock[place], demand[place, :, sample], arrivals[place], unmet)
        run = [each[place, :, sample] for each in (paths.stock, paths.unmet, paths.backlog)]
        assert np.allclose(run, by_hand)


@FORMS
@settings(max_examples=30, deadline=None)
@given(STOCK, DEMAND, ARRIVALS)
def test_units_are_conserved(unmet, stock, demand, arrivals):
    paths = stock_paths(stock, demand, arrivals, unmet)
    asked, came = demand.sum(axis=1), arrivals.sum(axis=1)[:, None]
    lost = paths.unmet.sum(axis=1) if unmet is Unmet.LOST else paths.backlog[:, -1]
    assert np.allclose(stock[:, None] + came, paths.stock[:, -1] + asked - lost)


@FORMS
@settings(max_examples=40, deadline=None)
@given(STOCK, DEMAND, ARRIVALS)
def test_the_first_stock_out_is_the_same_day_by_day_and_in_both_forms(
    unmet, stock, demand, arrivals
):
    paths = stock_paths(stock, demand, arrivals, unmet)
    first = first_stock_out(net_need(demand, arrivals), stock)
    assert np.array_equal(first, first_passage(paths.unmet > 1e-4))


@settings(max_examples=40, deadline=None)
@given(STOCK, DEMAND, ARRIVALS)
def test_the_peak_shortfall_is_all_that_is_lost_or_the_largest_backlog(stock, demand, arrivals):
    peak = peak_shortfall(net_need(demand, arrivals), stock)
    lost = stock_paths(stock, demand, arrivals, Unmet.LOST).unmet.sum(axis=1)
    backlog = stock_paths(stock, demand, arrivals, Unmet.BACKORDER).backlog.max(axis=1)
    assert np.allclose(peak, lost)
    assert np.allclose(peak, backlog)


@settings(max_examples=40, deadline=None)
@given(STOCK, DEMAND, ARRIVALS, st.integers(0, 20))
def test_more_stock_never_brings_a_stock_out_nearer(stock, demand, arrivals, more):
    need = net_need(demand, arrivals)
    assert (first_stock_out(need, stock + more) >= first_stock_out(need, stock)).all()
    assert (peak_shortfall(need, stock + more) <= peak_shortfall(need, stock)).all()


def test_stock_that_is_just_enough_is_no_stock_out_in_single_precision():
    demand = np.full((1, 21, 1), 0.1, dtype=np.float32)
    need = net_need(demand, np.zeros((1, 21), np.float32))
    assert first_stock_out(need, np.array([2.1])).item() == 22
    assert first_stock_out(need, np.array([2.0])).item() == 21
