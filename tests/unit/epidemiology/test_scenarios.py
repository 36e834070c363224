"""Scenarios: the same draws with another R, labelled, compared with their baseline."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from benchmarks.synthetic_epidemics import ADMISSION, GENERATION, epidemics
from vigie.epidemiology.renewal import (
    SCENARIO_LABEL,
    Multiplier,
    fit_renewal,
    scenario_paths,
)
from vigie.epidemiology.renewal.coupled_kernels import coupled_future, poisson_quantiles


def fitted(**given_arguments):
    counts = np.stack([each.past for each in epidemics(3, 5)])
    return fit_renewal(
        counts,
        first_weekday=0,
        generation=GENERATION,
        admission=ADMISSION,
        horizon_days=28,
        sample_count=200,
        rng=np.random.default_rng(1),
        **given_arguments,
    )


@pytest.fixture(scope="module")
def result():
    return fitted()


def test_no_multiplier_changes_nothing_and_is_like_the_forecast(result):
    found = scenario_paths(result, [], 3)
    assert np.array_equal(found.admissions, found.baseline)
    ahead = result.reproduction_number[:, result.past_days :]
    assert np.allclose(found.reproduction_number, ahead, rtol=1e-5)
    middles = [np.median(each.sum(axis=1), axis=-1) for each in (found.baseline, result.admissions)]
    assert np.allclose(middles[0], middles[1], rtol=0.1)


def test_a_measure_multiplies_the_reproduction_number_on_its_days_only(result):
    found = scenario_paths(result, [Multiplier(5, 10, 0.5), Multiplier(8, 9, 0.5, place=1)], 3)
    ratio = found.reproduction_number / result.unhindered
    assert np.allclose(ratio[0, :4], 1, rtol=1e-5)
    assert np.allclose(ratio[0, 4:10], 0.5, rtol=1e-5)
    assert np.allclose(ratio[1, 7:9], 0.25, rtol=1e-5)
    assert np.allclose(ratio[:, 10:], 1, rtol=1e-5)


def test_a_stronger_measure_gives_fewer_admissions_on_later_days(result):
    totals = [
        scenario_paths(result, [Multiplier(1, 28, factor)], 3).admissions[:, 14:].sum(axis=1)
        for factor in (0.6, 0.8, 1.0, 1.3)
    ]
    middles = [np.mean(each, axis=-1) for each in totals]
    assert (np.diff(np.stack(middles), axis=0) > 0).all()
    # Admissions of the first days were infected before: hardly any change.
    early = scenario_paths(result, [Multiplier(1, 28, 0.6)], 3)
    assert early.admissions[2, 0].mean() == pytest.approx(early.baseline[2, 0].mean(), rel=0.05)


def test_a_scenario_keeps_what_it_was_made_of_and_is_not_a_forecast(result):
    given_multipliers = [Multiplier(1, 7, 0.9)]
    found = scenario_paths(result, given_multipliers, 11)
    assert found.multipliers == tuple(given_multipliers)
    assert found.seed == 11
    assert found.label == SCENARIO_LABEL == "not a forecast"
    again = scenario_paths(result, given_multipliers, 11)
    assert np.array_equal(found.admissions, again.admissions)


def test_nobody_is_infected_twice_where_the_susceptible_are_known():
    few = np.array([2000.0, 20_000.0, 100_000.0])
    result = fitted(susceptible=few)
    found = scenario_paths(result, [Multiplier(1, 28, 3.0)], 3)
    new = found.reproduction_number
    assert (new[:, -1].mean(axis=-1) < 0.5 * 3 * result.unhindered[:, -1].mean(axis=-1)).all()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Multiplier(0, 5, 1.0), "days run from 1"),
        (lambda: Multiplier(5, 4, 1.0), "days run from 1"),
        (lambda: Multiplier(1, 4, 0.0), "give above 0"),
        (lambda: Multiplier(1, 4, np.nan), "give above 0"),
    ],
)
def test_a_multiplier_that_cannot_be_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_a_multiplier_of_no_place_is_refused(result):
    with pytest.raises(ValueError, match="place 9 is not among 0 to 2"):
        scenario_paths(result, [Multiplier(1, 4, 0.5, place=9)], 0)


@settings(max_examples=25, deadline=None)
@given(factors=st.lists(st.floats(0.1, 1.0), min_size=28, max_size=28), seed=st.integers(0, 99))
def test_no_draw_has_more_admissions_where_r_is_smaller(result, factors, seed):
    multipliers = [Multiplier(day, day, factor) for day, factor in enumerate(factors, start=1)]
    found = scenario_paths(result, multipliers, seed)
    # At the mean where sums give way to an expansion a count may be 1 higher.
    slack = 28 * result.rules.admitted_share
    assert (found.expected <= found.expected_baseline + slack).all()
    assert (found.expected.mean(axis=2) <= found.expected_baseline.mean(axis=2) + 1e-3).all()


def test_a_draw_is_the_same_until_its_first_multiplier(result):
    found = scenario_paths(result, [Multiplier(9, 20, 0.4, place=1)], 3)
    assert np.array_equal(found.admissions[:, :8], found.baseline[:, :8])
    assert np.array_equal(found.expected[[0, 2]], found.expected_baseline[[0, 2]])
    assert (found.expected[1, -1] < found.expected_baseline[1, -1]).mean() > 0.95


@settings(max_examples=50, deadline=None)
@given(mean=st.floats(0, 50), normal=st.floats(-5, 5))
def test_a_count_is_the_quantile_at_the_level_of_its_number(mean, normal):
    found = poisson_quantiles(np.array([mean]), np.array([normal]))[0]
    level = norm.cdf(normal)
    # At a border of two counts rounding may choose either.
    assert poisson.cdf(found, mean) >= level * (1 - 1e-9)
    assert found == 0 or poisson.cdf(found - 1, mean) < level * (1 + 1e-9) + 1e-15


def test_large_counts_follow_an_expansion_that_is_seldom_off_and_by_one():
    rng = np.random.default_rng(1)
    means, normals = rng.uniform(50, 5000, 20_000), rng.standard_normal(20_000)
    off = poisson_quantiles(means, normals) - poisson.ppf(norm.cdf(normals), means)
    assert np.abs(off).max() <= 1
    assert (off != 0).mean() < 0.02


@pytest.mark.parametrize("share", [0.0, 0.02, 1.0])
@pytest.mark.parametrize("susceptible", [np.inf, 3000.0])
def test_the_compiled_run_is_the_plain_one(share, susceptible):
    rng = np.random.default_rng(7)
    draws, past, ahead, lags, reach = 5, 30, 12, 8, 20
    generations, delays = rng.dirichlet(np.ones(lags), 2), rng.dirichlet(np.ones(reach), 2)
    point = np.array([0, 1, 1, 0, 1])
    r, effect = rng.uniform(0.7, 1.5, (draws, ahead)), rng.uniform(0.8, 1.2, (draws, ahead))
    first, second = rng.standard_normal((2, draws, ahead))
    scatter = rng.uniform(0.5, 1.5, (draws, ahead))
    infections = rng.uniform(1, 4, (draws, past + ahead))
    plain, run_r = infections.copy(), r.copy()
    expected, counts = np.empty_like(r), np.empty_like(r)
    coupled_future(
        share, 0.05, susceptible, point, generations, delays, run_r, effect,
        first, second, scatter, infections, expected, counts,
    )  # fmt: skip
    for s in range(draws):
        infected = 0.0
        for h in range(ahead):
            now = past + h
            own = r[s, h]
            left = max(0.0, susceptible - infected)
            if np.isfinite(susceptible):
                own *= left / susceptible
            mean = own * plain[s, now - lags : now] @ generations[point[s]] + 0.05 * share
            if share:
                drawn = poisson_quantiles(np.array([mean / share]), first[s, h : h + 1])[0]
                plain[s, now] = share * min(drawn, left)
                infected += plain[s, now] / share
            else:
                plain[s, now] = mean
            told = plain[s, now + 1 - reach : now + 1] @ delays[point[s]] * effect[s, h]
            assert expected[s, h] == pytest.approx(told, rel=1e-9)
            assert run_r[s, h] == pytest.approx(own, rel=1e-9)
    level = poisson_quantiles((expected * scatter).ravel(), second.ravel())
    assert np.array_equal(counts.ravel(), level)


def test_susceptible_people_can_be_given_to_a_scenario_alone(result):
    grows = [Multiplier(1, 28, 3.0)]
    free = scenario_paths(result, grows, 3)
    held = scenario_paths(result, grows, 3, susceptible=np.array([np.nan, 20_000.0, np.nan]))
    assert np.array_equal(held.admissions[[0, 2]], free.admissions[[0, 2]])
    assert held.admissions[1].sum() < free.admissions[1].sum()
    assert held.baseline[1].sum() < free.baseline[1].sum()
    with pytest.raises(ValueError, match="one number >= 0 for each of 3 places"):
        scenario_paths(result, grows, 3, susceptible=np.array([1.0]))
    with pytest.raises(ValueError, match="one number >= 0"):
        scenario_paths(result, grows, 3, susceptible=np.array([-1.0, 1.0, 1.0]))
