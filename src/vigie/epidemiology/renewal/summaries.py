"""What people ask of the draws: growth, doubling time, whether the peak is behind us."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.renewal.result import RenewalResult
from vigie.paths import FloatArray, IntArray, PathArray

__all__ = ["Peak", "doubling_days", "growth_rate", "peak"]

_RATES = np.linspace(-1.5, 1.5, 3001)
_RECENT_DAYS = 28


def growth_rate(result: RenewalResult) -> PathArray:
    """Growth of infections per day that the reproduction number stands for.

    Solves 1/R = sum_s w_s exp(-r s): the rate at which infections would grow if R stayed. Unlike
    the ratio of two days it is finite when an epidemic dies out.

    Args:
        result: of ``fit_renewal``.

    Returns:
        (place, P + H, sample), between -1.5 and 1.5; NaN before a place's first day.

    Source: Wallinga and Lipsitch, Proceedings of the Royal Society B 274 (2007) 599, equation 2.7.
    """
    generations = result.grid.generations[:, ::-1]
    distinct, which = np.unique(generations, axis=0, return_inverse=True)
    lags = np.arange(1, distinct.shape[1] + 1)
    numbers = 1.0 / (np.exp(-_RATES[:, None] * lags) @ distinct.T)
    r = result.reproduction_number
    out = np.empty_like(r)
    for law in range(len(distinct)):
        rate = np.interp(r, numbers[:, law], _RATES).astype(np.float32)
        chosen = (which.reshape(-1)[result.point] == law)[:, None]
        np.copyto(out, rate, where=chosen)
    return out


def doubling_days(rate: FloatArray | PathArray) -> FloatArray:
    """Days in which infections double; negative: in which they halve; infinite: neither.

    Args:
        rate: any shape, growth per day.
    """
    values = np.asarray(rate, dtype=float)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(2.0) / np.where(values == 0, 0.0, values))


@dataclass(frozen=True, slots=True, eq=False)
class Peak:
    """The largest expected admissions of the last 28 days and the days ahead.

    Attributes:
        passed_probability: (place,), share of draws in which it lies on a past day.
        day: (place, sample), days after the last day of the counts; 0 or less is past.
        height: (place, sample), expected admissions per day there, without effects of the day.
    """

    passed_probability: FloatArray
    day: IntArray
    height: PathArray


def peak(result: RenewalResult) -> Peak:
    """Whether the peak is behind us, when it is, and how high.

    Args:
        result: of ``fit_renewal``, with a horizon of at least 7 days.

    Raises:
        ValueError: the horizon is shorter.
    """
    if result.horizon_days < 7:
        raise ValueError(f"peak: a horizon of {result.horizon_days} days is too short; take 7")
    recent = min(_RECENT_DAYS, result.past_days)
    window = result.expected[:, result.past_days - recent :]
    window = np.nan_to_num(window, nan=-1.0)
    at = window.argmax(axis=1)
    day = at - (recent - 1)
    height = np.take_along_axis(window, at[:, None], axis=1)[:, 0]
    return Peak((day <= 0).mean(axis=1), day, height)
