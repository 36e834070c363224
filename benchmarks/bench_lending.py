"""Plans of machines, staff and new patients: time, what they save in futures not seen, harm."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.lending_instances import DAYS, KINDS, SITES, lending_halves, lending_of
from vigie.planning import (
    Lending,
    LendingRules,
    Loans,
    judge_loans,
    lending_plan,
    nearest_loans,
    proportional_loans,
    standard_outcome,
)

COMMAND = "make bench ONLY=lending"
SEEDS = (1, 2, 3)
CHECKED, HELD_OUT = 1000, 3000


def rules_of(kind: str) -> LendingRules:
    return LendingRules(
        largest_share=0.5 if kind == "staff" else 1.0,
        most_per_day=8 if kind == "patients" else None,
        least_saved=0.5 if kind == "patients" else 0.3,
    )


def saved_and_harm(unseen: Lending, loans: Loans) -> tuple[float, float]:
    """Share of weighted unit-days saved, and the largest rise of a lender's risk."""
    nothing = standard_outcome(unseen, DAYS)
    after = judge_loans(unseen, loans, risk_days=DAYS, rng=np.random.default_rng(7))
    lenders = np.unique(loans.ways.lender[loans.units.any(axis=1)])
    rise = (after.short - nothing.short)[lenders].max(initial=0.0)
    return 1 - after.cost / float((nothing.unmet * unseen.weights).sum()), float(rise)


def plan(kind: str, seed: int) -> dict[str, float]:
    """One region planned, and held against the baselines on futures not seen."""
    whole = lending_of(kind, seed, CHECKED + HELD_OUT, scaled(SITES, 12))
    seen, unseen = lending_halves(whole, CHECKED)
    del whole
    rules = rules_of(kind)
    started = time.process_time()
    found = lending_plan(seen, rules, np.random.default_rng(seed))
    seconds = time.process_time() - started
    saved, harm = saved_and_harm(unseen, found.loans)
    nothing = float((found.before.unmet * seen.weights).sum())
    nearest, nearest_harm = saved_and_harm(unseen, nearest_loans(seen, rules))
    shares, shares_harm = saved_and_harm(unseen, proportional_loans(seen, rules))
    return {
        "seconds": seconds,
        "saved": saved,
        "kept": saved / max(found.saved / nothing, 1e-9),
        "harm": harm,
        "moves": float(found.loans.count),
        "before": float(found.moves_before_pruning),
        "nearest": nearest,
        "nearest harm": nearest_harm,
        "shares": shares,
        "shares harm": shares_harm,
    }


def run() -> list[Figure]:
    """Figures of each kind."""
    figures: list[Figure] = []
    for kind in KINDS:
        answers = [in_child("bench_lending", "plan", kind, seed).answer for seed in SEEDS]

        def over(name: str, pick, answers=answers) -> float:
            return float(pick([each[name] for each in answers]))

        title = f"plan of {kind}, {SITES} sites x {DAYS} days, {len(SEEDS)} seeds"
        figures += [
            Figure(f"{title}: longest", over("seconds", max), "s", None, COMMAND),
            Figure(f"{title}: mean share of unit-days saved, futures not looked at",
                   over("saved", np.mean), "", None, COMMAND),
            Figure(f"{title}: mean saved by nearest", over("nearest", np.mean), "", None, COMMAND),
            Figure(f"{title}: mean saved by shares", over("shares", np.mean), "", None, COMMAND),
            Figure(f"{title}: least share of the gain kept there",
                   over("kept", min), "", 0.80, COMMAND, is_at_least=True),
            Figure(f"{title}: largest rise of a lender's risk there",
                   over("harm", max), "", 0.02, COMMAND),
            Figure(f"{title}: largest rise of a risk by nearest",
                   over("nearest harm", max), "", None, COMMAND),
            Figure(f"{title}: mean moves", over("moves", np.mean), "", None, COMMAND),
            Figure(f"{title}: mean moves before those that save little were left out",
                   over("before", np.mean), "", None, COMMAND),
        ]  # fmt: skip
    return figures
