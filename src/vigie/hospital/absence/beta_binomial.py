"""Beta-binomial counts by the million, from a table of quantiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray, PathArray

__all__ = ["BetaBinomialTable", "beta_binomial_table"]

_LOWEST_LOGIT, _HIGHEST_LOGIT = -8.0, 3.0
_LOGIT_STEP = 0.125
_LEVELS = 2048
_DITHERS = 32
LARGEST_COUNT = 200
"""Rosters above it are drawn as this one and scaled: over-dispersion rules there, not chance."""


@dataclass(frozen=True, slots=True, eq=False)
class BetaBinomialTable:
    """Quantiles of beta-binomial laws with one over-dispersion.

    Attributes:
        quantiles: (count, logit, level), int16: how many of 0, 1, 2... are absent.
    """

    quantiles: np.ndarray

    def draw(self, rng: np.random.Generator, counts: IntArray, logits: PathArray) -> PathArray:
        """Counts drawn for each cell.

        Args:
            rng: source of chance.
            counts: members of staff, >= 0; broadcastable to the shape of logits.
            logits: of the mean share absent, any shape.

        Returns:
            Shape of logits, float32, whole numbers in 0..counts.
        """
        bits = rng.integers(0, 1 << 16, logits.shape, dtype=np.uint16)
        place = np.clip(logits, np.float32(_LOWEST_LOGIT), np.float32(_HIGHEST_LOGIT))
        place -= np.float32(_LOWEST_LOGIT)
        place *= np.float32(1 / _LOGIT_STEP)
        # The bits that choose no level round up or down: the mean over a step is kept.
        place += (bits >> 11).astype(np.float32) * np.float32(1 / _DITHERS)
        row = np.minimum(counts, LARGEST_COUNT) * self.quantiles.shape[1]
        at = (row + place.astype(np.int32)) * _LEVELS + (bits & (_LEVELS - 1))
        drawn = self.quantiles.reshape(-1).take(at).astype(np.float32)
        if (np.asarray(counts) > LARGEST_COUNT).any():
            drawn = np.round(drawn * (np.maximum(counts, LARGEST_COUNT) / LARGEST_COUNT))
        return np.asarray(drawn, dtype=np.float32)


def beta_binomial_table(most: int, dispersion: float) -> BetaBinomialTable:
    """The table for rosters of 0 to ``most`` members of staff.

    Args:
        most: largest roster, >= 0.
        dispersion: rho in 0..1, correlation of two colleagues of one shift; 0: binomial.

    Raises:
        ValueError: rho is outside 0..1 or the roster is negative.
    """
    if most < 0 or not 0 <= dispersion < 1:
        raise ValueError(f"roster of {most} with over-dispersion {dispersion}: not a law")
    largest = min(most, LARGEST_COUNT)
    steps = round((_HIGHEST_LOGIT - _LOWEST_LOGIT) / _LOGIT_STEP) + 2
    share = 1 / (1 + np.exp(-(_LOWEST_LOGIT + _LOGIT_STEP * np.arange(steps))))
    cdf = np.cumsum(_masses(largest, share, max(dispersion, 1e-6)), axis=-1)
    # Whole steps of the level that lie below each count; the last count takes the rest.
    edges = np.round(np.minimum(cdf, 1) * _LEVELS).astype(np.int64)
    edges[..., -1] = _LEVELS
    repeats = np.diff(edges, axis=-1, prepend=0).reshape(-1)
    numbers = np.tile(np.arange(largest + 1, dtype=np.int16), edges[..., 0].size)
    shape = (largest + 1, steps, _LEVELS)
    return BetaBinomialTable(np.repeat(numbers, repeats).reshape(shape))


def _masses(largest: int, share: FloatArray, dispersion: float) -> FloatArray:
    """(count, share, absent): P(k absent of n), 0 where k > n; built up one colleague at a time."""
    together = (1 - dispersion) / dispersion
    out = np.zeros((largest + 1, len(share), largest + 1))
    out[0, :, 0] = 1.0
    absent = np.arange(largest + 1)
    for n in range(1, largest + 1):
        before = out[n - 1]
        # Urn: the next colleague is absent as often as those before, and as the mean says.
        next_absent = (share[:, None] * together + absent) / (together + n - 1)
        next_absent = np.minimum(next_absent, 1.0)
        out[n] = before * (1 - next_absent)
        out[n, :, 1:] += before[:, :-1] * next_absent[:, :-1]
    return out
