"""The pooled daily model: one robust regression for all places, and its own past errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.epidemiology.flat import flat_paths
from vigie.epidemiology.flat_fallback import flat_quantiles, increasing_steps
from vigie.epidemiology.pooled.features import DailyFeatures, daily_features
from vigie.epidemiology.pooled.regression import Regression, centre, days_needed
from vigie.epidemiology.pooled.rolling import DAYS_A_WEEK
from vigie.epidemiology.pooled.signals import Signal
from vigie.paths import (
    QUANTILE_LEVELS,
    BoolArray,
    FloatArray,
    IntArray,
    JointDraws,
    PathArray,
    quantiles,
    with_margins,
)

__all__ = ["POOLED_MODEL", "SIGNALS_MODEL", "pooled_paths", "pooled_quantiles"]

POOLED_MODEL = "vigie-pooled-daily"
"""Name of the model in tables, scores and releases."""

SIGNALS_MODEL = "vigie-pooled-daily-signals"
"""Name of the same model with the leading signals that were selected."""

_LONGEST_DAYS = 730
_MOST_KNOTS, _MOST_WEEKS = 12, 4
_COMPANION = 5.0
"""Stretches of past as long as the horizon at which the flat baseline counts as much."""


def pooled_quantiles(
    history: FloatArray,
    horizons: Sequence[int],
    draws: JointDraws,
    levels: Sequence[float] = QUANTILE_LEVELS,
    *,
    signals: Sequence[Signal] = (),
    holidays: BoolArray | None = None,
) -> FloatArray:
    """Quantiles of daily counts, learnt from all places and categories at once.

    Args:
        history: (place, category, time), counts a day, NaN where missing; its last day is the
            origin. Negative values (corrections) are read as 0.
        horizons: in days from the last day of history, increasing, 1..draws.steps.
        draws: chance of the run, for the flat baseline.
        levels: of the quantiles, increasing within 0..1.
        signals: that run ahead, with values (place or 1, time) on the days of history; each
            speaks for the horizons that its lead reaches.
        holidays: (place, time + longest horizon or more), public holidays.

    Returns:
        (place, category, horizon, level), >= 0, never NaN, never decreasing along the levels.
        Those of the flat baseline for a series of which fewer than 7 of the last 14 days are
        reported, and for all when the history is too short to have made past forecasts (28
        days and twice the longest horizon).

    Raises:
        ValueError: horizons or signals do not fit, or there is no time in history.

    Source: docs/models/pooled-daily.md.
    """
    steps = increasing_steps(horizons)
    chosen = flat_quantiles(history, steps, draws, levels, DAYS_A_WEEK)
    told = _with_companion(_told(history, steps, levels, signals, holidays), chosen, steps, history)
    return np.where(_is_told(told)[..., None, None], told, chosen)


def pooled_paths(
    history: FloatArray,
    horizon: int,
    draws: JointDraws,
    *,
    season: int = DAYS_A_WEEK,
    signals: Sequence[Signal] = (),
    holidays: BoolArray | None = None,
    asked: Sequence[int] = (),
) -> PathArray:
    """Sample paths of daily counts: joint as the flat baseline's, each day as the pooled model's.

    Args:
        history: (place, category, time), counts; NaN where missing.
        horizon: days, 1..draws.steps.
        draws: chance of the run.
        season: 7; with any other the paths are those of the flat baseline, as this model knows
            days only.
        signals, holidays: as ``pooled_quantiles`` takes them.
        asked: days ahead that are looked at, e.g. those that are scored; the others may be those
            of the flat baseline. Empty: all are.

    Returns:
        (place, category, day, sample), >= 0 and never NaN; where ``pooled_quantiles`` falls back,
        the flat baseline's own paths.

    Raises:
        ValueError: horizon or season do not fit, or there is no time in history.

    Source: docs/models/pooled-daily.md, equation 9.
    """
    paths = flat_paths(history, horizon, draws, season=season)
    if season != DAYS_A_WEEK:
        return paths
    steps = sorted(day for day in set(asked) if day <= horizon) or list(range(1, horizon + 1))
    if history.shape[-1] < days_needed(horizon):
        return paths
    told = _told(history, steps, QUANTILE_LEVELS, signals, holidays)
    is_told = _is_told(told)
    if is_told.any():
        at = np.array(steps) - 1
        some = np.ascontiguousarray(paths[:, :, at])
        told = _with_companion(told, quantiles(some), steps, history)
        some[is_told] = with_margins(some[is_told][None], told[is_told][None])[0]
        paths[:, :, at] = some
    return paths


def _is_told(told: FloatArray) -> BoolArray:
    """(place, category), for which series the regression answers."""
    return ~np.isnan(told[:, :, 0, 0])


def _with_companion(
    told: FloatArray, flat: FloatArray, horizons: Sequence[int], history: FloatArray
) -> FloatArray:
    """Quantiles drawn to those of the flat baseline by how little past there is to learn from.

    Days of one wave tell of one wave, however many places there are: what counts is how many
    stretches as long as the horizon the past has.

    Source: docs/models/pooled-daily.md, equation 8.
    """
    days = min(history.shape[-1], _LONGEST_DAYS)
    stretches = days / np.asarray(horizons, dtype=np.float64)
    share = (_COMPANION / (_COMPANION + stretches))[:, None]
    return np.asarray((1 - share) * told + share * flat)


def _told(
    history: FloatArray,
    horizons: Sequence[int],
    levels: Sequence[float],
    signals: Sequence[Signal],
    holidays: BoolArray | None,
) -> FloatArray:
    """(place, category, horizon, level): what the regression says, NaN where it cannot."""
    places, categories, times = history.shape
    shape = (places, categories, len(horizons), len(levels))
    told = np.full((places * categories, *shape[2:]), np.nan)
    if times >= days_needed(max(horizons)):
        recent = history.reshape(-1, times)[:, -_LONGEST_DAYS:]
        group = np.tile(np.arange(categories), places)
        features = daily_features(
            recent,
            group,
            _by_series(signals, places, categories, times),
            _holidays(holidays, history.shape, max(horizons)),
        )
        is_usable = features.is_usable[:, -1]
        if is_usable.any():
            _forecast(features, is_usable, horizons, levels, told)
    return told.reshape(shape)


def _forecast(
    features: DailyFeatures,
    is_usable: BoolArray,
    horizons: Sequence[int],
    levels: Sequence[float],
    told: FloatArray,
) -> None:
    """Fill the usable rows of told: fits and banks at some horizons, the others between them."""
    now = np.array([features.counts.shape[1] - 1])
    knots = _knots(horizons)
    learnt = [Regression(features, int(days)).learn(levels) for days in knots]
    known = [each for each in learnt if each is not None]
    if len(known) < len(knots):
        return
    for column, days in enumerate(horizons):
        right = int(np.searchsorted(knots, days))
        left = right if knots[right] == days else right - 1
        share = (days - knots[left]) / (knots[right] - knots[left]) if right > left else 0.0
        fit = (1 - share) * known[left].fit + share * known[right].fit
        middle = centre(features, now, days, fit)[is_usable, 0]
        below, above = (known[at].bank.quantiles(middle) for at in (left, right))
        told[is_usable, column] = (1 - share) * below + share * above


def _by_series(signals: Sequence[Signal], places: int, categories: int, times: int) -> list[Signal]:
    """Signals with a row for each series, or one row, on the days that are looked at."""
    found = []
    for each in signals:
        rows, days = each.values.shape
        if rows not in (1, places) or days != times:
            raise ValueError(
                f"signal {each.name}: shape {each.values.shape}, expected ({places} or 1, {times})"
            )
        values = np.repeat(each.values, categories if rows > 1 else 1, axis=0)
        found.append(Signal(each.name, values[:, -_LONGEST_DAYS:], each.lead_days))
    return found


def _holidays(holidays: BoolArray | None, shape: tuple[int, ...], horizon: int) -> BoolArray | None:
    """(series, time + horizon), on the days that are looked at; None without any holiday."""
    if holidays is None:
        return None
    places, categories, times = shape
    if len(holidays) != places or holidays.shape[1] < times + horizon:
        raise ValueError(
            f"holidays: shape {holidays.shape}, expected ({places}, {times + horizon} or more)"
        )
    first = max(0, times - _LONGEST_DAYS)
    return np.repeat(holidays[:, first : times + horizon], categories, axis=0)


def _knots(horizons: Sequence[int]) -> IntArray:
    """Horizons that are fitted, whole weeks among them; the others lie between two of them."""
    wanted = np.unique(np.asarray(horizons, dtype=np.int64))
    if len(wanted) <= _MOST_KNOTS:
        return wanted
    weeks = wanted[wanted % DAYS_A_WEEK == 0][:_MOST_WEEKS]
    spaced = np.geomspace(wanted[0], wanted[-1], _MOST_KNOTS - len(weeks))
    return np.unique(np.concatenate([weeks, np.round(spaced).astype(np.int64)]))
