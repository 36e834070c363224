"""The moves of one thing that leave least expected shortage: a linear program on all futures.

Moves are decided now, shortage follows in each future. Since what a future lacks depends on the
level held alone, the futures need no variables of their own: expected shortage is a convex
function of the level, by straight pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray
from vigie.planning.exchange import Exchange, Use
from vigie.planning.expected_shortage import ConvexCost, convex_cost
from vigie.planning.flows import Flows
from vigie.planning.harm import harm_seen
from vigie.planning.levels import LevelRows, add_levels
from vigie.planning.linear_program import Ending, LinearProgram
from vigie.planning.move_wishes import MoveWish

_CONCENTRATING_ROUNDS = 3
_DEAREST = 1e4

__all__ = [
    "MoveProgram",
    "MoveRules",
    "level_costs",
    "sender_limits",
    "solve_moves",
    "surcharge_of",
    "ways_of",
]


@dataclass(frozen=True, slots=True)
class MoveRules:
    """What a plan may do.

    Attributes:
        decision_days: days on which help may leave, from today.
        gap_days: a sender keeps, on each day, what it needs for so many days more.
        sender_level: in this share of the futures.
        risk_days: days over which a sender's risk is looked at.
        largest_harm: rise of a sender's P(stock-out by risk_days) that is accepted.
        cost_per_km: unit-days of shortage that are as bad as moving a unit one kilometre.
        days_per_move: a move is worth its while if it saves at least so many days of the mean use
            of a place, in unit-days; 0: every move is.
        fairness: weight of the largest share of need that any place lacks.
        tail_weight: weight of the mean of the worst tenth of futures, of each place and day.
        pieces: straight pieces of the expected shortage; None: exact.
        lost_share: share of what a plan saves that may be given up for fewer moves; 0: none.
        helped_above: places with a P(stock-out by risk_days) above this are helped.
    """

    decision_days: int = 3
    gap_days: int = 7
    sender_level: float = 0.95
    risk_days: int = 14
    largest_harm: float = 0.02
    cost_per_km: float = 1e-4
    days_per_move: float = 0.5
    fairness: float = 0.0
    tail_weight: float = 0.0
    pieces: int | None = 20
    lost_share: float = 0.03
    helped_above: float = 0.05

    def harm_seen(self, samples: int) -> float:
        """Rise of risk among so many futures that keeps to ``largest_harm`` among others too."""
        return harm_seen(self.largest_harm, samples)


def ways_of(exchange: Exchange, *, most: int | None = None) -> tuple[IntArray, IntArray, IntArray]:
    """Ways (sender, receiver, days under way) of an exchange that end within its horizon.

    Args:
        exchange: what is held and needed.
        most: nearest receivers of each sender that count; None: all. A depot, which needs
            nothing and to which no way leads, serves all if it has anything to send.
    """
    km = exchange.lanes.km
    is_way = np.isfinite(km) & (exchange.lanes.days <= exchange.horizon)
    known = np.isfinite(exchange.stock)
    is_way &= known[:, None] & known[None, :]
    if most is not None and km.shape[1] > most:
        rank = np.argsort(np.argsort(np.where(is_way, km, np.inf), axis=1, kind="stable"), axis=1)
        is_depot = ~np.isfinite(km).any(axis=0) & ~np.asarray(exchange.need.any(axis=(1, 2)))
        is_way &= (rank < most) | (is_depot & (exchange.stock > 0))[:, None]
    sender, receiver = np.nonzero(is_way)
    return sender, receiver, exchange.lanes.days[sender, receiver].astype(np.int64)


def sender_limits(exchange: Exchange, rules: MoveRules) -> FloatArray:
    """(place, decision day): units that may have left by the day, what was received not counted.

    What is held today less the need, in ``sender_level`` of the futures, of all days up to
    ``gap_days`` after it.

    Source: docs/models/optimal-plan.md, equation 5.
    """
    peaks = np.maximum.accumulate(exchange.need, axis=1)
    last = np.minimum(np.arange(rules.decision_days) + rules.gap_days, exchange.horizon) - 1
    kept = np.quantile(peaks[:, last], rules.sender_level, axis=2, method="higher")
    kept = np.maximum(kept, _harmless(exchange, rules)[:, None])
    held = np.nan_to_num(exchange.stock)[:, None]
    limits = np.maximum(0.0, held - np.maximum(kept, 0.0))
    # What may have left by a later day bounds what leaves before.
    return np.minimum.accumulate(limits[:, ::-1], axis=1)[:, ::-1]


def _harmless(exchange: Exchange, rules: MoveRules) -> FloatArray:
    """(place,): units to keep so that the risk by ``risk_days`` rises by no more than allowed."""
    peak = np.sort(exchange.peak(min(rules.risk_days, exchange.horizon)), axis=1)
    samples = peak.shape[1]
    risk = exchange.risks_as_held(min(rules.risk_days, exchange.horizon))
    level = np.clip(1 - risk - rules.harm_seen(samples), 0, 1)
    at = np.clip(np.ceil(level * samples - 1e-9).astype(np.int64) - 1, 0, samples - 1)
    return np.asarray(peak[np.arange(len(peak)), at])


def level_costs(exchange: Exchange, rules: MoveRules) -> ConvexCost:
    """What the level of each place and day is expected to cost, (place, day) in one row each."""
    need = exchange.need.reshape(-1, exchange.need.shape[2])
    return convex_cost(need, rules.pieces, tail_weight=rules.tail_weight)


class MoveProgram:
    """The program of one exchange; several may share one ``LinearProgram``."""

    def __init__(
        self,
        program: LinearProgram,
        exchange: Exchange,
        ways: tuple[IntArray, IntArray, IntArray],
        limits: FloatArray,
        rules: MoveRules,
        cost: ConvexCost,
        *,
        surcharge: FloatArray | None = None,
        wishes: Sequence[MoveWish] = (),
    ) -> None:
        self._rules, self._exchange, self._wishes = rules, exchange, wishes
        self._days = min(rules.decision_days, exchange.horizon)
        self._program = program
        useful = self._useful(ways, limits, cost)
        if surcharge is not None:
            useful &= surcharge.min(axis=1) < _DEAREST
        self.sender, self.receiver, self.lag = (each[useful] for each in ways)
        kept = surcharge[useful] if surcharge is not None else 0.0
        self.columns = self._moves(kept)
        self._sender_rows(limits)
        self._wish_rows()
        self._levels(cost, limits)

    def flows(self, values: FloatArray) -> Flows:
        """The moves, from the values of all columns of the program."""
        units = np.maximum(values[self.columns], 0.0)
        return Flows(self.sender, self.receiver, self.lag, np.where(units < 1e-7, 0.0, units))

    def _useful(
        self, ways: tuple[IntArray, IntArray, IntArray], limits: FloatArray, cost: ConvexCost
    ) -> BoolArray:
        """Ways from who can give to who may lack: no other move can be part of an optimum."""
        places, horizon = self._exchange.need.shape[:2]
        # What is left where all is sent that may be: a place may send today and be helped later.
        day = np.minimum(np.arange(horizon), self._days - 1)
        left = np.nan_to_num(self._exchange.stock)[:, None] - limits[:, day]
        lacks: BoolArray = np.asarray(
            (cost.at(left.ravel()) > 0).reshape(places, horizon).any(axis=1)
        )
        lacks &= self._exchange.risks_as_held(self._rules.risk_days) > self._rules.helped_above
        for wish in self._wishes:
            lacks[wish.receiver] = True
        sender, receiver, _ = ways
        return np.asarray((limits[sender].max(axis=1) > 0) & lacks[receiver])

    def _moves(self, surcharge: FloatArray | float) -> IntArray:
        """(way, day): columns of units that leave; those too late or too dear are fixed at 0."""
        count = len(self.sender)
        km = self._exchange.lanes.km[self.sender, self.receiver]
        by_way = np.repeat(self._rules.cost_per_km * km, self._days).reshape(count, self._days)
        cost = (by_way + surcharge).ravel()
        day = np.tile(np.arange(self._days), count)
        is_open = day + np.repeat(self.lag, self._days) <= self._exchange.horizon
        is_open &= np.broadcast_to(surcharge < _DEAREST, by_way.shape).ravel()
        columns = self._program.add_columns(
            cost, np.zeros(count * self._days), np.where(is_open, np.inf, 0.0)
        )
        return columns.reshape(count, self._days)

    def _sender_rows(self, limits: FloatArray) -> None:
        senders = np.unique(self.sender)
        for day in range(self._days):
            rows = self._program.add_rows(np.full(len(senders), -np.inf), limits[senders, day])
            at = np.searchsorted(senders, self.sender)
            for earlier in range(day + 1):
                self._program.add_entries(rows[at], self.columns[:, earlier], 1.0)

    def _wish_rows(self) -> None:
        for wish in self._wishes:
            columns = self.columns[wish.serves(self.receiver, self.lag, self._days)]
            row = self._program.add_rows(np.array([wish.units]), np.array([np.inf]), [wish.name])
            self._program.add_entries(np.repeat(row, len(columns)), columns, 1.0)

    def _levels(self, cost: ConvexCost, limits: FloatArray) -> None:
        """Each place and day that moves can change: its level, and what the level costs.

        Only pieces that a level can reach have columns: a place that cannot receive holds at most
        what it holds today, and at least that less its limit.
        """
        places, horizon = self._exchange.need.shape[:2]
        concerned = np.union1d(self.sender, self.receiver)
        if not concerned.size:
            return
        cells = (concerned[:, None] * horizon + np.arange(horizon)).ravel()
        place, day = cells // horizon, cells % horizon
        held = np.nan_to_num(self._exchange.stock)[place]
        given = np.where(
            np.isin(place, self.sender), limits[place, np.minimum(day, self._days - 1)], 0.0
        )
        most = np.where(np.isin(place, self.receiver), np.inf, held)
        levels = add_levels(self._program, cost.only(cells), held, held - given, most)
        row_of = np.full(places * horizon, -1, dtype=np.int64)
        row_of[cells] = levels.rows
        self._flow_entries(row_of, horizon)
        if self._rules.fairness > 0:
            self._fair_rows(levels, place, cost.only(cells))

    def _flow_entries(self, row_of: IntArray, horizon: int) -> None:
        for day in range(self._days):
            columns = self.columns[:, day]
            for later in range(day, horizon):
                self._program.add_entries(row_of[self.sender * horizon + later], columns, -1.0)
                came = day + self.lag - 1 <= later
                cell = self.receiver[came] * horizon + later
                self._program.add_entries(row_of[cell], columns[came], 1.0)

    def _fair_rows(self, levels: LevelRows, place: IntArray, cost: ConvexCost) -> None:
        """z is at least the share of its need that any place lacks."""
        asked = np.maximum(self._exchange.need[:, -1].mean(axis=1, dtype=np.float64), 1.0)
        worst = self._program.add_columns(
            np.array([self._rules.fairness]), np.zeros(1), np.full(1, np.inf)
        )
        places, index = np.unique(place, return_inverse=True)
        base = np.zeros(len(places))
        np.add.at(base, index, cost.at(levels.start))
        fair = self._program.add_rows(np.full(len(places), -np.inf), -base / asked[places])
        share = 1 / asked[place]
        add = self._program.add_entries
        add(fair[index], levels.below, -cost.steepest * share)
        add(fair[index[levels.cell]], levels.inside, levels.slopes * share[levels.cell])
        add(fair, np.repeat(worst, len(fair)), -1.0)


def solve_moves(
    exchange: Exchange,
    ways: tuple[IntArray, IntArray, IntArray],
    limits: FloatArray,
    rules: MoveRules,
    *,
    wishes: Sequence[MoveWish] = (),
    time_limit_seconds: float = 60.0,
) -> tuple[Flows, Ending]:
    """The best moves of one exchange.

    Args:
        exchange: what is held and needed; use lost or back-order.
        ways: as ``ways_of`` gives them.
        limits: (place, decision day), as ``sender_limits`` gives them.
        rules: what a plan may do.
        wishes: of people; where they cannot be kept, the ending is infeasible.
        time_limit_seconds: after which the best moves so far are returned.
    """
    if exchange.use is Use.HELD:
        raise ValueError(f"{exchange.category}: machines come back; they are planned by other rows")
    cost = level_costs(exchange, rules)

    def solved(surcharge: FloatArray | None) -> tuple[Flows, Ending]:
        program = LinearProgram()
        moves = MoveProgram(
            program, exchange, ways, limits, rules, cost, surcharge=surcharge, wishes=wishes
        )
        if not len(moves.sender):
            return moves.flows(np.zeros(0)), Ending.INFEASIBLE if wishes else Ending.OPTIMAL
        solution = program.solve(time_limit_seconds=time_limit_seconds)
        values = solution.values if solution.values.size else np.zeros(program.columns)
        return moves.flows(values), solution.ending

    flows, ending = solved(None)
    if ending is Ending.INFEASIBLE:
        return flows, ending
    for _ in range(_CONCENTRATING_ROUNDS if rules.days_per_move > 0 else 0):
        flows, ending = solved(surcharge_of(exchange, ways, flows, rules))
    return flows, ending


def surcharge_of(
    exchange: Exchange,
    ways: tuple[IntArray, IntArray, IntArray],
    flows: Flows,
    rules: MoveRules,
) -> FloatArray:
    """(way, decision day): price of a unit that makes a move cost as much as it must be worth.

    A move of x units costs ``days_per_move`` of mean use: a price of that over x, at the x of the
    round before; ways and days that carried nothing are closed.

    Source: docs/models/optimal-plan.md, equation 10.
    """
    use = np.maximum(exchange.need[:, -1].mean(axis=1, dtype=np.float64), 0).mean()
    fixed = rules.days_per_move * float(use) / exchange.horizon
    pairs = zip(ways[0].tolist(), ways[1].tolist(), strict=True)
    number = {pair: at for at, pair in enumerate(pairs)}
    carried = zip(flows.sender.tolist(), flows.receiver.tolist(), strict=True)
    at = np.array([number[pair] for pair in carried], dtype=np.int64)
    price = np.full((len(ways[0]), flows.units.shape[1]), _DEAREST)
    price[at] = np.minimum(fixed / np.maximum(flows.units, 1e-9), _DEAREST)
    return price
