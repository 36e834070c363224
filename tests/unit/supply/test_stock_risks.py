"""Risks and order advice of products, against the store run day by day."""

import numpy as np
import pytest

from vigie.epidemiology import flat_paths
from vigie.paths import first_passage, joint_draws
from vigie.supply import (
    ProductTerms,
    Unmet,
    demand_paths,
    first_stock_out,
    net_need,
    order_advice,
    stock_paths,
    stock_risks,
)

DRAWS = joint_draws(np.random.default_rng(11), 21, 300)


def a_region(places=4, products=3, days=120, seed=0):
    rng = np.random.default_rng(seed)
    use = rng.poisson(12, (places, products, days)).astype(float)
    stock = rng.integers(50, 250, (places, products, days)).astype(float)
    arrivals = (rng.random((places, products, 21)) < 0.06) * 60.0
    terms = ProductTerms(
        pack_size=np.array([10.0, 1.0, 25.0])[:products],
        lead_time_days=np.array([5.0, np.nan, 30.0])[:products],
        unmet=(Unmet.LOST, Unmet.BACKORDER, Unmet.LOST)[:products],
    )
    return use, stock, arrivals.astype(np.float32), terms


def risks_of(use, stock, arrivals, terms, today=None):
    today = stock[..., -1] if today is None else today
    return stock_risks(use, stock, today, arrivals, terms, DRAWS, model=flat_paths)


def test_the_risks_are_those_of_the_store_run_day_by_day():
    use, stock, arrivals, terms = a_region()
    risks = risks_of(use, stock, arrivals, terms)
    for product, unmet in enumerate(terms.unmet):
        one = slice(product, product + 1)
        demand = demand_paths(use[:, one], stock[:, one], 21, DRAWS, model=flat_paths)[:, 0]
        run = stock_paths(stock[:, product, -1], demand, arrivals[:, product], unmet)
        short = run.unmet > 1e-3
        assert risks.summary.probability[:, product] == pytest.approx(
            short.any(axis=1).mean(axis=1), abs=0.007
        )
        first = first_passage(short)
        assert risks.summary.probability_7[:, product] == pytest.approx(
            (first <= 7).mean(axis=1), abs=0.007
        )
        missing = run.backlog.max(axis=1) if unmet is Unmet.BACKORDER else run.unmet.sum(axis=1)
        assert risks.summary.expected_unmet[:, product] == pytest.approx(
            missing.mean(axis=1), rel=1e-3, abs=1e-2
        )
        cover = (np.cumsum(demand, axis=1) <= stock[:, product, -1, None, None]).sum(axis=1)
        assert risks.cover_days[1, :, product] == pytest.approx(
            np.quantile(cover, 0.5, axis=1, method="inverted_cdf"), abs=1
        )


def test_more_stock_never_raises_a_risk_and_probabilities_never_fall_with_the_day():
    use, stock, arrivals, terms = a_region(seed=3)
    less, more = (risks_of(use, stock, arrivals, terms, stock[..., -1] + k) for k in (0, 37))
    assert (more.summary.probability <= less.summary.probability).all()
    assert (more.summary.expected_unmet <= less.summary.expected_unmet).all()
    assert (more.cover_days >= less.cover_days).all()
    assert (less.summary.probability_7 <= less.summary.probability_14).all()
    assert (less.summary.probability_14 <= less.summary.probability).all()


def test_unknown_stock_is_an_unknown_risk_and_never_a_small_one():
    use, stock, arrivals, terms = a_region()
    today = stock[..., -1].copy()
    today[1, 0] = np.nan
    risks = risks_of(use, stock, arrivals, terms, today)
    assert np.isnan(risks.summary.probability[1, 0])
    assert np.isnan(risks.cover_days[:, 1, 0]).all()
    assert np.isnan(risks.order_quantity[1, 0])
    assert np.isfinite(risks.summary.probability).sum() == 11


def test_products_one_by_one_or_together_give_the_same_risks():
    use, stock, arrivals, terms = a_region()
    whole = risks_of(use, stock, arrivals, terms)
    part = ProductTerms(terms.pack_size[1:], terms.lead_time_days[1:], terms.unmet[1:])
    tail = risks_of(use[:, 1:], stock[:, 1:], arrivals[:, 1:], part)
    assert np.array_equal(whole.summary.probability[:, 1:], tail.summary.probability)
    assert np.array_equal(whole.order_quantity[:, 1:], tail.order_quantity[:, :], equal_nan=True)


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
