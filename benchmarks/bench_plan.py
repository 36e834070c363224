"""Plans of moves: time, memory, what they save in futures not looked at, and whom they harm.

Three reference instances, each planned without and with room for vehicles, held against doing
nothing, the nearest surplus and proportional shares in the same run.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.plan_instances import DAYS, PRODUCTS, SITES, exchanges, halves
from vigie.paths import FloatArray
from vigie.planning import (
    Exchange,
    Flows,
    MoveRules,
    PlanRules,
    Vehicles,
    judge_flows,
    nearest_surplus,
    optimal_plan,
    proportional_share,
    sender_limits,
    ways_of,
)

COMMAND = "make bench ONLY=plan"
SEEDS = (1, 2, 3)
PLANNING, CHECKED, HELD_OUT = 100, 1000, 4000
SIZE = f"{SITES} sites x {PRODUCTS} products x {DAYS} days x {PLANNING} paths"
FITTING_SHARE = 0.75
"""Share of the loads of places and days, without any limit, for which vehicles have room."""


def _saved(things: list[Exchange], flows: list[Flows | None]) -> FloatArray:
    """Unmet units and backlog unit-days over all products and places."""
    outcomes = [
        judge_flows(each, moves, risk_days=DAYS) for each, moves in zip(things, flows, strict=True)
    ]
    unmet = sum(each.unmet_units.sum() for each in outcomes)
    backlog = sum(each.backlog_unit_days.sum() for each in outcomes)
    return np.array([unmet, backlog])


def _harm(thing: Exchange, flows: Flows) -> FloatArray:
    """Rise of the risk of each sender, in futures that no plan has seen."""
    before, after = (judge_flows(thing, each, risk_days=DAYS) for each in (None, flows))
    senders = np.unique(flows.sender[flows.units.sum(axis=1) > 0])
    return np.asarray((after.stock_out - before.stock_out)[senders])


def _nearest(thing: Exchange) -> Flows:
    at = {place: index for index, place in enumerate(thing.places)}
    moves = nearest_surplus(thing, PlanRules()).moves
    units = np.zeros((len(moves), 1))
    units[:, 0] = [each.quantity for each in moves]
    return Flows(
        np.array([at[each.from_place] for each in moves], dtype=np.int64),
        np.array([at[each.to_place] for each in moves], dtype=np.int64),
        np.array([each.arrive_day for each in moves], dtype=np.int64),
        units,
    )


def plan(seed: int, with_vehicles: bool) -> dict[str, float]:
    """One instance planned, judged and compared."""
    sizes = {"sites": scaled(SITES, 12), "products": scaled(PRODUCTS, 3)}
    things = exchanges(seed, CHECKED + HELD_OUT, **sizes)
    seen, unseen = (list(each) for each in zip(*(halves(t, CHECKED) for t in things), strict=True))
    del things
    rules = MoveRules()
    vehicles = None
    if with_vehicles:
        load = np.zeros((sizes["sites"], rules.decision_days))
        for each in optimal_plan(seen, rules, planning_samples=PLANNING):
            np.add.at(load, each.flows.sender, each.flows.units)
        room = np.quantile(load[load > 0], FITTING_SHARE)
        vehicles = Vehicles(np.ones(len(seen)), np.full(load.shape, room))
    started = time.perf_counter()
    plans = optimal_plan(seen, rules, vehicles=vehicles, planning_samples=PLANNING)
    seconds = time.perf_counter() - started
    flows = [each.flows for each in plans]
    none: list[Flows | None] = [None] * len(flows)
    in_sample = 1 - _saved(seen, list(flows)) / _saved(seen, none)
    nothing = _saved(unseen, none)
    held_out = 1 - _saved(unseen, list(flows)) / nothing
    harm = np.concatenate([_harm(t, f) for t, f in zip(unseen, flows, strict=True)])
    figures = {
        "seconds": seconds,
        "unmet saved": held_out[0],
        "backlog saved": held_out[1],
        "kept": float((held_out / in_sample).min()),
        "worst harm": float(harm.max()),
        "harmed": float((harm > rules.largest_harm).mean()),
    }
    if not with_vehicles:
        nearest = [_nearest(each) for each in seen]
        shares = [proportional_share(t, ways_of(t), sender_limits(t, rules)) for t in seen]
        for name, moves in (("nearest surplus", nearest), ("proportional share", shares)):
            figures[name] = (1 - _saved(unseen, list(moves)) / nothing)[0]
            figures[f"{name}: harm"] = max(
                _harm(t, f).max(initial=0.0) for t, f in zip(unseen, moves, strict=True)
            )
    return {name: float(value) for name, value in figures.items()}


def memory(seed: int) -> float:
    """Plan with the futures that a plan sees, and no others; answers nothing of use."""
    things = exchanges(seed, CHECKED, sites=scaled(SITES, 12), products=scaled(PRODUCTS, 3))
    room = np.full((len(things[0].places), MoveRules().decision_days), 500.0)
    vehicles = Vehicles(np.ones(len(things)), room)
    plans = optimal_plan(things, MoveRules(), vehicles=vehicles, planning_samples=PLANNING)
    return float(sum(each.flows.units.sum() for each in plans))


def run() -> list[Figure]:
    """The figures of the worst of the seeds."""
    figures: list[Figure] = []
    for with_vehicles, budget, named in ((False, 10.0, "apart"), (True, 120.0, "with vehicles")):
        found = [in_child("bench_plan", "plan", seed, with_vehicles) for seed in SEEDS]
        answers = [each.answer for each in found]

        def worst(name: str, pick, answers=answers) -> float:
            return float(pick(each[name] for each in answers))

        title = f"plan {named}, {SIZE}, worst of {len(SEEDS)} seeds"
        figures += [
            Figure(title, worst("seconds", max), "s", budget, COMMAND),
            Figure(f"{title}: unmet units saved, futures not looked at",
                   worst("unmet saved", min), "", 0.60, COMMAND, is_at_least=True),
            Figure(f"{title}: backlog unit-days saved",
                   worst("backlog saved", min), "", 0.60, COMMAND, is_at_least=True),
            Figure(f"{title}: share of the gain kept there",
                   worst("kept", min), "", 0.80, COMMAND, is_at_least=True),
            Figure(f"{title}: largest rise of a sender's risk there",
                   worst("worst harm", max), "", 0.02, COMMAND),
        ]  # fmt: skip
        for peer in ("nearest surplus", "proportional share"):
            if peer in answers[0]:
                mean = float(np.mean([each[peer] for each in answers]))
                figures += [
                    Figure(f"{title}: mean saved by {peer}", mean, "", None, COMMAND),
                    Figure(f"{title}: largest rise of a risk by {peer}",
                           worst(f"{peer}: harm", max), "", None, COMMAND),
                ]  # fmt: skip
        mean = float(np.mean([each["unmet saved"] for each in answers]))
        figures.append(Figure(f"{title}: mean saved by the plan", mean, "", None, COMMAND))
    peak = in_child("bench_plan", "memory", SEEDS[0]).peak_gib
    return [*figures, Figure(f"plan with vehicles, {SIZE}: peak memory", peak, "GiB", 1.0, COMMAND)]
