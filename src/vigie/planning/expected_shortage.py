"""Expected shortage as a convex function of what is held: exact, in few straight pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray, PathArray

__all__ = ["ConvexCost", "convex_cost"]


@dataclass(frozen=True, slots=True, eq=False)
class ConvexCost:
    """A falling convex function of the level of each cell, by straight pieces.

    Below the lowest corner the cost rises by ``steepest`` a unit, above the highest it is 0.

    Attributes:
        corners: (cell, piece + 1), levels, rising.
        slopes: (cell, piece), change of cost per unit between the corners, <= 0 and rising.
        steepest: slope below the lowest corner, <= 0.
        at_lowest: (cell,), cost at the lowest corner.
    """

    corners: FloatArray
    slopes: FloatArray
    steepest: float
    at_lowest: FloatArray

    def only(self, cells: IntArray) -> ConvexCost:
        """Of some cells."""
        return ConvexCost(
            self.corners[cells], self.slopes[cells], self.steepest, self.at_lowest[cells]
        )

    def at(self, level: FloatArray) -> FloatArray:
        """(cell,): cost at a level of each cell."""
        widths = np.diff(self.corners, axis=1)
        inside = np.clip(level[:, None] - self.corners[:, :-1], 0.0, widths)
        below = np.minimum(level - self.corners[:, 0], 0.0)
        return np.asarray(
            self.at_lowest + (inside * self.slopes).sum(axis=1) + below * self.steepest
        )


def convex_cost(
    need: PathArray, pieces: int | None = None, *, tail_weight: float = 0.0, tail: float = 0.9
) -> ConvexCost:
    """E(need - level)+ of each cell, and, if asked for, its mean over the worst futures.

    The slope at a level is -(1 - F(level)), and -(1 - F(level)) / (1 - tail), at least -1, for
    the mean of the worst futures (CVaR): both are told by the sorted needs alone.

    Args:
        need: (cell, sample), units that must be held to be short of none.
        pieces: straight pieces between quantiles; None: one for each future, which is exact.
            Fewer give chords, which are never below the true cost.
        tail_weight: weight of the mean over the worst futures.
        tail: share of futures that are not among the worst.

    Raises:
        ValueError: there are no futures, or tail is not in 0 to 1.

    Source: docs/models/optimal-plan.md, equations 3 and 4.
    """
    cells, samples = need.shape
    if samples == 0 or not 0 <= tail < 1:
        raise ValueError(f"{samples} futures and a tail beyond {tail}: give at least one, and 0..1")
    ranked = np.sort(need.astype(np.float64), axis=1)
    # Between the futures k - 1 and k, samples - k of them need more.
    above = 1 - np.arange(1, samples) / samples
    worst = np.minimum(above / (1 - tail), 1.0)
    slopes = np.broadcast_to(-(above + tail_weight * worst), (cells, samples - 1))
    falls = np.diff(ranked, axis=1) * slopes
    at_corner = np.zeros((cells, samples))
    at_corner[:, :-1] = -falls[:, ::-1].cumsum(axis=1)[:, ::-1]
    kept = np.arange(samples)
    if pieces is not None and pieces < samples:
        kept = np.unique(np.rint(np.linspace(0, samples - 1, pieces + 1)).astype(np.int64))
    corners, costs = ranked[:, kept], at_corner[:, kept]
    widths = np.diff(corners, axis=1)
    chords = np.diff(costs, axis=1) / np.where(widths > 0, widths, 1.0)
    # A piece without width joins equal needs; its slope must still rise along the pieces.
    usual = slopes[:, np.minimum(kept[:-1], max(samples - 2, 0))] if samples > 1 else chords
    return ConvexCost(
        corners, np.where(widths > 0, chords, usual), -(1.0 + tail_weight), costs[:, 0]
    )
