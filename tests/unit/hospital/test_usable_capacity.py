"""Staff, machines and usable capacity, against loops over every cell."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.hospital import (
    beds_served,
    capacity_shortage,
    equipment_paths,
    required_staff,
    staff_paths,
    units_needed,
    usable_capacity,
)

RATIOS = np.array([[1.0, np.nan, 8.0], [np.nan, 5.0, 12.0]])
PATIENTS = arrays(np.float32, (2, 2, 3, 4), elements=st.integers(0, 60).map(float))


@settings(max_examples=30, deadline=None)
@given(PATIENTS)
def test_staff_are_rounded_up_in_each_ward_and_then_summed(occupancy):
    need = required_staff(occupancy, RATIOS)
    for place, day, sample in np.ndindex(2, 3, 4):
        icu, ward = (int(occupancy[place, w, day, sample]) for w in (0, 1))
        expected = [icu, math.ceil(ward / 5), math.ceil(icu / 8) + math.ceil(ward / 12)]
        assert need[place, :, day, sample].tolist() == expected


@settings(max_examples=30, deadline=None)
@given(PATIENTS)
def test_enough_staff_of_every_skill_can_run_every_occupied_bed(occupancy):
    beds = beds_served(units_needed(occupancy, 1 / RATIOS), occupancy, 1 / RATIOS)
    assert (beds >= occupancy).all()


@settings(max_examples=30, deadline=None)
@given(PATIENTS, arrays(np.float32, (2, 3, 3, 4), elements=st.integers(0, 30).map(float)))
def test_beds_that_run_never_use_more_staff_than_there_are(occupancy, available):
    beds = beds_served(available, occupancy, 1 / RATIOS)
    used_icu, used_ward = beds[:, 0] / 8, beds[:, 1] / 12
    assert (used_icu + used_ward <= available[:, 2] + 1e-3).all()
    assert (beds[:, 0] <= available[:, 0]).all()
    assert (beds[:, 1] <= 5 * available[:, 1]).all()


def test_absent_staff_run_no_beds():
    occupancy = np.full((1, 1, 2, 3), 9, dtype=np.float32)
    rostered = np.full((1, 1, 2, 1), 10, dtype=np.float32)
    absent = np.array([[0, 4, 12]], dtype=np.float32).reshape(1, 1, 1, 3)
    staff = staff_paths(occupancy, np.array([[1.5]]), rostered, absent)
    assert staff.need[0, 0, 0].tolist() == [6, 6, 6]
    assert staff.available[0, 0, 1].tolist() == [10, 6, 0]
    assert staff.beds[0, 0, 0].tolist() == [15, 9, 0]


def test_machines_needed_are_not_capped_by_the_fleet_but_those_in_use_are():
    occupancy = np.array([10, 25], dtype=np.float32).reshape(1, 1, 2, 1)
    fleet = np.full((1, 1, 1, 1), 12, dtype=np.float32)
    machines = equipment_paths(occupancy, np.array([[0.6]]), fleet)
    assert machines.need[0, 0, :, 0].tolist() == [6, 15]
    assert machines.in_use[0, 0, :, 0].tolist() == [6, 12]
    assert machines.beds[0, 0, :, 0].tolist() == [20, 20]


def test_a_ward_that_needs_no_resource_is_not_limited_by_it():
    occupancy = np.ones((1, 2, 1, 1), dtype=np.float32)
    fleet = np.zeros((1, 1, 1, 1), dtype=np.float32)
    beds = equipment_paths(occupancy, np.array([[1.0], [np.nan]]), fleet).beds
    assert beds[0, :, 0, 0].tolist() == [0, np.inf]


THREE = [arrays(np.float32, (2, 1, 3, 4), elements=st.integers(0, 9).map(float))] * 3


@settings(max_examples=30, deadline=None)
@given(*THREE)
def test_usable_capacity_is_the_smallest_limit_and_says_which_it_is(beds, staff, machines):
    capacity = usable_capacity(beds, staff, machines)
    names = ["beds", "staff", "equipment"]
    for cell in np.ndindex(beds.shape):
        limits = [float(each[cell]) for each in (beds, staff, machines)]
        assert capacity.values[cell] == min(limits)
        assert capacity.limits[cell] == limits.index(min(limits))
    shares = capacity.binding_share()
    assert np.allclose(shares.sum(axis=0), 1)
    assert capacity.binds()[0][0] == names[int(shares[:, 0, 0].argmax())]


def test_what_binds_can_be_asked_of_the_short_days_alone():
    beds = np.full((1, 1, 1, 4), 10, dtype=np.float32)
    staff = np.array([20, 20, 20, 4], dtype=np.float32).reshape(1, 1, 1, 4)
    capacity = usable_capacity(beds, staff)
    short = capacity.values < 5
    assert capacity.binds() == [["beds"]]
    assert capacity.binds(short) == [["staff"]]
    assert capacity.binds(np.zeros_like(short)) == [["beds"]]


def test_beds_for_all_days_spread_over_the_futures_of_the_staff():
    beds = np.full((1, 1, 1, 1), 7, dtype=np.float32)
    staff = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    assert usable_capacity(beds, staff).values.max() == 7


@settings(max_examples=30, deadline=None)
@given(PATIENTS, st.integers(0, 60), st.integers(0, 10))
def test_more_capacity_never_raises_a_risk(need, beds, more):
    less, greater = (
        capacity_shortage(need, np.full((1, 1, 1, 1), b, np.float32)) for b in (beds, beds + more)
    )
    assert (greater.probability <= less.probability).all()
    assert (greater.probability_7 <= less.probability_7).all()
    assert (greater.expected_unmet <= less.expected_unmet).all()
    assert (greater.first_day >= less.first_day).all()


def test_a_future_is_short_when_need_exceeds_capacity_on_one_day_and_not_when_it_equals_it():
    need = np.array([[10, 10], [10, 11], [10, 10]], dtype=np.float32).reshape(1, 1, 3, 2)
    summary = capacity_shortage(need, np.full((1, 1, 1, 1), 10, np.float32))
    assert summary.probability.item() == 0.5
    assert summary.if_short[1].item() == 2
    assert summary.expected_unmet.item() == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda o: required_staff(o, np.array([[0.0], [1.0]])), "not positive"),
        (lambda o: required_staff(o, np.array([[1.0]])), "expected"),
        (lambda o: units_needed(o, np.array([[-1.0], [1.0]])), "negative"),
        (lambda o: equipment_paths(o, np.array([[1.2], [0.0]]), o[:, :1]), "above 1"),
        (lambda o: beds_served(o, o, np.array([[1.0], [0.0]])), "1 resources"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.ones((1, 2, 1, 1), dtype=np.float32))
