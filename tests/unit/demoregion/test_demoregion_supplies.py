"""Stocks of the demo region keep their books, and shortages come with the epidemic."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.demoregion import DemoRegion
from vigie.demoregion.catalogue import PRODUCTS
from vigie.demoregion.supplies import NEVER, Supplies, simulate_supplies


def assert_books_close(supplies: Supplies) -> None:
    before = np.concatenate([supplies.opening_stock[None], supplies.stock_on_hand[:-1]])
    after = before + supplies.deliveries - supplies.consumption
    assert np.array_equal(supplies.stock_on_hand, after)
    assert (supplies.stock_on_hand >= 0).all()
    assert (supplies.consumption <= supplies.demand).all()
    assert (supplies.stock_on_hand[supplies.unmet > 0] == 0).all()


def test_books_of_the_region_close(wide_region: DemoRegion):
    assert_books_close(wide_region.truth.supplies)


@settings(max_examples=10, deadline=None)
@given(
    mean=st.floats(0.0, 400.0),
    pressure=st.floats(0.0, 400.0),
    seed=st.integers(0, 2**16),
)
def test_books_close_whatever_is_asked_for(mean: float, pressure: float, seed: int):
    rng = np.random.default_rng(seed)
    demand = rng.poisson(mean, (40, 2, len(PRODUCTS))).astype(np.int64)

    assert_books_close(simulate_supplies(rng, demand, np.full(40, pressure)))


def test_every_delivery_is_an_order_that_arrived(tiny_region: DemoRegion):
    supplies, orders = tiny_region.truth.supplies, tiny_region.truth.supplies.orders
    arrived = np.zeros_like(supplies.deliveries)
    for line in range(orders.site.size):
        if 0 <= orders.arrival_day[line] < arrived.shape[0]:
            cell = (orders.arrival_day[line], orders.site[line], orders.product[line])
            arrived[cell] += orders.delivered[line]

    assert np.array_equal(arrived, supplies.deliveries)


def test_orders_are_whole_packs_and_come_after_the_order(wide_region: DemoRegion):
    orders = wide_region.truth.supplies.orders
    packs = np.array([product.pack_size for product in PRODUCTS])[orders.product]

    assert (orders.quantity % packs == 0).all()
    assert (orders.delivered % packs == 0).all()
    assert (orders.delivered <= orders.quantity).all()
    assert (orders.arrival_day > orders.ordered_day).all()


def test_orders_come_late_in_part_or_not_at_all(wide_region: DemoRegion):
    orders = wide_region.truth.supplies.orders
    is_cancelled = orders.cancelled_day != NEVER
    comes = ~is_cancelled

    assert np.array_equal(is_cancelled, orders.arrival_day == NEVER)
    assert (orders.delivered[is_cancelled] == 0).all()
    assert 0.10 < (orders.arrival_day > orders.promised_day)[comes].mean() < 0.35
    assert 0.01 < (orders.delivered < orders.quantity)[comes].mean() < 0.10
    assert 0.005 < is_cancelled.mean() < 0.06


def test_a_few_percent_of_stocks_run_out_and_most_do_not(wide_region: DemoRegion):
    truth = wide_region.truth
    days = truth.extent.days
    is_short = truth.supplies.unmet > 0
    soon = truth.first_short_day(is_short) <= 21

    assert is_short[: days - 90].mean() < 0.006
    assert is_short[days - 21 : days].mean() > is_short[: days - 90].mean()
    assert 0.02 < soon.mean() < 0.15
