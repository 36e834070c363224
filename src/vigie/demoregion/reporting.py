"""How hospitals report: late, with gaps, with blanks, and with mistakes of which most are mended.

Every row carries the instant of its export. A mended figure is a second row for the same day,
exported later. Whatever the last row still says wrongly, or no row says, is declared as a flaw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.schemas import INSTANT

__all__ = [
    "CUT_MINUTE",
    "FLAWS",
    "FeedReport",
    "Figures",
    "Habits",
    "date_column",
    "flaw_rows",
    "key_column",
    "known_at_column",
    "report_series",
]

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MINUTES = 1440
FIRST_EXPORT_MINUTE, LAST_EXPORT_MINUTE = 125, 280
CUT_MINUTE = 330
"""Minute of the day after the last observed one, UTC, up to which exports have been sent."""

FLAWS = pa.schema(
    [
        ("feed", pa.string()),
        ("measure", pa.string()),
        ("place", pa.string()),
        ("category", pa.string()),
        ("reference_date", pa.date32()),
        ("kind", pa.string()),
        ("reported", pa.int64()),
    ]
)
"""What the last rows do not say as it was; an empty measure or category stands for all.

Kinds: missing (never reported), late (not yet reported), blank (an empty cell), and the kinds of
Figures (miscount, undercount, unit, disagreement).
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """A measure of a feed.

    Attributes:
        true: (days, places, categories), as it was.
        first: same shape, as it is typed at first.
        flaw: what a difference of the two is.
    """

    true: IntArray
    first: IntArray
    flaw: str = "miscount"


@dataclass(frozen=True, slots=True)
class Habits:
    """How the places report to a feed; all attributes but the last are shares from 0 to 1.

    Attributes:
        late_share: of the place-days, sent at least one day late.
        missing_share: of the place-days, never sent.
        outage_share: of the place-days, on which a break of 2 to 6 days begins.
        blank_share: of the rows, sent with empty cells.
        mended_share: of wrong or blank rows, sent again as it was.
        mending_days: mean days until a row is sent again.
    """

    late_share: float = 0.04
    missing_share: float = 0.006
    outage_share: float = 0.0008
    blank_share: float = 0.001
    mended_share: float = 0.85
    mending_days: float = 2.5


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What a feed has sent.

    Attributes:
        name: of the feed.
        table: place, category, reference_date, known_at and one column a measure; by known_at.
        flaws: as FLAWS.
    """

    name: str
    table: pa.Table
    flaws: pa.Table


def report_series(
    rng: np.random.Generator,
    name: str,
    places: Sequence[str],
    categories: Sequence[str],
    exists: BoolArray,
    figures: Mapping[str, Figures],
    habits: Habits,
    first_date: date,
) -> FeedReport:
    """Let places report a time series.

    Args:
        rng: source of chance.
        name: of the feed.
        places: keys, in the order of the arrays.
        categories: keys, in the order of the arrays; [""] for none.
        exists: (places, categories), the place has such a thing.
        figures: by measure; the days are the observed ones.
        habits: how the places report.
        first_date: day 0.
    """
    shape = next(iter(figures.values())).true.shape
    is_absent = _absent_days(rng, shape[0], shape[1], habits)
    is_late = rng.random(is_absent.shape) < habits.late_share
    days_late = rng.geometric(0.5, is_absent.shape) * is_late
    minute = rng.integers(FIRST_EXPORT_MINUTE, LAST_EXPORT_MINUTE, (shape[1],))
    cells = np.flatnonzero(exists[None] & ~is_absent[:, :, None])
    day, place, category = (np.asarray(axis) for axis in np.unravel_index(cells, shape))
    first_known = (day + 1 + days_late[day, place]) * MINUTES + minute[place]
    is_blank = rng.random(cells.size) < habits.blank_share
    is_wrong = np.zeros(cells.size, dtype=np.bool_)
    for each in figures.values():
        is_wrong |= each.true.ravel()[cells] != each.first.ravel()[cells]
    is_mended = (is_wrong | is_blank) & (rng.random(cells.size) < habits.mended_share)
    wait_days = rng.geometric(1.0 / habits.mending_days, cells.size)
    second_known = first_known + wait_days * MINUTES
    cut = shape[0] * MINUTES + CUT_MINUTE
    sent = np.flatnonzero(first_known <= cut)
    again = np.flatnonzero(is_mended & (second_known <= cut))
    rows = np.concatenate([sent, again])
    is_first = np.arange(rows.size) < sent.size
    known = np.where(is_first, first_known[rows], second_known[rows])
    order = np.lexsort((cells[rows], known))
    rows, is_first, known = rows[order], is_first[order], known[order]
    columns: dict[str, pa.Array] = {
        "place": key_column(place[rows], places),
        "category": key_column(category[rows], categories),
        "reference_date": date_column(day[rows], first_date),
        "known_at": known_at_column(known, first_date),
    }
    for measure, each in figures.items():
        typed = np.where(is_first, each.first.ravel()[cells[rows]], each.true.ravel()[cells[rows]])
        columns[measure] = pa.array(typed, mask=is_first & is_blank[rows])
    stands = ~(is_mended & (second_known <= cut)) & (first_known <= cut)
    flaws = [
        flaw_rows(name, places, categories, first_date, cells[chosen], shape, kind)
        for kind, chosen in (("blank", stands & is_blank), ("late", first_known > cut))
    ]
    gap = np.flatnonzero((is_absent & exists.any(axis=1)).ravel())
    flaws.append(flaw_rows(name, places, [""], first_date, gap, (*is_absent.shape, 1), "missing"))
    wrong = cells[stands & is_wrong & ~is_blank]
    flaws += [
        flaw_rows(
            name,
            places,
            categories,
            first_date,
            wrong[each.true.ravel()[wrong] != each.first.ravel()[wrong]],
            shape,
            each.flaw,
            measure,
            each.first,
        )
        for measure, each in figures.items()
    ]
    return FeedReport(name, pa.table(columns), pa.concat_tables(flaws))


def known_at_column(minutes: IntArray, first_date: date) -> pa.Array:
    """Minutes since the start of day 0, UTC, as instants."""
    start = np.datetime64(first_date, "us")
    return pa.array(start + minutes.astype("timedelta64[m]")).cast(INSTANT)


def _absent_days(rng: np.random.Generator, days: int, places: int, habits: Habits) -> BoolArray:
    is_absent: BoolArray = np.asarray(rng.random((days, places)) < habits.missing_share)
    begin_day, begin_place = np.nonzero(rng.random((days, places)) < habits.outage_share)
    lengths = rng.integers(2, 7, begin_day.size)
    for day, place, length in zip(begin_day, begin_place, lengths, strict=True):
        is_absent[day : day + length, place] = True
    return is_absent


def key_column(index: IntArray, keys: Sequence[str]) -> pa.Array:
    """Keys by their index, as a dictionary."""
    return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), pa.array(keys, pa.string()))


def date_column(day: IntArray, first_date: date) -> pa.Array:
    """Days counted from day 0, as dates."""
    return pa.array(np.datetime64(first_date, "D") + day.astype("timedelta64[D]"))


def flaw_rows(
    name: str,
    places: Sequence[str],
    categories: Sequence[str],
    first_date: date,
    cells: IntArray,
    shape: tuple[int, ...],
    kind: str,
    measure: str = "",
    reported: IntArray | None = None,
) -> pa.Table:
    """Flaws of one kind, as FLAWS.

    Args:
        name: of the feed.
        places: keys, in the order of the arrays.
        categories: keys, in the order of the arrays.
        first_date: day 0.
        cells: flat indices of what differs.
        shape: (days, places, categories).
        kind: as FLAWS tells.
        measure: of which; "" for all of the feed.
        reported: of that shape, what the last row says; None where there is nothing to say.
    """
    day, place, category = (np.asarray(axis) for axis in np.unravel_index(cells, shape))
    count = cells.size
    values = pa.nulls(count, pa.int64()) if reported is None else pa.array(reported.ravel()[cells])
    return pa.table(
        [
            pa.repeat(name, count),
            pa.repeat(measure, count),
            key_column(place, places).cast(pa.string()),
            key_column(category, categories).cast(pa.string()),
            date_column(day, first_date),
            pa.repeat(kind, count),
            values,
        ],
        schema=FLAWS,
    )
