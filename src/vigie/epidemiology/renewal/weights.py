"""Weights: of grid points pooled over places, and of draws; how far weights can be trusted."""

from __future__ import annotations

import math

import numpy as np

from vigie.paths import FloatArray, IntArray

__all__ = ["effective_share", "normalised", "pooled_weights", "resample", "tail_shape"]

_POOLING_STEPS = 50


def pooled_weights(evidence: FloatArray, prior: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights of the grid points of each place, and what the other places say beforehand.

    Equation: w_lg ~ pi_g Z_lg and pi_g = (sum_l w_lg + G prior_g)/(L + G), in turn. The prior of
    a place is pi without its own weights, so that a place alone is weighed by the prior as given.

    Args:
        evidence: (place, point), log evidence.
        prior: (point,), adds up to 1.

    Returns:
        Weights and priors, (place, point) each; both add up to 1.

    Source: docs/models/renewal.md, equation 6.
    """
    likelihood = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    places, points = evidence.shape
    together = prior
    for _ in range(_POOLING_STEPS):
        own = likelihood * together
        own /= own.sum(axis=1, keepdims=True)
        together = (own.sum(axis=0) + points * prior) / (places + points)
    others = (own.sum(axis=0) - own + points * prior) / (places - 1 + points)
    weights = likelihood * others
    return weights / weights.sum(axis=1, keepdims=True), others


def normalised(log_weight: FloatArray) -> FloatArray:
    """Weights that add up to 1, from their logs."""
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())


def effective_share(weight: FloatArray) -> float:
    """Effective number of draws, as a share of their number."""
    return float(1.0 / (weight @ weight) / len(weight))


def resample(weight: FloatArray, start: float) -> IntArray:
    """Systematic resampling: which draw each new one copies.

    Args:
        weight: (draw,), adds up to 1.
        start: in [0, 1), chance.
    """
    ends = np.cumsum(weight)
    places = (start + np.arange(len(weight))) / len(weight)
    return np.asarray(
        np.minimum(np.searchsorted(ends, places * ends[-1], side="right"), len(weight) - 1)
    )


def tail_shape(weight: FloatArray) -> float:
    """Shape k of a Pareto law for the largest weights; above 0.7 they cannot be trusted.

    Args:
        weight: (draw,), >= 0.

    Returns:
        The shape, pulled towards 0.5 as if by 10 more weights; 0 where all weights are equal.

    Source: Zhang and Stephens, Technometrics 51 (2009); Vehtari and others, JMLR 25 (2024).
    """
    count = min(len(weight) // 5, math.ceil(3 * math.sqrt(len(weight))))
    ordered = np.sort(weight)
    if count < 5:
        return 0.0
    excess = ordered[-count:] - ordered[-count - 1]
    if excess[-1] <= 1e-12 * ordered[-1] or excess[count // 4] <= 1e-12 * excess[-1]:
        return 0.0
    candidates = 30 + int(math.sqrt(count))
    place = np.arange(1, candidates + 1)
    theta = 1 / excess[-1] + (1 - np.sqrt(candidates / (place - 0.5))) / (
        3 * excess[int(count / 4 + 0.5) - 1]
    )
    theta = theta[theta != 0]
    shape = np.log1p(-theta[:, None] * excess).mean(axis=1)
    profile = count * (np.log(-theta / shape) - shape - 1)
    trust = np.exp(profile - profile.max())
    best = float((theta * trust).sum() / trust.sum())
    found = float(np.log1p(-best * excess).mean())
    return (count * found + 10 * 0.5) / (count + 10)
