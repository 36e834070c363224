"""The true laws of the demo region: the means and habits around which its chance fell.

They are read off the same streams of chance that the truth is made from, up to where they are
drawn. Nothing that reports or forecasts may read them; they serve to say how well a forecast
could have done.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigie.demoregion.capacity import (
    beds_opened,
    draw_absence_habits,
    draw_rosters,
)
from vigie.demoregion.catalogue import WARDS
from vigie.demoregion.epidemic import BURN_IN_DAYS, simulate_epidemic
from vigie.demoregion.geography import build_geography
from vigie.demoregion.stays import (
    HDU,
    ICU,
    nearest_with,
    usual_admissions_mean,
    usual_beds,
)
from vigie.demoregion.supplies import (
    REVIEW_DAYS,
    draw_habits,
    draw_ordering,
    supply_pressure,
)
from vigie.demoregion.truth import Extent, calendar_of

__all__ = ["TrueLaws", "true_laws"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrueLaws:
    """What a region's chance falls around; day 0 is the first observed day.

    Attributes:
        usual_beds: (sites, wards), beds outside of a surge.
        usual_admissions_mean: (days, sites, wards), patients without the epidemic disease per day.
        epidemic_admissions_mean: (days, sites), patients with it per day.
        nearest_hdu, nearest_icu: (sites,), where its patients go who need such a ward.
        incidence_per_100k: (days, sites), infections per day around the site.
        pressure: (days,), on suppliers.
        habits: (sites, products), use as a multiple of the usual.
        review_day: (sites, products), the day index modulo REVIEW_DAYS on which it may order.
        caution_days: (sites, products), days of use kept above the lead time.
        absence_habit: (1, sites, 1), see ``vigie.demoregion.capacity.absence_share``.
        weekdays: (days,), 0 = Monday.
        days_of_year: (days,), 1 = 1 January.
    """

    usual_beds: IntArray
    usual_admissions_mean: FloatArray
    epidemic_admissions_mean: FloatArray
    nearest_hdu: IntArray
    nearest_icu: IntArray
    incidence_per_100k: FloatArray
    pressure: FloatArray
    habits: FloatArray
    review_day: IntArray
    caution_days: FloatArray
    absence_habit: FloatArray
    weekdays: IntArray
    days_of_year: IntArray


def true_laws(rng: np.random.Generator, extent: Extent) -> TrueLaws:
    """The laws of the region that ``generate_region`` makes from the same state of chance.

    Args:
        rng: source of chance, in the state given to ``generate_region``.
        extent: as given to it.
    """
    streams = rng.spawn(2)[0].spawn(7)
    geography = build_geography(streams[0], extent.hospital_count)
    weekdays, days_of_year = calendar_of(extent)
    epidemic = simulate_epidemic(streams[1], geography, extent.days, extent.future_days, weekdays)
    beds = usual_beds(geography)
    usual = usual_admissions_mean(streams[2], beds, geography, epidemic, weekdays, days_of_year)
    review_day, caution_days = draw_ordering(streams[5], beds.shape[0])
    people = geography.populations
    national = epidemic.incidence_per_100k @ (people / people.sum())
    seen = slice(BURN_IN_DAYS, None)
    return TrueLaws(
        usual_beds=beds,
        usual_admissions_mean=usual[seen],
        epidemic_admissions_mean=epidemic.admissions_mean[seen],
        nearest_hdu=nearest_with(beds, geography, HDU),
        nearest_icu=nearest_with(beds, geography, ICU),
        incidence_per_100k=epidemic.incidence_per_100k[seen, geography.region_of_site],
        pressure=supply_pressure(national)[seen],
        habits=draw_habits(streams[4], beds),
        review_day=(review_day - BURN_IN_DAYS) % REVIEW_DAYS,
        caution_days=caution_days,
        absence_habit=_absence_habit(streams[3], beds, weekdays),
        weekdays=weekdays[seen],
        days_of_year=days_of_year[seen],
    )


def _absence_habit(rng: np.random.Generator, beds: IntArray, weekdays: IntArray) -> FloatArray:
    """Drawn after the surge beds and the rosters, whose chance does not hang on the patients."""
    beds_opened(rng, beds)
    draw_rosters(rng, np.ones((weekdays.size, beds.shape[0], len(WARDS)), dtype=np.int64), weekdays)
    return draw_absence_habits(rng, beds)
