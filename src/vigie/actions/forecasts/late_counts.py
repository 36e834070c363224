"""Counts that are still being reported, beside the history that models read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray

__all__ = ["LateCounts"]


@dataclass(frozen=True, slots=True, eq=False)
class LateCounts:
    """What was reported of a history whose last steps are not complete.

    Attributes:
        reported: (place, category, time), as reported; NaN where missing.
        share: (place, time), expected share of the final count that is reported by now, 0..1.
    """

    reported: FloatArray
    share: FloatArray

    def settled(self) -> FloatArray:
        """Reported counts that later reports will hardly change; NaN for the others.

        Only against these forecasts are held.
        """
        from vigie.epidemiology.nowcast import SETTLED_SHARE

        return np.where(self.share[:, None] >= SETTLED_SHARE, self.reported, np.nan)

    def open_steps(self) -> int:
        """Last steps of which less is known than counts as complete, of all places together."""
        from vigie.epidemiology.nowcast import COMPLETE_SHARE

        size = np.nansum(np.abs(self.reported), axis=(1, 2)) + 1e-9
        share = (size[:, None] * self.share).sum(axis=0) / size.sum()
        complete = np.flatnonzero(share >= COMPLETE_SHARE)
        return len(share) - 1 - int(complete[-1]) if len(complete) else len(share)
