"""Compiled loops of chance: on infections of the last days, and on the days ahead.

Loaded only where the engine runs. Draws are the first axis here, days the last.

Source: docs/models/renewal.md, equations 9 to 12.
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
    law: Law,
    series: Series,
    drawn: DrawnPlace,
    effect: FloatArray,
    noisy: FloatArray,
    gain: FloatArray,
) -> None:
    """Chance on infections of the last days, and what the counts say about each draw of it.

    Args:
        rng: source of chance.
        share: admissions per infection, 0 to 1.
        imports: infections per day from elsewhere.
        start: first day with chance.
        law: delays at its points.
        series: the counts.
        drawn: draws without chance on infections.
        effect: (draw, kind), factor of the day.
        noisy: (draw, seed_days + day), written: infections.
        gain: (draw,), written: log likelihood with chance less that without.
    """
    days, lags, reach = len(series.counts), law.generations.shape[1], law.admissions.shape[1]
    seed_days, counts = series.seed_days, series.counts
    for s in range(len(drawn.point)):
        generation, admission = law.generations[drawn.point[s]], law.admissions[drawn.point[s]]
        calm, own, phi = drawn.infections[s], noisy[s], math.exp(drawn.log_phi[s])
        own[:] = calm
        for t in range(start, days):
            now, force = seed_days + t, 0.0
            for j in range(lags):
                force += generation[j] * own[now - lags + j]
            mean = (math.exp(drawn.log_r[s, t]) * force + imports * share) / share
            own[now] = share * _poisson(rng, mean)
        total = 0.0
        for t in series.seen:
            if t < start:
                continue
            now, with_chance, without = seed_days + t, 0.0, 0.0
            for j in range(reach):
                with_chance += admission[j] * own[now + 1 - reach + j]
                without += admission[j] * calm[now + 1 - reach + j]
            scale = effect[s, series.kind[t]] * drawn.reported[s, t]
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
