"""What can be chosen about the renewal engine, and what it says about each place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

__all__ = ["FEWEST_DAYS", "RENEWAL_MODEL", "WALK_SPREADS", "DrawQuality", "RenewalRules"]

RENEWAL_MODEL = "vigie-renewal"
"""Name of the model in tables, scores and releases."""

FEWEST_DAYS = 7
"""Days with a count below which a place is refused."""

WALK_SPREADS = (0.008, 0.016, 0.032, 0.064, 0.128)
"""Daily standard deviations of the walk of log R that are weighed against each other."""


class DrawQuality(IntEnum):
    """How the draws of a place came about."""

    WEIGHTED = 0
    """Importance weights were even enough; draws are resampled by them."""

    MOVED = 1
    """Weights were too uneven: draws were moved by slice sampling until they forgot them."""


@dataclass(frozen=True, slots=True)
class RenewalRules:
    """Choices of the renewal engine.

    Attributes:
        window_days: days of the past that are read, >= 14.
        damping_per_day: factor by which log R shrinks on each day ahead, above 0 to 1.
        admitted_share: admissions per infection (above 0 to 1), which sets the size of chance on
            infections; None draws infections without chance.
        imports_per_day: infections from elsewhere per day and 100,000 people; where the
            population is not known, of the place. 0 is allowed.
        smallest_effective_share: effective share of the draws below which they are moved.
        largest_tail_shape: Pareto shape of the largest weights above which draws are moved.
        move_steps: moves of each draw then, >= 1.

    Raises:
        ValueError: a choice is out of its range.
    """

    window_days: int = 120
    damping_per_day: float = 0.95
    admitted_share: float | None = 0.02
    imports_per_day: float = 0.05
    smallest_effective_share: float = 0.1
    largest_tail_shape: float = 0.7
    move_steps: int = 12

    def __post_init__(self) -> None:
        if self.window_days < 14:
            raise ValueError(f"window_days is {self.window_days}; give 14 or more")
        if not 0 < self.damping_per_day <= 1:
            raise ValueError(f"damping_per_day is {self.damping_per_day}; give above 0, to 1")
        if self.admitted_share is not None and not 0 < self.admitted_share <= 1:
            raise ValueError(f"admitted_share is {self.admitted_share}; give above 0, to 1")
        if not (math.isfinite(self.imports_per_day) and self.imports_per_day >= 0):
            raise ValueError(f"imports_per_day is {self.imports_per_day}; give 0 or more")
        if self.move_steps < 1:
            raise ValueError(f"move_steps is {self.move_steps}; give 1 or more")
