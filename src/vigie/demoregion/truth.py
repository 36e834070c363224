"""The hidden truth of the demo region: what happened, whether or not a hospital reported it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from vigie.demoregion.capacity import Staffing, simulate_staffing, ventilator_fleet
from vigie.demoregion.epidemic import (
    BURN_IN_DAYS,
    nation_reproduction_number,
    simulate_epidemic,
)
from vigie.demoregion.geography import Geography, build_geography
from vigie.demoregion.stays import (
    Stays,
    daily_counts,
    occupancy_from_flows,
    simulate_stays,
    usual_beds,
)
from vigie.demoregion.supplies import NEVER, Orders, Supplies, product_demand, simulate_supplies

__all__ = ["Extent", "HiddenTruth", "build_truth", "calendar_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Extent:
    """How large and how long the demo region is.

    Attributes:
        hospital_count: sites, 1 to 400.
        days: observed days, at least 14.
        end_date: last observed day.
        future_days: days simulated after it, known to the truth alone.
        is_connected_throughout: orders and movements are sent from the first day on; else these
            two feeds are connected lately, as new ones are.
    """

    hospital_count: int
    days: int
    end_date: date
    future_days: int = 28
    is_connected_throughout: bool = False

    def __post_init__(self) -> None:
        if self.days < 14:
            raise ValueError(f"days is {self.days}; use 14 or more.")
        if self.future_days < 0:
            raise ValueError(f"future_days is {self.future_days}; use 0 or more.")

    @property
    def first_date(self) -> date:
        """First observed day."""
        return self.end_date - timedelta(days=self.days - 1)

    @property
    def length(self) -> int:
        """Observed and future days."""
        return self.days + self.future_days


@dataclass(frozen=True, slots=True)
class HiddenTruth:
    """What happened. Day 0 is ``extent.first_date``; arrays run on into the future.

    Attributes:
        extent: days and size.
        geography: the order of regions and sites.
        reproduction_number: (days, regions).
        infection_incidence: (days, regions), new infections per day.
        epidemic_admissions: (days, sites), patients admitted for the epidemic disease per day.
        calls: (days, regions), calls to the emergency number per day.
        admissions: (days, sites, wards), entries to the ward per day, transfers included.
        exits: same shape, patients who left.
        occupancy: same shape, patients in bed at the end of the day; not capped.
        occupancy_before: (sites, wards), the same at the end of the day before the first.
        staffing: beds and staff.
        ventilators_needed: (days, sites), not capped.
        ventilators: (sites,), the fleet.
        supplies: stocks, use, deliveries, orders.
        stays: every ward stay that touches the days; days count from day 0 and may be negative.
    """

    extent: Extent
    geography: Geography
    reproduction_number: FloatArray
    infection_incidence: IntArray
    epidemic_admissions: IntArray
    calls: IntArray
    admissions: IntArray
    exits: IntArray
    occupancy: IntArray
    occupancy_before: IntArray
    staffing: Staffing
    ventilators_needed: IntArray
    ventilators: IntArray
    supplies: Supplies
    stays: Stays

    @property
    def nation_reproduction_number(self) -> FloatArray:
        """(days,), of all regions together; the first two weeks take the days before as steady."""
        return nation_reproduction_number(self.reproduction_number, self.infection_incidence)

    @property
    def ventilators_in_use(self) -> IntArray:
        """(days, sites), the need as far as there are any."""
        return np.minimum(self.ventilators_needed, self.ventilators)

    @property
    def is_short_of_beds(self) -> npt.NDArray[np.bool_]:
        """(days, sites, wards), more patients than staffed beds."""
        return self.occupancy > self.staffing.beds_staffed

    @property
    def is_short_of_staff(self) -> npt.NDArray[np.bool_]:
        """(days, sites, skills), fewer present than needed."""
        present = self.staffing.staff_rostered - self.staffing.staff_absent
        return present < self.staffing.staff_required

    def first_short_day(self, is_short: npt.NDArray[np.bool_]) -> IntArray:
        """First future day on which something is short, 1 for the day after ``end_date``.

        Args:
            is_short: (days, ...) over all days of the truth.

        Returns:
            (...), future_days + 1 when nothing runs short.
        """
        future = is_short[self.extent.days :]
        never = np.ones((1, *future.shape[1:]), dtype=np.bool_)
        first = np.argmax(np.concatenate([future, never]), axis=0)
        return np.asarray(1 + first, dtype=np.int64)


def build_truth(rng: np.random.Generator, extent: Extent) -> HiddenTruth:
    """Simulate the region; each part draws from its own stream, so that parts can change alone.

    Args:
        rng: source of chance.
        extent: how large and how long.

    Raises:
        ValueError: the extent cannot be simulated.
    """
    streams = rng.spawn(7)
    geography = build_geography(streams[0], extent.hospital_count)
    weekdays, days_of_year = calendar_of(extent)
    epidemic = simulate_epidemic(streams[1], geography, extent.days, extent.future_days, weekdays)
    stays = simulate_stays(streams[2], geography, epidemic, weekdays, days_of_year)
    beds = usual_beds(geography)
    shape = (weekdays.size, *beds.shape)
    entries = daily_counts(stays.from_day, stays.site, stays.ward, shape)
    exits = daily_counts(stays.to_day, stays.site, stays.ward, shape)
    occupancy = occupancy_from_flows(entries, exits)
    nearby = epidemic.incidence_per_100k[:, geography.region_of_site]
    staffing = simulate_staffing(streams[3], beds, occupancy, nearby, weekdays, days_of_year)
    demand = product_demand(streams[4], occupancy, beds, nearby, weekdays)
    people = geography.populations
    national = epidemic.incidence_per_100k @ (people / people.sum())
    return HiddenTruth(
        extent=extent,
        geography=geography,
        reproduction_number=epidemic.reproduction_number[BURN_IN_DAYS:],
        infection_incidence=epidemic.infection_incidence[BURN_IN_DAYS:],
        epidemic_admissions=epidemic.admissions[BURN_IN_DAYS:],
        calls=epidemic.calls[BURN_IN_DAYS:],
        admissions=entries[BURN_IN_DAYS:],
        exits=exits[BURN_IN_DAYS:],
        occupancy=occupancy[BURN_IN_DAYS:],
        occupancy_before=occupancy[BURN_IN_DAYS - 1],
        staffing=_staffing_seen(staffing),
        ventilators_needed=_ventilators_needed(stays, shape)[BURN_IN_DAYS:],
        ventilators=ventilator_fleet(streams[6], staffing.beds_open),
        supplies=_supplies_seen(simulate_supplies(streams[5], demand, national)),
        stays=_stays_seen(stays),
    )


def calendar_of(extent: Extent) -> tuple[IntArray, IntArray]:
    """Weekday (0 = Monday) and day of the year of every simulated day, the burn-in included."""
    start = extent.first_date - timedelta(days=BURN_IN_DAYS)
    dates = [start + timedelta(days=day) for day in range(BURN_IN_DAYS + extent.length)]
    weekdays = np.array([day.weekday() for day in dates], dtype=np.int64)
    return weekdays, np.array([day.timetuple().tm_yday for day in dates], dtype=np.int64)


def _ventilators_needed(stays: Stays, shape: tuple[int, int, int]) -> IntArray:
    ventilated = stays.where(stays.is_ventilated)
    one_kind = np.zeros_like(ventilated.ward)
    flat = (shape[0], shape[1], 1)
    entries = daily_counts(ventilated.from_day, ventilated.site, one_kind, flat)
    exits = daily_counts(ventilated.to_day, ventilated.site, one_kind, flat)
    return occupancy_from_flows(entries, exits)[:, :, 0]


def _staffing_seen(staffing: Staffing) -> Staffing:
    return Staffing(
        staffing.beds_open,
        staffing.beds_staffed[BURN_IN_DAYS:],
        staffing.staff_rostered[BURN_IN_DAYS:],
        staffing.staff_absent[BURN_IN_DAYS:],
        staffing.staff_required[BURN_IN_DAYS:],
    )


def _supplies_seen(supplies: Supplies) -> Supplies:
    lines = supplies.orders

    def moved(days: IntArray) -> IntArray:
        return np.where(days == NEVER, NEVER, days - BURN_IN_DAYS)

    orders = Orders(
        lines.site,
        lines.product,
        lines.quantity,
        lines.delivered,
        moved(lines.ordered_day),
        moved(lines.promised_day),
        moved(lines.arrival_day),
        moved(lines.cancelled_day),
    )
    return Supplies(
        supplies.demand[BURN_IN_DAYS:],
        supplies.consumption[BURN_IN_DAYS:],
        supplies.deliveries[BURN_IN_DAYS:],
        supplies.stock_on_hand[BURN_IN_DAYS:],
        supplies.stock_on_hand[BURN_IN_DAYS - 1],
        orders,
    )


def _stays_seen(stays: Stays) -> Stays:
    seen = stays.where(stays.to_day >= BURN_IN_DAYS)
    return Stays(
        seen.patient,
        seen.site,
        seen.ward,
        seen.from_day - BURN_IN_DAYS,
        seen.to_day - BURN_IN_DAYS,
        seen.outcome,
        seen.is_epidemic,
        seen.is_ventilated,
    )
