"""Fewer moves for nearly the same gain: what saves nearly nothing is left out.

A move takes a phone call, two signatures and a vehicle, however little it saves. A linear program
does not see that; here moves are taken back one by one, judged on the futures.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from vigie.paths import FloatArray, PathArray
from vigie.planning.exchange import Exchange
from vigie.planning.flows import Flows

__all__ = ["joined_days", "pruned_flows", "take_back"]

_JUDGED_SAMPLES = 300
"""Futures on which single moves are judged; the plan as a whole is judged on all."""
_SHORT_ABOVE = 0.2


def take_back(
    moves: Collection[tuple[int, int]],
    loss: Callable[[tuple[int, int]], float],
    remove: Callable[[tuple[int, int]], None],
    budget: float,
) -> None:
    """Remove moves, the least useful first, while their losses together keep to a budget.

    What a move saves can only grow as others go, so a loss is worked out again only for the move
    that seems the least useful.

    Args:
        moves: that may be removed; equals go in this order.
        loss: what would be lost without one, the others as they are.
        remove: takes one back.
        budget: of all losses; a loss below 0 is a gain and adds nothing to it.
    """
    heap = [(loss(move), number, move) for number, move in enumerate(moves)]
    heapq.heapify(heap)
    while heap:
        _, number, move = heapq.heappop(heap)
        now = loss(move)
        if heap and now > heap[0][0]:
            heapq.heappush(heap, (now, number, move))
            continue
        if max(now, 0.0) > budget:
            return
        budget -= max(now, 0.0)
        remove(move)


def joined_days(flows: Flows, limits: FloatArray, *, room: FloatArray | None = None) -> Flows:
    """Moves of one way on several days joined into the first, as far as limits allow.

    Args:
        flows: moves that keep to the limits.
        limits: (place, decision day), units that may have left by the day.
        room: (place, decision day), units for which vehicles have room; None: enough.
    """
    units = flows.units.copy()
    days = units.shape[1]
    sent = np.zeros(limits.shape)
    np.add.at(sent, flows.sender, units)
    space = np.full(limits.shape, np.inf) if room is None else room - sent
    left = limits - np.cumsum(sent, axis=1)
    for way in np.flatnonzero((units > 0).sum(axis=1) > 1).tolist():
        place = int(flows.sender[way])
        first = int(np.flatnonzero(units[way])[0])
        for day in range(first + 1, days):
            more = units[way, day]
            fits = left[place, first:day].min() >= more - 1e-9 and space[place, first] >= more
            if more > 0 and fits:
                units[way, first] += more
                units[way, day] = 0.0
                left[place, first:day] -= more
                space[place, first] -= more
                space[place, day] += more
    return replace(flows, units=units)


def pruned_flows(
    exchange: Exchange,
    flows: Flows,
    lost_share: float,
    *,
    risk_days: int,
    protected: Collection[tuple[int, int]] = (),
) -> Flows:
    """Moves without those that save nearly nothing.

    Taken back are the moves, the least useful first, without which at most ``lost_share`` of the
    units saved, and of the backlog unit-days saved, is lost. What a move saves counts double where
    the plan ends a shortage: the receiver's P(short) falls from above 0.2 to below.

    Args:
        exchange: what is held and needed.
        flows: whole lots.
        lost_share: 0 to 1.
        risk_days: days over which P(short) is looked at.
        protected: (way, day) of moves that stay, for a wish.

    Source: docs/models/optimal-plan.md, equation 11.
    """
    if lost_share <= 0 or not flows.units.any():
        return flows
    books = _Books(exchange, flows, risk_days)
    moves = [
        (int(way), int(day))
        for way, day in np.argwhere(flows.units > 0)
        if (int(way), int(day)) not in set(protected)
    ]
    take_back(moves, books.loss, books.remove, lost_share)
    return replace(flows, units=books.units)


class _Books:
    """What places lack in each future, as moves are taken back."""

    def __init__(self, exchange: Exchange, flows: Flows, risk_days: int) -> None:
        self._flows, self.units = flows, flows.units.copy()
        places, horizon = exchange.need.shape[:2]
        self._horizon = horizon
        change = flows.received(places, horizon) - flows.sent(places, horizon)
        need = exchange.need[..., :_JUDGED_SAMPLES]
        held = np.nan_to_num(exchange.stock)[:, None]
        self._concerned = np.flatnonzero(np.abs(change).max(axis=1) > 0).tolist()
        self._excess: dict[int, PathArray] = {}
        saved = np.zeros(2)
        self._weight = np.ones(places)
        for place in self._concerned:
            before = need[place] - held[place].astype(np.float32)
            after = before - change[place].astype(np.float32)[:, None]
            saved += _lacking(before) - _lacking(after)
            risks = [(each[:risk_days] > 1e-3).any(axis=0).mean() for each in (before, after)]
            if risks[0] > _SHORT_ABOVE >= risks[1]:
                self._weight[place] = 2.0
            self._excess[place] = after
        self._saved = np.maximum(saved, 1e-9)
        self._lacks = {place: _lacking(excess) for place, excess in self._excess.items()}

    def loss(self, move: tuple[int, int]) -> float:
        """Share of what the plan saves that would be lost without a move, the larger of both."""
        sender, receiver, left, came = self._ends(move)
        if receiver not in self._excess or sender not in self._excess:
            return 0.0
        lost = (
            self._lack_with(receiver, came, +1.0)
            - self._lacks[receiver]
            + self._lack_with(sender, left, -1.0)
            - self._lacks[sender]
        )
        return float((lost / self._saved).max() * self._weight[receiver])

    def _lack_with(self, place: int, change: PathArray, sign: float) -> FloatArray:
        return _lacking(self._excess[place] + np.float32(sign) * change[:, None])

    def remove(self, move: tuple[int, int]) -> None:
        sender, receiver, left, came = self._ends(move)
        for place, change, sign in ((receiver, came, 1.0), (sender, left, -1.0)):
            if place in self._excess:
                self._excess[place] = self._excess[place] + np.float32(sign) * change[:, None]
                self._lacks[place] = _lacking(self._excess[place])
        self.units[move] = 0.0

    def _ends(self, move: tuple[int, int]) -> tuple[int, int, PathArray, PathArray]:
        """Sender, receiver, and (day,) what a move takes from one and brings to the other."""
        way, day = move
        units = np.float32(self._flows.units[way, day])
        days = np.arange(self._horizon)
        left = (days >= day) * units
        came = (days >= day + int(self._flows.lag[way]) - 1) * units
        return int(self._flows.sender[way]), int(self._flows.receiver[way]), left, came


def _lacking(excess: PathArray) -> FloatArray:
    """Expected units lost (the highest backlog) and backlog unit-days."""
    short = np.maximum(excess, 0)
    return np.array([short.max(axis=0).mean(), short.sum(axis=0).mean()], dtype=np.float64)
