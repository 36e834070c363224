"""The loans that leave least expected shortage: one linear program over all categories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray
from vigie.planning.expected_shortage import ConvexCost, convex_cost
from vigie.planning.lending import Lending, LendingRules, Loans, Ways
from vigie.planning.levels import add_levels
from vigie.planning.linear_program import Ending, LinearProgram

__all__ = ["LendingLimits", "LoanWish", "lending_costs", "solve_loans"]


@dataclass(frozen=True, slots=True, eq=False)
class LendingLimits:
    """What bounds loans.

    Attributes:
        spare: (place, category, day), units that a lender can be without.
        moveable: (place, category, decision day), new patients that may be handed over; None:
            no limit.
    """

    spare: FloatArray
    moveable: FloatArray | None


@dataclass(frozen=True, slots=True)
class LoanWish:
    """At least so many units for a borrower, begun by a day.

    Attributes:
        borrower: index of the place.
        category: index.
        by_day: last day of first use, 1 is tomorrow.
        units: > 0.
        name: the rule in words.
    """

    borrower: int
    category: int
    by_day: int
    units: float
    name: str


def lending_costs(lending: Lending, rules: LendingRules) -> ConvexCost:
    """What the level of each place, category and day is expected to cost, one row each."""
    need = lending.need.reshape(-1, lending.need.shape[-1])
    return convex_cost(need, rules.pieces)


def solve_loans(
    lending: Lending,
    ways: Ways,
    limits: LendingLimits,
    rules: LendingRules,
    cost: ConvexCost,
    *,
    price: FloatArray | None = None,
    wishes: Sequence[LoanWish] = (),
    closed: Mapping[str, BoolArray] | None = None,
    time_limit_seconds: float = 20.0,
) -> tuple[Loans, Ending, tuple[str, ...]]:
    """The best loans of any size.

    Args:
        lending: what is held and needed, in the futures to plan on.
        ways: who may lend to whom.
        limits: of lenders, and of patients who may be handed over.
        rules: what a plan may do.
        cost: as ``lending_costs`` gives it.
        price: (way, decision day), added to the cost of a unit; infinite: closed.
        wishes: of people.
        closed: (way,), ways that a ban closes, by its words.
        time_limit_seconds: after which the best loans so far are returned.

    Returns:
        Loans, how the solver ended, and the rules that cannot all be kept, if there are any.

    Source: docs/models/lending-plan.md, equations 1 to 5.
    """
    days = min(rules.decision_days, lending.horizon)
    built = _Program(lending, ways, limits, rules, cost, days)
    if not len(ways):
        return Loans(ways, np.zeros((0, days))), Ending.OPTIMAL, tuple(w.name for w in wishes)
    built.add_moves(price)
    built.add_limits(has_names=bool(wishes))
    built.add_wishes(wishes)
    built.add_bans(closed or {})
    built.add_levels()
    solution = built.program.solve(time_limit_seconds=time_limit_seconds)
    if not solution.values.size:
        broken = built.program.conflicts() if solution.ending is Ending.INFEASIBLE else ()
        return Loans(ways, np.zeros((len(ways), days))), solution.ending, broken
    units = np.maximum(solution.values[built.columns], 0.0)
    return Loans(ways, np.where(units < 1e-6, 0.0, units)), solution.ending, ()


class _Program:
    def __init__(
        self,
        lending: Lending,
        ways: Ways,
        limits: LendingLimits,
        rules: LendingRules,
        cost: ConvexCost,
        days: int,
    ) -> None:
        self._lending, self._ways, self._limits = lending, ways, limits
        self._rules, self._cost, self._days = rules, cost, days
        self.program = LinearProgram()
        self.columns: IntArray = np.zeros((len(ways), days), dtype=np.int64)
        places, categories, horizon = lending.need.shape[:3]
        self._shape = (places, categories, horizon)

    def add_moves(self, price: FloatArray | None) -> None:
        """Columns of units; those that could not help within the horizon are closed."""
        shape = self.columns.shape
        surcharge = np.zeros(shape) if price is None else price
        is_open = np.isfinite(surcharge)
        is_open &= np.arange(self._days) + self._ways.lag[:, None] <= self._lending.horizon
        weight = self._lending.weights[self._ways.category]
        usual = self._rules.cost_per_km * self._ways.km * weight
        cost = np.where(is_open, usual[:, None] + np.where(is_open, surcharge, 0.0), 0.0)
        self.columns = self.program.add_columns(
            cost.ravel(), np.zeros(cost.size), np.where(is_open, np.inf, 0.0).ravel()
        ).reshape(shape)

    def add_limits(self, *, has_names: bool) -> None:
        self._bound(self._limits.spare.ravel(), self._entries(at_lender=True), has_names)
        most = self._rules.most_per_day
        ends = [(self._ways.lender, "takes"), (self._ways.borrower, "hands over")]
        if self._limits.moveable is not None:
            categories = self._shape[1]
            cell = (self._ways.borrower * categories + self._ways.category)[:, None]
            rows = cell * self._days + np.arange(self._days)
            self._bound_days(rows, self._limits.moveable.ravel(), has_names)
        if most is not None:
            for place, _ in ends:
                rows = place[:, None] * self._days + np.arange(self._days)
                bounds = np.full(self._shape[0] * self._days, most)
                self._bound_days(rows, bounds, has_names)

    def _bound_days(self, cell: IntArray, bounds: FloatArray, has_names: bool) -> None:
        used, row = np.unique(cell, return_inverse=True)
        names = [f"limit of a day: {bounds[each]:g} units" for each in used] if has_names else []
        rows = self.program.add_rows(np.full(len(used), -np.inf), bounds[used], names)
        self.program.add_entries(rows[row.ravel()], self.columns.ravel(), 1.0)

    def _bound(
        self, bounds: FloatArray, parts: Iterator[tuple[IntArray, IntArray, float]], has_names: bool
    ) -> None:
        cells, columns, values = _joined(parts)
        used, row = np.unique(cells, return_inverse=True)
        names = [self._limit_name(int(cell)) for cell in used] if has_names else []
        rows = self.program.add_rows(np.full(len(used), -np.inf), bounds[used], names)
        self.program.add_entries(rows[row], columns, values)

    def _limit_name(self, cell: int) -> str:
        place, category, _ = np.unravel_index(cell, self._shape)
        lending = self._lending
        return (
            f"{lending.places[int(place)]} keeps the {lending.categories[int(category)]} "
            "that it needs"
        )

    def add_wishes(self, wishes: Sequence[LoanWish]) -> None:
        """A row for each wish, named by its words."""
        day = np.arange(self._days)[None, :] + self._ways.lag[:, None]
        for wish in wishes:
            here = (self._ways.borrower == wish.borrower) & (self._ways.category == wish.category)
            columns = self.columns[here[:, None] & (day <= wish.by_day)]
            row = self.program.add_rows(np.array([wish.units]), np.array([np.inf]), [wish.name])
            self.program.add_entries(np.repeat(row, len(columns)), columns, 1.0)

    def add_bans(self, closed: Mapping[str, BoolArray]) -> None:
        """A row for each ban: nothing goes on the ways that it closes."""
        for name, ways in closed.items():
            columns = self.columns[ways].ravel()
            row = self.program.add_rows(np.array([-np.inf]), np.zeros(1), [name])
            self.program.add_entries(np.repeat(row, len(columns)), columns, 1.0)

    def add_levels(self) -> None:
        lent = _joined(self._entries(at_lender=True))
        came = _joined(self._entries(at_lender=False))
        cells = np.union1d(lent[0], came[0])
        own = np.broadcast_to(np.nan_to_num(self._lending.own)[:, :, None], self._shape).ravel()
        held = own[cells]
        spare = np.where(np.isin(cells, lent[0]), self._limits.spare.ravel()[cells], 0.0)
        highest = np.where(np.isin(cells, came[0]), np.inf, held)
        category = (cells // self._shape[2]) % self._shape[1]
        levels = add_levels(
            self.program,
            self._cost.only(cells),
            held,
            held - spare,
            highest,
            self._lending.weights[category],
        )
        for (cell, columns, values), sign in ((lent, -1.0), (came, 1.0)):
            rows = levels.rows[np.searchsorted(cells, cell)]
            self.program.add_entries(rows, columns, sign * values)

    def _entries(self, *, at_lender: bool) -> Iterator[tuple[IntArray, IntArray, float]]:
        """(cells, columns, part of a unit) that loans take from, or bring to, the levels."""
        _, categories, horizon = self._shape
        place = self._ways.lender if at_lender else self._ways.borrower
        has = self._lending.is_there()
        for lag in np.unique(self._ways.lag).tolist():
            profile = self._lending.at_lender(lag) if at_lender else self._lending.at_borrower(lag)
            for moved, felt, age in np.argwhere(profile > 1e-4).tolist():
                is_felt = (self._ways.category == moved) & has[place, felt]
                ways = np.flatnonzero((self._ways.lag == lag) & is_felt)
                base = (place[ways] * categories + felt) * horizon
                for day in range(min(self._days, horizon - age)):
                    yield base + day + age, self.columns[ways, day], profile[moved, felt, age]


def _joined(
    parts: Iterator[tuple[IntArray, IntArray, float]],
) -> tuple[IntArray, IntArray, FloatArray]:
    found = [(cells, columns, np.full(len(cells), value)) for cells, columns, value in parts]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    cells, columns, values = (np.concatenate(each) for each in zip(*found, strict=True))
    return cells, columns, values
