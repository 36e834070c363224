"""Stores followed along every future: the compiled loop against the slow one, and its rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from tests.unit.supply.stores_made import followed_slowly
from vigie.supply import Unmet, first_stock_out, net_need, stock_paths
from vigie.supply.reorder_kernel import follow_stores

EDGES = np.array([-np.inf, 0.0, 0.5, 1.0])


def question(seed, *, places=2, days=12, samples=5, waits=False, first=0):
    """Stores drawn at random, as arguments of the loop."""
    rng = np.random.default_rng(seed)
    shape = (places, days, samples)
    coming = (rng.random(shape) < 0.1) * rng.integers(1, 40, shape)
    stores = (
        rng.uniform(0, 80, places),
        (coming.sum(axis=1) * 1.2).astype(np.float32),
        rng.uniform(1, 12, places),
        rng.poisson(8, shape).astype(np.float32),
        coming.astype(np.float32),
        (coming * 1.2).astype(np.float32),
    )
    hazard = np.sort(rng.random((places, days, len(EDGES))), axis=-1)
    habits = (rng.uniform(3, 12, places), rng.uniform(0, 0.3, places), hazard, EDGES)
    lead = ndtri(np.minimum(np.cumsum(rng.dirichlet(np.ones(days)) * 0.95), 1.0))
    arrival = (lead, rng.standard_normal(samples).astype(np.float32), np.linspace(0.2, 0.9, 33))
    figures = (float(rng.integers(1, 20)), 4.0, 7.0, 0.5, float(np.sqrt(0.75)), 0.3)
    return stores, habits, arrival, figures, first, waits, seed


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_compiled_loop_says_what_the_slow_one_says(seed, waits):
    asked = question(seed, waits=waits, first=seed % 3)

    slow, _ = followed_slowly(*asked)

    assert slow.sum() > 0
    assert follow_stores(*asked) == pytest.approx(slow, rel=1e-4, abs=1e-3)


@given(st.integers(0, 100_000), st.booleans())
@settings(max_examples=15, deadline=None)
def test_no_more_comes_than_was_ordered_and_nothing_before_it_was(seed, waits):
    asked = question(seed, waits=waits, first=2)
    came = follow_stores(*asked)
    _, ordered = followed_slowly(*asked)

    before = np.cumsum(ordered, axis=1) - ordered
    assert (came >= 0).all()
    assert (np.cumsum(came, axis=1) <= before + 1e-2).all()
    assert not came[:, :3].any(), "ordered on day 2 at the earliest, and a day on its way"


def test_the_same_seed_gives_the_same_and_fewer_futures_are_the_first_of_more():
    asked = question(3, samples=40)
    stores, habits, (lead, shock, fills), *rest = asked
    found = follow_stores(*asked)
    fewer = tuple(each if each.ndim == 1 else each[..., :10] for each in stores)

    assert (follow_stores(*asked) == found).all()
    assert (follow_stores(fewer, habits, (lead, shock[:10], fills), *rest) == found[..., :10]).all()
    assert (follow_stores(*asked[:-1], 4) != found).any(), "another seed, another chance"


@given(st.integers(0, 100_000))
@settings(max_examples=25, deadline=None)
def test_further_orders_never_bring_a_stock_out_forward(seed):
    stores, *rest = question(seed)
    stock, _, _, demand, coming, _ = stores
    came = follow_stores(stores, *rest)

    alone = first_stock_out(net_need(demand, coming), stock)
    assert (first_stock_out(net_need(demand, coming + came), stock) >= alone).all()


@given(st.integers(0, 100_000), st.floats(0, 60))
@settings(max_examples=25, deadline=None)
def test_more_stock_never_hurts_before_the_first_new_order_can_come(seed, more):
    first = 3
    stores, *rest = question(seed, first=first)
    fuller = (stores[0] + more, *stores[1:])

    def out_by(asked):
        day = first_stock_out(net_need(asked[3], asked[4] + follow_stores(asked, *rest)), asked[0])
        return day <= first + 1

    assert (out_by(fuller) <= out_by(stores)).all()


def certain(stock, days=30, *, weekly=False):
    """A store that orders in single units for sure, what comes on the fourth day after."""
    hazard = np.ones((1, days, len(EDGES)))
    hazard[..., 0] = 0.0
    if weekly:
        hazard[:, np.arange(days) % 7 != 3] = 0.0
        hazard[..., :3] = 0.0
    none, asked = np.zeros((1, days, 1), np.float32), np.full((1, days, 1), 10.0, np.float32)
    stores = (np.array([stock]), none[:, 0], np.array([10.0]), asked, none, none)
    habits = (np.array([7.0]), np.zeros(1), hazard, EDGES)
    lead = np.where(np.arange(days) < 3, -np.inf, np.inf)
    arrival = (lead, np.zeros(1, np.float32), np.ones(2))
    figures = (1.0, 6.0, 1e9, 0.0, 1.0, 0.0)
    came = follow_stores(stores, habits, arrival, figures, 0, True, 1)
    return stock_paths(np.array([stock]), asked, came, Unmet.BACKORDER)


@given(st.floats(0, 120), st.floats(0, 60))
@settings(max_examples=40, deadline=None)
def test_where_a_site_looks_every_day_more_stock_never_hurts(stock, more):
    less, fuller = certain(stock), certain(stock + more)

    assert (fuller.unmet <= less.unmet + 1e-3).all()


def test_where_a_site_looks_once_a_week_a_fuller_store_may_order_late_and_run_out():
    less, fuller = certain(45.0, weekly=True), certain(60.0, weekly=True)

    assert (less.unmet[0, 8:11] == 0).all(), "ordered on day 3, there on day 7"
    assert (fuller.unmet[0, 8:11] > 0).all(), "not low enough on day 3, ordered on day 10"
