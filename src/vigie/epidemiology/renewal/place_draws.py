"""Draws of one place: weighted, moved where the weights are poor, with chance on infections."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vigie.epidemiology.renewal.arrays import DrawnPlace
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
        drawn: unknowns and paths; its point is that of the law.
        effect: (draw, kind), factor of each kind of day.
        quality: how they came about.
        effective: effective share of the draws before they were moved or resampled.
        tail: Pareto shape of their largest weights.
        distinct: share of the draws whose chance on infections began from a past of its own.
    """

    point: IntArray
    drawn: DrawnPlace
    effect: FloatArray
    quality: DrawQuality
    effective: float
    tail: float
    distinct: float


def draw_place(
    data: PlaceData,
    proposal: Proposal,
    prior: FloatArray,
    reported: FloatArray,
    imports: float,
    chance: Chance,
    rules: RenewalRules,
) -> Draws:
    """Draw from the posterior of one place.

    Args:
        data, proposal: of the place.
        prior: (point,), pooled weights of the grid, before the counts of the place.
        reported: (draw, day) or (1, day), draws of the share reported so far.
        imports: infections per day from elsewhere.
        chance: shared by all places.
        rules: of the run.
    """
    draws = _posterior(data, proposal, prior, reported, chance, rules)
    if rules.admitted_share is None:
        return draws
    return _disturbed(data, proposal, draws, imports, chance, rules.admitted_share)


def _posterior(
    data: PlaceData,
    proposal: Proposal,
    prior: FloatArray,
    reported: FloatArray,
    chance: Chance,
    rules: RenewalRules,
) -> Draws:
    """Draws of the model without chance on infections."""
    from vigie.epidemiology.renewal.draw_kernels import move, weigh

    log_prior = np.log(np.maximum(prior[proposal.used], 1e-30))
    weight = normalised(proposal.evidence + log_prior)
    drawn = _proposed(data, weight, reported, chance)
    weigh(proposal.law, data.series, drawn)
    # The weight by which a point was proposed is taken out again.
    draw_weight = normalised(drawn.ratio + log_prior[drawn.point] - np.log(weight[drawn.point]))
    effective, tail = effective_share(draw_weight), tail_shape(draw_weight)
    drawn = _kept(drawn, resample(draw_weight, float(chance.start[0])))
    quality = DrawQuality.WEIGHTED
    if effective < rules.smallest_effective_share or tail > rules.largest_tail_shape:
        quality = DrawQuality.MOVED
        rng = np.random.default_rng(chance.seed)
        move(rng, rules.move_steps, log_prior, proposal.law, data.series, drawn)
    effect = np.exp(drawn.theta[:, 3 + data.series.knots :] @ data.series.contrast.T)
    return Draws(proposal.used[drawn.point], drawn, effect, quality, effective, tail, 1.0)


def _proposed(
    data: PlaceData, weight: FloatArray, reported: FloatArray, chance: Chance
) -> DrawnPlace:
    """Where the draws are proposed: points of the law and standard normal numbers."""
    count, days, size = len(chance.uniform), data.days, data.unknowns
    point = np.searchsorted(np.cumsum(weight), chance.uniform, side="right")
    return DrawnPlace(
        point=np.minimum(point, len(weight) - 1),
        z=np.ascontiguousarray(chance.normal[:, : size + 1]),
        # A copy: compiled loops take an array that nobody may write to for another type.
        reported=np.array(np.broadcast_to(reported, (count, days)), order="C"),
        theta=np.empty((count, size)),
        log_phi=np.empty(count),
        log_r=np.empty((count, days)),
        infections=np.empty((count, data.series.seed_days + days)),
        ratio=np.empty(count),
    )


def _kept(drawn: DrawnPlace, which: IntArray) -> DrawnPlace:
    return DrawnPlace(
        point=drawn.point[which],
        z=drawn.z[which],
        reported=drawn.reported[which],
        theta=drawn.theta[which],
        log_phi=drawn.log_phi[which],
        log_r=drawn.log_r[which],
        infections=drawn.infections[which],
        ratio=drawn.ratio[which],
    )


def _disturbed(
    data: PlaceData,
    proposal: Proposal,
    draws: Draws,
    imports: float,
    chance: Chance,
    share: float,
) -> Draws:
    """The draws with chance on the infections of the last days, resampled by what counts say."""
    from vigie.epidemiology.renewal.path_kernels import disturb

    count = len(draws.point)
    noisy, log_weight = np.empty_like(draws.drawn.infections), np.empty(count)
    source = np.empty(count, dtype=np.int64)
    start = max(0, data.days - proposal.law.admissions.shape[1])
    disturb(
        np.random.default_rng(chance.seed + 1),
        share,
        imports,
        start,
        proposal.law,
        data.series,
        draws.drawn,
        draws.effect,
        source,
        noisy,
        log_weight,
    )
    kept = resample(normalised(log_weight), float(chance.start[1]))
    source = source[kept]
    return replace(
        draws,
        point=draws.point[source],
        drawn=_kept(draws.drawn, source)._replace(infections=noisy[kept]),
        effect=draws.effect[source],
        distinct=len(np.unique(source)) / count,
    )
