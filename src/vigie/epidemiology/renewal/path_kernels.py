"""Compiled loops of chance: on infections of the last days, and on the days ahead.

Loaded only where the engine runs. Draws are the first axis here, days the last.

Source: docs/models/renewal.md, equations 10 to 12.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.epidemiology.renewal.arrays import DrawnPlace, Law, Series
from vigie.epidemiology.renewal.kernels import FAST
from vigie.paths import FloatArray, IntArray

__all__ = ["disturb", "future"]

_LARGE = 1000.0
"""Mean above which a Poisson number is drawn as a rounded normal one."""

_EVEN_ENOUGH = 0.5
"""Effective share of draws above which they are not resampled on the way."""


@njit(cache=True, nogil=True, fastmath=FAST)
def _poisson(rng: np.random.Generator, mean: float) -> float:
    if mean <= 0.0:
        return 0.0
    if mean > _LARGE:
        return max(0.0, math.floor(mean + math.sqrt(mean) * rng.standard_normal() + 0.5))
    return float(rng.poisson(mean))


@njit(cache=True, nogil=True, fastmath=FAST)
def _resampled(rng: np.random.Generator, log_weight: FloatArray, chosen: IntArray) -> bool:
    """Choose draws by their weights, systematically; False where they are even enough as is."""
    weight = np.exp(log_weight - log_weight.max())
    total, square = 0.0, 0.0
    for each in weight:
        total += each
        square += each * each
    if total * total > _EVEN_ENOUGH * len(weight) * square:
        return False
    step, at, end = total / len(weight), 0, weight[0]
    place = step * rng.random()
    for s in range(len(weight)):
        while place > end and at < len(weight) - 1:
            at += 1
            end += weight[at]
        chosen[s] = at
        place += step
    return True


@njit(cache=True, nogil=True, fastmath=FAST)
def disturb(
    rng: np.random.Generator,
    share: float,
    imports: float,
    start: int,
    law: Law,
    series: Series,
    drawn: DrawnPlace,
    effect: FloatArray,
    source: IntArray,
    noisy: FloatArray,
    log_weight: FloatArray,
) -> None:
    """Chance on infections of the last days, day by day, resampled by what the counts say of it.

    Args:
        rng: source of chance.
        share: admissions per infection, 0 to 1.
        imports: infections per day from elsewhere.
        start: first day with chance.
        law: delays at its points.
        series: the counts.
        drawn: draws without chance on infections.
        effect: (draw, kind), factor of the day.
        source: (draw,), written: of which draw each is a continuation.
        noisy: (draw, seed_days + day), written: infections.
        log_weight: (draw,), written: log likelihood with chance less that without, since the
            draws were last resampled.

    Source: Gordon, Salmond and Smith, IEE Proceedings F 140 (1993) 107.
    """
    days, lags, reach = len(series.counts), law.generations.shape[1], law.admissions.shape[1]
    count, is_seen = len(source), np.zeros(days, dtype=np.bool_)
    is_seen[series.seen] = True
    chosen = np.empty(count, dtype=np.int64)
    noisy[:] = drawn.infections
    log_weight[:] = 0.0
    for s in range(count):
        source[s] = s
    for t in range(start, days):
        now, y = series.seed_days + t, series.counts[t]
        for s in range(count):
            origin = source[s]
            point, own = drawn.point[origin], noisy[s]
            generation, admission = law.generations[point], law.admissions[point]
            force = 0.0
            for j in range(lags):
                force += generation[j] * own[now - lags + j]
            mean = (math.exp(drawn.log_r[origin, t]) * force + imports * share) / share
            own[now] = share * _poisson(rng, mean)
            if is_seen[t]:
                calm, with_chance, without = drawn.infections[origin], 0.0, 0.0
                for j in range(reach):
                    with_chance += admission[j] * own[now + 1 - reach + j]
                    without += admission[j] * calm[now + 1 - reach + j]
                phi = math.exp(drawn.log_phi[origin])
                scale = effect[origin, series.kind[t]] * drawn.reported[origin, t]
                one, two = max(with_chance * scale, 1e-9), max(without * scale, 1e-9)
                log_weight[s] += (y + phi) * math.log((phi + two) / (phi + one))
                if y > 0.0:
                    log_weight[s] += y * math.log(one / two)
        if is_seen[t] and _resampled(rng, log_weight, chosen):
            source[:] = source[chosen]
            noisy[:] = noisy[chosen]
            log_weight[:] = 0.0


@njit(cache=True, nogil=True, fastmath=FAST)
def future(
    rng: np.random.Generator,
    share: float,
    imports: float,
    susceptible: float,
    point: IntArray,
    generations: FloatArray,
    admissions: FloatArray,
    r: FloatArray,
    effect: FloatArray,
    phi: FloatArray,
    infections: FloatArray,
    expected: FloatArray,
    counts: FloatArray,
) -> None:
    """Infections and admissions of the days ahead.

    Args:
        rng: source of chance.
        share: admissions per infection; 0 draws infections without chance.
        imports: infections per day from elsewhere.
        susceptible: people who can still be infected today; infinite where not known.
        point: (draw,), row of generations and admissions.
        generations, admissions: (point, lag), reversed as in ``forward``.
        r: (draw, day), reproduction number if nobody became immune any more; changed where the
            susceptible grow fewer.
        effect: (draw, day), factor of each day.
        phi: (draw,), dispersion.
        infections: (draw, past + day), the past filled, the days ahead written.
        expected: (draw, some past + day), written: expected admissions without day effects.
        counts: (draw, day), written.
    """
    ahead, lags, reach = r.shape[1], generations.shape[1], admissions.shape[1]
    past, known = infections.shape[1] - ahead, expected.shape[1] - ahead
    for s in range(len(phi)):
        generation, admission, path = generations[point[s]], admissions[point[s]], infections[s]
        infected = 0.0
        for t in range(known):
            now, admitted = past - known + t, 0.0
            for j in range(reach):
                admitted += admission[j] * path[now + 1 - reach + j]
            expected[s, t] = admitted
        for h in range(ahead):
            now, force = past + h, 0.0
            for j in range(lags):
                force += generation[j] * path[now - lags + j]
            left = max(0.0, susceptible - infected)
            if susceptible < math.inf:
                r[s, h] *= left / max(susceptible, 1.0)
            mean = r[s, h] * force + imports * share
            if share > 0.0:
                path[now] = share * min(_poisson(rng, mean / share), left)
                infected += path[now] / share
            else:
                path[now] = mean
            admitted = 0.0
            for j in range(reach):
                admitted += admission[j] * path[now + 1 - reach + j]
            expected[s, known + h] = admitted
            admitted *= effect[s, h]
            if admitted > 0.0:
                rate = rng.standard_gamma(phi[s]) * admitted / phi[s]
                counts[s, h] = _poisson(rng, rate)
            else:
                counts[s, h] = 0.0
