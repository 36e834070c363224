"""The law of ordering: what it learns from sites whose habits are known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.supply.orders_made import END
from tests.unit.supply.stores_made import ordering_stores, read
from vigie.supply import (
    ReorderRules,
    StoreAhead,
    Unmet,
    judged_reordering,
    learn_order_law,
    learn_reordering,
    order_draws,
    usual_orders,
    usual_suppliers,
)
from vigie.supply.reorder_past import order_days, seen_rates, weekday_shares
from vigie.supply.reordering import GAP_EDGES, WEEKDAY_EDGES

LOST = {"mask": Unmet.LOST}


def ahead_of(past, *, days=14, samples=20, use=20.0, stock=None):
    """The first product with use for certain and nothing on order."""
    shape = (len(past.places), days, samples)
    none = np.zeros(shape, np.float32)
    return StoreAhead(
        stock=past.stock[:, 0, -1] if stock is None else stock,
        on_order=none[:, 0],
        demand=np.full(shape, use, np.float32),
        coming=none,
        settled=none,
        first_day=END,
        pack_size=float(past.pack_size[0]),
        unmet=Unmet.LOST,
    )


def drawn(law, lines, ahead, seed=0):
    orders = learn_order_law(lines)
    chance = order_draws(np.random.default_rng(seed), orders, ahead.demand.shape[-1])
    return usual_orders(law, orders, "mask", "", ahead, chance)


@pytest.mark.parametrize(("cover", "window"), [(18.0, 7.0), (30.0, 14.0), (45.0, 28.0)])
def test_level_weekday_and_window_of_sites_are_found(cover, window):
    past, lines, review = ordering_stores(1, cover=cover, window=window)

    law = learn_reordering(read(lines), past)

    assert law.window_days == window
    assert law.cover_days[:, 0] == pytest.approx(np.full(6, cover), rel=0.05)
    own = law.weekday[np.arange(6), 0, review]
    others = np.stack([np.delete(law.weekday[at, 0], day) for at, day in enumerate(review)])
    assert own.min() == len(WEEKDAY_EDGES) - 1
    assert others.max() == 0
    below = np.searchsorted(GAP_EDGES, 1.0, side="right") - 1
    assert law.hazard[0, below, -1] > 0.9
    assert law.hazard[0, below, 0] < 0.05


def test_a_site_without_orders_has_no_law_and_one_that_seldom_orders_that_of_the_others():
    past, lines, _ = ordering_stores(2)
    few = [each for each in lines if each["place"] != "P0"]
    seldom = [each for each in few if each["place"] != "P1" or each["ordered"] < -130]
    known = read(seldom)

    law = learn_reordering(known, past)
    come = drawn(law, known, ahead_of(past, stock=np.full(6, 100.0)))

    assert law.has_orders.tolist() == [False, True, True, True, True, True]
    assert law.is_foreseen("mask").tolist() == law.has_orders.tolist()
    assert not law.is_foreseen("gown").any()
    assert not come[0].any()
    assert come[2:].sum() > 0
    assert law.cover_days[1, 0] == pytest.approx(25, rel=0.25)
    assert law.eagerness[1, 0] < 0.5 < law.eagerness[2, 0], "it orders less often than the others"


def test_few_orders_or_few_days_make_no_law():
    past, lines, _ = ordering_stores(3)
    assert learn_reordering(read([]), past) is None
    assert learn_reordering(read(lines), past, ReorderRules(fewest_orders=10_000)) is None
    recent = [each for each in lines if each["told"] > -20]
    assert learn_reordering(read(recent), past) is None


@given(st.integers(0, 1000), st.integers(1, 40))
@settings(max_examples=10, deadline=None)
def test_what_happened_later_teaches_nothing(seed, back):
    past, lines, _ = ordering_stores(seed, days=120)
    then = learn_reordering(read(lines), past, until=back)
    cut = past.stock.shape[-1] - back
    stock, use = past.stock.copy(), past.use.copy()
    stock[..., cut:], use[..., cut:] = 7.0, 900.0
    # Orders of these days are others, and what was open before them came otherwise.
    kept = [each for each in lines if each["ordered"] < -back and each["told"] < -back]
    new = [
        {"order": f"new-{n}", "place": f"P{n % 6}", "quantity": 5e4, "ordered": -back, "eta": 3,
         "told": -back}
        for n in range(8)
    ]  # fmt: skip

    other = learn_reordering(read(kept + new), replace(past, stock=stock, use=use), until=back)

    for name in ("rate", "cover_days", "spread", "lot_days", "hazard", "eagerness", "weekday"):
        assert getattr(other, name) == pytest.approx(getattr(then, name)), name
    assert other.known_day == then.known_day == END - back - 1


def test_units_foreseen_are_those_that_sites_order():
    past, lines, _ = ordering_stores(4, places=20, days=200, stops=0)
    known = read(lines)
    at = 28
    law = learn_reordering(known, past, until=at)
    later = [each for each in lines if -at <= each["ordered"] and "status" not in each]
    early = [each for each in lines if each["ordered"] < -at and each["eta"] >= -at]
    early = [each for each in early if "status" not in each]
    days = 28
    coming = np.zeros((20, days, 1), np.float32)
    for each in early:
        coming[int(each["place"][1:]), each["eta"] + at] += each["quantity"]
    ahead = replace(
        ahead_of(past, days=days),
        stock=past.stock[:, 0, -at - 1],
        on_order=np.repeat(coming.sum(axis=1), 20, axis=1),
        demand=np.repeat(past.use[:, 0, -at:, None], 20, axis=2).astype(np.float32),
        coming=np.repeat(coming, 20, axis=2),
        settled=np.repeat(coming, 20, axis=2),
        first_day=END - at,
    )
    came = sum(each["quantity"] for each in later if each["eta"] < 0)

    assert drawn(law, known, ahead).sum(axis=(0, 1)).mean() == pytest.approx(came, rel=0.05)


def test_the_law_is_not_used_where_sites_have_stopped_ordering():
    past, lines, _ = ordering_stores(5)
    gone, more, _ = ordering_stores(5, stops=35)
    orders = learn_order_law(read(lines))

    assert judged_reordering(read(lines), past, orders, LOST).is_used.tolist() == [True]
    law = judged_reordering(read(more), gone, orders, LOST)
    assert law.is_used.tolist() == [False]
    assert drawn(law, read(more), ahead_of(gone)) is None


def test_sites_that_order_any_quantity_are_still_foreseen_with_a_wide_level():
    past, lines, _ = ordering_stores(6, upward=lambda rng: 10 * rng.integers(1, 40))
    law = judged_reordering(read(lines), past, learn_order_law(read(lines)), LOST)
    assert law.is_used.tolist() == [True]
    assert law.spread.mean() > 2 * learn_reordering(*_usual()).spread.mean()


def _usual():
    past, lines, _ = ordering_stores(6)
    return read(lines), past


def test_days_on_order_are_those_between_order_and_arrival():
    past, _, _ = ordering_stores(7, days=10, places=1)
    made = [
        {"order": "a", "place": "P0", "quantity": 50.0, "ordered": -8, "eta": -5, "told": -8},
        {"order": "a", "place": "P0", "quantity": 40.0, "ordered": -8, "eta": -5, "told": -5,
         "status": "arrived"},
        {"order": "b", "place": "P0", "quantity": 30.0, "ordered": -4, "eta": 2, "told": -4},
        {"order": "c", "place": "P9", "quantity": 30.0, "ordered": -4, "eta": 2, "told": -4},
    ]  # fmt: skip

    found = order_days(read(made), past)

    assert found.ordered[0, 0].tolist() == [0, 0, 50, 0, 0, 0, 30, 0, 0, 0]
    assert found.before[0, 0].tolist() == [0, 0, 0, 50, 50, 0, 0, 30, 30, 30]
    assert found.is_watched[0].tolist() == [False] * 2 + [True] * 8


def test_rates_leave_out_missing_days_and_stay_unknown_until_one_is_known():
    use = np.array([[np.nan, np.nan, 4.0, np.nan, 8.0], [6.0] * 5, [np.nan] * 5])

    rates = seen_rates(use, 2.0)

    assert np.isnan(rates[0, :2]).all()
    assert rates[0, 2:].tolist() == [4, 4, 6]
    assert rates[1].tolist() == [6] * 5
    assert np.isnan(rates[2]).all()


@given(st.integers(0, 10_000), st.integers(0, 6))
@settings(max_examples=20, deadline=None)
def test_shares_of_weekdays_are_those_of_earlier_orders(seed, first_day):
    rng = np.random.default_rng(seed)
    is_order = rng.random((2, 3, 40)) < 0.2
    shares, now = weekday_shares(is_order, first_day)
    place, product, day = (int(rng.integers(count)) for count in is_order.shape)

    weekday = (first_day + np.arange(40)) % 7
    same = (weekday == weekday[day]) & (np.arange(40) < day)
    site = is_order[place]
    of_site = (site[:, same].sum() + 1 / 7) / (site[:, :day].sum() + 1)
    own = (site[product, same].sum() + of_site) / (site[product, :day].sum() + 1)
    assert shares[place, product, day] == pytest.approx(own)
    assert now.sum(axis=-1) == pytest.approx(np.ones((2, 3)))


def test_the_usual_supplier_is_that_of_most_lines():
    made = [
        {"order": str(n), "told": -5, "ordered": -5, "product": "mask", "supplier": name}
        for n, name in enumerate(["B", "A", "B", "A", "C"])
    ]
    assert usual_suppliers(read(made)) == {"mask": "A"}
    assert usual_suppliers(read([])) == {}


def test_one_product_that_is_ordered_no_more_is_told_from_the_others():
    past, lines, _ = ordering_stores(9, places=20)
    gone, fewer, _ = ordering_stores(9, places=20, product="gown", stops=30)
    both = replace(
        past,
        products=("mask", "gown"),
        stock=np.concatenate([past.stock, gone.stock], axis=1),
        use=np.concatenate([past.use, gone.use], axis=1),
        pack_size=np.array([10.0, 10.0]),
    )
    known = read(lines + fewer)

    unmet = {"mask": Unmet.LOST, "gown": Unmet.BACKORDER}
    law = judged_reordering(known, both, learn_order_law(known), unmet)

    assert law.is_used.tolist() == [True, False]
