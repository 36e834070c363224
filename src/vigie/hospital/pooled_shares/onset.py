"""The chance that a share will be high for its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.hospital.pooled_shares.history import ShareHistory
from vigie.hospital.pooled_shares.resets import without_resets
from vigie.paths import QUANTILE_LEVELS, FloatArray, probability_above

__all__ = ["ONSET_DAYS", "ONSET_LEVEL", "onset_probability", "onset_threshold"]

ONSET_LEVEL = 0.8
"""Quantile of a place's own past year above which a share is high."""
ONSET_DAYS = 365


def onset_threshold(history: ShareHistory) -> FloatArray:
    """The share above which each place is unusually short, by its last year.

    Args:
        history: of 365 days and the last one at least, from the first with a value on.

    Returns:
        (place,), 0..1: the 80 % quantile of the observed days of the year before the last day;
        values of an emptied register do not count.

    Raises:
        ValueError: the history is too short, or a place has no value in the year.
    """
    days = history.share.shape[1] - int(np.isfinite(history.share).any(axis=0).argmax())
    if days <= ONSET_DAYS:
        raise ValueError(
            f"{days} days tell of no year; give {ONSET_DAYS} days and the present one at least"
        )
    year = without_resets(history.share)[0][:, -ONSET_DAYS - 1 : -1]
    never = ~np.isfinite(year).any(axis=1)
    if never.any():
        raise ValueError(f"places {np.flatnonzero(never).tolist()} have no value in the last year")
    return np.asarray(np.nanquantile(year, ONSET_LEVEL, axis=1))


def onset_probability(
    forecast: FloatArray, threshold: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> FloatArray:
    """P(share above the threshold), read off the quantiles.

    Args:
        forecast: (place, horizon, level), quantiles of the share, never decreasing.
        threshold: (place,), as ``onset_threshold`` gives it.
        levels: of the last axis of the forecast.

    Returns:
        (place, horizon), 0..1; beyond the outermost quantiles the middle of what is left.

    Raises:
        ValueError: there is not one threshold for each place.
    """
    if threshold.shape != forecast.shape[:1]:
        raise ValueError(f"{threshold.shape} thresholds for {forecast.shape[0]} places")
    each = np.broadcast_to(threshold[:, None], forecast.shape[:2])
    return probability_above(forecast, each, levels)
