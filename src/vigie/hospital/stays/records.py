"""Ward stays as they were seen: some began before we looked, some have not ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, DateArray, IntArray

__all__ = ["OPEN", "StayRecords", "stay_records"]

OPEN = -1
"""Cause of a stay that has not ended."""

_NIGHT = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, eq=False)
class StayRecords:
    """Stays in wards, one element a stay. Day d of a stay is d nights after its first day.

    Attributes:
        unit: (stay,), index of the ward of a site, 0 to units - 1.
        first_day: (stay,), first day of the stay on which we would have seen it end: 0 where it
            began while we looked, one more than its age where it was found in bed.
        last_day: (stay,), nights of a stay that ended; of an open one its age at the last count.
        cause: (stay,), how it ended, ``OPEN`` where it did not.
        age_days: (stay,), days from its first day to the last one that we know, >= last_day.
        units: number of wards.
        causes: number of ways in which a stay can end.
        without_days: stays that were left out, since they ended before we looked or begin after
            the last day that we know.
    """

    unit: IntArray
    first_day: IntArray
    last_day: IntArray
    cause: IntArray
    age_days: IntArray
    units: int
    causes: int
    without_days: int = 0


def stay_records(
    unit: IntArray,
    from_date: DateArray,
    to_date: DateArray,
    cause: IntArray,
    *,
    window_start: np.datetime64 | DateArray,
    as_of: np.datetime64,
    units: int,
    causes: int,
) -> StayRecords:
    """What a window of days shows of ward stays.

    A patient is counted on every day at whose end they are in bed. Who came before the window
    is seen only from its first day on; who is in bed at the end of the last day is open, and so
    is a stay that is reported to end later.

    Args:
        unit: (stay,), index of the ward.
        from_date: (stay,), first day.
        to_date: (stay,), day of leaving, NaT where not left.
        cause: (stay,), how it ended, 0 to causes - 1; read only where it ended.
        window_start: first day on which every stay is known; or (stay,), that of its ward.
        as_of: last day that is known in full.
        units: number of wards.
        causes: number of ways to end.

    Raises:
        ValueError: a stay ends before it begins, or a unit or cause is out of its range.

    Source: docs/models/length-of-stay.md, equation 1.
    """
    ended = np.asarray(~np.isnat(to_date) & (to_date <= as_of))
    _check(unit, from_date, to_date, cause, ended, units, causes)
    to_end = (np.where(ended, to_date, as_of) - from_date) // _NIGHT
    last = to_end.astype(np.int64)
    before = ((window_start - from_date) // _NIGHT).astype(np.int64)
    # Found in bed at the end of the day before the window: it could not have ended up to then.
    first = np.maximum(before, 0)
    kept = (from_date <= as_of) & (last >= first)
    return StayRecords(
        unit[kept],
        first[kept],
        last[kept],
        np.where(ended, cause, OPEN)[kept],
        ((as_of - from_date) // _NIGHT).astype(np.int64)[kept],
        units,
        causes,
        int((~kept).sum()),
    )


def _check(
    unit: IntArray,
    from_date: DateArray,
    to_date: DateArray,
    cause: IntArray,
    ended: BoolArray,
    units: int,
    causes: int,
) -> None:
    backwards = int((ended & (to_date < from_date)).sum())
    if backwards:
        raise ValueError(f"{backwards} stays end before they begin")
    if unit.size and not (unit.min() >= 0 and unit.max() < units):
        raise ValueError(f"a stay names a ward outside 0 to {units - 1}")
    known = cause[ended]
    if known.size and not (known.min() >= 0 and known.max() < causes):
        raise ValueError(f"a stay ended by a cause outside 0 to {causes - 1}")
