"""Model-output of somebody else: taken whole, or refused with what is wrong."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from vigie.errors import BadData
from vigie.paths import QUANTILE_LEVELS, checked_output

DATES = {1: np.datetime64("2021-03-02"), 7: np.datetime64("2021-03-08")}
SERIES = [("A", "icu"), ("B", "icu"), ("B", "")]


def rows() -> list[dict[str, object]]:
    return [
        {
            "location": place,
            "category": category,
            "horizon": horizon,
            "target_end_date": str(DATES[horizon]),
            "output_type": "quantile",
            "output_type_id": level,
            "value": 10.0 * horizon + level,
        }
        for place, category in SERIES[:2]
        for horizon in DATES
        for level in QUANTILE_LEVELS
    ]


def checked(found: list[dict[str, object]]) -> dict[tuple[str, str], np.ndarray]:
    return checked_output(pa.Table.from_pylist(found), SERIES, DATES)


def test_quantiles_come_by_series_in_order_of_horizon_and_level_whatever_the_order() -> None:
    found = checked(list(np.random.default_rng(1).permutation(rows())))
    assert sorted(found) == [("A", "icu"), ("B", "icu")]
    expected = np.array([[10.0 * h + level for level in QUANTILE_LEVELS] for h in DATES])
    np.testing.assert_array_equal(found["B", "icu"], expected)


def test_a_file_without_categories_is_of_all_together() -> None:
    some = [{**row, "location": "B"} for row in rows() if row["location"] == "A"]
    bare = [
        {k: v for k, v in row.items() if k not in ("category", "output_type", "target_end_date")}
        for row in some
    ]
    assert list(checked(bare)) == [("B", "")]


def without(**equals: object) -> Callable[[dict[str, object]], bool]:
    return lambda row: all(row[key] == value for key, value in equals.items())


FIRST = {"location": "A", "horizon": 7, "output_type_id": 0.5}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": float("nan")}, "1 values are missing, NaN or infinite"),
        ({"value": float("inf")}, "1 values are missing, NaN or infinite"),
        ({"value": None}, "1 values are missing"),
        ({"value": -0.5}, "1 values are negative"),
        ({"value": 1e6}, "location A, category icu, horizon 7: its quantiles cross"),
        ({"location": "Z"}, "location Z, category icu is not in the history"),
        ({"horizon": 8}, "horizon 8 was not asked for"),
        ({"output_type_id": 0.33}, "output_type_id 0.33 was not asked for"),
        ({"target_end_date": "2021-03-09"}, "1 rows have a target_end_date"),
        ({"output_type_id": 0.55}, "1 rows are there twice"),
        ({"output_type": "mean"}, "horizon 7: 1 of 23 quantile levels are missing"),
    ],
)
def test_one_bad_row_refuses_the_file_and_says_why(change: dict[str, object], message: str) -> None:
    is_first = without(**FIRST)
    changed = [{**row, **change} if is_first(row) else row for row in rows()]
    with pytest.raises(BadData, match=message):
        checked(changed)


def test_a_missing_horizon_column_or_everything_is_told() -> None:
    with pytest.raises(BadData, match="horizon 7: 23 of 23"):
        checked([row for row in rows() if row["horizon"] == 1])
    with pytest.raises(BadData, match="no column horizon"):
        checked([{k: v for k, v in row.items() if k != "horizon"} for row in rows()])
    with pytest.raises(BadData, match="no quantile"):
        checked_output(pa.Table.from_pylist(rows()).slice(0, 0), SERIES, DATES)
    with pytest.raises(BadData, match="no number"):
        checked([{**row, "value": "many"} for row in rows()])
