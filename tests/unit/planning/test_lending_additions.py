"""Patients added one by one: what they save, and that no lender is harmed by them."""

import numpy as np
import pytest

from tests.unit.planning.lending_cases import patients_by_law
from vigie.planning import (
    LendingBooks,
    LendingLimits,
    LendingRules,
    Loans,
    moveable,
    spare_capacity,
    standard_outcome,
    ways_of_lending,
)
from vigie.planning.lending_additions import Additions, add_units
from vigie.planning.lending_room import LendingRoom

RULES = LendingRules(risk_days=8, least_saved=0.3)


def added(seed, most_harm):
    lending = patients_by_law(seed, places=6, samples=200)
    ways = ways_of_lending(lending, RULES)
    limits = LendingLimits(spare_capacity(lending, RULES), moveable(lending, RULES))
    standard = standard_outcome(lending, 8)
    nothing = Loans(ways, np.zeros((len(ways), RULES.decision_days)))
    books = LendingBooks(lending, nothing, standard, 8, np.random.default_rng(1))

    def is_harmed(of, place):
        return bool((of.risk(place) - standard.short[place] > most_harm + 1e-9).any())

    room = LendingRoom(lending, ways, limits, RULES)
    count = add_units(books, Additions(lending, ways, RULES, room, is_harmed))
    return lending, limits, standard, books, count


@pytest.mark.parametrize("seed", range(4))
def test_units_are_added_within_limits_and_harm(seed):
    lending, limits, standard, books, count = added(seed, 0.05)
    loans = books.loans()
    assert loans.units.sum() == count
    ways = loans.ways
    lenders = np.unique(ways.lender[loans.units.any(axis=1)])
    rise = books.outcome().short - standard.short
    assert (rise[lenders] <= 0.05 + 1e-9).all()
    handed = np.zeros(limits.moveable.shape)
    np.add.at(handed, (ways.borrower, ways.category), loans.units)
    assert (handed <= limits.moveable + 1e-9).all()
    saved = (standard.unmet * lending.weights).sum() - books.outcome().cost
    assert saved >= RULES.least_saved * (loans.count > 0) - 1e-6


def test_more_is_added_where_more_harm_is_allowed():
    counts = [sum(added(seed, harm)[-1] for seed in range(4)) for harm in (0.0, 0.05, 1.0)]
    assert counts[0] < counts[1] <= counts[2]
