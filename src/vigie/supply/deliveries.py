"""Deliveries of open orders, by day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.errors import BadData, nearest
from vigie.paths import DateArray, PathArray

__all__ = ["PAST_DUE_DELAY_DAYS", "deliveries"]

PAST_DUE_DELAY_DAYS = 7
"""Days from today after which an order is assumed to come that is past due or has no date."""

_OPEN = ("ordered", "shipped")
_CLOSED = ("arrived", "cancelled")


def deliveries(
    orders: pa.Table,
    places: Sequence[str],
    products: Sequence[str],
    dates: DateArray,
    *,
    past_due_delay_days: int = PAST_DUE_DELAY_DAYS,
) -> PathArray:
    """Units that open orders bring on each day.

    An order comes on its expected day; one that should have come already, or has no day, comes
    ``past_due_delay_days`` after today. Arrived orders are in the stock, cancelled and withdrawn
    ones never come, and both count nothing. Orders of other places or products are left out.

    Args:
        orders: columns place, product, quantity, eta_date and status of the table ``orders``,
            one row an order, as last confirmed.
        places: keys, axis 0 of the result.
        products: keys, axis 1.
        dates: (day,), consecutive days, the first is tomorrow.
        past_due_delay_days: days, >= 1.

    Returns:
        (place, product, day), units, >= 0.

    Raises:
        BadData: a status is none of ordered, shipped, arrived and cancelled, or a quantity is
            negative.

    Source: docs/models/stock.md, equation 2.
    """
    _check_status(orders)
    is_open = pc.is_in(orders["status"], value_set=pa.array(_OPEN))
    rows = orders.filter(pc.and_(is_open, pc.is_valid(orders["quantity"])))
    quantity = rows["quantity"].to_numpy().astype(np.float64)
    if (quantity < 0).any():
        raise BadData(
            f"orders: {int((quantity < 0).sum())} open orders have a negative quantity. "
            "Correct them at the source, or cancel the order there."
        )
    place = _index(rows["place"], places)
    product = _index(rows["product"], products)
    day = _arrival_day(rows["eta_date"], dates[0], past_due_delay_days)
    inside = (place >= 0) & (product >= 0) & (day < len(dates))
    arriving = np.zeros((len(places), len(products), len(dates)))
    np.add.at(arriving, (place[inside], product[inside], day[inside]), quantity[inside])
    return arriving.astype(np.float32)


def _check_status(orders: pa.Table) -> None:
    for status in pc.unique(orders["status"]).to_pylist():
        if status is not None and status not in (*_OPEN, *_CLOSED):
            raise BadData(
                f'orders: status "{status}" is unknown (nearest: '
                f"{nearest(status, (*_OPEN, *_CLOSED))}). Map it to ordered, shipped, "
                "arrived or cancelled in the feed."
            )


def _index(column: pa.ChunkedArray, keys: Sequence[str]) -> np.ndarray:
    found = pc.index_in(column, value_set=pa.array(keys, pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)


def _arrival_day(eta: pa.ChunkedArray, first: np.datetime64, delay: int) -> np.ndarray:
    """Index of the day of arrival; 0 is the first day, which is tomorrow."""
    dates = eta.to_numpy().astype("datetime64[D]")
    ahead = (dates - first.astype("datetime64[D]")).astype(np.int64)
    return np.where(np.isnat(dates) | (ahead < 0), delay - 1, ahead)
