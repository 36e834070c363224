"""A store at each English trust: true issues, an invented opening stock, orders with true delays.

Issues are those of the NHS (``uk_scmd``), delays those of real deliveries (``scms_deliveries``);
opening stock and the promised day of one open order are drawn. Use is spread evenly over 30 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.bench_series import SHARED

__all__ = ["DAYS", "World", "delays", "monthly_issues", "open_orders", "past_deliveries", "world"]

DAYS = 30
SPLIT = np.datetime64("2011-01-01")
LEVEL_MONTHS = 3
_LONGEST_DELAY = 250


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Stores at the end of a month, one element a store.

    Attributes:
        series: index of the series of issues.
        stock: units on hand.
        ordered: units of the one open order.
        promised: promised day of the order, 1..30.
        arrival: true day of its arrival, >= 1.
        issues: true issues of the next month.
        is_out: whether demand could not be met on a day of it.
    """

    series: np.ndarray
    stock: np.ndarray
    ordered: np.ndarray
    promised: np.ndarray
    arrival: np.ndarray
    issues: np.ndarray
    is_out: np.ndarray


def monthly_issues() -> tuple[np.ndarray, list[tuple[str, str]], list[str]]:
    """(series, month): units issued, 0 where no issue is reported after the first, NaN before."""
    import polars as pl

    rows = pl.read_parquet(SHARED / "data/uk_scmd/hospital_medicines_monthly.parquet")
    rows = rows.group_by("ods_code", "vmp_snomed_code", "year_month").agg(
        pl.col("total_quantity").sum()
    )
    months = sorted(rows["year_month"].unique().to_list())
    keys = sorted(set(rows.select("ods_code", "vmp_snomed_code").iter_rows()))
    at, when = ({key: index for index, key in enumerate(each)} for each in (keys, months))
    issues = np.zeros((len(keys), len(months)))
    for trust, product, month, units in rows.iter_rows():
        issues[at[trust, product], when[month]] += units
    issues = np.maximum(issues, 0.0)
    before = np.cumsum(issues > 0, axis=1) == 0
    issues[before] = np.nan
    return issues, keys, [f"{month:%Y-%m}" for month in months]


def _deliveries() -> Any:
    import polars as pl

    rows = pl.read_parquet(SHARED / "data/scms_deliveries/deliveries.parquet")
    return rows.select("ID", "Country", "Vendor", "Product Group", "scheduled", "delay_days")


def delays() -> np.ndarray:
    """Days of delay of the deliveries promised from 2011 on: the truth of the simulation."""
    rows = _deliveries()
    late = rows["scheduled"].to_numpy().astype("datetime64[D]") >= SPLIT
    return np.asarray(rows["delay_days"].to_numpy()[late], dtype=np.int64)


def past_deliveries() -> pa.Table:
    """Orders promised before 2011 as rows of the table ``orders``, told 90 days before."""
    rows = _deliveries()
    promised = rows["scheduled"].to_numpy().astype("datetime64[D]").astype(np.int64)
    before = promised < SPLIT.astype(np.int64)
    promised = promised[before]
    came = promised + rows["delay_days"].to_numpy()[before]
    told = np.minimum(promised, came - 1) - 90
    columns = {
        name: [str(text) for text in np.array(rows[column].to_list(), dtype=object)[before]]
        for name, column in (
            ("order", "ID"),
            ("place", "Country"),
            ("supplier", "Vendor"),
            ("product", "Product Group"),
        )
    }
    count = len(promised)
    return _table(
        {name: values * 2 for name, values in columns.items()},
        told=np.concatenate([told, came]),
        ordered=np.concatenate([told, told]),
        eta=np.concatenate([promised, came]),
        status=["ordered"] * count + ["arrived"] * count,
        quantity=np.ones(2 * count),
    )


def open_orders(given: World, today: date, places: list[str]) -> pa.Table:
    """The open order of each store as rows of the table ``orders``."""
    count, end = len(given.stock), (today - date(1970, 1, 1)).days
    words = {"order": places, "place": places, "supplier": [""] * count, "product": ["all"] * count}
    return _table(
        words,
        told=np.full(count, end - 60),
        ordered=np.full(count, end - 60),
        eta=end + given.promised,
        status=["ordered"] * count,
        quantity=given.ordered,
    )


def _table(
    words: dict[str, list[str]],
    *,
    told: np.ndarray,
    ordered: np.ndarray,
    eta: np.ndarray,
    status: list[str],
    quantity: np.ndarray,
) -> pa.Table:
    def dates(days: np.ndarray) -> pa.Array:
        return pa.array(days.astype(np.int32)).cast(pa.date32())

    noon = (told.astype(np.int64) * 24 + 12) * 3_600_000_000
    return pa.table(
        words
        | {
            "feed": ["made"] * len(status),
            "known_at": pa.array(noon).cast(pa.timestamp("us", tz="UTC")),
            "quantity": quantity.astype(np.float64),
            "ordered_date": dates(ordered),
            "eta_date": dates(eta),
            "status": status,
            "reason": pa.nulls(len(status), pa.string()),
        }
    )


def world(rng: np.random.Generator, issues: np.ndarray, month: int, copies: int) -> World:
    """Draw stores at the end of a month for all series in use.

    Stock is 1 to 3 months of the mean of the last 3 months; the open order is 1 month of it. An
    order that would have come before the month is drawn again: it would be in the stock.
    """
    level = np.nan_to_num(issues[:, month + 1 - LEVEL_MONTHS : month + 1]).mean(axis=1)
    is_used = (level > 0) & np.isfinite(issues[:, month + 1 - LEVEL_MONTHS])
    series = np.repeat(np.flatnonzero(is_used), copies)
    stock = level[series] * rng.uniform(1, 3, len(series))
    promised = rng.integers(1, DAYS + 1, len(series))
    pool = delays()
    arrival = np.zeros(len(series), dtype=np.int64)
    while (arrival < 1).any():
        again = arrival < 1
        arrival[again] = promised[again] + rng.choice(pool, again.sum())
    true = issues[series, month + 1]
    ordered = level[series]
    return World(
        series, stock, ordered, promised, arrival, true,
        is_out_by_day(true[:, None], stock, ordered, arrival[:, None])[:, 0],
    )  # fmt: skip


def is_out_by_day(
    month_use: np.ndarray, stock: np.ndarray, ordered: np.ndarray, arrival: np.ndarray
) -> np.ndarray:
    """(store, case): whether use, spread evenly over the month, cannot be met on some day.

    Args:
        month_use: (store, case), units in the month.
        stock, ordered: (store,), units.
        arrival: (store, case), day of arrival.
    """
    before = np.minimum(arrival - 1, DAYS) / DAYS * month_use
    bound = stock[:, None] * (1 + 1e-9)
    in_month = np.where(arrival <= DAYS, ordered[:, None], 0.0)
    return np.asarray((before > bound) | (month_use > bound + in_month))


def instants(today: date) -> datetime:
    """The last instant of a day."""
    return datetime.combine(today, datetime.max.time(), UTC)
