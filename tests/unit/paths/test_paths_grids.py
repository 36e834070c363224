"""Tall tables to arrays and back, and what the array of futures refuses."""

import numpy as np
import pyarrow as pa
import pytest

from vigie.errors import BadData
from vigie.paths import (
    SamplePaths,
    days_of_data,
    forecast_rows,
    last_seen,
    path_rows,
    paths_from_rows,
    quantiles,
    to_grid,
)

DATES = np.arange("2024-01-01", "2024-01-05", dtype="datetime64[D]")


def facts(*rows):
    places, categories, dates, values = zip(*rows, strict=True)
    return pa.table(
        {
            "place": pa.array(places),
            "category": pa.array(categories),
            "reference_date": pa.array(np.array(dates, dtype="datetime64[D]")),
            "value": pa.array(values, pa.float64()),
        }
    )


def some_paths(samples=6):
    values = np.random.default_rng(0).gamma(2, 5, (2, 2, 4, samples)).astype(np.float32)
    return SamplePaths("admissions", ("a", "b"), ("icu", "ward"), DATES, values)


def test_what_was_not_reported_is_missing_and_never_zero():
    table = facts(
        ("a", "icu", "2024-01-02", 3), ("b", "icu", "2024-01-04", None), ("b", "", "2024-01-01", 0)
    )
    grid = to_grid(["a", "b"], ["", "icu"], DATES, table)
    assert grid.shape == (2, 2, 4)
    assert grid[0, 1, 1] == 3
    assert grid[1, 0, 0] == 0
    assert np.isnan(grid).sum() == grid.size - 2
    assert days_of_data(grid).tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (("c", "icu", "2024-01-02", 1), "place"),
        (("a", "burns", "2024-01-02", 1), "category"),
        (("a", "icu", "2023-12-31", 1), "reference_date"),
    ],
)
def test_a_row_outside_the_grid_is_refused(row, name):
    with pytest.raises(ValueError, match=f"1 rows have a {name} outside"):
        to_grid(["a", "b"], ["icu"], DATES, facts(row, ("a", "icu", "2024-01-01", 2)))


def test_two_values_for_one_cell_are_refused():
    row = ("a", "icu", "2024-01-02", 1)
    with pytest.raises(ValueError, match="two rows"):
        to_grid(["a"], ["icu"], DATES, facts(row, row))


def test_missing_values_read_as_the_last_seen_one():
    history = np.array([[np.nan, 2.0, np.nan, np.nan, 5.0, np.nan]])
    assert np.array_equal(last_seen(history), [[np.nan, 2, 2, 2, 5, 5]], equal_nan=True)


def test_writing_and_reading_paths_is_identity_in_any_order_of_rows():
    paths = some_paths()
    rows = path_rows(paths)
    shuffled = rows.take(np.random.default_rng(1).permutation(rows.num_rows))
    back = paths_from_rows(shuffled, 6)
    assert (back.measure, back.places, back.categories) == (
        "admissions",
        ("a", "b"),
        ("icu", "ward"),
    )
    assert np.array_equal(back.values, paths.values)
    assert np.array_equal(back.dates, paths.dates)


def test_rows_with_another_number_of_samples_or_a_hole_are_refused():
    rows = path_rows(some_paths())
    with pytest.raises(BadData, match="do not hold exactly 7 samples"):
        paths_from_rows(rows, 7)
    with pytest.raises(BadData, match="15 rows do not fill"):
        paths_from_rows(rows.slice(0, 15), 6)
    twice = pa.concat_tables([rows.slice(0, 15), rows.slice(0, 1)])
    with pytest.raises(BadData, match="do not fill"):
        paths_from_rows(twice, 6)
    with pytest.raises(BadData, match="rows of 0 measures"):
        paths_from_rows(rows.slice(0, 0), 6)


def test_forecast_rows_hold_the_quantiles_of_each_series_and_horizon():
    paths = some_paths()
    rows = forecast_rows(paths, "vigie-flat", np.datetime64("2023-12-31")).to_pylist()
    assert len(rows) == 2 * 2 * 4 * 23
    values = quantiles(paths.values)
    row = rows[((1 * 2 + 0) * 4 + 2) * 23 + 11]
    assert (row["location"], row["category"], row["horizon"]) == ("b", "icu", 3)
    assert str(row["target_end_date"]) == "2024-01-03"
    assert (row["output_type"], row["output_type_id"]) == ("quantile", 0.5)
    assert row["value"] == values[1, 0, 2, 11]


def test_the_first_futures_are_kept_when_fewer_are_afforded():
    paths = some_paths()
    assert np.array_equal(paths.first(2).values, paths.values[..., :2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"places": ("a", "a")}, "named twice"),
        ({"dates": DATES[::-1]}, "do not increase"),
        ({"dates": DATES.astype("datetime64[s]")}, "not datetime64"),
        ({"categories": ("icu",)}, "expected"),
        ({"values": np.zeros((2, 2, 4, 6))}, "contiguous float32"),
        ({"values": np.full((2, 2, 4, 6), np.nan, np.float32)}, "not finite"),
    ],
)
def test_paths_that_do_not_fit_their_axes_are_refused(change, message):
    paths = some_paths()
    given = {
        "measure": paths.measure,
        "places": paths.places,
        "categories": paths.categories,
        "dates": paths.dates,
        "values": paths.values,
    }
    with pytest.raises(ValueError, match=message):
        SamplePaths(**(given | change))
