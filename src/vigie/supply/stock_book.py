"""Books of stock that cannot explain use: which, by how much, and that a recount is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vigie.paths import FloatArray

__all__ = ["BOOK_DAYS", "BookFault", "BookFaultKind", "book_faults"]

BOOK_DAYS = 7
"""Days over which a book is added up: a delivery booked a day late is no fault."""

_TOLERATED_USE = 0.25
"""Share of the use of these days that may be missing or too much: counting has its errors."""


class BookFaultKind(StrEnum):
    """What is wrong with a book."""

    NEGATIVE = "negative"
    USED_FROM_NOTHING = "used_from_nothing"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class BookFault:
    """One book to recount.

    Attributes:
        kind: what is wrong.
        place, product: indices.
        day: index of the day on which it shows.
        units: stock told less stock that deliveries and use explain; negative when units are
            missing. For a negative stock, the stock; for use from nothing, the use.
    """

    kind: BookFaultKind
    place: int
    product: int
    day: int
    units: float


def book_faults(
    stock: FloatArray, use: FloatArray, delivered: FloatArray | None, pack_size: FloatArray
) -> tuple[BookFault, ...]:
    """The books to recount, one fault a place and product: the gravest.

    stock(t) = stock(t - 7) + deliveries - use over the days between. A fault is a difference of
    more than a quarter of the use and more than a pack, whether deliveries of the first or last
    day are counted or not. Days with a missing value explain nothing and are no fault.

    Args:
        stock: (place, product, time), units left at the end of each day, NaN where missing.
        use: same shape, units used that day, NaN where missing.
        delivered: same shape, units that came that day; None where deliveries are not told:
            then a rise may be a delivery, and only losses and negative stocks are faults.
        pack_size: (product,), units in a pack.

    Raises:
        ValueError: the shapes differ.

    Source: docs/models/stock.md, "Books that do not add up".
    """
    for name, values in (("use", use), ("delivered", delivered)):
        if values is not None and values.shape != stock.shape:
            raise ValueError(f"{name} has shape {values.shape}, stock {stock.shape}")
    found: dict[tuple[int, int], BookFault] = {}
    for each in (
        *_unexplained(stock, use, delivered, pack_size),
        *_from_nothing(stock, use, delivered),
        *_negative(stock),
    ):
        found[each.place, each.product] = each
    return tuple(found[key] for key in sorted(found))


def _negative(stock: FloatArray) -> list[BookFault]:
    return [
        BookFault(BookFaultKind.NEGATIVE, place, product, day, float(stock[place, product, day]))
        for place, product, day in np.argwhere(stock < 0).tolist()
    ]


def _from_nothing(
    stock: FloatArray, use: FloatArray, delivered: FloatArray | None
) -> list[BookFault]:
    """Use on a day that began without stock and brought none, with none left after it."""
    if delivered is None:
        return []
    # A delivery booked the day before or after may have been used.
    near = delivered.copy()
    near[..., 1:] += delivered[..., :-1]
    near[..., :-1] += delivered[..., 1:]
    is_empty = np.zeros(stock.shape, dtype=bool)
    is_empty[..., 1:] = (stock[..., :-1] == 0) & (stock[..., 1:] == 0)
    return [
        BookFault(
            BookFaultKind.USED_FROM_NOTHING, place, product, day, float(use[place, product, day])
        )
        for place, product, day in np.argwhere(is_empty & (use > 0) & (near == 0)).tolist()
    ]


def _unexplained(
    stock: FloatArray, use: FloatArray, delivered: FloatArray | None, pack_size: FloatArray
) -> list[BookFault]:
    days = stock.shape[-1]
    if days <= BOOK_DAYS:
        return []
    last = days - 1
    used = use[..., last - BOOK_DAYS + 1 :].sum(axis=-1)
    change = stock[..., last] - stock[..., last - BOOK_DAYS] + used
    came = np.zeros_like(stock) if delivered is None else delivered
    inside = came[..., last - BOOK_DAYS + 1 :].sum(axis=-1)
    first, final = came[..., last - BOOK_DAYS + 1], came[..., last]
    before = came[..., last - BOOK_DAYS]
    options = np.stack([inside, inside - first, inside - final, inside + before])
    gaps = change - options
    gap = np.take_along_axis(gaps, np.abs(gaps).argmin(axis=0)[None], axis=0)[0]
    allowed = np.maximum(_TOLERATED_USE * used, pack_size)
    is_fault = np.abs(gap) > allowed
    if delivered is None:
        is_fault &= gap < 0
    return [
        BookFault(BookFaultKind.UNEXPLAINED, place, product, last, float(gap[place, product]))
        for place, product in np.argwhere(is_fault & np.isfinite(gap)).tolist()
    ]
