"""Signals that run ahead of admissions: what a signal says about the days to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.pooled.rolling import DAYS_A_WEEK, before, trailing_mean
from vigie.paths import FloatArray

__all__ = ["Signal"]

_SMALL_SHARE = 0.05
"""Share of a signal's middle value added to both sides of its growth."""

_MOST_CHANGE = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """A series that may run ahead of the counts.

    Attributes:
        name: of the signal.
        values: (place, day) or (1, day) for one that is the same everywhere, NaN where missing,
            on the days of the counts. A day's value must have been known on that day.
        lead_days: days from the signal to what it tells of, >= 1.
    """

    name: str
    values: FloatArray
    lead_days: int

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise ValueError(f"signal {self.name}: shape {self.values.shape}, not (place, day)")
        if self.lead_days < 1:
            raise ValueError(f"signal {self.name}: a lead of {self.lead_days} days")

    def change_ahead(self, days: int) -> FloatArray:
        """What the signal says, on each day, of the change over the days to come.

        Its own change over so many days, up to the day that lies ``lead_days`` before the end of
        them: the log of the ratio of its weekly means, or, for a signal with negative values,
        their difference in standard deviations of weekly changes; within -1.5..1.5.

        Args:
            days: ahead, >= 1.

        Returns:
            (place or 1, day); NaN where the signal is unknown, 0 everywhere when its lead is
            shorter than ``days``: it cannot know that far.

        Source: docs/models/leading-indicators.md, equation 1.
        """
        if self.lead_days < days:
            return np.zeros_like(self.values)
        smooth = (trailing_mean(self.values, 3) + trailing_mean(self.values, DAYS_A_WEEK)) / 2
        late = before(smooth, self.lead_days - days)
        early = before(smooth, self.lead_days)
        known = smooth[np.isfinite(smooth)]
        if len(known) and known.min() < 0:
            moves = smooth - before(smooth, DAYS_A_WEEK)
            size = float(np.nanstd(moves)) if np.isfinite(moves).any() else 0.0
            change = (late - early) / (size or 1.0)
        else:
            positive = known[known > 0]
            small = _SMALL_SHARE * float(np.median(positive)) if len(positive) else 1.0
            change = np.log((late + small) / (early + small))
        return np.asarray(np.clip(change, -_MOST_CHANGE, _MOST_CHANGE))
