"""Open orders as the burn rate reads them: whole, on the day last told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.paths import DateArray, PathArray

__all__ = ["PAST_DUE_DELAY_DAYS", "promised_units"]

PAST_DUE_DELAY_DAYS = 7
"""Days from today after which an order is assumed to come that is past due or has no date."""


def promised_units(
    orders: pa.Table, places: Sequence[str], products: Sequence[str], dates: DateArray
) -> PathArray:
    """(place, product, day): units of open orders on their expected day.

    Args:
        orders: columns place, product, quantity, eta_date and status of the table ``orders``,
            one row an order, as last confirmed.
        places, products: axes of the result; orders of others are left out.
        dates: (day,), consecutive days, the first is tomorrow.
    """
    is_open = pc.is_in(orders["status"], value_set=pa.array(["ordered", "shipped"]))
    rows = orders.filter(pc.and_(is_open, pc.is_valid(orders["quantity"])))
    place, product = _index(rows["place"], places), _index(rows["product"], products)
    told = rows["eta_date"].to_numpy().astype("datetime64[D]")
    ahead = (told - dates[0].astype("datetime64[D]")).astype(np.int64)
    day = np.where(np.isnat(told) | (ahead < 0), PAST_DUE_DELAY_DAYS - 1, ahead)
    inside = (place >= 0) & (product >= 0) & (day < len(dates))
    arriving = np.zeros((len(places), len(products), len(dates)))
    at = place[inside], product[inside], day[inside]
    np.add.at(arriving, at, rows["quantity"].to_numpy().astype(np.float64)[inside])
    return arriving.astype(np.float32)


def _index(column: pa.ChunkedArray, keys: Sequence[str]) -> np.ndarray:
    found = pc.index_in(column, value_set=pa.array(keys, pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)
