"""Wishes of people in a plan of stock: rows with names, and what they conflict with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray
from vigie.planning.exchange import Exchange
from vigie.planning.flows import Flows
from vigie.planning.linear_program import LinearProgram
from vigie.planning.wishes import Wishes

__all__ = ["MoveWish", "conflicting_rules", "fill_wish", "lacking_of", "move_wishes", "open_ways"]

WaysOfMoves = tuple[IntArray, IntArray, IntArray]


@dataclass(frozen=True, slots=True)
class MoveWish:
    """At least so many units for a receiver by a day.

    Attributes:
        receiver: index of the place.
        by_day: last day of use, 1 is tomorrow.
        units: whole lots, > 0.
        name: the rule in words.
    """

    receiver: int
    by_day: int
    units: float
    name: str

    def serves(self, receiver: IntArray, lag: IntArray, days: int) -> BoolArray:
        """(way, decision day): what comes to the place in time."""
        is_timely = np.arange(days)[None, :] + lag[:, None] <= self.by_day
        return np.asarray((receiver == self.receiver)[:, None] & is_timely)


def move_wishes(exchange: Exchange, wishes: Wishes) -> list[MoveWish]:
    """Wishes for a product, in whole lots; those of places that are not known are left out."""
    lot = exchange.pack_size
    return [
        MoveWish(
            exchange.places.index(wish.place),
            wish.by_day,
            float(np.ceil(wish.quantity / lot - 1e-9)) * lot,
            wish.in_words(),
        )
        for wish in wishes.of(exchange.kind, exchange.category).wishes
        if wish.place in exchange.places
    ]


def open_ways(exchange: Exchange, ways: WaysOfMoves, wishes: Wishes) -> WaysOfMoves:
    """Ways that no ban closes."""
    of = wishes.of(exchange.kind, exchange.category)
    if not of.bans:
        return ways
    pairs = zip(ways[0].tolist(), ways[1].tolist(), strict=True)
    names = exchange.places
    is_open = np.array([not of.forbid(names[one], names[other]) for one, other in pairs], bool)
    return ways[0][is_open], ways[1][is_open], ways[2][is_open]


def conflicting_rules(
    exchange: Exchange,
    ways: WaysOfMoves,
    limits: FloatArray,
    asked: Sequence[MoveWish],
    wishes: Wishes,
) -> tuple[str, ...]:
    """Rules that, taken together, leave no plan: wishes, bans, and what senders keep.

    Args:
        exchange: what is held and needed.
        ways: also those that bans close.
        limits: (place, decision day), units that may have left by the day.
        asked: the wishes.
        wishes: of people; its bans count.
    """
    sender, receiver, lag = ways
    days = limits.shape[1]
    if not len(sender):
        return tuple(wish.name for wish in asked)
    program = LinearProgram()
    none = np.zeros(len(sender) * days)
    columns = program.add_columns(none, none, none + np.inf).reshape(-1, days)
    for place in np.unique(sender).tolist():
        name = f"{exchange.places[place]} keeps the {exchange.category} that it needs"
        for day in range(days):
            row = program.add_rows(np.array([-np.inf]), limits[place, [day]], [name])
            of = columns[sender == place, : day + 1].ravel()
            program.add_entries(np.repeat(row, len(of)), of, 1.0)
    for ban in wishes.of(exchange.kind, exchange.category).bans:
        closed = np.array([
            ban.forbids(exchange.places[one], exchange.places[other])
            for one, other in zip(sender.tolist(), receiver.tolist(), strict=True)
        ])  # fmt: skip
        row = program.add_rows(np.array([-np.inf]), np.zeros(1), [ban.in_words()])
        of = columns[closed].ravel()
        program.add_entries(np.repeat(row, len(of)), of, 1.0)
    for wish in asked:
        row = program.add_rows(np.array([wish.units]), np.array([np.inf]), [wish.name])
        of = columns[wish.serves(receiver, lag, days)]
        program.add_entries(np.repeat(row, len(of)), of, 1.0)
    return program.conflicts()


def lacking_of(wish: MoveWish, flows: Flows) -> float:
    """Units of a wish that moves do not bring."""
    serves = wish.serves(flows.receiver, flows.lag, flows.units.shape[1])
    return max(0.0, wish.units - float(flows.units[serves].sum()))


def fill_wish(
    wish: MoveWish, flows: Flows, lot: float, limits: FloatArray, room: FloatArray | None = None
) -> Flows:
    """Lots for a wish that rounding left short, on ways in use first, as limits allow.

    Args:
        wish: of a person.
        flows: in whole lots.
        lot: units of a lot.
        limits: (place, decision day), units that may have left by the day.
        room: (place, decision day), units for which vehicles have room; None: enough.
    """
    lacking = lacking_of(wish, flows)
    if lacking <= 1e-6:
        return flows
    units = flows.units.copy()
    sent = np.zeros(limits.shape)
    np.add.at(sent, flows.sender, units)
    left = limits - np.cumsum(sent, axis=1)
    space = np.full(limits.shape, np.inf) if room is None else room - sent
    serves = np.argwhere(wish.serves(flows.receiver, flows.lag, units.shape[1]))
    for way, day in sorted(serves.tolist(), key=lambda at: (-units[at[0]].sum(), *at)):
        place = int(flows.sender[way])
        most = min(left[place, day:].min(), space[place, day], lacking)
        more = float(np.floor(most / lot + 1e-9)) * lot
        if more > 0:
            units[way, day] += more
            left[place, day:] -= more
            space[place, day] -= more
            lacking -= more
    return replace(flows, units=units)
