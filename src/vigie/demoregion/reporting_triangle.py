"""How hospitals report patients who are coded one by one: most by the next morning, not all.

A day's figure is sent again each time that it changes. So the rows of a day form one line of a
reporting triangle: it grows over the next days, and is now and then corrected downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.demoregion.reporting import (
    FIRST_EXPORT_MINUTE,
    FLAWS,
    LAST_EXPORT_MINUTE,
    MINUTES,
    FeedReport,
    date_column,
    flaw_rows,
    key_column,
    known_at_column,
)

__all__ = ["LONGEST_CODING_DAYS", "Coding", "report_triangle"]

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

LONGEST_CODING_DAYS = 10
"""Mornings after the first one by which the last patient of a day is coded."""
MORNINGS = LONGEST_CODING_DAYS + 14
"""Mornings on which a day's figure may be sent: silent ones can delay the last."""
SATURDAY = 5
NEVER_SENT = -1


@dataclass(frozen=True, slots=True)
class Coding:
    """How patients are coded and sent; shares from 0 to 1.

    Attributes:
        first_share: of the patients, coded by the first morning; it differs between places.
        further_days: mean days that the others take, at least 1.
        mistaken_share: of the place-days, on which one patient too many is told at first.
        silent_share: of the mornings, on which a place sends nothing and catches up later.
        outage_share: of the mornings, on which a silence of 2 to 6 begins.
        missing_share: of the place-days, never sent.
    """

    first_share: float = 0.80
    further_days: float = 2.0
    mistaken_share: float = 0.01
    silent_share: float = 0.015
    outage_share: float = 0.0008
    missing_share: float = 0.003


def report_triangle(
    rng: np.random.Generator,
    name: str,
    measure: str,
    places: Sequence[str],
    true: IntArray,
    rests_at_weekends: BoolArray,
    coding: Coding,
    first_date: date,
) -> FeedReport:
    """Let places report a daily count of patients.

    Args:
        rng: source of chance.
        name: of the feed.
        measure: key.
        places: keys, in the order of the arrays.
        true: (days, places), as it was.
        rests_at_weekends: (places,), sends nothing on Saturday and Sunday mornings.
        coding: how patients are coded and sent.
        first_date: day 0.
    """
    days = true.shape[0]
    told = _told(rng, true, coding)
    is_sending = _sending(rng, days, rests_at_weekends, coding, first_date)
    is_missing = rng.random(true.shape) < coding.missing_share
    minute = rng.integers(FIRST_EXPORT_MINUTE, LAST_EXPORT_MINUTE, len(places))
    last = np.full(true.shape, NEVER_SENT, dtype=np.int64)
    rows: list[tuple[IntArray, IntArray, IntArray, IntArray]] = []
    for wait in range(MORNINGS):
        counted = told[:, :, min(wait, LONGEST_CODING_DAYS)]
        is_new = is_sending[1 + wait : 1 + wait + days] & ~is_missing & (counted != last)
        day, place = np.nonzero(is_new)
        rows.append((day, place, (day + 1 + wait) * MINUTES + minute[place], counted[is_new]))
        last = np.where(is_new, counted, last)
    day, place, known, value = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    order = np.lexsort((place, day, known))
    table = pa.table(
        {
            "place": key_column(place[order], places),
            "category": key_column(np.zeros(order.size, dtype=np.int64), [""]),
            "reference_date": date_column(day[order], first_date),
            "known_at": known_at_column(known[order], first_date),
            measure: pa.array(value[order]),
        }
    )
    return FeedReport(
        name, table, _flaws(name, measure, places, true, last, is_missing, first_date)
    )


def _told(rng: np.random.Generator, true: IntArray, coding: Coding) -> IntArray:
    """(days, places, mornings), patients coded by each morning after the day."""
    size = (true.shape[1], 1)
    first = np.asarray(rng.beta(30 * coding.first_share, 30 * (1 - coding.first_share), size))
    later = np.arange(LONGEST_CODING_DAYS, dtype=np.float64)
    tail = (1 - 1 / coding.further_days) ** later
    shares = np.concatenate([first, (1 - first) * (tail / tail.sum())], axis=1)
    told = rng.multinomial(true, shares).cumsum(axis=2)
    is_mistaken = rng.random(true.shape) < coding.mistaken_share
    until = 1 + rng.integers(0, 4, true.shape)
    mornings = np.arange(LONGEST_CODING_DAYS + 1)
    return np.asarray(told + (is_mistaken[:, :, None] & (mornings < until[:, :, None])))


def _sending(
    rng: np.random.Generator,
    days: int,
    rests_at_weekends: BoolArray,
    coding: Coding,
    first_date: date,
) -> BoolArray:
    """(days + MORNINGS + 1, places), whether a place sends on the morning of a day.

    Nothing is sent after the morning that follows the last day: that is still to come.
    """
    shape = (days + MORNINGS + 1, rests_at_weekends.size)
    weekday = (first_date.weekday() + np.arange(shape[0])) % 7
    is_silent = (weekday >= SATURDAY)[:, None] & rests_at_weekends
    is_silent |= rng.random(shape) < coding.silent_share
    begin_day, begin_place = np.nonzero(rng.random(shape) < coding.outage_share)
    lengths = rng.integers(2, 7, begin_day.size)
    for day, place, length in zip(begin_day, begin_place, lengths, strict=True):
        is_silent[day : day + length, place] = True
    is_silent[days + 1 :] = True
    return ~is_silent


def _flaws(
    name: str,
    measure: str,
    places: Sequence[str],
    true: IntArray,
    last: IntArray,
    is_missing: BoolArray,
    first_date: date,
) -> pa.Table:
    """What the last rows do not say as it was: never sent, not yet sent, not yet complete."""
    is_late = (last == NEVER_SENT) & ~is_missing
    is_sent = last != NEVER_SENT
    shape = (*true.shape, 1)
    parts = [
        flaw_rows(name, places, [""], first_date, np.flatnonzero(which), shape, kind)
        for kind, which in (("missing", is_missing), ("late", is_late))
    ]
    parts += [
        flaw_rows(name, places, [""], first_date, np.flatnonzero(which), shape, kind, measure, last)
        for kind, which in (
            ("undercount", is_sent & (last < true)),
            ("miscount", is_sent & (last > true)),
        )
    ]
    return pa.concat_tables([FLAWS.empty_table(), *parts])
