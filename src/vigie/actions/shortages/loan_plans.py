"""The plan beyond products: machines, then staff, then new patients, each with its baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from vigie.actions.rooms.room import PlanValues, ShortageRule
from vigie.actions.shortages.lending_questions import (
    lendable_beds,
    lendable_machines,
    lendable_staff,
)
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import BedPaths
from vigie.actions.shortages.ward_staffing import Staffing
from vigie.planning import (
    NEAREST_SURPLUS_MODEL,
    OPTIMAL_MODEL,
    CategoryPlan,
    Lending,
    LendingRules,
    Wishes,
    judge_loans,
    lending_plan,
    loans_as_plans,
    nearest_loans,
)

__all__ = ["LOAN_DAYS", "LoanPlans", "lending_rules", "plan_loans", "without_neighbours"]

LOAN_DAYS = 14
"""Days that plans of loans look ahead."""
_LEAST_SAVED = 0.3
"""Unit-days that a move of a machine or of staff must save to be worth it."""


@dataclass(slots=True)
class LoanPlans:
    """Plans of machines, staff and patients.

    Attributes:
        plans: by planner, one for each machine, skill and ward kind.
        kinds: per kind, moves before and after those that save nearly nothing were left out, and
            expected unit-days without capacity before and after.
        conflicts: rules of people that cannot all be kept.
    """

    plans: dict[str, list[CategoryPlan]] = field(default_factory=dict)
    kinds: dict[str, Mapping[str, float]] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)


def plan_loans(
    rules: Sequence[ShortageRule],
    inputs: Inputs,
    beds: Mapping[int, BedPaths],
    staff: Staffing | None,
    values: PlanValues,
    wishes: Wishes,
    rng: np.random.Generator,
) -> LoanPlans:
    """Plan each kind of help that its measures allow, in the order machines, staff, patients.

    The programs are kept apart: what one moves is not counted by the next. Machines and staff come
    first, since a bed without them helps nobody.

    Args:
        rules: of the room.
        inputs: of the run.
        beds: paths of beds by the number of their rule.
        staff: of the first rule of staff; None: not reported.
        values: settings of plans.
        wishes: of people.
        rng: chance of the stays of patients.
    """
    found = LoanPlans()
    for lending in _questions(rules, inputs, beds, staff, values, rng):
        _plan(lending, lending_rules(lending.kind, values), wishes, rng, found)
    return found


def lending_rules(kind: str, values: PlanValues) -> LendingRules:
    """What a plan of a kind may do in a room."""
    is_of_patients = kind == "patients"
    return LendingRules(
        risk_days=LOAN_DAYS,
        largest_share=1 - values.staff_kept_share if kind == "staff" else 1.0,
        most_per_day=values.most_patients_per_day if is_of_patients else None,
        least_saved=values.least_patient_days if is_of_patients else _LEAST_SAVED,
    )


def _questions(
    rules: Sequence[ShortageRule],
    inputs: Inputs,
    beds: Mapping[int, BedPaths],
    staff: Staffing | None,
    values: PlanValues,
    rng: np.random.Generator,
) -> Iterator[Lending]:
    horizon = min(LOAN_DAYS, inputs.horizon_days)
    for rule in rules:
        if rule.kind == "equipment":
            machines = lendable_machines(rule, inputs, values, horizon)
            if machines is not None:
                yield machines
    if staff is not None:
        people = lendable_staff(staff, inputs, values, horizon)
        if people is not None:
            yield people
    for number, paths in beds.items():
        patients = lendable_beds(rules[number], inputs, paths, values, horizon, rng)
        if patients is not None:
            yield patients


def _plan(
    lending: Lending,
    rules: LendingRules,
    wishes: Wishes,
    rng: np.random.Generator,
    found: LoanPlans,
) -> None:
    plan = lending_plan(lending, rules, rng, wishes=wishes)
    nearest = nearest_loans(plan.lending, rules)
    after = judge_loans(plan.lending, nearest, risk_days=rules.risk_days, rng=rng)
    for planner, loans, outcome in (
        (OPTIMAL_MODEL, plan.loans, plan.after),
        (NEAREST_SURPLUS_MODEL, nearest, after),
    ):
        parts = loans_as_plans(plan.lending, loans, plan.before, outcome)
        found.plans.setdefault(planner, []).extend(parts)
    found.conflicts += plan.conflicts
    found.kinds[lending.kind] = {
        "moves_before": plan.moves_before_pruning,
        "moves": plan.loans.count,
        "unmet_before": round(float(plan.before.unmet.sum()), 2),
        "unmet_after": round(float(plan.after.unmet.sum()), 2),
    }


def without_neighbours(arcs: pa.Table, places: Sequence[str]) -> tuple[str, ...]:
    """Places to and from which no way leads: nobody can help them, and they can help nobody."""
    ends = {*arcs["from_place"].to_pylist(), *arcs["to_place"].to_pylist()}
    return tuple(place for place in places if place not in ends)
