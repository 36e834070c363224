"""Deliveries of suppliers that cannot deliver all that they owe."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.supply.orders_made import TODAY, UNTIL, many, rows_of
from vigie.supply import (
    CappedSupplier,
    OpenDeliveries,
    capped_deliveries,
    learn_order_law,
    of_places,
    open_deliveries,
    order_draws,
    read_order_lines,
    shares_of_orders,
    within_cap,
)

PLACES = tuple(f"P{number}" for number in range(5))
DATES = np.datetime64(TODAY, "D") + 1 + np.arange(21)
FREE = np.full(21, np.inf)


@pytest.fixture(scope="module")
def book():
    rng = np.random.default_rng(4)
    told = [
        *many(rng, 220, delay=lambda r: r.integers(0, 6), partial=0.3, supplier="Acme"),
        *many(rng, 120, delay=lambda r: r.integers(0, 6), supplier="Other"),
    ]
    lines = read_order_lines(rows_of(told), today=TODAY, known_until=UNTIL)
    law = learn_order_law(lines)
    return lines, law, order_draws(np.random.default_rng(5), law, 60)


def capped(book, caps, places=PLACES):
    lines, law, draws = book
    shares = {name: shares_of_orders(lines, name, "mask", places) for name in caps}
    return capped_deliveries(lines, law, places, "mask", DATES, draws, caps, shares)


def test_a_cap_that_is_never_reached_changes_nothing(book):
    lines, law, draws = book
    plain = open_deliveries(lines, law, PLACES, ["mask"], DATES, draws)
    for caps in ({"Acme": FREE}, {"Acme": np.full(21, 1e9), "Other": FREE}):
        found = capped(book, caps)
        assert np.allclose(found.units, plain.units, atol=1e-3)
        assert np.allclose(found.settled, plain.settled, atol=1e-3)
        assert np.allclose(found.on_order, plain.on_order)
        assert all(not each.waiting.any() for each in found.capped)


def slowly(asked, cap, share):
    """Future by future and day by day: all get their part, until the cap of the day is spent."""
    given_units, owed = np.zeros_like(asked), np.zeros(asked.shape[::2])
    for sample in range(asked.shape[2]):
        for day in range(asked.shape[1]):
            owed[:, sample] += asked[:, day, sample]
            left, want = cap[day], owed[:, sample].copy()
            while left > 1e-9 and (want > 1e-9).any():
                parts = np.where(want > 1e-9, share, 0)
                step = np.minimum(want, left * parts / parts.sum())
                given_units[:, day, sample] += step
                want, left = want - step, left - step.sum()
            owed[:, sample] = want
    return given_units


def test_no_day_of_a_future_exceeds_the_cap_and_what_waits_comes_later(book):
    lines, law, draws = book
    groups = open_deliveries(lines, law, PLACES, ["mask"], DATES, draws, apart=["Acme"])
    others, of_acme = groups.units[:5, 0], groups.units[5:, 0]
    cap = np.full(21, 150.0)
    found = capped(book, {"Acme": cap})
    share = shares_of_orders(lines, "Acme", "mask", PLACES)
    expected = slowly(of_acme[..., :6].astype(float), cap, share)
    assert np.allclose((found.units[:, 0] - others)[..., :6], expected, atol=0.01)
    came = (found.units[:, 0] - others).sum(axis=0)
    assert (came <= 150 + 1e-2).all()
    [told] = found.capped
    assert np.allclose(told.spare, 150 - came, atol=1e-2)
    owed = (of_acme - (found.units[:, 0] - others)).mean(axis=-1).cumsum(axis=1)
    assert np.allclose(told.waiting, owed, atol=1e-2)
    assert told.waiting.max() > 10
    # What waits is still on order: it is settled when it comes.
    still = found.on_order[:, 0].sum(axis=0) - found.settled[:, 0].sum(axis=(0, 1))
    unsettled = groups.on_order.sum(axis=(0, 1)) - groups.settled.sum(axis=(0, 1, 2))
    waiting = of_acme.sum(axis=(0, 1)) - came.sum(axis=0)
    assert np.allclose(still, unsettled + waiting, atol=0.5)


@given(st.floats(0, 400), st.floats(0, 400))
@settings(max_examples=15, deadline=None)
def test_a_lower_cap_never_brings_more_by_any_day(book, one, other):
    low, high = sorted((one, other))
    less, more = (
        capped(book, {"Acme": np.full(21, cap)}).units.sum(axis=0).cumsum(axis=1)
        for cap in (low, high)
    )
    assert (less <= more + 0.05).all()


def test_places_that_are_not_judged_take_their_part_of_the_cap(book):
    cap = {"Acme": np.full(21, 60.0)}
    every = capped(book, cap)
    some = of_places(every, 2)
    assert np.array_equal(some.units, every.units[:2])
    assert some.capped[0].waiting.shape == (2, 21)
    assert np.array_equal(some.capped[0].spare, every.capped[0].spare)
    alone = capped(book, cap, PLACES[:2])
    assert some.units.sum() < alone.units.sum()


def test_later_orders_get_what_open_ones_leave_of_the_cap():
    nothing = np.zeros((2, 1, 2, 3), np.float32)
    told = CappedSupplier(
        "Acme",
        np.array([10.0, 10.0]),
        np.ones(2),
        np.array([[4.0] * 3, [10.0] * 3]),
        np.zeros((2, 2)),
    )
    orders = OpenDeliveries(nothing, nothing, nothing[:, :, 0], (told,))
    later = np.full((2, 2, 3), 6.0, np.float32)
    cut = within_cap(later, "Acme", orders)
    assert np.allclose(cut.sum(axis=0), [[4.0] * 3, [10.0] * 3])
    assert within_cap(later, "Other", orders) is later


def test_shares_follow_past_orders_and_nobody_is_left_without(book):
    lines = book[0]
    share = shares_of_orders(lines, "Acme", "mask", [*PLACES, "new"])
    ordered = dict.fromkeys(PLACES, 0.0)
    for place, supplier, units in zip(
        lines.place.to_pylist(), lines.supplier.to_pylist(), lines.quantity, strict=True
    ):
        if supplier == "Acme":
            ordered[place] += units
    assert np.allclose(share[:5], list(ordered.values()))
    assert share[5] == share[:5].min()
    assert (shares_of_orders(lines, "nobody", "mask", PLACES) == 1).all()


def test_a_cap_of_some_days_holds_on_these_days_only(book):
    cap = FREE.copy()
    cap[5:9] = 0.0
    found, free = capped(book, {"Acme": cap}), capped(book, {"Acme": FREE})
    assert np.allclose(found.units[:, :, :5], free.units[:, :, :5], atol=1e-3)
    assert found.units[:, :, 5:9].sum() < free.units[:, :, 5:9].sum()
    assert np.allclose(
        found.units[:, :, :10].sum(axis=2), free.units[:, :, :10].sum(axis=2), atol=0.05
    )
    assert DATES[5].astype(object) == TODAY + timedelta(days=6)
