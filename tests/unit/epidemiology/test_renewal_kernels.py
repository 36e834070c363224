"""The compiled loops: equal to slow loops, derivatives equal to differences, weights honest."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmarks.synthetic_epidemics import ADMISSION, GENERATION, epidemic
from vigie.epidemiology.delays import Delay, DelayFamily
from vigie.epidemiology.renewal import RenewalRules
from vigie.epidemiology.renewal.arrays import Paths
from vigie.epidemiology.renewal.day_effects import day_contrasts, day_kinds
from vigie.epidemiology.renewal.grid import make_grid
from vigie.epidemiology.renewal.place_fit import fit_place, place_data
from vigie.epidemiology.renewal.priors import kept_over_steps
from vigie.epidemiology.renewal.weights import (
    effective_share,
    normalised,
    pooled_weights,
    resample,
    tail_shape,
)

DAYS = 41
GRID = make_grid(GENERATION, ADMISSION)
SEED_DAYS = GRID.seed_days


def made_place(seed=0, days=DAYS, mean=20.0, holes=True):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(mean * np.exp(0.3 * np.sin(np.arange(days) / 9))).astype(float)
    if holes:
        counts[5:8] = np.nan
    reported = np.ones(days)
    reported[-3:] = [0.9, 0.6, 0.2]
    contrast = day_contrasts(has_holidays=True)
    holidays = np.zeros((1, days), dtype=bool)
    holidays[0, 11] = True
    kind = day_kinds(2, days, 1, holidays)[0]
    kept = kept_over_steps(days, 9.0, 0.9)
    return place_data(counts, kind, contrast, reported, np.ones(days), SEED_DAYS, kept)


def made_unknowns(data, seed=0):
    rng = np.random.default_rng(seed)
    theta = rng.normal(0, 0.5, data.unknowns)
    theta[0], theta[1] = math.log(20), 0.02
    return theta


def empty_paths(data):
    days, kinds = data.days, len(data.series.contrast)
    sizes = days, SEED_DAYS + days, days, kinds, days
    return Paths(*(np.empty(size) for size in sizes))


def slow_means(theta, sigma, data):
    """Expected counts day by day, each sum written out."""
    generation, admission = GENERATION.probability, ADMISSION.probability
    pace = 1 / sum(s * p for s, p in enumerate(generation))
    infections = {}
    for tau in range(-SEED_DAYS, 0):
        infections[tau] = math.exp(theta[0] + (theta[1] + theta[2] * pace) * (tau + 1))
    at_knot = [theta[2]]
    for knot, kept in enumerate(data.series.kept):
        at_knot.append(kept * at_knot[-1] + sigma * math.sqrt(3) * theta[3 + knot])
    walk = np.interp(np.arange(data.days), 3 * np.arange(len(at_knot)), at_knot)
    means = []
    for t in range(data.days):
        force = sum(p * infections[t - s] for s, p in enumerate(generation) if s)
        infections[t] = math.exp(min(max(walk[t], -5), 1.8)) * force
        admitted = sum(p * infections[t - u] for u, p in enumerate(admission))
        row = data.series.contrast[data.series.kind[t]]
        effect = math.exp(
            sum(a * b for a, b in zip(row, theta[3 + data.series.knots :], strict=True))
        )
        means.append(admitted * effect * data.reported[t])
    return np.array(means)


def posterior(theta, log_phi, sigma, data, paths):
    from vigie.epidemiology.renewal.kernels import log_posterior

    return log_posterior(
        theta,
        log_phi,
        sigma,
        GRID.generations[0],
        GRID.admissions[0],
        data.series,
        data.reported,
        paths,
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_forward_pass_is_that_of_a_slow_loop(seed):
    data = made_place(seed)
    theta, paths = made_unknowns(data, seed), empty_paths(data)
    posterior(theta, math.log(12), 0.05, data, paths)
    assert np.allclose(paths.mean, slow_means(theta, 0.05, data), rtol=1e-10)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), log_phi=st.floats(-2, 12))
def test_the_posterior_is_that_of_scipy(seed, log_phi):
    data = made_place(seed % 5)
    theta, phi = made_unknowns(data, seed), math.exp(log_phi)
    found = posterior(theta, log_phi, 0.02, data, empty_paths(data))
    means, seen = slow_means(theta, 0.02, data), data.series.seen
    chance = phi / (phi + means[seen])
    likelihood = stats.nbinom.logpmf(data.series.counts[seen], phi, chance).sum()
    knots = data.series.knots
    spreads = np.r_[1.5, 0.04, 0.5, np.ones(knots), np.full(7, 0.3)]
    centres = np.zeros_like(spreads)
    centres[0] = data.series.level
    prior = -0.5 * (((theta - centres) / spreads) ** 2).sum()
    prior -= 0.5 * ((log_phi - math.log(15)) / 1.2) ** 2
    assert found == pytest.approx(likelihood + prior, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_sensitivities_are_those_of_finite_differences(seed):
    from vigie.epidemiology.renewal.fit_kernels import sensitivities

    data = made_place(seed)
    theta, sigma, paths = made_unknowns(data, seed), 0.05, empty_paths(data)
    posterior(theta, 2.0, sigma, data, paths)
    inner = 3 + data.series.knots
    derivative, slope = np.empty((SEED_DAYS + DAYS, inner)), np.empty((DAYS, inner))
    walk = GRID.generations[0], GRID.admissions[0]
    sensitivities(sigma, *walk, data.series, paths, derivative, slope)
    for unknown in range(inner):
        ends = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[unknown] += sign * 1e-5
            posterior(moved, 2.0, sigma, data, paths)
            ends.append(np.log(paths.expected))
        assert np.allclose(slope[:, unknown], (ends[0] - ends[1]) / 2e-5, atol=1e-6), unknown


def test_a_fit_ends_where_no_unknown_can_be_bettered():
    data = made_place(holes=False, days=60)
    fit = fit_place(data, GRID)
    for point, sigma in enumerate(GRID.sigmas):
        theta, log_phi = fit.thetas[point], fit.phis[point, 0]
        best = posterior(theta, log_phi, sigma, data, empty_paths(data))
        for unknown in range(data.unknowns):
            for change in (0.05, -0.05):
                moved = theta.copy()
                moved[unknown] += change
                assert posterior(moved, log_phi, sigma, data, empty_paths(data)) < best + 0.01


def test_the_evidence_is_that_of_importance_sampling():
    from vigie.epidemiology.renewal.draw_kernels import weigh
    from vigie.epidemiology.renewal.place_draws import Chance, _proposed
    from vigie.epidemiology.renewal.place_fit import propose

    data, rng = made_place(holes=False, days=60), np.random.default_rng(1)
    fit = fit_place(data, GRID)
    even = np.full(5, 0.2)
    normal = rng.standard_normal((2000, data.unknowns + 1))
    proposal = propose(data, fit, GRID, even, normal[:48])
    chance = Chance(normal, (np.arange(2000) + 0.5) / 2000, np.zeros(2), 1)
    drawn = _proposed(data, even, data.reported[None], chance)
    weigh(proposal.law, data.series, drawn)
    sampled = np.array(
        [
            np.log(np.exp(own - own.max()).mean()) + own.max()
            for own in (drawn.ratio[drawn.point == point] for point in range(5))
        ]
    )
    for evidence in (fit.evidence, proposal.evidence):
        assert np.allclose(evidence - evidence[0], sampled - sampled[0], atol=0.5)


def test_the_grid_holds_every_walk_for_every_delay():
    uncertain = Delay(DelayFamily.GAMMA, 5.0, 2.0, 0.5, 0.2)
    grid = make_grid(uncertain, ADMISSION)
    assert len(grid.sigmas) == 45
    assert grid.prior.sum() == pytest.approx(1)
    assert np.allclose(grid.generations.sum(axis=1), 1)
    assert sorted(grid.order) == list(range(45))
    for place, at in enumerate(grid.order):
        start = grid.neighbour[at]
        assert start == -1 or start in grid.order[:place]
        assert start == -1 or np.array_equal(grid.generations[start], grid.generations[at])


def test_log_r_is_kept_whole_until_counts_say_little_of_it():
    kept = kept_over_steps(40, 9.0, 0.9)
    assert len(kept) == 14
    assert np.allclose(kept[:10], 1)  # until day 30, 9 days before the last
    assert np.allclose(kept[10:], 0.9**3)
    assert np.allclose(kept_over_steps(41, 9.0, 0.9)[9:12], [1, 0.9**2, 0.9**3])


def test_contrasts_add_up_to_zero_and_are_orthonormal():
    contrast = day_contrasts(has_holidays=False)
    assert np.allclose(contrast.sum(axis=0), 0)
    assert np.allclose(contrast.T @ contrast, np.eye(6))


def test_pooled_weights_lean_on_what_other_places_say_and_a_place_alone_on_the_prior():
    evidence = np.zeros((5, 3))
    evidence[:4, 2] = 6.0
    prior = np.full(3, 1 / 3)
    weights, others = pooled_weights(evidence, prior)
    assert weights[4, 2] > 0.5
    assert np.allclose(others.sum(axis=1), 1)
    alone, before = pooled_weights(evidence[4:], prior)
    assert np.allclose(alone, 1 / 3)
    assert np.allclose(before, prior)


@given(st.lists(st.floats(0, 1), min_size=5, max_size=60), st.floats(0, 0.999))
def test_resampling_copies_each_draw_about_as_often_as_it_weighs(values, start):
    weight = np.array(values) + 1e-6
    weight /= weight.sum()
    copies = np.bincount(resample(weight, start), minlength=len(weight))
    assert copies.sum() == len(weight)
    assert (np.abs(copies - weight * len(weight)) < 1 + 1e-6).all()


def test_the_shape_of_a_tail_is_that_of_its_pareto_law():
    rng = np.random.default_rng(0)
    for shape in (0.3, 0.6, 1.0):
        found = [tail_shape(rng.pareto(1 / shape, 4000) + 1) for _ in range(20)]
        assert np.mean(found) == pytest.approx(shape, abs=0.12)
    assert tail_shape(np.ones(100)) == 0.0
    assert effective_share(normalised(np.zeros(50))) == pytest.approx(1)


def test_moves_bring_poor_draws_to_the_posterior_that_good_weights_give():
    """Proposals that are far too narrow, moved, agree with draws of the right one."""
    from vigie.epidemiology.renewal.place_draws import Chance, _posterior
    from vigie.epidemiology.renewal.place_fit import propose

    rng = np.random.default_rng(4)
    series = epidemic(rng, 3.0, "sinusoid")
    data = place_data(
        series.past[-70:],
        day_kinds(0, 70, 1, None)[0],
        day_contrasts(has_holidays=False),
        np.ones(70),
        np.ones(70),
        SEED_DAYS,
        kept_over_steps(70, 9.0, 0.95),
    )
    fit = fit_place(data, GRID)
    even = np.full(5, 0.2)
    half = rng.standard_normal((500, data.unknowns + 1))
    normal = np.stack([half, -half], axis=1).reshape(1000, -1)
    proposal = propose(data, fit, GRID, even, normal[:48])
    chance = Chance(normal, (rng.permutation(1000) + 0.5) / 1000, np.full(2, 0.5), 7)
    weighted = _posterior(data, proposal, even, np.ones((1, 70)), chance, RenewalRules())
    law = proposal.law
    law.factors[:] *= 1.6
    law.phis[:, 0] += 0.5
    rules = RenewalRules(move_steps=50, smallest_effective_share=1.0)
    moved = _posterior(data, proposal, even, np.ones((1, 70)), chance, rules)
    assert moved.quality != weighted.quality
    assert moved.effective < weighted.effective
    for draws in (weighted.drawn.log_phi, moved.drawn.log_phi):
        assert np.isfinite(draws).all()
    for level, tolerance in ((0.5, 0.05), (0.1, 0.08), (0.9, 0.08)):
        one, two = (np.quantile(each.drawn.log_r, level, axis=0) for each in (weighted, moved))
        assert np.abs(one - two).mean() < tolerance
