"""Pooled linear quantile regression: how places moved from a level and a trend like today's.

One regression a horizon and level for all places, on the weeks around the same week of past years
and the last ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.quantile_regression import fit_quantile
from vigie.epidemiology.weekly.features import FIRST_ORIGIN
from vigie.epidemiology.weekly.rounds import HubRound
from vigie.epidemiology.weekly.scale import RootScale
from vigie.errors import BadData
from vigie.paths import QUANTILE_LEVELS, BoolArray, FloatArray, last_seen

__all__ = ["LinearRules", "linear_levels"]

_WEEKS_A_YEAR = 52


@dataclass(frozen=True, slots=True)
class LinearRules:
    """Which weeks are learnt from; chosen on the seasons 2022-23 and 2023-24.

    Attributes:
        around: weeks before and after the same week of past years.
        recent: last weeks, whatever the season.
    """

    around: int = 4
    recent: int = 6


def linear_levels(
    given: HubRound,
    scale: RootScale,
    steps: Sequence[int],
    hole: BoolArray,
    rules: LinearRules,
) -> FloatArray:
    """Quantiles of levels.

    Args:
        given: the round.
        scale: of its counts.
        steps: weeks ahead of the newest.
        hole: (week,), weeks of which nothing is learnt.
        rules: which weeks are learnt from.

    Returns:
        (location, steps, level), never decreasing along the levels.

    Raises:
        BadData: there are too few weeks to learn from.

    Source: docs/models/seasonal.md.
    """
    level = scale.level(given.counts)
    now = level.shape[1] - 1
    result = np.zeros((len(level), len(steps), len(QUANTILE_LEVELS)))
    carried = last_seen(level)
    today = np.nan_to_num(_features(carried))
    described: dict[int, tuple[FloatArray, FloatArray]] = {}
    for column, ahead in enumerate(steps):
        rows, moves = [], []
        for origin in _origins(now, ahead, hole, rules):
            if origin not in described:
                seen = scale.level(given.seen_at(origin))
                described[origin] = _features(seen), seen[:, -1]
            features, last = described[origin]
            rows.append(features)
            moves.append(level[:, origin + ahead] - last)
        features, target = _told(rows, moves)
        if len(target) <= today.shape[1]:
            raise BadData(
                f"Round {given.reference_date}: too few weeks of the vintage of {given.as_of} can "
                f"be learnt from for a horizon of {ahead} weeks."
            )
        for at, quantile in enumerate(QUANTILE_LEVELS):
            result[:, column, at] = today @ fit_quantile(features, target, quantile)
        # With a short past a line leads far beyond what was seen; no place moves further than any.
        np.clip(result[:, column], target.min(), target.max(), out=result[:, column])
    return np.sort(result, axis=-1) + np.nan_to_num(carried[:, now])[:, None, None]


def _told(rows: list[FloatArray], moves: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    if not rows:
        return np.zeros((0, 1)), np.zeros(0)
    features, target = np.concatenate(rows), np.concatenate(moves)
    told = np.isfinite(features).all(axis=1) & np.isfinite(target)
    return features[told], target[told]


def _origins(now: int, ahead: int, hole: BoolArray, rules: LinearRules) -> list[int]:
    """Weeks that looked ahead as far as this round does and lie in season, or lately."""
    found = []
    for origin in range(FIRST_ORIGIN, now - ahead + 1):
        ago = (now - origin) % _WEEKS_A_YEAR
        is_in_season = (
            now - origin > _WEEKS_A_YEAR // 2 and min(ago, _WEEKS_A_YEAR - ago) <= rules.around
        )
        is_recent = now - origin <= rules.recent + ahead
        is_whole = not hole[origin - FIRST_ORIGIN : origin + 1].any() and not hole[origin + ahead]
        if (is_in_season or is_recent) and is_whole:
            found.append(origin)
    return found


def _features(level: FloatArray) -> FloatArray:
    """(location, feature): 1, the level, its last three moves; the nation's level and two moves."""
    lately = level[:, -FIRST_ORIGIN - 1 :]
    typical = _medians(lately)
    moves = np.diff(lately, axis=1)
    ones = np.ones(len(level))
    nation = [ones * value for value in (typical[-1], *np.diff(typical)[:-3:-1])]
    return np.column_stack([ones, level[:, -1], moves[:, -1], moves[:, -2], moves[:, -3], *nation])


def _medians(level: FloatArray) -> FloatArray:
    """(week,): median over the places that reported, NaN where none did."""
    told = np.isfinite(level).any(axis=0)
    out = np.full(level.shape[1], np.nan)
    out[told] = np.nanmedian(level[:, told], axis=0)
    return out
