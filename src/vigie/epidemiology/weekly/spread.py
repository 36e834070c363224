"""Online calibration: the spread of a forecast, set by how far past rounds of it missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from vigie.paths import QUANTILE_LEVELS, FloatArray, wis

__all__ = ["SpreadRules", "calibrated_spread", "widened"]

_MEDIAN = QUANTILE_LEVELS.index(0.5)
_REACH: FloatArray = np.abs(norm.ppf(QUANTILE_LEVELS)) / norm.ppf(0.975)
"""(level,): 0 at the median, 1 at the ends of the 95 % range."""

_MIDDLES = np.linspace(-0.5, 0.9, 15)
_TAILS = np.linspace(-0.3, 0.9, 9)


@dataclass(frozen=True, slots=True)
class SpreadRules:
    """Where the spread starts and how fast it learns; chosen on 2022-23 and 2023-24.

    Attributes:
        middle, tail: logarithm of the factor at the median, and what the ends of the 95 % range
            get on top, before any miss is known.
        tasks: past tasks that the start counts for.
        half_life_rounds: of the weight of past rounds.
    """

    middle: float = 0.05
    tail: float = 0.1
    tasks: float = 500.0
    half_life_rounds: float = 6.0


def widened(forecast: FloatArray, middle: float, tail: float) -> FloatArray:
    """Distances from the median times ``exp(middle + tail * reach)``, sorted.

    Args:
        forecast: (..., level), quantiles.
        middle, tail: see ``SpreadRules``.
    """
    median = forecast[..., _MEDIAN : _MEDIAN + 1]
    return np.sort(median + (forecast - median) * np.exp(middle + tail * _REACH), axis=-1)


def calibrated_spread(
    past: Sequence[tuple[FloatArray, FloatArray]], rules: SpreadRules
) -> tuple[float, float]:
    """Middle and tail that would have scored best lately, drawn to their start.

    Args:
        past: of each past round, oldest first: forecast (..., level) before any calibration, and
            truth (...), NaN where it is not known yet; both on a scale that all places share.
        rules: start and speed.

    Returns:
        Middle and tail for ``widened``.

    Source: docs/models/pooled-weekly.md, equation 13.
    """
    if not past:
        return rules.middle, rules.tail
    ago = np.arange(len(past) - 1, -1, -1)
    weights = 0.5 ** (ago / rules.half_life_rounds)
    usual = np.array([float(np.nansum(wis(*each))) for each in past]).sum()
    known = sum(int(np.isfinite(truth).sum()) for _, truth in past)
    if not known:
        return rules.middle, rules.tail
    pull = rules.tasks * usual / known
    best, chosen = np.inf, (rules.middle, rules.tail)
    for middle in _MIDDLES:
        for tail in _TAILS:
            lost = sum(
                weight * float(np.nansum(wis(widened(forecast, middle, tail), truth)))
                for weight, (forecast, truth) in zip(weights, past, strict=True)
            )
            lost += pull * ((middle - rules.middle) ** 2 + (tail - rules.tail) ** 2)
            if lost < best:
                best, chosen = lost, (float(middle), float(tail))
    return chosen
