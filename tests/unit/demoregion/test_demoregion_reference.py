"""Reference tables and file forms of the demo region agree with the named tables."""

import tomllib
from datetime import timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from vigie.demoregion import (
    FEEDS,
    LAYOUTS,
    DemoRegion,
    code_lists,
    pieces,
    raw_table,
    reference_tables,
    truth_tables,
)
from vigie.demoregion.depot import DEPOT
from vigie.schemas import REFERENCE

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="module")
def tables(wide_region: DemoRegion) -> dict[str, pa.Table]:
    truth = wide_region.truth
    return reference_tables(truth.geography, truth.extent.first_date)


def test_reference_tables_have_the_columns_and_keys_of_the_schema(tables: dict[str, pa.Table]):
    assert list(tables) == [table.name for table in REFERENCE]
    for table in REFERENCE:
        rows = tables[table.name].to_pylist()
        keys = [tuple(row[name] for name in table.key) for row in rows]
        required = [each.name for each in table.columns if each.is_required]
        assert tuple(tables[table.name].column_names) == table.names
        assert len(set(keys)) == len(keys), table.name
        assert all(row[name] not in (None, "") for row in rows for name in required), table.name


def test_region_has_the_size_that_was_asked_for(tables: dict[str, pa.Table]):
    kinds = tables["places"]["kind"].to_pylist()

    assert (kinds.count("nation"), kinds.count("region"), kinds.count("site")) == (1, 6, 24)
    assert tables["products"].num_rows == 40
    assert tables["skills"].num_rows == 6


def test_every_site_has_neighbours_both_ways(tables: dict[str, pa.Table]):
    arcs = {
        (row["from_place"], row["to_place"]): row["km"]
        for row in tables["arcs"].to_pylist()
        if row["from_place"] != DEPOT
    }
    senders = {sender for sender, _ in arcs}

    assert len(senders) == 24
    assert all(arcs[receiver, sender] == km for (sender, receiver), km in arcs.items())
    assert all(sender != receiver and km > 0 for (sender, receiver), km in arcs.items())


def test_the_depot_reaches_every_site_and_keeps_a_reserve_below_what_it_holds(
    tables: dict[str, pa.Table], wide_region: DemoRegion
):
    ways = [row for row in tables["arcs"].to_pylist() if DEPOT in row.values()]
    sites = {row["place"] for row in tables["places"].to_pylist() if row["kind"] == "site"}
    kept = {row["product"]: row["reserve"] for row in tables["depots"].to_pylist()}
    [stock] = [each for each in wide_region.reports if each.name == "stock"]
    told = stock.table.filter(pc.equal(stock.table["place"], DEPOT)).to_pylist()

    assert {row["from_place"] for row in ways} == {DEPOT}
    assert {row["to_place"] for row in ways} == sites
    assert {row["category"] for row in told} == set(kept)
    assert all(0 < kept[row["category"]] < row["stock_on_hand"] for row in told)


def test_item_numbers_are_of_the_house_range_with_a_right_check_digit(
    tables: dict[str, pa.Table],
):
    for gtin in tables["products"]["gtin"].to_pylist():
        weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(gtin))
        assert len(gtin) == 14
        assert gtin.startswith("0200")
        assert weighted % 10 == 0


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_files_have_every_column_that_the_feed_reads(wide_region: DemoRegion, name: str):
    feed = tomllib.loads(FEEDS[name])
    read = {rule["from"] for rule in feed["columns"].values() if "from" in rule}
    read |= {rule["from"] for rule in feed.get("measures", [])}
    read |= set(feed.get("identifiers", {}))
    read |= {rule["from"] for rule in feed.get("checks", {}).values()}

    assert read <= {column.name for column in LAYOUTS[name].columns}
    assert set(LAYOUTS) == set(FEEDS) == {report.name for report in wide_region.reports}


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_pieces_hold_every_row_once(wide_region: DemoRegion, name: str):
    report = next(each for each in wide_region.reports if each.name == name)
    last_export_date = wide_region.truth.extent.end_date + timedelta(days=1)
    parts = list(pieces(report.table["known_at"], last_export_date))
    ends = [0, *(part.stop for part in parts)]

    assert [part.start for part in parts] == ends[:-1]
    assert ends[-1] == report.table.num_rows
    # Lots are counted once a week, all else is sent every day.
    assert sum(not part.is_month for part in parts) == (2 if name == "lots" else 14)


def test_situation_report_is_written_the_french_way(tiny_region: DemoRegion):
    report = next(each for each in tiny_region.reports if each.name == "sitrep")
    rows = raw_table(LAYOUTS["sitrep"], report.table, tiny_region.truth.geography, PARIS)
    first, sent = rows.slice(0, 1).to_pylist()[0], report.table.slice(0, 1).to_pylist()[0]

    assert first["Date"] == f"{sent['reference_date']:%d/%m/%Y}"
    assert first["Lits occupés"] == f"{sent['beds_occupied']},0"
    assert first["Extrait le"] == f"{sent['known_at'].astimezone(PARIS):%d/%m/%Y %H:%M}"


def test_codes_are_one_to_one(wide_region: DemoRegion):
    for codes in code_lists(wide_region.truth.geography).values():
        assert len(set(codes.values())) == len(codes)


def test_truth_tables_run_into_the_future_and_name_what_runs_short(tiny_region: DemoRegion):
    truth, tables = tiny_region.truth, truth_tables(tiny_region)
    wards, short = tables["wards"], tables["first_short"].to_pylist()
    future = (truth.occupancy > truth.staffing.beds_staffed)[truth.extent.days :].any(axis=0)

    assert (max(wards["date"].to_pylist()) - truth.extent.end_date).days == 28
    assert sum(row["kind"] == "beds" for row in short) == int(future.sum())
    assert tables["products"].num_rows == truth.extent.length * 3 * 40
