"""Use against what doses expect, followed day by day: habits of sites and drift of protocols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from vigie.paths import FloatArray

__all__ = ["UseRatio", "follow_ratio"]

SHARED_HALF_LIFE_DAYS = 4.0
"""Half-life of the days that make the ratio of all sites together."""

SITE_HALF_LIFE_DAYS = 18.0
"""Half-life of the days that make what a site does differently."""

HABIT_SD, SITE_SD, SHARED_SD = 0.2, 0.1, 0.15
"""How much habits of sites, what a site does lately, and the shared ratio differ from the long
run, as standard deviations of the ratio, before anything is seen."""

_SLOPE_DAYS = 10
_STEEPEST = 0.04
"""Largest change of log(shared) per day that is believed."""
_STEADY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class UseRatio:
    """How use stands to the doses; each value rests on that day and the days before it.

    Attributes:
        shared: (time,), ratio of all sites together.
        site: (place, time), what a site takes beside it; 1 where nothing is known of the site.
        slope: (time,), change of log(shared) per day over the last ten days.
    """

    shared: FloatArray
    site: FloatArray
    slope: FloatArray

    @property
    def level(self) -> FloatArray:
        """(place, time), shared times site."""
        return np.asarray(self.shared * self.site)


def follow_ratio(use: FloatArray, expected: FloatArray, inverse_size: float) -> UseRatio:
    """Ratio of use to expected use, with older days forgotten by their half-life.

    Each ratio is drawn to that of the long run, so much as the chance of a day makes it doubtful:
    with variance phi times the mean, n units weigh n / (n + phi / sd^2).

    Args:
        use: (place, time), units, NaN where unknown; without its bursts.
        expected: (place, time), units that doses expect, NaN where unknown.
        inverse_size: 1 / k of a day's negative binomial.

    Source: docs/models/patient-demand.md, equations 5 to 7.
    """
    known = np.isfinite(use) & np.isfinite(expected)
    used = np.where(known, use, 0.0)
    meant = np.where(known, expected, 0.0)
    days = np.maximum(np.cumsum(known, axis=1), 1)
    used_so_far, meant_so_far = np.cumsum(used, axis=1), np.cumsum(meant, axis=1)
    noise = 1 + inverse_size * meant_so_far / days
    # First against doses alone, to tell sites apart; then without the drift of all of them.
    habit = _shrunk(used_so_far, meant_so_far, noise / HABIT_SD**2)
    shared = _shared(used, habit * meant, noise)
    drifted = meant * shared
    habit = _shrunk(used_so_far, np.cumsum(drifted, axis=1), noise / HABIT_SD**2)
    own = _forgetting(used, SITE_HALF_LIFE_DAYS)
    ours = _forgetting(drifted, SITE_HALF_LIFE_DAYS)
    site = _shrunk(own, ours, noise / SITE_SD**2, habit)
    logs = np.log(np.maximum(shared, _STEADY))
    slope = np.zeros_like(logs)
    change = (logs[_SLOPE_DAYS:] - logs[:-_SLOPE_DAYS]) / _SLOPE_DAYS
    slope[_SLOPE_DAYS:] = np.clip(change, -_STEEPEST, _STEEPEST)
    return UseRatio(shared, site, slope)


def _shrunk(
    used: FloatArray, meant: FloatArray, prior: FloatArray, centre: FloatArray | float = 1.0
) -> FloatArray:
    """(used + prior centre) / (meant + prior): the centre where nothing is known."""
    whole = meant + prior
    start = np.broadcast_to(centre, whole.shape).astype(np.float64)
    return np.divide(used + prior * start, whole, out=start.copy(), where=whole > _STEADY)


def _shared(used: FloatArray, meant: FloatArray, noise: FloatArray) -> FloatArray:
    """(time,), ratio of all sites together, drawn to that of all days so far."""
    over, under = used.sum(axis=0), meant.sum(axis=0)
    # Large sites weigh most in the sum, and so does their noise.
    doubt = np.divide(
        (noise * meant).sum(axis=0), under, out=np.ones_like(under), where=under > _STEADY
    )
    prior = doubt / SHARED_SD**2
    so_far = _shrunk(np.cumsum(over), np.cumsum(under), prior)
    ratio = _shrunk(
        _forgetting(over, SHARED_HALF_LIFE_DAYS),
        _forgetting(under, SHARED_HALF_LIFE_DAYS),
        prior,
        so_far,
    )
    return np.asarray(np.maximum(ratio, _STEADY))


def _forgetting(values: FloatArray, half_life_days: float) -> FloatArray:
    """(..., time), sums over the past with older days counting less."""
    decay = 0.5 ** (1 / half_life_days)
    return np.asarray(lfilter([1.0], [1.0, -decay], values, axis=-1))
