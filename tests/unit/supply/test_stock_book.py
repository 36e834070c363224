"""Books that do not add up."""

import numpy as np
import pytest

from vigie.supply import BookFaultKind, book_faults

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
