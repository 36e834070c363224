"""What the hospitals of the demo region send to each feed, made from the hidden truth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.demoregion.catalogue import PRODUCTS, SKILLS, VENTILATOR, WARDS
from vigie.demoregion.depot import with_depot_lots, with_depot_stock
from vigie.demoregion.geography import Tier
from vigie.demoregion.planned_shifts import report_planned_shifts
from vigie.demoregion.reporting import FLAWS, FeedReport, Figures, Habits, report_series
from vigie.demoregion.reporting_events import (
    MOVEMENT_DAYS,
    ORDER_DAYS,
    report_movements,
    report_orders,
)
from vigie.demoregion.reporting_lots import LOT_DAYS, report_lots
from vigie.demoregion.reporting_triangle import Coding, report_triangle
from vigie.demoregion.truth import HiddenTruth

__all__ = ["send_all"]

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ICU = [ward.key for ward in WARDS].index("icu")
ALWAYS = Habits(late_share=0.01, missing_share=0.001, outage_share=0.0, blank_share=0.0)
CALLS = Habits(0.01, 0.0, 0.0, 0.0)
SITREP = Habits(late_share=0.07, missing_share=0.02, blank_share=0.0, mended_share=0.0)
ADMISSIONS = Habits(late_share=0.06, mended_share=1.0, mending_days=1.8)
STOCK = Habits(late_share=0.05, blank_share=0.0004, mended_share=0.7)
UNIT_RUNS_PER_CELL = 1.5e-5
UNIT_FACTOR = 100
DISAGREEING_SHARE = 0.14


def send_all(rng: np.random.Generator, truth: HiddenTruth) -> tuple[FeedReport, ...]:
    """Let the hospitals report what they saw, up to the morning after the last observed day.

    Args:
        rng: source of chance.
        truth: what happened.

    Returns:
        One report a feed: beds, sitrep, admissions, staff, equipment, stock, calls, orders,
        movements, epidemic_admissions, lots, planned_shifts. Each draws from its own stream, in
        this order: a new feed comes last and leaves the files of the others as they are.
    """
    streams = iter(rng.spawn(12))
    return (
        _beds(next(streams), truth),
        _sitrep(next(streams), truth),
        _admissions(next(streams), truth),
        _staff(next(streams), truth),
        _equipment(next(streams), truth),
        _stock(next(streams), truth),
        _calls(next(streams), truth),
        *_events(next(streams), next(streams), truth),
        _epidemic_admissions(next(streams), truth),
        _lots(next(streams), truth),
        _planned_shifts(next(streams), truth),
    )


def _sites(truth: HiddenTruth) -> list[str]:
    return [site.key for site in truth.geography.sites]


def _right(values: IntArray) -> Figures:
    return Figures(values, values)


def _beds(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    days, beds_open = truth.extent.days, truth.staffing.beds_open
    occupied = truth.occupancy[:days]
    figures = {
        "beds_occupied": Figures(occupied, _miscounted(rng, occupied, share=0.006)),
        "beds_staffed": _right(truth.staffing.beds_staffed[:days]),
        "beds_open": _right(np.broadcast_to(beds_open, occupied.shape)),
    }
    return report_series(
        rng,
        "beds",
        _sites(truth),
        [ward.key for ward in WARDS],
        beds_open > 0,
        figures,
        Habits(),
        truth.extent.first_date,
    )


def _sitrep(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    """Intensive care as the situation report counts it: at some sites other beds are included."""
    days, beds_open = truth.extent.days, truth.staffing.beds_open[:, ICU]
    occupied = truth.occupancy[:days, :, ICU]
    counted = np.maximum(occupied + _gap(rng, beds_open, days), 0)
    figures = {
        "beds_occupied": Figures(occupied[:, :, None], counted[:, :, None], "disagreement"),
        "beds_open": _right(np.broadcast_to(beds_open[None, :, None], (*occupied.shape, 1))),
    }
    return report_series(
        rng,
        "sitrep",
        _sites(truth),
        ["icu"],
        beds_open[:, None] > 0,
        figures,
        SITREP,
        truth.extent.first_date,
    )


def _admissions(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    """Some entries are keyed in days later: first figures are too low and are then completed."""
    entries = truth.admissions[: truth.extent.days]
    is_partial = rng.random(entries.shape) < 0.16
    seen = rng.binomial(entries, np.where(is_partial, rng.uniform(0.6, 0.95, entries.shape), 1.0))
    return report_series(
        rng,
        "admissions",
        _sites(truth),
        [ward.key for ward in WARDS],
        truth.staffing.beds_open > 0,
        {"admissions": Figures(entries, seen, "undercount")},
        ADMISSIONS,
        truth.extent.first_date,
    )


def _staff(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    days, staffing = truth.extent.days, truth.staffing
    absent = staffing.staff_absent[:days]
    figures = {
        "staff_rostered": _right(staffing.staff_rostered[:days]),
        "staff_absent": Figures(absent, _miscounted(rng, absent, share=0.008)),
    }
    return report_series(
        rng,
        "staff",
        _sites(truth),
        [skill.key for skill in SKILLS],
        staffing.staff_rostered[0] > 0,
        figures,
        Habits(late_share=0.05),
        truth.extent.first_date,
    )


def _equipment(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    in_use = truth.ventilators_in_use[: truth.extent.days, :, None]
    figures = {
        "ventilators_in_use": Figures(in_use, _miscounted(rng, in_use, share=0.004)),
        "ventilators_total": _right(
            np.broadcast_to(truth.ventilators[None, :, None], in_use.shape)
        ),
    }
    return report_series(
        rng,
        "equipment",
        _sites(truth),
        [VENTILATOR],
        truth.ventilators[:, None] > 0,
        figures,
        ALWAYS,
        truth.extent.first_date,
    )


def _stock(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    days = truth.extent.days
    stock = truth.supplies.stock_on_hand[:days]
    figures = {
        "stock_on_hand": Figures(stock, _wrong_unit(rng, stock), "unit"),
        "consumption": _right(truth.supplies.consumption[:days]),
    }
    exists = np.ones(stock.shape[1:], dtype=np.bool_)
    of_sites = report_series(
        rng,
        "stock",
        _sites(truth),
        [product.key for product in PRODUCTS],
        exists,
        figures,
        STOCK,
        truth.extent.first_date,
    )
    return with_depot_stock(of_sites, truth.geography, days, truth.extent.first_date)


def _calls(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    regions = [region.key for region in truth.geography.regions]
    figures = {"emergency_calls": _right(truth.calls[: truth.extent.days, :, None])}
    return report_series(
        rng,
        "calls",
        regions,
        [""],
        np.ones((len(regions), 1), dtype=np.bool_),
        figures,
        CALLS,
        truth.extent.first_date,
    )


def _epidemic_admissions(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    """Patients coded one by one; every fourth small site has nobody to do it at weekends."""
    is_small = np.array([site.tier is Tier.LOCAL for site in truth.geography.sites])
    rests = is_small & (np.cumsum(is_small) % 4 == 0)
    return report_triangle(
        rng,
        "epidemic_admissions",
        "epidemic_admissions",
        _sites(truth),
        truth.epidemic_admissions[: truth.extent.days],
        rests,
        Coding(),
        truth.extent.first_date,
    )


def _planned_shifts(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    extent = truth.extent
    rostered = truth.staffing.staff_rostered[: extent.days]
    rows = report_planned_shifts(rng, rostered, _sites(truth), extent.first_date, extent.days)
    return FeedReport("planned_shifts", rows, pa.Table.from_pylist([], schema=FLAWS))


def _lots(rng: np.random.Generator, truth: HiddenTruth) -> FeedReport:
    extent = truth.extent
    lots = report_lots(
        rng,
        truth.supplies,
        _sites(truth),
        extent.first_date,
        extent.days,
        connected_days=extent.days if extent.is_connected_throughout else LOT_DAYS,
    )
    lots = with_depot_lots(lots, truth.geography, extent.days, extent.first_date)
    return FeedReport("lots", lots, pa.Table.from_pylist([], schema=FLAWS))


def _events(
    order_rng: np.random.Generator, stay_rng: np.random.Generator, truth: HiddenTruth
) -> tuple[FeedReport, FeedReport]:
    extent, sites, nothing = truth.extent, _sites(truth), pa.Table.from_pylist([], schema=FLAWS)
    since = extent.days if extent.is_connected_throughout else None
    orders = report_orders(
        order_rng,
        truth.supplies.orders,
        sites,
        extent.first_date,
        extent.days,
        connected_days=since or ORDER_DAYS,
    )
    stays = report_movements(
        stay_rng,
        truth.stays,
        sites,
        extent.first_date,
        extent.days,
        connected_days=since or MOVEMENT_DAYS,
    )
    return FeedReport("orders", orders, nothing), FeedReport("movements", stays, nothing)


def _miscounted(rng: np.random.Generator, values: IntArray, *, share: float) -> IntArray:
    """Some figures off by 5 to 30 %, by 1 at least."""
    typed = values.copy()
    cells = np.flatnonzero((rng.random(values.size) < share) & (values.ravel() > 0))
    right = values.ravel()[cells]
    off = np.maximum(np.round(right * rng.uniform(0.05, 0.30, cells.size)), 1).astype(np.int64)
    typed.ravel()[cells] = np.maximum(right + rng.choice([-1, 1], cells.size) * off, 0)
    return typed


def _wrong_unit(rng: np.random.Generator, stock: IntArray) -> IntArray:
    """Runs of 1 to 4 days on which boxes were typed as units; two runs fall in the last days."""
    typed = stock.copy()
    days, sites, products = stock.shape
    count = 2 + rng.poisson(UNIT_RUNS_PER_CELL * stock.size)
    starts = np.append(rng.integers(0, days, count - 2), [days - 6, days - 3])
    where = zip(
        starts,
        rng.integers(1, 5, count),
        rng.integers(0, sites, count),
        rng.integers(0, products, count),
        strict=True,
    )
    for start, length, site, product in where:
        typed[start : start + length, site, product] = (
            UNIT_FACTOR * stock[start : start + length, site, product]
        )
    return typed


def _gap(rng: np.random.Generator, beds_open: IntArray, days: int) -> IntArray:
    """Beds counted too many or too few, 10 to 20 points of the open beds, for some weeks.

    Returns:
        (days, sites). The first of these sites differs up to the last day.
    """
    gap = np.zeros((days, beds_open.size), dtype=np.int64)
    having = np.flatnonzero(beds_open > 0)
    chosen = rng.choice(having, max(1, round(DISAGREEING_SHARE * having.size)), replace=False)
    for number, site in enumerate(chosen):
        length = int(rng.integers(21, 71))
        latest = max(days - length, 0)
        start = latest if number == 0 else int(rng.integers(latest // 2, latest + 1))
        sign = 1 if rng.random() < 0.8 else -1
        points = np.round(beds_open[site] * rng.uniform(0.10, 0.20))
        gap[start : start + length, site] = sign * max(1, int(points))
    return gap
