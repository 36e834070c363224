"""Baselines for loans: the nearest who can spare, and shares of all that can be spared."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray
from vigie.planning.lending import Lending, LendingRules, Loans, Ways, ways_of_lending
from vigie.planning.lending_limits import moveable, spare_capacity
from vigie.planning.lending_program import LendingLimits
from vigie.planning.lending_room import LendingRoom

__all__ = ["nearest_loans", "proportional_loans"]

_COVERED = 0.95
_HELPED_ABOVE = 0.2


def nearest_loans(lending: Lending, rules: LendingRules) -> Loans:
    """Whoever runs short first is helped by the nearest who can spare, until it is covered.

    On each decision day, a place that is short by the day of risk with a chance above 0.2 gets
    what it lacks in all but 5 % of the futures. Lenders keep to the limits of the plan.

    Args:
        lending: what is held and needed.
        rules: what a plan may do.

    Source: docs/models/lending-plan.md, baselines.
    """
    ways = ways_of_lending(lending, rules)
    room = _room(lending, ways, rules)
    lacking = _lacking(lending)
    days = min(rules.risk_days, lending.horizon)
    own = np.nan_to_num(lending.own)[:, :, None, None]
    by_day = np.maximum.accumulate(lending.need[:, :, :days] > own, axis=2).mean(axis=-1)
    first = np.where(by_day[..., -1] > _HELPED_ABOVE, (by_day > _HELPED_ABOVE).argmax(-1), days)
    helped = np.argwhere((first < days) & lending.is_known())
    order = np.lexsort((helped[:, 1], helped[:, 0], first[helped[:, 0], helped[:, 1]]))
    for day in range(room.units.shape[1]):
        for borrower, category in helped[order].tolist():
            here = np.flatnonzero((ways.borrower == borrower) & (ways.category == category))
            for way in here[np.argsort(ways.km[here], kind="stable")].tolist():
                if by_day[ways.lender[way], category, -1] > _HELPED_ABOVE:
                    continue
                arrival = day + int(ways.lag[way]) - 1
                wanted = lacking[borrower, category, arrival:].max(initial=0.0)
                units = float(np.floor(min(np.ceil(wanted - 1e-6), room.most(way, day)) + 1e-6))
                if units >= 1:
                    room.take(way, day, units)
                    relief = lending.at_borrower(int(ways.lag[way]))[category]
                    lacking[borrower, :, day:] -= units * relief[:, : lending.horizon - day]
    return Loans(ways, room.units)


def proportional_loans(lending: Lending, rules: LendingRules) -> Loans:
    """All that can be spared goes today to those that it can reach, by what they lack.

    Args:
        lending: what is held and needed.
        rules: what a plan may do.

    Source: docs/models/lending-plan.md, baselines.
    """
    ways = ways_of_lending(lending, rules)
    room = _room(lending, ways, rules)
    wanted = np.maximum(_lacking(lending).max(axis=2), 0.0)
    lacks = wanted[ways.borrower, ways.category]
    reachable = np.zeros(wanted.shape)
    np.add.at(reachable, (ways.lender, ways.category), lacks)
    total = np.maximum(reachable[ways.lender, ways.category], 1e-9)
    most = np.array([room.most(way, 0) for way in range(len(ways))])
    offered = most * lacks / total
    came = np.zeros(wanted.shape)
    np.add.at(came, (ways.borrower, ways.category), offered)
    scale = np.minimum(1.0, lacks / np.maximum(came[ways.borrower, ways.category], 1e-9))
    units = np.zeros_like(room.units)
    units[:, 0] = offered * scale
    return _within(Loans(ways, units), room)


def _within(loans: Loans, room: LendingRoom) -> Loans:
    """Whole units, way by way, as long as there is room."""
    for way in np.argsort(-loans.units[:, 0], kind="stable").tolist():
        asked = np.floor(loans.units[way, 0] + 0.5)
        units = float(np.floor(min(asked, room.most(way, 0)) + 1e-6))
        if units >= 1:
            room.take(way, 0, units)
    return Loans(loans.ways, room.units)


def _room(lending: Lending, ways: Ways, rules: LendingRules) -> LendingRoom:
    limits = LendingLimits(spare_capacity(lending, rules), moveable(lending, rules))
    return LendingRoom(lending, ways, limits, rules)


def _lacking(lending: Lending) -> FloatArray:
    """(place, category, day): units without which at most 5 % of the futures are short."""
    samples = lending.need.shape[-1]
    at = int(np.clip(np.ceil(_COVERED * samples) - 1, 0, samples - 1))
    wanted = np.partition(lending.need, at, axis=-1)[..., at].astype(np.float64)
    lacking = wanted - np.nan_to_num(lending.own)[:, :, None]
    return np.where(lending.is_known()[:, :, None], lacking, 0.0)
