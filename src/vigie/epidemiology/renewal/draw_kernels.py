"""Compiled loops of the draws from the posterior: proposals, their weights, moves of poor ones.

Loaded only where the engine runs. Draws are the first axis here, days the last.

A proposal first draws log phi, then the unknowns given it: mode and factor of the curvature are
interpolated between three values of log phi, because both depend on it.

Source: docs/models/renewal.md, equations 6 to 8.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.epidemiology.renewal.fit_kernels import solve_transposed
from vigie.epidemiology.renewal.kernels import FAST, fill_means, forward, log_posterior
from vigie.paths import FloatArray, IntArray

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
    seed_days: int,
    kind: IntArray,
    contrast: FloatArray,
    knots: int,
    offset: FloatArray,
) -> None:
    """Log of the mean of expected counts over the normal approximation, less that at its centre.

    Args:
        z: (draw, unknown or more), standard normal.
        theta, factor: mode and factor of the curvature.
        sigma to knots: as in ``log_posterior``.
        offset: (day,), written; at most 0.5 either way.
    """
    days, size = len(offset), len(theta)
    log_r, expected, mean, total = np.empty(days), np.empty(days), np.empty(days), np.zeros(days)
    infections, effects, trial = np.empty(seed_days + days), np.empty(len(contrast)), theta.copy()
    whole = np.ones(days)
    for s in range(len(z) + 1):
        if s < len(z):
            trial[:] = z[s, :size]
            solve_transposed(factor, trial)
            trial += theta
        else:
            trial[:] = theta
        forward(trial, sigma, generation, admission, seed_days, log_r, infections, expected)
        fill_means(trial, knots, kind, contrast, whole, expected, effects, mean)
        if s < len(z):
            total += mean
    for t in range(days):
        gain = math.log(total[t] / (len(z) * mean[t]))
        offset[t] = min(max(gain, -_LARGEST_OFFSET), _LARGEST_OFFSET)


@njit(cache=True, nogil=True, fastmath=FAST)
def _unknowns(
    z: FloatArray,
    thetas: FloatArray,
    factors: FloatArray,
    phi: FloatArray,
    theta: FloatArray,
    factor: FloatArray,
) -> tuple[float, float]:
    """Write the unknowns that z stands for; log phi and the log density of z over that of theta.

    Args:
        z: (unknown + 1,), the last for log phi.
        thetas, factors: (3, ...), at three log dispersions.
        phi: mean and standard deviation of log phi, middle node, distance of nodes.
        theta: (unknown,), written.
        factor: (unknown, unknown), scratch.
    """
    size = len(theta)
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
def weigh(
    point: IntArray,
    z: FloatArray,
    thetas: FloatArray,
    factors: FloatArray,
    phis: FloatArray,
    sigmas: FloatArray,
    generations: FloatArray,
    admissions: FloatArray,
    seed_days: int,
    counts: FloatArray,
    log_factorial: FloatArray,
    seen: IntArray,
    kind: IntArray,
    contrast: FloatArray,
    reported: FloatArray,
    level: float,
    knots: int,
    theta: FloatArray,
    log_phi: FloatArray,
    log_r: FloatArray,
    infections: FloatArray,
    ratio: FloatArray,
) -> None:
    """Unknowns, paths and log importance ratio of each draw.

    Args:
        point: (draw,), which point of the grid each comes from.
        z: (draw, unknown + 1), standard normal.
        thetas: (point, 3, unknown), modes at three log dispersions.
        factors: (point, 3, unknown, unknown), lower factors of the curvature there.
        phis: (point, 4), as ``_unknowns`` reads them.
        sigmas, generations, admissions: as in ``fit_grid``.
        seed_days to knots: as in ``log_posterior``; reported has a row for each draw.
        theta: (draw, unknown), written.
        log_phi: (draw,), written.
        log_r: (draw, day), written.
        infections: (draw, seed_days + day), written.
        ratio: (draw,), written: log of posterior over proposal, without constants.
    """
    days = len(counts)
    expected, mean, effects = np.empty(days), np.empty(days), np.empty(len(contrast))
    factor = np.empty((theta.shape[1], theta.shape[1]))
    for s in range(len(point)):
        g = point[s]
        log_phi[s], density = _unknowns(z[s], thetas[g], factors[g], phis[g], theta[s], factor)
        ratio[s] = density + log_posterior(
            theta[s], log_phi[s], sigmas[g], generations[g], admissions[g], seed_days, counts,
            log_factorial, seen, kind, contrast, reported[s], level, knots, log_r[s],
            infections[s], expected, effects, mean,
        )  # fmt: skip


@njit(cache=True, nogil=True, fastmath=FAST)
def move(
    rng: np.random.Generator,
    steps: int,
    log_prior: FloatArray,
    point: IntArray,
    z: FloatArray,
    thetas: FloatArray,
    factors: FloatArray,
    phis: FloatArray,
    sigmas: FloatArray,
    generations: FloatArray,
    admissions: FloatArray,
    seed_days: int,
    counts: FloatArray,
    log_factorial: FloatArray,
    seen: IntArray,
    kind: IntArray,
    contrast: FloatArray,
    reported: FloatArray,
    level: float,
    knots: int,
    theta: FloatArray,
    log_phi: FloatArray,
    log_r: FloatArray,
    infections: FloatArray,
    ratio: FloatArray,
) -> None:
    """Move equally weighted draws by elliptical slice sampling, and between points of the grid.

    Each draw takes ``steps`` moves that leave the posterior as it is; the whitened unknowns z
    have a standard normal law, tilted by the importance ratio.

    Args:
        rng: source of chance.
        steps: moves of each draw.
        log_prior: (point,), log of the pooled weight of each point of the grid.
        point, z: as in ``weigh``; changed.
        thetas to ratio: as in ``weigh``; the last five are written.

    Source: Murray, Adams and MacKay, AISTATS 2010, algorithm 2.
    """
    days, size = len(counts), z.shape[1]
    expected, mean, effects = np.empty(days), np.empty(days), np.empty(len(contrast))
    factor = np.empty((size - 1, size - 1))
    trial, other = np.empty(size), np.empty(size)
    for s in range(len(point)):
        # The step after the last writes the paths of where the draw came to.
        for step in range(steps + 1):
            jump = step % 4 == 3 and len(sigmas) > 1 and step < steps
            g = point[s]
            if jump:
                g = (g + 1 + int(rng.random() * (len(sigmas) - 1))) % len(sigmas)
            for c in range(size):
                other[c] = rng.standard_normal()
            height = ratio[s] + log_prior[point[s]] + math.log(1.0 - rng.random())
            angle = rng.random() * 2 * math.pi
            low, high = angle - 2 * math.pi, angle
            for attempt in range(_MOST_SHRINKS):
                last = step == steps or attempt == _MOST_SHRINKS - 1
                if jump or last:
                    trial[:] = z[s]
                else:
                    trial[:] = z[s] * math.cos(angle) + other * math.sin(angle)
                if last:
                    g = point[s]
                log_phi[s], density = _unknowns(
                    trial, thetas[g], factors[g], phis[g], theta[s], factor
                )
                new = density + log_posterior(
                    theta[s], log_phi[s], sigmas[g], generations[g], admissions[g], seed_days,
                    counts, log_factorial, seen, kind, contrast, reported[s], level, knots,
                    log_r[s], infections[s], expected, effects, mean,
                )  # fmt: skip
                if last or new + log_prior[g] > height:
                    point[s], ratio[s] = g, new
                    z[s] = trial
                    break
                if jump:
                    break
                if angle < 0.0:
                    low = angle
                else:
                    high = angle
                angle = low + rng.random() * (high - low)
