"""Invented regions that lend machines, staff and beds, by kind and seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import gammainc

from vigie.hospital.stays import OnwardStays, StayLaw
from vigie.paths import FloatArray, IntArray, PathArray
from vigie.planning import Lanes, Lending, loan_echo

__all__ = [
    "DAYS",
    "KINDS",
    "SITES",
    "geometric",
    "lending_halves",
    "lending_of",
    "other_futures",
    "stay_law",
]

SITES, DAYS, NEAREST = 100, 14, 8
KINDS = ("equipment", "staff", "patients")
_WARDS = ("general", "icu")
_MEAN_STAY = np.array([6.0, 9.0])
_INTENSIVE_SHARE, _NIGHTS = 0.08, 180


def lending_of(kind: str, seed: int, samples: int, sites: int = SITES) -> Lending:
    """One kind of help at sites in a square of 150 km; a quarter is nearly full, the rest is not.

    Need drifts for all sites and for each, in steps of a day that stay; patients come at the rate
    that keeps their wards as full as the drift says.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    categories = _WARDS if kind == "patients" else ("one", "other")
    size, trend = _sizes(rng, sites)
    mean = _means(rng, size, trend, samples)
    need = rng.poisson(mean).astype(np.float32)
    full = rng.choice([0.95, 1.1, 1.25, 1.6], (sites, 1), p=[0.15, 0.25, 0.3, 0.3])
    own = np.round(size * full)
    echo = loan_echo(2, 7 if kind == "equipment" else 3, DAYS)
    weights = np.ones(2)
    admissions: PathArray | None = None
    courses: IntArray | None = None
    if kind == "patients":
        # Who takes patients of general wards must have room for those who go on to intensive care.
        own[:, 1] = np.round(size[:, 1] * np.maximum(full[:, 0], 1.8))
        law, weights = stay_law(), np.array([1.0, 5.0])
        echo, courses = law.presence(DAYS), law.courses(DAYS, 4096, np.random.default_rng(seed))
        admissions = _admissions(rng, mean)
    names = tuple(f"S{at:03d}" for at in range(sites))
    return Lending(
        kind, "units", names, categories, own, need, echo, _lanes(rng, sites), weights, admissions,
        courses,
    )  # fmt: skip


def lending_halves(lending: Lending, first: int) -> tuple[Lending, Lending]:
    """The same on its first futures, and on the others."""
    halves = []
    for part in (slice(first), slice(first, None)):
        need = np.ascontiguousarray(lending.need[..., part])
        came = lending.admissions
        if came is not None:
            came = np.ascontiguousarray(came[..., part])
        halves.append(replace(lending, need=need, admissions=came))
    return halves[0], halves[1]


def other_futures(lending: Lending, seed: int, samples: int, number: int) -> Lending:
    """The same sites and patients in other futures.

    Args:
        lending: patients, as ``lending_of`` gives them for the seed.
        seed: of the region.
        samples: futures.
        number: another one, other futures.
    """
    kind = KINDS.index("patients")
    size, trend = _sizes(np.random.default_rng([seed, kind]), len(lending.places))
    rng = np.random.default_rng([seed, kind, number])
    mean = _means(rng, size, trend, samples)
    need = rng.poisson(mean).astype(np.float32)
    return replace(lending, need=need, admissions=_admissions(rng, mean))


def _sizes(rng: np.random.Generator, sites: int) -> tuple[FloatArray, FloatArray]:
    """Size of each ward of a site, and how its need drifts in all futures, (site, day, 1)."""
    size = np.exp(rng.normal(0, 0.5, (sites, 1))) * np.array([40.0, 10.0])
    return size, rng.normal(0, 0.012, (sites, 1, 1)) * np.arange(1, DAYS + 1)[:, None]


def _means(
    rng: np.random.Generator, size: FloatArray, trend: FloatArray, samples: int
) -> FloatArray:
    """(site, ward, day, sample), need expected in each future."""
    common = np.cumsum(rng.normal(0, 0.02, (DAYS, samples)), axis=0)
    local = np.cumsum(rng.normal(0, 0.02, (len(size), DAYS, samples)), axis=1)
    return np.asarray(size[:, :, None, None] * np.exp(trend + common + local)[:, None])


def _admissions(rng: np.random.Generator, mean: FloatArray) -> PathArray:
    came = rng.poisson(mean / _MEAN_STAY[:, None, None]).astype(np.float32)
    return came * stay_law().new_share[:, None, None].astype(np.float32)


def stay_law() -> OnwardStays:
    """Of those admitted to general wards 8 in 100 go on to intensive care, and most come back."""
    nights = np.arange(_NIGHTS)
    to_icu = np.exp(-nights / 2.0)
    leaving = np.zeros((2, 3, _NIGHTS))
    leaving[0, 1] = _INTENSIVE_SHARE * to_icu / to_icu.sum()
    leaving[0, 2] = (1 - _INTENSIVE_SHARE) * _gamma(1.5, 6.3)
    leaving[1, 0], leaving[1, 2] = 0.6 * _gamma(1.2, 9.0), 0.4 * _gamma(1.2, 9.0)
    there = np.maximum(1 - np.cumsum(leaving.sum(axis=1), axis=-1) + leaving.sum(axis=1), 1e-300)
    hazards = leaving / there[:, None]
    hazards[..., -1] /= hazards[..., -1].sum(axis=1, keepdims=True)
    # Entries to intensive care hold those who came from general wards of the same site.
    return OnwardStays(StayLaw(hazards[None]), np.array([0.9, 0.5]))


def _gamma(shape: float, mean: float) -> FloatArray:
    """(night,): chance of a stay of so many nights."""
    upto = gammainc(shape, np.arange(_NIGHTS + 1) * shape / mean)
    return np.asarray(np.diff(upto) / upto[-1])


def geometric(lending: Lending) -> Lending:
    """What totals tell of the same patients: geometric stays of the same means, nobody followed."""
    mean = stay_law().mean_days
    stays = (1 - 1 / mean)[:, None] ** np.arange(DAYS)
    return replace(lending, echo=np.eye(2)[:, :, None] * stays, courses=None)


def _lanes(rng: np.random.Generator, sites: int) -> Lanes:
    at = rng.uniform(0, 150, (sites, 2))
    km = 1.3 * np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=-1))
    np.fill_diagonal(km, np.inf)
    km = np.where(np.argsort(np.argsort(km, axis=1), axis=1) < NEAREST, km, np.inf)
    return Lanes(km, np.where(np.isfinite(km), np.where(km < 60, 1.0, 2.0), np.inf))
