"""Lots that expire: the fast count against a shelf kept unit by unit, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.supply import (
    Unmet,
    expired_by_day,
    first_stock_out,
    lots_left,
    lots_within,
    net_need,
    order_advice,
    stock_paths,
)

DAYS = 6
LOTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=4)
USE = st.lists(st.integers(0, 12), min_size=DAYS, max_size=DAYS)
COMING = st.lists(st.sampled_from([0, 0, 0, 15]), min_size=DAYS, max_size=DAYS)


def arrays(lots: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """(1, lot) units and last days, by day of expiry."""
    units, last = zip(*sorted(lots, key=lambda lot: lot[1]), strict=True)
    return np.array([units], dtype=float), np.array([last], dtype=float)


def paths(asked: list[int]) -> np.ndarray:
    return np.array(asked, dtype=np.float32)[None, :, None]


def kept_by_unit(
    lots: list[tuple[int, int]], undated: int, asked: list[int], coming: list[int]
) -> tuple[list[int], list[int], list[int], int]:
    """A shelf of single units: used, expired and missed on each day, and what is left."""
    shelf = sorted(day for count, day in lots for _ in range(count)) + [99] * undated
    used, expired, missed = [], [], []
    for day, (wanted, came) in enumerate(zip(asked, coming, strict=True), start=1):
        expired.append(sum(last < day for last in shelf))
        shelf = sorted([last for last in shelf if last >= day] + [99] * came)
        used.append(min(wanted, len(shelf)))
        missed.append(wanted - used[-1])
        shelf = shelf[used[-1] :]
    return used, expired, missed, len(shelf)


@settings(max_examples=80, deadline=None)
@given(LOTS, st.integers(0, 40), USE, COMING)
def test_a_store_with_lots_is_a_shelf_kept_unit_by_unit(
    lots: list[tuple[int, int]], undated: int, asked: list[int], coming: list[int]
) -> None:
    units, last = arrays(lots)
    used, expired, missed, left = kept_by_unit(lots, undated, asked, coming)

    gone = expired_by_day(units, last, paths(asked))
    assert gone[0, :, 0].tolist() == expired
    opening = units.sum(axis=-1) + undated
    came = np.array(coming, dtype=np.float32)[None, :, None]
    store = stock_paths(opening, paths(asked), came - gone, Unmet.LOST)
    assert store.unmet[0, :, 0].tolist() == missed
    assert store.stock[0, -1, 0] == left
    assert sum(used) + sum(expired) + left == opening[0] + sum(coming), "units are conserved"


@settings(max_examples=60, deadline=None)
@given(LOTS, st.integers(0, 40), USE, COMING, st.sampled_from(Unmet))
def test_the_first_short_day_and_what_is_missed_are_read_from_the_need_alone(
    lots: list[tuple[int, int]], undated: int, asked: list[int], coming: list[int], unmet: Unmet
) -> None:
    units, last = arrays(lots)
    opening = units.sum(axis=-1) + undated
    gained = np.array(coming, dtype=np.float32)[None, :, None] - expired_by_day(
        units, last, paths(asked)
    )
    store = stock_paths(opening, paths(asked), gained, unmet)
    first = first_stock_out(net_need(paths(asked), gained), opening)[0, 0]
    short = np.flatnonzero(store.unmet[0, :, 0] > 0)
    assert first == (short[0] + 1 if len(short) else DAYS + 1)


@settings(max_examples=60, deadline=None)
@given(LOTS, USE, st.data())
def test_a_sooner_expiry_never_lowers_risk_nor_the_order(
    lots: list[tuple[int, int]], asked: list[int], data: st.DataObject
) -> None:
    sooner = [(count, data.draw(st.integers(0, day))) for count, day in lots]
    opening = np.array([float(sum(count for count, _ in lots))])
    firsts, quantities, latest = [], [], []
    for each in (lots, sooner):
        units, last = arrays(each)
        need = net_need(paths(asked), -expired_by_day(units, last, paths(asked)))
        first = first_stock_out(need, opening)
        advice = order_advice(
            need, first, opening, lead_time_days=2, pack_size=1, unmet=Unmet.LOST, review_days=2
        )
        firsts.append(first[0, 0])
        quantities.append(advice.quantity[0] + min(opening[0], 0))
        latest.append(np.nan_to_num(advice.latest_day[0], nan=-1.0))
    assert firsts[1] <= firsts[0]
    assert latest[1] <= latest[0]
    if firsts[1] > 2:
        # Before the order comes a store that ran short has asked for less.
        assert quantities[1] >= quantities[0]


def test_lots_that_never_expire_change_nothing_to_the_digit() -> None:
    rng = np.random.default_rng(2)
    demand = rng.gamma(2.0, 5.0, (3, 28, 50)).astype(np.float32)
    lots, expires = np.full((3, 2), 40.0), np.array([[np.inf, np.nan]] * 3)
    gone = expired_by_day(lots, expires, demand)
    assert not gone.any()
    came = rng.integers(0, 9, (3, 28, 50)).astype(np.float32)
    assert np.array_equal(net_need(demand, came - gone), net_need(demand, came))


@settings(max_examples=60, deadline=None)
@given(LOTS, USE)
def test_what_is_left_of_each_lot_days_after_its_count(
    lots: list[tuple[int, int]], used: list[int]
) -> None:
    ordered = sorted(lots, key=lambda lot: lot[1])
    shelf = [[count, day] for count, day in ordered]
    for day, wanted in enumerate(used, start=1):
        for lot in shelf:
            if lot[1] >= day:
                taken = min(lot[0], wanted)
                lot[0] -= taken
                wanted -= taken
    units, last = arrays(lots)
    left = lots_left(units[0], last[0], np.array(used, dtype=float))
    assert left.tolist() == [lot[0] for lot in shelf]


@pytest.mark.parametrize(
    ("stock", "left"),
    [(80, [10, 20, 50]), (60, [10, 0, 50]), (25, [10, 0, 15]), (4, [4, 0, 0]), (200, [10, 20, 50])],
)
def test_what_lots_have_too_much_is_taken_off_the_first_that_could_be_used(
    stock: float, left: list[float]
) -> None:
    lots, was_usable = np.array([10.0, 20.0, 50.0]), np.array([False, True, True])
    assert lots_within(lots, was_usable, stock).tolist() == left
