"""The pooled forecast of weekly counts: components averaged and calibrated.

The components learn from all places together, each round anew and from what its deadline knew. What
they say is averaged quantile by quantile; the spread is set by how earlier rounds missed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np

from vigie.epidemiology.weekly.boosted import BoostingRules, boosted_quantiles, boosted_spread
from vigie.epidemiology.weekly.features import Examples, examples, is_hole
from vigie.epidemiology.weekly.linear import LinearRules, linear_levels
from vigie.epidemiology.weekly.rounds import HubRound, flat_round
from vigie.epidemiology.weekly.scale import RootScale
from vigie.epidemiology.weekly.spread import SpreadRules, calibrated_spread, widened
from vigie.epidemiology.weekly.wave import WaveRules, wave_levels, waves
from vigie.epidemiology.weekly.weights import WeightRules, averaged, recent_weights
from vigie.paths import QUANTILE_LEVELS, BoolArray, FloatArray

__all__ = [
    "COMPONENTS",
    "POOLED_WEEKLY_MODEL",
    "SEASONAL_MODEL",
    "WeeklyDraft",
    "WeeklyRules",
    "weekly_draft",
    "weekly_quantiles",
]

POOLED_WEEKLY_MODEL = "vigie-pooled-weekly"
"""Name of the model in tables, scores and releases."""

SEASONAL_MODEL = "vigie-seasonal"
"""The same of seasonal regression alone."""

COMPONENTS = ("boosted_spread", "boosted_quantiles", "wave", "seasonal")
"""What can be averaged, by name."""

_FLAT = "flat"
_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True, slots=True)
class WeeklyRules:
    """What is learnt from and how it is averaged; chosen on the seasons 2022-23 and 2023-24.

    Attributes:
        weights: of the components at the start of a season; those that a short past does not
            carry are left out.
        since: earlier weeks are incomplete and left out.
        holes: first and last days of times without a duty to report; nothing is learnt from them.
        whole: key of the place that is the sum of the others, if there is one.
        fewest_weeks: that the past must have besides the longest look ahead, by component.
        boosting, wave, seasonal: rules of the parts.
        weighting, spread: how weights and spread follow from earlier rounds.
    """

    weights: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"boosted_spread": 2.0, "boosted_quantiles": 2.0, "wave": 1.0, "seasonal": 0.5}
        )
    )
    since: date = date(2022, 2, 5)
    holes: tuple[tuple[date, date], ...] = ((date(2024, 5, 4), date(2024, 10, 26)),)
    whole: str = "US"
    fewest_weeks: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {
                "boosted_spread": 26,
                "boosted_quantiles": 26,
                "wave": 11,
                "seasonal": 74,
            }
        )
    )
    boosting: BoostingRules = field(default_factory=BoostingRules)
    wave: WaveRules = field(default_factory=WaveRules)
    seasonal: LinearRules = field(default_factory=LinearRules)
    weighting: WeightRules = field(default_factory=WeightRules)
    spread: SpreadRules = field(default_factory=SpreadRules)


@dataclass(frozen=True, slots=True, eq=False)
class WeeklyDraft:
    """A forecast before its weights and its spread are set by earlier rounds.

    Attributes:
        ends: (horizon,), Saturdays of the weeks forecast.
        scale: of the round's counts.
        parts: (location, horizon, level) by component, quantiles as levels of the scale.
        weights: of the components, before any of them is scored.
        late_weeks: (location,), weeks since the last report, beyond the round's own delay.
    """

    ends: np.ndarray
    scale: RootScale
    parts: Mapping[str, FloatArray]
    weights: Mapping[str, float]
    late_weeks: FloatArray

    @property
    def levels(self) -> FloatArray:
        """(location, horizon, level), average of the components."""
        return averaged(self.parts, self.weights)


def weekly_draft(
    given: HubRound,
    population: FloatArray | None,
    horizons: Sequence[int],
    rng: np.random.Generator,
    rules: WeeklyRules | None = None,
) -> WeeklyDraft:
    """The components of the forecast, each learnt anew from what the round may know.

    Args:
        given: the round.
        population: (location,), persons, NaN where unknown; None: all unknown.
        horizons: in weeks from the reference date.
        rng: source of chance of bags and trees.
        rules: what is learnt from; None: the defaults.

    Returns:
        The draft. With too short a past for any component it is the flat baseline.

    Raises:
        BadData: a horizon is known already.

    Source: docs/models/pooled-weekly.md.
    """
    rules = rules or WeeklyRules()
    used = given.since(rules.since) if given.weeks[-1] >= np.datetime64(rules.since) else given
    steps = used.steps_ahead(horizons)
    scale = RootScale(used.counts, population)
    hole = is_hole(used, rules.holes)
    judged_weeks = max(int((~hole).sum()) - max(steps), 0)
    weights = {
        name: weight
        for name, weight in rules.weights.items()
        if weight > 0 and judged_weeks >= rules.fewest_weeks[name]
    }
    if weights:
        made = _Parts(used, scale, steps, hole, rng, rules)
        parts = {name: made.levels(name) for name in weights}
    else:
        flat = flat_round(given, horizons, rng)
        weights = {_FLAT: 1.0}
        parts = {_FLAT: scale.level(flat.reshape(len(flat), -1)).reshape(flat.shape)}
    ends = np.datetime64(given.reference_date) + _WEEK * np.asarray(horizons)
    return WeeklyDraft(ends, scale, parts, weights, _weeks_late(used.counts))


def weekly_quantiles(
    draft: WeeklyDraft,
    given: HubRound,
    past: Sequence[WeeklyDraft],
    rules: WeeklyRules | None = None,
) -> FloatArray:
    """The forecast with weights and spread set by how earlier drafts missed what is known by now.

    Args:
        draft: of the round.
        given: the round; its counts are the truth for the earlier ones.
        past: drafts of earlier rounds of the season, oldest first.
        rules: those of the drafts.

    Returns:
        (location, horizon, level), counts, never negative and never decreasing along the levels.
    """
    rules = rules or WeeklyRules()
    truths = [_truth(each, given) for each in past]
    scored = [(each.parts, truth) for each, truth in zip(past, truths, strict=True)]
    weights = recent_weights(scored, draft.weights, rules.weighting)
    judged = [
        (averaged(parts, weights if weights.keys() & parts.keys() else each.weights), truth)
        for each, (parts, truth) in zip(past, scored, strict=True)
    ]
    middle, tail = calibrated_spread(judged, rules.spread)
    levels = widened(averaged(draft.parts, weights), middle, tail)
    median = levels[..., [QUANTILE_LEVELS.index(0.5)]]
    ahead = np.arange(1, levels.shape[1] + 1)
    # A report that is late by weeks leaves as much open as a horizon that is longer by them.
    later = np.sqrt(1 + draft.late_weeks[:, None] / ahead)[..., None]
    return draft.scale.counts(median + (levels - median) * later)


def _truth(draft: WeeklyDraft, given: HubRound) -> FloatArray:
    """(location, horizon): levels that came true, NaN where not known yet."""
    week = ((draft.ends - given.weeks[0]) // _WEEK).astype(np.int64)
    is_known = (week >= 0) & (week < len(given.weeks))
    counts = given.counts[:, np.where(is_known, week, 0)]
    return np.where(is_known, draft.scale.level(counts), np.nan)


def _weeks_late(counts: FloatArray) -> FloatArray:
    """(location,): weeks after the last report; 0 for a place that never reported."""
    told = np.isfinite(counts)
    late = told[:, ::-1].argmax(axis=1).astype(np.float64)
    return np.where(told.any(axis=1), late, 0.0)


@dataclass(slots=True)
class _Parts:
    """The components of one round."""

    given: HubRound
    scale: RootScale
    steps: Sequence[int]
    hole: BoolArray
    rng: np.random.Generator
    rules: WeeklyRules
    _examples: Examples | None = None

    def levels(self, name: str) -> FloatArray:
        """(location, steps, level) of one component."""
        given, scale, steps, hole, rules = (
            self.given,
            self.scale,
            self.steps,
            self.hole,
            self.rules,
        )
        if name == "wave":
            seen = waves(given, scale, hole, self._whole(), rules.wave)
            return wave_levels(seen, scale, steps, rules.wave)
        if name == "seasonal":
            return linear_levels(given, scale, steps, hole, rules.seasonal)
        grow = {"boosted_spread": boosted_spread, "boosted_quantiles": boosted_quantiles}[name]
        if self._examples is None:
            self._examples = examples(given, scale, steps, hole, self._whole())
        moves = grow(self._examples, self.rng, rules.boosting)
        return moves + self._examples.newest[:, None, None]

    def _whole(self) -> int | None:
        keys = self.given.locations
        return keys.index(self.rules.whole) if self.rules.whole in keys else None
