"""Compiled loops of the renewal engine: the forward pass and the log posterior.

Loaded only where the engine runs, because numba is slow to import. Time is the last axis here:
these arrays belong to one place, and days follow days. Unknowns theta are in this order: log of
infections on the last seed day, their growth beyond that of R on day 0, log R on day 0, the steps
of the walk of log R (one for each knot), the effects of the day.

Source: docs/models/renewal.md, equations 1 to 4.
"""

from __future__ import annotations

import math

from numba import njit

from vigie.epidemiology.renewal.arrays import Paths, Series
from vigie.epidemiology.renewal.priors import (
    EFFECT_SPREAD,
    FIRST_SPREAD,
    KNOT_DAYS,
    LARGEST_LOG_R,
    PHI_CENTRE,
    PHI_SPREAD,
    SEED_GROWTH_SPREAD,
    SEED_SPREAD,
    SMALLEST_LOG_R,
)
from vigie.paths import FloatArray

__all__ = [
    "FAST",
    "TINY",
    "fill_means",
    "forward",
    "log_likelihood",
    "log_posterior",
    "log_prior_phi",
    "seed_pace",
]

FAST = {"contract", "reassoc", "nsz", "arcp"}
"""Sums may be taken in any order; numbers that are not finite are respected."""

TINY = 1e-60
"""Least number of infections on a day, so that logs and ratios stay finite."""


@njit(cache=True, nogil=True, fastmath=FAST)
def _log_gamma(x: float) -> float:
    """Stirling's series, for x > 0."""
    shift = 1.0
    while x < 7.0:
        shift *= x
        x += 1.0
    inverse = 1.0 / x
    square = inverse * inverse
    series = inverse * (
        1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))
    )
    return (x - 0.5) * math.log(x) - x + 0.9189385332046727 + series - math.log(shift)


@njit(cache=True, nogil=True, fastmath=FAST)
def seed_pace(generation: FloatArray) -> float:
    """One over the mean generation interval: turns log R into growth per day."""
    total, lags = 0.0, len(generation)
    for j in range(lags):
        total += generation[j] * (lags - j)
    return 1.0 / total


@njit(cache=True, nogil=True, fastmath=FAST)
def forward(
    theta: FloatArray,
    sigma: float,
    generation: FloatArray,
    admission: FloatArray,
    series: Series,
    paths: Paths,
) -> None:
    """Infections and expected admissions (without day effects) of one set of unknowns.

    Args:
        theta: the unknowns.
        sigma: daily standard deviation of the walk of log R.
        generation: (s,), probabilities of s = 1.. days, in REVERSE order.
        admission: (u,), probabilities of u = 0.. days, in REVERSE order.
        series: seed_days, knots and kept are read.
        paths: log_r, infections and expected are written.
    """
    log_r, infections, expected = paths.log_r, paths.infections, paths.expected
    seed_days = series.seed_days
    lags, reach = len(generation), len(admission)
    growth = theta[1] + theta[2] * seed_pace(generation)
    for tau in range(seed_days):
        infections[tau] = math.exp(theta[0] + growth * (tau - seed_days + 1))
    step = sigma * math.sqrt(KNOT_DAYS)
    x, ahead = theta[2], theta[2]
    for t in range(len(log_r)):
        if t % KNOT_DAYS == 1:
            knot = t // KNOT_DAYS
            x, ahead = ahead, series.kept[knot] * ahead + step * theta[3 + knot]
        along = ((t - 1) % KNOT_DAYS + 1) / KNOT_DAYS if t > 0 else 0.0
        log_r[t] = min(max(x + along * (ahead - x), SMALLEST_LOG_R), LARGEST_LOG_R)
        now = seed_days + t
        force = 0.0
        for j in range(lags):
            force += generation[j] * infections[now - lags + j]
        infections[now] = max(math.exp(log_r[t]) * force, TINY)
        total = 0.0
        for j in range(reach):
            total += admission[j] * infections[now + 1 - reach + j]
        expected[t] = total


@njit(cache=True, nogil=True, fastmath=FAST)
def log_prior_phi(log_phi: float) -> float:
    """Log density, without its constant, of the log of the dispersion."""
    return float(-0.5 * ((log_phi - PHI_CENTRE) / PHI_SPREAD) ** 2)


@njit(cache=True, nogil=True, fastmath=FAST)
def log_likelihood(series: Series, mean: FloatArray, log_phi: float) -> float:
    """Log of the negative binomial probability of the counts, over the days that are seen."""
    phi = math.exp(log_phi)
    base = _log_gamma(phi)
    total = 0.0
    for t in series.seen:
        y, mu = series.counts[t], mean[t]
        total -= (phi + y) * math.log1p(mu / phi)
        if y > 0.0:
            total += (
                y * (math.log(mu) - log_phi) + _log_gamma(y + phi) - base - series.log_factorial[t]
            )
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def _log_prior(theta: FloatArray, knots: int, level: float) -> float:
    total = ((theta[0] - level) / SEED_SPREAD) ** 2 + (theta[1] / SEED_GROWTH_SPREAD) ** 2
    total += (theta[2] / FIRST_SPREAD) ** 2
    for k in range(3, 3 + knots):
        total += theta[k] ** 2
    for k in range(3 + knots, len(theta)):
        total += (theta[k] / EFFECT_SPREAD) ** 2
    return float(-0.5 * total)


@njit(cache=True, nogil=True, fastmath=FAST)
def fill_means(theta: FloatArray, series: Series, reported: FloatArray, paths: Paths) -> None:
    """Expected counts: admissions times the effect of the day times the share reported so far."""
    contrast, mean = series.contrast, paths.mean
    for k in range(contrast.shape[0]):
        effect = 0.0
        for c in range(contrast.shape[1]):
            effect += contrast[k, c] * theta[3 + series.knots + c]
        paths.effects[k] = math.exp(effect)
    for t in range(len(mean)):
        effect = paths.effects[series.kind[t]]
        mean[t] = max(paths.expected[t] * effect * reported[t], TINY)


@njit(cache=True, nogil=True, fastmath=FAST)
def log_posterior(
    theta: FloatArray,
    log_phi: float,
    sigma: float,
    generation: FloatArray,
    admission: FloatArray,
    series: Series,
    reported: FloatArray,
    paths: Paths,
) -> float:
    """Log of likelihood times prior, without constants.

    Args:
        theta, sigma, generation, admission: as in ``forward``.
        log_phi: log of the dispersion.
        series: the counts.
        reported: (day,), share reported so far.
        paths: written.
    """
    forward(theta, sigma, generation, admission, series, paths)
    fill_means(theta, series, reported, paths)
    value = log_likelihood(series, paths.mean, log_phi)
    value += _log_prior(theta, series.knots, series.level)
    return float(value + log_prior_phi(log_phi))
