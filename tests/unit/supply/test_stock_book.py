"""Books that do not add up, and lots that expire."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.supply import BookFaultKind, book_faults, expired_by_day, usable_stock

PACK = np.array([10.0])


def book(days=12, opening=500.0, use=20.0, deliveries=()):
    """A book of one place and product that adds up: stock, use, deliveries."""
    used = np.full(days, use)
    came = np.zeros(days)
    for day, units in deliveries:
        came[day] = units
    stock = opening + np.cumsum(came - used)
    return tuple(each[None, None].astype(float) for each in (stock, used, came))


def kinds(stock, used, came):
    return [each.kind for each in book_faults(stock, used, came, PACK)]


def test_a_book_that_adds_up_needs_no_recount():
    assert book_faults(*book(deliveries=[(3, 100), (9, 60)]), PACK) == ()
    stock, used, _ = book(deliveries=[(9, 60)])
    assert book_faults(stock, used, None, PACK) == (), "a rise may be a delivery not told"


@pytest.mark.parametrize(("units", "is_told"), [(-80.0, True), (80.0, True), (-80.0, False)])
def test_units_that_nothing_explains_ask_for_a_recount(units, is_told):
    stock, used, came = book()
    stock[..., 8:] += units
    [fault] = book_faults(stock, used, came if is_told else None, PACK)
    assert (fault.kind, fault.units) == (BookFaultKind.UNEXPLAINED, units)
    assert (fault.place, fault.product, fault.day) == (0, 0, 11)


def test_what_counting_may_miss_is_no_fault():
    stock, used, came = book()
    stock[..., 8:] -= 30
    assert kinds(stock, used, came) == [], "less than a quarter of 140 used"


def test_a_delivery_booked_a_day_late_is_no_fault():
    stock, used, came = book(deliveries=[(4, 300)])
    assert kinds(stock, used, np.roll(came, 1)) == []
    stock, used, came = book(deliveries=[(11, 300)])
    assert kinds(stock, used, np.zeros_like(came)) == [BookFaultKind.UNEXPLAINED]


def test_a_negative_stock_and_use_from_nothing_are_faults():
    stock, used, came = book()
    stock[0, 0, 5] = -4
    assert kinds(stock, used, came) == [BookFaultKind.NEGATIVE]
    empty = np.zeros_like(stock)
    assert kinds(empty, used, came) == [BookFaultKind.USED_FROM_NOTHING]
    assert kinds(empty, np.zeros_like(used), came) == []
    assert kinds(empty, used, np.where(used > 0, 20.0, 0)) == []


def test_a_day_without_report_is_no_fault():
    stock, used, came = book()
    stock[..., 8:] -= 200
    used[..., 9] = np.nan
    assert kinds(stock, used, came) == []


def test_books_of_different_shapes_are_refused():
    stock, used, came = book()
    with pytest.raises(ValueError, match="delivered has shape"):
        book_faults(stock, used, came[..., 1:], PACK)


def test_only_lots_that_have_not_expired_can_be_used():
    lots, expires = np.array([[10.0, 5.0, 7.0]]), np.array([[3.0, 8.0, np.nan]])
    assert [usable_stock(lots, expires, day).item() for day in (0, 3, 4, 9)] == [22, 22, 12, 7]


LOTS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(LOTS, st.lists(st.integers(0, 12), min_size=6, max_size=6))
def test_first_expired_first_out_is_a_shelf_kept_unit_by_unit(lots, asked):
    units, last = (np.array(each, dtype=float) for each in zip(*lots, strict=True))
    fast = expired_by_day(units, last, np.array(asked, dtype=np.float32)[:, None])[:, 0]
    shelf = sorted(day for count, day in lots for _ in range(count))
    for day, wanted in enumerate(asked, start=1):
        lost = sum(each < day for each in shelf)
        assert fast[day - 1] == lost
        shelf = shelf[lost:][wanted:]


def test_no_unit_is_lost_twice_and_what_is_used_in_time_is_not_lost():
    demand = np.full((5, 2), 4.0, dtype=np.float32)
    gone = expired_by_day(np.array([8.0, 20.0]), np.array([2.0, 3.0]), demand)
    assert gone[:, 0].tolist() == [0, 0, 0, 16, 0]
    assert np.array_equal(gone[:, 0], gone[:, 1])
