"""Lots that were told to the room, and what of the stock of a product is lost by their expiry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.room import Room
from vigie.lake import DataFile, as_of_sql
from vigie.paths import DateArray, FloatArray, PathArray
from vigie.schemas import LOTS
from vigie.supply import expired_by_day, lots_left, lots_within

__all__ = [
    "LOT_DAYS",
    "LotBook",
    "LotCount",
    "ProductLots",
    "expired_units",
    "expiry_columns",
    "lot_book",
    "lots_today",
]

LOT_DAYS = 90
"""A count of lots older than that says nothing of the stock of today; days."""

_NEVER = np.inf
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, eq=False)
class LotCount:
    """The last count of the lots of a product at a place.

    Attributes:
        counted: day, at its end.
        units: (lot,), in the order of expiry.
        last_day: (lot,), days from the count to the last day of use; infinite where not known.
    """

    counted: np.datetime64
    units: FloatArray
    last_day: FloatArray


LotBook = Mapping[str, Mapping[str, LotCount]]
"""The last count by product and place; empty where no lot is told."""


@dataclass(frozen=True, slots=True, eq=False)
class ProductLots:
    """Lots of a product in the stock last told; days count from the day of that stock.

    Attributes:
        has_lots: (place,), where lots are told.
        units: (place, lot), that can still be used, the next to expire first; 0 fills up.
        expires: (place, lot), last day of use; infinite: none.
        expired: (place,), units told in stock that can no longer be used.
    """

    has_lots: np.ndarray
    units: FloatArray
    expires: FloatArray
    expired: FloatArray

    def gone(self, demand: PathArray) -> PathArray:
        """(place, 1, day, sample), units that expire unused each day, of (place, 1, day, sample)
        units asked for.
        """
        return expired_by_day(self.units, self.expires, demand[:, 0])[:, None]

    def next_expiry(self, day: int) -> tuple[FloatArray, FloatArray]:
        """(place,), last day of the next lots to expire from a day on, NaN: none; their units."""
        is_next = (self.units > 0) & (self.expires >= day) & np.isfinite(self.expires)
        last = np.where(is_next, self.expires, _NEVER).min(axis=-1, initial=_NEVER)
        units = np.where(is_next & (self.expires == last[:, None]), self.units, 0.0).sum(axis=-1)
        return np.where(np.isfinite(last), last, np.nan), units


def lot_book(room: Room, files: Sequence[DataFile], day: date) -> LotBook:
    """The last count of each product at each place, as known on a day.

    A lot that the last count of its product does not hold is gone. Lots of several feeds with one
    number are one lot, of which the first feed by name is taken.

    Args:
        room: the room.
        files: of the table of lots.
        day: as_of.
    """
    if not files:
        return {}
    known = as_of_sql(
        LOTS,
        room.lake.relation(LOTS, files),
        room.end_of(day).astimezone(UTC),
        f"counted_date > DATE '{day - timedelta(days=LOT_DAYS)}' AND counted_date <= DATE '{day}'",
    )
    rows = room.engine.query(
        "SELECT place, product, counted_date, expires_date, quantity FROM ("
        f"SELECT * FROM ({known}) WHERE reason IS NULL AND quantity IS NOT NULL "
        "QUALIFY counted_date = max(counted_date) OVER (PARTITION BY place, product) "
        "AND row_number() OVER (PARTITION BY place, product, counted_date, lot ORDER BY feed) = 1"
        ") ORDER BY place, product, expires_date NULLS LAST"
    )
    return _by_product(rows)


def _by_product(rows: pa.Table) -> dict[str, dict[str, LotCount]]:
    """Counts of rows sorted by place, product and expiry."""
    parts: dict[tuple[str, str], list[tuple[date, date | None, float]]] = {}
    for row in rows.to_pylist():
        cell = (row["product"], row["place"])
        parts.setdefault(cell, []).append(
            (row["counted_date"], row["expires_date"], row["quantity"])
        )
    book: dict[str, dict[str, LotCount]] = {}
    for (product, place), lots in parts.items():
        counted = lots[0][0]
        last = [_NEVER if each[1] is None else float((each[1] - counted).days) for each in lots]
        units = np.array([each[2] for each in lots], dtype=np.float64)
        book.setdefault(product, {})[place] = LotCount(
            np.datetime64(counted, "D"), units, np.array(last)
        )
    return book


def lots_today(
    counts: Mapping[str, LotCount],
    places: Sequence[str],
    stock: FloatArray,
    used: FloatArray,
    dates: DateArray,
    days_since: int,
) -> ProductLots | None:
    """What counts of a product say of its stock; None where no place has one.

    Use since the count is taken off the lot that expires first, and so is what lots have more than
    the stock told. Stock beyond the lots has no known expiry.

    Args:
        counts: by place.
        places: axis 0.
        stock: (place,), units last told; NaN where unknown.
        used: (place, day), units used; NaN where unknown.
        dates: (day,), of the use; the last is the day of the stock.
        days_since: days from that of the stock to that of the run.
    """
    told = [at for at, place in enumerate(places) if place in counts and np.isfinite(stock[at])]
    if not told:
        return None
    width = max(len(counts[places[at]].units) for at in told)
    units, expires = np.zeros((len(places), width)), np.full((len(places), width), _NEVER)
    expired, has_lots = np.zeros(len(places)), np.zeros(len(places), dtype=np.bool_)
    for at in told:
        count = counts[places[at]]
        left = _left(count, float(stock[at]), used[at], dates)
        last = count.last_day - int((dates[-1] - count.counted) / _DAY)
        # What expires today can be used today where its stock is not told yet.
        is_over = last < min(days_since, 1)
        expired[at] = left[is_over].sum()
        keep = np.flatnonzero(~is_over)
        units[at, : len(keep)], expires[at, : len(keep)] = left[keep], last[keep]
        has_lots[at] = True
    return ProductLots(has_lots, units, expires, expired)


def expired_units(counts: LotCount | None, stock: float, told: date, day: date) -> float:
    """Units of a stock that can no longer be used, at a place that uses none itself.

    Args:
        counts: the last count of its lots; None: none is told.
        stock: units last told.
        told: day of that stock.
        day: of the run.
    """
    if counts is None:
        return 0.0
    dates = np.array([told], dtype="datetime64[D]")
    held, none = np.array([stock]), np.full((1, 1), np.nan)
    found = lots_today({"": counts}, ("",), held, none, dates, (day - told).days)
    return 0.0 if found is None else float(found.expired[0])


def _left(count: LotCount, stock: float, used: FloatArray, dates: DateArray) -> FloatArray:
    """(lot,), units of a count in the stock of the last of the dates."""
    since = np.nan_to_num(used[dates > count.counted])
    left = lots_left(count.units, count.last_day, np.maximum(since, 0.0))
    return lots_within(left, count.last_day >= 0, stock)


def expiry_columns(
    lots: ProductLots | None, expiring: PathArray | None, days_since: int, as_of: date, count: int
) -> dict[str, pa.Array]:
    """Columns of the table of stock advice that tell expiry, null where no lot is told.

    Args:
        lots: of a product at all places; None: none are told.
        expiring: (place, 1, day, sample), units that expire unused; None without lots.
        days_since: days from that of the stock to that of the run.
        as_of: day of the run.
        count: places.
    """
    if lots is None or expiring is None:
        nothing = pa.nulls(count, pa.float64())
        names = ("expired", "next_expiry_quantity", "expiring")
        return dict.fromkeys(names, nothing) | {"next_expiry_date": pa.nulls(count, pa.date32())}
    by_day = expiring[:, 0].mean(axis=-1, dtype=np.float64)
    last, units = lots.next_expiry(days_since)
    is_told = lots.has_lots & np.isfinite(last)
    days = np.datetime64(as_of, "D") + np.where(is_told, last - days_since, 0).astype("m8[D]")
    return {
        "expired": pa.array(
            lots.expired + by_day[:, :days_since].sum(axis=-1), mask=~lots.has_lots
        ),
        "next_expiry_date": pa.array(days, mask=~is_told),
        "next_expiry_quantity": pa.array(units, mask=~is_told),
        "expiring": pa.array(by_day[:, days_since:].sum(axis=-1), mask=~lots.has_lots),
    }
