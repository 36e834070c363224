"""Persistence with empirical changes, for levels (patients in beds) and shares."""

from __future__ import annotations

import numpy as np

from vigie.paths import (
    FloatArray,
    JointDraws,
    PathArray,
    borrow_changes,
    days_of_data,
    last_seen,
    stretch_changes,
)

__all__ = ["FEWEST_DAYS", "LEVEL_MODEL", "LEVEL_WINDOW_DAYS", "level_paths"]

LEVEL_MODEL = "vigie-persistence"
"""Name of the model in tables, scores and releases."""

LEVEL_WINDOW_DAYS = 90
"""Days in which the past changes ended."""

FEWEST_DAYS = 14
"""Reported values below which a series borrows the changes of others."""


def level_paths(
    history: FloatArray,
    horizon: int,
    draws: JointDraws,
    *,
    lower: float = 0.0,
    upper: float = float("inf"),
) -> PathArray:
    """Sample paths of a level: the last value seen plus past changes with both signs.

    Each future follows one stretch of the last 90 days, the same in every place and category;
    at each horizon h the futures hold the changes over h days that ended in these 90 days and
    their negatives, with equal weights. A missing value is read as the last one seen.

    Args:
        history: (place, category, time), NaN where missing.
        horizon: days, 1..draws.steps.
        draws: chance of the run.
        lower: smallest value possible.
        upper: largest value possible, 1 for shares.

    Returns:
        (place, category, day, sample), within lower..upper and never NaN. Series with fewer
        than 14 values borrow changes of others, see ``vigie.paths.borrow_changes``.

    Raises:
        ValueError: the horizon is beyond the draws, there is no time in history, or lower is
            above upper.

    Source: docs/models/persistence.md.
    """
    if history.ndim != 3 or history.shape[-1] == 0:
        raise ValueError(f"history has shape {history.shape}, expected (place, category, time)")
    if not 1 <= horizon <= draws.steps:
        raise ValueError(f"horizon {horizon}: the draws serve 1 to {draws.steps} days")
    if lower > upper:
        raise ValueError(f"lower bound {lower} is above the upper bound {upper}")
    places, categories, times = history.shape
    seen = last_seen(history)
    changes = stretch_changes(seen.reshape(-1, times), horizon, draws, window=LEVEL_WINDOW_DAYS)
    centre = np.nan_to_num(seen[..., -1]).astype(np.float32)[:, :, None, None]
    days = days_of_data(history)
    paths = borrow_changes(
        np.broadcast_to(centre, (places, categories, horizon, 1)),
        changes.reshape(places, categories, horizon, draws.sample_count),
        np.nansum(np.abs(history), axis=-1) / np.maximum(days, 1),
        days < FEWEST_DAYS,
        days,
        draws,
    )
    return np.clip(paths, np.float32(lower), np.float32(upper), out=paths)
