"""Plans of new patients: what the law of stays changes, and the plans at equal harm of lenders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.bench_lending import CHECKED, HELD_OUT, SEEDS, rules_of
from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.lending_instances import (
    DAYS,
    SITES,
    geometric,
    lending_halves,
    lending_of,
    other_futures,
)
from vigie.planning import (
    Lending,
    LendingBooks,
    LendingRules,
    Loans,
    judge_loans,
    lending_plan,
    nearest_loans,
    proportional_loans,
    standard_outcome,
)
from vigie.planning.harm import harm_seen
from vigie.planning.lending import STANDARD_ERRORS

COMMAND = "make bench ONLY=patients"
ALLOWED = (0.02, 0.03, 0.05)
"""Harm of lenders that plans are compared at; a room allows 0.02."""
LOOKED_AT = 8000
"""Other futures in which one of the plans looks at harm; a room has only its own."""
BLOCKS, BLOCK = 4, 4000
"""Futures not seen: of so many a rise of 0.02 is known to 0.001."""


def plans(seed: int) -> dict[str, tuple[float, float, float]]:
    """Share saved, largest rise of a lender's risk and patients moved, by plan.

    All are judged on futures not seen, by the law of stays.
    """
    whole = lending_of("patients", seed, CHECKED + HELD_OUT, scaled(SITES, 12))
    seen, _ = lending_halves(whole, CHECKED)
    del whole
    rules = rules_of("patients")
    more = other_futures(seen, seed, LOOKED_AT, BLOCKS)
    chosen = {
        "law": _planned(seen, rules, seed),
        f"law with harm looked at in {LOOKED_AT} futures": _planned(seen, rules, seed, more),
        "totals": _planned(geometric(seen), rules, seed),
        "nearest": nearest_loans(seen, rules),
        "shares": proportional_loans(seen, rules),
    }
    del more
    for harm in ALLOWED:
        allowed = replace(rules, largest_harm=harm)
        chosen[f"law within {harm:g}"] = _planned(seen, allowed, seed)
        chosen[f"nearest within {harm:g}"] = harmless(seen, chosen["nearest"], allowed)
    judged = _saved_and_harm(seen, seed, chosen)
    return {name: (*judged[name], float(loans.units.sum())) for name, loans in chosen.items()}


def _planned(
    lending: Lending, rules: LendingRules, seed: int, futures: Lending | None = None
) -> Loans:
    rng = np.random.default_rng(seed)
    return lending_plan(lending, rules, rng, harm_futures=futures).loans


def _saved_and_harm(
    seen: Lending, seed: int, chosen: dict[str, Loans]
) -> dict[str, tuple[float, float]]:
    """Share of weighted unit-days saved, and the largest rise of a lender's risk, by plan."""
    nothing, cost = 0.0, dict.fromkeys(chosen, 0.0)
    rise = {name: np.zeros(seen.own.shape) for name in chosen}
    for number in range(BLOCKS):
        unseen = other_futures(seen, seed, BLOCK, number)
        standard = standard_outcome(unseen, DAYS)
        nothing += float((standard.unmet * unseen.weights).sum())
        for name, loans in chosen.items():
            rng = np.random.default_rng(7 + number)
            after = judge_loans(unseen, loans, risk_days=DAYS, rng=rng)
            cost[name] += after.cost
            rise[name] += (after.short - standard.short) / BLOCKS
    lenders = {
        name: np.unique(loans.ways.lender[loans.units.any(axis=1)])
        for name, loans in chosen.items()
    }
    return {
        name: (1 - cost[name] / nothing, float(rise[name][lenders[name]].max(initial=0.0)))
        for name in chosen
    }


def harmless(lending: Lending, loans: Loans, rules: LendingRules) -> Loans:
    """What is left of loans when the least useful moves of every lender harmed are taken back."""
    standard = standard_outcome(lending, DAYS)
    books = LendingBooks(lending, loans, standard, DAYS, np.random.default_rng(0))
    most = harm_seen(rules.largest_harm, lending.need.shape[-1], STANDARD_ERRORS)
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
        bar = 0.02 if name.startswith("law") and "within" not in name else None
        figures += [
            Figure(f"{title}, {name}: mean share of unit-days saved, futures not looked at",
                   float(saved.mean()), "", None, COMMAND),
            Figure(f"{title}, {name}: largest rise of a lender's risk there",
                   float(harm.max()), "", bar, COMMAND),
            Figure(f"{title}, {name}: mean patients moved", float(units.mean()), "", None, COMMAND),
        ]  # fmt: skip
    return figures
