"""One horizon of the pooled daily model: fits as any past day could make them, and their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.pooled.error_bank import ErrorBank, error_bank
from vigie.epidemiology.pooled.features import RECENT_DAYS, DailyFeatures
from vigie.paths import FloatArray, IntArray, fit_median

__all__ = ["Learnt", "PastForecasts", "Regression", "centre", "days_needed"]

_HALF_LIFE_DAYS = 180.0
_BANK_DAYS = 365
_REFIT_DAYS = 14
_FEWEST_LEARNT_DAYS = 7
_FEWEST_BANK_DAYS = 7
_FEWEST_ROWS = 40
_RIDGE = 1e-3


def days_needed(horizon: int) -> int:
    """Days of history below which no past forecast could be made, scored and learnt from."""
    return RECENT_DAYS + _FEWEST_LEARNT_DAYS + _FEWEST_BANK_DAYS + 2 * horizon


def centre(
    features: DailyFeatures,
    times: IntArray,
    days: int,
    fit: FloatArray,
    moves: FloatArray | None = None,
) -> FloatArray:
    """The middle of the forecasts that some days make.

    Args:
        features: of all days.
        times: (chosen,), indices of the days that forecast.
        days: ahead.
        fit: (feature,).
        moves: the moves so many days ahead, where they are at hand; None: they are made.

    Returns:
        (series, chosen), counts, >= 0; NaN before the first report of a series.

    Source: docs/models/pooled-daily.md, equation 5.
    """
    if moves is None:
        moves = features.moves_ahead(days)
    at = features.level[:, times] + moves[:, times] @ fit
    return np.asarray(np.maximum(at, 0.0) * features.factor_ahead(times, days))


@dataclass(frozen=True, slots=True, eq=False)
class PastForecasts:
    """Forecasts that past days would have made, each by a fit made on that day or before.

    Attributes:
        centre: (forecast,), counts.
        truth: (forecast,), what was counted.
        age_days: (forecast,), days from the truth to the last day.
        series: (forecast,), which series.
    """

    centre: FloatArray
    truth: FloatArray
    age_days: IntArray
    series: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What one horizon learnt: coefficients of the last day and the bank of past errors."""

    fit: FloatArray
    bank: ErrorBank


class Regression:
    """The regression of one horizon on the features of all days and series."""

    def __init__(self, features: DailyFeatures, days: int) -> None:
        times = np.arange(features.counts.shape[1] - days)
        truth = features.counts[:, days:]
        factor = features.factor_ahead(times, days)
        level, scale = features.level[:, : len(times)], features.scale[:, : len(times)]
        self._features, self._days, self._truth = features, days, truth
        self._is_known = features.is_usable[:, : len(times)] & np.isfinite(truth)
        self._target = (truth / factor - level) / scale
        self._moves_ahead = features.moves_ahead(days)
        self._moves = self._moves_ahead[:, : len(times)] / scale[..., None]
        # Errors are counted in patients, so series with more of them weigh more.
        self._weight = factor * scale

    def learn(self, levels: Sequence[float]) -> Learnt | None:
        """Fit and bank as of the last day; None where there is too little to learn from."""
        fit = self.fit(self._features.counts.shape[1] - 1)
        past = self.past_forecasts()
        if fit is None or past is None:
            return None
        return Learnt(fit, error_bank(past.centre, past.truth, past.age_days, levels))

    def fit(self, now: int) -> FloatArray | None:
        """Coefficients from what was known on a day.

        Args:
            now: index of the day.

        Returns:
            (feature,); None with fewer than 40 rows.
        """
        last = now - self._days
        rows = self._is_known[:, : last + 1]
        if rows.sum() < _FEWEST_ROWS:
            return None
        age = (last - np.arange(last + 1)) / _HALF_LIFE_DAYS
        weight = self._weight[:, : last + 1] * 0.5**age
        return fit_median(
            self._moves[:, : last + 1][rows],
            self._target[:, : last + 1][rows],
            weight[rows],
            ridge=_RIDGE,
        )

    def past_forecasts(self) -> PastForecasts | None:
        """The forecasts of the last year, fitted anew every 14 days; None without any."""
        end = self._truth.shape[1]
        first = max(RECENT_DAYS + _FEWEST_LEARNT_DAYS - 1 + self._days, end - _BANK_DAYS)
        centres, truths, ages, series = [], [], [], []
        for start in range(end - _REFIT_DAYS, first - _REFIT_DAYS, -_REFIT_DAYS):
            times = np.arange(max(start, first, 0), start + _REFIT_DAYS)
            known = self._is_known[:, times]
            fit = self.fit(int(times[0])) if known.any() else None
            if fit is None:
                continue
            middle = centre(self._features, times, self._days, fit, self._moves_ahead)
            centres.append(middle[known])
            truths.append(self._truth[:, times][known])
            ages.append(np.broadcast_to(end - 1 - times, known.shape)[known])
            series.append(np.broadcast_to(np.arange(len(known))[:, None], known.shape)[known])
        if not centres:
            return None
        joined = (np.concatenate(each) for each in (centres, truths, ages, series))
        return PastForecasts(*joined)
