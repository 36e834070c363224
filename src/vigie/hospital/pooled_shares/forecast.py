"""Shares of many places, foretold by one robust regression, with each place's own past misses.

The change ahead is learnt from all places together, anew at every origin, from the days whose
outcome is known. How wide a forecast is follows from how far the last year's forecasts missed, each
made as its own day could have made it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.hospital.changes import persisting_quantiles
from vigie.hospital.pooled_shares.features import ShareFeatures, share_features
from vigie.hospital.pooled_shares.history import ShareHistory
from vigie.paths import (
    QUANTILE_LEVELS,
    FloatArray,
    fit_median,
    weighted_quantiles,
)

__all__ = ["SHARE_MODEL", "share_days_needed", "share_forecasts", "share_quantiles"]

SHARE_MODEL = "vigie-pooled-share"
"""Name of the model in tables, scores and releases."""

_HALF_LIVES_DAYS = (400.0, 1000.0)
_RIDGES = (0.01, 0.1, 0.5)
"""The centre is the mean of the regressions with each half-life and each ridge."""
_LEARNT_DAYS = 1461
_LEARNT_STEP_DAYS = 2
"""Neighbouring days say nearly the same; every second one still meets every weekday."""
_FEWEST_LEARNT_DAYS = 60
_WEEK = 7
_BANK_WEEKS = 52
_FEWEST_BANK_WEEKS = 8
_BANK_HALF_LIFE_WEEKS = 26.0
_WEIGHT_OF_ALL = 8.0
_RESET_SPREAD = 1.5


def share_days_needed(horizon: int) -> int:
    """Days of history below which there are too few past forecasts to learn the spread from."""
    return 2 * horizon + _FEWEST_LEARNT_DAYS + _WEEK * (_FEWEST_BANK_WEEKS - 1) + 1


def share_quantiles(
    history: ShareHistory, horizons: Sequence[int], levels: Sequence[float] = QUANTILE_LEVELS
) -> FloatArray:
    """Quantiles of shares, some days ahead of the last day of the history.

    Args:
        history: of all places; a missing value is read as the last one seen.
        horizons: days ahead, >= 1.
        levels: of the quantiles, increasing within 0..1.

    Returns:
        (place, horizon, level), 0..1, never NaN, never decreasing along the levels. Persistence
        with the changes of the last 90 days, both signs, where the history is too short.

    Raises:
        ValueError: a horizon is below 1, or the history has fewer than two days.

    Source: docs/models/pooled-share.md.
    """
    made = share_forecasts(history, [history.share.shape[1] - 1], horizons, levels)
    return np.asarray(made[0])


def share_forecasts(
    history: ShareHistory,
    origins: Sequence[int],
    horizons: Sequence[int],
    levels: Sequence[float] = QUANTILE_LEVELS,
) -> FloatArray:
    """The same from many origins, each from the days up to it alone; they share their refits.

    Args:
        history: longer than the last origin or as long.
        origins: indices of days, from the second day with a value in every place on.
        horizons: days ahead, >= 1.
        levels: of the quantiles, increasing within 0..1.

    Returns:
        (origin, place, horizon, level), as ``share_quantiles`` gives from a history cut there.

    Raises:
        ValueError: a horizon is below 1, an origin lies outside, or comes before a place begins.
    """
    if not horizons or min(horizons) < 1:
        raise ValueError(f"horizons {list(horizons)}: give days from 1 on")
    if not len(origins):
        raise ValueError("no origins: give days from which to forecast")
    first = int(np.isfinite(history.share).any(axis=0).argmax())
    begun = int(np.isfinite(history.share).argmax(axis=1).max())
    days = history.share.shape[1]
    if min(origins) < max(begun, first + 1) or max(origins) >= days:
        raise ValueError(
            f"origins from day {min(origins)} to {max(origins)} of {days}: the first that has two "
            f"days of shares and a value in every place is day {max(begun, first + 1)}"
        )
    known = ShareHistory(
        history.share[:, first:], history.dates[first:],
        tuple(each[:, first:] for each in history.companions),
    )  # fmt: skip
    features = share_features(known)
    parts = []
    for horizon in horizons:
        moves = _Moves(features, horizon)
        parts.append([_quantiles(moves, int(day) - first, levels) for day in origins])
    return np.stack([np.stack(part) for part in parts], axis=2)


class _Moves:
    """Changes over a horizon: what they were, and what each day would have foretold."""

    def __init__(self, features: ShareFeatures, horizon: int) -> None:
        self.features, self.horizon = features, horizon
        self._causes = features.ahead(horizon)
        level, is_known = features.level, features.is_known
        self.change = level[:, horizon:] - level[:, :-horizon]
        self.counts = is_known[:, horizon:] & is_known[:, :-horizon]
        self._foretold: dict[int, FloatArray] = {}

    def foretold(self, day: int) -> FloatArray:
        """(place,), the change foretold on a day from what was known then."""
        if day not in self._foretold:
            self._foretold[day] = self._fitted(day)
        return self._foretold[day]

    def _fitted(self, day: int) -> FloatArray:
        last = day - self.horizon
        learnt = np.arange(last, max(last - _LEARNT_DAYS, -1), -_LEARNT_STEP_DAYS)
        counts = self.counts[:, learnt]
        rows, target = self._causes[:, learnt][counts], self.change[:, learnt][counts]
        if not len(target):
            return np.zeros(len(self.change))
        age = np.broadcast_to(last - learnt, counts.shape)[counts]
        fits = [
            fit_median(rows, target, 0.5 ** (age / half_life), ridge=ridge)
            for half_life in _HALF_LIVES_DAYS
            for ridge in _RIDGES
        ]
        return np.asarray(self._causes[:, day] @ np.mean(fits, axis=0))


def _quantiles(moves: _Moves, day: int, levels: Sequence[float]) -> FloatArray:
    """(place, level), from one origin."""
    features, horizon = moves.features, moves.horizon
    if day + 1 < share_days_needed(horizon):
        known = features.level[:, : day + 1]
        return np.clip(persisting_quantiles(known, horizon, levels), 0.0, 1.0)
    last = day - horizon
    weeks = min(_BANK_WEEKS, (last - horizon - _FEWEST_LEARNT_DAYS) // _WEEK + 1)
    past = last - _WEEK * np.arange(weeks)
    misses = moves.change[:, past] - np.stack([moves.foretold(int(each)) for each in past], axis=1)
    weight = moves.counts[:, past] * 0.5 ** (np.arange(weeks) / _BANK_HALF_LIFE_WEEKS)
    size, usual = _spread(misses, weight, levels)
    late = np.sqrt(1.0 + features.age_days[:, day] / horizon)
    wide = _RESET_SPREAD if features.is_reset[day] else 1.0
    centre = features.level[:, day] + moves.foretold(day)
    spread = (size * late * wide)[:, None] * usual
    return np.clip(centre[:, None] + spread, 0.0, 1.0)


def _spread(
    misses: FloatArray, weight: FloatArray, levels: Sequence[float]
) -> tuple[FloatArray, FloatArray]:
    """(place,) usual miss of each, drawn to that of all; (level,) quantiles in units of it."""
    total = weight.sum(axis=1)
    if not total.any():
        return np.zeros(len(misses)), np.zeros(len(levels))
    missed = (weight * np.abs(misses)).sum(axis=1)
    of_all = np.mean(missed[total > 0] / total[total > 0])
    size = (missed + _WEIGHT_OF_ALL * of_all) / (total + _WEIGHT_OF_ALL)
    if not of_all > 0:
        return size, np.zeros(len(levels))
    unit = (misses / size[:, None]).ravel()
    both = np.concatenate([unit, -unit])
    return size, weighted_quantiles(both, np.tile(weight.ravel(), 2), levels)
