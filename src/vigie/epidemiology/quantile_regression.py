"""Linear quantile regression by an interior point method: some milliseconds a fit."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray

__all__ = ["fit_quantile"]

_MOST_STEPS = 60
_GAP = 1e-8
"""Duality gap at which the fit ends, as a share of the sum of absolute targets."""

_SHORTENED = 0.9995
"""Share of the way to the border of the feasible set that a step may go."""


def fit_quantile(features: FloatArray, target: FloatArray, level: float) -> FloatArray:
    """Coefficients that minimise the pinball loss of a linear forecast.

    Args:
        features: (row, feature), finite; a column of ones for the intercept.
        target: (row,), finite; more rows than features.
        level: of the quantile, between 0 and 1.

    Returns:
        (feature,).

    Raises:
        ValueError: shapes, level or numbers do not fit.

    Source: Portnoy and Koenker, Statistical Science 12 (1997): the dual, maximise y'a subject to
    X'a = (1 - level) X'1 and 0 <= a <= 1, with Mehrotra's predictor and corrector.
    """
    rows, columns = features.shape
    if target.shape != (rows,) or rows <= columns:
        raise ValueError(f"{rows} rows of {columns} features for {target.shape} targets")
    if not 0 < level < 1:
        raise ValueError(f"level {level} is not between 0 and 1")
    if not (np.isfinite(features).all() and np.isfinite(target).all()):
        raise ValueError("features and targets must be finite")
    # a and its distance to 1; their multipliers; and minus the coefficients.
    weight, rest = np.full(rows, 1.0 - level), np.full(rows, level)
    dual = np.linalg.lstsq(features, -target, rcond=None)[0]
    residual = -target - features @ dual
    lower = np.maximum(residual, 0.0) + 1e-3
    upper = lower - residual
    enough = _GAP * max(1.0, float(np.abs(target).sum()))
    for _ in range(_MOST_STEPS):
        gap = float(lower @ weight + upper @ rest)
        if gap < enough:
            break
        scale = 1.0 / (lower / weight + upper / rest)
        scaled = features * scale[:, None]
        normal = scaled.T @ features
        normal.flat[:: columns + 1] += 1e-12 * np.trace(normal) / columns
        slack = lower - upper
        step = np.linalg.solve(normal, scaled.T @ slack)
        d_weight = scale * (features @ step - slack)
        d_lower = -lower * (d_weight / weight + 1.0)
        d_upper = -upper * (-d_weight / rest + 1.0)
        primal = min(_furthest(weight, d_weight), _furthest(rest, -d_weight))
        both = min(_furthest(lower, d_lower), _furthest(upper, d_upper))
        if min(primal, both) < 1.0:
            reached = float(
                (lower + both * d_lower) @ (weight + primal * d_weight)
                + (upper + both * d_upper) @ (rest - primal * d_weight)
            )
            centre = gap * (reached / gap) ** 3 / (2 * rows)
            bent_lower, bent_upper = d_weight * d_lower, -d_weight * d_upper
            slack = (
                slack
                + bent_lower / weight
                - bent_upper / rest
                - centre * (1.0 / weight - 1.0 / rest)
            )
            step = np.linalg.solve(normal, scaled.T @ slack)
            d_weight = scale * (features @ step - slack)
            d_lower = (centre - bent_lower - lower * d_weight) / weight - lower
            d_upper = (centre - bent_upper + upper * d_weight) / rest - upper
            primal = min(_furthest(weight, d_weight), _furthest(rest, -d_weight))
            both = min(_furthest(lower, d_lower), _furthest(upper, d_upper))
        weight, rest = weight + primal * d_weight, rest - primal * d_weight
        dual = dual + both * step
        lower, upper = lower + both * d_lower, upper + both * d_upper
    return np.asarray(-dual)


def _furthest(value: FloatArray, change: FloatArray) -> float:
    """How far a step may go, up to the whole, before a positive value reaches 0."""
    falling = change < 0
    if not falling.any():
        return 1.0
    return min(1.0, _SHORTENED * float(np.min(-value[falling] / change[falling])))
