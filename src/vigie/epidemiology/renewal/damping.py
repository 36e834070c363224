"""How fast log R is expected to return to 0, chosen by the scores of past forecasts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.epidemiology.renewal.rules import RenewalRules
from vigie.paths import FloatArray

__all__ = ["DAMPINGS", "FEWEST_ORIGINS", "chosen_damping"]

DAMPINGS = (0.85, 0.90, 0.93, 0.95, 0.97, 1.0)
"""Dampings per day that are compared."""

FEWEST_ORIGINS = 8
"""Scored origins below which the default stands."""


def chosen_damping(scores: FloatArray, dampings: Sequence[float] = DAMPINGS) -> float:
    """The damping with the least sum of scores over past origins.

    Args:
        scores: (origin, damping), sums of the weighted interval score of origins whose truth is
            known by now; rows with a NaN are not read.
        dampings: (damping,), per day.

    Returns:
        One of the dampings; the default of ``RenewalRules`` with fewer than 8 complete origins.

    Raises:
        ValueError: shapes do not fit.
    """
    if scores.ndim != 2 or scores.shape[1] != len(dampings):
        raise ValueError(f"scores have shape {scores.shape} for {len(dampings)} dampings")
    complete = scores[np.isfinite(scores).all(axis=1)]
    if len(complete) < FEWEST_ORIGINS:
        return RenewalRules().damping_per_day
    return float(dampings[int(complete.sum(axis=0).argmin())])
