"""Deliveries of open orders in every future."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.supply.orders_made import TODAY, UNTIL, many, rows_of
from vigie.demoregion.catalogue import PRODUCTS
from vigie.demoregion.reporting_events import report_orders
from vigie.demoregion.truth import Extent, build_truth
from vigie.supply import (
    OrderRules,
    Unmet,
    arrival_chances,
    delivery_paths,
    learn_order_law,
    net_need,
    order_draws,
    read_order_lines,
    stock_paths,
)

DATES = np.datetime64(TODAY, "D") + 1 + np.arange(21)
PLACES = [f"P{number}" for number in range(5)]


def lines_of(made):
    return read_order_lines(rows_of(made), today=TODAY, known_until=UNTIL)


def drawn(lines, products=("mask",), *, samples=400, seed=0, places=PLACES, dates=DATES):
    law = learn_order_law(lines)
    chance = order_draws(np.random.default_rng(seed), law, samples)
    return delivery_paths(lines, law, places, products, dates, chance)


def some(seed, count=150, **more):
    rng = np.random.default_rng(seed)
    return many(rng, count, delay=lambda r: r.choice([-1, 0, 4]), cancel=0.1, partial=0.2, **more)


def test_futures_follow_the_chances_of_each_line():
    lines = lines_of(some(1, 400))
    law = learn_order_law(lines)
    paths = drawn(lines, samples=4000)
    chosen = np.flatnonzero(lines.is_open)
    fill = 1 - law.partial_share[2] * (1 - law.partial_fill.mean())
    expected = np.zeros((5, 21))
    for line, chances in zip(chosen, arrival_chances(lines, law, chosen, 21), strict=True):
        expected[PLACES.index(lines.place[line].as_py())] += 100 * fill * chances
    error = 4 * paths[:, 0].std(axis=-1) / np.sqrt(4000) + 0.5
    assert (np.abs(paths[:, 0].mean(axis=-1) - expected) < error).all()


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_no_future_brings_more_than_was_ordered_or_less_than_nothing(seed):
    lines = lines_of(some(seed, 40))
    paths = drawn(lines, samples=50, seed=seed)
    is_open = lines.is_open
    assert (paths >= 0).all()
    for at, place in enumerate(PLACES):
        mine = is_open & np.array([each == place for each in lines.place.to_pylist()])
        assert (paths[at].sum(axis=(0, 1)) <= lines.quantity[mine].sum() + 1e-3).all()


def test_products_draw_the_same_chance_alone_and_together():
    made = some(2, product="mask") + some(3, product="gown")
    lines = lines_of(made)
    both = drawn(lines, ("mask", "gown"))
    np.testing.assert_array_equal(both[:, 1:], drawn(lines, ("gown",)))
    np.testing.assert_array_equal(both[:, :1], drawn(lines, ("mask",)))


def test_what_arrived_after_the_last_told_stock_comes_for_certain():
    lines = lines_of(
        [
            {"order": "1", "told": -9, "eta": -1, "place": "P0"},
            {"order": "1", "told": -1, "eta": -1, "status": "arrived", "place": "P0",
             "quantity": 70.0},
        ]
    )  # fmt: skip
    early = np.datetime64(TODAY, "D") - 1 + np.arange(5)
    assert (drawn(lines, dates=early)[0, 0, 0] == 70.0).all()
    assert not drawn(lines)[0].any()


def test_nothing_that_is_open_comes_before_the_last_known_day():
    lines = lines_of([{"order": "1", "told": -9, "ordered": -12, "eta": -2, "place": "P0"}])
    early = np.datetime64(TODAY, "D") - 3 + np.arange(20)
    paths = drawn(lines, dates=early)[0, 0]
    assert not paths[:4].any()
    assert paths[4:].any()


def test_a_shipped_line_follows_the_promise_made_when_it_left():
    rng = np.random.default_rng(5)
    made = []
    for each in many(rng, 500, delay=lambda r: r.integers(0, 8)):
        if each.get("status") == "arrived" and each["told"] - 3 > each["ordered"]:
            made.append({**each, "told": each["told"] - 3, "status": "shipped"})
        made.append(each)
    told = {"place": "P0", "product": "mask", "supplier": "Acme", "ordered": -9}
    new = [
        {**told, "order": "new", "told": -9, "eta": -1},
        {**told, "order": "new", "told": 0, "eta": 3, "status": "shipped"},
    ]
    lines = lines_of(made + new)
    law = learn_order_law(lines)
    at = np.flatnonzero(lines.state == 1)
    mine = [each for each in at if lines.ordered_day[each] == lines.known_day - 9]
    chances = arrival_chances(lines, law, np.array(mine), 21)
    assert (chances[:, 2].max()) > 0.9


def test_bad_quantities_bring_nothing_and_harm_no_other_line():
    bad = [
        {"order": "a", "told": -3, "eta": 2, "place": "P0", "quantity": -5.0},
        {"order": "b", "told": -3, "eta": 2, "place": "P1", "quantity": None},
        {"order": "c", "told": -3, "eta": 2, "place": "P2", "product": "other"},
        {"order": "d", "told": -3, "eta": 2, "place": "P3"},
    ]
    paths = drawn(lines_of(bad))
    assert not paths[:3].any()
    assert paths[3].sum() > 0
    assert np.isfinite(paths).all()


def test_shocks_of_a_supplier_make_sites_late_together():
    lines = lines_of(
        [{"order": f"{at}", "told": -1, "ordered": -1, "eta": 7, "place": f"P{at}"}
         for at in range(5)]
    )  # fmt: skip
    law = learn_order_law(lines)
    here = []
    for shared in (0.0, 0.8):
        felt = type(law)(
            **{name: getattr(law, name) for name in law.__slots__} | {"shared": shared}
        )
        chance = order_draws(np.random.default_rng(0), felt, 3000)
        by_week = delivery_paths(lines, felt, PLACES, ["mask"], DATES, chance)[:, 0, :8].sum(axis=1)
        here.append(np.corrcoef(by_week[0], by_week[1])[0, 1])
    assert abs(here[0]) < 0.08
    assert here[1] > 0.3


@pytest.mark.parametrize("unmet", list(Unmet))
def test_the_store_takes_random_arrivals_as_it_takes_certain_ones(unmet):
    rng = np.random.default_rng(6)
    demand = rng.poisson(5, (2, 10, 30)).astype(np.float32)
    arrivals = (rng.random((2, 10, 30)) < 0.2).astype(np.float32) * 30
    stock = np.array([20.0, 0.0])
    whole = stock_paths(stock, demand, arrivals, unmet)
    need = net_need(demand, arrivals)
    for sample in range(30):
        one = slice(sample, sample + 1)
        alone = stock_paths(stock, demand[..., one], arrivals[..., sample], unmet)
        np.testing.assert_array_equal(whole.stock[..., one], alone.stock)
        np.testing.assert_array_equal(
            need[..., one], net_need(demand[..., one], arrivals[..., sample])
        )


def test_intervals_of_the_demo_region_hold_what_came():
    """80 % intervals of units over 7 and 14 days, of each site and product with open orders."""
    extent = Extent(12, 200, TODAY, future_days=21)
    truth = build_truth(np.random.default_rng(4), extent)
    sites = [site.key for site in truth.geography.sites]
    told = report_orders(
        np.random.default_rng(4), truth.supplies.orders, sites, extent.first_date, extent.days
    )
    told = told.append_column("feed", told["place"]).append_column("reason", told["place"])
    told = told.set_column(
        told.schema.get_field_index("reason"), "reason", [[None] * told.num_rows]
    )
    until = UNTIL.replace(hour=23)
    lines = read_order_lines(told, today=TODAY, known_until=until)
    products = [product.key for product in PRODUCTS]
    law = learn_order_law(lines, OrderRules())
    dates = np.datetime64(TODAY, "D") + np.arange(21)
    chance = order_draws(np.random.default_rng(1), law, 300)
    paths = delivery_paths(lines, law, sites, products, dates, chance)
    orders = truth.supplies.orders
    came = np.zeros((len(sites), len(products), 21))
    first = extent.days - 1
    is_known = orders.ordered_day < extent.days - 1
    inside = is_known & (orders.arrival_day >= first) & (orders.arrival_day < first + 21)
    np.add.at(
        came,
        (orders.site[inside], orders.product[inside], orders.arrival_day[inside] - first),
        orders.delivered[inside],
    )
    rng = np.random.default_rng(2)
    for days in (7, 14):
        sums, true = paths[:, :, :days].sum(axis=2), came[:, :, :days].sum(axis=2)
        asked = sums.max(axis=-1) > 0
        sums, true = sums[asked], true[asked]
        rank = (sums < true[:, None] - 0.5).mean(axis=-1)
        rank += rng.random(len(true)) * (np.abs(sums - true[:, None]) <= 0.5).mean(axis=-1)
        assert 0.7 < ((rank >= 0.1) & (rank <= 0.9)).mean() < 0.88
        assert sums.mean() == pytest.approx(true.mean(), rel=0.12)
