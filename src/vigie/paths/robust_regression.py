"""Linear regression by least absolute errors, with a ridge: the median, calm and fast."""

from __future__ import annotations

import numpy as np

from vigie.paths.arrays import FloatArray

__all__ = ["fit_median"]

_ROUNDS = 5
_SMALLEST_ERROR = 0.1
"""Errors below this share of the median absolute target weigh no more than one of this size."""


def fit_median(
    features: FloatArray, target: FloatArray, weight: FloatArray, *, ridge: float
) -> FloatArray:
    """Coefficients that minimise weighted absolute errors, drawn to 0.

    Iteratively reweighted least squares: each round solves a weighted ridge, the weights being
    divided by the last round's absolute errors. Few rounds suffice, as the forecast needs no
    more digits than the data carry.

    Args:
        features: (row, feature), finite.
        target: (row,), finite.
        weight: (row,), >= 0, not all 0.
        ridge: of each feature, as a share of its weighted mean square, >= 0.

    Returns:
        (feature,); 0 for a feature that is 0 in every row.

    Raises:
        ValueError: shapes or numbers do not fit.

    Source: docs/models/pooled-daily.md, equation 5.
    """
    rows, columns = features.shape
    if target.shape != (rows,) or weight.shape != (rows,):
        raise ValueError(f"{rows} rows for {target.shape} targets and {weight.shape} weights")
    total = float(weight.sum())
    if not (np.isfinite(total) and total > 0 and ridge >= 0):
        raise ValueError(f"weights add up to {total}, ridge is {ridge}")
    if not (np.isfinite(features).all() and np.isfinite(target).all()):
        raise ValueError("features and targets must be finite")
    size = np.abs(target[weight > 0])
    smallest = max(_SMALLEST_ERROR * float(np.median(size)), 1e-4 * float(size.mean()), 1e-12)
    # In units of their own size: columns of dust are read as 0, and not divided by.
    norm = np.sqrt(weight @ (features * features) / total)
    is_dust = norm <= 1e-9 * max(float(norm.max(initial=0.0)), 1e-9)
    unit = np.where(is_dust, 1.0, norm)
    features = np.where(is_dust, 0.0, features) / unit
    penalty = np.diag(np.where(is_dust, 1.0, ridge + 1e-12) * total)
    current = np.array(weight, dtype=np.float64)
    fit: FloatArray = np.zeros(columns)
    scaled = np.empty_like(features)
    for _ in range(_ROUNDS):
        np.multiply(features, current[:, None], out=scaled)
        fit[:] = np.linalg.solve(features.T @ scaled + penalty, scaled.T @ target)
        error = np.abs(target - features @ fit)
        current[:] = weight / np.maximum(error, smallest)
        # The ridge keeps its share of a round's weights, whatever the size of the errors.
        current *= total / current.sum()
    return fit / unit
