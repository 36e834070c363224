"""Seasonal quantile regression: how places moved at this time of the year, all places together.

One linear quantile regression a horizon and level, pooled over places, on the weeks around the same
week of past years and on the last weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from vigie.epidemiology.hub_rounds import HubRound, flat_round
from vigie.epidemiology.quantile_regression import fit_quantile
from vigie.errors import BadData
from vigie.paths import QUANTILE_LEVELS, BoolArray, FloatArray

__all__ = ["SEASONAL_MODEL", "SeasonalRules", "seasonal_round"]

SEASONAL_MODEL = "vigie-seasonal"
"""Name of the model in tables, scores and releases."""

_WEEKS_A_YEAR = 52
_PAST = 4
_OFFSET = 0.32
"""Added to rates per 100,000 before the fourth root: zero weeks of small places stay finite."""


@dataclass(frozen=True, slots=True)
class SeasonalRules:
    """Which weeks are learnt from; chosen on the seasons 2022-23 and 2023-24.

    Attributes:
        around: weeks before and after the same week of past years.
        recent: last weeks, whatever the season.
        since: earlier weeks are incomplete and left out.
        fewest_weeks: with fewer there is no season to learn from.
        holes: first and last days of times without a duty to report; nothing is learnt from them.
    """

    around: int = 4
    recent: int = 6
    since: date = date(2022, 2, 5)
    fewest_weeks: int = 78
    holes: tuple[tuple[date, date], ...] = ((date(2024, 5, 4), date(2024, 10, 26)),)


def seasonal_round(
    given: HubRound,
    population: FloatArray,
    horizons: Sequence[int],
    rng: np.random.Generator,
    rules: SeasonalRules | None = None,
) -> FloatArray:
    """Quantiles of every place and horizon; those of the flat baseline while the past is short.

    Args:
        given: the round.
        population: (location,), persons.
        horizons: in weeks from the reference date.
        rng: source of chance of the flat baseline.
        rules: which weeks are learnt from; None: the defaults.

    Returns:
        (location, horizon, level), never negative and never decreasing along the levels.

    Raises:
        BadData: the vintage has too few weeks to learn from.

    Source: docs/models/seasonal.md.
    """
    rules = rules or SeasonalRules()
    kept = given.weeks >= np.datetime64(rules.since)
    weeks = given.weeks[kept]
    if len(weeks) < rules.fewest_weeks:
        return flat_round(given, horizons, rng)
    scale = _Scale(given.counts[:, kept], population)
    is_hole = np.zeros(len(weeks), dtype=bool)
    for first, last in rules.holes:
        is_hole |= (weeks >= np.datetime64(first)) & (weeks <= np.datetime64(last))
    level = scale.level
    now = level.shape[1] - 1
    result = np.zeros((len(level), len(horizons), len(QUANTILE_LEVELS)))
    for column, steps in enumerate(given.steps_ahead(horizons)):
        origins = _origins(now, steps, is_hole, rules)
        rows = [_features(level, origin) for origin in origins]
        moves = [level[:, origin + steps] - level[:, origin] for origin in origins]
        if not rows:
            raise BadData(
                f"Round {given.reference_date}: no week of the vintage of {given.as_of} can be "
                f"learnt from for a horizon of {steps} weeks."
            )
        features, target = np.concatenate(rows), np.concatenate(moves)
        told = np.isfinite(features).all(axis=1) & np.isfinite(target)
        if told.sum() <= features.shape[1]:
            raise BadData(f"Round {given.reference_date}: too few reported weeks to learn from.")
        today = np.nan_to_num(_features(level, now))
        for at, quantile in enumerate(QUANTILE_LEVELS):
            fit = fit_quantile(features[told], target[told], quantile)
            result[:, column, at] = today @ fit
        # With a short past a line leads far beyond what was seen; no place moves further than any.
        seen = target[told]
        np.clip(result[:, column], seen.min(), seen.max(), out=result[:, column])
    moved = np.sort(result, axis=-1) + np.nan_to_num(level[:, now])[:, None, None]
    return scale.counts(moved)


class _Scale:
    """Fourth roots of rates, divided by each place's high level and centred."""

    def __init__(self, counts: FloatArray, population: FloatArray) -> None:
        self._people = population
        root = (np.maximum(counts / population[:, None] * 1e5, 0.0) + _OFFSET) ** 0.25
        is_told = np.asarray(np.isfinite(root).any(axis=1))
        known = np.where(is_told[:, None], root, 1.0)
        self._high = np.nanquantile(known, 0.95, axis=1)[:, None]
        self._centre = np.nanmean(known / self._high, axis=1)[:, None]
        self.level: FloatArray = root / self._high - self._centre

    def counts(self, level: FloatArray) -> FloatArray:
        """(location, horizon, level of quantile) back as counts, never negative."""
        root = np.maximum((level + self._centre[..., None]) * self._high[..., None], 0.0)
        rates = np.maximum(root**4 - _OFFSET, 0.0)
        return np.asarray(rates * self._people[:, None, None] / 1e5)


def _origins(now: int, steps: int, is_hole: BoolArray, rules: SeasonalRules) -> list[int]:
    """Weeks that looked ahead as far as this round does and lie in season, or lately."""
    found = []
    for origin in range(_PAST, now - steps + 1):
        ago = (now - origin) % _WEEKS_A_YEAR
        is_in_season = (
            now - origin > _WEEKS_A_YEAR // 2 and min(ago, _WEEKS_A_YEAR - ago) <= rules.around
        )
        is_recent = now - origin <= rules.recent + steps
        is_whole = not is_hole[origin - _PAST : origin + 1].any() and not is_hole[origin + steps]
        if (is_in_season or is_recent) and is_whole:
            found.append(origin)
    return found


def _features(level: FloatArray, origin: int) -> FloatArray:
    """(location, feature): 1, the level, its last three moves; the nation's level and two moves."""
    typical = _medians(level[:, origin - _PAST : origin + 1])
    moves = np.diff(level[:, origin - _PAST : origin + 1], axis=1)
    ones = np.ones(len(level))
    nation = [ones * value for value in (typical[-1], *np.diff(typical)[:-3:-1])]
    return np.column_stack(
        [ones, level[:, origin], moves[:, -1], moves[:, -2], moves[:, -3], *nation]
    )


def _medians(level: FloatArray) -> FloatArray:
    """(week,): median over the places that reported, NaN where none did."""
    told = np.isfinite(level).any(axis=0)
    out = np.full(level.shape[1], np.nan)
    out[told] = np.nanmedian(level[:, told], axis=0)
    return out
