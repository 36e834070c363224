"""The pooled forecast for any weekly flow of a room, as joint sample paths."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import numpy as np

from vigie.epidemiology.flat import flat_paths
from vigie.epidemiology.weekly.boosted import BoostingRules
from vigie.epidemiology.weekly.ensemble import WeeklyRules, weekly_draft, weekly_quantiles
from vigie.epidemiology.weekly.rounds import HubRound
from vigie.paths import DateArray, FloatArray, JointDraws, PathArray, with_margins

__all__ = ["weekly_paths"]

_WEIGHTS: Mapping[str, float] = MappingProxyType({"boosted_spread": 1.0, "wave": 1.0})
_RULES = WeeklyRules(
    weights=_WEIGHTS,
    since=date(1, 1, 1),
    holes=(),
    whole="",
    boosting=BoostingRules(spread_bags=3, spread_trees=100),
)
"""Fewer and smaller parts than for a hub: a run forecasts past weeks too, to score them."""


def weekly_paths(
    history: FloatArray,
    weeks: DateArray,
    steps: int,
    draws: JointDraws,
    rng: np.random.Generator,
    population: FloatArray | None = None,
) -> PathArray:
    """Sample paths of weekly counts: margins of the pooled forecast, joint as the flat baseline.

    Args:
        history: (place, category, week), counts; NaN where missing.
        weeks: (week,), the days that end them, each 7 after the one before.
        steps: weeks ahead, 1..draws.steps.
        draws: chance of the run, shared by all measures.
        rng: source of chance of the trees.
        population: (place,), persons, NaN where unknown; None: all unknown.

    Returns:
        (place, category, step, sample), >= 0 and never NaN. Series that never reported are those
        of the flat baseline.

    Source: docs/models/pooled-weekly.md.
    """
    paths = flat_paths(history, steps, draws)
    for category in range(history.shape[1]):
        counts = history[:, category]
        told = np.flatnonzero(np.isfinite(counts).any(axis=1))
        if not len(told):
            continue
        last: date = weeks[-1].astype("datetime64[D]").astype(object)
        given = HubRound(
            reference_date=last,
            as_of=last,
            locations=tuple(str(place) for place in told),
            weeks=weeks,
            counts=counts[told],
        )
        people = None if population is None else population[told]
        draft = weekly_draft(given, people, range(1, steps + 1), rng, _RULES)
        quantiles = weekly_quantiles(draft, given, [], _RULES)
        own = paths[told][:, category : category + 1]
        paths[told, category] = with_margins(own, quantiles[:, None])[:, 0]
    return paths
