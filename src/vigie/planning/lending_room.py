"""Room for whole loans: what is left of every limit while units are handed out one by one."""

from __future__ import annotations

import numpy as np

from vigie.planning.lending import Lending, LendingRules, Loans, Ways
from vigie.planning.lending_program import LendingLimits

__all__ = ["LendingRoom", "in_whole_units", "top_up"]


class LendingRoom:
    """What lenders can still be without, and what may still be handed over, by day."""

    def __init__(
        self, lending: Lending, ways: Ways, limits: LendingLimits, rules: LendingRules
    ) -> None:
        places, days = len(lending.places), min(rules.decision_days, lending.horizon)
        most = np.inf if rules.most_per_day is None else rules.most_per_day
        self._ways = ways
        self._spare = limits.spare.copy()
        self._moveable = None if limits.moveable is None else limits.moveable.copy()
        self._leaving = np.full((places, days), most)
        self._coming = np.full((places, days), most)
        lags = np.unique(ways.lag).tolist()
        self._profile = {lag: lending.at_lender(lag) for lag in lags}
        self._last, self._has = lending.horizon, lending.is_there()
        self.units = np.zeros((len(ways), days))

    def most(self, way: int, day: int) -> float:
        """Units that may begin on a way and day besides what has been taken."""
        ways = self._ways
        if day + int(ways.lag[way]) > self._last:
            return 0.0
        lender, borrower, category = self._at(way)
        profile = self._profile[int(ways.lag[way])][category][:, : self._last - day]
        spare = self._spare[lender, :, day:]
        needed = (profile > 1e-4) & self._has[lender][:, None]
        room = float((spare[needed] / profile[needed]).min(initial=np.inf))
        if self._moveable is not None:
            room = min(room, float(self._moveable[borrower, category, day]))
        ends = (float(self._leaving[lender, day]), float(self._coming[borrower, day]))
        return max(0.0, min(room, *ends))

    def take(self, way: int, day: int, units: float) -> None:
        """Hand out units; nothing is checked."""
        lender, borrower, category = self._at(way)
        profile = self._profile[int(self._ways.lag[way])][category][:, : self._last - day]
        self._spare[lender, :, day:] -= units * profile
        if self._moveable is not None:
            self._moveable[borrower, category, day] -= units
        self._leaving[lender, day] -= units
        self._coming[borrower, day] -= units
        self.units[way, day] += units

    def _at(self, way: int) -> tuple[int, int, int]:
        ways = self._ways
        return int(ways.lender[way]), int(ways.borrower[way]), int(ways.category[way])


def in_whole_units(loans: Loans, room: LendingRoom) -> Loans:
    """Whole machines, people and patients: rounded down, the largest rests of a half or more up.

    Args:
        loans: of any size, that keep to the limits of ``room``.
        room: of which nothing was taken.
    """
    lots = np.floor(loans.units + 1e-6)
    rest = loans.units - lots
    for way, day in np.argwhere(lots > 0).tolist():
        room.take(way, day, float(lots[way, day]))
    ways, days = np.nonzero(rest >= 0.5 - 1e-9)
    for at in np.lexsort((days, ways, -np.round(rest[ways, days], 9))).tolist():
        if room.most(int(ways[at]), int(days[at])) >= 1 - 1e-6:
            room.take(int(ways[at]), int(days[at]), 1.0)
    return Loans(loans.ways, room.units.copy())


def top_up(
    room: LendingRoom, loans: Loans, borrower: int, category: int, by_day: int, units: float
) -> tuple[Loans, float]:
    """Whole units for a wish that rounding left a little short, the nearest lender first.

    Returns:
        The loans, and the units that are still lacking since no limit leaves room.
    """
    ways = loans.ways
    day = np.arange(loans.units.shape[1])[None, :] + ways.lag[:, None]
    serves = ((ways.borrower == borrower) & (ways.category == category))[:, None] & (day <= by_day)
    lacking = float(np.ceil(units - 1e-6) - loans.units[serves].sum())
    found = np.argwhere(serves)
    for at in np.lexsort((found[:, 1], ways.km[found[:, 0]])).tolist():
        way, leave = int(found[at, 0]), int(found[at, 1])
        more = min(max(lacking, 0.0), float(np.floor(room.most(way, leave) + 1e-6)))
        if more > 0:
            room.take(way, leave, more)
            lacking -= more
    return Loans(ways, room.units.copy()), max(lacking, 0.0)
