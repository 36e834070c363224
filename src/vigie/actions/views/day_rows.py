"""The days of shortages of a release, by series: what the pictures of them are drawn from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vigie.actions.views.views import ReleaseTables

__all__ = ["DaySeries", "SeriesKey", "read_days"]

FloatArray = NDArray[np.float64]
SeriesKey = tuple[str, str, str]
"""Kind, place and category, as ``Risk.key`` has them."""

_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True, eq=False)
class DaySeries:
    """The days of one series; arrays are (day,), or (day, 3) at 10, 50 and 90 %.

    Attributes:
        days: consecutive.
        on, by: P(short on, by the day), 0 to 1.
        need, capacity: quantiles; capacity is the stock at the end of the day for products.
        unmet: expected need without capacity.
        delivered: units expected; NaN where it is not about products.
        binds: what limits capacity.
    """

    days: NDArray[np.datetime64]
    on: FloatArray
    by: FloatArray
    need: FloatArray
    capacity: FloatArray
    unmet: FloatArray
    delivered: FloatArray
    binds: tuple[str, ...]


def read_days(
    tables: ReleaseTables, keys: Collection[SeriesKey], **equals: str
) -> dict[SeriesKey, DaySeries]:
    """The days of the series asked for; one without rows is left out.

    Args:
        tables: of the release; one made before days were kept has none.
        keys: of the series.
        equals: column and value, to read less.
    """
    if not keys:
        return {}
    rows = tables.table("shortage_days", **equals)
    named = pc.binary_join_element_wise(rows["kind"], rows["place"], rows["category"], _BETWEEN)
    wanted = {_BETWEEN.join(key): key for key in keys}
    rows = rows.append_column("series", named)
    rows = rows.filter(pc.is_in(named, value_set=pa.array(sorted(wanted), pa.string())))
    rows = rows.sort_by([("series", "ascending"), ("date", "ascending")])
    series = rows["series"].to_pylist()
    begins = [at for at, name in enumerate(series) if at == 0 or name != series[at - 1]]
    ends = [*begins[1:], len(series)]
    return {
        wanted[series[first]]: _series(rows.slice(first, last - first))
        for first, last in zip(begins, ends[: len(begins)], strict=True)
    }


def _series(rows: pa.Table) -> DaySeries:
    def column(name: str) -> FloatArray:
        return np.asarray(rows[name].to_numpy(), dtype=np.float64)

    def quantiles(name: str) -> FloatArray:
        return np.stack([column(f"{name}_q{level}") for level in (10, 50, 90)], axis=1)

    return DaySeries(
        days=np.asarray(rows["date"].to_numpy()).astype("datetime64[D]"),
        on=column("probability_on"),
        by=column("probability_by"),
        need=quantiles("need"),
        capacity=quantiles("capacity"),
        unmet=column("expected_unmet"),
        delivered=column("delivered"),
        binds=tuple(rows["binds"].to_pylist()),
    )
