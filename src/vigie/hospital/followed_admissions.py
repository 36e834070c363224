"""How many patients of an epidemic come to a ward kind, and when, told from the past of both.

An epidemic is counted at the door of the hospital, beds are counted by ward: who is admitted goes
to a general ward at once, to intensive care some days later, to maternity hardly ever.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import poisson

from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = [
    "FEWEST_FOLLOWED_DAYS",
    "delayed",
    "delayed_and_staying",
    "follow_entries",
    "follow_patients",
]

FEWEST_FOLLOWED_DAYS = 42
"""Days on which both are known, below which nothing is told."""

_DAYS = 112
_LAGS = 42
_DELAYS = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0)
_STAYS = (1.5, 3.0, 5.0, 7.0, 10.0, 14.0, 20.0)
_AROUND_DAYS = 7
_LEAST_SIGNAL_OF_DAYS = 3.0
_LEAST_SIGNAL = 4.0
"""Slope over its standard error; of levels twice as much as usual, because days are alike."""
_MOST_PER_ADMISSION = 1.5
_NEEDED = 0.9


def delayed(mean_days: float) -> FloatArray:
    """(lag,), chances that a patient comes to a ward so many days after admission: Poisson."""
    return np.asarray(poisson.pmf(np.arange(_LAGS), mean_days), dtype=np.float64)


def delayed_and_staying(mean_days: float, mean_stay_days: float) -> FloatArray:
    """(lag,), chances that a patient lies in a ward so many days after admission.

    Stays are geometric, counted on the day of entry and on each later one with the same chance.
    """
    stays = np.power(max(0.0, 1.0 - 1.0 / mean_stay_days), np.arange(_LAGS))
    first = min(1.0, mean_stay_days)
    return np.asarray(first * np.convolve(delayed(mean_days), stays)[:_LAGS])


def follow_entries(admissions: FloatArray, entries: FloatArray, weekdays: IntArray) -> FloatArray:
    """Entries that one admission of the epidemic brings to each ward kind, by days after it.

    Read from days on which more are admitted than on the days around: in a wave hospitals put off
    treatment and people stay away, so that entries over weeks may even fall as admissions rise. A
    ward kind that does not clearly follow has 0.

    Args:
        admissions: (area, day); NaN where not known.
        entries: (area, ward, day), to all wards of a kind in the area; NaN likewise.
        weekdays: (day,), 0 = Monday.

    Returns:
        (ward, lag), entries per admission, >= 0; all 0 with fewer than 42 days known.

    Source: docs/models/scenarios.md, equation 10.
    """
    kernels = np.stack([delayed(each) for each in _DELAYS])
    found = np.zeros((entries.shape[1], _LAGS))
    for ward in range(entries.shape[1]):
        told = [
            _of_area(admissions[area], entries[area, ward], weekdays, kernels)
            for area in range(len(entries))
        ]
        parts = [each for each in told if each is not None]
        if not parts:
            continue
        power = np.sum([each[0] for each in parts], axis=0)
        along = np.sum([each[1] for each in parts], axis=0)
        best = int(np.argmax(along / np.sqrt(power)))
        # Series are scaled to a variance of 1: the standard error of the slope is this.
        slope, spread = along[best] / power[best], 1 / np.sqrt(power[best])
        if slope > _LEAST_SIGNAL_OF_DAYS * spread:
            found[ward] = min(slope, _MOST_PER_ADMISSION) * kernels[best]
    return found


def _of_area(
    admissions: FloatArray, entries: FloatArray, weekdays: IntArray, kernels: FloatArray
) -> tuple[FloatArray, FloatArray] | None:
    """(kernel,) sums of squares and products, of a response of variance 1; None: none varies."""
    effects, at = _explained_by(admissions, entries, kernels)
    if len(at) < FEWEST_FOLLOWED_DAYS:
        return None
    y = _against_days_around(entries[None, at], weekdays[at])[0]
    x = _against_days_around(effects[:, at], weekdays[at])
    power = (x * x).sum(axis=1)
    variance = (y * y).mean()
    if variance <= 0 or (power <= 1e-9).any():
        return None
    return power / variance, (x @ y) / variance


def follow_patients(admissions: FloatArray, patients: FloatArray, weekdays: IntArray) -> FloatArray:
    """Patients in bed that one admission of the epidemic leads to, by days after it.

    Where entries are not known: the last 112 days of all patients of a ward kind, explained by
    its weekdays and the admissions of the days before. What else rises or falls with the epidemic
    is in it.

    Args:
        admissions: (day,), to all places; NaN where not known.
        patients: (ward, day), in all wards of a kind; NaN likewise.
        weekdays: (day,), 0 = Monday.

    Returns:
        (ward, lag), patients per admission, >= 0; 0 for a ward kind that does not clearly follow.

    Source: docs/models/scenarios.md, equation 10.
    """
    pairs = [(delay, stay) for delay in _DELAYS for stay in _STAYS]
    kernels = np.stack([delayed_and_staying(*each) for each in pairs])
    found = np.zeros((len(patients), _LAGS))
    for ward, series in enumerate(patients):
        effects, at = _explained_by(admissions, series, kernels)
        if len(at) < FEWEST_FOLLOWED_DAYS:
            continue
        y = _without_weekdays(series[None, at], weekdays[at])[0]
        x = _without_weekdays(effects[:, at], weekdays[at])
        power = np.maximum((x * x).sum(axis=1), 1e-12)
        slope = np.minimum((x @ y) / power, _MOST_PER_ADMISSION)
        left = ((y - slope[:, None] * x) ** 2).sum(axis=1)
        best = int(np.argmin(np.where(slope > 0, left, np.inf)))
        spread = np.sqrt(left[best] / max(len(y) - 9, 1) / power[best])
        if slope[best] > _LEAST_SIGNAL * spread:
            found[ward] = slope[best] * kernels[best]
    return found


def _explained_by(
    admissions: FloatArray, series: FloatArray, kernels: FloatArray
) -> tuple[FloatArray, IntArray]:
    """(kernel, day), what admissions bring by each kernel, and the last days on which all is known.

    A lag that reaches before the history or into a gap would read as no admission at all.
    """
    days = len(admissions)
    known = np.isfinite(admissions)
    mass = np.cumsum(kernels, axis=1) / kernels.sum(axis=1, keepdims=True)
    needed = int((mass >= _NEEDED).argmax(axis=1).max()) + 1
    is_whole = np.convolve(known, np.ones(needed))[:days] >= needed
    usable: BoolArray = np.asarray(is_whole & np.isfinite(series))
    whole = np.where(known, admissions, 0.0)
    effects = np.stack([np.convolve(whole, each)[:days] for each in kernels])
    return effects, np.flatnonzero(usable)[-_DAYS:]


def _against_days_around(values: FloatArray, weekdays: IntArray) -> FloatArray:
    """Less the mean of the fortnight around each day, and what then is usual of its weekday."""
    ones = np.ones(2 * _AROUND_DAYS + 1)
    count = np.convolve(np.ones(values.shape[1]), ones, mode="same")
    around = np.stack([np.convolve(each, ones, mode="same") for each in values]) / count
    return _without_weekdays(values - around, weekdays)


def _without_weekdays(values: FloatArray, weekdays: IntArray) -> FloatArray:
    """Less the mean of each weekday."""
    out = np.array(values, dtype=np.float64)
    for weekday in np.unique(weekdays):
        here = weekdays == weekday
        out[:, here] -= out[:, here].mean(axis=1, keepdims=True)
    return out
