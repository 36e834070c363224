"""What stores report of their lots: each Sunday, what is left of every delivery of two products.

Stores of the hidden truth know no expiry, and the truth stays as it is. So each lot is given a last
day of use after the true day on which its last unit is used; some are given little more. In some
stores a lot stands forgotten at the back: never more than the store held at its lowest, so that
nothing that was asked for hung on it. It expires, and is counted on the shelf all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.demoregion.catalogue import PRODUCTS, house_gtin
from vigie.demoregion.reporting import (
    FIRST_EXPORT_MINUTE,
    LAST_EXPORT_MINUTE,
    MINUTES,
    date_column,
    key_column,
    known_at_column,
)
from vigie.demoregion.supplies import PACKS, Supplies

__all__ = ["LOT_DAYS", "LOT_PRODUCTS", "report_lots"]

IntArray = npt.NDArray[np.int64]

LOT_DAYS = 60
"""The feed of lots was connected so many days before the end."""

LOT_PRODUCTS = ("insulin_rapid", "blood_gas_cartridge")
"""Products whose lots are counted: both are used up or expire within months."""

SHORT_SHARE = 0.15
SHORT_DAYS, LONG_DAYS = (0, 11), (40, 300)
FORGOTTEN_SHARE = 0.25
FORGOTTEN_DAYS = (-20, 12)
"""Days from the last observed one to the last day of use of what stands at the back."""
FORGOTTEN = 99_998
SUNDAY = 6


def report_lots(
    rng: np.random.Generator,
    supplies: Supplies,
    places: Sequence[str],
    first_date: date,
    days: int,
    *,
    connected_days: int = LOT_DAYS,
) -> pa.Table:
    """Every lot of every count since the feed was connected.

    Args:
        rng: source of chance.
        supplies: the hidden truth.
        places: keys of the sites.
        first_date: day 0.
        days: observed days.
        connected_days: how many days before the end the feed was connected.

    Returns:
        place, product, lot, gtin, expires_date, quantity, unit, counted_date, known_at; by
        known_at.
    """
    counted = np.arange(max(0, days - connected_days), days)
    counted = counted[(counted + first_date.weekday()) % 7 == SUNDAY]
    minute = rng.integers(FIRST_EXPORT_MINUTE, LAST_EXPORT_MINUTE, len(places))
    keys = [product.key for product in PRODUCTS]
    chosen = [keys.index(key) for key in LOT_PRODUCTS]
    parts = list(_parts(rng, supplies, len(places), chosen, counted, days))
    site, product, came, expires, day, quantity = np.concatenate(parts, axis=1)
    known = (day + 1) * MINUTES + minute[site]
    order = np.lexsort((came, product, site, known))
    columns = {
        "place": key_column(site[order], places),
        "product": key_column(product[order], keys),
        "lot": pa.array([f"L{each:05d}" for each in (came[order] + 1).tolist()], pa.string()),
        "gtin": key_column(product[order], [house_gtin(number + 1) for number in range(len(keys))]),
        "expires_date": date_column(expires[order], first_date),
        "quantity": pa.array(quantity[order]),
        "unit": key_column(product[order], [each.unit for each in PRODUCTS]),
        "counted_date": date_column(day[order], first_date),
        "known_at": known_at_column(known[order], first_date),
    }
    return pa.table(columns)


def _parts(
    rng: np.random.Generator,
    supplies: Supplies,
    sites: int,
    products: Sequence[int],
    counted: IntArray,
    days: int,
) -> Iterator[IntArray]:
    """Rows of each site and product: site, product, day it came, expiry, day of count, units."""
    for site in range(sites):
        for product in products:
            store = _store(supplies, site, product, int(counted[0]))
            spare = int(store.stock.min()) if rng.random() < FORGOTTEN_SHARE else 0
            forgotten = int(spare * rng.uniform(0.4, 0.9)) if spare >= PACKS[product] else 0
            came, left, used_up = _first_in_first_out(store, forgotten, counted)
            is_short = rng.random(came.size) < SHORT_SHARE
            few, many = (rng.integers(*each, came.size) for each in (SHORT_DAYS, LONG_DAYS))
            expires = used_up + np.where(is_short, few, many)
            if forgotten:
                came, left = np.append(came, FORGOTTEN), np.pad(left, ((0, 1), (0, 0)))
                left[-1] = forgotten
                expires = np.append(expires, days - 1 + rng.integers(*FORGOTTEN_DAYS))
            lot, day = np.nonzero(left)
            cell = np.array([site, product])[:, None].repeat(lot.size, axis=1)
            yield np.vstack([cell, came[lot], expires[lot], counted[day], left[lot, day]])


@dataclass(frozen=True, slots=True)
class _Store:
    """A product of a site from the evening of the first count on.

    Attributes:
        first: that day.
        came: (lot,), day of each lot that was there or came later; -1: before the first day.
        units: (lot,), that were there, or came.
        used: (day,), units used up to each evening since.
        stock: (day,), left on these evenings.
    """

    first: int
    came: IntArray
    units: IntArray
    used: IntArray
    stock: IntArray


def _store(supplies: Supplies, site: int, product: int, first: int) -> _Store:
    """Lots by the day they came, those that came first used first."""
    deliveries = supplies.deliveries[:, site, product]
    came = np.concatenate([[-1], np.flatnonzero(deliveries)])
    units = np.concatenate([[supplies.opening_stock[site, product]], deliveries[came[1:]]])
    used = np.cumsum(supplies.consumption[:, site, product])
    before = np.cumsum(units) - used[first]
    there = np.where(came <= first, np.clip(before, 0, units), units)
    kept = np.flatnonzero(there)
    stock = supplies.stock_on_hand[first:, site, product]
    return _Store(first, came[kept], there[kept], used[first:] - used[first], stock)


def _first_in_first_out(
    store: _Store, forgotten: int, counted: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Lots of a store that leaves some of its oldest units on the shelf for good.

    Returns:
        (lot,), day each came; (lot, count), units left; (lot,), day it is used up, the last of
        the truth for what is left then.
    """
    until = np.maximum(np.cumsum(store.units) - forgotten, 0)
    units = np.diff(until, prepend=0)
    used = store.used[counted - store.first]
    rest = until[:, None] - np.maximum((until - units)[:, None], used)
    left = np.where(store.came[:, None] <= counted, np.maximum(rest, 0), 0)
    used_up = np.minimum(np.searchsorted(store.used, until), store.used.size - 1)
    return store.came, left, store.first + used_up
