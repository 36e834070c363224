"""Plans of new patients: what the law of stays changes, and the plans at equal harm of lenders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.bench_lending import CHECKED, HELD_OUT, SEEDS, rules_of, saved_and_harm
from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.lending_instances import DAYS, SITES, geometric, lending_halves, lending_of
from vigie.planning import (
    Lending,
    LendingBooks,
    LendingRules,
    Loans,
    lending_plan,
    nearest_loans,
    proportional_loans,
    standard_outcome,
)

COMMAND = "make bench ONLY=patients"
ALLOWED = (0.02, 0.03, 0.05)
"""Harm of lenders that plans are compared at; a room allows 0.02."""


def plans(seed: int) -> dict[str, tuple[float, float, float]]:
    """Share saved, largest rise of a lender's risk and patients moved, by plan.

    All are judged on futures not seen, by the law of stays.
    """
    whole = lending_of("patients", seed, CHECKED + HELD_OUT, scaled(SITES, 12))
    seen, unseen = lending_halves(whole, CHECKED)
    rules = rules_of("patients")
    chosen = {
        "law": _planned(seen, rules, seed),
        "totals": _planned(geometric(seen), rules, seed),
        "nearest": nearest_loans(seen, rules),
        "shares": proportional_loans(seen, rules),
    }
    for harm in ALLOWED:
        allowed = replace(rules, largest_harm=harm)
        chosen[f"law within {harm:g}"] = _planned(seen, allowed, seed)
        chosen[f"nearest within {harm:g}"] = harmless(seen, chosen["nearest"], allowed)
    return {
        name: (*saved_and_harm(unseen, loans), float(loans.units.sum()))
        for name, loans in chosen.items()
    }


def _planned(lending: Lending, rules: LendingRules, seed: int) -> Loans:
    return lending_plan(lending, rules, np.random.default_rng(seed)).loans


def harmless(lending: Lending, loans: Loans, rules: LendingRules) -> Loans:
    """What is left of loans when the least useful moves of every lender harmed are taken back."""
    standard = standard_outcome(lending, DAYS)
    books = LendingBooks(lending, loans, standard, DAYS, np.random.default_rng(0))
    most = rules.harm_seen(lending.need.shape[-1])
    lender = loans.ways.lender
    for place in sorted({int(lender[way]) for way, _ in books.moves()}):
        while (books.risk(place) - standard.short[place]).max() > most + 1e-9:
            of = [move for move in books.moves() if lender[move[0]] == place]
            books.remove(*min(of, key=lambda move: (books.saved_by(*move), move)))
    return books.loans()


def run() -> list[Figure]:
    """Means over the seeds, and the largest harm."""
    answers = [in_child("bench_patients", "plans", seed).answer for seed in SEEDS]
    title = f"new patients, {SITES} sites x {DAYS} days, {len(SEEDS)} seeds"
    figures: list[Figure] = []
    for name in answers[0]:
        saved, harm, units = (np.array([each[name][at] for each in answers]) for at in range(3))
        bar = 0.02 if name == "law" else None
        figures += [
            Figure(f"{title}, {name}: mean share of unit-days saved, futures not looked at",
                   float(saved.mean()), "", None, COMMAND),
            Figure(f"{title}, {name}: largest rise of a lender's risk there",
                   float(harm.max()), "", bar, COMMAND),
            Figure(f"{title}, {name}: mean patients moved", float(units.mean()), "", None, COMMAND),
        ]  # fmt: skip
    return figures
