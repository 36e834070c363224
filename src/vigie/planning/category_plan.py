"""A plan for one thing: its moves, with the risk before and after at both ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray
from vigie.planning.exchange import Exchange
from vigie.planning.flows import Flows
from vigie.planning.lending import StayTold

__all__ = ["CategoryPlan", "Move", "category_plan"]


@dataclass(frozen=True, slots=True)
class Move:
    """Units from one place to another; risks are P(short by risk_days), 0..1.

    Attributes:
        from_place: key of the sender.
        to_place: key of the receiver.
        quantity: units, whole packs.
        depart_day: day on which it leaves, 0 is today.
        arrive_day: day of use at the receiver, 1 is tomorrow.
        km: distance.
        receiver_before: risk of the receiver without the plan.
        receiver_after: its risk with the whole plan.
        sender_before: risk of the sender without the plan.
        sender_after: its risk with the whole plan.
        stay: what is told of the stays of the patients moved; None: no patients, or nothing.
    """

    from_place: str
    to_place: str
    quantity: float
    depart_day: int
    arrive_day: int
    km: float
    receiver_before: float
    receiver_after: float
    sender_before: float
    sender_after: float
    stay: StayTold | None = None


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """A plan for one product or kind of machine.

    Attributes:
        kind: products or equipment.
        category: key of the product or equipment.
        unit: unit of quantities.
        moves: by day of leaving, each day in the order of the ways.
        unmet_before: expected unmet need of all places without the plan, in unit (machine-days
            for machines).
        unmet_after: the same with the plan.
    """

    kind: str
    category: str
    unit: str
    moves: tuple[Move, ...]
    unmet_before: float
    unmet_after: float


def category_plan(exchange: Exchange, flows: Flows, risk_days: int) -> CategoryPlan:
    """The moves of some flows, and what they change.

    Args:
        exchange: what is held and needed.
        flows: moves in whole packs.
        risk_days: days over which risk is looked at.
    """
    places, horizon = len(exchange.places), exchange.horizon
    known = np.flatnonzero(np.isfinite(exchange.stock))
    before = exchange.risks_as_held(risk_days)
    unmet_before = exchange.unmet_as_held()
    stock = np.nan_to_num(exchange.stock)[:, None]
    held = stock - flows.sent(places, horizon) + flows.received(places, horizon)
    way, day = np.nonzero(flows.units > 0)
    order = np.lexsort((way, day))
    concerned = np.union1d(flows.sender[way], flows.receiver[way]).tolist()
    after = {place: exchange.risk(place, held[place], risk_days) for place in concerned}
    unmet_after = {place: exchange.unmet(place, held[place]) for place in concerned}
    moves = tuple(_move(exchange, flows, int(way[at]), int(day[at]), before, after) for at in order)
    unchanged = {place: float(unmet_before[place]) for place in known.tolist()}
    return CategoryPlan(
        kind=exchange.kind,
        category=exchange.category,
        unit=exchange.unit,
        moves=moves,
        unmet_before=float(sum(unchanged.values())),
        unmet_after=float(sum((unchanged | unmet_after).values())),
    )


def _move(
    exchange: Exchange,
    flows: Flows,
    way: int,
    day: int,
    before: FloatArray,
    after: dict[int, float],
) -> Move:
    sender, receiver = int(flows.sender[way]), int(flows.receiver[way])
    return Move(
        from_place=exchange.places[sender],
        to_place=exchange.places[receiver],
        quantity=float(flows.units[way, day]),
        depart_day=day,
        arrive_day=day + int(flows.lag[way]),
        km=float(exchange.lanes.km[sender, receiver]),
        receiver_before=float(before[receiver]),
        receiver_after=after[receiver],
        sender_before=float(before[sender]),
        sender_after=after[sender],
    )
