"""What absence is learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray

__all__ = ["AbsenceHistory"]


@dataclass(frozen=True, slots=True, eq=False)
class AbsenceHistory:
    """Rosters and absence of the past, all on the same days.

    Attributes:
        rostered: (place, skill, day), members of staff on the roster; NaN where missing.
        absent: same shape, of these, how many did not come; NaN where missing.
        weekdays: (day,), 0 = Monday.
        epidemic: (place, day), incidence or admissions of the epidemic around the place, >= 0;
            NaN where missing; None where there is no epidemic series.

    Raises:
        ValueError: shapes differ.
    """

    rostered: FloatArray
    absent: FloatArray
    weekdays: IntArray
    epidemic: FloatArray | None = None

    def __post_init__(self) -> None:
        shape = self.rostered.shape
        if len(shape) != 3 or self.absent.shape != shape or len(self.weekdays) != shape[2]:
            raise ValueError(
                f"rostered {shape}, absent {self.absent.shape}, weekdays {self.weekdays.shape}: "
                "give (place, skill, day) twice and (day,)"
            )
        if self.epidemic is not None and self.epidemic.shape != (shape[0], shape[2]):
            raise ValueError(
                f"the epidemic has shape {self.epidemic.shape}, expected {(shape[0], shape[2])}"
            )

    def counted(self) -> tuple[FloatArray, FloatArray]:
        """Rosters and absence where both are known and fit together, 0 and 0 elsewhere.

        A day with more absent than rostered counts as all absent: one of the two is wrong, and
        the nearest possible reading is kept.
        """
        known = np.isfinite(self.rostered) & np.isfinite(self.absent) & (self.rostered > 0)
        roster = np.where(known, np.round(np.nan_to_num(self.rostered)), 0.0)
        away = np.where(known, np.clip(np.round(np.nan_to_num(self.absent)), 0.0, roster), 0.0)
        return roster, away
