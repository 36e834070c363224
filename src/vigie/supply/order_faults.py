"""Orders that cannot be taken as they are: which, how many, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.errors import nearest
from vigie.paths import BoolArray
from vigie.supply.order_lines import UNKNOWN_DAY, OrderLines

__all__ = ["LONG_OVERDUE_DAYS", "OrderFault", "OrderFaultKind", "order_faults"]

LONG_OVERDUE_DAYS = 30
"""Days after its promised day from which an open order is named to its place."""


class OrderFaultKind(StrEnum):
    """What is wrong with open orders."""

    NEGATIVE_QUANTITY = "negative_quantity"
    NO_QUANTITY = "no_quantity"
    UNKNOWN_PLACE = "unknown_place"
    UNKNOWN_PRODUCT = "unknown_product"
    NO_PROMISE = "no_promise"
    NO_SUPPLIER = "no_supplier"
    LONG_OVERDUE = "long_overdue"
    ORDERED_LATER = "ordered_later"
    PROMISED_EARLIER = "promised_earlier"


@dataclass(frozen=True, slots=True)
class OrderFault:
    """One kind of fault.

    Attributes:
        kind: which.
        count: open orders concerned.
        message: what is wrong, what is done with them, and what to do.
    """

    kind: OrderFaultKind
    count: int
    message: str


def order_faults(
    lines: OrderLines, places: Sequence[str], products: Sequence[str]
) -> tuple[OrderFault, ...]:
    """The faults of the open orders, worst first; none when all can be taken as they are.

    Args:
        lines: as known.
        places: keys that the room knows.
        products: keys that the room knows.
    """
    of = lines.is_open
    is_promised = lines.promised_day != UNKNOWN_DAY
    overdue = is_promised & (lines.promised_day + LONG_OVERDUE_DAYS < lines.known_day)
    strange_place, place_names = _strangers(lines.place, places)
    strange_product, product_names = _strangers(lines.product, products)
    found: list[tuple[OrderFaultKind, BoolArray, str]] = [
        (
            OrderFaultKind.NEGATIVE_QUANTITY,
            lines.quantity < 0,
            "have a negative quantity and bring nothing. Correct them at the source, or cancel "
            "them there.",
        ),
        (
            OrderFaultKind.NO_QUANTITY,
            np.isnan(lines.quantity),
            "have no quantity and bring nothing. Fill it in at the source.",
        ),
        (
            OrderFaultKind.UNKNOWN_PLACE,
            strange_place,
            f"are of a place that is not in places ({place_names}) and are left out. Add it, or "
            "map its code in the feed.",
        ),
        (
            OrderFaultKind.UNKNOWN_PRODUCT,
            strange_product,
            f"are of a product that is not in products ({product_names}) and are left out. Add "
            "it, or map its code in the feed.",
        ),
        (
            OrderFaultKind.LONG_OVERDUE,
            overdue,
            f"should have come more than {LONG_OVERDUE_DAYS} days ago. They are given the small "
            "chance that such orders had. Close them at the source if they came or never will.",
        ),
        (
            OrderFaultKind.ORDERED_LATER,
            lines.ordered_day > lines.first_day + lines.report_lag_days + 1,
            "have a day of order after the day on which they were told. Correct it at the source.",
        ),
        (
            OrderFaultKind.PROMISED_EARLIER,
            # A line without a day of order stands on the day on which it was first told.
            is_promised
            & (lines.promised_day < lines.ordered_day)
            & (lines.ordered_day != lines.first_day),
            "are expected on a day before that of their order. They are taken as overdue since "
            "then. Correct one of the two days at the source.",
        ),
        (
            OrderFaultKind.NO_PROMISE,
            ~is_promised,
            "have no expected day. They are taken as promised after the usual days from order to "
            "promise. Ask the supplier for a day.",
        ),
        (
            OrderFaultKind.NO_SUPPLIER,
            np.asarray(pc.equal(lines.supplier, "").to_numpy(zero_copy_only=False)),
            "name no supplier. They are judged by other orders that name none, and by all. Map "
            "the column in the feed.",
        ),
    ]
    return tuple(
        OrderFault(kind, count, _sentence(count, text))
        for kind, is_faulty, text in found
        if (count := int((is_faulty & of).sum()))
    )


def _sentence(count: int, text: str) -> str:
    return f"orders: {count} open order{'s' if count != 1 else ''} {text}"


def _strangers(column: pa.Array, known: Sequence[str]) -> tuple[BoolArray, str]:
    """Which are not known, and the first of them in words."""
    is_strange = ~np.asarray(
        pc.is_in(column, value_set=pa.array(known, pa.string())).to_numpy(zero_copy_only=False)
    )
    names = pc.unique(column.filter(pa.array(is_strange))).to_pylist()
    if not names:
        return is_strange, ""
    shown = ", ".join(f'"{name}"' if name else "empty" for name in sorted(names)[:3])
    near = nearest(sorted(names)[0], known)
    return is_strange, f"{shown}; nearest: {near}" if near else shown
