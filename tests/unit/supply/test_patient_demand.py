"""Demand that follows patients: doses, habits, drift, censoring, chance, and when it is used."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vigie.supply import (
    Doses,
    PatientUse,
    day_chance,
    expected_above,
    expected_use,
    fit_doses,
    fit_patient_use,
    follow_ratio,
    is_lumpy,
    is_worth_it,
    mean_paths,
    past_errors,
    patient_demand_paths,
    ran_out,
    ratio_paths,
)
from vigie.supply.demand_kernel import draw_units

DOSES = np.array([0.5, 4.0])
NAN = np.nan


def house(seed=0, places=12, days=150, doses=DOSES, wave=0.0, habit=0.15, spread=12.0):
    """Occupancy (place, ward, day) and what it uses: with habits, chance, and a wave of patients.

    A wave of 1 doubles the second ward's patients over the last 40 days.
    """
    rng = np.random.default_rng(seed)
    usual = np.column_stack([rng.uniform(40, 200, places), rng.uniform(4, 20, places)])
    rise = 1 + wave * np.clip((np.arange(days) - days + 40) / 40, 0, 1)
    moves = np.cumsum(rng.normal(0, 0.03, (places, 2, days)), axis=2)
    occupancy = np.rint(usual[:, :, None] * np.stack([np.ones(days), rise]) * np.exp(moves))
    own = np.exp(rng.normal(0, habit, places))
    mean = own[:, None] * np.einsum("pwt,w->pt", occupancy, doses)
    use = rng.poisson(mean * rng.gamma(spread, 1 / spread, mean.shape)).astype(float)
    return occupancy, use, own


def known_of(occupancy, use, prior=DOSES, stock=None):
    return PatientUse(use, stock, occupancy, prior)


def steady(occupancy, days, samples):
    """The last patients known, on every day of every future."""
    last = occupancy[:, :, -1, None, None].astype(np.float32)
    return np.ascontiguousarray(np.broadcast_to(last, (*last.shape[:2], days, samples)))


def test_one_ward_gives_the_weighted_mean_of_what_is_seen_and_the_table():
    occupancy = np.full((1, 1, 40), 20.0)
    use = np.full((1, 40), 60.0)
    # A twentieth of all use is that of the house, before anything is seen.
    bare = fit_doses(use, occupancy, np.array([1e-9]), np.ones((1, 40)), np.array([1.5]))
    assert bare.per_patient_day[0] == pytest.approx((40 * 0.95 * 3.0 + 60 * 1.5) / 100, rel=1e-3)


def test_doses_are_found_again_whatever_the_table_says_when_there_is_much_to_see():
    occupancy, use, _ = house(places=60, wave=1.0, habit=0.0)
    for prior in (np.array([1.0, 2.0]), None):
        fit = fit_doses(use, occupancy, occupancy.sum(1).mean(1), np.ones(use.shape), prior)
        seen = expected_use(fit, occupancy, occupancy.sum(1).mean(1))
        true = np.einsum("pwt,w->t", occupancy, DOSES)
        assert np.abs(seen.sum(0) / true - 1).mean() < 0.03
        assert fit.per_patient_day[1] == pytest.approx(4.0, rel=0.25)


def test_without_data_the_table_of_doses_stands():
    occupancy, use, _ = house(days=30)
    fit = fit_patient_use(known_of(occupancy, np.full_like(use, NAN)))
    assert fit.doses.per_patient_day == pytest.approx(DOSES)
    assert fit.ratio.level == pytest.approx(np.ones(use.shape))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_doses_are_never_negative_and_never_nan(seed):
    rng = np.random.default_rng(seed)
    occupancy = rng.poisson(5, (3, 3, 20)).astype(float)
    use = np.where(rng.random((3, 20)) < 0.3, NAN, rng.poisson(3, (3, 20)))
    fit = fit_patient_use(known_of(occupancy, use, np.array([0.0, 1.0, 0.2])))
    assert (fit.doses.per_patient_day >= 0).all()
    assert (fit.doses.background >= 0).all()
    for values in (fit.expected, fit.ratio.level, fit.spread.shared, fit.spread.site):
        assert np.isfinite(values).all()


def test_a_day_that_ran_out_is_a_lower_bound_and_never_the_demand():
    use = np.array([[5.0, 3.0, 0.0, NAN]])
    stock = np.array([[9.0, 0.0, 0.0, 0.0]])
    assert ran_out(use, stock).tolist() == [[False, True, True, False]]
    assert not ran_out(use, None).any()
    with pytest.raises(ValueError, match="stock has shape"):
        ran_out(use, stock[:, :2])


@pytest.mark.parametrize(("mean", "inverse"), [(20.0, 0.1), (3.0, 0.5), (400.0, 0.05)])
@pytest.mark.parametrize("times", [0.0, 0.6, 1.3])
def test_what_was_asked_for_on_such_a_day_is_the_mean_above_the_bound(mean, inverse, times):
    bound, spread = times * mean, mean + inverse * mean**2
    drawn = stats.gamma(mean**2 / spread, scale=spread / mean).rvs(400_000, random_state=1)
    slow = drawn[drawn >= bound].mean()
    fast = expected_above(np.array(bound), np.array(mean), inverse)
    assert float(fast) == pytest.approx(slow, rel=0.01)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1e4), st.floats(0, 1e3), st.floats(0, 5))
def test_the_expected_demand_is_never_below_the_bound_and_never_nan(bound, mean, inverse):
    value = expected_above(np.array(bound), np.array(mean), inverse)
    assert float(value) >= bound


def test_stock_outs_do_not_lower_what_is_foreseen():
    occupancy, use, _ = house(seed=2)
    stock = np.full_like(use, 1e6)
    cut, left = use.copy(), stock.copy()
    cut[:4, -12:] = np.minimum(use[:4, -12:], 0.4 * use[:4, -13:-12])
    left[:4, -12:] = 0
    whole, aware = (fit_patient_use(known_of(occupancy, *each)).ratio.level[:4, -1].mean()
                    for each in ((use, DOSES, stock), (cut, DOSES, left)))  # fmt: skip
    blind = fit_patient_use(known_of(occupancy, cut, DOSES)).ratio.level[:4, -1].mean()
    assert aware == pytest.approx(whole, rel=0.12)
    assert blind < 0.85 * whole


def test_habits_of_sites_are_found():
    occupancy, use, own = house(seed=3, habit=0.3)
    ratio = fit_patient_use(known_of(occupancy, use)).ratio.level[:, -1]
    assert np.corrcoef(np.log(ratio), np.log(own))[0, 1] > 0.95


def test_the_ratio_of_a_day_rests_on_no_later_day():
    occupancy, use, _ = house(seed=4)
    expected = expected_use(Doses(DOSES, np.zeros(7)), occupancy, np.ones(12))
    whole, cut = (follow_ratio(use[:, :days], expected[:, :days], 0.1) for days in (150, 100))
    assert np.allclose(whole.level[:, :100], cut.level)
    assert np.allclose(whole.slope[:100], cut.slope)


def test_a_protocol_that_takes_more_per_patient_is_followed_and_goes_on():
    occupancy, use, _ = house(seed=5, habit=0.0)
    rising = use * np.concatenate([np.ones(120), 1 + 0.6 * np.arange(30) / 30])
    fit = fit_patient_use(known_of(occupancy, np.rint(rising)))
    level, before = fit.ratio.level[:, -1].mean(), fit.ratio.level[:, 110].mean()
    assert level / before > 1.35
    assert fit.ratio.slope[-1] > 0.003
    ahead = ratio_paths(fit, 14, 2000, np.random.default_rng(0)).mean(axis=(0, 2))
    assert ahead[-1] > ahead[0] > 0.95 * level


def test_the_spread_of_a_day_and_its_bursts_are_found():
    rng = np.random.default_rng(6)
    mean = np.full((80, 200), 50.0)
    use = rng.poisson(mean * rng.gamma(5, 1 / 5, mean.shape)).astype(float)
    burst = rng.random(mean.shape) < 0.01
    use[burst] += 300
    chance = day_chance(use, mean, np.zeros(80, dtype=bool))
    assert chance.inverse_size == pytest.approx(0.2, rel=0.15)
    assert chance.burst_chance == pytest.approx(0.01, rel=0.3)
    assert chance.burst_times == pytest.approx(6, rel=0.25)
    assert (
        day_chance(np.full((1, 3), NAN), np.ones((1, 3)), np.zeros(1, dtype=bool)).burst_chance
        == 0.002
    )


@pytest.mark.parametrize(
    ("mean", "inverse"),
    [(0.3, 0.1), (4.0, 0.1), (4.0, 0.001), (12.0, 0.08), (300.0, 0.08), (40.0, 2.0), (500.0, 1.5)],
)
def test_counts_drawn_are_negative_binomial(mean, inverse):
    samples = 40_000
    ones = np.ones((1, 1, samples), dtype=np.float32)
    drawn = draw_units(ones[None], np.array([mean]), np.zeros((1, 1)), ones, (inverse, 0, 3), 7)[0]
    law = stats.nbinom(1 / inverse, 1 / (1 + mean * inverse))
    assert drawn.mean() == pytest.approx(mean, rel=0.03)
    assert drawn.var() == pytest.approx(mean + inverse * mean**2, rel=0.06)
    points = law.ppf([0.05, 0.25, 0.5, 0.75, 0.95, 0.995])
    assert np.abs([(drawn <= each).mean() for each in points] - law.cdf(points)).max() < 0.04


def test_bursts_come_as_often_and_as_large_as_told():
    ones = np.ones((1, 1, 100_000), dtype=np.float32)
    args = (ones[None], np.array([100.0]), np.zeros((1, 1)), ones)
    drawn = draw_units(*args, (0.01, 0.02, 3.0), 7)
    calm = draw_units(*args, (0.01, 0.0, 3.0), 7)
    extra = drawn - calm
    assert (extra > 0).mean() == pytest.approx(0.02, rel=0.1)
    assert extra[extra > 0].mean() == pytest.approx(300, rel=0.1)


def test_paths_lie_around_the_slow_and_obvious_mean():
    occupancy, use, _ = house(seed=8, places=4)
    fit = fit_patient_use(known_of(occupancy, use))
    rng = np.random.default_rng(0)
    patients = rng.poisson(steady(occupancy, 7, 4000)).astype(np.float32)
    paths = patient_demand_paths(fit, patients, np.random.default_rng(1), first_phase=3)
    ratio = ratio_paths(fit, 7, 4000, np.random.default_rng(1))
    drift = np.log(ratio / fit.ratio.level[:, -1, None, None])
    slow = mean_paths(fit, patients, drift, first_phase=3)
    slow = slow * (1 + fit.chance.burst_chance * fit.chance.burst_times)
    assert np.allclose(paths.mean(axis=-1), slow.mean(axis=-1), rtol=0.03)
    # Future for future: more patients, more use.
    assert np.corrcoef(paths[0, 0], patients[0, 1, 0])[0, 1] > 0.2
    assert (paths >= 0).all()


def test_the_same_seed_gives_the_same_futures_and_the_first_of_them_are_the_same():
    occupancy, use, _ = house(seed=9, places=3)
    fit = fit_patient_use(known_of(occupancy, use))
    paths = [
        patient_demand_paths(fit, steady(occupancy, 5, 60), np.random.default_rng(2), first_phase=0)
        for _ in range(2)
    ]
    assert np.array_equal(*paths)
    ones = np.ones((3, 5, 60), dtype=np.float32)
    args = (np.array([1.0, 1.0]), np.zeros((3, 5)))
    whole, part = (
        draw_units(steady(occupancy, 5, n), *args, ones[..., :n], (0.1, 0.01, 3.0), 4)
        for n in (60, 20)
    )
    assert np.array_equal(whole[..., :20], part)


def test_what_protocols_change_is_shared_by_all_sites_of_a_future():
    occupancy, use, _ = house(seed=10, places=40, days=100)
    fit = fit_patient_use(known_of(occupancy, use))
    ratio = np.log(ratio_paths(fit, 14, 3000, np.random.default_rng(0)))[:, -1]
    assert ratio.mean(axis=0).std() == pytest.approx(fit.spread.by_day(14)[0][-1], rel=0.15)
    assert np.corrcoef(ratio[0], ratio[1])[0, 1] > 0.05


def test_use_in_lumps_keeps_its_mean_and_its_sizes():
    rng = np.random.default_rng(11)
    occupancy = np.full((3, 1, 170), 30.0)
    sizes = rng.choice([1.0, 2.0, 40.0], (3, 170))
    use = np.where(rng.random((3, 170)) < 0.25, sizes, 0.0)
    assert is_lumpy(use).all()
    assert not is_lumpy(rng.poisson(0.4, (3, 400)).astype(float)).any()
    fit = fit_patient_use(known_of(occupancy, use, np.array([0.1])))
    paths = patient_demand_paths(
        fit, steady(occupancy, 14, 2000), np.random.default_rng(0), first_phase=2
    )
    assert np.isin(paths, [0.0, 1.0, 2.0, 40.0]).mean() > 0.95
    assert paths.mean() == pytest.approx(use.mean(), rel=0.35)


def test_following_patients_is_dropped_where_their_use_has_nothing_to_do_with_them():
    occupancy, use, _ = house(seed=12, wave=1.0)
    rng = np.random.default_rng(0)
    slow = 100 + np.cumsum(rng.normal(0, 3, use.shape), axis=1)
    unrelated = rng.poisson(np.maximum(slow, 5)).astype(float)
    shuffled = rng.poisson(30, occupancy.shape) * rng.choice([0.2, 3.0], occupancy.shape)
    known = known_of(shuffled, unrelated)
    ours, flat, origins = past_errors(fit_patient_use(known), known.occupancy)
    assert origins == 6
    assert ours > flat
    assert not is_worth_it(fit_patient_use(known), known)


def test_following_patients_is_kept_where_use_does():
    occupancy, use, _ = house(seed=13)
    known = known_of(occupancy, use)
    fit = fit_patient_use(known)
    ours, flat, _ = past_errors(fit, known.occupancy)
    assert ours < flat
    assert is_worth_it(fit, known)


@pytest.mark.parametrize(("prior", "expected"), [(DOSES, True), (None, False)])
def test_a_short_history_follows_the_table_of_doses_if_there_is_one(prior, expected):
    occupancy, use, _ = house(days=20)
    known = known_of(occupancy, use, prior)
    assert is_worth_it(fit_patient_use(known), known) is expected
