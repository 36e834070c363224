"""Compiled loops of the draws from the posterior: proposals, their weights, moves of poor ones.

Loaded only where the engine runs. Draws are the first axis here, days the last.

A proposal first draws log phi, then the unknowns given it: mode and factor of the curvature are
interpolated between three values of log phi, because both depend on it.

Source: docs/models/renewal.md, equations 7 and 8.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.epidemiology.renewal.arrays import DrawnPlace, Law, Paths, Series
from vigie.epidemiology.renewal.fit_kernels import solve_transposed
from vigie.epidemiology.renewal.kernels import FAST, fill_means, forward, log_posterior
from vigie.paths import FloatArray

__all__ = ["mean_offset", "move", "weigh"]

_MOST_SHRINKS = 30
_FURTHEST = 2.0
"""Nodes from the middle to which mode and factor are carried on in a straight line."""

_LARGEST_OFFSET = 0.5


@njit(cache=True, nogil=True, fastmath=FAST)
def mean_offset(
    z: FloatArray,
    theta: FloatArray,
    factor: FloatArray,
    sigma: float,
    generation: FloatArray,
    admission: FloatArray,
    series: Series,
    offset: FloatArray,
) -> None:
    """Log of the mean of expected counts over the normal approximation, less that at its centre.

    Args:
        z: (draw, unknown or more), standard normal.
        theta, factor: mode and factor of the curvature.
        sigma to series: as in ``log_posterior``.
        offset: (day,), written; at most 0.5 either way.
    """
    days, size, seed_days = len(offset), len(theta), series.seed_days
    total, whole, trial = np.zeros(days), np.ones(days), theta.copy()
    paths = Paths(
        np.empty(days),
        np.empty(seed_days + days),
        np.empty(days),
        np.empty(len(series.contrast)),
        np.empty(days),
    )
    for s in range(len(z) + 1):
        if s < len(z):
            trial[:] = z[s, :size]
            solve_transposed(factor, trial)
            trial += theta
        else:
            trial[:] = theta
        forward(trial, sigma, generation, admission, series, paths)
        fill_means(trial, series, whole, paths)
        if s < len(z):
            total += paths.mean
    for t in range(days):
        gain = math.log(total[t] / (len(z) * paths.mean[t]))
        offset[t] = min(max(gain, -_LARGEST_OFFSET), _LARGEST_OFFSET)


@njit(cache=True, nogil=True, fastmath=FAST)
def _unknowns(
    z: FloatArray, law: Law, point: int, theta: FloatArray, factor: FloatArray
) -> tuple[float, float]:
    """Write the unknowns that z stands for; log phi and the log density of z over that of theta.

    Args:
        z: (unknown + 1,), the last for log phi.
        law: of the place.
        point: of the law.
        theta: (unknown,), written.
        factor: (unknown, unknown), scratch.
    """
    size, thetas, factors, phi = len(theta), law.thetas[point], law.factors[point], law.phis[point]
    log_phi = phi[0] + phi[1] * z[size]
    along = min(max((log_phi - phi[2]) / phi[3], -_FURTHEST), _FURTHEST)
    end = 2 if along > 0.0 else 0
    along = abs(along)
    log_determinant, product = 0.0, 1.0
    for i in range(size):
        for j in range(i + 1):
            factor[i, j] = (1.0 - along) * factors[1, i, j] + along * factors[end, i, j]
        factor[i, i] = max(factor[i, i], 0.1 * factors[1, i, i])
        product *= factor[i, i]
        if i % 8 == 7:
            log_determinant += math.log(product)
            product = 1.0
    log_determinant += math.log(product)
    theta[:] = z[:size]
    solve_transposed(factor, theta)
    square = 0.0
    for i in range(size):
        theta[i] += (1.0 - along) * thetas[1, i] + along * thetas[end, i]
        square += z[i] * z[i]
    square += z[size] * z[size]
    return log_phi, 0.5 * square - log_determinant + math.log(phi[1])


@njit(cache=True, nogil=True, fastmath=FAST)
def _density(
    s: int,
    z: FloatArray,
    point: int,
    law: Law,
    series: Series,
    drawn: DrawnPlace,
    paths: Paths,
    factor: FloatArray,
) -> float:
    """Unknowns and paths of draw s at z and point, and its log ratio of posterior to proposal."""
    drawn.log_phi[s], density = _unknowns(z, law, point, drawn.theta[s], factor)
    own = Paths(drawn.log_r[s], drawn.infections[s], paths.expected, paths.effects, paths.mean)
    return float(
        density
        + log_posterior(
            drawn.theta[s],
            drawn.log_phi[s],
            law.sigmas[point],
            law.generations[point],
            law.admissions[point],
            series,
            drawn.reported[s],
            own,
        )
    )


@njit(cache=True, nogil=True, fastmath=FAST)
def weigh(law: Law, series: Series, drawn: DrawnPlace) -> None:
    """Unknowns, paths and log importance ratio of each draw.

    Args:
        law: from which draws are proposed.
        series: the counts.
        drawn: point, z and reported are read, all else is written.
    """
    days, size = len(series.counts), drawn.theta.shape[1]
    factor = np.empty((size, size))
    paths = Paths(
        np.empty(0), np.empty(0), np.empty(days), np.empty(len(series.contrast)), np.empty(days)
    )
    for s in range(len(drawn.point)):
        drawn.ratio[s] = _density(s, drawn.z[s], drawn.point[s], law, series, drawn, paths, factor)


@njit(cache=True, nogil=True, fastmath=FAST)
def move(
    rng: np.random.Generator,
    steps: int,
    log_prior: FloatArray,
    law: Law,
    series: Series,
    drawn: DrawnPlace,
) -> None:
    """Move equally weighted draws by elliptical slice sampling, and between points of the grid.

    Each draw takes ``steps`` moves that leave the posterior as it is; the whitened unknowns z
    have a standard normal law, tilted by the importance ratio.

    Args:
        rng: source of chance.
        steps: moves of each draw.
        log_prior: (point,), log of the pooled weight of each point of the law.
        law: from which the draws were proposed.
        series: the counts.
        drawn: changed, but for reported.

    Source: Murray, Adams and MacKay, AISTATS 2010, algorithm 2.
    """
    days, size, points = len(series.counts), drawn.z.shape[1], len(law.sigmas)
    factor = np.empty((size - 1, size - 1))
    trial, other = np.empty(size), np.empty(size)
    paths = Paths(
        np.empty(0), np.empty(0), np.empty(days), np.empty(len(series.contrast)), np.empty(days)
    )
    for s in range(len(drawn.point)):
        # The step after the last writes the paths of where the draw came to.
        for step in range(steps + 1):
            jump = step % 4 == 3 and points > 1 and step < steps
            point = drawn.point[s]
            height = drawn.ratio[s] + log_prior[point] + math.log(1.0 - rng.random())
            if jump:
                point = (point + 1 + int(rng.random() * (points - 1))) % points
            for c in range(size):
                other[c] = rng.standard_normal()
            angle = rng.random() * 2 * math.pi
            low, high = angle - 2 * math.pi, angle
            for attempt in range(_MOST_SHRINKS):
                last = step == steps or attempt == _MOST_SHRINKS - 1
                if jump or last:
                    trial[:] = drawn.z[s]
                else:
                    trial[:] = drawn.z[s] * math.cos(angle) + other * math.sin(angle)
                if last:
                    point = drawn.point[s]
                ratio = _density(s, trial, point, law, series, drawn, paths, factor)
                if last or ratio + log_prior[point] > height:
                    drawn.point[s], drawn.ratio[s] = point, ratio
                    drawn.z[s] = trial
                    break
                if jump:
                    break
                if angle < 0.0:
                    low = angle
                else:
                    high = angle
                angle = low + rng.random() * (high - low)
