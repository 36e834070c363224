"""Reading every told state of the orders."""

from datetime import timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.supply.orders_made import END, TODAY, UNTIL, many, rows_of
from vigie.errors import BadData
from vigie.supply import OrderFaultKind, order_faults, read_order_lines


def read(*lines):
    return read_order_lines(rows_of(lines), today=TODAY, known_until=UNTIL)


def test_a_line_keeps_its_first_promise_and_the_day_on_which_it_came():
    lines = read(
        {"order": "1", "told": -9, "ordered": -9, "eta": -3},
        {"order": "1", "told": -3, "ordered": -9, "eta": -1, "status": "shipped"},
        {"order": "1", "told": -1, "ordered": -9, "eta": -1, "status": "arrived", "quantity": 60.0},
    )
    assert not lines.is_open[0]
    assert lines.ordered_promises.day.tolist() == [END - 3]
    assert lines.shipped_promises.day.tolist() == [END - 1]
    assert (lines.left_day[0], lines.arrival_day[0]) == (END - 3, END - 1)
    assert (lines.quantity[0], lines.delivered[0]) == (100.0, 60.0)


def test_a_day_of_delay_between_arrival_and_report_is_taken_off_what_was_told():
    lines = read(
        {"order": "1", "told": -8, "ordered": -9, "eta": -3},
        {"order": "1", "told": -2, "ordered": -9, "eta": -3, "status": "arrived"},
        {"order": "2", "told": -1, "ordered": -2, "eta": 3},
    )
    assert lines.report_lag_days == 1
    assert lines.known_day == END - 1
    assert lines.first_day.tolist() == [END - 9, END - 2]


def test_an_arrival_without_a_day_came_when_it_was_told():
    lines = read(
        {"order": "1", "told": -9, "eta": -3},
        {"order": "1", "told": -2, "eta": None, "status": "arrived"},
    )
    assert lines.arrival_day[0] == END - 2


def test_withdrawn_lines_are_left_out_and_the_others_stay():
    lines = read(
        {"order": "1", "told": -5, "eta": 1},
        {"order": "1", "told": -3, "reason": "withdrawn", "status": None},
        {"order": "2", "told": -5, "eta": 1},
    )
    assert lines.place.to_pylist() == ["A"]
    assert lines.is_open.tolist() == [True]


def test_the_same_number_in_two_feeds_is_two_lines():
    lines = read({"order": "1", "told": -5, "feed": "a"}, {"order": "1", "told": -5, "feed": "b"})
    assert len(lines.state) == 2


def test_an_unknown_status_is_refused_with_the_nearest_words():
    with pytest.raises(BadData, match=r'status "shiped" is unknown.*"shipped"'):
        read({"order": "1", "told": -5, "status": "shiped"})


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    rows = rows_of(many(rng, 12, delay=lambda r: r.integers(-1, 6), cancel=0.2))
    mixed = rows.take(rng.permutation(rows.num_rows))
    one, two = (read_order_lines(each, today=TODAY, known_until=UNTIL) for each in (rows, mixed))
    for name in ("first_day", "left_day", "arrival_day", "cancelled_day", "quantity", "state"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert one.place.equals(two.place)


def test_every_fault_of_an_open_order_is_named_with_its_remedy():
    lines = read(
        {"order": "1", "told": -5, "eta": 2, "quantity": -4.0},
        {"order": "2", "told": -5, "eta": 2, "quantity": None},
        {"order": "3", "told": -5, "eta": 2, "place": "Z"},
        {"order": "4", "told": -5, "eta": 2, "product": "maks"},
        {"order": "5", "told": -90, "ordered": -95, "eta": -80},
        {"order": "6", "told": -5, "eta": None, "supplier": None},
        {"order": "7", "told": -9, "eta": -3},
        {"order": "7", "told": -2, "eta": -2, "status": "arrived", "quantity": -4.0},
    )
    faults = {each.kind: each for each in order_faults(lines, ["A", "B"], ["mask"])}
    assert set(faults) == {
        OrderFaultKind.NEGATIVE_QUANTITY, OrderFaultKind.NO_QUANTITY,
        OrderFaultKind.UNKNOWN_PLACE, OrderFaultKind.UNKNOWN_PRODUCT,
        OrderFaultKind.LONG_OVERDUE, OrderFaultKind.NO_PROMISE, OrderFaultKind.NO_SUPPLIER,
    }  # fmt: skip
    assert all(each.count == 1 for each in faults.values())
    assert 'nearest: "mask"' in faults[OrderFaultKind.UNKNOWN_PRODUCT].message
    assert "cancel them there" in faults[OrderFaultKind.NEGATIVE_QUANTITY].message


def test_an_order_expected_before_it_was_made_is_named():
    lines = read(
        {"order": "1", "told": -2, "ordered": -6, "eta": -8},
        {"order": "2", "told": -2, "ordered": -6, "eta": -4},
        {"order": "3", "told": -2, "eta": -8},
    )
    [fault] = order_faults(lines, ["A"], ["mask"])
    assert (fault.kind, fault.count) == (OrderFaultKind.PROMISED_EARLIER, 1)
    assert "before that of their order" in fault.message


def test_orders_that_can_be_taken_have_no_fault():
    assert order_faults(read({"order": "1", "told": -5, "eta": 2}), ["A"], ["mask"]) == ()


def test_a_room_without_orders_is_read():
    lines = read_order_lines(rows_of([]), today=TODAY, known_until=UNTIL)
    assert len(lines.state) == 0


def test_what_was_told_after_the_day_of_the_run_is_not_read():
    rows = rows_of(
        [
            {"order": "1", "told": -5, "eta": 1},
            {"order": "1", "told": 1, "eta": 1, "status": "arrived"},
            {"order": "2", "told": 2, "eta": 9, "status": "not yet a word"},
        ]
    )
    lines = read_order_lines(rows, today=TODAY, known_until=UNTIL)
    assert lines.is_open.tolist() == [True]


def test_the_time_zone_of_the_last_instant_changes_nothing():
    rows = rows_of(many(np.random.default_rng(0), 20, delay=lambda r: 0))
    there = UNTIL.astimezone(timezone(timedelta(hours=9)))
    one, two = (read_order_lines(rows, today=TODAY, known_until=each) for each in (UNTIL, there))
    np.testing.assert_array_equal(one.first_day, two.first_day)
