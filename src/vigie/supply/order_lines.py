"""Order lines as a room knows them: every state that was told, read into days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.errors import BadData, nearest
from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["ORDER_STATES", "UNKNOWN_DAY", "OrderLines", "Promises", "read_order_lines"]

ORDER_STATES = ("ordered", "shipped", "arrived", "cancelled")
"""The words of the column status; the first two are open."""

UNKNOWN_DAY = np.iinfo(np.int64).max
"""Stands for a day that is not known, or that has not come."""

_ORDERED, _SHIPPED, _ARRIVED, _CANCELLED = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Promises:
    """Days of arrival that were told while a line was in one state, one element a new promise.

    Attributes:
        line: index of the line.
        told_day: when the promise became known.
        day: promised day of arrival.
    """

    line: IntArray
    told_day: IntArray
    day: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class OrderLines:
    """Order lines, by number and feed; days count from 1970-01-01.

    "Told" days are earlier by ``report_lag_days`` than the day on which the state came, so that
    a state is told on the day on which it usually was true.

    Attributes:
        known_day: day up to which arrivals are told; what is open has not come up to it.
        report_lag_days: usual days from an arrival to the day on which it is known.
        place, product, supplier: (line,), text; "" where unknown.
        state: (line,), index in ORDER_STATES of the last state.
        quantity: (line,), units ordered; NaN where unknown.
        delivered: (line,), units that came; NaN where nothing came or it is unknown.
        first_day: (line,), when the line was first told.
        ordered_day: (line,), day of the order, else ``first_day``.
        left_day: (line,), when it was no longer "ordered": told as shipped, or its arrival or
            cancellation; UNKNOWN_DAY while it is.
        arrival_day: (line,), UNKNOWN_DAY when it has not come.
        cancelled_day: (line,), UNKNOWN_DAY when it is not cancelled.
        promised_day: (line,), last told day of arrival of an open line; UNKNOWN_DAY if none.
        ordered_promises: promises made while the line was "ordered".
        shipped_promises: promises made when it was shipped and later.
    """

    known_day: int
    report_lag_days: int
    place: pa.Array
    product: pa.Array
    supplier: pa.Array
    state: IntArray
    quantity: FloatArray
    delivered: FloatArray
    first_day: IntArray
    ordered_day: IntArray
    left_day: IntArray
    arrival_day: IntArray
    cancelled_day: IntArray
    promised_day: IntArray
    ordered_promises: Promises
    shipped_promises: Promises

    @property
    def is_open(self) -> BoolArray:
        """(line,): ordered or shipped, and not yet here."""
        return np.asarray(self.state <= _SHIPPED)


def read_order_lines(orders: pa.Table, *, today: date, known_until: datetime) -> OrderLines:
    """Read every told state of the orders; withdrawn lines are left out.

    An arrived line came on the ``eta_date`` of its last row, or on the day on which it was told
    where that is empty or later.

    Args:
        orders: rows of the table ``orders``: columns order, feed, known_at, place, product,
            quantity, ordered_date, eta_date, status, supplier, reason. Rows known later than
            ``known_until`` are not read. A line may have any number of rows; one row a line, as
            last confirmed, teaches nothing of delays and still has a delivery.
        today: the day of the run.
        known_until: its last instant, with its time zone.

    Raises:
        BadData: a status is none of ordered, shipped, arrived and cancelled.

    Source: docs/models/orders.md, "What is read".
    """
    until = np.datetime64(known_until.astimezone(UTC).replace(tzinfo=None), "us")
    known_at = orders["known_at"].cast(pa.timestamp("us")).to_numpy()
    orders = orders.filter(pa.array(known_at <= until))
    _check_states(orders)
    rows = _without_withdrawn(_sorted(orders))
    end = np.datetime64(today, "D").astype(np.int64)
    told_at = rows["known_at"].cast(pa.timestamp("us")).to_numpy()
    told = end - ((until - told_at) // np.timedelta64(1, "D")).astype(np.int64)
    first, last, line = _lines(rows)
    state = _states(rows)
    eta = _days(rows["eta_date"])
    lag = _report_lag(state[first], state[last], told[last], eta[last])
    told = told - lag
    return _lines_from(rows, first, last, line, state, eta, told, int(end) - lag, lag)


def _lines_from(
    rows: pa.Table,
    first: IntArray,
    last: IntArray,
    line: IntArray,
    state: IntArray,
    eta: IntArray,
    told: IntArray,
    known_day: int,
    lag: int,
) -> OrderLines:
    quantity = rows["quantity"].cast(pa.float64()).to_numpy()
    final, first_day = state[last], told[first]
    ordered = _days(rows["ordered_date"])[first]
    came = np.where(eta[last] <= told[last] + lag, eta[last], told[last])
    arrival = np.where(final == _ARRIVED, came, UNKNOWN_DAY)
    cancelled = np.where(final == _CANCELLED, told[last], UNKNOWN_DAY)
    moved = np.full(len(first), UNKNOWN_DAY)
    np.minimum.at(moved, line[state == _SHIPPED], told[state == _SHIPPED])
    arrived_whole = np.where(final == _ARRIVED, quantity[last], np.nan)
    is_open = final <= _SHIPPED
    return OrderLines(
        known_day=known_day,
        report_lag_days=lag,
        place=_texts(rows, "place", first),
        product=_texts(rows, "product", first),
        supplier=_texts(rows, "supplier", last),
        state=final,
        quantity=quantity[np.where(is_open, last, first)],
        delivered=arrived_whole,
        first_day=first_day,
        ordered_day=np.where(ordered == UNKNOWN_DAY, first_day, ordered),
        left_day=np.minimum(np.minimum(moved, arrival), cancelled),
        arrival_day=arrival,
        cancelled_day=cancelled,
        promised_day=np.where(is_open, eta[last], UNKNOWN_DAY),
        ordered_promises=_promises(state == _ORDERED, line, told, eta),
        shipped_promises=_promises(state == _SHIPPED, line, told, eta),
    )


def _check_states(orders: pa.Table) -> None:
    for state in pc.unique(orders["status"]).to_pylist():
        if state is not None and state not in ORDER_STATES:
            raise BadData(
                f'orders: status "{state}" is unknown (nearest: '
                f"{nearest(state, ORDER_STATES)}). Map it to ordered, shipped, "
                "arrived or cancelled in the feed."
            )


def _sorted(orders: pa.Table) -> pa.Table:
    """By line and known_at, whatever the order of the rows was."""
    told = orders["known_at"].cast(pa.timestamp("us")).to_numpy()
    keys = [_codes(orders[name]) for name in ("order", "feed")]
    return orders.take(pa.array(np.lexsort([told, *reversed(keys)])))


def _lines(rows: pa.Table) -> tuple[IntArray, IntArray, IntArray]:
    """First and last row of each line, and the line of each row."""
    count = rows.num_rows
    is_new = np.zeros(count, dtype=np.bool_)
    is_new[:1] = True
    for name in ("order", "feed"):
        code = _codes(rows[name])
        is_new[1:] |= code[1:] != code[:-1]
    first = np.flatnonzero(is_new)
    last = np.append(first[1:], count)[: len(first)] - 1
    return first, last, np.cumsum(is_new) - 1


def _without_withdrawn(rows: pa.Table) -> pa.Table:
    _, last, line = _lines(rows)
    is_gone = rows["reason"].is_valid().to_numpy()[last]
    return rows.filter(pa.array(~is_gone[line])) if is_gone.any() else rows


def _codes(column: pa.ChunkedArray) -> IntArray:
    """Numbers in the order of the texts; -1 where empty."""
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    rank = np.append(pc.rank(encoded.dictionary).to_numpy().astype(np.int64), -1)
    return np.asarray(rank[encoded.indices.fill_null(len(rank) - 1).to_numpy()])


def _states(rows: pa.Table) -> IntArray:
    found = pc.index_in(rows["status"].cast(pa.string()), value_set=pa.array(ORDER_STATES))
    return np.asarray(pc.fill_null(found, _ORDERED).to_numpy(), dtype=np.int64)


def _days(column: pa.ChunkedArray) -> IntArray:
    days = column.cast(pa.date32()).cast(pa.int32())
    filled = pc.fill_null(days.cast(pa.int64()), UNKNOWN_DAY)
    return np.asarray(filled.to_numpy(), dtype=np.int64)


def _texts(rows: pa.Table, name: str, at: IntArray) -> pa.Array:
    column = rows[name].cast(pa.string()).take(pa.array(at))
    return pc.fill_null(column, "").combine_chunks()


def _report_lag(first: IntArray, final: IntArray, told: IntArray, eta: IntArray) -> int:
    """Usual days from the day of arrival to the day on which it is known."""
    seen = (first <= _SHIPPED) & (final == _ARRIVED) & (eta <= told)
    return int(np.median(told[seen] - eta[seen])) if seen.any() else 0


def _promises(chosen: BoolArray, line: IntArray, told: IntArray, eta: IntArray) -> Promises:
    """Each new promise of the chosen rows; the same one told again is not new."""
    at = np.flatnonzero(chosen & (eta != UNKNOWN_DAY))
    is_same = (np.diff(line[at]) == 0) & (np.diff(eta[at]) == 0)
    at = at[np.append(True, ~is_same)[: len(at)]]
    return Promises(line[at], told[at], eta[at])
