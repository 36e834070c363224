"""Rows of the table of shortage days: each day of each series, from the arrays that judged it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.shortages.shortage_rows import Inputs, Series
from vigie.hospital import Limit
from vigie.paths import BoolArray, FloatArray, IntArray, PathArray, order_index
from vigie.schemas import SHORTAGE_DAYS

__all__ = ["LEAST_PROBABILITY", "DayPaths", "shortage_days"]

LEAST_PROBABILITY = 0.05
"""Products less likely to run out within the horizon have no rows: there are thousands."""

_LEVELS = (0.1, 0.5, 0.9)

_BLOCK = 8
"""Series taken at once, so that what is sorted stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class DayPaths:
    """What a rule compares on each day; arrays are (place, category, day, sample) or broadcast.

    Attributes:
        need: wanted that day.
        capacity: what can be used that day; stock left at the end of the day for products.
        short: the day is a short one.
        first_day: (place, category, sample), first short day, 1 is the first day looked at.
        unmet: need without capacity that day; None: need less capacity.
        limits: which ``Limit`` is the smallest; None: the series' own word for all days.
        delivered: (place, category, day), units expected to arrive; None: not of this kind.
    """

    need: PathArray
    capacity: PathArray
    short: BoolArray
    first_day: PathArray
    unmet: PathArray | None = None
    limits: np.ndarray | None = None
    delivered: PathArray | None = None


def shortage_days(series: Series, inputs: Inputs, paths: DayPaths, known: BoolArray) -> pa.Table:
    """Rows of the table of shortage days (without run), one a day of each series that is known.

    P(short by a day) is counted from the same first short days as the table of shortages, so the
    two cannot contradict each other. Quantiles are order statistics: values that a future has.

    Args:
        series: what the rows share.
        inputs: of the run.
        paths: the days.
        known: (place, category), which series get rows.
    """
    place, category = np.nonzero(known)
    blocks = [
        _rows(series, inputs, paths, place[at : at + _BLOCK], category[at : at + _BLOCK])
        for at in range(0, len(place), _BLOCK)
    ]
    schema = SHORTAGE_DAYS.schema_before_run()
    return pa.concat_tables(blocks).cast(schema) if blocks else schema.empty_table()


def _rows(
    series: Series, inputs: Inputs, paths: DayPaths, place: IntArray, category: IntArray
) -> pa.Table:
    """The rows of some series, one after the other."""
    need = paths.need[place, category]
    capacity = _of(paths.capacity, place, category)
    short = _of(paths.short, place, category)
    count, days = need.shape[:2]
    on, by = _share(short), _first_by(paths.first_day[place, category], days)
    figures = {
        "probability_on": np.minimum(on, by),
        "probability_by": by,
        "expected_unmet": _mean_unmet(paths, need, capacity, place, category),
    }
    for name, values in (("need", need), ("capacity", capacity)):
        for level, quantile in zip(_LEVELS, _quantiles(values), strict=True):
            figures[f"{name}_q{level * 100:.0f}"] = quantile
    columns: dict[str, pa.Array] = {
        name: pa.array(np.broadcast_to(values, (count, days)).reshape(-1).astype(np.float64))
        for name, values in figures.items()
    }
    first = inputs.as_of + timedelta(days=series.offset)
    dates = [first + timedelta(days=day) for day in range(days)]
    columns |= {
        "kind": pa.array([series.kind] * count * days),
        "place": pa.array(series.places).take(pa.array(np.repeat(place, days))),
        "category": pa.array(series.categories).take(pa.array(np.repeat(category, days))),
        "date": pa.array(dates * count, pa.date32()),
        "delivered": _delivered(paths, place, category, count * days),
        "binds": pa.array(_binds(series, paths, short, place, category, days)),
    }
    return pa.table(columns).select([name for name in SHORTAGE_DAYS.names if name != "run"])


def _of(values: np.ndarray, place: IntArray, category: IntArray) -> np.ndarray:
    """(series, day, sample) of the series; an axis of length 1 stands for all."""
    row = place if values.shape[0] > 1 else np.zeros_like(place)
    return values[row, category if values.shape[1] > 1 else np.zeros_like(category)]


def _share(short: BoolArray) -> FloatArray:
    return np.asarray(np.count_nonzero(short, axis=-1) / short.shape[-1])


def _first_by(first_day: PathArray, days: int) -> FloatArray:
    """P(first short day <= day) for days 1..H, (series, day)."""
    return np.stack([_share(first_day <= day) for day in range(1, days + 1)], axis=1)


def _quantiles(values: PathArray) -> PathArray:
    """(level, series, day); what is the same in all futures is not sorted."""
    total = values.shape[-1]
    if total == 1:
        return np.stack([values[..., 0]] * len(_LEVELS))
    at = [int(order_index(level, np.asarray(total))) for level in _LEVELS]
    # Sorting 1000 numbers takes a tenth of the time of partitioning them at three places.
    ordered = np.sort(values, axis=-1)
    return np.stack([ordered[..., each] for each in at])


def _mean_unmet(
    paths: DayPaths, need: PathArray, capacity: PathArray, place: IntArray, category: IntArray
) -> FloatArray:
    if paths.unmet is not None:
        unmet = _of(paths.unmet, place, category)
    else:
        unmet = np.maximum(need - capacity, np.float32(0))
    return np.asarray(unmet.mean(axis=-1, dtype=np.float64))


def _delivered(paths: DayPaths, place: IntArray, category: IntArray, count: int) -> pa.Array:
    if paths.delivered is None:
        return pa.nulls(count, pa.float64())
    return pa.array(paths.delivered[place, category].astype(np.float64).reshape(-1))


def _binds(
    series: Series,
    paths: DayPaths,
    short: BoolArray,
    place: IntArray,
    category: IntArray,
    days: int,
) -> list[str]:
    """What binds most often that day: among its short futures, or among all where none is."""
    if paths.limits is None:
        pairs = zip(place.tolist(), category.tolist(), strict=True)
        return [word for at, of in pairs for word in [series.binds[at][of]] * days]
    limits = _of(paths.limits, place, category)
    binding = np.stack([limits == limit for limit in Limit])
    short_counts = np.count_nonzero(binding & short, axis=-1)
    counts = np.where(short.any(axis=-1), short_counts, np.count_nonzero(binding, axis=-1))
    names = [limit.name.lower() for limit in Limit]
    return [names[at] for at in counts.argmax(axis=0).reshape(-1).tolist()]
