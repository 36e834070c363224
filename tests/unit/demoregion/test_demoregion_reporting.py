"""What hospitals report is the truth, apart from the flaws that the region declares."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow.compute as pc
import pytest

from vigie.demoregion import (
    FLAWS,
    DemoRegion,
    Extent,
    FeedReport,
    HiddenTruth,
    generate_region,
)
from vigie.demoregion.catalogue import PRODUCTS, SKILLS, VENTILATOR, WARDS
from vigie.demoregion.depot import DEPOT
from vigie.demoregion.reporting_events import MOVEMENT_DAYS, ORDER_DAYS, connected_sites

SERIES = {
    "beds": ("beds_occupied", "beds_staffed", "beds_open"),
    "sitrep": ("beds_occupied",),
    "admissions": ("admissions",),
    "staff": ("staff_rostered", "staff_absent"),
    "equipment": ("ventilators_in_use", "ventilators_total"),
    "stock": ("stock_on_hand", "consumption"),
    "calls": ("emergency_calls",),
    "epidemic_admissions": ("epidemic_admissions",),
}
Cell = tuple[str, str, date]


def report_of(region: DemoRegion, name: str) -> FeedReport:
    return next(report for report in region.reports if report.name == name)


def true_values(truth: HiddenTruth, measure: str) -> dict[Cell, int]:
    """The slow way: every figure of a measure by place, category and day."""
    wards, skills = [ward.key for ward in WARDS], [skill.key for skill in SKILLS]
    products = [product.key for product in PRODUCTS]
    staffing, supplies, days = truth.staffing, truth.supplies, truth.extent.days
    in_ward = staffing.beds_open > 0
    has_staff = staffing.staff_rostered[0] > 0
    has_fleet = truth.ventilators[:, None] > 0
    everywhere = np.ones((len(truth.geography.sites), len(products)), dtype=bool)

    def daily(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, (days, *values.shape))

    values, categories, exists = {
        "beds_occupied": (truth.occupancy, wards, in_ward),
        "beds_staffed": (staffing.beds_staffed, wards, in_ward),
        "beds_open": (daily(staffing.beds_open), wards, in_ward),
        "admissions": (truth.admissions, wards, in_ward),
        "staff_rostered": (staffing.staff_rostered, skills, has_staff),
        "staff_absent": (staffing.staff_absent, skills, has_staff),
        "ventilators_in_use": (truth.ventilators_in_use[:, :, None], [VENTILATOR], has_fleet),
        "ventilators_total": (daily(truth.ventilators[:, None]), [VENTILATOR], has_fleet),
        "stock_on_hand": (supplies.stock_on_hand, products, everywhere),
        "consumption": (supplies.consumption, products, everywhere),
        "emergency_calls": (truth.calls[:, :, None], [""], None),
        "epidemic_admissions": (truth.epidemic_admissions[:, :, None], [""], everywhere),
    }[measure]
    places = truth.geography.regions if exists is None else truth.geography.sites
    return {
        (place.key, category, truth.extent.first_date + timedelta(days=day)): int(
            values[day, row, column]
        )
        for row, place in enumerate(places)
        for column, category in enumerate(categories)
        if exists is None or exists[row, column]
        for day in range(days)
    }


def last_values(report: FeedReport, measure: str) -> dict[Cell, int | None]:
    latest: dict[Cell, tuple[datetime, int | None]] = {}
    # What the depot holds is no part of the hospitals' truth.
    sites = report.table.filter(pc.not_equal(report.table["place"], DEPOT))
    for row in sites.to_pylist():
        cell = (row["place"], row["category"], row["reference_date"])
        if cell not in latest or latest[cell][0] < row["known_at"]:
            latest[cell] = (row["known_at"], row[measure])
    return {cell: value for cell, (_, value) in latest.items()}


def declared(report: FeedReport, kind: str) -> list[dict[str, object]]:
    return report.flaws.filter(pc.equal(report.flaws["kind"], kind)).to_pylist()


@pytest.mark.parametrize(
    ("name", "measure"), [(name, each) for name, measures in SERIES.items() for each in measures]
)
def test_last_report_is_the_truth_apart_from_declared_flaws(
    tiny_region: DemoRegion, name: str, measure: str
):
    report = report_of(tiny_region, name)
    truth = true_values(tiny_region.truth, measure)
    if name == "sitrep":
        truth = {cell: value for cell, value in truth.items() if cell[1] == "icu"}
    gaps, blanks, wrong = set(), set(), {}
    for flaw in report.flaws.to_pylist():
        cell = (flaw["place"], flaw["category"], flaw["reference_date"])
        if flaw["kind"] == "missing":
            gaps |= {each for each in truth if each[0] == cell[0] and each[2] == cell[2]}
        elif flaw["kind"] == "late":
            gaps.add(cell)
        elif flaw["kind"] == "blank":
            blanks.add(cell)
        elif flaw["measure"] == measure:
            wrong[cell] = flaw["reported"]
    expected = {
        cell: None if cell in blanks else wrong.get(cell, value)
        for cell, value in truth.items()
        if cell not in gaps
    }

    assert last_values(report, measure) == expected
    assert all(truth[cell] != value for cell, value in wrong.items())


@pytest.mark.parametrize("name", [*SERIES, "orders", "movements", "lots"])
def test_nothing_is_exported_before_the_day_ends_or_after_the_cut(
    wide_region: DemoRegion, name: str
):
    table = report_of(wide_region, name).table
    known = table["known_at"].to_numpy()
    cut = datetime.combine(wide_region.truth.extent.end_date, time(5, 30), UTC) + timedelta(days=1)

    assert (np.diff(known) >= np.timedelta64(0)).all()
    assert pc.max(table["known_at"]).as_py() <= cut
    if name in SERIES:
        ends = table["reference_date"].to_numpy() + np.timedelta64(1, "D")
        assert (known > ends).all()


def test_a_few_rows_come_late_and_a_few_are_sent_again(wide_region: DemoRegion):
    table = report_of(wide_region, "beds").table
    days = table["known_at"].to_numpy().astype("datetime64[D]")
    late = (days - table["reference_date"].to_numpy()).astype(int) > 1
    rows = Counter(
        zip(
            *(table[name].to_pylist() for name in ("place", "category", "reference_date")),
            strict=True,
        )
    )

    assert 0.02 < late.mean() < 0.08
    assert 0.002 < sum(count > 1 for count in rows.values()) / len(rows) < 0.02


def test_first_counts_of_admissions_are_too_low_and_then_completed(wide_region: DemoRegion):
    table = report_of(wide_region, "admissions").table
    versions = defaultdict(list)
    for row in table.to_pylist():
        if row["admissions"] is not None:
            cell = (row["place"], row["category"], row["reference_date"])
            versions[cell].append(row["admissions"])
    completed = [each for each in versions.values() if len(each) > 1]

    assert 0.03 < len(completed) / len(versions) < 0.2
    assert all(first < last for first, last in completed)


def test_situation_report_disagrees_by_ten_to_twenty_points_at_some_sites(
    wide_region: DemoRegion,
):
    truth = wide_region.truth
    flaws = declared(report_of(wide_region, "sitrep"), "disagreement")
    places = {flaw["place"] for flaw in flaws}
    row = {site.key: index for index, site in enumerate(truth.geography.sites)}
    occupied = true_values(truth, "beds_occupied")
    last_day = max(flaw["reference_date"] for flaw in flaws)

    assert 0 < len(places) <= 0.25 * (truth.staffing.beds_open[:, 2] > 0).sum()
    assert last_day >= truth.extent.end_date - timedelta(days=3)
    for flaw in flaws:
        cell = (flaw["place"], "icu", flaw["reference_date"])
        gap = abs(flaw["reported"] - occupied[cell])
        beds = truth.staffing.beds_open[row[flaw["place"]], 2]
        assert 1 <= gap <= 0.2 * beds + 0.5
        assert gap >= 0.1 * beds - 0.5 or flaw["reported"] == 0


def test_boxes_typed_for_units_are_a_hundred_times_too_many(wide_region: DemoRegion):
    stock = true_values(wide_region.truth, "stock_on_hand")
    flaws = declared(report_of(wide_region, "stock"), "unit")

    assert flaws
    for flaw in flaws:
        cell = (flaw["place"], flaw["category"], flaw["reference_date"])
        assert flaw["reported"] == 100 * stock[cell]


def test_last_state_of_an_order_is_what_happened(wide_region: DemoRegion):
    truth = wide_region.truth
    lines, first = truth.supplies.orders, truth.extent.first_date
    last = {row["order"]: row for row in report_of(wide_region, "orders").table.to_pylist()}
    days = truth.extent.days

    assert {row["status"] for row in last.values()} == {
        "ordered",
        "shipped",
        "arrived",
        "cancelled",
    }
    for number, row in last.items():
        line = int(number[1:])
        if lines.arrival_day[line] < days:
            assert row["status"] == "arrived"
            assert row["quantity"] == lines.delivered[line]
            assert (row["eta_date"] - first).days == lines.arrival_day[line]
        elif lines.cancelled_day[line] < days:
            assert row["status"] == "cancelled"
        else:
            assert row["status"] in ("ordered", "shipped")


def test_last_state_of_a_stay_is_what_happened(wide_region: DemoRegion):
    truth = wide_region.truth
    extent, stays, connected = truth.extent, truth.stays, connected_sites(24)
    last = {row["stay"]: row for row in report_of(wide_region, "movements").table.to_pylist()}
    told = Counter(row["to_date"] is not None for row in last.values())
    seen = np.isin(stays.site, connected) & (stays.to_day >= extent.days - MOVEMENT_DAYS)
    begun = seen & (stays.from_day < extent.days)

    assert 0.97 * begun.sum() < len(last) <= begun.sum()
    assert told[True] > told[False]
    for number, row in last.items():
        stay = int(number[1:])
        assert (row["from_date"] - extent.first_date).days == stays.from_day[stay]
        if row["to_date"] is not None:
            assert (row["to_date"] - extent.first_date).days == stays.to_day[stay]
        assert (row["to_date"] is None) == (row["outcome"] is None)


def test_flaws_have_one_form(wide_region: DemoRegion):
    assert all(report.flaws.schema.equals(FLAWS) for report in wide_region.reports)


def test_feeds_connected_throughout_tell_of_the_same_truth_from_the_first_day():
    extent = Extent(hospital_count=3, days=150, end_date=date(2020, 11, 8), future_days=0)
    lately = generate_region(np.random.default_rng(5), extent)
    throughout = generate_region(
        np.random.default_rng(5), replace(extent, is_connected_throughout=True)
    )

    def first_known(region: DemoRegion, feed: str) -> date:
        known = report_of(region, feed).table["known_at"]
        return pc.min(known).as_py().date()

    assert np.array_equal(throughout.truth.occupancy, lately.truth.occupancy)
    for feed, days in (("orders", ORDER_DAYS), ("movements", MOVEMENT_DAYS)):
        opened = extent.end_date - timedelta(days=days - 2)
        assert first_known(lately, feed) == opened
        assert first_known(throughout, feed) <= extent.first_date + timedelta(days=2)
