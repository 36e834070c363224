"""Harm by moved patients: the same rise as in the books, worth more futures with stays redrawn."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.planning.lending_cases import patients, patients_by_law
from vigie.planning import (
    HarmCheck,
    LendingBooks,
    LendingRules,
    Loans,
    PatientMove,
    lending_plan,
    moveable,
    standard_outcome,
    ways_of_lending,
)

RULES = LendingRules(risk_days=8, least_saved=0.3)


def tight(lending):
    """Wards so full that a patient more is felt."""
    return replace(lending, own=np.quantile(lending.need, 0.995, axis=(2, 3)))


def first_moves(lending):
    """Moves to one lender, of as many as surely come."""
    ways = ways_of_lending(lending, RULES)
    most = moveable(lending, RULES)
    place = int(ways.lender[0])
    moves = [
        PatientMove(way, day, int(min(2, most[ways.borrower[way], ways.category[way], day])))
        for way in np.flatnonzero(ways.lender == place).tolist()
        for day in range(3)
    ]
    return ways, place, [each for each in moves if each.units]


@pytest.mark.parametrize("make", [patients_by_law, patients])
def test_the_rise_is_the_mean_of_many_books(make):
    lending = tight(make(5, samples=300))
    ways, place, moves = first_moves(lending)
    check = HarmCheck(lending, ways, draws=30000, risk_days=8, seed=3)
    rise, futures = check.rise(place, moves)
    units = np.zeros((len(ways), RULES.decision_days))
    for each in moves:
        units[each.way, each.day] = each.units
    standard = standard_outcome(lending, 8)
    books = [
        LendingBooks(lending, Loans(ways, units), standard, 8, np.random.default_rng(seed))
        for seed in range(100)
    ]
    mean = np.mean([each.risk(place) - standard.short[place] for each in books], axis=0)
    assert mean.max() > 0.015
    assert rise == pytest.approx(mean, abs=0.003)
    assert (futures >= 300 - 1e-9).all()
    assert (futures <= 30000 + 1e-6).all()


def test_patients_drawn_again_are_worth_futures_and_one_more_leaves_the_others():
    lending = tight(patients_by_law(5, samples=300))
    ways, place, moves = first_moves(lending)
    check = HarmCheck(lending, ways, draws=12000, risk_days=8, seed=3)
    rise, futures = check.rise(place, moves)
    assert futures.max() > 450
    once = HarmCheck(lending, ways, draws=1, risk_days=8, seed=3)
    assert (once.rise(place, moves)[1] == 300).all()
    more = [replace(moves[0], units=moves[0].units + 1), *moves[1:]]
    assert (check.rise(place, more)[0] >= rise - 1e-12).all()
    assert np.array_equal(check.rise(place, moves)[0], rise)


def test_nobody_is_harmed_by_nothing_and_less_is_held_back_of_more_futures():
    lending = tight(patients_by_law(5, samples=300))
    ways, place, moves = first_moves(lending)
    check = HarmCheck(lending, ways, draws=6000, risk_days=8, seed=3)
    assert check.harmed(place, [], 0.0, 2.0) == []
    rise, _ = check.rise(place, moves)
    highest = float(rise.max())
    assert check.harmed(place, moves, highest + 1e-6, 0.0) == []
    assert int(rise.argmax()) in check.harmed(place, moves, highest + 1e-6, 2.0)


def test_a_plan_that_looks_at_harm_in_more_futures_saves_more():
    whole = patients_by_law(3, places=6, samples=3000)
    few = replace(whole, need=whole.need[..., :200], admissions=whole.admissions[..., :200])
    saved = [
        lending_plan(few, RULES, np.random.default_rng(1), harm_futures=futures).saved
        for futures in (None, whole)
    ]
    assert saved[1] > saved[0] > 0
