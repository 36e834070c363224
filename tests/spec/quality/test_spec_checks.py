"""Checks: a clean room passes every one; each mistake is found by its check and no other.

The room: two regions with three sites each, four weeks of intensive care and general beds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.engines import DuckEngine
from vigie.quality import (
    RULED_SQL,
    Check,
    check_query,
    coverage,
    not_carried_out,
    read_checks,
    verdict,
)
from vigie.schemas import CHECK_RESULTS, MEASURES, PLACES, REPORTS

ENGINE = DuckEngine(threads=1, memory_limit="500MB", scratch=Path("unused"))
AS_OF = date(2026, 11, 23)
DAYS = 70
LAST = AS_OF - timedelta(1)
SITES = ("e1", "e2", "e3", "w1", "w2", "w3")

CHECKS = """
[[check]]
name = "range"
kind = "range"
measure = "occupied"
severity = "blocking"

[[check]]
name = "own_range"
kind = "range"
measure = "staffed"
min = 1
max = 90

[[check]]
name = "jump"
kind = "jump"
measure = "stock"
factor = 3
z = 12
at_least = 100

[[check]]
name = "fresh"
kind = "freshness"
measure = "occupied"
max_age_days = 2
by_place = true

[[check]]
name = "feed_fresh"
kind = "freshness"
feed = "stores"
max_age_days = 1

[[check]]
name = "complete"
kind = "completeness"
measure = "stock"
share = 0.8
severity = "blocking"

[[check]]
name = "categories"
kind = "sum_of_parts"
measure = "occupied"

[[check]]
name = "regions"
kind = "sum_of_parts"
measure = "calls"
over = "places"

[[check]]
name = "staffed_enough"
kind = "at_most"
measure = "occupied"
other = "staffed"

[[check]]
name = "dataset_schema"
kind = "schema"
dataset = "capacity"
columns = { place = "text", value = "number", reference_date = "date" }
required = ["value"]
unique = ["place", "reference_date"]

[[check]]
name = "dataset_range"
kind = "range"
dataset = "capacity"
min = 0
column = "value"

[[check]]
name = "dataset_fresh"
kind = "freshness"
dataset = "capacity"
max_age_days = 1

[[check]]
name = "own_query"
kind = "sql"
dataset = "capacity"
query = '''
SELECT place, 'no such place' AS message FROM capacity
WHERE place NOT IN (SELECT place FROM places)
  AND reference_date <= (SELECT as_of FROM as_of) -- until today
'''
"""

Key = tuple[str, str, str, date]
Figures = dict[Key, float | None]
Dataset = list[dict[str, object]]


@dataclass
class Room:
    """Figures by measure, place, category and day, and the rows of the dataset capacity."""

    figures: Figures
    capacity: Dataset


def clean_room() -> Room:
    figures: Figures = {}
    for back in range(DAYS):
        day = LAST - timedelta(back)
        wave = (back * 7 + 3) % 5
        for number, site in enumerate(SITES):
            icu, general = 10.0 + number + wave, 30.0 + wave
            figures["occupied", site, "icu", day] = icu
            figures["occupied", site, "general", day] = general
            figures["occupied", site, "", day] = icu + general
            figures["staffed", site, "icu", day] = icu + 2
            figures["staffed", site, "general", day] = general + wave
            figures["stock", site, "mask", day] = 2000.0 - 10 * ((back * 13 + number) % 30)
            figures["calls", site, "", day] = 5.0 + number
        figures["calls", "east", "", day] = 5.0 + 6 + 7
        figures["calls", "west", "", day] = 8.0 + 9 + 10
    capacity: Dataset = [
        {"place": site, "reference_date": LAST - timedelta(back), "value": 12.0}
        for site in SITES
        for back in range(3)
    ]
    return Room(figures, capacity)


def known_measures() -> pa.Table:
    rows = [
        {
            "measure": name,
            "name_en": name,
            "name_fr": name,
            "unit": "u",
            "kind": "level",
            "step": "day",
            "over_places": "sum",
            "minimum": 0.0,
            "maximum": 1000.0,
            "rules": "",
            "tolerance": 0.05,
        }
        for name in ("occupied", "staffed", "calls", "stock")
    ]
    rows[3]["maximum"] = 1e6
    return pa.Table.from_pylist(rows, schema=MEASURES.arrow_schema())


def known_places() -> pa.Table:
    rows = [("n", "nation", ""), ("east", "region", "n"), ("west", "region", "n")]
    rows += [(site, "site", "east" if site.startswith("e") else "west") for site in SITES]
    names = ("place", "kind", "parent")
    table = [dict(zip(names, row, strict=True)) | {"name": row[0]} for row in rows]
    return pa.Table.from_pylist(table, schema=PLACES.arrow_schema())


def facts(figures: Figures) -> pa.Table:
    schema = REPORTS.arrow_schema()
    names = [name for name in schema.names if name not in {"arrival", "run"}]
    known_at = datetime(2026, 11, 23, 5, tzinfo=UTC)
    rows = [
        {
            "measure": measure,
            "place": place,
            "category": category,
            "reference_date": day,
            "known_at": known_at,
            "value": value,
            "reason": None if value is not None else "blank",
            "feed": "stores" if measure == "stock" else "beds",
        }
        for (measure, place, category, day), value in figures.items()
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([schema.field(name) for name in names]))


def declared(text: str = CHECKS) -> tuple[Check, ...]:
    names = known_measures().column("measure").to_pylist()
    checks, problems = read_checks(
        text, "checks.toml", names, ["capacity"], feeds=["beds", "stores"]
    )
    assert problems == []
    return checks


def results(room: Room, text: str = CHECKS) -> pa.Table:
    tables = {
        "facts": facts(room.figures),
        "measures": known_measures(),
        "places": known_places(),
        "capacity": pa.Table.from_pylist(room.capacity),
    }
    tables["ruled"] = ENGINE.query(RULED_SQL, tables)
    tables["coverage"] = coverage(
        tables["ruled"], tables["measures"], tables["places"], completed_since=AS_OF
    )
    parts = []
    for check in declared(text):
        query = check_query(check, AS_OF)
        parts.append(ENGINE.query(query.sql, tables, query.parameters))
    return pa.concat_tables(parts)


def failing(room: Room) -> dict[str, list[str]]:
    """Check by check: "place category day: message" of the rows that failed."""
    found: dict[str, list[str]] = {}
    for row in results(room).to_pylist():
        if not row["passed"]:
            where = (row["place"], row["category"], str(row["reference_date"] or ""))
            found.setdefault(row["check"], []).append(f"{' '.join(where)}: {row['message']}")
    return found


def test_a_clean_room_passes_every_check() -> None:
    table = results(clean_room())
    assert [row for row in table.to_pylist() if not row["passed"]] == []
    assert table.num_rows == len(declared())
    assert ("run", *table.schema.names) == CHECK_RESULTS.names
    idle = [row["check"] for row in table.to_pylist() if "All of 0 " in row["message"]]
    assert idle == ["own_query"]
    assert not verdict(table).blocked


def put(
    measure: str,
    place: str,
    category: str,
    value: float | None,
    back: int = 0,
) -> Callable[[Room], None]:
    def change(room: Room) -> None:
        room.figures[measure, place, category, LAST - timedelta(back)] = value

    return change


def silent(measure: str, sites: tuple[str, ...], days: int) -> Callable[[Room], None]:
    def change(room: Room) -> None:
        for key in list(room.figures):
            if key[0] == measure and key[1] in sites and key[3] > LAST - timedelta(days):
                room.figures[key] = None

    return change


def row_changes(**changes: object) -> Callable[[Room], None]:
    def change(room: Room) -> None:
        room.capacity[0] |= changes

    return change


def all_text(room: Room) -> None:
    for row in room.capacity:
        row["value"] = "12"


def without_day(room: Room) -> None:
    for row in room.capacity:
        del row["reference_date"]


INJECTED: list[tuple[str, Callable[[Room], None], dict[str, str]]] = [
    (
        "a value above the maximum of measures.csv",
        put("occupied", "e2", "general", 2000, 40),
        {"range": "e2 general 2026-10-13: occupied: seen 2000, expected at most 1000."},
    ),
    (
        "a value below zero",
        put("occupied", "e2", "icu", -1, 40),
        {"range": "e2 icu 2026-10-13: occupied: seen -1, expected at least 0."},
    ),
    (
        "a value above the check's own maximum",
        put("staffed", "e2", "icu", 91),
        {"own_range": "e2 icu 2026-11-22: staffed: seen 91, expected at most 90."},
    ),
    (
        "boxes counted for units",
        put("stock", "w1", "mask", 20, 3),
        {"jump": "w1 mask 2026-11-19: stock: seen 20, the three reports before had"},
    ),
    (
        "units counted for boxes",
        put("stock", "w1", "mask", 200_000),
        {"jump": "w1 mask 2026-11-22: stock: seen 200000, the three reports before had"},
    ),
    (
        "a site that went silent",
        silent("occupied", ("e3",), 4),
        {
            "fresh": "e3  2026-11-18: occupied: the newest day with a value is 2026-11-18, "
            "expected 2026-11-21 or later."
        },
    ),
    (
        "two of six sites missing on the last day",
        silent("stock", ("e3", "w2"), 1),
        {"complete": "n mask 2026-11-22: stock: 4 of 6 places reported, expected at least 5."},
    ),
    (
        "a feed that stopped",
        silent("stock", SITES, 2),
        {"feed_fresh": "2026-11-20: stores: the newest day with a value is 2026-11-20"},
    ),
    (
        "wards that do not add up",
        put("occupied", "w3", "", 60, 2),
        {"categories": "w3  2026-11-20: occupied: 2 of 2 parts add up to"},
    ),
    ("a part missing, the rest above the total", put("calls", "e1", "", None, 1), {}),
    (
        "sites that do not add up to their region",
        put("calls", "east", "", 30, 1),
        {"regions": "east  2026-11-21: calls: 3 of 3 parts add up to 18, the total says 30."},
    ),
    (
        "more patients than staffed beds",
        put("staffed", "e1", "general", 20),
        {
            "staffed_enough": "e1 general 2026-11-22: occupied: seen 33, "
            "expected at most staffed, 20."
        },
    ),
    (
        "an unknown place in a dataset",
        row_changes(place="x9"),
        {"own_query": "x9  : no such place"},
    ),
    (
        "a negative value in a dataset",
        row_changes(value=-4.0),
        {"dataset_range": "e1  2026-11-22: capacity: seen -4, expected at least 0."},
    ),
    (
        "an empty value in a dataset",
        row_changes(value=None),
        {"dataset_schema": 'e1  2026-11-22: column "value" is empty.'},
    ),
    (
        "a row twice in a dataset",
        lambda room: room.capacity.append(dict(room.capacity[0])),
        {"dataset_schema": "e1  2026-11-22: the row is there 2 times."},
    ),
]


@pytest.mark.parametrize(("name", "change", "expected"), INJECTED, ids=[row[0] for row in INJECTED])
def test_a_mistake_is_found_by_its_check_and_no_other(
    name: str, change: Callable[[Room], None], expected: dict[str, str]
) -> None:
    room = clean_room()
    change(room)
    found = failing(room)
    assert set(found) == set(expected), found
    for check, message in expected.items():
        assert any(message in row for row in found[check]), found[check]
        assert len(found[check]) == 2, f"one failing row and the summary: {found[check]}"


def test_a_column_of_another_type_or_a_missing_one_is_named() -> None:
    text = CHECKS[CHECKS.index('[[check]]\nname = "dataset_schema"') :]
    text = text[: text.index('[[check]]\nname = "dataset_range"')]
    room = clean_room()
    all_text(room)
    (row,) = results(room, text).to_pylist()
    assert (row["passed"], row["rows"]) == (False, 1)
    assert 'column "value" holds VARCHAR, expected number.' in row["message"]
    without_day(room)
    (summary, *_) = results(room, text).to_pylist()
    assert 'column "reference_date" is missing.' in summary["message"]


def test_a_range_of_a_column_that_is_not_there_fails() -> None:
    text = CHECKS[CHECKS.index('[[check]]\nname = "dataset_range"') :]
    text = text[: text.index('[[check]]\nname = "dataset_fresh"')].replace('"value"', '"valeu"')
    (row,) = results(clean_room(), text).to_pylist()
    assert not row["passed"]
    assert row["message"].endswith('column "valeu" is missing.')


def test_a_check_that_cannot_be_carried_out_has_failed() -> None:
    check = declared()[0]
    outcome = verdict(not_carried_out(check, "no such column"))
    assert outcome.blocked
    assert "no such column. Correct checks.toml, line 2." in outcome.reasons[0]


def test_a_blocked_release_says_which_figure_which_check_and_which_rows() -> None:
    room = clean_room()
    put("occupied", "e2", "general", 2000, 40)(room)
    put("staffed", "e2", "icu", 91)(room)
    outcome = verdict(results(room))
    assert outcome.blocked
    (reason,) = outcome.reasons
    assert reason.startswith('occupied: check "range" (range) failed. 1 failed, of 1260 values')
    assert "Rows: e2, general, 2026-10-13: occupied: seen 2000" in reason
    assert len(outcome.warnings) == 1


def test_a_failed_warning_does_not_block() -> None:
    room = clean_room()
    put("staffed", "e2", "icu", 91)(room)
    assert not verdict(results(room)).blocked


@settings(max_examples=10, deadline=None)
@given(
    place=st.sampled_from(SITES),
    back=st.integers(0, 5),
    factor=st.sampled_from([0.01, 0.1, 10.0, 100.0]),
)
def test_a_mistake_of_unit_is_found_where_it_is_and_nowhere_else(
    place: str, back: int, factor: float
) -> None:
    room = clean_room()
    day = LAST - timedelta(back)
    value = room.figures["stock", place, "mask", day]
    assert value is not None
    put("stock", place, "mask", value * factor, back)(room)
    rows = [row for row in results(room).to_pylist() if not row["passed"] and row["place"]]
    assert [(row["check"], row["place"], row["reference_date"]) for row in rows] == [
        ("jump", place, day)
    ]
