"""Baseline planner: whoever runs short first is helped by the nearest who can spare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, PathArray, order_index
from vigie.planning.category_plan import CategoryPlan, category_plan
from vigie.planning.exchange import Exchange, Use
from vigie.planning.flows import Flows

__all__ = ["NEAREST_SURPLUS_MODEL", "PlanRules", "nearest_surplus"]

NEAREST_SURPLUS_MODEL = "vigie-nearest-surplus"
"""Name of the planner in tables and releases."""


@dataclass(frozen=True, slots=True)
class PlanRules:
    """Who is helped, how far, and what a sender keeps.

    Attributes:
        receiver_risk: P(short by risk_days) above which a place is to be helped, and sends
            nothing.
        covered_risk: P(short by the horizon) at which a receiver is covered.
        sender_level: share of futures in which a sender keeps enough for gap_days.
        gap_days: days for which a sender keeps enough.
        risk_days: days over which risk is looked at.
        largest_harm: rise of a sender's P(short by risk_days) that is accepted.
    """

    receiver_risk: float = 0.2
    covered_risk: float = 0.05
    sender_level: float = 0.95
    gap_days: int = 7
    risk_days: int = 14
    largest_harm: float = 0.02


@dataclass(frozen=True, slots=True)
class _Shipment:
    sender: int
    receiver: int
    quantity: float
    day: int


def nearest_surplus(exchange: Exchange, rules: PlanRules | None = None) -> CategoryPlan:
    """Plan moves of one product or kind of machine.

    Receivers are served by the day on which their risk passes ``receiver_risk``; each gets from
    the nearest sender with surplus, then the next, until it is covered. A sender gives at most
    what it holds less what it needs for ``gap_days`` in 95 % of the futures, never what it
    received, and never so much that its risk by day 14 rises by more than ``largest_harm``. All
    moves leave today.

    Args:
        exchange: what is held and needed.
        rules: thresholds; None: the defaults.

    Returns:
        Moves and expected unmet need before and after; no moves when nobody is short or nobody
        can spare.

    Source: docs/models/nearest-surplus.md.
    """
    rules = rules or PlanRules()
    known = np.isfinite(exchange.stock)
    held = np.repeat(np.where(known, exchange.stock, 0.0)[:, None], exchange.horizon, axis=1)
    places = np.flatnonzero(known).tolist()
    before = dict(zip(places, exchange.risks_as_held(rules.risk_days)[known], strict=True))
    receivers = _receivers(exchange, held, before, rules)
    limits = _sender_limits(exchange, before, receivers, rules)
    shipments = _ship(exchange, held, receivers, limits, rules)
    flows = Flows(
        np.array([each.sender for each in shipments], dtype=np.int64),
        np.array([each.receiver for each in shipments], dtype=np.int64),
        np.array([each.day for each in shipments], dtype=np.int64),
        np.array([[each.quantity] for each in shipments]).reshape(-1, 1),
    )
    return category_plan(exchange, flows, rules.risk_days)


def _receivers(
    exchange: Exchange, held: FloatArray, before: dict[int, float], rules: PlanRules
) -> list[int]:
    """Places to be helped: first by the day their risk passes the threshold, then by risk."""
    urgency = []
    for place, risk in before.items():
        if risk > rules.receiver_risk:
            short = exchange.is_short(place, held[place])[: rules.risk_days]
            risk_by_day = np.maximum.accumulate(short, axis=0).mean(axis=1)
            day = int(np.argmax(risk_by_day > rules.receiver_risk))
            urgency.append((day, -risk, exchange.places[place], place))
    return [place for *_, place in sorted(urgency)]


def _sender_limits(
    exchange: Exchange, before: dict[int, float], receivers: list[int], rules: PlanRules
) -> FloatArray:
    """Units each place can give, (place,): stock less what it must keep, 0 for receivers.

    All moves leave today, so what a sender gives lowers what it holds on every day alike, and
    the largest harmless quantity is an order statistic of its peak need; no search is needed.
    """
    limits = np.zeros(len(exchange.places))
    early, whole = exchange.peak(rules.gap_days), exchange.peak(rules.risk_days)
    for place, risk in before.items():
        if place not in receivers:
            enough = _order_statistic(early[place], rules.sender_level)
            safe = 1 - risk - rules.largest_harm
            harmless = _order_statistic(whole[place], safe) if safe > 0 else 0.0
            limits[place] = max(0.0, exchange.stock[place] - max(enough, harmless, 0.0))
    return limits


def _ship(
    exchange: Exchange,
    held: FloatArray,
    receivers: list[int],
    limits: FloatArray,
    rules: PlanRules,
) -> list[_Shipment]:
    left, shipments = limits.copy(), []
    for receiver in receivers:
        own = held[receiver].copy()
        for sender in _nearest_first(exchange, receiver, left):
            day = int(exchange.lanes.days[sender, receiver])
            wanted = _units_wanted(exchange, receiver, own, day, rules)
            packs = min(
                np.ceil(wanted / exchange.pack_size - 1e-6),
                np.floor(left[sender] / exchange.pack_size + 1e-9),
            )
            if packs >= 1:
                quantity = float(packs) * exchange.pack_size
                shipments.append(_Shipment(sender, receiver, quantity, day))
                own[day - 1 :] += quantity
                left[sender] -= quantity
    return shipments


def _nearest_first(exchange: Exchange, receiver: int, left: FloatArray) -> Iterator[int]:
    km = exchange.lanes.km[:, receiver]
    can_help = (left >= exchange.pack_size) & (exchange.lanes.days[:, receiver] <= exchange.horizon)
    ways = [(km[p], exchange.places[p], int(p)) for p in np.flatnonzero(can_help)]
    return (place for *_, place in sorted(ways))


def _units_wanted(
    exchange: Exchange, receiver: int, held: FloatArray, day: int, rules: PlanRules
) -> float:
    """Units that, coming on ``day``, leave the receiver short in at most 5 % of the futures."""
    missing = exchange.need[receiver] - held.astype(np.float32)[:, None]
    worst = missing[day - 1 :].max(axis=0)
    if exchange.use is Use.LOST and day > 1:
        worst = worst - np.maximum(missing[: day - 1].max(axis=0), 0.0)
    return max(0.0, _order_statistic(worst, 1 - rules.covered_risk))


def _order_statistic(values: PathArray, level: float) -> float:
    """The smallest value that at least a share ``level`` of the futures do not exceed."""
    at = int(order_index(level, np.asarray(len(values))))
    return float(np.partition(values, at)[at])
