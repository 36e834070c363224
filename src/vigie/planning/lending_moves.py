"""Loans as moves of a plan, one plan for each machine, skill or ward kind."""

from __future__ import annotations

import numpy as np

from vigie.planning.category_plan import CategoryPlan, Move
from vigie.planning.lending import Lending, Loans
from vigie.planning.lending_outcome import LendingOutcome, StandardOutcome

__all__ = ["loans_as_plans"]


def loans_as_plans(
    lending: Lending, loans: Loans, before: StandardOutcome, after: LendingOutcome
) -> list[CategoryPlan]:
    """A plan for each category, its moves by day of leaving and then in the order of the ways.

    Machines and staff move from who lends; patients move to who lends a bed. What leaves on day 0
    is used on day 1, and a patient whom day 0 decides about is admitted on day 1.

    Args:
        lending: what is held and needed.
        loans: in whole units.
        before, after: outcomes without and with them.
    """
    return [
        CategoryPlan(
            kind=lending.kind,
            category=name,
            unit=lending.unit,
            moves=_moves(lending, loans, category, before, after),
            unmet_before=float(before.unmet[:, category].sum()),
            unmet_after=float(after.unmet[:, category].sum()),
        )
        for category, name in enumerate(lending.categories)
    ]


def _moves(
    lending: Lending, loans: Loans, category: int, before: StandardOutcome, after: LendingOutcome
) -> tuple[Move, ...]:
    ways = loans.ways
    way, day = np.nonzero((loans.units > 0) & (ways.category == category)[:, None])
    moves = []
    for at in np.lexsort((way, day)).tolist():
        of, leaves = int(way[at]), int(day[at])
        sender, receiver = int(ways.lender[of]), int(ways.borrower[of])
        if lending.is_of_patients:
            sender, receiver = receiver, sender
        arrives = leaves + int(ways.lag[of])
        moves.append(
            Move(
                from_place=lending.places[sender],
                to_place=lending.places[receiver],
                quantity=float(loans.units[of, leaves]),
                depart_day=arrives if lending.is_of_patients else leaves,
                arrive_day=arrives,
                km=float(ways.km[of]),
                receiver_before=float(before.short[receiver, category]),
                receiver_after=float(after.short[receiver, category]),
                sender_before=float(before.short[sender, category]),
                sender_after=float(after.short[sender, category]),
                stay=lending.stays[category] if lending.stays else None,
            )
        )
    return tuple(moves)
