"""Compiled loops of chance: on infections of the last days, and on the days ahead.

Loaded only where the engine runs. Draws are the first axis here, days the last.

Source: docs/models/renewal.md, equations 9 to 12.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.epidemiology.renewal.kernels import FAST
from vigie.paths import FloatArray, IntArray

__all__ = ["disturb", "future"]

_LARGE = 1000.0
"""Mean above which a Poisson number is drawn as a rounded normal one."""


@njit(cache=True, nogil=True, fastmath=FAST)
def _poisson(rng: np.random.Generator, mean: float) -> float:
    if mean <= 0.0:
        return 0.0
    if mean > _LARGE:
        return max(0.0, math.floor(mean + math.sqrt(mean) * rng.standard_normal() + 0.5))
    return float(rng.poisson(mean))


@njit(cache=True, nogil=True, fastmath=FAST)
def disturb(
    rng: np.random.Generator,
    share: float,
    imports: float,
    start: int,
    point: IntArray,
    generations: FloatArray,
    admissions: FloatArray,
    seed_days: int,
    counts: FloatArray,
    seen: IntArray,
    kind: IntArray,
    effect: FloatArray,
    reported: FloatArray,
    log_phi: FloatArray,
    log_r: FloatArray,
    infections: FloatArray,
    noisy: FloatArray,
    gain: FloatArray,
) -> None:
    """Chance on infections of the last days, and what the counts say about each draw of it.

    Args:
        rng: source of chance.
        share: admissions per infection, 0 to 1.
        imports: infections per day from elsewhere.
        start: first day with chance.
        point to reported: as in ``weigh``.
        effect: (draw, kind), factor of the day.
        log_phi, log_r, infections: (draw, ...), as ``weigh`` wrote them.
        noisy: (draw, seed_days + day), written.
        gain: (draw,), written: log likelihood with chance less that without.
    """
    days, lags, reach = len(counts), generations.shape[1], admissions.shape[1]
    for s in range(len(point)):
        generation, admission = generations[point[s]], admissions[point[s]]
        calm, now_noisy, phi = infections[s], noisy[s], math.exp(log_phi[s])
        now_noisy[:] = calm
        for t in range(start, days):
            now, force = seed_days + t, 0.0
            for j in range(lags):
                force += generation[j] * now_noisy[now - lags + j]
            mean = (math.exp(log_r[s, t]) * force + imports * share) / share
            now_noisy[now] = share * _poisson(rng, mean)
        total = 0.0
        for t in seen:
            if t < start:
                continue
            now, with_chance, without = seed_days + t, 0.0, 0.0
            for j in range(reach):
                with_chance += admission[j] * now_noisy[now + 1 - reach + j]
                without += admission[j] * calm[now + 1 - reach + j]
            scale = effect[s, kind[t]] * reported[s, t]
            one, two = max(with_chance * scale, 1e-9), max(without * scale, 1e-9)
            total += (counts[t] + phi) * (math.log(phi + two) - math.log(phi + one))
            if counts[t] > 0.0:
                total += counts[t] * (math.log(one) - math.log(two))
        gain[s] = total


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
        point, generations, admissions: as in ``weigh``.
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
