"""Patients in bed from daily entries: the balance by formula, laws of wards, paths of wards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.hospital.stays import (
    StayLaw,
    WardHistory,
    Wards,
    balance,
    expected_census,
    law_with_means,
    patients_by_age,
    served_wards,
    stays_of_kinds,
    ward_means,
    ward_occupancy_paths,
)

NO_MOVES = np.full((2, 1), -1)


def some_law(seed, units=2, longest=60):
    rng = np.random.default_rng(seed)
    hazards = rng.uniform(0.03, 0.3, (1, units, 1, longest))
    hazards[..., -1] = 1.0
    return StayLaw(hazards)


def region(seed, places=12, days=150, ahead=14):
    """Wards of two kinds with Poisson entries and geometric stays; entries and census to the end.

    Entries to all wards of a kind rise and fall together, with the weekday and in waves.
    """
    rng = np.random.default_rng(seed)
    level = rng.uniform(2, 9, (places, 2, 1))
    day = np.arange(-60, days + ahead)
    common = 1 + 0.3 * (day % 7 < 5) + 0.25 * np.sin(day / 18)
    entries = rng.poisson(level * common)
    census, there = np.zeros(entries.shape), np.zeros((places, 2), dtype=int)
    leaving = np.array([0.2, 0.35])
    for at in range(entries.shape[-1]):
        there = rng.binomial(there + entries[..., at], 1 - leaving)
        census[..., at] = there
    return entries[..., 60:].astype(float), census[..., 60:]


def known(entries, census, days=150):
    came = entries[..., :days]
    return WardHistory(census[..., :days], came, np.nansum(came, axis=0))


def whole_of(entries, samples, days=150):
    """The future of all entries together, as if it were known."""
    return np.repeat(entries[..., days:].sum(axis=0)[..., None], samples, axis=-1).astype("f4")


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), days=st.integers(1, 90))
def test_patients_by_age_are_whole_and_add_up_to_those_counted(seed, days):
    rng = np.random.default_rng(seed)
    survival = some_law(seed, 6).survival[0].reshape(3, 2, -1)
    patients = rng.poisson(rng.choice([0, 3, 80]), (3, 2))
    entries = rng.poisson(rng.choice([0.0, 0.2, 5.0]), (3, 2, days)).astype(float)
    found = patients_by_age(patients, entries, survival)
    assert found.dtype == np.int64
    assert (found >= 0).all()
    assert (found.sum(axis=-1) == patients).all()


def test_ages_are_those_of_the_days_on_which_patients_came():
    stays_of_three = np.zeros((1, 1, 1, 10))
    stays_of_three[..., 3:] = 1.0
    survival = StayLaw(stays_of_three).survival
    entries = np.array([[[9.0, 9, 1, 2, 4]]])
    found = patients_by_age(np.array([[7]]), entries, survival)
    assert found[0, 0, :5].tolist() == [4, 2, 1, 0, 0], "those of earlier days have left"


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), days=st.integers(1, 20))
def test_balance_is_the_expected_census_of_wards_without_moves(seed, days):
    rng = np.random.default_rng(seed)
    law = some_law(seed, 6)
    present = rng.poisson(1.5, (3, 2, 59))
    entries = rng.uniform(0, 6, (3, 2, days))
    found = balance(present, entries, law.survival[0].reshape(3, 2, -1))
    wards = Wards(np.arange(6).reshape(3, 2), NO_MOVES)
    np.testing.assert_allclose(found.mean, expected_census(entries, present, wards, law))


def test_variance_of_the_balance_is_that_of_every_patient_by_themself():
    law, days = some_law(3, 1), 9
    survival = law.survival[0, 0]
    present, entries = np.arange(12), np.linspace(1, 5, days)
    found = balance(present[None, None], entries[None, None], survival[None, None])
    for day in range(days):
        due = 0.0
        for age, count in enumerate(present):
            stays = survival[age + day + 2] / survival[age + 1]
            due += count * stays * (1 - stays)
        for came in range(day + 1):
            stays = survival[day - came + 1]
            due += entries[came] * stays * (1 - stays)
        assert found.variance[0, 0, day] == pytest.approx(due)


def test_a_law_is_stretched_to_the_mean_stay_of_each_ward():
    law = some_law(5)
    means = np.array([[0.4, 3.0], [7.0, 1.2], [2.0, 11.0]])
    found = law_with_means(law, means)
    np.testing.assert_allclose(found.mean_days[0], means.ravel(), rtol=1e-4)
    same = law_with_means(law, law.mean_days)
    np.testing.assert_allclose(same.survival[0], law.survival[0], atol=1e-4)
    with pytest.raises(ValueError, match="means of 3 wards for a law of 2"):
        law_with_means(law, np.ones((1, 3)))


def test_mean_stay_is_patients_over_entries_and_a_silent_ward_takes_that_of_its_kind():
    entries = np.full((3, 1, 100), 4.0)
    census = np.full((3, 1, 100), 20.0)
    census[1] = 40.0
    entries[2], census[2] = np.nan, np.nan
    census[0, 0, ::3] = np.nan
    means = ward_means(entries, census)[:, 0]
    of_kind = (56 * 20 + 84 * 40) / (56 * 4 + 84 * 4)
    assert means[2] == pytest.approx(of_kind)
    assert means[1] == pytest.approx((84 * 40 + 100 * of_kind) / (84 * 4 + 100))
    assert 5.0 < means[0] < of_kind


def test_the_law_of_a_kind_is_told_from_the_totals_of_its_wards():
    entries, census = region(8, places=60)
    law = stays_of_kinds(entries.sum(axis=0), census.sum(axis=0))
    # A stay that ends with chance p a night, the first included, has a mean of (1 - p) / p nights.
    np.testing.assert_allclose(law.mean_days[0], [4.0, 0.65 / 0.35], rtol=0.12)


def test_paths_keep_to_the_balance_of_those_who_come():
    entries, census = region(1)
    paths = ward_occupancy_paths(
        known(entries, census), whole_of(entries, 800), np.random.default_rng(0)
    )
    assert paths.shape == (12, 2, 14, 800)
    assert paths.dtype == np.float32
    assert (paths >= 0).all()
    assert (paths == np.rint(paths)).all()
    error = paths.mean(axis=-1).sum(axis=0) - census[..., 150:].sum(axis=0)
    assert np.abs(error / census[..., 150:].sum(axis=0)).max() < 0.12


def test_same_seed_same_paths_and_a_future_with_more_entries_has_more_patients_everywhere():
    entries, census = region(2)
    history, whole = known(entries, census), whole_of(entries, 60)
    whole[..., 30:] *= 1.6
    first, again = (
        ward_occupancy_paths(history, whole, np.random.default_rng(4)) for _ in range(2)
    )
    assert (first == again).all()
    quiet, busy = first[..., :30].mean(axis=-1), first[..., 30:].mean(axis=-1)
    assert (busy[:, :, -1] > quiet[:, :, -1]).all()


def test_ranges_hold_as_often_as_they_say():
    inside = {0.8: [], 0.95: []}
    for seed in range(6):
        entries, census = region(seed)
        whole = whole_of(entries, 300)
        paths = ward_occupancy_paths(known(entries, census), whole, np.random.default_rng(seed))
        for share, held in inside.items():
            low, high = np.quantile(paths, [(1 - share) / 2, (1 + share) / 2], axis=-1)
            truth = census[..., 150:]
            held.append(((truth >= low) & (truth <= high)).mean())
    assert 0.74 < np.mean(inside[0.8]) < 0.90
    assert 0.91 < np.mean(inside[0.95]) < 0.99


def test_registers_that_do_not_balance_widen_the_paths():
    entries, census = region(3)
    rng = np.random.default_rng(5)
    loose = np.maximum(census + np.rint(rng.normal(0, 6, census.shape)), 0)
    whole = whole_of(entries, 300)
    strict, wide = (
        ward_occupancy_paths(known(entries, each), whole, np.random.default_rng(1))
        for each in (census, loose)
    )
    assert (wide[:, :, 6:].std(axis=-1) / strict[:, :, 6:].std(axis=-1)).mean() > 1.15


def test_wards_without_entries_are_left_out_and_missing_reports_are_bridged():
    entries, census = region(4)
    entries[0, 0, :150] = np.nan
    census[1, 1, 60:150] = np.nan
    entries[2, :, 147:150] = np.nan
    census[2, :, 148:150] = np.nan
    history = known(entries, census)
    served = served_wards(history)
    assert not served[0, 0]
    assert not served[1, 1]
    assert served.sum() == 22
    paths = ward_occupancy_paths(
        history, whole_of(np.nan_to_num(entries), 40), np.random.default_rng(0)
    )
    assert not paths[0, 0].any()
    assert np.isfinite(paths).all()
    assert (paths[2, :, 0].mean(axis=-1) > 0.5 * census[2, :, 147]).all()


def test_what_does_not_fit_is_refused():
    entries, census = region(6)
    history = known(entries, census)
    with pytest.raises(ValueError, match=r"both are \(place, ward, day\)"):
        WardHistory(census, entries[:2], entries.sum(axis=0))
    with pytest.raises(ValueError, match="entries of the whole have shape"):
        WardHistory(census, entries, entries.sum(axis=(0, 1)))
    with pytest.raises(ValueError, match="paths of the whole have shape"):
        ward_occupancy_paths(history, whole_of(entries, 5)[:1], np.random.default_rng(0))
    silent = WardHistory(census, np.full(entries.shape, np.nan), entries.sum(axis=0))
    with pytest.raises(ValueError, match="no ward has enough entries"):
        ward_occupancy_paths(silent, whole_of(entries, 5), np.random.default_rng(0))
