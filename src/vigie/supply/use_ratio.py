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

SITE_PRIOR_DAYS = 4.0
"""Days of its own after which a site's habit weighs as much as that of all sites."""

HABIT_DAYS = 10.0
"""Days of its own after which what a site did lately weighs as much as its habit."""

_SLOPE_DAYS = 10
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


def follow_ratio(use: FloatArray, expected: FloatArray) -> UseRatio:
    """Ratio of use to expected use, with older days forgotten by their half-life.

    Args:
        use: (place, time), units, NaN where unknown; without its bursts.
        expected: (place, time), units that doses expect, NaN where unknown.

    Source: docs/models/patient-demand.md, equations 5 to 7.
    """
    known = np.isfinite(use) & np.isfinite(expected)
    used = np.where(known, use, 0.0)
    meant = np.where(known, expected, 0.0)
    days = np.maximum(np.cumsum(known, axis=1), 1)
    used_so_far, meant_so_far = np.cumsum(used, axis=1), np.cumsum(meant, axis=1)
    usual = meant_so_far / days
    # First against doses alone, to tell sites apart; then without the drift of all of them.
    habit = _shrunk(used_so_far, meant_so_far, SITE_PRIOR_DAYS * usual)
    shared = _forgetting_ratio(used.sum(axis=0), (habit * meant).sum(axis=0), SHARED_HALF_LIFE_DAYS)
    drifted = meant * shared
    prior = SITE_PRIOR_DAYS * usual * shared
    habit = _shrunk(used_so_far, np.cumsum(drifted, axis=1), prior)
    decay = 0.5 ** (1 / SITE_HALF_LIFE_DAYS)
    own = lfilter([1.0], [1.0, -decay], used, axis=1)
    ours = lfilter([1.0], [1.0, -decay], drifted, axis=1)
    site = _shrunk(own, ours, HABIT_DAYS * usual * shared, habit)
    logs = np.log(np.maximum(shared, _STEADY))
    slope = np.zeros_like(logs)
    slope[_SLOPE_DAYS:] = (logs[_SLOPE_DAYS:] - logs[:-_SLOPE_DAYS]) / _SLOPE_DAYS
    return UseRatio(shared, site, slope)


def _shrunk(
    used: FloatArray, meant: FloatArray, prior: FloatArray, centre: FloatArray | float = 1.0
) -> FloatArray:
    """(used + prior centre) / (meant + prior): the centre where nothing is known."""
    whole = meant + prior
    start = np.broadcast_to(centre, whole.shape).astype(np.float64)
    return np.divide(used + prior * start, whole, out=start.copy(), where=whole > _STEADY)


def _forgetting_ratio(used: FloatArray, meant: FloatArray, half_life: float) -> FloatArray:
    """Ratio of two sums over the past; 1 before the first day known."""
    decay = 0.5 ** (1 / half_life)
    over = lfilter([1.0], [1.0, -decay], used)
    under = lfilter([1.0], [1.0, -decay], meant)
    ratio = np.divide(over, under, out=np.ones_like(under), where=under > _STEADY)
    return np.asarray(np.maximum(ratio, _STEADY))
