"""Cells: numbers, dates and instants, the quick way compared with the obvious one."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.feeds.cells import read_numbers
from vigie.feeds.declaration import ColumnRule
from vigie.feeds.rules import Failure, read_date, read_instant, read_moment, read_number

PARIS = ZoneInfo("Europe/Paris")
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
NULLS = frozenset({"", "NA"})

CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "NA",
            " 5",
            "5 ",
            "-0",
            "+3",
            ".5",
            "5.",
            "1e3",
            "1e999",
            "nan",
            "inf",
            "-inf",
            "Infinity",
            "0x10",
            "1_000",
            "1,5",
            "1 000",
            "١",
            "=1",
            "true",
            "5%",
        ]
    ),
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(max_size=4),
)


def obvious_number(cell: str) -> float | None:
    """Plain digits with a point, by hand; None is refused, NaN is blank."""
    if cell.strip() in NULLS:
        return math.nan
    text = cell.strip()
    if not text or set(text) - set("0123456789+-.eE"):
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, max_size=12))
def test_a_column_of_numbers_is_read_as_each_cell_alone(cells: list[str]) -> None:
    column = read_numbers(pa.array(cells, pa.string()), ".", NULLS)
    for cell, value, wrong in zip(cells, column.values, column.wrong, strict=True):
        expected = obvious_number(cell)
        assert (wrong >= 0) == (expected is None), cell
        if expected is not None:
            assert value == expected or (math.isnan(value) and math.isnan(expected))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9), max_size=10))
def test_a_decimal_comma_reads_as_a_decimal_point(values: list[float]) -> None:
    with_point = read_numbers(pa.array([f"{each:.3f}" for each in values]), ".", NULLS)
    with_comma = read_numbers(
        pa.array([f"{each:.3f}".replace(".", ",") for each in values]), ",", NULLS
    )
    np.testing.assert_array_equal(with_point.values, with_comma.values)
    assert (with_comma.wrong == -1).all()


@pytest.mark.parametrize("cell", [None, True, math.nan, math.inf])
def test_what_is_no_number_is_refused(cell: object) -> None:
    assert isinstance(read_number(cell, "."), Failure)


@pytest.mark.parametrize(
    ("cell", "rule", "expected"),
    [
        ("2021-03-01", ColumnRule("d"), date(2021, 3, 1)),
        ("01/03/2021", ColumnRule("d", format="%d/%m/%Y"), date(2021, 3, 1)),
        ("2021-03", ColumnRule("d", format="%Y-%m"), date(2021, 3, 31)),
        ("2020-02", ColumnRule("d", format="%Y-%m"), date(2020, 2, 29)),
        ("2021-03-01", ColumnRule("d", period="month"), date(2021, 3, 31)),
        ("2021-03-01", ColumnRule("d", plus_days=6), date(2021, 3, 7)),
        ("2020-W53", ColumnRule("d", format="%G-W%V"), date(2021, 1, 3)),
        ("44256", ColumnRule("d", format="excel"), date(2021, 3, 1)),
        (44256.5, ColumnRule("d", format="excel"), date(2021, 3, 1)),
        (date(2021, 3, 1), ColumnRule("d", format="%d/%m/%Y"), date(2021, 3, 1)),
        (datetime(2021, 3, 1, 23, 30, tzinfo=UTC), ColumnRule("d"), date(2021, 3, 2)),
    ],
)
def test_dates_are_read_as_declared(cell: object, rule: ColumnRule, expected: date) -> None:
    assert read_date(cell, rule, PARIS, None) == expected


def test_a_running_month_is_no_future() -> None:
    rule = ColumnRule("d", format="%Y-%m")
    assert read_date("2021-03", rule, PARIS, date(2021, 3, 5)) == date(2021, 3, 31)
    late = read_date("2021-04", rule, PARIS, date(2021, 3, 5))
    assert isinstance(late, Failure)
    assert late.rule == "future"


@pytest.mark.parametrize(
    ("cell", "format", "expected"),
    [
        ("2021-03-01", "%Y-%m-%d", datetime(2021, 2, 28, 23, tzinfo=UTC)),
        ("2021-03-01T08:00:00Z", "%Y-%m-%dT%H:%M:%SZ", datetime(2021, 3, 1, 8, tzinfo=UTC)),
        ("2021-07-01 08:00", "%Y-%m-%d %H:%M", datetime(2021, 7, 1, 6, tzinfo=UTC)),
        ("2021-10-31 02:30", "%Y-%m-%d %H:%M", datetime(2021, 10, 31, 0, 30, tzinfo=UTC)),
        ("2021-03-01 08:00 -0500", "%Y-%m-%d %H:%M %z", datetime(2021, 3, 1, 13, tzinfo=UTC)),
        (datetime(2021, 3, 1, 8), "", datetime(2021, 3, 1, 7, tzinfo=UTC)),
    ],
)
def test_instants_are_utc_and_times_without_offset_are_of_the_room(
    cell: object, format: str, expected: datetime
) -> None:
    assert read_instant(cell, format, PARIS, 0, LATEST) == expected


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("cell", ["0001-01-01 00:00", "9999-12-31 23:59"])
@pytest.mark.parametrize("plus_days", [-1, 0, 1])
def test_what_programs_write_for_no_day_fails_by_its_rule_or_is_an_instant(
    zone: str, cell: str, plus_days: int
) -> None:
    place, format = ZoneInfo(zone), "%Y-%m-%d %H:%M"
    moment = read_moment(cell, format, place, plus_days)
    known = read_instant(cell, format, place, plus_days, LATEST)
    day = read_date(cell, ColumnRule("d", format=format, plus_days=plus_days), place, None)

    assert isinstance(moment, datetime) or moment.rule == "instant"
    assert isinstance(known, datetime) or known.rule in ("known_at", "future")
    assert isinstance(day, date) or day.rule == "date"


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Paris", "UTC", "Pacific/Auckland"])
@pytest.mark.parametrize("day", [date(2024, 11, 1), date(2025, 3, 7), date(2024, 10, 25)])
def test_a_file_dated_by_a_day_is_known_on_that_day_of_the_room_and_not_before(
    zone: str, day: date
) -> None:
    place = ZoneInfo(zone)
    known = read_instant(day.isoformat(), "%Y-%m-%d", place, 4, LATEST)
    assert isinstance(known, datetime)
    assert known.astimezone(place).date() == day + timedelta(days=4)
    before = known - timedelta(microseconds=1)
    assert before.astimezone(place).date() == day + timedelta(days=3)


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(1970, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d", "%m/%d/%Y"]),
)
def test_a_date_written_in_a_format_is_read_back(day: date, format: str) -> None:
    assert read_date(day.strftime(format), ColumnRule("d", format=format), PARIS, None) == day


def test_messages_never_hold_the_cell() -> None:
    secret = "DUVAL 1931"
    failures = [
        read_number(secret, "."),
        read_date(secret, ColumnRule("d"), PARIS, None),
        read_instant(secret, "%Y-%m-%d", PARIS, 0, LATEST),
    ]
    for failure in failures:
        assert isinstance(failure, Failure)
        assert "DUVAL" not in failure.message
