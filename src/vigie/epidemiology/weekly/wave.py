"""How a wave goes on: growth lasts a while, and is used up by those who fell ill.

A linear law of growth on logarithms of rates, learnt from all places together: growth persists, and
falls with the week's incidence and with the season's sum, as it does where those who can still be
infected become fewer. At short horizons it is better than trees, which cannot draw a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from vigie.epidemiology.weekly.features import FIRST_ORIGIN, weeks_of_season
from vigie.epidemiology.weekly.rounds import HubRound
from vigie.epidemiology.weekly.scale import RootScale
from vigie.errors import BadData
from vigie.paths import BoolArray, FloatArray, last_seen, weighted_quantiles

__all__ = ["Wave", "WaveRules", "Waves", "wave_levels", "waves"]

_ADDED = 2.0
"""Admissions added to a size before its inverse root: a miss from nothing stays finite."""

_LEAST = 1e-3
_BENT = 1.3
"""Standard deviations beyond which a move pulls no harder at the law."""

_PASSES = 3
_CAUSES = 5
_LATELY = 3
"""Weeks of growth that are looked at."""


@dataclass(frozen=True, slots=True)
class WaveRules:
    """The law of growth; chosen on the seasons 2022-23 and 2023-24.

    Attributes:
        own_admissions: weekly admissions at which a place's own growth counts as much as the
            typical one.
        half_admissions: weekly admissions at which a place's move counts half as much as one of
            the largest.
        ridge: whole moves that the start, no effect of any cause, counts for.
        half_life_weeks: of the weight of past misses.
        least_weight: of the oldest misses.
    """

    own_admissions: float = 400.0
    half_admissions: float = 100.0
    ridge: float = 100.0
    half_life_weeks: float = 26.0
    least_weight: float = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """Where each place stands in its wave after a week.

    Attributes:
        log_rate: (location,), logarithm of the rate per 100,000 plus the scale's offset.
        size: (location,), mean admissions of the last three weeks.
        growth: (location, 2), of ``log_rate`` in the last week and in the one before, drawn to the
            typical one.
        typical_growth: (location,), of the last week, the same for all.
        incidence: (location,), rate of the last week as a share of the place's usual height.
        spent: (location,), sum of the season's rates, in weeks of that height.
    """

    log_rate: FloatArray
    size: FloatArray
    growth: FloatArray
    typical_growth: FloatArray
    incidence: FloatArray
    spent: FloatArray

    def causes(self) -> FloatArray:
        """(location, 5), what the law of growth goes by."""
        return np.column_stack([self.growth, self.typical_growth, self.incidence, self.spent])


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Past weeks and the newest.

    Attributes:
        past: by index of a week, as it was known when it was the newest.
        today: after the newest week.
        log_rates: (location, week), as known today, NaN where missing.
        hole: (week,), weeks of which nothing is learnt.
    """

    past: Mapping[int, Wave]
    today: Wave
    log_rates: FloatArray
    hole: BoolArray

    def moves(self, ahead: int) -> tuple[list[int], FloatArray]:
        """Weeks whose outcome is known; (origin, location), moves that followed, NaN if missing."""
        now = self.log_rates.shape[1] - 1
        known = [week for week in self.past if week + ahead <= now and not self.hole[week + ahead]]
        after = [self.log_rates[:, week + ahead] - self.past[week].log_rate for week in known]
        return known, np.reshape(after, (len(known), len(self.log_rates)))


def waves(
    given: HubRound, scale: RootScale, hole: BoolArray, whole: int | None, rules: WaveRules
) -> Waves:
    """Past weeks and the newest, as the law of growth looks at them.

    Args:
        given: the round, with some weeks before the newest.
        scale: of its counts.
        hole: (week,), weeks of which nothing is learnt.
        whole: index of the place that is the sum of the others, None when there is none.
        rules: of the law.
    """
    now = given.counts.shape[1] - 1
    origins = [
        week
        for week in range(FIRST_ORIGIN, now)
        if not hole[week - FIRST_ORIGIN + 1 : week + 1].any()
    ]
    season = [int(weeks_of_season(day)) + 1 for day in given.weeks]
    past = {week: _wave(given.seen_at(week), scale, season[week], whole, rules) for week in origins}
    today = _wave(given.counts, scale, season[now], whole, rules)
    return Waves(past, today, scale.log_rate(given.counts), hole)


def wave_levels(
    given: Waves, scale: RootScale, steps: Sequence[int], rules: WaveRules
) -> FloatArray:
    """Quantiles of levels by the law of growth, with the misses that it made in the past.

    Args:
        given: past weeks and the newest.
        scale: of the round's counts.
        steps: weeks ahead of the newest.
        rules: of the law.

    Returns:
        (location, steps, level), never decreasing along the levels.

    Raises:
        BadData: there are too few weeks to learn from.

    Source: docs/models/pooled-weekly.md, equations 7 to 10.
    """
    now = given.log_rates.shape[1] - 1
    today = given.today
    result = np.zeros((len(today.size), len(steps), 23))
    for column, ahead in enumerate(steps):
        known, moves = given.moves(ahead)
        told = np.isfinite(moves).reshape(-1)
        move = moves.reshape(-1)[told]
        if len(move) <= _CAUSES:
            raise BadData(
                f"Too few weeks can be learnt from for {ahead} weeks ahead: {len(move)} moves of "
                "all places together."
            )
        cause = np.concatenate([given.past[week].causes() for week in known])[told]
        size = np.concatenate([given.past[week].size for week in known])[told]
        age = np.repeat([now - ahead - week for week in known], len(today.size))[told]
        spread = cause.std(axis=0) + 1e-9
        law = _fitted(cause / spread, move, size / (size + rules.half_admissions), rules.ridge)
        drawn = law[0] + (cause / spread) @ law[1:]
        # Beyond what ever followed no line is believed.
        ahead_now = np.clip(law[0] + (today.causes() / spread) @ law[1:], move.min(), move.max())
        weight = 0.5 ** (age / rules.half_life_weeks) + rules.least_weight
        width, shape = _misses(move - drawn, _widening(size, drawn), weight)
        apart = np.maximum(_widening(today.size, ahead_now) @ width, _LEAST)
        result[:, column] = (today.log_rate + ahead_now)[:, None] + apart[:, None] * shape
    return np.sort(scale.level_of_log_rate(result), axis=-1)


def _wave(
    counts: FloatArray, scale: RootScale, weeks_of_it: int, whole: int | None, rules: WaveRules
) -> Wave:
    """After the last week of some counts; places that never reported count as 0."""
    filled = np.maximum(np.nan_to_num(last_seen(counts)), 0.0)
    lately = scale.log_rate(filled[:, -_LATELY - 1 :])
    week = np.diff(lately, axis=1)
    size = filled[:, -3:].mean(axis=1)
    own = size / (size + rules.own_admissions)
    typical = [_typical(week[:, -back], whole) for back in (1, 2)]
    drawn = [own * week[:, -back] + (1 - own) * typical[back - 1] for back in (1, 2)]
    height = scale.height**4
    season = filled[:, -min(weeks_of_it, filled.shape[1]) :]
    return Wave(
        log_rate=lately[:, -1],
        size=size,
        growth=np.column_stack(drawn),
        typical_growth=np.full(len(size), typical[0]),
        incidence=np.exp(lately[:, -1]) / height,
        spent=season.sum(axis=1) / scale.people * 1e5 / height,
    )


def _fitted(cause: FloatArray, move: FloatArray, weight: FloatArray, ridge: float) -> FloatArray:
    """(1 + cause,): constant and slopes by weighted least squares that few misses cannot bend."""
    rows = np.column_stack([np.ones(len(cause)), cause])
    pull = np.diag([0.0, *np.full(cause.shape[1], ridge)])
    used = weight
    law = np.zeros(rows.shape[1])
    for _ in range(1 + _PASSES):
        weighted = rows * used[:, None]
        law = np.linalg.solve(weighted.T @ rows + pull + 1e-9 * np.eye(len(law)), weighted.T @ move)
        missed = move - rows @ law
        bend = _BENT * np.sqrt(np.average(missed**2, weights=weight))
        used = weight * np.minimum(1.0, bend / np.maximum(np.abs(missed), 1e-9))
    return law


def _misses(
    missed: FloatArray, widening: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What widens misses by how much, and (level,) quantiles of the misses over their width."""
    root = np.sqrt(weight)
    width, _ = nnls(widening * root[:, None], np.abs(missed) * root)
    apart = np.maximum(widening @ width, _LEAST)
    return width, weighted_quantiles(missed / apart, weight)


def _widening(size: FloatArray, move: FloatArray) -> FloatArray:
    """(row, 3): a constant, one over the root of the size, the move."""
    return np.column_stack([np.ones(len(size)), 1 / np.sqrt(size + _ADDED), np.abs(move)])


def _typical(growth: FloatArray, whole: int | None) -> float:
    """Half the median place, half the whole."""
    if whole is None or len(growth) == 1:
        return float(np.median(growth))
    return float(0.5 * np.median(np.delete(growth, whole)) + 0.5 * growth[whole])
