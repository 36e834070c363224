"""What a plan does in futures: stock, moves and unmet demand, day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, PathArray
from vigie.planning.exchange import Exchange, Use
from vigie.planning.flows import Flows

__all__ = ["Outcome", "judge_flows"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a plan in the futures given.

    Attributes:
        unmet_units: (place,), expected units that were asked for and not there on their day, up
            to the horizon.
        backlog_unit_days: (place,), expected sum over days of what would be waiting if nothing
            unmet were lost.
        stock_out: (place,), P(stock-out by the day of risk).
        unsent_units: expected units that a sender had promised and did not hold any more.
    """

    unmet_units: FloatArray
    backlog_unit_days: FloatArray
    stock_out: FloatArray
    unsent_units: float


def judge_flows(exchange: Exchange, flows: Flows | None, *, risk_days: int) -> Outcome:
    """Run every future with the moves of a plan, or with none.

    A sender that does not hold what it promised sends what it has, shared over its ways. What
    arrives on a day is used on it. Unmet demand is lost or waits, as the exchange says, for the
    units; the backlog is counted as if it waited.

    Args:
        exchange: what is held and needed; use lost or back-order.
        flows: the moves; None: nothing is done.
        risk_days: days over which stock-outs are looked at.

    Source: docs/models/optimal-plan.md, equation 8.
    """
    if exchange.use is Use.HELD:
        raise ValueError(f"{exchange.category}: machines come back; no stock is run down")
    places, horizon, samples = exchange.need.shape
    asked = np.diff(exchange.need, axis=1, prepend=np.float32(0))
    held = np.repeat(np.nan_to_num(exchange.stock).astype(np.float32)[:, None], samples, axis=1)
    coming = np.zeros((horizon, places, samples), dtype=np.float32)
    unmet, backlog = np.zeros(places), np.zeros(places)
    is_out = np.zeros((places, samples), dtype=bool)
    unsent = 0.0
    lost = exchange.use is Use.LOST
    waiting = np.minimum(held, 0)
    tolerance = np.float32(1e-4) * np.maximum(held, 1)
    kept = held.copy()
    for day in range(horizon):
        if flows is not None and day < flows.units.shape[1]:
            unsent += _send(flows, day, held, kept, coming)
        change = coming[day] - asked[:, day]
        held += change
        kept += change
        missing = np.maximum(-held - tolerance, 0)
        fresh = missing if lost else np.maximum(missing - waiting, 0)
        unmet += fresh.mean(axis=1, dtype=np.float64)
        backlog += np.maximum(-kept - tolerance, 0).mean(axis=1, dtype=np.float64)
        if day < risk_days:
            is_out |= fresh > 0
        if lost:
            np.maximum(held, 0, out=held)
        else:
            waiting = missing
    known = np.isfinite(exchange.stock)
    return Outcome(
        np.where(known, unmet, 0.0),
        np.where(known, backlog, 0.0),
        np.where(known, is_out.mean(axis=1), 0.0),
        unsent,
    )


def _send(flows: Flows, day: int, held: PathArray, kept: PathArray, coming: PathArray) -> float:
    """Take what leaves on a day from the senders; expected units that they lacked."""
    ways = np.flatnonzero(flows.units[:, day] > 0)
    if not ways.size:
        return 0.0
    sender = flows.sender[ways]
    promised = np.zeros(len(held), dtype=np.float32)
    np.add.at(promised, sender, flows.units[ways, day].astype(np.float32))
    senders = np.flatnonzero(promised)
    share = np.zeros_like(held)
    share[senders] = np.clip(np.maximum(held[senders], 0) / promised[senders, None], 0, 1)
    taken = share * promised[:, None]
    held -= taken
    kept -= taken
    for way, units in zip(ways, flows.units[ways, day], strict=True):
        arrival = day + int(flows.lag[way]) - 1
        if arrival < len(coming):
            coming[arrival, flows.receiver[way]] += share[flows.sender[way]] * np.float32(units)
    return float((promised[:, None] - taken).mean(axis=1).sum())
