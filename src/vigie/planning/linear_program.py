"""One linear program, built from blocks of rows and columns and solved by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from vigie.paths import FloatArray, IntArray

if TYPE_CHECKING:
    import highspy

__all__ = ["Ending", "LinearProgram", "Solution"]


class Ending(StrEnum):
    """How a solver ended."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time limit"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What the solver found.

    Attributes:
        ending: optimal, time limit (values are the best found so far) or infeasible.
        values: (column,), empty where infeasible or nothing was found in time.
        objective: of the values; infinite without any.
    """

    ending: Ending
    values: FloatArray
    objective: float


@dataclass(slots=True)
class LinearProgram:
    """min cost x, with bounds on columns and on rows.

    Blocks are added in any order; a name of a row says which rule it is, for messages.
    """

    _costs: list[FloatArray] = field(default_factory=list)
    _column_bounds: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    _row_bounds: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    _row_names: list[str] = field(default_factory=list)
    _entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_columns(self, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> IntArray:
        """Add columns; their numbers are returned."""
        self._costs.append(cost.astype(np.float64))
        self._column_bounds.append((lower.astype(np.float64), upper.astype(np.float64)))
        start, self.columns = self.columns, self.columns + len(cost)
        return np.arange(start, self.columns)

    def add_rows(self, lower: FloatArray, upper: FloatArray, names: Sequence[str] = ()) -> IntArray:
        """Add rows; their numbers are returned. Without names they are no rules of people."""
        self._row_bounds.append((lower.astype(np.float64), upper.astype(np.float64)))
        self._row_names += list(names) or [""] * len(lower)
        start, self.rows = self.rows, self.rows + len(lower)
        return np.arange(start, self.rows)

    def add_entries(self, rows: IntArray, columns: IntArray, values: FloatArray | float) -> None:
        """Add coefficients; those of the same cell add up."""
        filled = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
        self._entries.append((rows, columns, filled))

    def solve(self, *, time_limit_seconds: float = 60.0, is_interior: bool = False) -> Solution:
        """Solve, on one thread: the same program gives the same solution.

        Args:
            time_limit_seconds: after which the best values so far are returned.
            is_interior: by the interior point method, better for large programs that are
                coupled; else by the simplex method.
        """
        return _solution(self._run(time_limit_seconds, is_interior=is_interior))

    def _run(self, time_limit_seconds: float = 60.0, *, is_interior: bool = False) -> highspy.Highs:
        import highspy

        solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 0)
        solver.setOptionValue("time_limit", time_limit_seconds)
        solver.setOptionValue("solver", "ipm" if is_interior else "simplex")
        solver.passModel(self._model())
        solver.run()
        return solver

    def conflicts(self) -> tuple[str, ...]:
        """Named rows that cannot all be kept together.

        The rules are relaxed and the least total breach is looked for: the rules whose price is
        not 0 there are those that, taken together, leave no way (Farkas' lemma).

        Returns:
            Names in the order in which they were added; empty where all can be kept.
        """
        solver = self._relaxed()._run()
        if not solver.getSolution().value_valid:
            return ()
        if solver.getInfo().objective_function_value <= 1e-6:
            return ()
        prices = np.array(solver.getSolution().row_dual)
        told = zip(self._row_names, prices, strict=True)
        return tuple(dict.fromkeys(name for name, price in told if name and abs(price) > 1e-9))

    def _relaxed(self) -> LinearProgram:
        """The same rules, each named row with a slack either way; only slack costs."""
        lower, upper = (np.concatenate(each) for each in zip(*self._column_bounds, strict=True))
        relaxed = LinearProgram()
        relaxed.add_columns(np.zeros(self.columns), lower, upper)
        relaxed._row_bounds, relaxed.rows = self._row_bounds, self.rows
        relaxed._row_names = self._row_names
        relaxed._entries = list(self._entries)
        named = np.array([at for at, name in enumerate(self._row_names) if name], dtype=np.int64)
        for sign in (1.0, -1.0):
            none = np.zeros(len(named))
            slack = relaxed.add_columns(none + 1, none, none + np.inf)
            relaxed.add_entries(named, slack, sign)
        return relaxed

    def _model(self) -> highspy.HighsLp:
        import highspy
        from scipy.sparse import coo_array

        rows, columns, values = (np.concatenate(each) for each in zip(*self._entries, strict=True))
        matrix = coo_array((values, (rows, columns)), shape=(self.rows, self.columns)).tocsc()
        matrix.sum_duplicates()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.columns, self.rows
        model.col_cost_ = np.concatenate(self._costs)
        lower, upper = (np.concatenate(each) for each in zip(*self._column_bounds, strict=True))
        model.col_lower_, model.col_upper_ = lower, upper
        least, most = (np.concatenate(each) for each in zip(*self._row_bounds, strict=True))
        model.row_lower_, model.row_upper_ = least, most
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        return model


def _solution(solver: highspy.Highs) -> Solution:
    import highspy

    status = solver.getModelStatus()
    ended = highspy.HighsModelStatus
    if status in (ended.kInfeasible, ended.kUnboundedOrInfeasible):
        return Solution(Ending.INFEASIBLE, np.zeros(0), float("inf"))
    found = solver.getSolution()
    if not found.value_valid:
        return Solution(Ending.TIME_LIMIT, np.zeros(0), float("inf"))
    ending = Ending.OPTIMAL if status == ended.kOptimal else Ending.TIME_LIMIT
    objective = float(solver.getInfo().objective_function_value)
    return Solution(ending, np.array(found.col_value), objective)
