"""Stays of each ward where entries and patients in bed are reported by day."""

from __future__ import annotations

import numpy as np

from vigie.hospital.stays.aggregates import AggregateRules, fit_stays_from_totals
from vigie.hospital.stays.law import StayLaw
from vigie.paths import FloatArray

__all__ = ["law_with_means", "stays_of_kinds", "ward_means"]

_RULES = AggregateRules(
    shortest_mean_days=0.7,
    longest_mean_days=30.0,
    points=12,
    variations=(0.8, 1.0),
    noises=(0.2, 1.0),
    longest_days=56,
)
"""Coarser than usual: only the shape is read, and a run fits it for every past origin."""

_MEAN_DAYS = 84
_USUAL_ENTRIES = 100.0
_SHORTEST_MEAN_DAYS = 0.05
_ROUNDS = 24


def stays_of_kinds(entries: FloatArray, census: FloatArray) -> StayLaw:
    """One law for each ward kind, from the totals over its wards.

    Args:
        entries: (kind, day), who came to all wards of a kind; NaN where missing.
        census: (kind, day), patients at the end of the same days; NaN where missing.

    Returns:
        A law of one set and one way of leaving.

    Raises:
        ValueError: no kind has entries between two censuses.
    """
    return fit_stays_from_totals(entries[:, 1:], census, _RULES).law


def ward_means(entries: FloatArray, census: FloatArray) -> FloatArray:
    """Mean nights of a stay: patients in bed over patients who come a day.

    Each ward is drawn to its kind as if 100 more patients had come that stayed as long as those
    of the kind.

    Args:
        entries: (place, ward, day), NaN where missing; the last 84 days are read.
        census: same shape, patients at the end of the day.

    Returns:
        (place, ward), above 0; 1 for a kind to which nobody came.

    Source: docs/models/bed-flow.md, equation 9.
    """
    both = np.isfinite(entries) & np.isfinite(census)
    both[..., :-_MEAN_DAYS] = False
    came = np.where(both, entries, 0.0).sum(axis=-1)
    nights = np.where(both, census, 0.0).sum(axis=-1)
    of_kind = came.sum(axis=0)
    usual = np.where(of_kind > 0, nights.sum(axis=0) / np.where(of_kind > 0, of_kind, 1.0), 1.0)
    means = (nights + _USUAL_ENTRIES * usual) / (came + _USUAL_ENTRIES)
    return np.asarray(np.maximum(means, _SHORTEST_MEAN_DAYS))


def law_with_means(law: StayLaw, means: FloatArray) -> StayLaw:
    """Laws with the shape of their kinds and given mean stays.

    Each night is survived with the chance of the kind's law to a power that meets the mean.

    Args:
        law: of the kinds; all ways of leaving are taken together.
        means: (place, ward), mean nights; wards are the units of the law.

    Returns:
        A law of one set, whose units are the wards of all places, place by place.

    Raises:
        ValueError: wards and units differ in number.

    Source: docs/models/bed-flow.md, equation 9.
    """
    places, wards = means.shape
    if law.hazards.shape[1] != wards:
        raise ValueError(f"means of {wards} wards for a law of {law.hazards.shape[1]}")
    leaving = np.minimum(law.mean_law().hazards[0].sum(axis=1), 1 - 1e-12)
    stays = np.log1p(-leaving[:, :-1])
    # A law that keeps everybody on some night cannot be stretched there by a power alone.
    stays = np.minimum(stays, -1e-9)
    target = np.log(np.maximum(means, _SHORTEST_MEAN_DAYS))
    low, high = np.full(means.shape, np.log(0.02)), np.full(means.shape, np.log(50.0))
    for _ in range(_ROUNDS):
        power = (low + high) / 2
        survival = np.exp(np.cumsum(stays * np.exp(power)[..., None], axis=-1))
        is_long = np.log(np.maximum(survival.sum(axis=-1), 1e-300)) > target
        low, high = np.where(is_long, power, low), np.where(is_long, high, power)
    hazards = -np.expm1(stays * np.exp((low + high) / 2)[..., None])
    ends = np.ones((places, wards, 1))
    return StayLaw(np.concatenate([hazards, ends], axis=-1).reshape(1, places * wards, 1, -1))
