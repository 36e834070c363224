"""The flow of patients: against the formula for its mean, and conservation of patients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.stays import (
    StayLaw,
    Wards,
    bed_flow,
    booked_arrivals,
    expected_census,
    split_arrivals,
)

NEXT = np.array([[-1, 1, -1], [0, 2, -1], [1, 0, -1]])


def some_law(seed, sets=3, units=6, longest=60):
    rng = np.random.default_rng(seed)
    hazards = rng.uniform(0.01, 0.12, (sets, units, 3, longest))
    hazards[..., -1] = 1 / 3
    return StayLaw(hazards)


def test_means_are_those_of_the_formula_moves_between_wards_included():
    rng = np.random.default_rng(1)
    wards, law = Wards(np.arange(6).reshape(2, 3), NEXT), some_law(2)
    arrivals = rng.poisson(rng.uniform(1, 6, (2, 3, 14, 1)), (2, 3, 14, 3000)).astype(np.float32)
    present = rng.poisson(2, (2, 3, 20))
    flow = bed_flow(arrivals, present, wards, law, rng)
    due = expected_census(arrivals.mean(axis=-1), present, wards, law)
    error = flow.census.std(axis=-1) / np.sqrt(3000)
    assert (np.abs(flow.census.mean(axis=-1) - due) / error).max() < 4.5
    assert abs(((flow.census.mean(axis=-1) - due) / error).mean()) < 0.8


def test_ten_a_day_for_five_nights_fill_fifty_beds():
    hazards = np.full((1, 1, 1, 100), 0.0)
    hazards[..., 5:] = 1.0
    law, wards = StayLaw(hazards), Wards(np.zeros((1, 1), dtype=int), np.array([[-1]]))
    arrivals = np.full((1, 1, 20, 4), 10, dtype=np.float32)
    flow = bed_flow(arrivals, np.zeros((1, 1, 1), dtype=int), wards, law, np.random.default_rng(0))
    assert (flow.census[0, 0, 4:] == 50).all()
    assert flow.census[0, 0, :4, 0].tolist() == [10, 20, 30, 40]


def test_a_stay_of_no_night_uses_a_bed_by_day_and_is_never_counted_at_midnight():
    law = StayLaw(np.ones((1, 1, 1, 10)))
    wards = Wards(np.zeros((1, 1), dtype=int), np.array([[-1]]))
    arrivals = np.full((1, 1, 3, 2), 7, dtype=np.float32)
    flow = bed_flow(arrivals, np.zeros((1, 1, 1), dtype=int), wards, law, np.random.default_rng(0))
    assert not flow.census.any()
    assert (flow.daytime == 7).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), days=st.integers(1, 12))
def test_nobody_is_lost_when_nobody_leaves(seed, days):
    """Every stay ends by a move to the next ward: a site keeps all it has and all who come."""
    rng = np.random.default_rng(seed)
    hazards = rng.uniform(0, 0.6, (2, 3, 1, 40))
    hazards[..., -1] = 1
    wards = Wards(np.array([[0, 1, 2]]), np.array([[1], [2], [0]]))
    arrivals = rng.poisson(2, (1, 3, days, 8)).astype(np.float32)
    present = rng.poisson(1, (1, 3, 5))
    flow = bed_flow(arrivals, present, wards, StayLaw(hazards), rng)
    came = arrivals.sum(axis=1).cumsum(axis=1)
    inside = flow.census.sum(axis=1)
    assert np.array_equal(inside, np.broadcast_to(present.sum() + came, inside.shape))


def test_same_seed_same_futures_and_another_site_changes_none():
    rng = np.random.default_rng(4)
    law = some_law(5)
    arrivals = rng.poisson(3, (2, 3, 10, 50)).astype(np.float32)
    present = rng.poisson(1, (2, 3, 5))
    both = Wards(np.arange(6).reshape(2, 3), NEXT)
    flow = bed_flow(arrivals, present, both, law, np.random.default_rng(9))
    again = bed_flow(arrivals, present, both, law, np.random.default_rng(9))
    assert np.array_equal(flow.census, again.census)
    first = Wards(both.law_unit[:1], NEXT)
    alone = bed_flow(arrivals[:1], present[:1], first, law, np.random.default_rng(9))
    assert np.array_equal(flow.census[:1], alone.census)


def test_a_site_without_the_next_ward_sends_the_patient_away():
    hazards = np.zeros((1, 1, 1, 10))
    hazards[..., 1:] = 1
    wards = Wards(np.array([[0, -1]]), np.array([[1], [-1]]))
    arrivals = np.zeros((1, 2, 5, 3), dtype=np.float32)
    arrivals[0, 0] = 4
    empty = np.zeros((1, 2, 1), dtype=int)
    flow = bed_flow(arrivals, empty, wards, StayLaw(hazards), np.random.default_rng(0))
    assert (flow.census[0, 0] == 4).all()
    assert not flow.census[0, 1].any()
    arrivals[0, 1] = 1
    with pytest.raises(ValueError, match="a ward that it does not have"):
        bed_flow(arrivals, empty, wards, StayLaw(hazards), np.random.default_rng(0))


def test_admissions_are_shared_out_whole():
    rng = np.random.default_rng(0)
    admissions = rng.poisson(30, (2, 5, 4000)).astype(np.float32)
    shares = np.array([[0.7, 0.2, 0.1], [0.5, 0.5, 0.0]])
    for known in (np.inf, 50.0):
        out = split_arrivals(admissions, shares, rng, known=known)
        assert np.array_equal(out.sum(axis=1), admissions)
        assert np.allclose(out.mean(axis=(2, 3)) / 30, shares, atol=0.01)
        assert not out[1, 2].any()
    certain = split_arrivals(admissions, shares, rng).var(axis=-1).mean()
    assert split_arrivals(admissions, shares, rng, known=20.0).var(axis=-1).mean() > 1.5 * certain


def test_bookings_come_but_for_those_who_do_not():
    bookings = np.full((1, 2, 3), 20)
    out = booked_arrivals(bookings, 0.1, 5000, np.random.default_rng(0))
    assert out.mean() == pytest.approx(18, abs=0.1)
    assert out.max() <= 20
    with pytest.raises(ValueError, match="0 to 1"):
        booked_arrivals(bookings, 1.5, 10, np.random.default_rng(0))


def test_a_law_must_end_every_stay():
    with pytest.raises(ValueError, match="last day"):
        StayLaw(np.full((1, 1, 1, 5), 0.2))
    with pytest.raises(ValueError, match="more than 1"):
        StayLaw(np.full((1, 1, 2, 5), 0.7))
