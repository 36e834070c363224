"""Fit a delay to a line list: both events known by the day, the last ones not yet seen."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from vigie.epidemiology.delays.delay import Delay, DelayFamily
from vigie.epidemiology.delays.discretise import cumulative_days
from vigie.paths import FloatArray, IntArray

__all__ = ["FEWEST_PAIRS", "fit_delay"]

FEWEST_PAIRS = 20
"""Pairs of dates below which a delay is not fitted."""

_LONGEST_DAYS = 400
_STEP = 1e-3
_LARGEST_LOG_SD = 1.0


def fit_delay(
    delay_days: IntArray, seen_days: IntArray, family: DelayFamily, source: str = ""
) -> Delay:
    """Most probable delay of a family, and what is not known of it.

    Likelihood: product over pairs of p_d / F(s), with p the probability of d whole days and F(s)
    that of at most s, because a pair is only in the list if its second event came by the day on
    which the list was made. Without that correction a delay is too short while an epidemic grows.

    Args:
        delay_days: (pair,), whole days from first to second event, >= 0.
        seen_days: (pair,), whole days from first event to the day the list was made, at least the
            delay.
        family: gamma or log-normal.
        source: kept with the result.

    Returns:
        The delay, with standard deviations of mean and spread from the curvature of the
        likelihood.

    Raises:
        ValueError: too few pairs, a delay is negative, longer than 399 days or than what was
            seen, all delays are equal, or the pairs do not tell how long the delay is.

    Source: docs/models/delays.md, equation 3.
    """
    cells, weights = _checked(delay_days, seen_days)

    def cost(at: FloatArray) -> float:
        return _cost(at, cells, weights, family)

    from scipy.optimize import minimize

    mean = float(np.average(cells[:, 0] + 0.25, weights=weights))
    sd = math.sqrt(float(np.average((cells[:, 0] - mean) ** 2, weights=weights)))
    start = np.log([max(mean, 0.3), max(sd, 0.3)])
    found = minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-6})
    at = np.asarray(found.x)
    if not found.success or abs(at - start).max() > 4:
        raise ValueError(_undetermined(len(delay_days)))
    spread = _spread(cost, at)
    if not (spread < _LARGEST_LOG_SD).all():
        raise ValueError(_undetermined(len(delay_days)))
    mean_days, sd_days = np.exp(at).tolist()
    return Delay(
        family, mean_days, sd_days, mean_days * float(spread[0]), sd_days * float(spread[1]), source
    )


def _undetermined(pairs: int) -> str:
    return (
        f"line list: its {pairs} pairs do not tell how long the delay is, because most of it may "
        "come after the list was made; wait for more days, or give a published delay"
    )


def _checked(delay_days: IntArray, seen_days: IntArray) -> tuple[IntArray, FloatArray]:
    """Distinct pairs of delay and days seen, and how often each occurs."""
    if delay_days.ndim != 1 or delay_days.shape != seen_days.shape:
        raise ValueError(f"line list: shapes {delay_days.shape} and {seen_days.shape} differ")
    if len(delay_days) < FEWEST_PAIRS:
        raise ValueError(
            f"line list: {len(delay_days)} pairs of dates; at least {FEWEST_PAIRS} are needed"
        )
    wrong = np.flatnonzero((delay_days < 0) | (delay_days >= _LONGEST_DAYS))
    if len(wrong):
        raise ValueError(
            f"line list: {len(wrong)} delays are negative or above {_LONGEST_DAYS - 1} days, the "
            f"first in row {wrong[0]}; correct or leave out these rows"
        )
    unseen = np.flatnonzero(seen_days < delay_days)
    if len(unseen):
        raise ValueError(
            f"line list: {len(unseen)} second events lie after the day the list was made, the "
            f"first in row {unseen[0]}; correct the dates"
        )
    if np.ptp(delay_days) == 0:
        raise ValueError("line list: all delays are equal, so their spread cannot be fitted")
    pairs = np.stack([delay_days, np.minimum(seen_days, _LONGEST_DAYS - 1)], axis=1)
    cells, counts = np.unique(pairs, axis=0, return_counts=True)
    return cells, counts.astype(float)


def _cost(at: FloatArray, cells: IntArray, weights: FloatArray, family: DelayFamily) -> float:
    """Negative log likelihood at (log mean, log standard deviation)."""
    if not (np.abs(at) < 8).all():
        return math.inf
    mean, sd = np.exp(at).tolist()
    cumulative = cumulative_days(family, Delay(family, mean, sd).parameters, _LONGEST_DAYS)
    probability = np.diff(cumulative, prepend=0.0)
    terms = np.log(np.maximum(probability[cells[:, 0]], 1e-300)) - np.log(
        np.maximum(cumulative[cells[:, 1]], 1e-300)
    )
    return -float(weights @ terms)


def _spread(cost: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Standard deviations of the two logs, infinite where the curvature is not positive."""
    curvature = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            total = 0.0
            for one in (1, -1):
                for two in (1, -1):
                    moved = at.copy()
                    moved[i] += one * _STEP
                    moved[j] += two * _STEP
                    total += one * two * cost(moved)
            curvature[i, j] = total / (4 * _STEP**2)
    determinant = np.linalg.det(curvature)
    if not (determinant > 0 and curvature[0, 0] > 0):
        return np.full(2, np.inf)
    return np.asarray(np.sqrt(np.diag(np.linalg.inv(curvature))))
