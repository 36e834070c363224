"""Compiled loop of two runs ahead that share their chance, number by number.

``path_kernels.future`` draws as it goes, so two runs of it drift apart as soon as one count
differs. Here every number of chance belongs to a draw and a day: what differs between the runs is
what was changed, and nothing else.

Loaded only where a scenario runs. Draws are the first axis here, days the last.

Source: docs/models/scenarios.md, equations 2 to 5.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from vigie.epidemiology.renewal.kernels import FAST
from vigie.paths import FloatArray, IntArray

__all__ = ["coupled_future", "poisson_quantiles"]

_SUMMED_UP_TO = 50.0
"""Mean above which a Poisson quantile comes from its expansion, off by 1 in 1 of 50 at most."""

_LARGEST_SUMMED = 200
"""No count above this is ever drawn at a mean up to 50."""


@njit(cache=True, nogil=True, fastmath=FAST)
def _poisson_at(mean: float, normal: float) -> float:
    """The Poisson count that stands where a standard normal number stands; grows with the mean."""
    if mean <= 0.0:
        return 0.0
    if mean > _SUMMED_UP_TO:
        moved = mean + math.sqrt(mean) * normal + (normal * normal - 1.0) / 6.0
        return max(0.0, math.floor(moved + 0.5))
    level = 0.5 * math.erfc(-normal / math.sqrt(2.0))
    term = math.exp(-mean)
    below, count = term, 0.0
    while below < level and count < _LARGEST_SUMMED:
        count += 1.0
        term *= mean / count
        below += term
    return count


@njit(cache=True, nogil=True, fastmath=FAST)
def poisson_quantiles(means: FloatArray, normals: FloatArray) -> FloatArray:
    """(n,): the count of each mean at the level of each standard normal number."""
    counts = np.empty(len(means))
    for i in range(len(means)):
        counts[i] = _poisson_at(means[i], normals[i])
    return counts


@njit(cache=True, nogil=True, fastmath=FAST)
def coupled_future(
    share: float,
    imports: float,
    susceptible: float,
    point: IntArray,
    generations: FloatArray,
    admissions: FloatArray,
    r: FloatArray,
    effect: FloatArray,
    of_infections: FloatArray,
    of_counts: FloatArray,
    scatter: FloatArray,
    infections: FloatArray,
    expected: FloatArray,
    counts: FloatArray,
) -> None:
    """Infections and admissions of the days ahead, from chance that is given.

    Args:
        share: admissions per infection; 0 runs infections without chance.
        imports: infections per day from elsewhere.
        susceptible: people who can still be infected today; infinite where not known.
        point: (draw,), row of generations and admissions.
        generations, admissions: (point, lag), reversed as in ``path_kernels.future``.
        r: (draw, day), reproduction number if nobody became immune any more; changed where the
            susceptible grow fewer.
        effect: (draw, day), factor of each day.
        of_infections, of_counts: (draw, day), standard normal numbers.
        scatter: (draw, day), gamma numbers with mean 1, by which counts scatter more than
            Poisson's.
        infections: (draw, past + day), the past filled, the days ahead written.
        expected: (draw, day), written: expected admissions with the effect of the day.
        counts: (draw, day), written.
    """
    ahead, lags, reach = r.shape[1], generations.shape[1], admissions.shape[1]
    past = infections.shape[1] - ahead
    for s in range(len(point)):
        generation, admission, path = generations[point[s]], admissions[point[s]], infections[s]
        infected = 0.0
        for h in range(ahead):
            now, force, admitted = past + h, 0.0, 0.0
            for j in range(lags):
                force += generation[j] * path[now - lags + j]
            left = max(0.0, susceptible - infected)
            if susceptible < math.inf:
                r[s, h] *= left / max(susceptible, 1.0)
            mean = r[s, h] * force + imports * share
            if share > 0.0:
                path[now] = share * min(_poisson_at(mean / share, of_infections[s, h]), left)
                infected += path[now] / share
            else:
                path[now] = mean
            for j in range(reach):
                admitted += admission[j] * path[now + 1 - reach + j]
            expected[s, h] = admitted * effect[s, h]
            counts[s, h] = _poisson_at(expected[s, h] * scatter[s, h], of_counts[s, h])
