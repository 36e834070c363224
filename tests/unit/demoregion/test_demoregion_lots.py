"""Lots of the demo region: what stores count is what the truth left of each delivery."""

from collections import defaultdict
from datetime import date, timedelta

import numpy as np

from vigie.demoregion import DemoRegion
from vigie.demoregion.catalogue import PRODUCTS
from vigie.demoregion.depot import DEPOT, depot_stock
from vigie.demoregion.reporting_lots import LOT_PRODUCTS
from vigie.supply import gtin_fault, lot_number_fault

AT_THE_BACK = "L99999"


def rows_of(region: DemoRegion) -> list[dict]:
    [report] = [each for each in region.reports if each.name == "lots"]
    return [row for row in report.table.to_pylist() if row["place"] != DEPOT]


def test_the_lots_of_a_count_add_up_to_the_stock_of_that_evening(wide_region: DemoRegion) -> None:
    truth = wide_region.truth
    sites = [site.key for site in truth.geography.sites]
    keys = [product.key for product in PRODUCTS]
    held: dict[tuple[str, str, date], float] = defaultdict(float)
    for row in rows_of(wide_region):
        held[row["place"], row["product"], row["counted_date"]] += row["quantity"]

    assert {product for _, product, _ in held} == set(LOT_PRODUCTS)
    for (place, product, day), units in held.items():
        at = (day - truth.extent.first_date).days
        assert day.weekday() == 6
        stock = truth.supplies.stock_on_hand[at, sites.index(place), keys.index(product)]
        assert units == stock


def test_a_lot_keeps_its_last_day_and_outlives_its_last_use(wide_region: DemoRegion) -> None:
    last: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for row in rows_of(wide_region):
        assert not gtin_fault(row["gtin"])
        assert not lot_number_fault(row["lot"])
        if row["lot"] != AT_THE_BACK:
            assert row["expires_date"] >= row["counted_date"]
        last[row["place"], row["product"], row["lot"]].add(row["expires_date"])

    assert all(len(days) == 1 for days in last.values())


def test_in_the_truth_no_counted_lot_expires_before_it_is_used(wide_region: DemoRegion) -> None:
    truth = wide_region.truth
    sites = [site.key for site in truth.geography.sites]
    keys = [product.key for product in PRODUCTS]
    rows = rows_of(wide_region)
    newest = max(row["counted_date"] for row in rows)
    end = truth.extent.first_date + timedelta(days=len(truth.supplies.demand) - 1)
    at = (newest - truth.extent.first_date).days
    counted: dict[tuple[str, str], list[tuple[date, float]]] = defaultdict(list)
    for row in rows:
        if row["counted_date"] == newest and row["lot"] != AT_THE_BACK:
            counted[row["place"], row["product"]].append((row["expires_date"], row["quantity"]))

    short = 0
    for (place, product), lots in counted.items():
        used = truth.supplies.consumption[at + 1 :, sites.index(place), keys.index(product)]
        asked = np.concatenate([[0], np.cumsum(used)])
        in_all = 0.0
        for expires, units in sorted(lots):
            in_all += units
            if expires <= end:
                short += 1
                assert asked[(expires - newest).days] >= in_all
    assert short > 10


def test_what_stands_at_the_back_is_never_needed_in_the_truth(wide_region: DemoRegion) -> None:
    truth = wide_region.truth
    sites = [site.key for site in truth.geography.sites]
    keys = [product.key for product in PRODUCTS]
    back = [row for row in rows_of(wide_region) if row["lot"] == AT_THE_BACK]
    first = min(row["counted_date"] for row in back)
    at = (first - truth.extent.first_date).days

    assert {row["expires_date"] < truth.extent.end_date for row in back} == {False, True}
    for row in back:
        cell = (slice(at, None), sites.index(row["place"]), keys.index(row["product"]))
        assert row["quantity"] < truth.supplies.stock_on_hand[cell].min()
        assert not truth.supplies.unmet[cell][1:].any()


def test_the_reserve_counts_what_it_holds_and_one_lot_has_expired(wide_region: DemoRegion) -> None:
    [report] = [each for each in wide_region.reports if each.name == "lots"]
    rows = [row for row in report.table.to_pylist() if row["place"] == DEPOT]
    counts = {row["counted_date"] for row in report.table.to_pylist()}
    held: dict[tuple[str, date], float] = defaultdict(float)
    for row in rows:
        assert not gtin_fault(row["gtin"])
        held[row["product"], row["counted_date"]] += row["quantity"]

    stock = depot_stock(wide_region.truth.geography)
    products = {product for product, _ in held}
    assert held == {(each, day): stock[each] for each in products for day in counts}
    assert len(products) == 2
    newest = [row for row in rows if row["counted_date"] == max(counts)]
    expired = {row["product"] for row in newest if row["expires_date"] < max(counts)}
    assert len(expired) == 1
