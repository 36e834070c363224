"""Quantile regression against the same linear programme solved by another method."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from vigie.epidemiology import fit_quantile


def problem(seed: int, rows: int = 400, columns: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    features = np.column_stack([np.ones(rows), rng.normal(size=(rows, columns - 1))])
    return features, features @ rng.normal(size=columns) + rng.standard_t(3, size=rows)


def loss(fit: np.ndarray, features: np.ndarray, target: np.ndarray, level: float) -> float:
    missed = target - features @ fit
    return float(np.where(missed > 0, level * missed, (level - 1) * missed).sum())


@pytest.mark.parametrize("level", [0.01, 0.25, 0.5, 0.9, 0.99])
def test_the_loss_is_that_of_the_linear_programme(level: float) -> None:
    for seed in range(3):
        features, target = problem(seed)
        rows, columns = features.shape
        cost = np.r_[np.zeros(2 * columns), np.full(rows, level), np.full(rows, 1 - level)]
        equal = np.c_[features, -features, np.eye(rows), -np.eye(rows)]
        best = linprog(cost, A_eq=equal, b_eq=target, method="highs").fun
        ours = loss(fit_quantile(features, target, level), features, target, level)
        assert ours == pytest.approx(best, rel=1e-6)


def test_the_intercept_alone_is_the_quantile_of_the_targets() -> None:
    target = np.random.default_rng(1).normal(size=999)
    (fit,) = fit_quantile(np.ones((999, 1)), target, 0.3)
    assert fit == pytest.approx(np.quantile(target, 0.3), abs=5e-3)


def test_an_exact_line_and_a_repeated_feature_are_fitted() -> None:
    features, _ = problem(4)
    twice = np.column_stack([features, features[:, 1]])
    target = features @ np.arange(6.0)
    assert twice @ fit_quantile(twice, target, 0.7) == pytest.approx(target, abs=1e-4)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda x, y: (x[:5], y[:5], 0.5), "5 rows of 6 features"),
        (lambda x, y: (x, y[:-1], 0.5), "targets"),
        (lambda x, y: (x, y, 1.0), "level 1.0"),
        (lambda x, y: (x * np.nan, y, 0.5), "finite"),
    ],
)
def test_what_cannot_be_fitted_is_said(change, what) -> None:
    with pytest.raises(ValueError, match=what):
        fit_quantile(*change(*problem(1)))
