"""The epidemic as absence sees it: the last week's mean, against what is usual around a place."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray

__all__ = ["lagged_pressure", "pressure_ahead"]

_SMOOTHING_DAYS = 7
_FACTOR = 4.0
_LEAST_USUAL = 1 / 7
_LEAST_USUAL_SHARE = 0.1
_BEYOND = 0.7
"""Pressure may go this far beyond the most ever seen, about twice the incidence, and no further:
what absence does there was never learnt."""


def lagged_pressure(epidemic: FloatArray, lag_days: int) -> FloatArray:
    """Pressure of some days ago.

    Args:
        epidemic: (place, day), counts per day, >= 0; NaN where missing.
        lag_days: >= 0.

    Returns:
        (place, day), log(1 + 4 mean of seven days / usual); on the first days the mean of as
        many as there are, and before the series its first value.

    Source: docs/models/staff-absence.md, equation 2.
    """
    known = _filled(epidemic)
    values = _pressure(known, _usual(known))
    return np.asarray(values[:, np.maximum(np.arange(values.shape[1]) - lag_days, 0)])


def pressure_ahead(past: FloatArray, ahead: PathArray, lag_days: int) -> PathArray:
    """The same on the days after the history, along the paths of the epidemic.

    Args:
        past: (place, day), as ``lagged_pressure``.
        ahead: (place, day, sample), paths of the days after.
        lag_days: >= 0.

    Returns:
        (place, day, sample), float32.
    """
    known = _filled(past)
    usual = _usual(known)
    kept = min(lag_days + _SMOOTHING_DAYS, known.shape[1])
    shape = (len(known), kept, ahead.shape[2])
    tail = np.broadcast_to(known[:, known.shape[1] - kept :, None].astype(np.float32), shape)
    felt = _pressure(np.concatenate([tail, ahead], axis=1), usual.astype(np.float32))
    at = np.maximum(kept - lag_days + np.arange(ahead.shape[1]), 0)
    most = _pressure(known, usual).max() + _BEYOND
    return np.asarray(np.minimum(felt[:, at], np.float32(most)))


def _filled(epidemic: FloatArray) -> FloatArray:
    """A missing count is read as the mean of the place."""
    count = np.isfinite(epidemic).sum(axis=1, keepdims=True)
    mean = np.nansum(epidemic, axis=1, keepdims=True) / np.maximum(count, 1)
    return np.where(np.isfinite(epidemic), epidemic, mean)


def _usual(epidemic: FloatArray) -> FloatArray:
    """(place,), mean of the history; a place that hardly knew the epidemic has that of others."""
    own = epidemic.mean(axis=1)
    return np.asarray(np.maximum(own, max(_LEAST_USUAL_SHARE * own.mean(), _LEAST_USUAL)))


def _pressure(epidemic: np.ndarray, usual: np.ndarray) -> np.ndarray:
    total = np.cumsum(epidemic, axis=1)
    days = epidemic.shape[1]
    ones = (1,) * (epidemic.ndim - 2)
    recent = total.copy()
    recent[:, _SMOOTHING_DAYS:] -= total[:, : max(days - _SMOOTHING_DAYS, 0)]
    count = np.minimum(np.arange(1, days + 1), _SMOOTHING_DAYS).astype(usual.dtype)
    recent *= (_FACTOR / usual).reshape(-1, 1, *ones)
    recent /= count.reshape(1, days, *ones)
    return np.asarray(np.log1p(np.maximum(recent, 0, out=recent), out=recent))
