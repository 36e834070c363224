"""Units added to a plan of loans one by one, as far as no lender is harmed in the futures.

Limits of lenders are set day by day before anything is planned, and are lowered for all days of a
lender once it is harmed: more than need be. What is left of them is handed out here on the futures
themselves, the unit that saves most first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vigie.planning.lending import Lending, LendingRules, Ways
from vigie.planning.lending_outcome import LendingBooks
from vigie.planning.lending_room import LendingRoom

__all__ = ["Additions", "add_units"]

_MOST_TRIALS = 4000
"""Trials after which no more is added: some seconds for a hundred places."""


@dataclass(frozen=True, slots=True)
class Additions:
    """What units may be added.

    Attributes:
        lending: what is held and needed.
        ways: on which units may go, those of the books.
        rules: what a plan may do.
        room: what limits leave, all that the books hold taken.
        is_harmed: whether the risk of a lender rises by more than may be seen.
    """

    lending: Lending
    ways: Ways
    rules: LendingRules
    room: LendingRoom
    is_harmed: Callable[[LendingBooks, int], bool]


def add_units(books: LendingBooks, can: Additions) -> int:
    """Add units while they save enough and harm no lender.

    A unit that opens a move must save ``least_saved``; one that goes along with a move need only
    be worth its way. What a unit saves can only fall as others are added, so it is worked out
    again only for the unit that seems the most useful.

    Returns:
        Units added.

    Source: docs/models/lending-plan.md, equation 7.
    """
    heap = [(-np.inf, way, day) for way, day in _open(can)]
    trials = added = 0
    while heap and trials < _MOST_TRIALS:
        _, way, day = heapq.heappop(heap)
        if can.room.most(way, day) < 1 - 1e-6:
            continue
        trials += 1
        gain = books.extend(way, day, 1) - _needed(books, can, way, day)
        is_best = not heap or gain >= -heap[0][0]
        if gain > 0 and is_best and not can.is_harmed(books, int(can.ways.lender[way])):
            can.room.take(way, day, 1.0)
            added += 1
            heapq.heappush(heap, (-gain, way, day))
            continue
        books.extend(way, day, -1)
        # A lender that would be harmed by one unit more stays harmed by it later.
        if gain > 0 and not is_best:
            heapq.heappush(heap, (-gain, way, day))
    return added


def _open(can: Additions) -> Iterator[tuple[int, int]]:
    for way in range(len(can.ways)):
        for day in range(can.room.units.shape[1]):
            if can.room.most(way, day) >= 1 - 1e-6:
                yield way, day


def _needed(books: LendingBooks, can: Additions, way: int, day: int) -> float:
    """What a unit must save."""
    weight = float(can.lending.weights[can.ways.category[way]])
    usual = can.rules.cost_per_km * float(can.ways.km[way]) * weight
    return usual if books.units_of(way, day) > 1 else max(usual, can.rules.least_saved)
