"""When to order at the latest, and how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, PathArray, probability_by
from vigie.supply.inventory import Unmet

__all__ = ["ACCEPTED_RISK", "REVIEW_DAYS", "OrderAdvice", "order_advice"]

ACCEPTED_RISK = 0.05
"""P(short) that an order is meant to keep to."""

REVIEW_DAYS = 7
"""Days after its arrival that an order is meant to last."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderAdvice:
    """Orders of one product, by place.

    Attributes:
        latest_day: (place,), last day (0 is today) on which an order still comes in time; NaN
            where even today is too late, or the lead time is unknown or beyond the horizon. The
            largest value, horizon + 1 - lead time, means "then or later".
        late_probability: (place,), P(short before an order of today comes); NaN where the lead
            time is unknown.
        quantity: (place,), units to order today, in whole packs; NaN where the lead time is
            unknown or beyond the horizon.
    """

    latest_day: FloatArray
    late_probability: FloatArray
    quantity: FloatArray


def order_advice(
    need: PathArray,
    first_day: PathArray,
    stock: FloatArray,
    *,
    lead_time_days: float,
    pack_size: float,
    unmet: Unmet,
    accepted_risk: float = ACCEPTED_RISK,
    review_days: int = REVIEW_DAYS,
) -> OrderAdvice:
    """Latest order day and order quantity of one product.

    Args:
        need: (place, day, sample), demand less deliveries added up, see ``net_need``.
        first_day: (place, sample), first short day, horizon + 1 where none.
        stock: (place,), units on hand today.
        lead_time_days: from order to receipt, rounded up, at least 1; NaN: unknown.
        pack_size: units in a pack, > 0.
        unmet: what becomes of demand that stock cannot meet.
        accepted_risk: P(short) that is accepted.
        review_days: days that the order is meant to last, >= 1; days beyond the horizon are not
            covered.

    Source: docs/models/stock.md, equations 8 and 9.
    """
    places, horizon, _ = need.shape
    unknown = np.full(places, np.nan)
    if not np.isfinite(lead_time_days):
        return OrderAdvice(unknown, unknown, unknown)
    lead = max(1, int(np.ceil(lead_time_days)))
    late = probability_by(first_day, min(lead - 1, horizon))
    if lead > horizon:
        return OrderAdvice(unknown, late, unknown)
    risks = np.stack([probability_by(first_day, day) for day in range(lead - 1, horizon + 1)])
    safe = (risks <= accepted_risk).sum(axis=0)
    units = _quantity_needed(need, stock, lead, review_days, unmet)
    quantity = np.quantile(units, 1 - accepted_risk, axis=-1, method="inverted_cdf")
    packs = np.maximum(np.ceil(quantity / pack_size - 1e-6), 0.0)
    return OrderAdvice(np.where(safe > 0, safe - 1.0, np.nan), late, packs * pack_size)


def _quantity_needed(
    need: PathArray, stock: FloatArray, lead: int, review_days: int, unmet: Unmet
) -> FloatArray:
    """(place, sample), units that must come on day ``lead`` to last the review period."""
    before = need[:, : lead - 1]
    on_hand = np.repeat(stock[:, None], need.shape[2], axis=1)
    if before.shape[1]:
        lost = np.maximum(before.max(axis=1) - on_hand, 0.0)
        on_hand = on_hand + lost if unmet is Unmet.LOST else on_hand
    ahead = need[:, lead - 1 : lead - 1 + review_days].max(axis=1)
    return np.asarray(np.maximum(ahead - on_hand, 0.0))
