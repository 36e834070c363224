"""Shares of units that declare a lack, as sample paths of a room, and when they are high."""

from __future__ import annotations

import numpy as np

from vigie.actions.forecasts.forecasting import Chance, History
from vigie.hospital import level_paths
from vigie.hospital.pooled_shares import (
    ONSET_LEVEL,
    ShareHistory,
    share_days_needed,
    share_quantiles,
    without_resets,
)
from vigie.paths import QUANTILE_LEVELS, FloatArray, PathArray, last_seen, with_margins

__all__ = ["has_pooled_shares", "high_share", "pooled_share_paths"]

_HORIZONS = (1, 3, 7, 14, 21, 28)
_FEWEST_DAYS = 90
_HALF = 0.5


def has_pooled_shares(history: History) -> bool:
    """Whether shares by day are known long enough for the pooled forecast."""
    return (
        history.kind == "share"
        and history.step == "day"
        and history.upper <= 1
        and len(history.dates) >= share_days_needed(7)
    )


def pooled_share_paths(history: History, steps: int, chance: Chance) -> PathArray:
    """Paths of shares: those of persistence, on the quantiles of the pooled forecast.

    An emptied register is read as missing, in the history and as the value of today. Between the
    days that are forecast quantiles are linear.

    Args:
        history: of a share by day.
        steps: days ahead.
        chance: of the run.

    Source: docs/models/pooled-share.md.
    """
    reported, draws = history.is_reported(), chance.draws()
    out = level_paths(history.values, steps, draws, upper=1.0)
    days = [each for each in _HORIZONS if each < steps] + [steps]
    for category in range(len(history.categories)):
        known = np.flatnonzero(reported[:, category])
        if not len(known) or history.values.shape[2] < 2:
            continue
        share = np.clip(history.values[known, category], 0.0, 1.0)
        told = share_quantiles(ShareHistory(share, history.dates), days)
        now = last_seen(without_resets(share)[0])[:, -1]
        each_day = _between(now, told, days)
        paths = with_margins(out[known][:, [category]], each_day[:, None])
        out[known, category] = np.minimum(paths[:, 0], np.float32(1))
    return out


def high_share(history: History) -> FloatArray:
    """The share above which each place is unusually short: the 80 % quantile of its own past.

    Returns:
        (place, category), 0..1; one half where fewer than 90 days are known.
    """
    out: FloatArray = np.full(history.values.shape[:2], _HALF)
    for category in range(out.shape[1]):
        kept = without_resets(history.values[:, category])[0][:, :-1]
        enough = np.isfinite(kept).sum(axis=1) >= _FEWEST_DAYS
        if enough.any():
            out[enough, category] = np.nanquantile(kept[enough], ONSET_LEVEL, axis=1)
    return out


def _between(now: FloatArray, told: FloatArray, days: list[int]) -> FloatArray:
    """(place, day, level) of every day, from today's value on."""
    start = np.repeat(now[:, None, None], len(QUANTILE_LEVELS), axis=2)
    knots: FloatArray = np.concatenate([start, told], axis=1)
    at = np.concatenate([[0], days])
    wanted = np.arange(1, days[-1] + 1)
    right = np.searchsorted(at, wanted)
    weight = ((wanted - at[right - 1]) / (at[right] - at[right - 1]))[:, None]
    return np.asarray((1 - weight) * knots[:, right - 1] + weight * knots[:, right])
