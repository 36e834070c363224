"""Monthly counts of many series: two lines of arithmetic, a pooled regression, their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.flat_fallback import increasing_steps, joint_as_flat, or_flat
from vigie.epidemiology.pooled import ErrorBank, error_bank, error_scale
from vigie.paths import (
    QUANTILE_LEVELS,
    BoolArray,
    FloatArray,
    JointDraws,
    PathArray,
    fit_median,
    last_seen,
)

__all__ = ["MONTHLY_MODEL", "monthly_paths", "monthly_quantiles", "months_needed"]

MONTHLY_MODEL = "vigie-pooled-monthly"
"""Name of the model in tables, scores and releases."""

_YEAR = 12
_FIRST = 2 * _YEAR - 1
_FEWEST_OF_TWO_YEARS = 18
_RECENT_WEIGHT = 0.4
_OWN_SEASON, _COMMON_SEASON = 0.5, 0.25
_RIDGE = 1e-2
_HALF_LIFE_MONTHS = 24.0
_MOST_RATIO = 5.0
_FEWEST_ROWS = 60
_REFIT_MONTHS = 3
_DAYS_A_MONTH = 30
_OWN_ERRORS = 8.0
_SPREADS = (0.5, 2.0)


def months_needed(horizon: int) -> int:
    """Months of history below which no past forecast could be made and scored."""
    return _FIRST + 1 + horizon


def monthly_quantiles(
    history: FloatArray,
    horizons: Sequence[int],
    draws: JointDraws,
    levels: Sequence[float] = QUANTILE_LEVELS,
) -> FloatArray:
    """Quantiles of monthly counts, learnt from all series at once.

    Args:
        history: (place, category, time), counts a month, NaN where missing; its last month is
            the origin. Negative values (corrections) are read as 0.
        horizons: in months from the last one, increasing, 1..draws.steps.
        draws: chance of the run, for what the flat baseline answers.
        levels: of the quantiles, increasing within 0..1.

    Returns:
        (place, category, horizon, level), >= 0, never NaN, never decreasing along the levels.
        Those of the flat baseline for a series with fewer than 18 reports in the last 24 months,
        and for all when the history is shorter than ``months_needed``.

    Raises:
        ValueError: horizons do not fit, or there is no time in history.

    Source: docs/models/monthly.md.
    """
    steps, times = increasing_steps(horizons), history.shape[-1]
    flat = history.reshape(-1, times)
    told = np.full((len(flat), len(steps), len(levels)), np.nan)
    if times >= months_needed(steps[-1]):
        _tell(flat, steps, levels, told)
    return or_flat(told, history, steps, draws, levels)


def monthly_paths(history: FloatArray, horizon: int, draws: JointDraws) -> PathArray:
    """Sample paths of monthly counts: these margins, joint as the flat baseline.

    Args:
        history: as for ``monthly_quantiles``.
        horizon: months ahead, 1..draws.steps.
        draws: chance of the run.

    Returns:
        (place, category, step, sample), >= 0 and never NaN.
    """
    told = monthly_quantiles(history, range(1, horizon + 1), draws)
    return joint_as_flat(told, history, draws)


def _tell(
    flat: FloatArray, horizons: Sequence[int], levels: Sequence[float], told: FloatArray
) -> None:
    """Fill the rows of told (series, horizon, level) of series that are known well enough."""
    known = np.isfinite(flat)
    counts = last_seen(np.where(known, np.maximum(flat, 0.0), np.nan))
    last = counts.shape[1] - 1
    is_usable = known[:, -2 * _YEAR :].sum(axis=1) >= _FEWEST_OF_TWO_YEARS
    is_usable &= np.isfinite(counts[:, last - _FIRST])
    if not is_usable.any():
        return
    months = {now: _month(counts[:, : now + 1]) for now in range(_FIRST, last + 1)}
    for column, ahead in enumerate(horizons):
        horizon = _Horizon(counts, known, months, ahead)
        centre = horizon.centre(last, last)
        learnt = horizon.bank(levels)
        if learnt is None:
            told[:] = np.nan
            return
        bank, own = learnt
        about = bank.quantiles(centre)
        # All series drift together: a year of it is one observation, and moves no median.
        middle = np.array([np.interp(0.5, levels, each) for each in about])
        wide = centre[:, None] + own[:, None] * (about - middle[:, None])
        told[is_usable, column] = np.maximum(wide, 0.0)[is_usable]


@dataclass(frozen=True, slots=True, eq=False)
class _Month:
    """What a month knows of each series.

    Attributes:
        year, quarter, half: (series,), means of the last 12, 3 and 6 months.
        without_season: (series,), mean of the last 3 months with the season taken out.
        own, common: (series, phase) and (phase,), seasonal ratios; phase = month modulo 12.
    """

    year: FloatArray
    quarter: FloatArray
    half: FloatArray
    without_season: FloatArray
    own: FloatArray
    common: FloatArray


def _month(counts: FloatArray) -> _Month:
    """From the counts up to a month, (series, time)."""
    times = counts.shape[1]
    years = times // _YEAR
    whole = counts[:, times - years * _YEAR :].reshape(len(counts), years, _YEAR)
    mean = whole.mean(axis=2, keepdims=True)
    ratios = np.divide(whole, mean, out=np.ones_like(whole), where=mean > 0)
    # Years before the first report are NaN and do not count.
    is_known = np.isfinite(ratios)
    own = np.where(is_known, ratios, 0.0).sum(axis=1) / np.maximum(is_known.sum(axis=1), 1)
    own = np.roll(np.where(is_known.any(axis=1), own, 1.0), times % _YEAR, axis=1)
    common = np.median(own, axis=0)
    common = common / common.mean() if common.mean() > 0 else np.ones(_YEAR)
    season = np.maximum(_season(own, common), 0.3)
    phases = (times - 3 + np.arange(3)) % _YEAR
    return _Month(
        counts[:, -_YEAR:].mean(axis=1),
        counts[:, -3:].mean(axis=1),
        counts[:, -6:].mean(axis=1),
        (counts[:, -3:] / season[:, phases]).mean(axis=1),
        own,
        common,
    )


def _season(own: FloatArray, common: FloatArray) -> FloatArray:
    return 1 + _OWN_SEASON * (own - 1) + _COMMON_SEASON * (common - 1)


class _Horizon:
    """Forecasts so many months ahead, from any month."""

    def __init__(
        self, counts: FloatArray, known: BoolArray, months: dict[int, _Month], ahead: int
    ) -> None:
        self._counts, self._known, self._months, self._ahead = counts, known, months, ahead
        self._rows = {now: self._features(now) for now in months}
        self._fits: dict[int, FloatArray | None] = {}

    def centre(self, now: int, learnt_at: int) -> FloatArray:
        """(series,): mean of both lines and the regression, as of a month.

        Args:
            now: the month that forecasts.
            learnt_at: the month whose regression is used, not after now.
        """
        month = self._months[now]
        phase = (now + self._ahead) % _YEAR
        season = _season(month.own, month.common)[:, phase]
        recent = (1 - _RECENT_WEIGHT) * month.year + _RECENT_WEIGHT * month.quarter
        parts = [recent * season, month.year * season]
        if learnt_at not in self._fits:
            self._fits[learnt_at] = self._fit(learnt_at)
        fit = self._fits[learnt_at]
        if fit is not None:
            parts.append(month.year * (1 + self._rows[now] @ fit))
        return np.asarray(np.maximum(np.nan_to_num(np.mean(parts, axis=0)), 0.0))

    def bank(self, levels: Sequence[float]) -> tuple[ErrorBank, FloatArray] | None:
        """Errors of past forecasts, and (series,) how much wider each series' own were; or none."""
        last = self._counts.shape[1] - 1
        centres, truths, ages, sizes = [], [], [], []
        own_sum, own_count = np.zeros(len(self._counts)), np.zeros(len(self._counts))
        for now in range(_FIRST, last - self._ahead + 1):
            learnt_at = max(now - (now - last) % _REFIT_MONTHS, _FIRST)
            is_known = self._known[:, now + self._ahead] & np.isfinite(
                self._counts[:, now - _FIRST]
            )
            centre = self.centre(now, learnt_at)[is_known]
            truth = self._counts[is_known, now + self._ahead]
            size = np.abs(truth - centre) / error_scale(centre)
            own_sum[is_known] += size
            own_count[is_known] += 1
            centres.append(centre)
            truths.append(truth)
            sizes.append(size)
            age = (last - self._ahead - now) * _DAYS_A_MONTH
            ages.append(np.full(len(centre), age, dtype=np.int64))
        if not any(map(len, sizes)):
            return None
        usual = float(np.concatenate(sizes).mean())
        own = (own_sum + _OWN_ERRORS * usual) / (own_count + _OWN_ERRORS)
        own = np.clip(own / usual, *_SPREADS) if usual > 0 else np.ones(len(own))
        bank = error_bank(
            np.concatenate(centres), np.concatenate(truths), np.concatenate(ages), levels
        )
        return bank, own

    def _features(self, now: int) -> FloatArray:
        """(series, feature), each as a share of the last year's mean, less 1."""
        month = self._months[now]
        year = np.where(month.year > 0, month.year, 1.0)
        phase = (now + self._ahead) % _YEAR
        before = now + self._ahead - _YEAR * -(-self._ahead // _YEAR)
        columns = [
            month.quarter / year - 1,
            month.half / year - 1,
            month.without_season / year - 1,
            self._counts[:, before] / year - 1,
            month.own[:, phase] - 1,
            np.full(len(year), month.common[phase] - 1),
            np.ones(len(year)),
        ]
        return np.stack(columns, axis=1)

    def _fit(self, now: int) -> FloatArray | None:
        """Coefficients from what was known at a month; None with fewer than 60 rows."""
        rows, targets, weights = [], [], []
        spread = np.abs(self._counts[:, _YEAR : now + 1] - self._counts[:, : now + 1 - _YEAR])
        told = np.isfinite(spread)
        scale = np.where(told, spread, 0.0).sum(axis=1) / np.maximum(told.sum(axis=1), 1)
        for past in range(_FIRST, now - self._ahead + 1):
            truth, year = self._counts[:, past + self._ahead], self._months[past].year
            features = self._rows[past]
            fine = self._known[:, past + self._ahead] & (scale > 0) & (year > 0)
            fine &= np.isfinite(features).all(axis=1)
            age = (now - self._ahead - past) / _HALF_LIFE_MONTHS
            rows.append(features[fine])
            targets.append(np.minimum(truth[fine] / year[fine] - 1, _MOST_RATIO))
            weights.append(year[fine] / scale[fine] * 0.5**age)
        if sum(map(len, rows)) < _FEWEST_ROWS:
            return None
        joined = (np.concatenate(each) for each in (rows, targets, weights))
        return fit_median(*joined, ridge=_RIDGE)
