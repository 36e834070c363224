"""Beds, staff and ventilators of the demo region: what the hospitals have to treat with.

Hospitals open beds behind the need and close them later still; staff fall ill with the epidemic.
A bed is staffed when it is planned, exists, and the staff present can run it at normal ratios.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.demoregion.catalogue import SKILLS, WARDS

__all__ = [
    "Staffing",
    "absence_share",
    "beds_opened",
    "beds_that_staff_run",
    "draw_absence_habits",
    "draw_absences",
    "draw_rosters",
    "level_after",
    "simulate_staffing",
    "staff_required",
    "ventilator_fleet",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

WARD_KEYS = tuple(ward.key for ward in WARDS)
SKILL_WARDS = np.array([WARD_KEYS.index(skill.ward) for skill in SKILLS])
NORMAL_RATIOS = np.array([skill.patients_per_staff[0] for skill in SKILLS])
TARGET_SHARE = 0.8
SLACK_DEVIATIONS = 4.5
ROSTER_COVER = 1.25
WEEKEND_COVER = 1.2
ABSENCE_LAG_DAYS = 6
RECENT_DAYS = 4.0


@dataclass(frozen=True, slots=True)
class Staffing:
    """Beds and staff of the day shift.

    Attributes:
        beds_open: (sites, wards), beds that exist and can be opened.
        beds_staffed: (days, sites, wards), beds with the staff to run them.
        staff_rostered: (days, sites, skills), members of staff on the roster.
        staff_absent: same shape, of these, how many did not come.
        staff_required: same shape, needed at normal ratios for the patients in bed.
    """

    beds_open: IntArray
    beds_staffed: IntArray
    staff_rostered: IntArray
    staff_absent: IntArray
    staff_required: IntArray


def staff_required(occupancy: IntArray) -> IntArray:
    """Members of staff needed on a shift, ceil(patients / ratio).

    Args:
        occupancy: (days, sites, wards), patients in bed.

    Returns:
        (days, sites, skills).
    """
    needed = np.ceil(occupancy[:, :, SKILL_WARDS] / NORMAL_RATIOS)
    return np.asarray(needed, dtype=np.int64)


def beds_that_staff_run(present: IntArray) -> IntArray:
    """Beds that the staff present can run: the skill that is shortest limits a ward.

    Args:
        present: (days, sites, skills), members of staff.

    Returns:
        (days, sites, wards).
    """
    beds = np.full((*present.shape[:2], len(WARDS)), np.iinfo(np.int64).max)
    run = np.floor(present * NORMAL_RATIOS).astype(np.int64)
    for skill, ward in enumerate(SKILL_WARDS):
        beds[:, :, ward] = np.minimum(beds[:, :, ward], run[:, :, skill])
    return beds


def simulate_staffing(
    rng: np.random.Generator,
    usual_beds: IntArray,
    occupancy: IntArray,
    incidence_per_100k: FloatArray,
    weekdays: IntArray,
    days_of_year: IntArray,
) -> Staffing:
    """Simulate opened beds, rosters and absence.

    Args:
        rng: source of chance.
        usual_beds: (sites, wards), beds outside of a surge, 0 without such a ward.
        occupancy: (days, sites, wards), patients in bed.
        incidence_per_100k: (days, sites), infections per day around the site.
        weekdays: (days,), 0 = Monday.
        days_of_year: (days,), 1 = 1 January.
    """
    beds_open = beds_opened(rng, usual_beds)
    planned = _planned_beds(usual_beds, beds_open, occupancy)
    rostered = draw_rosters(rng, planned, weekdays)
    habit = draw_absence_habits(rng, usual_beds)
    lagged = np.concatenate(
        [
            np.repeat(incidence_per_100k[:1], ABSENCE_LAG_DAYS, axis=0),
            incidence_per_100k[:-ABSENCE_LAG_DAYS],
        ]
    )
    absent = draw_absences(rng, rostered, absence_share(habit, lagged, days_of_year))
    staffed = np.minimum(planned, beds_that_staff_run(rostered - absent))
    return Staffing(beds_open, staffed, rostered, absent, staff_required(occupancy))


def beds_opened(rng: np.random.Generator, usual_beds: IntArray) -> IntArray:
    """(sites, wards), beds that exist and can be opened in a surge."""
    surge = np.array([ward.surge for ward in WARDS])
    spread = np.exp(rng.normal(0.0, 0.06, usual_beds.shape))
    beds_open = np.maximum(np.round(usual_beds * (1 + (surge - 1) * spread)), usual_beds)
    return np.asarray(beds_open, dtype=np.int64)


def ventilator_fleet(rng: np.random.Generator, beds_open: IntArray) -> IntArray:
    """Ventilators of each site, for intensive care, theatres and transport.

    Args:
        rng: source of chance.
        beds_open: (sites, wards).

    Returns:
        (sites,), 0 at sites without intensive care.
    """
    icu = beds_open[:, WARD_KEYS.index("icu")]
    fleet = np.round(icu * rng.uniform(0.62, 0.95, icu.size)).astype(np.int64)
    return np.where(icu > 0, np.maximum(fleet, 5), 0)


def _planned_beds(usual_beds: IntArray, beds_open: IntArray, occupancy: IntArray) -> IntArray:
    """Beds planned to be staffed: they follow the need of the last week, up faster than down."""
    planned = np.empty(occupancy.shape, dtype=np.int64)
    level = usual_beds.astype(np.float64)
    recent = occupancy[:7].mean(axis=0)
    for day in range(occupancy.shape[0]):
        level = level_after(level, recent, usual_beds, beds_open)
        planned[day] = np.round(level)
        recent = recent + (occupancy[day] - recent) / RECENT_DAYS
    return planned


def level_after(
    level: FloatArray, recent: FloatArray, usual_beds: IntArray, beds_open: IntArray
) -> FloatArray:
    """Planned beds of a day from those of the day before and the need of the last week.

    Args:
        level: (sites, wards), the day before, not yet rounded.
        recent: same shape, patients in bed, averaged over the last days.
        usual_beds, beds_open: same shape, the least and the most.
    """
    slack = np.maximum(recent / TARGET_SHARE, recent + SLACK_DEVIATIONS * np.sqrt(recent))
    wanted = np.clip(slack, usual_beds, beds_open)
    nearer = np.clip(wanted, level - 0.012 * beds_open, level + 0.025 * beds_open)
    return np.asarray(nearer, dtype=np.float64)


def draw_rosters(rng: np.random.Generator, planned: IntArray, weekdays: IntArray) -> IntArray:
    """(days, sites, skills), staff on the roster for the beds planned, (days, sites, wards)."""
    cover = np.where(weekdays >= 5, WEEKEND_COVER, ROSTER_COVER)[:, None, None]
    beds = planned[:, :, SKILL_WARDS]
    wanted = cover * beds / NORMAL_RATIOS + rng.normal(0.0, 0.25, beds.shape)
    least = np.where(beds > 0, np.ceil(beds / NORMAL_RATIOS), 0)
    return np.asarray(np.maximum(np.ceil(wanted) * (beds > 0), least), dtype=np.int64)


def draw_absence_habits(rng: np.random.Generator, usual_beds: IntArray) -> FloatArray:
    """(1, sites, 1), by how much more or less than usual the staff of each site is absent."""
    return rng.normal(0.0, 0.16, (1, usual_beds.shape[0], 1))


def absence_share(
    habit: FloatArray, lagged_incidence_per_100k: FloatArray, days_of_year: IntArray
) -> FloatArray:
    """(days, sites, skills), share of the staff that is expected to be absent.

    Args:
        habit: (1, sites, 1), as ``draw_absence_habits`` gives it.
        lagged_incidence_per_100k: (days, sites), that of ABSENCE_LAG_DAYS before each day.
        days_of_year: (days,), 1 = 1 January.
    """
    winter = np.cos(2 * np.pi * (days_of_year.astype(np.float64) - 20) / 365.25)
    logit = (
        -3.1
        + habit
        + np.array([0.0, 0.02, -0.08, -0.45, 0.12, 0.05])
        + 0.13 * winter[:, None, None]
        + 0.24 * np.log1p(lagged_incidence_per_100k / 8.0)[:, :, None]
    )
    return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float64)


def draw_absences(rng: np.random.Generator, rostered: IntArray, share: FloatArray) -> IntArray:
    """Beta-binomial: staff of one ward fall ill together; shapes as ``absence_share``."""
    together = 60.0
    drawn = rng.beta(share * together, (1 - share) * together)
    return rng.binomial(rostered, drawn)
