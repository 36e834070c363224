"""Draws of one place: weighted, moved where the weights are poor, with chance on infections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.renewal.grid import Grid
from vigie.epidemiology.renewal.place_fit import PlaceData, Proposal
from vigie.epidemiology.renewal.rules import DrawQuality, RenewalRules
from vigie.epidemiology.renewal.weights import effective_share, normalised, resample, tail_shape
from vigie.paths import FloatArray, IntArray

__all__ = ["Chance", "Draws", "draw_place"]


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """Chance that all places share.

    Attributes:
        normal: (draw, unknown + 1), standard normal, in pairs of opposite sign.
        uniform: (draw,), stratified, equal within a pair.
        start: two numbers in [0, 1) for resampling.
        seed: of the streams for all else.
    """

    normal: FloatArray
    uniform: FloatArray
    start: FloatArray
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Equally weighted draws of a place.

    Attributes:
        point: (draw,), point of the grid.
        theta: (draw, unknown).
        log_phi: (draw,).
        log_r: (draw, day).
        infections: (draw, seed_days + day).
        effect: (draw, kind), factor of each kind of day.
        reported: (draw, day), share reported so far.
        quality: how they came about.
        effective: effective share of the draws before they were moved or resampled.
        tail: Pareto shape of their largest weights.
    """

    point: IntArray
    theta: FloatArray
    log_phi: FloatArray
    log_r: FloatArray
    infections: FloatArray
    effect: FloatArray
    reported: FloatArray
    quality: DrawQuality
    effective: float
    tail: float


def draw_place(
    data: PlaceData,
    proposal: Proposal,
    grid: Grid,
    prior: FloatArray,
    reported: FloatArray,
    imports: float,
    chance: Chance,
    rules: RenewalRules,
) -> Draws:
    """Draw from the posterior of one place.

    Args:
        data, proposal, grid: of the place.
        prior: (point,), pooled weights of the grid, before the counts of the place.
        reported: (draw, day) or (1, day), draws of the share reported so far.
        imports: infections per day from elsewhere.
        chance: shared by all places.
        rules: of the run.
    """
    draws = _posterior(data, proposal, grid, prior, reported, chance, rules)
    if rules.admitted_share is None:
        return draws
    return _disturbed(data, draws, grid, imports, chance, rules.admitted_share)


def _posterior(
    data: PlaceData,
    proposal: Proposal,
    grid: Grid,
    prior: FloatArray,
    reported: FloatArray,
    chance: Chance,
    rules: RenewalRules,
) -> Draws:
    """Draws of the model without chance on infections."""
    from vigie.epidemiology.renewal.draw_kernels import move, weigh

    count, days, used = len(chance.uniform), len(data.counts), proposal.used
    log_prior = np.log(np.maximum(prior[used], 1e-30))
    weight = normalised(proposal.evidence + log_prior)
    point = np.searchsorted(np.cumsum(weight), chance.uniform, side="right")
    point = np.minimum(point, len(used) - 1)
    z = np.ascontiguousarray(chance.normal[:, : data.unknowns + 1])
    shares = np.ascontiguousarray(np.broadcast_to(reported, (count, days)))
    law = (
        proposal.thetas,
        proposal.factors,
        proposal.phis,
        grid.sigmas[used],
        grid.generations[used],
        grid.admissions[used],
    )
    written = [
        np.empty((count, data.unknowns)),
        np.empty(count),
        np.empty((count, days)),
        np.empty((count, data.seed_days + days)),
        np.empty(count),
    ]
    weigh(point, z, *law, *data.with_reported(shares), *written)
    # The weight by which a point was proposed is taken out again.
    draw_weight = normalised(written[-1] + log_prior[point] - np.log(weight[point]))
    effective, tail = effective_share(draw_weight), tail_shape(draw_weight)
    kept = resample(draw_weight, float(chance.start[0]))
    point, z, shares = point[kept], z[kept], shares[kept]
    written = [each[kept] for each in written]
    quality = DrawQuality.WEIGHTED
    if effective < rules.smallest_effective_share or tail > rules.largest_tail_shape:
        quality = DrawQuality.MOVED
        rng = np.random.default_rng(chance.seed)
        loops = data.with_reported(shares)
        move(rng, rules.move_steps, log_prior, point, z, *law, *loops, *written)
    theta, log_phi, log_r, infections, _ = written
    effect = np.exp(theta[:, 3 + data.knots :] @ data.contrast.T)
    return Draws(
        used[point],
        theta,
        log_phi,
        log_r,
        infections,
        effect,
        shares,
        quality,
        effective,
        tail,
    )


def _disturbed(
    data: PlaceData, draws: Draws, grid: Grid, imports: float, chance: Chance, share: float
) -> Draws:
    """The draws with chance on the infections of the last days, resampled by what counts say."""
    from vigie.epidemiology.renewal.path_kernels import disturb

    noisy, gain = np.empty_like(draws.infections), np.empty(len(draws.point))
    disturb(
        np.random.default_rng(chance.seed + 1),
        share,
        imports,
        max(0, len(data.counts) - grid.admissions.shape[1]),
        draws.point,
        grid.generations,
        grid.admissions,
        data.seed_days,
        data.counts,
        data.seen,
        data.kind,
        draws.effect,
        draws.reported,
        draws.log_phi,
        draws.log_r,
        draws.infections,
        noisy,
        gain,
    )
    kept = resample(normalised(gain), float(chance.start[1]))
    return Draws(
        draws.point[kept],
        draws.theta[kept],
        draws.log_phi[kept],
        draws.log_r[kept],
        noisy[kept],
        draws.effect[kept],
        draws.reported[kept],
        draws.quality,
        draws.effective,
        draws.tail,
    )
