"""How good stated probabilities of events are: skill, reliability, and ranges with ties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths.arrays import BoolArray, FloatArray, IntArray
from vigie.paths.scores import brier

__all__ = ["RELIABILITY_BINS", "Reliability", "brier_skill", "covered_share", "reliability"]

RELIABILITY_BINS = 10
"""Bins of stated probability, each a tenth wide."""

_POINT = 1e-9


def brier_skill(probability: FloatArray, happened: BoolArray, baseline: FloatArray) -> float:
    """One less the sum of Brier scores over the baseline's: 1 is perfect, 0 no better, < 0 worse.

    Args:
        probability: (event,), stated, 0..1.
        happened: (event,).
        baseline: (event,), what the baseline states, 0..1.

    Returns:
        The skill; NaN where there is no event to score, or the baseline made no mistake at all.

    Raises:
        ValueError: the three differ in length, or a probability is not within 0..1.
    """
    if not probability.shape == happened.shape == baseline.shape:
        raise ValueError(
            f"{probability.shape} probabilities, {happened.shape} events and {baseline.shape} "
            "of the baseline: give one of each"
        )
    _check(probability)
    _check(baseline)
    worst = float(brier(baseline, happened).sum())
    return float("nan") if worst == 0.0 else 1.0 - float(brier(probability, happened).sum()) / worst


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Stated probability against what came true, by tenths of the stated probability.

    Attributes:
        count: (bin,), cases; the last bin includes 1.
        stated: (bin,), mean stated probability; NaN where there is no case.
        observed: (bin,), share that came true; NaN where there is no case.
    """

    count: IntArray
    stated: FloatArray
    observed: FloatArray

    @property
    def gap(self) -> FloatArray:
        """(bin,), observed less stated; NaN where there is no case."""
        return self.observed - self.stated

    def largest_gap(self, least_count: int) -> float:
        """The largest distance among bins with at least so many cases; NaN where there is none."""
        gaps = np.abs(self.gap[self.count >= max(least_count, 1)])
        return float(gaps.max()) if gaps.size else float("nan")


def reliability(
    probability: FloatArray, happened: BoolArray, bins: int = RELIABILITY_BINS
) -> Reliability:
    """Compare stated probabilities with what came true, within bins of equal width.

    Args:
        probability: (event,), stated, 0..1.
        happened: (event,).
        bins: number of bins.

    Raises:
        ValueError: a probability is not within 0..1.

    Source: Bröcker and Smith, Weather and Forecasting 22 (2007), equation 2.
    """
    _check(probability)
    at = np.minimum((probability * bins + _POINT).astype(np.int64), bins - 1)
    count = np.bincount(at, minlength=bins)
    some = np.where(count > 0, count, np.nan)
    stated = np.bincount(at, probability, bins) / some
    observed = np.bincount(at, happened.astype(np.float64), bins) / some
    return Reliability(count, stated, observed)


def covered_share(low: FloatArray, high: FloatArray, share: float) -> FloatArray:
    """How much of each truth lies in the central interval, where a truth may have a probability.

    A forecast of counts gives a truth a probability of its own, from P(less) to P(at most). Of
    this stretch the part within the interval's ends counts: the mean over truths is the interval's
    share when the forecast is right, however coarse the counts are. Counting both ends as inside
    would be above it.

    Args:
        low, high: (...), probability of less than the truth, and of at most the truth.
        share: probability of the interval, 0..1.

    Returns:
        (...), 0..1.

    Raises:
        ValueError: low exceeds high.
    """
    if (low > high + _POINT).any():
        raise ValueError("the probability of less than the truth exceeds that of at most the truth")
    begins, ends = (1 - share) / 2, (1 + share) / 2
    width = high - low
    inside = np.minimum(high, ends) - np.maximum(low, begins)
    is_point = width < _POINT
    part = np.clip(inside, 0.0, None) / np.where(is_point, 1.0, width)
    return np.asarray(np.where(is_point, (low >= begins) & (low <= ends), part))


def _check(probability: FloatArray) -> None:
    if not bool(np.all((probability >= 0) & (probability <= 1))):
        raise ValueError("a probability is not within 0..1")
