"""Occupancy of a whole, from who comes and who leaves: admissions go on growing, ever less."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray

__all__ = ["continued_flow"]

_WEEK, _FORTNIGHT = 7, 14
_DAMPING = 0.93
_LARGEST_GROWTH_PER_DAY = 0.08


def continued_flow(occupancy: FloatArray, admissions: FloatArray, horizon: int) -> float:
    """Expected patients in bed some days ahead.

    Admissions of the last week go on with their growth against the week before, which shrinks to
    0.93 of itself a day; patients leave at the rate of the last fortnight.

    Args:
        occupancy: (day,), patients in bed at the end of each day, at least 15 days.
        admissions: (day,), patients who came on each day.
        horizon: days ahead, >= 1.

    Raises:
        ValueError: fewer than 15 days.

    Source: docs/models/pooled-occupancy.md, equation 7.
    """
    if len(occupancy) <= _FORTNIGHT or len(admissions) != len(occupancy):
        raise ValueError(
            f"{len(occupancy)} days of occupancy and {len(admissions)} of admissions: "
            f"give {_FORTNIGHT + 1} or more of both"
        )
    week = float(admissions[-_WEEK:].sum())
    before = float(admissions[-2 * _WEEK : -_WEEK].sum())
    growth = float(np.log((week + 1.0) / (before + 1.0))) / _WEEK
    growth = float(np.clip(growth, -_LARGEST_GROWTH_PER_DAY, _LARGEST_GROWTH_PER_DAY))
    risen = float(occupancy[-1] - occupancy[-1 - _FORTNIGHT])
    left = max(float(admissions[-_FORTNIGHT:].sum()) - risen, 0.0)
    leaving = min(left / max(float(occupancy[-_FORTNIGHT:].sum()), 1.0), 1.0)
    inside, coming = float(occupancy[-1]), week / _WEEK
    for _ in range(horizon):
        coming *= float(np.exp(growth))
        growth *= _DAMPING
        inside += coming - leaving * inside
    return max(inside, 0.0)
