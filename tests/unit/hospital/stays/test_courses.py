"""Where patients are later: the formula against the slow one, and patients drawn against both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.stays import (
    GONE,
    OnwardStays,
    StayLaw,
    Wards,
    expected_census,
    fit_onward_stays,
    stay_records,
)

FIRST = np.datetime64("2021-01-01")


def law_of(seed, wards=3, nights=25):
    rng = np.random.default_rng(seed)
    hazards = rng.uniform(0, 0.12, (1, wards, wards + 1, nights))
    hazards[0, np.arange(wards), np.arange(wards)] = 0
    hazards[..., -1] /= hazards[..., -1].sum(axis=2, keepdims=True)
    return OnwardStays(StayLaw(hazards), np.ones(wards))


def onward_of(wards):
    return np.tile(np.append(np.arange(wards), -1), (wards, 1))


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), days=st.integers(1, 16))
def test_the_formula_is_that_of_the_flow_through_wards(seed, days):
    stays = law_of(seed)
    presence = stays.presence(days)
    unit = np.arange(3)[None]
    for ward in range(3):
        arrivals = np.zeros((1, 3, days))
        arrivals[0, ward, 0] = 1
        nobody = np.zeros((1, 3, 2), dtype=np.int64)
        slow = expected_census(arrivals, nobody, Wards(unit, onward_of(3)), stays.law)
        np.testing.assert_allclose(presence[ward], slow[0], atol=1e-9)
    assert (presence.sum(axis=1) <= 1 + 1e-9).all()


def test_drawn_patients_are_in_one_bed_at_a_time_and_as_often_as_the_law_says():
    stays = law_of(4)
    courses = stays.courses(12, 20000, np.random.default_rng(1))
    assert courses.shape == (3, 20000, 12)
    assert set(np.unique(courses)) <= {GONE, 0, 1, 2}
    # Who left does not come back.
    gone = courses == GONE
    assert (gone[..., 1:] >= gone[..., :-1]).all()
    shares = np.stack([(courses == ward).mean(axis=1) for ward in range(3)], axis=1)
    np.testing.assert_allclose(shares, stays.presence(12), atol=0.012)
    again = stays.courses(12, 20000, np.random.default_rng(1))
    np.testing.assert_array_equal(courses, again)


def test_who_reaches_a_ward_kind_is_counted_once():
    stays = law_of(2, nights=15)
    courses = stays.courses(80, 4000, np.random.default_rng(3))
    presence = np.stack([(courses == ward).any(axis=2).mean(axis=1) for ward in range(3)], axis=1)
    # A stay that ends on its first day is counted on no midnight: fewer are seen than reach it.
    assert (presence <= stays.reached() + 0.03).all()
    alone = stays.law.hazards.copy()
    alone[0, :, 1:3] = 0
    alone[..., -1] /= alone[..., -1].sum(axis=2, keepdims=True)
    reached = OnwardStays(StayLaw(alone), np.ones(3)).reached()
    assert (reached[:, 1:] == np.eye(3)[:, 1:]).all()


def test_moves_that_nobody_saw_arrive_go_where_the_others_go():
    rng = np.random.default_rng(0)
    count = 6000
    unit = np.repeat([0, 1], [4000, 2000])
    # Of general wards a fifth go on to intensive care; of half of these the next stay is not seen.
    cause = np.where(unit == 0, rng.choice([1, 2, 3], count, p=[0.1, 0.1, 0.8]), 3)
    begin = rng.integers(0, 60, count)
    nights = rng.geometric(np.where(unit == 0, 0.2, 0.1))
    from_date, to_date = FIRST + begin, FIRST + begin + nights
    records = stay_records(
        unit, from_date, to_date, cause, window_start=FIRST, as_of=FIRST + 90, units=2, causes=4
    )
    stays = fit_onward_stays(records, np.array([1.0, 0.6]), np.random.default_rng(1))
    assert stays.reached()[0, 1] == pytest.approx(0.2, abs=0.02)
    # Nobody was seen to go back: general wards are not reached from intensive care at all.
    assert stays.reached()[1, 0] == 0
    np.testing.assert_allclose(stays.mean_days, [5, 10], rtol=0.06)


def test_laws_that_make_no_sense_are_refused():
    hazards = law_of(0).law.hazards.copy()
    with pytest.raises(ValueError, match="one set, a cause for each ward kind"):
        OnwardStays(StayLaw(hazards), np.ones(2))
    hazards[0, 0, 0, 0] = 0.01
    with pytest.raises(ValueError, match="its own ward kind"):
        OnwardStays(StayLaw(hazards), np.ones(3))
    records = stay_records(
        np.zeros(1, dtype=np.int64), FIRST + np.zeros(1, int), FIRST + np.ones(1, int),
        np.zeros(1, dtype=np.int64), window_start=FIRST, as_of=FIRST + 9, units=1, causes=1,
    )  # fmt: skip
    with pytest.raises(ValueError, match="1 causes for 1 ward kinds: 3 are needed"):
        fit_onward_stays(records, np.ones(1), np.random.default_rng(0))
