"""The plan of all products: apart first, together where vehicles are too few, harmless, in lots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from vigie.paths import FloatArray, IntArray
from vigie.planning.exchange import Exchange
from vigie.planning.flows import Flows
from vigie.planning.judging import Outcome, judge_flows
from vigie.planning.linear_program import Ending, LinearProgram
from vigie.planning.lots import in_lots
from vigie.planning.move_wishes import (
    MoveWish,
    conflicting_rules,
    fill_wish,
    lacking_of,
    move_wishes,
    open_ways,
)
from vigie.planning.optimal_moves import (
    MoveProgram,
    MoveRules,
    level_costs,
    sender_limits,
    solve_moves,
    surcharge_of,
    ways_of,
)
from vigie.planning.pruning import joined_days, pruned_flows
from vigie.planning.standing import with_kept_moves
from vigie.planning.wishes import Wishes

__all__ = ["OPTIMAL_MODEL", "ThingPlan", "Vehicles", "optimal_plan"]

OPTIMAL_MODEL = "vigie-optimal-moves"
"""Name of the planner in tables and releases."""

_ROUNDS = 5
_SMALLER = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Vehicles:
    """Room for what leaves a place on a day.

    Attributes:
        volume: (exchange,), room that a unit takes, > 0.
        room: (place, decision day), room of the vehicles; infinite where there is no limit.
    """

    volume: FloatArray
    room: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ThingPlan:
    """The plan for one product.

    Attributes:
        exchange: what is held and needed, in all futures.
        flows: moves in whole lots.
        before: outcome without the plan.
        after: outcome with it.
        ending: how the solver ended.
        smooth: moves of any size, before whole lots were made of them.
        rounds: how often limits of senders were lowered so that none is harmed.
        moves_before_pruning: moves before those that save nearly nothing were left out.
        conflicts: rules of people, and what senders keep, that cannot all be kept; the plan goes
            on without the wishes among them.
    """

    exchange: Exchange
    flows: Flows
    before: Outcome
    after: Outcome
    ending: Ending
    smooth: Flows
    rounds: int
    moves_before_pruning: int = 0
    conflicts: tuple[str, ...] = ()

    def lost_to_lots(self) -> float:
        """Expected backlog, unit-days, more than of moves of any size: for lots and fewer moves."""
        smooth = judge_flows(self.exchange, self.smooth, risk_days=self.exchange.horizon)
        return float(self.after.backlog_unit_days.sum() - smooth.backlog_unit_days.sum())


def optimal_plan(
    exchanges: Sequence[Exchange],
    rules: MoveRules,
    *,
    vehicles: Vehicles | None = None,
    wishes: Wishes | None = None,
    planning_samples: int = 100,
    nearest_ways: int | None = 8,
    time_limit_seconds: float = 60.0,
) -> list[ThingPlan]:
    """Plan the moves of every product.

    Moves are chosen on the first futures and held against all of them. A sender whose risk rises
    by more than ``largest_harm`` may send less, and after five rounds nothing. Products are
    planned apart; where their moves together ask too much of vehicles, all are planned together.

    Args:
        exchanges: of the same places; use lost or back-order.
        rules: what a plan may do.
        vehicles: room for what leaves; None: enough.
        wishes: of people; bans close ways, kept moves stand, wishes are kept where they can be.
        planning_samples: futures on which moves are chosen.
        nearest_ways: receivers that a sender may help, the nearest; None: all.
        time_limit_seconds: of one program.

    Source: docs/models/optimal-plan.md.
    """
    asked = wishes or Wishes()
    drafts = [_draft(each, rules, asked, planning_samples, nearest_ways) for each in exchanges]
    open_drafts = drafts
    for _ in range(_ROUNDS + 1):
        for draft in open_drafts:
            draft.solve(rules, time_limit_seconds)
        if vehicles is not None and _overloaded(drafts, vehicles):
            _solve_together(drafts, rules, vehicles, time_limit_seconds)
            open_drafts = drafts
        _take_lots(open_drafts, drafts, vehicles)
        open_drafts = [draft for draft in open_drafts if draft.lower_limits(rules, _SMALLER)]
        if not open_drafts:
            break
    for draft in open_drafts:
        draft.drop_harmful(rules)
    for draft in drafts:
        draft.prune(rules)
    return [draft.plan() for draft in drafts]


def _draft(
    given: Exchange, rules: MoveRules, wishes: Wishes, samples: int, nearest_ways: int | None
) -> _Draft:
    exchange, sent_only = with_kept_moves(given, wishes)
    return _Draft(
        exchange,
        _first(exchange, samples),
        # Of what was given: a depot whose moves are kept is still one.
        ways_of(given, most=nearest_ways),
        sender_limits(sent_only, rules),
        judge_flows(exchange, None, risk_days=rules.risk_days),
        wishes,
        move_wishes(exchange, wishes),
    )


def _first(exchange: Exchange, samples: int) -> Exchange:
    if exchange.need.shape[2] <= samples:
        return exchange
    return replace(exchange, need=np.ascontiguousarray(exchange.need[:, :, :samples]))


@dataclass(slots=True)
class _Draft:
    """A product on its way to a plan."""

    exchange: Exchange
    planning: Exchange
    ways: tuple[IntArray, IntArray, IntArray]
    limits: FloatArray
    before: Outcome
    wishes: Wishes
    asked: list[MoveWish]
    flows: Flows | None = None
    whole: Flows | None = None
    after: Outcome | None = None
    ending: Ending = Ending.OPTIMAL
    rounds: int = 0
    moves_before_pruning: int = 0
    conflicts: list[str] = field(default_factory=list)

    def solve(self, rules: MoveRules, time_limit_seconds: float) -> None:
        while True:
            self.flows, self.ending = solve_moves(
                self.planning,
                self.open_ways(),
                self.limits,
                rules,
                wishes=self.asked,
                time_limit_seconds=time_limit_seconds,
            )
            if self.ending is not Ending.INFEASIBLE:
                return
            self._give_up_wishes()

    def open_ways(self) -> tuple[IntArray, IntArray, IntArray]:
        return open_ways(self.exchange, self.ways, self.wishes)

    def _give_up_wishes(self) -> None:
        """Name the rules that leave no plan, and go on without the wishes among them."""
        named = conflicting_rules(self.exchange, self.ways, self.limits, self.asked, self.wishes)
        self.conflicts += named
        kept = [wish for wish in self.asked if wish.name not in named]
        self.asked = kept if len(kept) < len(self.asked) else []

    def surcharge(self, rules: MoveRules) -> FloatArray | None:
        """Prices that keep to the ways of the plan made apart; dear ones stay open to all."""
        if rules.days_per_move <= 0 or self.flows is None:
            return None
        prices = surcharge_of(self.planning, self.open_ways(), self.flows, rules)
        usual = prices[prices < prices.max(initial=0.0)]
        return np.minimum(prices, float(np.quantile(usual, 0.9)) if usual.size else 0.0)

    def take_lots(self, room: FloatArray | None) -> None:
        assert self.flows is not None
        lot = self.exchange.pack_size
        joined = joined_days(self.flows, self.limits, room=room)
        whole = in_lots(joined, lot, self.limits, room=room)
        for wish in self.asked:
            whole = fill_wish(wish, whole, lot, self.limits, room)
        self.whole = joined_days(whole, self.limits, room=room)

    def lower_limits(self, rules: MoveRules, factor: float) -> bool:
        """Whether a sender is harmed; its limits are lowered then."""
        assert self.whole is not None
        self.after = judge_flows(self.exchange, self.whole, risk_days=rules.risk_days)
        harmed = self._harmed(rules)
        if harmed.size:
            self.limits[harmed] *= factor
            self.rounds += 1
        return bool(harmed.size)

    def drop_harmful(self, rules: MoveRules) -> None:
        """Remove the moves of every sender that is harmed; what is left can only harm less."""
        assert self.whole is not None
        self.after = judge_flows(self.exchange, self.whole, risk_days=rules.risk_days)
        while (harmed := self._harmed(rules)).size:
            stays = ~np.isin(self.whole.sender, harmed)
            units = self.whole.units * stays[:, None]
            self.whole = replace(self.whole, units=units)
            self.after = judge_flows(self.exchange, self.whole, risk_days=rules.risk_days)

    def prune(self, rules: MoveRules) -> None:
        """Leave out what saves nearly nothing, as long as no sender is harmed by that."""
        assert self.whole is not None
        self.moves_before_pruning = int((self.whole.units > 0).sum())
        days = self.whole.units.shape[1]
        for_wishes = {
            (int(way), int(day))
            for wish in self.asked
            for way, day in np.argwhere(wish.serves(self.whole.receiver, self.whole.lag, days))
        }
        self.whole = pruned_flows(
            self.exchange,
            self.whole,
            rules.lost_share,
            risk_days=rules.risk_days,
            protected=for_wishes,
        )
        # A place that sends and is helped may be harmed once it is helped less.
        self.drop_harmful(rules)
        for wish in self.asked:
            if (lacking := lacking_of(wish, self.whole)) > 1e-6:
                self.conflicts.append(f"{wish.name}: {lacking:g} lack, in whole lots")

    def _harmed(self, rules: MoveRules) -> IntArray:
        assert self.whole is not None
        assert self.after is not None
        senders = np.unique(self.whole.sender[self.whole.units.sum(axis=1) > 0])
        rise = self.after.stock_out - self.before.stock_out
        seen = rules.harm_seen(self.exchange.need.shape[2])
        return np.asarray(senders[rise[senders] > seen + 1e-9])

    def plan(self) -> ThingPlan:
        assert self.flows is not None
        assert self.whole is not None
        assert self.after is not None
        return ThingPlan(
            self.exchange,
            self.whole,
            self.before,
            self.after,
            self.ending,
            self.flows,
            self.rounds,
            self.moves_before_pruning,
            tuple(dict.fromkeys(self.conflicts)),
        )


def _load(drafts: Sequence[_Draft], vehicles: Vehicles, *, whole: bool) -> FloatArray:
    """(place, decision day): room that the moves take."""
    load = np.zeros_like(vehicles.room)
    for volume, draft in zip(vehicles.volume, drafts, strict=True):
        flows = draft.whole if whole else draft.flows
        if flows is not None:
            np.add.at(load, flows.sender, volume * flows.units)
    return load


def _overloaded(drafts: Sequence[_Draft], vehicles: Vehicles) -> bool:
    return bool((_load(drafts, vehicles, whole=False) > vehicles.room + 1e-6).any())


def _solve_together(
    drafts: Sequence[_Draft], rules: MoveRules, vehicles: Vehicles, time_limit_seconds: float
) -> None:
    """One program for all products, with a row for each day of a place that has a limit."""
    program = LinearProgram()
    parts = [
        MoveProgram(
            program,
            d.planning,
            d.open_ways(),
            d.limits,
            rules,
            level_costs(d.planning, rules),
            surcharge=d.surcharge(rules),
            wishes=d.asked,
        )
        for d in drafts
    ]
    for place, day in np.argwhere(np.isfinite(vehicles.room)).tolist():
        leaving = [
            (part.columns[part.sender == place, day], volume)
            for part, volume in zip(parts, vehicles.volume, strict=True)
        ]
        columns = np.concatenate([each for each, _ in leaving])
        if not columns.size:
            continue
        volumes = np.concatenate([np.full(len(each), volume) for each, volume in leaving])
        row = program.add_rows(np.array([-np.inf]), vehicles.room[place, [day]])
        program.add_entries(np.repeat(row, len(columns)), columns, volumes)
    solution = program.solve(time_limit_seconds=time_limit_seconds)
    if not solution.values.size:
        # Nothing was found in time: each product keeps its own moves as far as there is room.
        _scale_to_room(drafts, vehicles)
        return
    for draft, part in zip(drafts, parts, strict=True):
        draft.flows, draft.ending = part.flows(solution.values), solution.ending


def _scale_to_room(drafts: Sequence[_Draft], vehicles: Vehicles) -> None:
    load = _load(drafts, vehicles, whole=False)
    share = np.minimum(1.0, vehicles.room / np.maximum(load, 1e-9))
    for draft in drafts:
        assert draft.flows is not None
        units = draft.flows.units * share[draft.flows.sender]
        draft.flows, draft.ending = replace(draft.flows, units=units), Ending.TIME_LIMIT


def _take_lots(
    chosen: Sequence[_Draft], drafts: Sequence[_Draft], vehicles: Vehicles | None
) -> None:
    """Whole lots of each; together they keep to the room of the vehicles."""
    if vehicles is None:
        for draft in chosen:
            draft.take_lots(None)
        return
    for draft in drafts:
        draft.whole = None
    for volume, draft in zip(vehicles.volume, drafts, strict=True):
        # What the others take, in lots where they are known and as planned where not.
        taken = np.zeros_like(vehicles.room)
        for other_volume, other in zip(vehicles.volume, drafts, strict=True):
            flows = other.whole if other.whole is not None else other.flows
            if other is not draft and flows is not None:
                np.add.at(taken, flows.sender, other_volume * flows.units)
        draft.take_lots((vehicles.room - taken) / volume)
