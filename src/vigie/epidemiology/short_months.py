"""Monthly counts of many series with less than two years of history: a level and pooled errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.epidemiology.flat_fallback import increasing_steps, joint_as_flat, or_flat
from vigie.epidemiology.pooled import error_bank, error_scale
from vigie.paths import (
    QUANTILE_LEVELS,
    FloatArray,
    IntArray,
    JointDraws,
    PathArray,
)

__all__ = ["SHORT_MONTHLY_MODEL", "short_monthly_paths", "short_monthly_quantiles"]

SHORT_MONTHLY_MODEL = "vigie-short-monthly"
"""Name of the model in tables, scores and releases."""

_MEMORY = 0.7
_FEWEST_MONTHS = 3
_FEWEST_ERRORS = 30
_OWN_ERRORS = 6.0
_SPREADS = (0.3, 3.0)
_DAYS_A_MONTH = 30


def short_monthly_quantiles(
    history: FloatArray,
    horizons: Sequence[int],
    draws: JointDraws,
    levels: Sequence[float] = QUANTILE_LEVELS,
) -> FloatArray:
    """Quantiles of monthly counts: a fading mean, and the errors that it made in all series.

    Args:
        history: (place, category, time), counts a month, NaN where missing; its last month is
            the origin. Negative values (returns) are read as 0.
        horizons: in months from the last one, increasing, 1..draws.steps.
        draws: chance of the run, for what the flat baseline answers.
        levels: of the quantiles, increasing within 0..1.

    Returns:
        (place, category, horizon, level), >= 0, never NaN, never decreasing along the levels.
        Those of the flat baseline for a series with fewer than 3 months, and for all where fewer
        than 30 past forecasts can be scored.

    Raises:
        ValueError: horizons do not fit, or there is no time in history.

    Source: docs/models/short-monthly.md.
    """
    steps = increasing_steps(horizons)
    counts = np.where(np.isfinite(history), np.maximum(history, 0.0), np.nan)
    flat = counts.reshape(-1, counts.shape[-1])
    told = np.full((len(flat), len(steps), len(levels)), np.nan)
    level, seen = _levels(flat)
    is_usable = seen[:, -1] >= _FEWEST_MONTHS
    for column, ahead in enumerate(steps):
        about = _about(flat, level, seen, ahead, levels)
        if about is not None:
            told[is_usable, column] = about[is_usable]
    return or_flat(told, history, steps, draws, levels)


def short_monthly_paths(history: FloatArray, horizon: int, draws: JointDraws) -> PathArray:
    """Sample paths of monthly counts: these margins, joint as the flat baseline.

    Args:
        history: as for ``short_monthly_quantiles``.
        horizon: months ahead, 1..draws.steps.
        draws: chance of the run.

    Returns:
        (place, category, step, sample), >= 0 and never NaN.
    """
    told = short_monthly_quantiles(history, range(1, horizon + 1), draws)
    return joint_as_flat(told, history, draws)


def _levels(flat: FloatArray) -> tuple[FloatArray, IntArray]:
    """(series, time): fading mean up to each month, and months seen so far."""
    total, weight = np.zeros(len(flat)), np.zeros(len(flat))
    level = np.zeros_like(flat)
    for month in range(flat.shape[1]):
        is_seen = np.isfinite(flat[:, month])
        total = _MEMORY * total + np.where(is_seen, flat[:, month], 0.0)
        weight = _MEMORY * weight + is_seen
        level[:, month] = total / np.maximum(weight, 1e-9)
    return level, np.cumsum(np.isfinite(flat), axis=1)


def _about(
    flat: FloatArray, level: FloatArray, seen: IntArray, ahead: int, levels: Sequence[float]
) -> FloatArray | None:
    """(series, level): quantiles so many months ahead; None with too few past forecasts."""
    last = flat.shape[1] - 1
    centre, truth = level[:, : last + 1 - ahead], flat[:, ahead:]
    is_scored = (seen[:, : last + 1 - ahead] >= _FEWEST_MONTHS) & np.isfinite(truth)
    if is_scored.sum() < _FEWEST_ERRORS:
        return None
    series, month = np.nonzero(is_scored)
    centres, truths = centre[is_scored], truth[is_scored]
    size = np.abs(truths - centres) / error_scale(centres)
    usual = float(size.mean())
    own = np.bincount(series, size, len(flat)) + _OWN_ERRORS * usual
    own = own / (np.bincount(series, minlength=len(flat)) + _OWN_ERRORS)
    wide = np.clip(own / usual, *_SPREADS) if usual > 0 else np.ones(len(flat))
    # Errors are pooled in units of each series' own size of errors.
    moved = centres + (truths - centres) / wide[series]
    age = (last - ahead - month) * _DAYS_A_MONTH
    bank = error_bank(centres, np.asarray(moved), age.astype(np.int64), levels)
    now = level[:, last]
    told = now[:, None] + wide[:, None] * (_free(bank.errors, bank.size, now, bank.spread))
    return np.asarray(np.maximum(told, 0.0))


def _free(errors: FloatArray, size: FloatArray, centre: FloatArray, spread: float) -> FloatArray:
    """(series, level): errors about the centre, not cut at 0 before they are widened."""
    at = np.log(centre + 0.3)
    columns = [np.interp(at, size, column) for column in errors.T]
    return np.stack(columns, axis=-1) * spread * error_scale(centre)[:, None]
