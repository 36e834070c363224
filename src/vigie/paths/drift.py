"""The drift alarm: forecasts that have become worse than they used to be.

A cumulative sum of how much worse than usual the scores are. Scores are compared within their
horizon, so that days on which other horizons are scored do not look worse.
"""

from __future__ import annotations

import numpy as np

from vigie.paths.arrays import FloatArray, IntArray

__all__ = ["drift_alarms"]

_ALLOWED = 1.0
_MOST = 4.0
_LEAST_SPREAD = 0.15
_SPREAD_OF_NORMAL = 1.4826
_REFERENCE_WEEKS, _GUARD_WEEKS, _HOLD_WEEKS = 8, 2, 4
_LIMIT = {7: 10.0, 1: 4.0}
_FEWEST = {7: 14, 1: 6}


def drift_alarms(scores: FloatArray, steps_a_week: int) -> IntArray:
    """Steps at which the forecasts are found to have become worse.

    The score of a step and horizon is compared, as a logarithm, with the median of the 8 weeks
    before the last 2; deviations are in units of their usual size. The excess of a step is the
    mean over its horizons, at most 4; what exceeds 1 adds up, what falls short of it wears off.
    The alarm is raised when the sum passes its limit.

    Args:
        scores: (horizon, step), mean score of a horizon at consecutive days or weeks, on a scale
            that does not grow with the level (log scores); NaN where nothing was scored.
        steps_a_week: 7 for days, 1 for weeks.

    Returns:
        Numbers of the steps of alarm, in order; none within 4 weeks of another.

    Source: Page, Biometrika 41 (1954); docs/models/scores.md, equation 10.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(scores)
    logs[~np.isfinite(logs)] = np.nan
    alarms: list[int] = []
    total = 0.0
    for step in range(logs.shape[1]):
        excess = _excess(logs, step, steps_a_week)
        if excess is None:
            continue
        total = max(0.0, total + min(excess, _MOST) - _ALLOWED)
        if total > _LIMIT[steps_a_week]:
            if not alarms or step - alarms[-1] >= _HOLD_WEEKS * steps_a_week:
                alarms.append(step)
            total = 0.0
    return np.array(alarms, dtype=np.int64)


def _excess(logs: FloatArray, step: int, steps_a_week: int) -> float | None:
    """Mean over horizons of the deviations from what was usual; None where nothing is known."""
    last = max(0, step - _GUARD_WEEKS * steps_a_week)
    first = max(0, last - _REFERENCE_WEEKS * steps_a_week)
    found = []
    for row in logs:
        past = row[first:last]
        past = past[np.isfinite(past)]
        if len(past) < _FEWEST[steps_a_week] or not np.isfinite(row[step]):
            continue
        middle = float(np.median(past))
        spread = _SPREAD_OF_NORMAL * float(np.median(np.abs(past - middle)))
        found.append((float(row[step]) - middle) / max(spread, _LEAST_SPREAD))
    return float(np.mean(found)) if found else None
