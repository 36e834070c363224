"""First days out and order advice of products, against the store run day by day."""

import numpy as np
import pytest

from vigie.epidemiology import flat_paths
from vigie.paths import first_passage, joint_draws
from vigie.supply import (
    Unmet,
    demand_paths,
    first_stock_out,
    net_need,
    order_advice,
    peak_shortfall,
    stock_paths,
)

DRAWS = joint_draws(np.random.default_rng(11), 21, 300)


def test_the_first_day_out_and_what_is_missing_are_those_of_the_store_run_day_by_day():
    rng = np.random.default_rng(0)
    use = rng.poisson(12, (4, 1, 120)).astype(float)
    stock = rng.integers(50, 250, 4).astype(float)
    arrivals = ((rng.random((4, 21)) < 0.06) * 60.0).astype(np.float32)
    demand = demand_paths(use, None, 21, DRAWS, model=flat_paths)[:, 0]
    need = net_need(demand, arrivals)
    for unmet in Unmet:
        run = stock_paths(stock, demand, arrivals, unmet)
        first = first_passage(run.unmet > 1e-3)
        assert (first_stock_out(need, stock) != first).mean() < 0.01
        missing = run.backlog.max(axis=1) if unmet is Unmet.BACKORDER else run.unmet.sum(axis=1)
        told = peak_shortfall(need, stock).mean(axis=1)
        assert told == pytest.approx(missing.mean(axis=1), rel=1e-3, abs=1e-2)


def futures(places=3, seed=0):
    rng = np.random.default_rng(seed)
    demand = rng.poisson(6, (places, 21, 200)).astype(np.float32)
    arrivals = ((rng.random((places, 21)) < 0.05) * 20).astype(np.float32)
    return demand, arrivals, np.array([20.0, 60.0, 400.0])[:places]


def risk_with_order(demand, arrivals, stock, unmet, lead, quantity, days):
    """P(short on one of these days) when ``quantity`` comes on day ``lead``, run by day."""
    arrivals = arrivals.copy()
    arrivals[lead - 1] += quantity
    run = stock_paths(stock[None], demand[None], arrivals[None], unmet)
    served_late = run.backlog if unmet is Unmet.BACKORDER else run.unmet
    return (served_late[0, days] > 1e-3).any(axis=0).mean()


@pytest.mark.parametrize("unmet", list(Unmet))
@pytest.mark.parametrize(("lead", "pack"), [(1, 1.0), (6, 10.0)])
def test_the_order_is_the_smallest_that_keeps_the_risk(unmet, lead, pack):
    demand, arrivals, stock = futures()
    need = net_need(demand, arrivals)
    advice = order_advice(
        need, first_stock_out(need, stock), stock, lead_time_days=lead, pack_size=pack,
        unmet=unmet,
    )  # fmt: skip
    days = slice(lead - 1, lead + 6)
    for place, quantity in enumerate(advice.quantity):
        case = (demand[place], arrivals[place], stock[place], unmet, lead)
        assert quantity % pack == 0
        assert risk_with_order(*case, quantity, days) <= 0.05
        if quantity > 0:
            assert risk_with_order(*case, quantity - pack, days) > 0.05
    assert advice.quantity[2] == 0


def test_the_latest_order_day_is_the_last_on_which_the_order_comes_in_time():
    demand, arrivals, stock = futures()
    need = net_need(demand, arrivals)
    first = first_stock_out(need, stock)
    advice = order_advice(need, first, stock, lead_time_days=4.2, pack_size=1.0, unmet=Unmet.LOST)
    for place in range(3):
        safe = [t for t in range(18) if (first[place] < t + 5).mean() <= 0.05]
        expected = safe[-1] if safe else np.nan
        assert advice.latest_day[place] == pytest.approx(expected, nan_ok=True)
        assert advice.late_probability[place] == (first[place] <= 4).mean()
    assert np.isnan(advice.latest_day[0])
    assert advice.latest_day[2] == 21 + 1 - 5


def test_an_unknown_or_long_lead_time_gives_no_false_advice():
    demand, arrivals, stock = futures()
    need = net_need(demand, arrivals)
    first = first_stock_out(need, stock)
    unknown, beyond = (
        order_advice(need, first, stock, lead_time_days=lead, pack_size=1.0, unmet=Unmet.LOST)
        for lead in (np.nan, 40.0)
    )
    assert np.isnan(unknown.quantity).all()
    assert np.isnan(unknown.late_probability).all()
    assert np.isnan(beyond.quantity).all()
    assert beyond.late_probability == pytest.approx((first <= 21).mean(axis=1))


@pytest.mark.parametrize("unmet", list(Unmet))
def test_a_lead_time_that_is_the_same_in_all_futures_gives_the_advice_of_that_lead_time(unmet):
    demand, arrivals, stock = futures()
    need = net_need(demand, arrivals)
    first = first_stock_out(need, stock)
    certain, drawn = (
        order_advice(need, first, stock, lead_time_days=lead, pack_size=5.0, unmet=unmet)
        for lead in (6.0, np.full(200, 6.0))
    )
    for name in ("latest_day", "late_probability", "quantity"):
        assert np.array_equal(getattr(certain, name), getattr(drawn, name), equal_nan=True)


def test_an_order_of_random_lead_time_covers_its_days_in_all_but_the_accepted_futures():
    demand, arrivals, stock = futures()
    lead = np.random.default_rng(4).choice([3, 6, 9], 200, p=[0.5, 0.4, 0.1]).astype(float)
    need = net_need(demand, arrivals)
    first = first_stock_out(need, stock)
    advice = order_advice(need, first, stock, lead_time_days=lead, pack_size=1.0, unmet=Unmet.LOST)
    for place, quantity in enumerate(advice.quantity):
        assert advice.late_probability[place] == (first[place] < lead).mean()
        for units, is_enough in ((quantity, True), (quantity - 1, False)):
            came = np.repeat(arrivals[place][:, None], 200, axis=1)
            came[lead.astype(int) - 1, np.arange(200)] += units
            run = stock_paths(stock[[place]], demand[[place]], came[None], Unmet.LOST)
            days = np.arange(1, 22)[:, None]
            ahead = (days >= lead) & (days < lead + 7)
            risk = ((run.unmet[0] > 1e-3) & ahead).any(axis=0).mean()
            assert quantity == 0 or (risk <= 0.05 + 1e-9) == is_enough


def test_a_lead_time_longer_in_some_futures_never_lets_an_order_wait_longer():
    demand, arrivals, stock = futures()
    need = net_need(demand, arrivals)
    first = first_stock_out(need, stock)
    shorter = np.full(200, 5.0)
    longer = shorter + np.random.default_rng(0).integers(0, 4, 200)
    soon, late = (
        order_advice(need, first, stock, lead_time_days=lead, pack_size=1.0, unmet=Unmet.LOST)
        for lead in (shorter, longer)
    )
    assert (late.late_probability >= soon.late_probability).all()
    known = np.isfinite(late.latest_day)
    assert (late.latest_day[known] <= soon.latest_day[known]).all()


@pytest.mark.parametrize(("never", "is_known"), [(0, True), (40, True), (120, False)])
def test_what_to_order_and_when_is_that_of_the_futures_in_which_orders_come(never, is_known):
    demand, arrivals, stock = futures()
    need = net_need(demand, arrivals)
    first = first_stock_out(need, stock)
    lead = np.where(np.arange(200) < never, np.inf, 5.0)
    advice = order_advice(need, first, stock, lead_time_days=lead, pack_size=1.0, unmet=Unmet.LOST)
    of_those = order_advice(
        need[:, :, never:], first[:, never:], stock, lead_time_days=5, pack_size=1.0,
        unmet=Unmet.LOST,
    )  # fmt: skip
    for name in ("latest_day", "quantity"):
        given, expected = getattr(advice, name), getattr(of_those, name)
        assert np.array_equal(given, expected, equal_nan=True) or not is_known
        assert is_known or np.isnan(given).all(), "most orders never come"
    waits_in_vain = (first[:, :never] <= 21).sum(axis=1)
    assert advice.late_probability == pytest.approx(
        (waits_in_vain + (first[:, never:] < 5).sum(axis=1)) / 200
    )


def test_a_place_safe_to_the_horizon_needs_no_order_and_may_wait_as_long_as_is_foreseen():
    demand, arrivals, _ = futures()
    stock = np.full(3, 1e4)
    need = net_need(demand, arrivals)
    first = first_stock_out(need, stock)
    advice = order_advice(need, first, stock, lead_time_days=5, pack_size=9.0, unmet=Unmet.LOST)
    assert advice.quantity.tolist() == [0, 0, 0]
    assert advice.latest_day.tolist() == [17, 17, 17]
