"""Rows of shortage days: against slow sums, and never against the table of shortages."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.actions.forecasts.forecasting import History
from vigie.actions.shortages.shortage_days import DayPaths, shortage_days
from vigie.actions.shortages.shortage_rows import Inputs, Series, shortage_rows
from vigie.hospital import is_short, usable_capacity
from vigie.paths import first_passage
from vigie.schemas import SHORTAGE_DAYS

TODAY = date(2020, 11, 9)
SHAPE = (3, 2, 6, 40)


def series(offset: int = 0) -> Series:
    dates = np.arange(np.datetime64(TODAY) - 5, np.datetime64(TODAY))
    values = np.ones((3, 2, 5))
    history = History(
        "beds", "level", "day", ("A", "B", "C"), ("icu", "hdu"), dates, values, TODAY, None
    )
    return Series(
        kind="beds",
        places=("A", "B", "C"),
        categories=("icu", "hdu"),
        offset=offset,
        model="any",
        unit="patient-days",
        need_now=np.ones((3, 2), np.float32),
        capacity_now=np.ones((3, 2), np.float32),
        binds=[["beds", "staff"]] * 3,
        history=history,
    )


def inputs(days: int) -> Inputs:
    return Inputs(TODAY, days, {}, {}, {}, {}, {})


def paths_of(seed: int) -> tuple[DayPaths, np.ndarray]:
    rng = np.random.default_rng(seed)
    need = rng.gamma(4, 5, SHAPE).astype(np.float32)
    beds = np.full((3, 2, 1, 1), 24, np.float32)
    staff = rng.gamma(30, 0.8, SHAPE).astype(np.float32)
    usable = usable_capacity(beds, staff)
    short = is_short(need, usable.values)
    known = np.array([[True, False], [False, False], [True, True]])
    return DayPaths(need, usable.values, short, first_passage(short), limits=usable.limits), known


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 1))
def test_each_row_says_what_counting_one_future_after_the_other_says(seed, offset):
    paths, known = paths_of(seed)
    rows = shortage_days(series(offset), inputs(6), paths, known).to_pylist()
    assert len(rows) == 3 * 6
    for row in rows:
        place, ward = "ABC".index(row["place"]), ("icu", "hdu").index(row["category"])
        day = (row["date"] - TODAY).days - offset
        need, capacity = paths.need[place, ward], paths.capacity[place, ward]
        lacking = [max(0.0, n - c) for n, c in zip(need[day], capacity[day], strict=True)]
        ever = [any(need[d, i] > capacity[d, i] + 1e-3 for d in range(day + 1)) for i in range(40)]
        assert row["probability_on"] == np.mean([each > 1e-3 for each in lacking])
        assert row["probability_by"] == np.mean(ever)
        assert row["expected_unmet"] == pytest.approx(np.mean(lacking), rel=1e-5)
        for level, at in ((10, 3), (50, 19), (90, 35)):
            assert row[f"need_q{level}"] == sorted(need[day])[at]
            assert row[f"capacity_q{level}"] == sorted(capacity[day])[at]
        assert row["delivered"] is None
        short = [i for i in range(40) if lacking[i] > 1e-3] or range(40)
        names = ["beds" if capacity[day, i] == 24 else "staff" for i in short]
        assert names.count(row["binds"]) == max(names.count("beds"), names.count("staff"))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_chance_by_a_day_never_falls_and_ends_at_that_of_the_table_of_shortages(seed):
    paths, known = paths_of(seed)
    rows = shortage_days(series(1), inputs(6), paths, known).to_pylist()
    unmet = np.maximum(paths.need - paths.capacity, 0).sum(axis=2)
    shortages = shortage_rows(series(1), inputs(6), paths.first_day, unmet, known).to_pylist()
    for shortage in shortages:
        own = [r for r in rows if all(r[k] == shortage[k] for k in ("kind", "place", "category"))]
        by = [row["probability_by"] for row in own]
        assert [row["date"] for row in own] == [TODAY + timedelta(days=n) for n in range(1, 7)]
        assert by == sorted(by)
        assert by[-1] == shortage["probability"]
        assert all(row["probability_on"] <= row["probability_by"] for row in own)
        total = sum(row["expected_unmet"] for row in own)
        assert total == pytest.approx(shortage["expected_unmet"], rel=1e-4)


def test_capacity_that_is_the_same_in_all_futures_and_days_is_written_as_it_is():
    paths, known = paths_of(1)
    fleet = np.array([20, 21, 22], np.float32).reshape(3, 1, 1, 1)
    short = is_short(paths.need, fleet)
    level = DayPaths(paths.need, fleet, short, first_passage(short))
    rows = shortage_days(series(), inputs(6), level, known).to_pylist()
    for row in rows:
        held = {"A": 20, "C": 22}[row["place"]]
        assert [row[f"capacity_q{q}"] for q in (10, 50, 90)] == [held] * 3
        assert row["binds"] == {"icu": "beds", "hdu": "staff"}[row["category"]]


def test_nothing_known_gives_no_row_in_the_same_columns():
    paths, known = paths_of(2)
    rows = shortage_days(series(), inputs(6), paths, np.zeros_like(known))
    assert rows.num_rows == 0
    assert rows.column_names == [name for name in SHORTAGE_DAYS.names if name != "run"]
