"""Stays in the wards of the demo region, patient by patient, and the occupancy they make.

A stay begins on one day and ends on a later one; the patient is in bed at the midnights between,
so that at every midnight occupancy = occupancy of the day before + entries - exits. Patients of
the epidemic enter a general ward; some go on to high dependency or intensive care, to another
site when theirs has none, and come back. Demand is not capped: a ward may hold more patients
than its open beds (corridor beds).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from vigie.demoregion.catalogue import WARDS
from vigie.demoregion.epidemic import Epidemic, admitted
from vigie.demoregion.geography import Geography, Tier, distances_km

__all__ = [
    "Outcome",
    "Stays",
    "daily_counts",
    "elective_factor",
    "expanded",
    "midnights",
    "nearest_with",
    "occupancy_from_flows",
    "simulate_stays",
    "usual_admissions_mean",
    "usual_beds",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

GENERAL, HDU, ICU = 0, 1, 2
LONGEST_STAY = 80
USUAL_EVENNESS, USUAL_SPREAD = 40.0, 0.75
# Mean midnights and spread of the logarithm.
ON_TO_A_UNIT, ON_THE_WARD = (2.2, 0.6), (7.2, 0.65)
IN_HDU, IN_ICU, RECOVERING = (5.0, 0.6), (11.0, 0.75), (5.5, 0.6)
TO_ICU_SHARE, TO_UNIT_SHARE = 0.165, 0.30
BACK_FROM_HDU_SHARE, WORSE_SHARE, BACK_FROM_ICU_SHARE = 0.85, 0.28, 0.70
HIGH_INCIDENCE_PER_100K = 180.0


class Outcome(IntEnum):
    """How a ward stay ends."""

    DISCHARGE = 0
    TRANSFER = 1
    DEATH = 2


@dataclass(frozen=True, slots=True)
class Stays:
    """Ward stays, one element a stay; the days count from the first simulated day.

    Attributes:
        patient: number of the patient; a transferred patient has several stays.
        site: index of the site.
        ward: index in WARDS.
        from_day: day of entry.
        to_day: day of leaving, at least one later.
        outcome: an Outcome.
        is_epidemic: the patient has the epidemic disease.
        is_ventilated: a ventilator is used throughout the stay.
    """

    patient: IntArray
    site: IntArray
    ward: IntArray
    from_day: IntArray
    to_day: IntArray
    outcome: IntArray
    is_epidemic: BoolArray
    is_ventilated: BoolArray

    def where(self, chosen: BoolArray | IntArray) -> Stays:
        """The chosen stays."""
        return Stays(*(getattr(self, each.name)[chosen] for each in fields(self)))


def usual_beds(geography: Geography) -> IntArray:
    """Beds of each ward outside of a surge; 0 where a site does without such a ward.

    Returns:
        (sites, wards).
    """
    share = np.array([ward.share_of_beds for ward in WARDS])
    beds = np.round(geography.beds[:, None] * share).astype(np.int64)
    beds[beds < np.array([ward.smallest for ward in WARDS])] = 0
    local = np.array([site.tier is Tier.LOCAL for site in geography.sites])
    for ward in (HDU, ICU):
        beds[local, ward] = 0
    # A region needs one intensive care unit at least: its largest site keeps one.
    largest = [
        int(np.argmax(np.where(geography.region_of_site == region, geography.beds, -1)))
        for region in range(len(geography.regions))
    ]
    for ward in (HDU, ICU):
        beds[largest, ward] = np.maximum(beds[largest, ward], WARDS[ward].smallest)
    return np.asarray(beds, dtype=np.int64)


def elective_factor(incidence_per_100k: FloatArray) -> FloatArray:
    """Share of usual admissions that take place; operations are put off when the epidemic is high.

    Args:
        incidence_per_100k: any shape, infections per day and 100,000 people.
    """
    return 1.0 - 0.22 * np.minimum(incidence_per_100k / HIGH_INCIDENCE_PER_100K, 1.0)


def simulate_stays(
    rng: np.random.Generator,
    geography: Geography,
    epidemic: Epidemic,
    weekdays: IntArray,
    days_of_year: IntArray,
) -> Stays:
    """Simulate all ward stays.

    Args:
        rng: source of chance.
        geography: sites and distances.
        epidemic: its admissions and incidence.
        weekdays: (days,), 0 = Monday.
        days_of_year: (days,), 1 = 1 January.

    Returns:
        Stays that begin within the days given; they may end later.
    """
    beds = usual_beds(geography)
    mean = usual_admissions_mean(rng, beds, geography, epidemic, weekdays, days_of_year)
    usual = _usual_stays(rng, mean)
    ill = _epidemic_stays(rng, beds, geography, epidemic, usual.patient.size)
    ill = ill.where(ill.from_day < weekdays.size)
    return Stays(
        *(
            np.concatenate([getattr(usual, each.name), getattr(ill, each.name)])
            for each in fields(Stays)
        )
    )


def daily_counts(
    day: IntArray, site: IntArray, ward: IntArray, shape: tuple[int, int, int]
) -> IntArray:
    """How many events fall on each day, site and ward; events outside of the days are left out.

    Returns:
        shape (days, sites, wards).
    """
    within = day < shape[0]
    cell = (day[within] * shape[1] + site[within]) * shape[2] + ward[within]
    return np.bincount(cell, minlength=shape[0] * shape[1] * shape[2]).reshape(shape)


def occupancy_from_flows(entries: IntArray, exits: IntArray) -> IntArray:
    """Patients in bed at the midnight that ends each day, from an empty start.

    Args:
        entries: (days, ...), patients who enter.
        exits: same shape, patients who leave.
    """
    return np.cumsum(entries - exits, axis=0)


def usual_admissions_mean(
    rng: np.random.Generator,
    beds: IntArray,
    geography: Geography,
    epidemic: Epidemic,
    weekdays: IntArray,
    days_of_year: IntArray,
) -> FloatArray:
    """(days, sites, wards), mean admissions per day of patients without the epidemic disease."""
    weekend = np.array([ward.weekend for ward in WARDS])
    weekday_factor = np.where(weekdays[:, None] >= 5, weekend, (7.0 - 2.0 * weekend) / 5.0)
    winter = np.cos(2 * np.pi * (days_of_year - 20) / 365.25)
    season = 1.0 + np.array([ward.season for ward in WARDS]) * winter[:, None]
    put_off = elective_factor(epidemic.incidence_per_100k)[:, geography.region_of_site]
    stay_days = np.array([ward.stay_days for ward in WARDS])
    level = np.array([ward.usual_share for ward in WARDS]) * np.exp(
        rng.normal(0.0, 0.05, beds.shape)
    )
    per_day = np.minimum(beds * np.minimum(level, 0.9), _safe_mean(beds)) / stay_days
    mean = per_day * (weekday_factor * season)[:, None, :] * put_off[:, :, None]
    return np.asarray(mean, dtype=np.float64)


def _usual_stays(rng: np.random.Generator, mean: FloatArray) -> Stays:
    """Patients without the epidemic disease: one ward, no transfer."""
    stay_days = np.array([ward.stay_days for ward in WARDS])
    day, site, ward = expanded(admitted(rng, mean, USUAL_EVENNESS))
    length = midnights(rng, stay_days[ward], USUAL_SPREAD)
    critical = (ward == ICU) | (ward == HDU)
    died = rng.random(day.size) < np.where(critical, 0.09, 0.015)
    return Stays(
        patient=np.arange(day.size),
        site=site,
        ward=ward,
        from_day=day,
        to_day=day + length,
        outcome=np.where(died, Outcome.DEATH, Outcome.DISCHARGE).astype(np.int64),
        is_epidemic=np.zeros(day.size, dtype=np.bool_),
        is_ventilated=(ward == ICU) & (rng.random(day.size) < 0.48),
    )


def _safe_mean(beds: IntArray) -> FloatArray:
    """Mean occupancy m at which chance alone seldom fills the beds: m + 2.6 sqrt(m) = beds.

    A small ward must stand emptier than a large one to be full as seldom.
    """
    return np.asarray((np.sqrt(1.69 + beds) - 1.3) ** 2, dtype=np.float64)


def _epidemic_stays(
    rng: np.random.Generator,
    beds: IntArray,
    geography: Geography,
    epidemic: Epidemic,
    first_patient: int,
) -> Stays:
    """Patients of the epidemic: general ward, then for some high dependency or intensive care."""
    day, site = expanded(epidemic.admissions)
    patient = first_patient + np.arange(day.size)
    goes_on = rng.random(day.size)
    to_icu, to_hdu = goes_on < TO_ICU_SHARE, (goes_on >= TO_ICU_SHARE) & (goes_on < TO_UNIT_SHARE)
    length = np.where(
        goes_on < TO_UNIT_SHARE,
        midnights(rng, np.full(day.size, ON_TO_A_UNIT[0]), ON_TO_A_UNIT[1]),
        midnights(rng, np.full(day.size, ON_THE_WARD[0]), ON_THE_WARD[1]),
    )
    general = _stage(rng, patient, site, GENERAL, day, length, to_icu | to_hdu, death_share=0.07)
    after = general.to_day
    nearest = [nearest_with(beds, geography, ward) for ward in (HDU, ICU)]
    hdu = _stage(
        rng,
        patient[to_hdu],
        nearest[0][site[to_hdu]],
        HDU,
        after[to_hdu],
        midnights(rng, np.full(int(to_hdu.sum()), IN_HDU[0]), IN_HDU[1]),
        rng.random(int(to_hdu.sum())) < BACK_FROM_HDU_SHARE,
        death_share=0.5,
    )
    worse = (hdu.outcome == Outcome.TRANSFER) & (rng.random(hdu.patient.size) < WORSE_SHARE)
    to_unit = np.concatenate([patient[to_icu], hdu.patient[worse]])
    unit_site = nearest[1][np.concatenate([site[to_icu], hdu.site[worse]])]
    icu = _stage(
        rng,
        to_unit,
        unit_site,
        ICU,
        np.concatenate([after[to_icu], hdu.to_day[worse]]),
        midnights(rng, np.full(to_unit.size, IN_ICU[0]), IN_ICU[1]),
        rng.random(to_unit.size) < BACK_FROM_ICU_SHARE,
        death_share=0.9,
        ventilated_share=0.74,
    )
    back_icu = icu.where(icu.outcome == Outcome.TRANSFER)
    back_hdu = hdu.where((hdu.outcome == Outcome.TRANSFER) & ~worse)
    home = np.concatenate(
        [site[back_icu.patient - first_patient], site[back_hdu.patient - first_patient]]
    )
    recovering = _stage(
        rng,
        np.concatenate([back_icu.patient, back_hdu.patient]),
        home,
        GENERAL,
        np.concatenate([back_icu.to_day, back_hdu.to_day]),
        midnights(rng, np.full(home.size, RECOVERING[0]), RECOVERING[1]),
        np.zeros(home.size, dtype=np.bool_),
        death_share=0.03,
    )
    stages = (general, hdu, icu, recovering)
    return Stays(
        *(np.concatenate([getattr(stage, each.name) for stage in stages]) for each in fields(Stays))
    )


def _stage(
    rng: np.random.Generator,
    patient: IntArray,
    site: IntArray,
    ward: int,
    from_day: IntArray,
    length: IntArray,
    is_transferred: BoolArray,
    *,
    death_share: float,
    ventilated_share: float = 0.0,
) -> Stays:
    died = rng.random(patient.size) < death_share
    ending = np.where(died, Outcome.DEATH, Outcome.DISCHARGE)
    return Stays(
        patient=patient,
        site=site,
        ward=np.full(patient.size, ward),
        from_day=from_day,
        to_day=from_day + length,
        outcome=np.where(is_transferred, Outcome.TRANSFER, ending).astype(np.int64),
        is_epidemic=np.ones(patient.size, dtype=np.bool_),
        is_ventilated=rng.random(patient.size) < ventilated_share,
    )


def expanded(counts: IntArray) -> tuple[IntArray, ...]:
    """One element an event: its index on each axis of the counts."""
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    return tuple(np.asarray(axis) for axis in np.unravel_index(cell, counts.shape))


def midnights(rng: np.random.Generator, mean_days: FloatArray, sigma: float) -> IntArray:
    """Log-normal lengths of stay of 1 to LONGEST_STAY midnights with about these means."""
    drawn = rng.lognormal(np.log(mean_days) - sigma**2 / 2, sigma)
    whole = np.floor(drawn + rng.random(drawn.size))
    return np.asarray(np.clip(whole, 1, LONGEST_STAY), dtype=np.int64)


def nearest_with(beds: IntArray, geography: Geography, ward: int) -> IntArray:
    """(sites,), the site itself when it has such a ward, else the nearest one that has."""
    distance = np.where(beds[:, ward] > 0, distances_km(geography), np.inf)
    return np.asarray(np.argmin(distance, axis=1), dtype=np.int64)
