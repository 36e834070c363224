"""Compiled loops of the fit: exact sensitivities, Gauss-Newton steps, the grid.

Source: docs/models/renewal.md, equations 4 and 5.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.epidemiology.renewal.arrays import Paths, Series
from vigie.epidemiology.renewal.kernels import (
    FAST,
    TINY,
    log_likelihood,
    log_posterior,
    log_prior_phi,
    seed_pace,
)
from vigie.epidemiology.renewal.priors import (
    EFFECT_SPREAD,
    FIRST_SPREAD,
    KNOT_DAYS,
    LARGEST_LOG_R,
    PHI_CENTRE,
    SEED_GROWTH_SPREAD,
    SEED_SPREAD,
    SMALLEST_LOG_R,
)
from vigie.paths import FloatArray, IntArray

__all__ = ["fit_grid", "refit", "sensitivities", "solve_transposed"]

_PHI_STEP = 0.05


@njit(cache=True, nogil=True, fastmath=FAST)
def sensitivities(
    sigma: float,
    generation: FloatArray,
    admission: FloatArray,
    series: Series,
    paths: Paths,
    derivative: FloatArray,
    slope: FloatArray,
) -> None:
    """Exact derivatives of infections and of log expected admissions.

    Args:
        sigma, generation, admission, series: as in ``forward``.
        paths: as ``forward`` wrote them.
        derivative: (seed_days + day, 3 + knots), written: of infections.
        slope: (day, 3 + knots), written: of log expected admissions.
    """
    log_r, infections, expected = paths.log_r, paths.infections, paths.expected
    seed_days = series.seed_days
    lags, reach, days = len(generation), len(admission), len(log_r)
    derivative[:] = 0.0
    slope[:] = 0.0
    pace = seed_pace(generation)
    for tau in range(seed_days):
        derivative[tau, 0] = infections[tau]
        derivative[tau, 1] = infections[tau] * (tau - seed_days + 1)
        derivative[tau, 2] = derivative[tau, 1] * pace
    step = sigma * math.sqrt(KNOT_DAYS)
    for t in range(days):
        now = seed_days + t
        width = 3 + (t + KNOT_DAYS - 1) // KNOT_DAYS
        row = derivative[now]
        if infections[now] > TINY:
            r = math.exp(log_r[t])
            for j in range(lags):
                past, weight = derivative[now - lags + j], r * generation[j]
                for c in range(width):
                    row[c] += weight * past[c]
            if SMALLEST_LOG_R < log_r[t] < LARGEST_LOG_R:
                knot = (t - 1) // KNOT_DAYS if t > 0 else 0
                along = (t - knot * KNOT_DAYS) / KNOT_DAYS
                change = infections[now]
                row[3 + knot] += change * step * along
                change *= 1.0 - along + along * series.kept[knot]
                for k in range(knot - 1, -1, -1):
                    row[3 + k] += change * step
                    change *= series.kept[k]
                row[2] += change
        out = slope[t]
        for j in range(reach):
            past, weight = derivative[now + 1 - reach + j], admission[j] / expected[t]
            for c in range(width):
                out[c] += weight * past[c]


@njit(cache=True, nogil=True, fastmath=FAST)
def _normal_equations(
    theta: FloatArray,
    phi: float,
    series: Series,
    mean: FloatArray,
    slope: FloatArray,
    curvature: FloatArray,
    gradient: FloatArray,
) -> None:
    """Information of the counts plus prior precision, lower triangle, and the gradient."""
    inner, size, counts = 3 + series.knots, len(theta), series.counts
    curvature[:] = 0.0
    gradient[:] = 0.0
    row = np.zeros(size)
    for t in series.seen:
        spread = 1.0 + mean[t] / phi
        score = (counts[t] - mean[t]) / spread
        weight = mean[t] * (1.0 + counts[t] / phi) / spread**2
        width = 3 + (t + KNOT_DAYS - 1) // KNOT_DAYS
        for c in range(width):
            row[c] = slope[t, c]
        for c in range(size - inner):
            row[inner + c] = series.contrast[series.kind[t], c]
        for i in range(width):
            gradient[i] += row[i] * score
            scaled, line = row[i] * weight, curvature[i]
            for j in range(i + 1):
                line[j] += scaled * row[j]
        for i in range(inner, size):
            gradient[i] += row[i] * score
            scaled, line = row[i] * weight, curvature[i]
            for j in range(width):
                line[j] += scaled * row[j]
            for j in range(inner, i + 1):
                line[j] += scaled * row[j]
    for i in range(size):
        spread, centre = 1.0, 0.0
        if i == 0:
            spread, centre = SEED_SPREAD, series.level
        elif i == 1:
            spread = SEED_GROWTH_SPREAD
        elif i == 2:
            spread = FIRST_SPREAD
        elif i >= inner:
            spread = EFFECT_SPREAD
        curvature[i, i] += 1.0 / spread**2
        gradient[i] -= (theta[i] - centre) / spread**2


@njit(cache=True, nogil=True, fastmath=FAST)
def _cholesky(matrix: FloatArray) -> float:
    """Lower factor in place; the log of its determinant."""
    total = 0.0
    for i in range(len(matrix)):
        for j in range(i + 1):
            value = matrix[i, j]
            for k in range(j):
                value -= matrix[i, k] * matrix[j, k]
            if i == j:
                matrix[i, i] = math.sqrt(max(value, 1e-12))
                total += math.log(matrix[i, i])
            else:
                matrix[i, j] = value / matrix[j, j]
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def solve_transposed(factor: FloatArray, right: FloatArray) -> None:
    """Solve factor' x = right in place, for a lower factor."""
    for i in range(len(right) - 1, -1, -1):
        right[i] /= factor[i, i]
        for j in range(i):
            right[j] -= factor[i, j] * right[i]


@njit(cache=True, nogil=True, fastmath=FAST)
def _solve(factor: FloatArray, right: FloatArray) -> None:
    for i in range(len(right)):
        value = right[i]
        for j in range(i):
            value -= factor[i, j] * right[j]
        right[i] = value / factor[i, i]
    solve_transposed(factor, right)


@njit(cache=True, nogil=True, fastmath=FAST)
def _newton_phi(
    series: Series, mean: FloatArray, log_phi: float, steps: int
) -> tuple[float, float]:
    """Better log dispersion with the means held, and the curvature there (at least 0.001)."""
    bend = 1.0
    for step in range(steps + 1):
        above, below = log_phi + _PHI_STEP, log_phi - _PHI_STEP
        centre = log_likelihood(series, mean, log_phi) + log_prior_phi(log_phi)
        up = log_likelihood(series, mean, above) + log_prior_phi(above)
        down = log_likelihood(series, mean, below) + log_prior_phi(below)
        slope = (up - down) / (2 * _PHI_STEP)
        bend = -(up - 2 * centre + down) / _PHI_STEP**2
        if step == steps:
            break
        move = slope / bend if bend > 0.05 else math.copysign(0.5, slope)
        log_phi += min(max(move, -1.0), 1.0)
        if abs(move) < 0.02:
            break
    return log_phi, max(bend, 1e-3)


@njit(cache=True, nogil=True, fastmath=FAST)
def _climb(
    theta: FloatArray,
    curvature: FloatArray,
    log_phi: float,
    phi_is_free: bool,
    sigma: float,
    generation: FloatArray,
    admission: FloatArray,
    series: Series,
    reported: FloatArray,
    most_steps: int,
    tolerance: float,
) -> tuple[float, float, float, float]:
    """Climb to the mode of theta, and of the dispersion if it is free.

    Changes theta, writes the lower factor of the curvature there; returns the log posterior, the
    log of the factor's determinant, the log dispersion and its curvature.
    """
    days, size, seed_days = len(series.counts), len(theta), series.seed_days
    paths = Paths(
        np.empty(days),
        np.empty(seed_days + days),
        np.empty(days),
        np.empty(len(series.contrast)),
        np.empty(days),
    )
    derivative = np.empty((seed_days + days, 3 + series.knots))
    slope, gradient, trial = np.empty((days, 3 + series.knots)), np.empty(size), np.empty(size)
    trial[:] = theta
    value, bend, log_determinant, length = -math.inf, 1.0, 0.0, 1.0
    for step in range(most_steps + 1):
        before = value
        for _ in range(12):
            new = log_posterior(
                trial, log_phi, sigma, generation, admission, series, reported, paths
            )
            if new >= value or step == 0:
                break
            length *= 0.4
            trial[:] = theta + length * gradient
        if new < value:
            # No way up: the step before was the last.
            break
        theta[:], value = trial, new
        if phi_is_free:
            value -= log_likelihood(series, paths.mean, log_phi) + log_prior_phi(log_phi)
            log_phi, bend = _newton_phi(series, paths.mean, log_phi, 2)
            value += log_likelihood(series, paths.mean, log_phi) + log_prior_phi(log_phi)
        if step == most_steps or (step > 0 and value - before < tolerance):
            break
        sensitivities(sigma, generation, admission, series, paths, derivative, slope)
        _normal_equations(theta, math.exp(log_phi), series, paths.mean, slope, curvature, gradient)
        log_determinant = _cholesky(curvature)
        _solve(curvature, gradient)
        length = 1.0
        trial[:] = theta + gradient
    return value, log_determinant, log_phi, bend


@njit(cache=True, nogil=True, fastmath=FAST)
def fit_grid(
    sigmas: FloatArray,
    generations: FloatArray,
    admissions: FloatArray,
    order: IntArray,
    neighbour: IntArray,
    series: Series,
    reported: FloatArray,
    most_steps: int,
    tolerance: float,
    thetas: FloatArray,
    factors: FloatArray,
    phis: FloatArray,
    evidence: FloatArray,
) -> None:
    """Mode and curvature at each point of the grid, and the Laplace evidence.

    Args:
        sigmas: (point,), daily standard deviation of the walk.
        generations, admissions: (point, lag), reversed as in ``forward``.
        order: (point,), in which the points are fitted.
        neighbour: (point,), from which each starts; -1 starts anew.
        series, reported: as in ``log_posterior``.
        most_steps: of Gauss and Newton, at each point.
        tolerance: gain of the log posterior below which a fit ends.
        thetas: (point, unknown), written: the mode.
        factors: (point, unknown, unknown), written: lower factor of the curvature.
        phis: (point, 2), written: log dispersion and its standard deviation.
        evidence: (point,), written: log evidence without constants.
    """
    for at in order:
        theta, log_phi, start = thetas[at], PHI_CENTRE, neighbour[at]
        if start >= 0:
            theta[:] = thetas[start]
            theta[3 : 3 + series.knots] *= sigmas[start] / sigmas[at]
            log_phi = phis[start, 0]
        else:
            theta[:] = 0.0
            theta[0] = series.level
        value, log_determinant, log_phi, bend = _climb(
            theta,
            factors[at],
            log_phi,
            True,
            sigmas[at],
            generations[at],
            admissions[at],
            series,
            reported,
            most_steps,
            tolerance,
        )
        phis[at, 0], phis[at, 1] = log_phi, 1.0 / math.sqrt(bend)
        evidence[at] = value - log_determinant - 0.5 * math.log(bend)


@njit(cache=True, nogil=True, fastmath=FAST)
def refit(
    start: FloatArray,
    log_phis: FloatArray,
    sigma: float,
    generation: FloatArray,
    admission: FloatArray,
    series: Series,
    reported: FloatArray,
    most_steps: int,
    tolerance: float,
    thetas: FloatArray,
    factors: FloatArray,
    marginal: FloatArray,
) -> None:
    """Mode and curvature at one point of the grid, for given values of the dispersion.

    Args:
        start: (unknown,), where to begin.
        log_phis: (node,), log dispersions.
        sigma to tolerance: as in ``fit_grid``, of one point.
        thetas: (node, unknown), written.
        factors: (node, unknown, unknown), written.
        marginal: (node,), written: log density of each log dispersion by Laplace.
    """
    for node in range(len(log_phis)):
        thetas[node] = start
        value, log_determinant, _, _ = _climb(
            thetas[node],
            factors[node],
            log_phis[node],
            False,
            sigma,
            generation,
            admission,
            series,
            reported,
            most_steps,
            tolerance,
        )
        marginal[node] = value - log_determinant
