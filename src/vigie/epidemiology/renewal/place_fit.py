"""One place: its counts as the compiled loops want them, and its fit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.renewal.arrays import Law, Series
from vigie.epidemiology.renewal.grid import Grid
from vigie.epidemiology.renewal.priors import PHI_SPREAD
from vigie.paths import FloatArray, IntArray

__all__ = ["PlaceData", "PlaceFit", "Proposal", "fit_place", "place_data", "propose"]

_SMALLEST_SHARE_REPORTED = 0.01
"""Days of which less has been reported say nothing in the fit; they are still completed."""

_SEED_LEVEL_DAYS = 14
_MOST_STEPS, _TOLERANCE = 40, 0.01
_REFIT_STEPS = 2
_NODE_DISTANCE = 1.5
"""Distance between values of log phi at which a point is refitted, in standard deviations."""

_WIDER = 1.1
"""By how much log phi is proposed more widely than its normal approximation."""

_SMALLEST_WEIGHT = 0.003
"""Weight below which a point of the grid is not drawn from."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaceData:
    """One place from its first day on.

    Attributes:
        series: its counts, without what corrections will probably take back.
        reported_counts: (day,), as given, NaN where missing.
        reported: (day,), expected share reported so far.
    """

    series: Series
    reported_counts: FloatArray
    reported: FloatArray

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.reported_counts)

    @property
    def unknowns(self) -> int:
        """Number of unknowns, without the dispersion."""
        return int(3 + self.series.knots + self.series.contrast.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class PlaceFit:
    """Mode, curvature and evidence at each point of the grid; shapes as in ``fit_grid``."""

    thetas: FloatArray
    factors: FloatArray
    phis: FloatArray
    evidence: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """From what draws of a place are proposed.

    Attributes:
        used: (point,), points of the grid that are proposed from.
        law: at these points.
        evidence: (point,), their log evidence, better than that of the fit.
    """

    used: IntArray
    law: Law
    evidence: FloatArray


def place_data(
    counts: FloatArray,
    kind: IntArray,
    contrast: FloatArray,
    reported: FloatArray,
    standing: FloatArray,
    seed_days: int,
    kept: FloatArray,
) -> PlaceData:
    """Put the counts of one place in order.

    Args:
        counts: (day,), the first one seen; NaN where missing.
        kind: (day,), row of contrast.
        contrast: (kind, effect).
        reported: (day,), expected share reported so far.
        standing: (day,), expected share of what is reported that will stand.
        seed_days: days before day 0.
        kept: (knot,), what is kept of log R over each step.
    """
    from scipy.special import gammaln

    known = np.isfinite(counts)
    seen = known & (reported >= _SMALLEST_SHARE_REPORTED)
    filled = np.where(known, counts * standing, 0.0)
    first = filled[seen][:_SEED_LEVEL_DAYS]
    series = Series(
        seed_days=seed_days,
        counts=filled,
        log_factorial=gammaln(filled + 1.0),
        seen=np.flatnonzero(seen),
        kind=kind,
        contrast=contrast,
        level=math.log(max(float(first.mean()), 0.1)) if len(first) else math.log(0.1),
        knots=len(kept),
        kept=kept,
    )
    return PlaceData(series, counts, np.maximum(reported, 1e-12))


def fit_place(data: PlaceData, grid: Grid) -> PlaceFit:
    """Fit one place at each point of the grid."""
    from vigie.epidemiology.renewal.fit_kernels import fit_grid

    points, size = len(grid.sigmas), data.unknowns
    fit = PlaceFit(
        thetas=np.empty((points, size)),
        factors=np.empty((points, size, size)),
        phis=np.empty((points, 2)),
        evidence=np.empty(points),
    )
    fit_grid(
        grid.sigmas,
        grid.generations,
        grid.admissions,
        grid.order,
        grid.neighbour,
        data.series,
        data.reported,
        _MOST_STEPS,
        _TOLERANCE,
        fit.thetas,
        fit.factors,
        fit.phis,
        fit.evidence,
    )
    return fit


def propose(
    data: PlaceData, fit: PlaceFit, grid: Grid, weight: FloatArray, pilot: FloatArray
) -> Proposal:
    """Better normal approximations at the points of the grid that matter.

    The centre moves to where the mean of the expected counts, not their value at the mode, fits
    the counts; mode and curvature follow the dispersion; the dispersion has its marginal law.

    Args:
        data, fit, grid: of the place.
        weight: (point,), weights of the grid by the fit, adding up to 1.
        pilot: (draw, unknown or more), standard normal, in pairs of opposite sign.

    Source: docs/models/renewal.md, equation 7.
    """
    from vigie.epidemiology.renewal.draw_kernels import mean_offset
    from vigie.epidemiology.renewal.fit_kernels import refit

    used = np.flatnonzero(weight > _SMALLEST_WEIGHT)
    size, offset, marginal = data.unknowns, np.empty(data.days), np.empty(3)
    law = Law(
        thetas=np.empty((len(used), 3, size)),
        factors=np.empty((len(used), 3, size, size)),
        phis=np.empty((len(used), 4)),
        sigmas=grid.sigmas[used],
        generations=grid.generations[used],
        admissions=grid.admissions[used],
    )
    evidence = np.empty(len(used))
    for at, point in enumerate(used.tolist()):
        walk = law.sigmas[at], law.generations[at], law.admissions[at]
        mean_offset(pilot, fit.thetas[point], fit.factors[point], *walk, data.series, offset)
        centre, step = fit.phis[point, 0], _NODE_DISTANCE * min(fit.phis[point, 1], PHI_SPREAD)
        refit(
            fit.thetas[point],
            centre + step * np.array([-1.0, 0.0, 1.0]),
            *walk,
            data.series,
            data.reported * np.exp(offset),
            _REFIT_STEPS,
            _TOLERANCE,
            law.thetas[at],
            law.factors[at],
            marginal,
        )
        slope = (marginal[2] - marginal[0]) / (2 * step)
        bend = (2 * marginal[1] - marginal[0] - marginal[2]) / step**2
        spread = min(1.0 / math.sqrt(max(bend, 1e-6)), PHI_SPREAD)
        shift = min(max(slope * spread**2, -2 * step), 2 * step)
        law.phis[at] = centre + shift, _WIDER * spread, centre, step
        evidence[at] = marginal[1] + slope * shift / 2 + math.log(spread)
    return Proposal(used, law, evidence)
