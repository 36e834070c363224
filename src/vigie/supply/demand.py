"""Demand for products as joint sample paths."""

from __future__ import annotations

from typing import Protocol

from vigie.paths import FloatArray, JointDraws, PathArray
from vigie.supply.burn import uncensored_use

__all__ = ["FlowModel", "demand_paths"]


class FlowModel(Protocol):
    """A model of counts per step, e.g. ``vigie.epidemiology.flat_paths``."""

    def __call__(
        self, history: FloatArray, horizon: int, draws: JointDraws, *, season: int = 1
    ) -> PathArray:
        """(place, category, time) with NaN for missing -> (place, category, step, sample)."""
        ...


def demand_paths(
    consumption: FloatArray,
    stock: FloatArray | None,
    horizon: int,
    draws: JointDraws,
    *,
    model: FlowModel,
    season: int = 7,
) -> PathArray:
    """What will be asked for, whether or not there is stock.

    Args:
        consumption: (place, product, time), units per step, NaN where missing.
        stock: (place, product, time), units on hand that step, or None where not reported.
        horizon: steps, 1..draws.steps.
        draws: chance of the run.
        model: model of flows.
        season: 7 for daily series, 1 for weeks and months.

    Returns:
        (place, product, step, sample), units per step, >= 0.

    Source: docs/models/stock.md, equation 1.
    """
    return model(uncensored_use(consumption, stock), horizon, draws, season=season)
