"""What stores report of their lots: each Sunday, what is left of every delivery of two products.

Stores of the hidden truth use what came first, and nothing expires there. So each lot is given a
last day of use after the true day on which its last unit is used; some are given little more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from vigie.demoregion.supplies import Supplies

__all__ = ["LOT_DAYS", "LOT_PRODUCTS", "report_lots"]

IntArray = npt.NDArray[np.int64]

LOT_DAYS = 60
"""The feed of lots was connected so many days before the end."""

LOT_PRODUCTS = ("insulin_rapid", "blood_gas_cartridge")
"""Products whose lots are counted: both are used up or expire within months."""

SHORT_SHARE = 0.15
SHORT_DAYS = 11
LONG_DAYS = (40, 300)
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
    parts = list(_parts(rng, supplies, len(places), chosen, counted))
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
) -> Iterator[IntArray]:
    """Rows of each site and product: site, product, day it came, expiry, day of count, units."""
    for site in range(sites):
        for product in products:
            came, left, used_up = _first_in_first_out(supplies, site, product, counted)
            is_short = rng.random(came.size) < SHORT_SHARE
            few, many = (
                rng.integers(0, SHORT_DAYS, came.size),
                rng.integers(*LONG_DAYS, came.size),
            )
            expires = used_up + np.where(is_short, few, many)
            lot, day = np.nonzero(left)
            yield np.stack(
                [
                    np.full(lot.size, site),
                    np.full(lot.size, product),
                    came[lot],
                    expires[lot],
                    counted[day],
                    left[lot, day],
                ]
            )


def _first_in_first_out(
    supplies: Supplies, site: int, product: int, counted: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Lots of a store: the day each came (-1: before the first day), units left, day used up.

    Returns:
        (lot,), (lot, count) and (lot,); what is not used up within the truth is on its last day.
    """
    came = np.flatnonzero(supplies.deliveries[:, site, product])
    came = np.concatenate([[-1], came])
    units = np.concatenate(
        [[supplies.opening_stock[site, product]], supplies.deliveries[came[1:], site, product]]
    )
    until = np.cumsum(units)
    used = np.cumsum(supplies.consumption[:, site, product])
    used_up = np.minimum(np.searchsorted(used, until), used.size - 1)
    rest = until[:, None] - np.maximum((until - units)[:, None], used[counted])
    left = np.where(came[:, None] <= counted, np.maximum(rest, 0), 0)
    return came, left, used_up
