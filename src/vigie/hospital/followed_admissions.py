"""How many patients of an epidemic come to a ward kind, and when, told from the past of both.

An epidemic is counted at the door of the hospital, beds are counted by ward: who is admitted goes
to a general ward at once, to intensive care some days later, to maternity hardly ever.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import poisson

from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["FEWEST_FOLLOWED_DAYS", "delayed", "delayed_and_staying", "follow_admissions"]

FEWEST_FOLLOWED_DAYS = 42
"""Days on which both are known, below which nothing is told."""

_DAYS = 112
_LAGS = 42
_DELAYS = (0, 1, 2, 3, 4, 6, 8)
_STAYS = (1.5, 3.0, 5.0, 7.0, 10.0, 14.0, 20.0)
_LEAST_SIGNAL = 4.0
"""Slope over its standard error: twice the usual 2, because days in a row are alike."""
_MOST_PER_ADMISSION = 2.0
_NEEDED = 0.9


def delayed() -> FloatArray:
    """(delay, lag): chances that a patient comes to a ward so many days after admission."""
    days = np.arange(_LAGS)
    return np.stack([poisson.pmf(days, mean) for mean in _DELAYS])


def delayed_and_staying() -> FloatArray:
    """(delay and stay, lag): chances that a patient lies in a ward so many days after admission.

    Stays are geometric, counted on the day of entry and on each later one with the same chance.
    """
    days = np.arange(_LAGS)
    stays = [np.power(1 - 1 / mean, days) for mean in _STAYS]
    return np.stack([np.convolve(each, stay)[:_LAGS] for each in delayed() for stay in stays])


def follow_admissions(
    admissions: FloatArray, followed: FloatArray, weekdays: IntArray, kernels: FloatArray
) -> FloatArray:
    """What one admission of the epidemic brings to each ward kind, by days after it.

    The last 112 days of a ward kind are explained by its weekdays and by the admissions of the
    days before, with the kernel that explains most. A ward kind that does not clearly rise with
    the epidemic has 0.

    Args:
        admissions: (day,), to all places; NaN where not known.
        followed: (ward, day), entries to all wards of a kind, or patients in them; NaN likewise.
        weekdays: (day,), 0 = Monday.
        kernels: (kernel, lag), of ``delayed`` for entries, ``delayed_and_staying`` for patients.

    Returns:
        (ward, lag), entries or patients per admission, >= 0; all 0 with fewer than 42 days known.

    Source: docs/models/scenarios.md, equation 10.
    """
    lags = _needed_lags(kernels)
    found = np.zeros((len(followed), kernels.shape[1]))
    known = np.isfinite(admissions)
    whole = np.where(known, admissions, 0.0)
    days = len(whole)
    effects = np.stack([np.convolve(whole, each)[:days] for each in kernels])
    # A lag that reaches before the history or a gap would read as no admission at all.
    is_whole = np.convolve(known, np.ones(lags))[:days] >= lags
    for ward, series in enumerate(followed):
        usable: BoolArray = np.asarray(is_whole & np.isfinite(series))
        at = np.flatnonzero(usable)[-_DAYS:]
        if len(at) >= FEWEST_FOLLOWED_DAYS:
            found[ward] = _best(series[at], effects[:, at], weekdays[at], kernels)
    return found


def _needed_lags(kernels: FloatArray) -> int:
    """Days back on which nine tenths of every kernel lie."""
    mass = np.cumsum(kernels, axis=1) / kernels.sum(axis=1, keepdims=True)
    return int((mass >= _NEEDED).argmax(axis=1).max()) + 1


def _best(
    series: FloatArray, effects: FloatArray, weekdays: IntArray, kernels: FloatArray
) -> FloatArray:
    """(lag,), the kernel that explains most, times its slope."""
    y = _without_weekdays(series[None], weekdays)[0]
    x = _without_weekdays(effects, weekdays)
    power = np.maximum((x * x).sum(axis=1), 1e-12)
    slope = np.minimum((x @ y) / power, _MOST_PER_ADMISSION)
    left = ((y - slope[:, None] * x) ** 2).sum(axis=1)
    best = int(np.argmin(np.where(slope > 0, left, np.inf)))
    spread = np.sqrt(left[best] / max(len(y) - 9, 1) / power[best])
    if not slope[best] > _LEAST_SIGNAL * spread:
        return np.zeros(kernels.shape[1])
    return np.asarray(slope[best] * kernels[best])


def _without_weekdays(values: FloatArray, weekdays: IntArray) -> FloatArray:
    """Less the mean of each weekday."""
    out = np.array(values, dtype=np.float64)
    for weekday in np.unique(weekdays):
        here = weekdays == weekday
        out[:, here] -= out[:, here].mean(axis=1, keepdims=True)
    return out
