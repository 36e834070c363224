"""Damped growth: a place goes on as it grew lately, less every week, with the misses of the past.

It needs no past season, turns with the data, and misses in other ways than learners do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from vigie.epidemiology.weekly.features import FIRST_ORIGIN
from vigie.epidemiology.weekly.rounds import HubRound
from vigie.epidemiology.weekly.scale import RootScale
from vigie.paths import BoolArray, FloatArray, last_seen, weighted_quantiles

__all__ = ["TrendRules", "trend_levels", "typical_growth"]

_ADDED = 2.0
"""Admissions added before logarithms: growth from nothing stays finite."""

_LEAST = 1e-3
_WEEKS_A_YEAR = 52


@dataclass(frozen=True, slots=True)
class TrendRules:
    """How growth goes on; chosen on the seasons 2022-23 and 2023-24.

    Attributes:
        damping: share of a week's growth that is left the week after.
        last_week: weight of the last week's growth, the rest is that of the week before.
        own_admissions: weekly admissions at which a place's own growth counts as much as the
            typical one.
        largest_growth: of the logarithm in a week.
        half_life_weeks: of the weight of past misses.
        around: weeks of the season around today's whose misses count more.
    """

    damping: float = 0.6
    last_week: float = 0.6
    own_admissions: float = 400.0
    largest_growth: float = 0.7
    half_life_weeks: float = 26.0
    around: int = 8


def trend_levels(
    given: HubRound,
    scale: RootScale,
    steps: Sequence[int],
    hole: BoolArray,
    whole: int | None,
    rules: TrendRules,
) -> FloatArray:
    """Quantiles of levels, (location, steps, level).

    Args:
        given: the round, with some weeks before the newest.
        scale: of its counts.
        steps: weeks ahead of the newest.
        hole: (week,), weeks of which nothing is learnt.
        whole: index of the place that is the sum of the others, None when there is none.
        rules: how growth goes on.

    Source: docs/models/pooled-weekly.md, equations 13 and 14.
    """
    level = scale.level(given.counts)
    now = level.shape[1] - 1
    past = [
        week for week in range(FIRST_ORIGIN, now) if not hole[week - FIRST_ORIGIN : week + 1].any()
    ]
    drawn = {week: _Line(given.seen_at(week), scale, steps, whole, rules) for week in past}
    line = _Line(given.counts, scale, steps, whole, rules)
    result = np.zeros((*line.centre.shape, 23))
    for column, ahead in enumerate(steps):
        known = [week for week in past if week + ahead <= now and not hole[week + ahead]]
        misses = np.concatenate(
            [level[:, week + ahead] - drawn[week].centre[:, column] for week in known]
        )
        causes = np.concatenate([drawn[week].causes for week in known])
        weights = np.repeat([_weight(now, week, ahead, rules) for week in known], len(level))
        told = np.isfinite(misses)
        misses, causes, weights = misses[told], causes[told], weights[told]
        root = np.sqrt(weights)
        width, _ = nnls(causes * root[:, None], np.abs(misses) * root)
        width = np.maximum(width, _LEAST)
        shape = weighted_quantiles(misses / (causes @ width), weights)
        result[:, column] = line.centre[:, column, None] + (line.causes @ width)[:, None] * shape
    return np.sort(result, axis=-1)


def _weight(now: int, week: int, ahead: int, rules: TrendRules) -> float:
    ago = (now - week) % _WEEKS_A_YEAR
    is_near = min(ago, _WEEKS_A_YEAR - ago) <= rules.around and now - week > _WEEKS_A_YEAR // 2
    return float(0.5 ** ((now - ahead - week) / rules.half_life_weeks)) + (0.5 if is_near else 0.05)


class _Line:
    """The line from the last of some counts: (location, steps) levels, and what widens it."""

    def __init__(
        self,
        counts: FloatArray,
        scale: RootScale,
        steps: Sequence[int],
        whole: int | None,
        rules: TrendRules,
    ) -> None:
        lately = np.maximum(np.nan_to_num(last_seen(counts)[:, -4:]), 0.0)
        logs = np.log(lately + _ADDED)
        week = np.diff(logs, axis=1)
        growth = rules.last_week * week[:, -1] + (1 - rules.last_week) * week[:, -2]
        size = lately[:, -3:].mean(axis=1)
        own = size / (size + rules.own_admissions)
        growth = own * growth + (1 - own) * typical_growth(growth, whole)
        growth = np.clip(growth, -rules.largest_growth, rules.largest_growth)
        gone = np.array([sum(rules.damping**k for k in range(1, each + 1)) for each in steps])
        ahead = np.exp(logs[:, -1:] + growth[:, None] * gone) - _ADDED
        self.centre: FloatArray = scale.level(np.maximum(ahead, 0.0))
        last = scale.level(lately[:, -1:])[:, 0] + scale.centre
        self.causes: FloatArray = (
            np.column_stack([np.ones(len(size)), np.abs(growth), 1 / np.sqrt(size + _ADDED)])
            * np.maximum(last, 0.0)[:, None]
        )


def typical_growth(growth: FloatArray, whole: int | None) -> float:
    """Half the median place, half the whole."""
    if whole is None or len(growth) == 1:
        return float(np.median(growth))
    return float(0.5 * np.median(np.delete(growth, whole)) + 0.5 * growth[whole])
