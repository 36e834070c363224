"""Weights of components by their recent scores, drawn to their start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, wis

__all__ = ["WeightRules", "averaged", "recent_weights"]


@dataclass(frozen=True, slots=True)
class WeightRules:
    """How fast weights learn; chosen on 2022-23 and 2023-24, where they changed little.

    Attributes:
        power: of a component's mean score, by which its weight is divided.
        tasks: past tasks that an equal score of all components counts for.
        half_life_rounds: of the weight of past rounds.
    """

    power: float = 2.0
    tasks: float = 2000.0
    half_life_rounds: float = 6.0


def recent_weights(
    past: Sequence[tuple[Mapping[str, FloatArray], FloatArray]],
    start: Mapping[str, float],
    rules: WeightRules,
) -> dict[str, float]:
    """Weights that sum to 1: the start, times what recent scores say.

    Args:
        past: of each past round, oldest first: quantiles (..., level) by component, and truth
            (...), NaN where it is not known yet; both on a scale that all places share. Rounds
            that lack a component of the start say nothing.
        start: weights before anything is known, above 0.
        rules: how fast they learn.

    Source: docs/models/pooled-weekly.md, equation 12.
    """
    lost, tasks = np.zeros(len(start)), 0.0
    for ago, (parts, truth) in enumerate(reversed(past)):
        if start.keys() <= parts.keys():
            weight = 0.5 ** (ago / rules.half_life_rounds)
            lost += [weight * float(np.nansum(wis(parts[name], truth))) for name in start]
            tasks += weight * int(np.isfinite(truth).sum())
    given = np.array(list(start.values()), dtype=np.float64)
    if tasks > 0 and (lost > 0).all():
        usual = lost.mean() / tasks
        given = given * ((lost + rules.tasks * usual) / (tasks + rules.tasks)) ** -rules.power
    return dict(zip(start, (given / given.sum()).tolist(), strict=True))


def averaged(parts: Mapping[str, FloatArray], weights: Mapping[str, float]) -> FloatArray:
    """Weighted mean, quantile by quantile, of the components that are there.

    Args:
        parts: quantiles (..., level) by component, at least one of those with a weight.
        weights: by component.
    """
    there = [name for name in weights if name in parts]
    total = sum(weights[name] for name in there)
    return np.asarray(sum(weights[name] / total * parts[name] for name in there))
