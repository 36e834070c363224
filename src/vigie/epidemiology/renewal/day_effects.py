"""Effects of the kind of day on counts: weekday, public holiday."""

from __future__ import annotations

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["day_contrasts", "day_kinds"]


def day_contrasts(*, has_holidays: bool) -> FloatArray:
    """(kind, effect): orthonormal Helmert contrasts of the weekdays, and a column for holidays.

    Kinds 0 to 6 are Monday to Sunday; with holidays, 7 to 13 are the same on a holiday. The
    effects of the seven weekdays add up to 0 on the log scale.
    """
    helmert = np.zeros((7, 6))
    for column in range(6):
        helmert[: column + 1, column] = 1.0
        helmert[column + 1, column] = -(column + 1.0)
    helmert /= np.sqrt((helmert**2).sum(axis=0))
    if not has_holidays:
        return helmert
    is_holiday = np.repeat([0.0, 1.0], 7)
    return np.column_stack([np.tile(helmert, (2, 1)), is_holiday])


def day_kinds(first_weekday: int, days: int, places: int, holidays: BoolArray | None) -> IntArray:
    """(place, day): row of ``day_contrasts`` of each day.

    Args:
        first_weekday: of the first day, 0 is Monday; any whole number, taken modulo 7.
        days: number of days.
        places: number of places.
        holidays: (place, day), at least as many days; the last ones count.

    Raises:
        ValueError: holidays have another shape.
    """
    weekday = np.tile((first_weekday + np.arange(days)) % 7, (places, 1))
    if holidays is None:
        return weekday
    if holidays.ndim != 2 or len(holidays) != places or holidays.shape[1] < days:
        raise ValueError(
            f"holidays have shape {holidays.shape}, expected ({places}, days of counts + horizon)"
        )
    return np.asarray(weekday + 7 * holidays[:, -days:])
