"""The hidden truth as tables, for tests and for scoring what a room foresaw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.demoregion.catalogue import PRODUCTS, SKILLS, WARDS
from vigie.demoregion.region import DemoRegion
from vigie.demoregion.supplies import NEVER
from vigie.demoregion.truth import HiddenTruth

__all__ = ["truth_tables"]

IntArray = npt.NDArray[np.int64]


def truth_tables(region: DemoRegion) -> dict[str, pa.Table]:
    """The hidden truth by name of table.

    Returns:
        nation (place, date, reproduction_number, infections, epidemic_admissions), regions (place,
        date, reproduction_number, infections, calls), sites (place, date, epidemic_admissions),
        wards (place, category, date, admissions, exits, occupancy, beds_staffed, beds_open), staff
        (place, category, date, rostered, absent, required), ventilators (place, date, needed,
        fleet), products (place, category, date, demand, consumption, deliveries, stock, unmet),
        orders, first_short (kind, place, category, first_day after the last observed one) and
        flaws (what the last reports do not say as it was). Dates run on into the future.
    """
    truth = region.truth
    sites = [site.key for site in truth.geography.sites]
    return {
        "nation": _nation(truth),
        "regions": _regions(truth),
        "sites": _sites(truth, sites),
        "wards": _wards(truth, sites),
        "staff": _staff(truth, sites),
        "ventilators": _ventilators(truth, sites),
        "products": _products(truth, sites),
        "orders": _orders(truth, sites),
        "first_short": _first_short(truth, sites),
        "flaws": pa.concat_tables([report.flaws for report in region.reports]),
    }


def _nation(truth: HiddenTruth) -> pa.Table:
    return pa.table(
        {
            **_axes(truth, [truth.geography.nation_key]),
            "reproduction_number": pa.array(truth.nation_reproduction_number),
            "infections": pa.array(truth.infection_incidence.sum(axis=1)),
            "epidemic_admissions": pa.array(truth.epidemic_admissions.sum(axis=1)),
        }
    )


def _sites(truth: HiddenTruth, sites: Sequence[str]) -> pa.Table:
    admitted = pa.array(truth.epidemic_admissions.ravel())
    return pa.table({**_axes(truth, sites), "epidemic_admissions": admitted})


def _regions(truth: HiddenTruth) -> pa.Table:
    keys = [region.key for region in truth.geography.regions]
    return pa.table(
        {
            **_axes(truth, keys),
            "reproduction_number": pa.array(truth.reproduction_number.ravel()),
            "infections": pa.array(truth.infection_incidence.ravel()),
            "calls": pa.array(truth.calls.ravel()),
        }
    )


def _wards(truth: HiddenTruth, sites: Sequence[str]) -> pa.Table:
    exists = np.broadcast_to(truth.staffing.beds_open > 0, truth.occupancy.shape)
    table = pa.table(
        {
            **_axes(truth, sites, [ward.key for ward in WARDS]),
            "admissions": pa.array(truth.admissions.ravel()),
            "exits": pa.array(truth.exits.ravel()),
            "occupancy": pa.array(truth.occupancy.ravel()),
            "beds_staffed": pa.array(truth.staffing.beds_staffed.ravel()),
            "beds_open": pa.array(np.broadcast_to(truth.staffing.beds_open, exists.shape).ravel()),
        }
    )
    return table.filter(pa.array(exists.ravel()))


def _staff(truth: HiddenTruth, sites: Sequence[str]) -> pa.Table:
    staffing = truth.staffing
    return pa.table(
        {
            **_axes(truth, sites, [skill.key for skill in SKILLS]),
            "rostered": pa.array(staffing.staff_rostered.ravel()),
            "absent": pa.array(staffing.staff_absent.ravel()),
            "required": pa.array(staffing.staff_required.ravel()),
        }
    ).filter(pa.array(staffing.staff_rostered.ravel() > 0))


def _ventilators(truth: HiddenTruth, sites: Sequence[str]) -> pa.Table:
    fleet = np.broadcast_to(truth.ventilators, truth.ventilators_needed.shape)
    return pa.table(
        {
            **_axes(truth, sites),
            "needed": pa.array(truth.ventilators_needed.ravel()),
            "fleet": pa.array(fleet.ravel()),
        }
    ).filter(pa.array(fleet.ravel() > 0))


def _products(truth: HiddenTruth, sites: Sequence[str]) -> pa.Table:
    supplies = truth.supplies
    return pa.table(
        {
            **_axes(truth, sites, [product.key for product in PRODUCTS]),
            "demand": pa.array(supplies.demand.ravel()),
            "consumption": pa.array(supplies.consumption.ravel()),
            "deliveries": pa.array(supplies.deliveries.ravel()),
            "stock": pa.array(supplies.stock_on_hand.ravel()),
            "unmet": pa.array(supplies.unmet.ravel()),
        }
    )


def _orders(truth: HiddenTruth, sites: Sequence[str]) -> pa.Table:
    orders, start = truth.supplies.orders, truth.extent.first_date
    return pa.table(
        {
            "place": _keys(orders.site, sites),
            "product": _keys(orders.product, [product.key for product in PRODUCTS]),
            "quantity": pa.array(orders.quantity),
            "delivered": pa.array(orders.delivered),
            "ordered_date": _dates(orders.ordered_day, start),
            "promised_date": _dates(orders.promised_day, start),
            "arrival_date": _dates(orders.arrival_day, start),
            "cancelled_date": _dates(orders.cancelled_day, start),
        }
    )


def _first_short(truth: HiddenTruth, sites: Sequence[str]) -> pa.Table:
    """Only what runs short within the future days of the truth."""
    kinds = (
        ("beds", truth.is_short_of_beds, [ward.key for ward in WARDS]),
        ("staff", truth.is_short_of_staff, [skill.key for skill in SKILLS]),
        ("equipment", (truth.ventilators_needed > truth.ventilators)[:, :, None], ["ventilator"]),
        ("products", truth.supplies.unmet > 0, [product.key for product in PRODUCTS]),
    )
    parts = []
    for kind, is_short, categories in kinds:
        first = truth.first_short_day(is_short)
        place, category = np.nonzero(first <= truth.extent.future_days)
        parts.append(
            pa.table(
                {
                    "kind": pa.repeat(kind, place.size),
                    "place": _keys(place, sites),
                    "category": _keys(category, categories),
                    "first_day": pa.array(first[place, category]),
                }
            )
        )
    return pa.concat_tables(parts)


def _axes(
    truth: HiddenTruth, places: Sequence[str], categories: Sequence[str] | None = None
) -> dict[str, pa.Array]:
    """Columns place, category and date of an array (days, places, categories), flattened."""
    depth = len(categories) if categories is not None else 1
    shape = (truth.extent.length, len(places), depth)
    day, place, category = (
        np.asarray(axis)
        for axis in np.unravel_index(np.arange(shape[0] * shape[1] * shape[2]), shape)
    )
    columns = {"place": _keys(place, places)}
    if categories is not None:
        columns["category"] = _keys(category, categories)
    columns["date"] = _dates(day, truth.extent.first_date)
    return columns


def _keys(index: IntArray, keys: Sequence[str]) -> pa.Array:
    codes = pa.array(index, pa.int32())
    return pa.DictionaryArray.from_arrays(codes, pa.array(keys)).cast(pa.string())


def _dates(day: IntArray, first_date: date) -> pa.Array:
    is_never = day == NEVER
    known = np.where(is_never, 0, day)
    dates = np.datetime64(first_date, "D") + known.astype("timedelta64[D]")
    return pa.array(dates, mask=is_never)
