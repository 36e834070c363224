"""What order systems and patient systems send: one row each time that a line or a stay changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.demoregion.catalogue import PRODUCTS, WARDS
from vigie.demoregion.reporting import (
    CUT_MINUTE,
    FIRST_EXPORT_MINUTE,
    LAST_EXPORT_MINUTE,
    MINUTES,
    known_at_column,
)
from vigie.demoregion.stays import Outcome, Stays
from vigie.demoregion.supplies import NEVER, Orders

__all__ = ["MOVEMENT_DAYS", "ORDER_DAYS", "connected_sites", "report_movements", "report_orders"]

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ORDER_DAYS = 100
"""The order feed was connected so many days before the end."""
MOVEMENT_DAYS = 60
"""The movement feed was connected so many days before the end."""
CONNECTED_SHARE = 0.2
SUPPLIER_COUNT = 7
LATE_SHARE = 0.03


def connected_sites(site_count: int) -> IntArray:
    """Sites whose patient system sends movements: a fifth, two at least when there are two."""
    return np.arange(max(min(2, site_count), round(CONNECTED_SHARE * site_count)))


def report_orders(
    rng: np.random.Generator,
    orders: Orders,
    places: Sequence[str],
    first_date: date,
    days: int,
    *,
    connected_days: int = ORDER_DAYS,
) -> pa.Table:
    """Every state of every order line since the feed was connected.

    Args:
        rng: source of chance.
        orders: the hidden truth.
        places: keys of the sites.
        first_date: day 0.
        days: observed days.
        connected_days: how many days before the end the feed was connected.

    Returns:
        order, known_at, place, product, quantity, ordered_date, eta_date, status, supplier; by
        known_at.
    """
    opens = max(0, days - connected_days)
    is_cancelled = orders.cancelled_day != NEVER
    ends = np.where(is_cancelled, orders.cancelled_day, orders.arrival_day)
    line = np.flatnonzero((ends >= opens) & (orders.ordered_day < days))
    shipped_day = np.maximum(orders.ordered_day + 1, orders.arrival_day - 2)
    comes = line[~is_cancelled[line]]
    ships = comes[shipped_day[comes] < orders.arrival_day[comes]]
    gone = line[is_cancelled[line]]
    rows = np.concatenate([line, ships, comes, gone])
    status = np.repeat(np.arange(4), [line.size, ships.size, comes.size, gone.size])
    day = np.concatenate(
        [
            orders.ordered_day[line],
            shipped_day[ships],
            orders.arrival_day[comes],
            orders.cancelled_day[gone],
        ]
    )
    minute = rng.integers(FIRST_EXPORT_MINUTE, LAST_EXPORT_MINUTE, len(places))
    known = (np.maximum(day, opens) + 1) * MINUTES + minute[orders.site[rows]]
    rows, status, known = _sent(rows, status, known, days)
    eta = np.where(
        (status == 0) | (status == 3), orders.promised_day[rows], orders.arrival_day[rows]
    )
    quantity = np.where(status == 2, orders.delivered[rows], orders.quantity[rows])
    products = [product.key for product in PRODUCTS]
    suppliers = [f"supplier {number + 1}" for number in range(SUPPLIER_COUNT)]
    return pa.table(
        {
            "order": _numbered("C", rows),
            "known_at": known_at_column(known, first_date),
            "place": _keys(orders.site[rows], places),
            "product": _keys(orders.product[rows], products),
            "quantity": pa.array(quantity),
            "ordered_date": _dates(orders.ordered_day[rows], first_date),
            "eta_date": _dates(eta, first_date),
            "status": _keys(status, ["ordered", "shipped", "arrived", "cancelled"]),
            "supplier": _keys(orders.product[rows] % SUPPLIER_COUNT, suppliers),
        }
    )


def report_movements(
    rng: np.random.Generator,
    stays: Stays,
    places: Sequence[str],
    first_date: date,
    days: int,
    *,
    connected_days: int = MOVEMENT_DAYS,
) -> pa.Table:
    """Entry and end of every ward stay at the connected sites since the feed was connected.

    Args:
        rng: source of chance.
        stays: the hidden truth.
        places: keys of the sites.
        first_date: day 0.
        days: observed days.
        connected_days: how many days before the end the feed was connected.

    Returns:
        stay, known_at, patient, place, category, from_date, to_date, outcome; by known_at.
        Numbers of stays and patients are invented, and yet declared as identifiers.
    """
    opens = max(0, days - connected_days)
    is_connected = np.isin(stays.site, connected_sites(len(places)))
    chosen = np.flatnonzero(is_connected & (stays.to_day >= opens) & (stays.from_day < days))
    ended = chosen[stays.to_day[chosen] < days]
    rows = np.concatenate([chosen, ended])
    is_end = (np.arange(rows.size) >= chosen.size).astype(np.int64)
    is_late = rng.random(stays.patient.size) < LATE_SHARE
    days_late = rng.geometric(0.5, stays.patient.size) * is_late
    day = np.where(is_end == 1, stays.to_day[rows], np.maximum(stays.from_day[rows], opens))
    minute = rng.integers(FIRST_EXPORT_MINUTE, LAST_EXPORT_MINUTE, len(places))
    known = (day + days_late[rows] + 1) * MINUTES + minute[stays.site[rows]]
    rows, is_end, known = _sent(rows, is_end, known, days)
    in_bed = is_end == 0
    return pa.table(
        {
            "stay": _numbered("S", rows),
            "known_at": known_at_column(known, first_date),
            "patient": _numbered("P", stays.patient[rows]),
            "place": _keys(stays.site[rows], places),
            "category": _keys(stays.ward[rows], [ward.key for ward in WARDS]),
            "from_date": _dates(stays.from_day[rows], first_date),
            "to_date": _dates(stays.to_day[rows], first_date, in_bed),
            "outcome": _keys(stays.outcome[rows], [each.name.lower() for each in Outcome], in_bed),
        }
    )


def _sent(
    rows: IntArray, state: IntArray, known: IntArray, days: int
) -> tuple[IntArray, IntArray, IntArray]:
    """The rows exported until the cut, in the order of export; one state a line and export."""
    order = np.lexsort((state, rows, known))
    order = order[known[order] <= days * MINUTES + CUT_MINUTE]
    is_same = np.append((np.diff(rows[order]) == 0) & (np.diff(known[order]) == 0), False)
    order = order[~is_same[: order.size]]
    return rows[order], state[order], known[order]


def _numbered(letter: str, number: IntArray) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(number).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def _keys(index: IntArray, keys: Sequence[str], is_null: BoolArray | None = None) -> pa.Array:
    codes = pa.array(index, pa.int32(), mask=is_null)
    return pa.DictionaryArray.from_arrays(codes, pa.array(keys, pa.string()))


def _dates(day: IntArray, first_date: date, is_null: BoolArray | None = None) -> pa.Array:
    dates = np.datetime64(first_date, "D") + day.astype("timedelta64[D]")
    return pa.array(dates, mask=is_null)
