"""Demand for a product that follows the patients forecast: fitted on one product at all sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, FloatArray, PathArray
from vigie.supply.censored_use import expected_above, ran_out
from vigie.supply.doses import Doses, expected_use, fit_doses
from vigie.supply.lumps import is_lumpy
from vigie.supply.use_ratio import UseRatio, follow_ratio
from vigie.supply.use_spread import (
    PRIOR_INVERSE_SIZE,
    DayChance,
    RatioSpread,
    day_chance,
    ratio_spread,
)

__all__ = [
    "PATIENT_STOCK_MODEL",
    "TREND_DAYS",
    "PatientUse",
    "UseFit",
    "fit_patient_use",
    "mean_paths",
    "trend",
]

PATIENT_STOCK_MODEL = "vigie-patient-stock"
"""Name of the model of places whose use follows their patients, in tables and releases."""

TREND_DAYS = 10.0
"""Days that a change of the shared ratio goes on, added up: its slope fades by exp(-t / 10)."""

_ROUNDS = 2
_LARGEST_TIMES_MEAN = 3.0
"""A day above this multiple of what was expected is a burst: it does not move the ratio."""


@dataclass(frozen=True, slots=True, eq=False)
class PatientUse:
    """What is known of one product and of the patients it serves.

    Attributes:
        use: (place, time), units used per day, NaN where missing.
        stock: (place, time), units left at the end of the day, NaN where missing; None: unknown.
        occupancy: (place, ward, time), patients in bed, NaN where missing.
        prior: (ward,), units per patient-day of the table of doses; None: there is none.
    """

    use: FloatArray
    stock: FloatArray | None
    occupancy: FloatArray
    prior: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class UseFit:
    """One product fitted.

    Attributes:
        doses: shared by all sites.
        usual: (place,), patients usually in the house.
        ratio: use against doses, by day.
        demand: (place, time), use with days that ran out replaced by what was probably asked
            for; NaN where unknown.
        expected: (place, time), units that doses expect, before habit and drift.
        chance: spread of a day and bursts.
        spread: how far the ratio wanders from what was foreseen.
        is_lumpy: (place,), whether use comes in lumps there.
    """

    doses: Doses
    usual: FloatArray
    ratio: UseRatio
    demand: FloatArray
    expected: FloatArray
    chance: DayChance
    spread: RatioSpread
    is_lumpy: BoolArray


def fit_patient_use(known: PatientUse) -> UseFit:
    """Doses, habits, drift and chance of one product, all sites together.

    Args:
        known: use, stock and patients up to today; no place without any occupancy.

    Source: docs/models/patient-demand.md.
    """
    occupancy = _filled(known.occupancy)
    usual = np.maximum(occupancy.sum(axis=1).mean(axis=1), 1.0)
    is_bound = ran_out(known.use, known.stock)
    demand = np.where(is_bound, np.nan, known.use)
    lumpy = is_lumpy(demand)
    scale = np.ones(known.use.shape)
    inverse_size = PRIOR_INVERSE_SIZE
    for _ in range(_ROUNDS):
        doses = fit_doses(demand, occupancy, usual, scale, known.prior)
        expected = expected_use(doses, occupancy, usual)
        calm = _calmed(demand, expected * scale, lumpy)
        ratio = follow_ratio(calm, expected, inverse_size)
        scale = np.maximum(ratio.level, 1e-6)
        mean = expected * scale
        demand = _completed(known.use, is_bound, mean, inverse_size)
        chance = day_chance(np.where(is_bound, np.nan, known.use), mean, lumpy)
        inverse_size = chance.inverse_size
    spread = ratio_spread(demand, expected, ratio, chance, trend)
    return UseFit(doses, usual, ratio, demand, expected, chance, spread, lumpy)


def _filled(occupancy: FloatArray) -> FloatArray:
    """Occupancy with gaps as the last value seen, and the first one before it; 0 in wards unseen.

    A ward that a site never reports is a ward that it does not have.
    """
    known = np.isfinite(occupancy)
    at = np.where(known, np.arange(occupancy.shape[2]), -1)
    last = np.maximum.accumulate(at, axis=2)
    first = known.argmax(axis=2)[:, :, None]
    index = np.where(last < 0, first, last)
    return np.nan_to_num(np.take_along_axis(occupancy, index, axis=2))


def _calmed(demand: FloatArray, mean: FloatArray, lumpy: BoolArray) -> FloatArray:
    """Demand with bursts cut down to what was expected; lumps and small means stay as they are."""
    with np.errstate(invalid="ignore"):
        is_burst = (demand > _LARGEST_TIMES_MEAN * mean) & (demand > mean + 6 * np.sqrt(mean + 1))
    return np.where(is_burst & ~lumpy[:, None], mean, demand)


def _completed(
    use: FloatArray, is_bound: BoolArray, mean: FloatArray, inverse_size: float
) -> FloatArray:
    out = use.copy()
    out[is_bound] = expected_above(use[is_bound], mean[is_bound], inverse_size)
    return out


def trend(slope: FloatArray, days: FloatArray) -> FloatArray:
    """Change of log(shared ratio) after so many days: the slope of today, fading."""
    return np.asarray(slope * TREND_DAYS * (1 - np.exp(-days / TREND_DAYS)))


def mean_paths(
    fit: UseFit, patients: PathArray, drift: PathArray, *, first_phase: int
) -> PathArray:
    """Expected units on every future day, slow and obvious; the kernel draws around the same.

    Args:
        fit: of the product.
        patients: (place, ward, day, sample), patients in bed.
        drift: (place, day, sample), log of the ratio against today's.
        first_phase: phase of the first future day, 0..6.

    Returns:
        (place, day, sample), units per day.

    Source: docs/models/patient-demand.md, equation 8.
    """
    days = np.arange(patients.shape[2]) + first_phase
    inside = np.einsum("pwts,w->pts", patients, fit.doses.per_patient_day)
    whole = inside + (fit.usual[:, None] * fit.doses.background[days % 7])[:, :, None]
    return np.asarray(whole * fit.ratio.level[:, -1, None, None] * np.exp(drift))
