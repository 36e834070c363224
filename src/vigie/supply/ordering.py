"""When to order at the latest, and how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray, PathArray
from vigie.supply.inventory import Unmet

__all__ = ["ACCEPTED_RISK", "REVIEW_DAYS", "OrderAdvice", "order_advice"]

ACCEPTED_RISK = 0.05
"""P(short) that an order is meant to keep to."""

REVIEW_DAYS = 7
"""Days after its arrival that an order is meant to last."""

_LEAST_SHARE_THAT_COMES = 0.5
"""Where fewer orders come within the horizon, nothing is said of when and how much to order."""


@dataclass(frozen=True, slots=True, eq=False)
class OrderAdvice:
    """Orders of one product, by place.

    Attributes:
        latest_day: (place,), last day (0 is today) on which an order still comes in time; NaN
            where even today is too late, or the lead time is unknown or mostly beyond the
            horizon. The largest value, horizon + 1 - lead time (its 95 % quantile where it is
            random), means "then or later".
        late_probability: (place,), P(short before an order of today comes); NaN where the lead
            time is unknown.
        quantity: (place,), units to order today, in whole packs; NaN where the lead time is
            unknown or mostly beyond the horizon.
    """

    latest_day: FloatArray
    late_probability: FloatArray
    quantity: FloatArray


def order_advice(
    need: PathArray,
    first_day: PathArray,
    stock: FloatArray,
    *,
    lead_time_days: float | PathArray,
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
        lead_time_days: from order to receipt, rounded up, at least 1; NaN: unknown. Or (sample,)
            of each future, infinite where the order comes later than the horizon or never.
        pack_size: units in a pack, > 0.
        unmet: what becomes of demand that stock cannot meet.
        accepted_risk: P(short) that is accepted.
        review_days: days that the order is meant to last, >= 1; days beyond the horizon are not
            covered.

    Source: docs/models/stock.md, equations 8 and 9.
    """
    places, horizon, samples = need.shape
    unknown = np.full(places, np.nan)
    days = np.broadcast_to(np.asarray(lead_time_days, dtype=np.float64), (samples,))
    if np.isnan(days).any():
        return OrderAdvice(unknown, unknown, unknown)
    lead = np.where(np.isfinite(days), np.maximum(np.ceil(days), 1), horizon + 1)
    lead = np.minimum(lead, horizon + 1).astype(np.int64)
    late = _late(first_day, lead, horizon)
    comes = np.flatnonzero(lead <= horizon)
    if len(comes) < _LEAST_SHARE_THAT_COMES * samples:
        return OrderAdvice(unknown, late, unknown)
    lead = lead[comes]
    slowest = int(np.quantile(lead, 1 - accepted_risk, method="inverted_cdf"))
    latest, quantity = np.full(places, float(horizon + 1 - slowest)), np.zeros(places)
    # Where shortages by the horizon keep to the accepted risk, no order is needed yet.
    first = first_day[:, comes]
    at_risk = np.flatnonzero(_late(first, np.full_like(lead, horizon + 1), horizon) > accepted_risk)
    if len(at_risk):
        latest[at_risk] = _latest(first[at_risk], lead, horizon, slowest, accepted_risk)
        ahead = need[np.ix_(at_risk, np.arange(horizon), comes)]
        units = _quantity_needed(ahead, stock[at_risk], lead, review_days, unmet)
        enough = np.quantile(units, 1 - accepted_risk, axis=-1, method="inverted_cdf")
        quantity[at_risk] = np.maximum(np.ceil(enough / pack_size - 1e-6), 0.0) * pack_size
    return OrderAdvice(latest, late, quantity)


def _latest(
    first_day: PathArray, lead: IntArray, horizon: int, slowest: int, accepted_risk: float
) -> FloatArray:
    """(place,), last day of ordering that keeps the risk; NaN where even today does not."""
    later = np.arange(horizon + 2 - slowest)
    risks = np.stack([_late(first_day, lead + day, horizon) for day in later])
    safe = (risks <= accepted_risk).sum(axis=0)
    return np.where(safe > 0, safe - 1.0, np.nan)


def _late(first_day: PathArray, lead: IntArray, horizon: int) -> FloatArray:
    """(place,), P(short before the order comes)."""
    is_late = first_day < np.minimum(lead, horizon + 1).astype(np.float32)
    return np.asarray(np.count_nonzero(is_late, axis=-1) / is_late.shape[-1])


def _quantity_needed(
    need: PathArray, stock: FloatArray, lead: IntArray, review_days: int, unmet: Unmet
) -> FloatArray:
    """(place, sample), units that must come on day ``lead`` to last the review period."""
    horizon, sample = need.shape[1], np.arange(need.shape[2])
    on_hand = np.repeat(stock[:, None], need.shape[2], axis=1)
    if unmet is Unmet.LOST:
        before = np.maximum.accumulate(need, axis=1)[:, np.maximum(lead - 2, 0), sample]
        lost = np.maximum(before - on_hand, 0.0)
        on_hand = np.where(lead > 1, on_hand + lost, on_hand)
    days = np.minimum(lead[None] - 1 + np.arange(review_days)[:, None], horizon - 1)
    most = need[:, days[0], sample]
    for day in days[1:]:
        np.maximum(most, need[:, day, sample], out=most)
    return np.asarray(np.maximum(most - on_hand, 0.0))
