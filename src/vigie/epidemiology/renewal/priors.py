"""Fixed figures of the model: knots, limits, and the spread of what is not known beforehand."""

from __future__ import annotations

import math

import numpy as np

from vigie.paths import FloatArray

__all__ = [
    "EFFECT_SPREAD",
    "FIRST_SPREAD",
    "KNOT_DAYS",
    "LARGEST_LOG_R",
    "PHI_CENTRE",
    "PHI_SPREAD",
    "SEED_GROWTH_SPREAD",
    "SEED_SPREAD",
    "SMALLEST_LOG_R",
    "kept_over_steps",
]

KNOT_DAYS = 3
"""Days between knots of the walk of log R."""

LARGEST_LOG_R, SMALLEST_LOG_R = 1.8, -5.0
"""Limits of log R: an R of 6, and one that ends an epidemic within days."""

SEED_SPREAD = 1.5
"""Standard deviation of the log of infections on the last day before the counts."""

SEED_GROWTH_SPREAD = 0.04
"""Standard deviation, per day, of their growth beyond what R on day 0 stands for."""

FIRST_SPREAD = 0.5
"""Standard deviation of log R on day 0."""

EFFECT_SPREAD = 0.3
"""Standard deviation of each contrast of weekdays, and of the effect of holidays."""

PHI_CENTRE, PHI_SPREAD = math.log(15.0), 1.2
"""Mean and standard deviation of the log of the dispersion."""


def kept_over_steps(days: int, delay_days: float, damping_per_day: float) -> FloatArray:
    """What is kept of log R from one knot to the next: all of it, but in the last days.

    Counts say little of the R of the last days, because admissions follow infections by a delay:
    from there on the walk is damped as it is in the days ahead.

    Args:
        days: of the counts.
        delay_days: mean delay from infection to admission.
        damping_per_day: of the days ahead.

    Returns:
        (knot,), as many as it takes to reach the last day.

    Source: docs/models/renewal.md, equation 3.
    """
    start = np.arange(-(-days // KNOT_DAYS)) * KNOT_DAYS
    damped = np.clip(start + KNOT_DAYS - (days - 1 - delay_days), 0, KNOT_DAYS)
    return np.asarray(damping_per_day**damped)
