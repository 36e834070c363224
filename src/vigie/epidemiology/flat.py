"""The flat baseline for flows (admissions, consumption): tomorrow like today, plus past changes.

The pattern of the forecast hubs' baseline, made joint over places and categories; it stays as
the named model that better ones must beat.
"""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.season import season_factors, season_level
from vigie.paths import (
    FloatArray,
    JointDraws,
    PathArray,
    borrow_changes,
    by_start,
    days_of_data,
    first_seen,
    last_seen,
    past_index,
    stretch_changes,
)

__all__ = ["FEWEST_DAYS", "FEWEST_STEPS", "FLAT_MODEL", "FLAT_WINDOW_DAYS", "flat_paths"]

FLAT_MODEL = "vigie-flat"
"""Name of the model in tables, scores and releases."""

FLAT_WINDOW_DAYS = 90
"""Days in which the past changes of a daily series ended."""

FEWEST_DAYS = 14
"""Reported days below which a daily series borrows the changes of others."""

FEWEST_STEPS = 6
"""The same for weeks and months."""


def flat_paths(
    history: FloatArray, horizon: int, draws: JointDraws, *, season: int = 1
) -> PathArray:
    """Sample paths of counts per step by the flat baseline.

    Without season (weeks, months): the last value plus one-step changes of the past, each with
    a random sign, added up; future i repeats the same past steps in every series. With a season
    (7 for days): the level of the last 7 days times weekday factors, plus the change of that
    level over a stretch of the last 90 days, plus a day's noise; stretch and noise days are the
    same in every series. Never below 0. The median is flat (before it is cut at 0).

    Args:
        history: (place, category, time), counts; NaN where missing; negative values (corrections)
            are allowed.
        horizon: steps, 1..draws.steps.
        draws: chance of the run.
        season: 7 for daily series, 1 for weeks and months.

    Returns:
        (place, category, step, sample), >= 0 and never NaN. Series with fewer than 14 values
        (6 without season) borrow changes of others, see ``vigie.paths.borrow_changes``; ask
        ``vigie.paths.days_of_data`` how much each one rests on.

    Raises:
        ValueError: horizon or season do not fit, or there is no time in history.

    Source: docs/models/flat.md.
    """
    _check(history, horizon, draws, season)
    places, categories, times = history.shape
    flat = history.reshape(-1, times)
    centre, changes = (_seasonal if season > 1 else _plain)(flat, places, horizon, draws, season)
    days = days_of_data(history)
    size = np.nansum(np.abs(history), axis=-1) / np.maximum(days, 1)
    shape = (places, categories, horizon)
    paths = borrow_changes(
        centre.reshape(*shape, 1),
        changes.reshape(*shape, draws.sample_count),
        size,
        days < (FEWEST_DAYS if season > 1 else FEWEST_STEPS),
        days,
        draws,
    )
    return np.maximum(paths, np.float32(0), out=paths)


def _check(history: FloatArray, horizon: int, draws: JointDraws, season: int) -> None:
    if history.ndim != 3 or history.shape[-1] == 0:
        raise ValueError(f"history has shape {history.shape}, expected (place, category, time)")
    if not 1 <= horizon <= draws.steps:
        raise ValueError(f"horizon {horizon}: the draws serve 1 to {draws.steps} steps")
    if season < 1:
        raise ValueError(f"season {season}: expected 1 or more steps")


def _plain(
    flat: FloatArray, places: int, horizon: int, draws: JointDraws, season: int
) -> tuple[PathArray, PathArray]:
    """Last value, and one-step changes added up; (series, step) and (series, step, sample)."""
    seen = last_seen(flat)
    last = seen.shape[1] - 1
    steps = np.diff(np.nan_to_num(seen), axis=1).astype(np.float32)
    changes = np.zeros((len(flat), horizon, draws.sample_count), dtype=np.float32)
    starts = first_seen(seen)
    for start, group in by_start(starts, last):
        own, count = steps[group], last - start
        total = np.zeros((len(own), draws.sample_count), dtype=np.float32)
        for h in range(horizon):
            at = last - 1 - past_index(draws.step_position[h], count, last)
            total += np.take(own, at, axis=1) * draws.step_sign[h]
            changes[group, h] = total
    centre = np.repeat(np.nan_to_num(seen[:, -1:]), horizon, axis=1)
    return centre.astype(np.float32), changes


def _seasonal(
    flat: FloatArray, places: int, horizon: int, draws: JointDraws, season: int
) -> tuple[PathArray, PathArray]:
    """Level times factors, and changes of level plus noise; shapes as ``_plain``."""
    times = flat.shape[1]
    factors = season_factors(flat.reshape(places, -1, times), season).reshape(-1, season)
    level = last_seen(season_level(flat, factors))
    ahead = factors[:, (times + np.arange(horizon)) % season]
    centre = np.nan_to_num(level[:, -1:]) * ahead
    changes = stretch_changes(level, horizon, draws, window=FLAT_WINDOW_DAYS)
    changes *= ahead[:, :, None].astype(np.float32)
    expected = level * factors[:, np.arange(times) % season]
    _add_noise(changes, _residuals(flat, expected), np.sqrt(np.maximum(centre, 0)), draws)
    return centre.astype(np.float32), changes


def _residuals(flat: FloatArray, expected: FloatArray) -> FloatArray:
    """Distances of days from their level, in square roots of the level; gaps repeat the last."""
    root = np.sqrt(np.where(expected > 0, expected, np.nan))
    residuals = (flat - expected) / root
    return last_seen(np.where(np.isfinite(flat) & np.isnan(residuals), 0.0, residuals))


def _add_noise(
    changes: PathArray, residuals: FloatArray, root: FloatArray, draws: JointDraws
) -> None:
    """Add to each day the residual of a random day, with a random sign, times sqrt(centre)."""
    last = residuals.shape[1] - 1
    starts = first_seen(residuals)
    values = np.nan_to_num(residuals).astype(np.float32)
    roots = root.astype(np.float32)
    for start, group in by_start(starts, last + 1):
        own = values[group]
        count = min(FLAT_WINDOW_DAYS, last - start + 1)
        for h in range(changes.shape[1]):
            at = last - past_index(draws.step_position[h], count, FLAT_WINDOW_DAYS)
            noise = np.take(own, at, axis=1)
            noise *= draws.step_sign[h]
            noise *= roots[group, h, None]
            changes[group, h] += noise
