"""Eight weeks of plans: plan, live a day, plan again; what is proposed and then cancelled.

A move takes a day to be agreed on: what the plan of an evening proposes leaves on the next one.
Where the plan of that evening leaves it out, or halves it, it is cancelled: people who packed boxes
unpack them. With moves that stand (what was proposed is kept, and the plan is made around it)
nothing is cancelled; what that costs is told in units. Moves back are those from a place that
received some within a week.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.rolling_region import KIND, THING, RollingRegion
from vigie.planning import (
    Exchange,
    KeptMove,
    Lanes,
    MoveRules,
    Wishes,
    nearest_surplus,
    optimal_plan,
    with_kept_moves,
)

COMMAND = "make bench ONLY=rolling"
SITES, WEEKS, HORIZON, SAMPLES = 30, 8, 14, 1000
SEEDS = (1, 2, 3)
_HALF = 0.5

Proposed = dict[tuple[str, str], float]
"""Units by sender and receiver."""


def _lanes(seed: int, sites: int) -> Lanes:
    at = np.random.default_rng([seed, 99]).uniform(0, 120, (sites, 2))
    km = 1.3 * np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=-1))
    np.fill_diagonal(km, np.inf)
    km = np.where(np.argsort(np.argsort(km, axis=1), axis=1) < 8, km, np.inf)
    return Lanes(km, np.where(np.isfinite(km), np.where(km < 60, 1.0, 2.0), np.inf))


def _optimal(exchange: Exchange, kept: tuple[KeptMove, ...]) -> Proposed:
    [plan] = optimal_plan([exchange], MoveRules(decision_days=1), wishes=Wishes(kept=kept))
    flows, names = plan.flows, exchange.places
    return {
        (names[flows.sender[way]], names[flows.receiver[way]]): float(flows.units[way, 0])
        for way in np.flatnonzero(flows.units[:, 0] > 0)
    }


def _nearest(exchange: Exchange, kept: tuple[KeptMove, ...]) -> Proposed:
    known, _ = with_kept_moves(exchange, Wishes(kept=kept))
    return {
        (each.from_place, each.to_place): each.quantity for each in nearest_surplus(known).moves
    }


_PLANNERS: dict[str, Callable[[Exchange, tuple[KeptMove, ...]], Proposed] | None] = {
    "nothing": None,
    "nearest surplus": _nearest,
    "plan": _optimal,
    "plan, proposed moves stand": _optimal,
}


def weeks(seed: int, planner: str) -> dict[str, float]:
    """One planner over the weeks of one region."""
    sites = scaled(SITES, 10)
    region = RollingRegion.invent(seed, sites, WEEKS, _lanes(seed, sites))
    decide, has_standing = _PLANNERS[planner], planner.endswith("stand")
    proposed: Proposed = {}
    counts = dict.fromkeys(("proposed", "cancelled", "moves", "moves back"), 0.0)
    received: dict[str, int] = {}
    for _ in range(7 * WEEKS):
        region.order()
        if decide is not None:
            due, proposed = _evening(region, decide, proposed, has_standing=has_standing)
            counts["proposed"] += len(proposed)
            counts["cancelled"] += sum(units == 0 for units in due.values())
            _send(region, due, received, counts)
        region.live()
    asked = float(region.demand[:, -7 * WEEKS :].sum())
    return counts | {"unmet": region.unmet, "asked": asked, "moved": region.moved}


def _evening(
    region: RollingRegion,
    decide: Callable[[Exchange, tuple[KeptMove, ...]], Proposed],
    proposed: Proposed,
    *,
    has_standing: bool,
) -> tuple[Proposed, Proposed]:
    """What leaves now, of what was proposed (0: cancelled), and what is proposed now."""
    exchange = region.exchange(HORIZON, SAMPLES)
    if has_standing:
        at = {name: index for index, name in enumerate(region.names)}
        standing = tuple(
            KeptMove(one, other, units, 0, int(region.lanes.days[at[one], at[other]]), KIND, THING)
            for (one, other), units in proposed.items()
        )
        return proposed, decide(exchange, (*region.kept(), *standing))
    planned = decide(exchange, region.kept())
    due = {}
    for way, was in proposed.items():
        still = planned.pop(way, 0.0)
        due[way] = still if still >= _HALF * was else 0.0
    return due, planned


def _send(
    region: RollingRegion, due: Proposed, received: dict[str, int], counts: dict[str, float]
) -> None:
    at = {name: index for index, name in enumerate(region.names)}
    for (sender, receiver), units in due.items():
        if units > 0:
            one, other = at[sender], at[receiver]
            region.send(one, other, int(region.lanes.days[one, other]), units)
            counts["moves"] += 1
            counts["moves back"] += region.today - received.get(sender, -99) <= 7
            received[receiver] = region.today


def run() -> list[Figure]:
    """Means over the seeds."""
    figures: list[Figure] = []
    title = f"rolling plan, {SITES} sites x {WEEKS} weeks, mean of {len(SEEDS)} seeds"
    nothing = 0.0
    for planner in _PLANNERS:
        found = [in_child("bench_rolling", "weeks", seed, planner).answer for seed in SEEDS]
        total = {name: float(np.mean([each[name] for each in found])) for name in found[0]}
        lost = total["unmet"] / total["asked"]
        nothing = lost if planner == "nothing" else nothing
        of_planner = {"share of demand unmet": lost}
        if planner != "nothing":
            of_planner |= {
                "unmet units saved": 1 - lost / nothing,
                "moves sent a day": total["moves"] / (7 * WEEKS),
                "proposed moves cancelled": total["cancelled"] / max(total["proposed"], 1.0),
                "moves back": total["moves back"] / max(total["moves"], 1.0),
            }
        figures += [
            Figure(f"{title}: {name}, {planner}", value, "", None, COMMAND)
            for name, value in of_planner.items()
        ]
    return figures
