"""Deliveries of open orders where suppliers cannot deliver all that they owe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.paths import DateArray, FloatArray, PathArray
from vigie.supply.delivery_paths import (
    CappedSupplier,
    OpenDeliveries,
    OrderDraws,
    open_deliveries,
)
from vigie.supply.order_law import OrderLaw
from vigie.supply.order_lines import OrderLines
from vigie.supply.rationing import rationed

__all__ = ["capped_deliveries", "of_places", "shares_of_orders", "within_cap"]


def capped_deliveries(
    lines: OrderLines,
    law: OrderLaw,
    places: Sequence[str],
    product: str,
    dates: DateArray,
    draws: OrderDraws,
    caps: Mapping[str, FloatArray],
    shares: Mapping[str, FloatArray],
) -> OpenDeliveries:
    """What open orders of a product bring when some suppliers have a cap.

    Lines come by the law of orders; what comes of a capped supplier on one day, to all places of
    the same future together, is then cut to its cap, and the rest waits. What waits stays on order.

    Args:
        lines: as known.
        law: as learnt.
        places: every place that the suppliers deliver to, axis 0.
        product: its key.
        dates: (day,), as of ``delivery_paths``.
        draws: chance of the run.
        caps: by supplier, (day,), units a day, >= 0; infinite where there is none.
        shares: by supplier, (place,), parts, >= 0.

    Returns:
        With one product; ``capped`` in the order of ``caps``.

    Source: docs/models/orders.md, equation 7.
    """
    names = list(caps)
    whole = open_deliveries(lines, law, places, [product], dates, draws, apart=names)
    groups = (1 + len(names), len(places))
    units, settled = (
        each.reshape(*groups, *each.shape[1:]) for each in (whole.units, whole.settled)
    )
    all_units, all_settled, capped = units[0].copy(), settled[0].copy(), []
    for at, name in enumerate(names, start=1):
        asked = units[at, :, 0]
        given = _cut(asked, caps[name], shares[name])
        all_units[:, 0] += given
        # What is missing in a partial delivery is settled at once, what waits when it comes.
        all_settled[:, 0] += settled[at, :, 0] - asked + given
        capped.append(_told(name, asked, given, caps[name], shares[name]))
    on_order = whole.on_order.reshape(*groups, *whole.on_order.shape[1:]).sum(axis=0)
    return OpenDeliveries(all_units, all_settled, on_order, tuple(capped))


def _cut(asked: PathArray, cap: FloatArray | PathArray, share: FloatArray) -> PathArray:
    """(place, day, sample): what comes; nothing where none of the places has a part."""
    return rationed(asked, cap, share).delivered if share.any() else np.zeros_like(asked)


def _told(
    name: str, asked: PathArray, given: PathArray, cap: FloatArray, share: FloatArray
) -> CappedSupplier:
    spare = np.maximum(cap[:, None] - given.sum(axis=0, dtype=np.float64), 0.0)
    owed = (asked - given).mean(axis=-1, dtype=np.float64).cumsum(axis=1)
    return CappedSupplier(name, cap, share, spare, np.maximum(owed, 0.0))


def of_places(found: OpenDeliveries, count: int) -> OpenDeliveries:
    """The same of the first places only; what the cap leaves is that of all."""
    return replace(
        found,
        units=found.units[:count],
        settled=found.settled[:count],
        on_order=found.on_order[:count],
        capped=tuple(
            replace(each, share=each.share[:count], waiting=each.waiting[:count])
            for each in found.capped
        ),
    )


def within_cap(later: PathArray, supplier: str, open_orders: OpenDeliveries) -> PathArray:
    """Deliveries of orders yet to be placed, cut to what open ones leave of the supplier's cap.

    Args:
        later: (place, day, sample), units that would come without a cap.
        supplier: of whom.
        open_orders: of the same product and places.
    """
    for each in open_orders.capped:
        if each.supplier == supplier:
            return _cut(later, each.spare, each.share)
    return later


def shares_of_orders(
    lines: OrderLines, supplier: str, product: str, places: Sequence[str]
) -> FloatArray:
    """(place,): parts of a supplier's cap in proportion to the units that places ordered of it.

    All lines count of which anything was told lately. A place that ordered nothing counts as the
    one that ordered least, so that a first order of it comes too; where nobody ordered, all count
    alike.
    """
    is_of = pc.and_(pc.equal(lines.supplier, supplier), pc.equal(lines.product, product))
    chosen = np.flatnonzero(is_of.to_numpy(zero_copy_only=False))
    ordered = np.zeros(len(places))
    at = {place: index for index, place in enumerate(places)}
    units = np.maximum(np.nan_to_num(lines.quantity[chosen]), 0.0).tolist()
    for place, quantity in zip(lines.place.take(pa.array(chosen)).to_pylist(), units, strict=True):
        if place in at:
            ordered[at[place]] += quantity
    if not ordered.any():
        return np.ones(len(places))
    return np.where(ordered > 0, ordered, ordered[ordered > 0].min())
