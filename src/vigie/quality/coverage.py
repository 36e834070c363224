"""Totals over places of which some did not report: sum, "97 of 100", completed estimate.

A missing value is never zero: the sum is of those that reported, the completed estimate stands
beside it with its range, and a change compares only places present on both days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.quality.completion import complete, range_of_sum
from vigie.quality.hierarchy import Hierarchy, Period, read_hierarchy
from vigie.schemas import COVERAGE

__all__ = ["coverage"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_EPOCH = date(1970, 1, 1).toordinal()
_CHANGE_DAYS = 7
# Steps after which a report is too old to stand for a missing one: four weeks, two months...
_MEMORY = {"day": 28, "week": 8, "month": 6}
_COLUMNS = tuple(name for name in COVERAGE.names if name != "run")
_SCHEMA = pa.schema([COVERAGE.arrow_schema().field(name) for name in _COLUMNS])


@dataclass(frozen=True, slots=True)
class _Measure:
    name: str
    is_flow: bool
    step: str
    over_places: str
    maximum: float


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of one measure, row by row; places and categories by their numbers."""

    places: list[str]
    place_of: IntArray
    categories: list[str]
    category_of: IntArray
    day_of: IntArray
    value_of: FloatArray


@dataclass(frozen=True, slots=True)
class _Grid:
    """One measure and category on days and places; ``days`` are ordinals, NaN is missing."""

    days: IntArray
    values: FloatArray
    is_expected: BoolArray


def coverage(
    ruled: pa.Table,
    measures: pa.Table,
    places: pa.Table,
    *,
    completed_since: date,
    since: date | None = None,
) -> pa.Table:
    """Totals for every region and nation, measure, category and day.

    Expected of a measure and category are the places that ever gave a value of it and exist
    on the day (places.csv). Which kind of place a total adds up: ``Hierarchy.base``. Days run
    from the first to the last with a value of the measure; measures by week or month have the
    days of their reports only. Measures that do not add up over places (``over_places`` none)
    have counts and no totals.

    Args:
        ruled: columns measure, place, category (as texts or dictionaries), reference_date,
            value; one row a key, as ``RULED_SQL`` gives them.
        measures: schemas.MEASURES.
        places: schemas.PLACES.
        completed_since: first day that gets the completed estimate; rows of before have null.
        since: first day of the answer; None: the first day of the facts.

    Returns:
        schemas.COVERAGE without ``run``, in its order. With nobody missing the three completed
        figures equal the value.

    Source: docs/models/coverage.md.
    """
    hierarchy = read_hierarchy(places)
    known = _read_measures(measures)
    parts = [
        _cover(known[name], rows, hierarchy, since=since, completed_since=completed_since)
        for name, rows in _by_measure(ruled)
        if name in known
    ]
    table = pa.concat_tables([_SCHEMA.empty_table(), *parts])
    order = [(name, "ascending") for name in COVERAGE.order]
    return table.take(pc.sort_indices(table, sort_keys=order))


def _read_measures(measures: pa.Table) -> dict[str, _Measure]:
    names = ("measure", "kind", "step", "over_places", "maximum")
    columns = (measures.column(name).to_pylist() for name in names)
    return {
        name: _Measure(
            name, kind == "flow", step, over_places, np.inf if maximum is None else maximum
        )
        for name, kind, step, over_places, maximum in zip(*columns, strict=True)
    }


def _by_measure(ruled: pa.Table) -> Iterator[tuple[str, _Values]]:
    """The values of each measure, by name."""
    valued = ruled.filter(pc.is_valid(ruled.column("value")))
    measures, measure_of = _used(*_coded(valued.column("measure")))
    places, place_of = _coded(valued.column("place"))
    categories, category_of = _coded(valued.column("category"))
    day_of = valued.column("reference_date").cast(pa.int32()).to_numpy().astype(int) + _EPOCH
    value_of = valued.column("value").to_numpy()
    for code in sorted(range(len(measures)), key=lambda code: measures[code]):
        rows = np.flatnonzero(measure_of == code)
        yield (
            measures[code],
            _Values(
                *_used(places, place_of[rows]),
                *_used(categories, category_of[rows]),
                day_of[rows],
                value_of[rows],
            ),
        )


def _coded(column: pa.ChunkedArray) -> tuple[list[str], IntArray]:
    """The texts of a column, and of each row the number of its text."""
    if column.num_chunks == 0:
        return [], np.zeros(0, dtype=int)
    whole = column.combine_chunks()
    encoded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(int)


def _used(names: list[str], codes: IntArray) -> tuple[list[str], IntArray]:
    """Only the texts that a row has, in their order, and the rows' numbers among them."""
    present = np.flatnonzero(np.bincount(codes, minlength=len(names)))
    number = np.full(len(names), -1)
    number[present] = np.arange(present.size)
    return [names[code] for code in present], number[codes]


def _cover(
    measure: _Measure,
    rows: _Values,
    hierarchy: Hierarchy,
    *,
    since: date | None,
    completed_since: date,
) -> pa.Table:
    members = hierarchy.base(rows.places)
    column = {name: number for number, name in enumerate(members)}
    number = np.array([column.get(name, -1) for name in rows.places], dtype=int)
    place_of = number[rows.place_of]
    days = np.unique(rows.day_of)
    if measure.step == "day":
        days = np.arange(days[0], days[-1] + 1)
    periods = hierarchy.periods(members, int(days[0]), int(days[-1]) + 1)
    values = np.full((len(rows.categories), days.size, len(members)), np.nan)
    day_of = np.searchsorted(days, rows.day_of)
    taken = place_of >= 0
    values[rows.category_of[taken], day_of[taken], place_of[taken]] = rows.value_of[taken]
    parts = [_SCHEMA.empty_table()]
    for code, name in enumerate(rows.categories):
        grid = _grid(days, values[code], periods)
        parts.extend(
            _totals(measure, name, grid, period, hierarchy.totals, since, completed_since)
            for period in periods
        )
    return pa.concat_tables(parts)


def _grid(days: IntArray, values: FloatArray, periods: tuple[Period, ...]) -> _Grid:
    is_valid = np.concatenate(
        [np.tile(period.is_valid, (_within(days, period).sum(), 1)) for period in periods]
    )
    ever = ~np.isnan(values).all(axis=0)
    return _Grid(days, np.where(is_valid, values, np.nan), is_valid & ever)


def _within(days: IntArray, period: Period) -> BoolArray:
    result: BoolArray = (days >= period.first) & (days < period.end)
    return result


def _totals(
    measure: _Measure,
    category: str,
    grid: _Grid,
    period: Period,
    totals: tuple[str, ...],
    since: date | None,
    completed_since: date,
) -> pa.Table:
    """Rows of one measure and category over one period and all totals."""
    shown = _within(grid.days, period)
    if since is not None:
        shown &= grid.days >= since.toordinal()
    members = period.is_within.astype(float)
    present = ~np.isnan(grid.values)
    reported = present[shown] @ members
    expected = grid.is_expected[shown] @ members
    sums = np.nan_to_num(grid.values[shown]) @ members
    completed = _completed(measure, grid, period, shown, completed_since.toordinal())
    change, change_places = _change(grid, shown, members)
    if measure.over_places == "none":
        sums, completed, change = (np.full_like(each, np.nan) for each in (sums, completed, change))
    elif measure.over_places == "mean":
        sums = sums / np.where(reported == 0, 1, reported)
        completed = np.minimum(completed / np.where(expected == 0, 1, expected), measure.maximum)
    sums = np.where(reported == 0, np.nan, sums)
    kept = expected > 0
    row, column = np.nonzero(kept)
    return pa.table(
        [
            pa.repeat(measure.name, row.size),
            pa.array(totals, pa.string()).take(pa.array(column)),
            pa.repeat(category, row.size),
            pa.array((grid.days[shown][row] - _EPOCH).astype(np.int32)).cast(pa.date32()),
            _numbers(sums[kept]),
            pa.array(reported[kept].astype(np.int64)),
            pa.array(expected[kept].astype(np.int64)),
            *(_numbers(each[kept]) for each in completed),
            _numbers(change[kept]),
            pa.array(change_places[kept].astype(np.int64)),
        ],
        schema=_SCHEMA,
    )


def _numbers(values: FloatArray) -> pa.Array:
    return pa.array(values, from_pandas=True)


def _change(grid: _Grid, shown: BoolArray, members: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Share of change against the value 7 days before, over places present on both days."""
    position = np.searchsorted(grid.days, grid.days[shown] - _CHANGE_DAYS)
    is_there = grid.days[position] == grid.days[shown] - _CHANGE_DAYS
    now = grid.values[shown]
    before = np.where(is_there[:, None], grid.values[position], np.nan)
    both = ~np.isnan(now) & ~np.isnan(before)
    base = np.where(both, before, 0.0) @ members
    share = np.where(both, now, 0.0) @ members / np.where(base == 0, np.nan, base) - 1
    return share, both @ members


def _completed(
    measure: _Measure, grid: _Grid, period: Period, shown: BoolArray, since: int
) -> FloatArray:
    """(3, days shown, totals): median, 5 % and 95 % of the sum over all expected places."""
    wanted = np.flatnonzero(shown & (grid.days >= since))
    result = np.full((3, int(shown.sum()), period.is_within.shape[1]), np.nan)
    if not wanted.size or not grid.values.shape[1]:
        return result
    window = 7 if measure.is_flow and measure.step == "day" else 1
    memory = _MEMORY[measure.step]
    # The spread is measured on as many days again as a report may be old.
    start = max(0, int(wanted[0]) - 2 * memory)
    estimate = complete(
        grid.values[start : wanted[-1] + 1],
        grid.is_expected[start : wanted[-1] + 1],
        period.group,
        first=int(wanted[0]) - start,
        window=window,
        memory=memory,
    )
    members = period.is_within.astype(float)
    present = ~np.isnan(grid.values[wanted])
    is_known = ~np.isnan(estimate.mean)
    missing = np.where(present | ~is_known, 0.0, estimate.mean) @ members
    spread = np.where(is_known, estimate.variance, 0.0) @ members
    unknown = (grid.is_expected[wanted] & ~is_known) @ members
    ranges = range_of_sum(missing.ravel(), spread.ravel()).reshape(3, *missing.shape)
    if not (grid.values < 0).any():
        ranges = np.maximum(ranges, 0.0)
    total = ranges + np.nan_to_num(grid.values[wanted]) @ members
    result[:, wanted - np.flatnonzero(shown)[0]] = np.where(unknown > 0, np.nan, total)
    return result
