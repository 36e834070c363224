"""Patients in bed of many places, foretold by one robust regression on what moves them.

The change ahead is counted in units of the usual scatter of a place, so that large and small ones
share one law; it is learnt anew on every day from the days whose outcome is known, and its spread
is that of its own past misses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.hospital.changes import mean_of_last, persisting_quantiles, values_before
from vigie.hospital.continued_flow import continued_flow
from vigie.paths import (
    QUANTILE_LEVELS,
    FloatArray,
    fit_median,
    last_seen,
    weighted_quantiles,
)

__all__ = ["OCCUPANCY_MODEL", "OccupancyHistory", "days_needed", "occupancy_quantiles"]

OCCUPANCY_MODEL = "vigie-pooled-occupancy"
"""Name of the model in tables, scores and releases."""

_WEEK = 7
_LEARNT_DAYS = 120
_HALF_LIFE_DAYS = 20.0
_RIDGE = 0.1
_FIRST_ORIGIN = 21
_BANK_DAYS = 84
_BANK_HALF_LIFE_DAYS = 28.0
_SPREAD = 1.2
_FLOW_WEIGHT = 0.7
_FLOW_DAYS = 14
_FEWEST_LEARNT_DAYS = 8
_FEWEST_BANK_DAYS = 7
_LARGEST_GROWTH = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class OccupancyHistory:
    """What is known of patients in bed, and of who comes; all on the same days.

    Attributes:
        occupancy: (place, day), patients in the beds that are forecast; NaN where missing.
        admissions: (place, day), patients who came into these beds, or None.
        hospital_occupancy: (place, day), patients in all beds for the same cause, or None.
        hospital_admissions: (place, day), patients who came into hospital, or None.

    Raises:
        ValueError: shapes differ, or nothing was ever counted.
    """

    occupancy: FloatArray
    admissions: FloatArray | None = None
    hospital_occupancy: FloatArray | None = None
    hospital_admissions: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.occupancy.ndim != 2 or not np.isfinite(self.occupancy).any():
            raise ValueError(
                f"occupancy has shape {self.occupancy.shape}: give (place, day) with counts"
            )
        for each in (self.admissions, self.hospital_occupancy, self.hospital_admissions):
            if each is not None and each.shape != self.occupancy.shape:
                raise ValueError(
                    f"a signal has shape {each.shape}, occupancy {self.occupancy.shape}"
                )


def days_needed(horizon: int) -> int:
    """Days of history below which the regression has no past forecasts to learn its spread from."""
    first = max(_FIRST_ORIGIN, horizon + _FEWEST_LEARNT_DAYS - 1)
    return first + horizon + _FEWEST_BANK_DAYS


def occupancy_quantiles(
    history: OccupancyHistory, horizons: Sequence[int], levels: Sequence[float] = QUANTILE_LEVELS
) -> FloatArray:
    """Quantiles of patients in bed, some days ahead of the last day of the history.

    Args:
        history: of all places; a missing count is read as the last one seen.
        horizons: days ahead, >= 1.
        levels: of the quantiles, increasing within 0..1; the median among them.

    Returns:
        (place, horizon, level), >= 0, never NaN, never decreasing along the levels. Persistence
        with the changes of the last 90 days, both signs, where the history is too short.

    Raises:
        ValueError: a horizon is below 1, or the history has fewer than two days.

    Source: docs/models/pooled-occupancy.md.
    """
    if not horizons or min(horizons) < 1:
        raise ValueError(f"horizons {list(horizons)}: give days from 1 on")
    days = history.occupancy.shape[1]
    if days < 2:
        raise ValueError("one day of occupancy tells of no change; give two or more")
    parts = [
        _regressed(history, horizon, levels)
        if days >= days_needed(horizon)
        else _persisted(history, horizon, levels)
        for horizon in horizons
    ]
    return np.stack(parts, axis=1)


def _regressed(history: OccupancyHistory, horizon: int, levels: Sequence[float]) -> FloatArray:
    """(place, level), by the regression and its own misses."""
    features, scale, level = _features(history)
    came = None if history.admissions is None else np.nansum(history.admissions, axis=0)
    now = level.shape[1] - 1
    origins = np.arange(max(_FIRST_ORIGIN, now - horizon - _BANK_DAYS + 1), now - horizon + 1)
    target = (level[:, horizon:] - level[:, :-horizon]) / scale[:, :-horizon]

    def move(day: int) -> FloatArray:
        """(place,), the change foretold on a day, from what was known then."""
        learnt = np.arange(max(0, day - horizon - _LEARNT_DAYS), day - horizon + 1)
        weight = scale[:, learnt] * 0.5 ** ((day - horizon - learnt) / _HALF_LIFE_DAYS)
        rows = features[:, learnt].reshape(-1, features.shape[2])
        fit = fit_median(rows, target[:, learnt].ravel(), weight.ravel(), ridge=_RIDGE)
        foretold = np.asarray(features[:, day] @ fit)
        if came is None or day < _FLOW_DAYS:
            return foretold
        centre = np.maximum(level[:, day] + scale[:, day] * foretold, 0.0)
        whole = continued_flow(level[:, : day + 1].sum(axis=0), came[: day + 1], horizon)
        share = 1 - _FLOW_WEIGHT + _FLOW_WEIGHT * whole / max(float(centre.sum()), 1.0)
        return np.asarray((centre * share - level[:, day]) / scale[:, day])

    usable = [day for day in origins.tolist() if day - horizon >= _FEWEST_LEARNT_DAYS - 1]
    misses = np.stack([target[:, day] - move(day) for day in usable], axis=1)
    age = now - horizon - np.array(usable)
    weight = np.broadcast_to(0.5 ** (age / _BANK_HALF_LIFE_DAYS), misses.shape)
    errors = weighted_quantiles(misses.ravel(), weight.ravel(), levels)
    middle = np.interp(0.5, levels, errors)
    # The median stays where the regression puts it: last misses point past the turn of a wave.
    spread = scale[:, now, None] * _SPREAD * (errors - middle)
    centre = level[:, now] + scale[:, now] * move(now)
    return np.asarray(np.maximum(centre[:, None] + spread, 0.0))


def _persisted(history: OccupancyHistory, horizon: int, levels: Sequence[float]) -> FloatArray:
    level = np.nan_to_num(last_seen(history.occupancy))
    return np.maximum(persisting_quantiles(level, horizon, levels), 0.0)


def _features(history: OccupancyHistory) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(place, day, feature) in units of (place, day) scale; and (place, day) level, filled."""
    level = np.nan_to_num(last_seen(history.occupancy))
    week = mean_of_last(level, _WEEK)
    came = None if history.admissions is None else _sum_of_week(history.admissions)
    scale = np.sqrt(week + (0.5 * came if came is not None else 0.0) + 1.0)
    columns = [
        level - values_before(level, 3),
        level - values_before(level, _WEEK),
        values_before(level, _WEEK) - values_before(level, 2 * _WEEK),
        level * _growth_of_all(_sum_of_week(level)),
        level,
    ]
    for counts in (history.admissions, history.hospital_admissions):
        if counts is not None:
            sums = _sum_of_week(counts)
            columns += [sums, sums - values_before(sums, _WEEK), level * _growth_of_all(sums)]
    if history.hospital_occupancy is not None:
        wide = np.nan_to_num(last_seen(history.hospital_occupancy))
        columns += [wide - values_before(wide, 3), wide - values_before(wide, _WEEK)]
    return np.stack(columns, axis=-1) / scale[..., None], scale, level


def _sum_of_week(counts: FloatArray) -> FloatArray:
    """Sum of the last 7 days, missing days as the others of the week."""
    known = np.isfinite(counts)
    filled = np.where(known, counts, 0.0)
    total, number = (
        np.cumsum(np.pad(each.astype(np.float64), ((0, 0), (_WEEK, 0))), axis=1)
        for each in (filled, known)
    )
    total, number = (each[:, _WEEK:] - each[:, :-_WEEK] for each in (total, number))
    days = np.minimum(np.arange(1, counts.shape[1] + 1), _WEEK)
    return np.asarray(np.where(number > 0, total * days / np.maximum(number, 1), 0.0))


def _growth_of_all(sums: FloatArray) -> FloatArray:
    """(1, day): log of the sum over places against that of a week ago."""
    total = sums.sum(axis=0, keepdims=True)
    growth = np.log((total + 1.0) / (values_before(total, _WEEK) + 1.0))
    return np.asarray(np.clip(growth, -_LARGEST_GROWTH, _LARGEST_GROWTH))
