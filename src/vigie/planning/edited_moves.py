"""A move that somebody changes or adds, held against the rules of a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vigie.planning.depots import Depot
from vigie.planning.exchange import Exchange
from vigie.planning.flows import Flows

__all__ = ["Breach", "EditRule", "Effect", "WantedMove", "judge_edit"]


class EditRule(StrEnum):
    """A rule that a changed move may break."""

    LANE = "lane"
    DAY = "day"
    LOT = "lot"
    STOCK = "stock"
    HARM = "harm"
    NEW = "new"
    DAILY = "daily"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class WantedMove:
    """Units that somebody wants to move.

    Attributes:
        from_place: key of the sender.
        to_place: key of the receiver.
        quantity: units, > 0.
        depart_day: day of leaving, 0 is today.
    """

    from_place: str
    to_place: str
    quantity: float
    depart_day: int


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken.

    Attributes:
        rule: which.
        text: by how far, and what would keep to it.
        found: what was found.
        limit: what is allowed; units, days, or a rise of P(short).
    """

    rule: EditRule
    text: str
    found: float
    limit: float


@dataclass(frozen=True, slots=True)
class Effect:
    """P(short by the day of risk), 0..1, at both ends; before: without any move."""

    receiver_before: float
    receiver_after: float
    sender_before: float
    sender_after: float


def judge_edit(
    exchange: Exchange,
    wanted: WantedMove,
    others: Sequence[WantedMove],
    *,
    risk_days: int,
    largest_harm: float,
    depots: Mapping[str, Depot] | None = None,
) -> tuple[Effect | None, tuple[Breach, ...]]:
    """What a move does at both ends together with the other open ones, and the rules it breaks.

    Args:
        exchange: what is held and needed.
        wanted: the move as it would be.
        others: the other open moves of the same thing.
        risk_days: days over which risk is looked at.
        largest_harm: rise of a sender's risk that is accepted, 0..1.
        depots: those of the exchange, by place, so that what is refused is told in their words.

    Returns:
        The effect, None when the move cannot be made at all; and all rules that are broken.
    """
    at = {place: index for index, place in enumerate(exchange.places)}
    known = depots or {}
    breach = _way(exchange, at, wanted, known)
    if breach is not None:
        return None, (breach,)
    sender, receiver = at[wanted.from_place], at[wanted.to_place]
    possible = [each for each in others if _way(exchange, at, each, known) is None]
    flows = _flows(exchange, at, [*possible, wanted])
    places, horizon = len(exchange.places), exchange.horizon
    sent = flows.sent(places, horizon)
    held = np.nan_to_num(exchange.stock)[:, None] - sent + flows.received(places, horizon)
    before = exchange.risks_as_held(risk_days)
    effect = Effect(
        receiver_before=float(before[receiver]),
        receiver_after=exchange.risk(receiver, held[receiver], risk_days),
        sender_before=float(before[sender]),
        sender_after=exchange.risk(sender, held[sender], risk_days),
    )
    breaches = (
        _lot(exchange, wanted),
        _stock_of_depot(wanted, [*possible, wanted], exchange, at, known[wanted.from_place])
        if wanted.from_place in known
        else _stock(exchange, wanted, sender, float(sent[sender, -1])),
        # A depot needs nothing: it is never harmed.
        None if wanted.from_place in known else _harm(wanted, effect, largest_harm),
    )
    return effect, tuple(each for each in breaches if each is not None)


def _way(
    exchange: Exchange, at: dict[str, int], wanted: WantedMove, depots: Mapping[str, Depot]
) -> Breach | None:
    """Why a move cannot be made at all."""
    closed = _closed_by_depot(wanted, depots)
    if closed is not None:
        return closed
    for place in (wanted.from_place, wanted.to_place):
        if place not in at or not math.isfinite(exchange.stock[at[place]]):
            text = f'"{place}" reports no stock of {exchange.category}: nothing can be judged'
            return Breach(EditRule.STOCK, text, 0.0, 0.0)
    pair = at[wanted.from_place], at[wanted.to_place]
    if not math.isfinite(exchange.lanes.km[pair]):
        text = (
            f'no way leads from "{wanted.from_place}" to "{wanted.to_place}"; ways stand in '
            "reference/arcs.csv"
        )
        return Breach(EditRule.LANE, text, math.inf, 0.0)
    last = exchange.horizon - int(exchange.lanes.days[pair])
    if not 0 <= wanted.depart_day <= last:
        where = "in the past" if wanted.depart_day < 0 else "too late to arrive in time"
        by = -wanted.depart_day if wanted.depart_day < 0 else wanted.depart_day - last
        limit = 0 if wanted.depart_day < 0 else last
        text = f"the day of leaving is {where} by {by} days"
        return Breach(EditRule.DAY, text, float(wanted.depart_day), float(limit))
    return None


def _closed_by_depot(wanted: WantedMove, depots: Mapping[str, Depot]) -> Breach | None:
    if wanted.to_place in depots:
        text = f'"{wanted.to_place}" is a depot: what was sent does not come back to it'
        return Breach(EditRule.LANE, text, math.inf, 0.0)
    depot = depots.get(wanted.from_place)
    if depot is not None and math.isnan(depot.stock):
        text = (
            f'the last report of the stock of "{wanted.from_place}", a depot, is missing or too '
            "old: nothing may leave it"
        )
        return Breach(EditRule.STOCK, text, wanted.quantity, 0.0)
    if depot is not None and depot.serves is not None and wanted.to_place not in depot.serves:
        text = (
            f'"{wanted.from_place}" is a depot that does not serve "{wanted.to_place}"; whom it '
            "serves stands in reference/depots.csv"
        )
        return Breach(EditRule.LANE, text, math.inf, 0.0)
    return None


def _flows(exchange: Exchange, at: dict[str, int], moves: Sequence[WantedMove]) -> Flows:
    sender = np.array([at[each.from_place] for each in moves], dtype=np.int64)
    receiver = np.array([at[each.to_place] for each in moves], dtype=np.int64)
    units = np.zeros((len(moves), exchange.horizon))
    for way, each in enumerate(moves):
        units[way, each.depart_day] = each.quantity
    lag = exchange.lanes.days[sender, receiver].astype(np.int64)
    return Flows(sender, receiver, lag, units)


def _lot(exchange: Exchange, wanted: WantedMove) -> Breach | None:
    lot = exchange.pack_size
    lots = wanted.quantity / lot
    if abs(lots - round(lots)) <= 1e-6:
        return None
    near = [f"{count * lot:g}" for count in (math.floor(lots), math.ceil(lots)) if count > 0]
    text = f"{wanted.quantity:g} is no whole number of packs of {lot:g}; nearest: "
    return Breach(EditRule.LOT, text + " or ".join(near), wanted.quantity, lot)


def _stock(exchange: Exchange, wanted: WantedMove, sender: int, sent: float) -> Breach | None:
    stock = float(exchange.stock[sender])
    if sent <= stock + 1e-6:
        return None
    text = (
        f'"{wanted.from_place}" holds {stock:g} and would send {sent:g}'
        f"{_beside(sent, wanted)}: {sent - stock:g} too much"
    )
    return Breach(EditRule.STOCK, text, sent, stock)


def _stock_of_depot(
    wanted: WantedMove,
    moves: Sequence[WantedMove],
    exchange: Exchange,
    at: dict[str, int],
    depot: Depot,
) -> Breach | None:
    """More than a depot may let go of units that can still be used when they arrive.

    What arrives on a day or later can only be units that can be used then: this must hold from
    every day of arrival on, up to that of the move itself.
    """
    arriving: dict[int, float] = {}
    for each in moves:
        if each.from_place == depot.place:
            day = each.depart_day + int(exchange.lanes.days[at[depot.place], at[each.to_place]])
            arriving[day] = arriving.get(day, 0.0) + each.quantity
    own = wanted.depart_day + int(exchange.lanes.days[at[depot.place], at[wanted.to_place]])
    for day in sorted((day for day in arriving if day <= own), reverse=True):
        sent = sum(units for arrival, units in arriving.items() if arrival >= day)
        free, lost = depot.free_on(day), depot.stock - depot.usable(day)
        if sent <= free + 1e-6:
            continue
        expiry = f", {lost:g} of which can no longer be used when it arrives," if lost else ""
        text = (
            f'"{depot.place}" is a depot that holds {depot.stock:g}{expiry} and keeps its reserve '
            f"of {depot.reserve:g}: only {free:g} above it are free, and it would send {sent:g}"
            f"{_beside(sent, wanted)}: {sent - free:g} too much"
        )
        return Breach(EditRule.STOCK, text, sent, free)
    return None


def _beside(sent: float, wanted: WantedMove) -> str:
    others = sent - wanted.quantity
    return f", with {others:g} of other open moves" if others > 0 else ""


def _harm(wanted: WantedMove, effect: Effect, largest: float) -> Breach | None:
    rise = effect.sender_after - effect.sender_before
    if rise <= largest + 1e-9:
        return None
    text = (
        f'"{wanted.from_place}" would run short itself: its P(short) rises by {rise:.3f} '
        f"({effect.sender_before:.3f} -> {effect.sender_after:.3f}), limit {largest:g}"
    )
    return Breach(EditRule.HARM, text, rise, largest)
