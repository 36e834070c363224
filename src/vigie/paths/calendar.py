"""Dates of a series: which days, weeks or months follow or precede a date."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vigie.paths.arrays import DateArray

__all__ = ["Step", "past_dates", "step_dates"]

Step = Literal["day", "week", "month"]

_DAYS = {"day": 1, "week": 7}


def step_dates(last: np.datetime64, step: Step, count: int) -> DateArray:
    """The dates of the steps that follow a date.

    Months keep the day of the month (the 31st becomes the last day of a shorter month); after
    the last day of a month follow the last days of the next ones.

    Args:
        last: date of the last step known.
        step: day, week or month.
        count: number of dates, >= 0.

    Returns:
        (count,), datetime64[D], increasing.

    Raises:
        ValueError: step is not one of the three.
    """
    return _shifted(last, step, np.arange(1, count + 1, dtype=np.int64))


def past_dates(last: np.datetime64, step: Step, count: int) -> DateArray:
    """The dates of the ``count`` steps that end with ``last``, in order; see ``step_dates``."""
    return _shifted(last, step, np.arange(1 - count, 1, dtype=np.int64))


def _shifted(last: np.datetime64, step: Step, shifts: np.ndarray) -> DateArray:
    day = last.astype("datetime64[D]")
    if step in _DAYS:
        return np.asarray(day + shifts * _DAYS[step], dtype="datetime64[D]")
    if step != "month":
        raise ValueError(f"step {step!r}: expected day, week or month")
    month = day.astype("datetime64[M]")
    is_month_end = (day + 1).astype("datetime64[M]") != month
    months = month + shifts
    month_ends = (months + 1).astype("datetime64[D]") - 1
    if is_month_end:
        return np.asarray(month_ends)
    same_day = months.astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    return np.asarray(np.minimum(same_day, month_ends))
