"""Fixed figures of the model: knots, limits, and the spread of what is not known beforehand."""

from __future__ import annotations

import math

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
