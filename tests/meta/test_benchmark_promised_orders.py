"""Open orders as the burn rate of the benchmark of warnings reads them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from benchmarks.promised_orders import promised_units

DATES = np.arange("2024-03-02", "2024-03-12", dtype="datetime64[D]")
NAMES = ["place", "product", "quantity", "eta_date", "status"]


def orders(*rows: tuple[str, str, float | None, date | None, str | None]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table({name: pa.array(of) for name, of in zip(NAMES, columns, strict=True)})


def test_open_orders_come_on_their_day_and_late_ones_a_week_from_today() -> None:
    table = orders(
        ("a", "mask", 100.0, date(2024, 3, 4), "ordered"),
        ("a", "mask", 50.0, date(2024, 3, 4), "shipped"),
        ("a", "mask", 30.0, date(2024, 3, 1), "ordered"),
        ("b", "mask", 20.0, None, "ordered"),
        ("b", "gown", 7.0, date(2024, 3, 2), "ordered"),
    )
    arriving = promised_units(table, ["a", "b"], ["mask", "gown"], DATES)
    assert arriving[0, 0].tolist() == [0, 0, 150, 0, 0, 0, 30, 0, 0, 0]
    assert arriving[1, 0].tolist() == [0, 0, 0, 0, 0, 0, 20, 0, 0, 0]
    assert arriving[1, 1, 0] == 7


def test_orders_that_will_not_come_or_are_not_asked_for_count_nothing() -> None:
    table = orders(
        ("a", "mask", 1.0, date(2024, 3, 4), "cancelled"),
        ("a", "mask", 2.0, date(2024, 3, 4), "arrived"),
        ("a", "mask", 4.0, date(2024, 4, 4), "ordered"),
        ("z", "mask", 8.0, date(2024, 3, 4), "ordered"),
        ("a", "soap", 16.0, date(2024, 3, 4), "ordered"),
        ("a", "mask", None, date(2024, 3, 4), "ordered"),
        ("a", "mask", 32.0, date(2024, 3, 4), None),
    )
    assert promised_units(table, ["a"], ["mask"], DATES).sum() == 0
