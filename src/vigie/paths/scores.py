"""Scores of forecasts against what happened. Lower is better; sums are compared, not ratios."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.paths.arrays import BoolArray, FloatArray
from vigie.paths.distribution import QUANTILE_LEVELS

__all__ = ["brier", "interval_coverage", "log_wis", "wis"]


def wis(
    forecast: FloatArray, truth: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> FloatArray:
    """Weighted interval score: (2 / Q) times the sum of the pinball losses over Q levels.

    The pinball loss of quantile q at level a for truth y is (1[y < q] - a)(q - y).

    Args:
        forecast: (..., level), quantiles in the unit of the truth.
        truth: (...), NaN where nothing is to be scored.
        levels: the levels of the last axis of forecast.

    Returns:
        (...), >= 0, in the unit of the truth; NaN where the truth is.

    Raises:
        ValueError: the last axis of forecast is not that of levels.

    Source: Bracher et al., PLoS Computational Biology 17 (2021), equation 4.
    """
    alpha = np.asarray(levels, dtype=np.float64)
    if forecast.shape[-1] != len(alpha):
        raise ValueError(f"{forecast.shape[-1]} quantiles for {len(alpha)} levels")
    above = forecast - truth[..., None]
    loss = ((above > 0) - alpha) * above
    return np.asarray(2.0 / len(alpha) * loss.sum(axis=-1))


def log_wis(
    forecast: FloatArray, truth: FloatArray, levels: Sequence[float] = QUANTILE_LEVELS
) -> FloatArray:
    """The score of counts on the scale log(1 + count), negative values read as 0; see ``wis``."""
    logs = np.log1p(np.maximum(forecast, 0.0)), np.log1p(np.maximum(truth, 0.0))
    return wis(*logs, levels)


def interval_coverage(
    forecast: FloatArray,
    truth: FloatArray,
    share: float,
    levels: Sequence[float] = QUANTILE_LEVELS,
) -> BoolArray:
    """Whether the truth lies in the central interval of this share, ends included.

    Args:
        forecast: (..., level), quantiles.
        truth: (...), without NaN.
        share: probability of the interval, 0..1; both its ends must be among the levels.
        levels: the levels of the last axis of forecast.

    Raises:
        ValueError: an end of the interval is not among the levels.
    """
    ends = []
    for end in ((1 - share) / 2, (1 + share) / 2):
        at = int(np.argmin([abs(level - end) for level in levels]))
        if abs(levels[at] - end) > 1e-9:
            raise ValueError(f"interval {share}: level {end:g} is not among the levels")
        ends.append(forecast[..., at])
    return np.asarray((ends[0] <= truth) & (truth <= ends[1]))


def brier(probability: FloatArray, happened: BoolArray) -> FloatArray:
    """Squared distance of a probability (0..1) from what happened (0 or 1), per forecast."""
    return np.asarray((probability - happened) ** 2)
