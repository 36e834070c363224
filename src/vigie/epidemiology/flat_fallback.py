"""What forecasts by quantiles share: their horizons, and the flat baseline where one is silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.epidemiology.flat import flat_paths
from vigie.paths import (
    QUANTILE_LEVELS,
    FloatArray,
    JointDraws,
    PathArray,
    quantiles,
    with_margins,
)

__all__ = ["flat_quantiles", "increasing_steps", "joint_as_flat", "or_flat"]


def increasing_steps(horizons: Sequence[int]) -> list[int]:
    """Horizons as a list.

    Raises:
        ValueError: there are none, or they do not increase from 1 on.
    """
    steps = list(horizons)
    if not steps or steps[0] < 1 or np.any(np.diff(steps) <= 0):
        raise ValueError(f"horizons must increase from 1 on: {steps}")
    return steps


def flat_quantiles(
    history: FloatArray,
    steps: Sequence[int],
    draws: JointDraws,
    levels: Sequence[float] = QUANTILE_LEVELS,
    season: int = 1,
) -> FloatArray:
    """(place, category, horizon, level): quantiles of the flat baseline at these steps.

    Args:
        history, draws, season: as of ``flat_paths``.
        steps: increasing, from 1 on.
        levels: of the quantiles, increasing within 0..1.
    """
    paths = flat_paths(history, steps[-1], draws, season=season)
    return quantiles(np.ascontiguousarray(paths[:, :, [step - 1 for step in steps]]), levels)


def or_flat(
    told: FloatArray,
    history: FloatArray,
    steps: Sequence[int],
    draws: JointDraws,
    levels: Sequence[float],
) -> FloatArray:
    """Quantiles with those of the flat baseline wherever a model has none.

    Args:
        told: (place * category, horizon, level), NaN where the model says nothing.
        history: (place, category, time).
        steps, draws, levels: of ``told``.

    Returns:
        (place, category, horizon, level).
    """
    result = told.reshape(*history.shape[:2], len(steps), len(levels))
    if not np.isnan(result).any():
        return result
    return np.where(np.isnan(result), flat_quantiles(history, steps, draws, levels), result)


def joint_as_flat(told: FloatArray, history: FloatArray, draws: JointDraws) -> PathArray:
    """Sample paths with these margins, joint as the flat baseline.

    Args:
        told: (place, category, step, level), quantiles of each step from 1 on, at the levels of
            ``vigie.paths.QUANTILE_LEVELS``.
        history, draws: as of ``flat_paths``.
    """
    return with_margins(flat_paths(history, told.shape[2], draws), told)
