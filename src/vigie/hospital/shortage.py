"""Shortage of beds, staff and machines: need above what can be used, on any day."""

from __future__ import annotations

import numpy as np

from vigie.paths import (
    BoolArray,
    PathArray,
    ShortageSummary,
    first_passage,
    shortage_summary,
)

__all__ = ["capacity_shortage", "is_short"]

_TOLERANCE = np.float32(1e-3)
"""Patients or units below which a difference is rounding of single precision."""


def is_short(need: PathArray, capacity: PathArray) -> BoolArray:
    """Whether uncapped need exceeds capacity, on each day and in each future.

    Args:
        need: (place, category, day, sample), patients or units.
        capacity: same shape or broadcastable to it, same unit.
    """
    return np.asarray(need > capacity + _TOLERANCE)


def capacity_shortage(need: PathArray, capacity: PathArray) -> ShortageSummary:
    """P(short by D), first short days and expected unmet need of what is not used up.

    A future is short by D when its uncapped need exceeds usable capacity on at least one day up
    to D. Unmet need is summed over the days: patient-days, shifts or machine-days.

    Args:
        need: (place, category, day, sample), patients in bed, staff needed or machines needed.
        capacity: same shape or broadcastable to it, same unit.

    Source: docs/models/usable-capacity.md, equations 6 and 7.
    """
    short = is_short(need, capacity)
    unmet = np.maximum(need - capacity, np.float32(0)).sum(axis=2)
    return shortage_summary(first_passage(short), need.shape[2], unmet)
