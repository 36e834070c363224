"""The same weekday of last week, plus past changes: the other simple model of daily flows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vigie.paths import (
    FloatArray,
    IntArray,
    JointDraws,
    PathArray,
    borrow_changes,
    by_start,
    days_of_data,
    first_seen,
    last_seen,
    past_index,
)

__all__ = ["LAST_WEEK_MODEL", "LAST_WEEK_WINDOW_DAYS", "last_week_paths"]

LAST_WEEK_MODEL = "vigie-last-week"
"""Name of the model in tables, scores and releases."""

LAST_WEEK_WINDOW_DAYS = 90
"""Days in which the past changes ended."""

_FEWEST_DAYS = 14
_WEEK = 7


def last_week_paths(history: FloatArray, horizon: int, draws: JointDraws) -> PathArray:
    """Sample paths of daily counts: the value of the same weekday last seen, plus past changes.

    Future i adds, at every horizon and in every series, the change from a week before that
    ended on one day of the last 90, with one sign; after k weeks times the square root of k. A
    missing value is read as that of a week before.

    Args:
        history: (place, category, day), counts; NaN where missing.
        horizon: days, 1..draws.steps.
        draws: chance of the run.

    Returns:
        (place, category, day, sample), >= 0 and never NaN. Series with fewer than 14 values
        borrow changes of others, see ``vigie.paths.borrow_changes``.

    Raises:
        ValueError: the horizon is beyond the draws, or there is no time in history.

    Source: docs/models/last-week.md.
    """
    if history.ndim != 3 or history.shape[-1] == 0:
        raise ValueError(f"history has shape {history.shape}, expected (place, category, time)")
    if not 1 <= horizon <= draws.steps:
        raise ValueError(f"horizon {horizon}: the draws serve 1 to {draws.steps} days")
    places, categories, days = history.shape
    seen = last_seen(_by_weekday(history.reshape(-1, days)))
    ahead = np.arange(horizon)
    weeks = 1 + ahead // _WEEK
    centre = np.nan_to_num(seen[:, np.maximum(days + ahead - _WEEK * weeks, 0)])
    changes = np.zeros((len(seen), horizon, draws.sample_count), dtype=np.float32)
    for group, change in _changes(seen, draws):
        changes[group] = change[:, None, :] * np.sqrt(weeks, dtype=np.float32)[:, None]
    count = days_of_data(history)
    shape = (places, categories, horizon)
    paths = borrow_changes(
        centre.astype(np.float32).reshape(*shape, 1),
        changes.reshape(*shape, draws.sample_count),
        np.nansum(np.abs(history), axis=-1) / np.maximum(count, 1),
        count < _FEWEST_DAYS,
        count,
        draws,
    )
    return np.maximum(paths, np.float32(0), out=paths)


def _by_weekday(flat: FloatArray) -> FloatArray:
    """Gaps filled with the value of the same weekday before, where there is one."""
    filled = flat.copy()
    for day in range(_WEEK, filled.shape[1]):
        gap = np.isnan(filled[:, day])
        filled[gap, day] = filled[gap, day - _WEEK]
    return filled


def _changes(seen: FloatArray, draws: JointDraws) -> Iterator[tuple[IntArray | slice, PathArray]]:
    """Changes over one week (series, sample), for the series that begin together."""
    moved = np.nan_to_num(seen[:, _WEEK:] - seen[:, :-_WEEK]).astype(np.float32)
    last = moved.shape[1]
    for start, group in by_start(first_seen(seen), last):
        count = min(LAST_WEEK_WINDOW_DAYS, last - start)
        at = last - 1 - past_index(draws.position, count, LAST_WEEK_WINDOW_DAYS)
        yield group, np.take(moved[group], at, axis=1) * draws.sign
