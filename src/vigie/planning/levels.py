"""Levels in a linear program: what is held by place and day, and what that is expected to cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray
from vigie.planning.expected_shortage import ConvexCost
from vigie.planning.linear_program import LinearProgram

__all__ = ["LevelRows", "add_levels"]


@dataclass(frozen=True, slots=True, eq=False)
class LevelRows:
    """The rows and columns of the levels of some cells.

    Attributes:
        rows: (cell,), rows that say what a level is; a move has +1 where it brings a unit and -1
            where it takes one.
        start: (cell,), levels where the pieces begin.
        cell: (piece,), cell of each piece.
        inside: (piece,), columns of how far each piece is filled.
        slopes: (piece,), cost of a unit in it.
        below: (cell,), columns of what is missing below the start.
    """

    rows: IntArray
    start: FloatArray
    cell: IntArray
    inside: IntArray
    slopes: FloatArray
    below: IntArray


def add_levels(
    program: LinearProgram,
    cost: ConvexCost,
    held: FloatArray,
    lowest: FloatArray,
    highest: FloatArray,
    weight: FloatArray | float = 1.0,
) -> LevelRows:
    """Add a level for each cell: held, less what leaves, plus what comes; and what it costs.

    Only pieces that a level can reach have columns.

    Args:
        program: that they become part of.
        cost: of each cell.
        held: (cell,), level without any move.
        lowest: (cell,), level that moves can bring it down to.
        highest: (cell,), level that moves can bring it up to; infinite where that is open.
        weight: (cell,), what a unit of shortage counts.

    Source: docs/models/optimal-plan.md, equations 1 to 3.
    """
    corners = np.clip(cost.corners, lowest[:, None], highest[:, None])
    start = corners[:, 0]
    weights = np.broadcast_to(np.asarray(weight, dtype=np.float64), held.shape)
    # held - sent + received = start - below + inside the pieces + above
    rows = program.add_rows(start - held, start - held)
    none = np.zeros(len(held))
    # Open also where limits let no level fall so far: a limit that breaks a wish must be the rule
    # that is named for it, and not the level.
    below = program.add_columns(none - cost.steepest * weights, none, none + np.inf)
    above = program.add_columns(none, none, none + np.inf)
    program.add_entries(rows, below, 1.0)
    program.add_entries(rows, above, -1.0)
    widths = np.diff(corners, axis=1)
    wide = (widths > 1e-9) & (cost.slopes < 0)
    at, _ = np.nonzero(wide)
    slopes = cost.slopes[wide]
    inside = program.add_columns(slopes * weights[at], np.zeros(len(at)), widths[wide])
    program.add_entries(rows[at], inside, -1.0)
    return LevelRows(rows, start, at, inside, slopes, below)
