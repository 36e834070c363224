"""Rows of the table of scores: the scored tasks of a measure, summed up in several ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.scores.scored_tasks import ScoredTasks, Truth
from vigie.paths import PHASES, BoolArray, FloatArray, IntArray, pit_sums, relative_scores
from vigie.schemas import SCORES

__all__ = ["LAST_DAYS", "WeeklySums", "score_rows", "weekly_sums"]

LAST_DAYS = 56
"""Days whose outcomes are summed up, but for the rows by week."""

_MONDAY = np.datetime64("1970-01-05", "D")


_SUMS = (
    "tasks",
    "wis",
    "log_wis",
    "in_50",
    "in_95",
    "brier",
    "brier_tasks",
    "made_after",
    "shared_wis",
    "base_wis",
    "shared_log_wis",
    "base_log_wis",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Sums over the tasks that agree in every key: few enough to be summed up in many ways.

    Attributes:
        keys: (cell,) numbers, by name.
        sums: (cell,) sums, by name.
        pit: (cell, bin).
        first, last: (cell,), ends of the target dates.
        is_last: (cell,), within the last 8 weeks.
    """

    keys: Mapping[str, IntArray]
    sums: Mapping[str, FloatArray]
    pit: FloatArray
    first: np.ndarray
    last: np.ndarray
    is_last: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class WeeklySums:
    """Sums of WIS in whole weeks, for the choice among models.

    Attributes:
        mondays: (week,).
        own, of_baseline: (model, week), over the tasks that both have; NaN without any.
        share: (model,), of the baseline's tasks those that the model has too.
    """

    mondays: np.ndarray
    own: FloatArray
    of_baseline: FloatArray
    share: FloatArray


def weekly_sums(tasks: ScoredTasks, baseline: str, as_of: date) -> WeeklySums:
    """Sums of each model of the tasks over the weeks that ended before a day."""
    base = _of_baseline(tasks, baseline)
    monday = _mondays(tasks.target_end_date)
    is_whole = monday + 6 < np.datetime64(as_of, "D")
    both = is_whole & np.isfinite(base)
    mondays = np.unique(monday[both])
    week = np.searchsorted(mondays, monday[both])
    shape = (len(tasks.models), len(mondays))
    group = tasks.model[both] * shape[1] + week
    size = shape[0] * shape[1]
    count = np.bincount(group, minlength=size).reshape(shape)
    own, of_baseline = (
        np.where(count > 0, np.bincount(group, values, size).reshape(shape), np.nan)
        for values in (tasks.scores["wis"][both], base[both])
    )
    counts = count.sum(axis=1)
    of_base = counts[tasks.models.index(baseline)] if baseline in tasks.models else 0
    return WeeklySums(mondays, own, of_baseline, counts / max(1, int(of_base)))


def score_rows(
    target: str,
    tasks: ScoredTasks,
    truth: Truth,
    groups: Mapping[str, str],
    *,
    baseline: str,
    published: str,
    as_of: date,
) -> pa.Table:
    """Rows of ``schemas.SCORES`` of one measure, all but the column ``run``.

    Args:
        target: the measure.
        tasks: of the measure, over the whole window.
        truth: of the measure.
        groups: site, region, nation or other, by place.
        baseline, published: names of models.
        as_of: day of the run.
    """
    if not len(tasks.model):
        return _empty()
    names = _Names.of(tasks, truth, groups)
    cells = _cells(tasks, truth, names, baseline, as_of)
    tables = [_table(target, cut, keys, cells, names) for cut, keys in _CUTS.items()]
    rows = pa.concat_tables([_empty(), *(each for each in tables if each is not None)])
    is_last = tasks.target_end_date > np.datetime64(as_of - timedelta(days=LAST_DAYS), "D")
    rows = _with_pairwise(rows, tasks.select(is_last), baseline)
    name = rows["model_id"].to_pylist()
    for column, wanted in (("is_baseline", baseline), ("is_published", published)):
        values = pa.array([each == wanted for each in name], pa.bool_())
        rows = rows.set_column(rows.schema.get_field_index(column), column, values)
    return rows


_CUTS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "horizon": ("horizon",),
    "category": ("category",),
    "group": ("place_group",),
    "place": ("place", "place_group"),
    "phase": ("phase",),
    "week": ("week",),
}
"""Ways to sum up: by the model and these keys; weeks over the whole window."""


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """What the numbers of the keys stand for, by name; and the group of each place."""

    values: Mapping[str, Sequence[object]]
    group_of: IntArray
    mondays: np.ndarray
    horizons: IntArray

    @classmethod
    def of(cls, tasks: ScoredTasks, truth: Truth, groups: Mapping[str, str]) -> _Names:
        kinds = [groups.get(place, "other") for place in truth.places]
        named = sorted(set(kinds))
        mondays = np.unique(_mondays(tasks.target_end_date))
        horizons = np.unique(tasks.horizon)
        values: dict[str, Sequence[object]] = {
            "model": tasks.models,
            "horizon": horizons.tolist(),
            "category": truth.categories,
            "place": truth.places,
            "place_group": named,
            "phase": PHASES,
            "week": [_as_date(day) for day in mondays],
        }
        group_of = np.array([named.index(kind) for kind in kinds], dtype=np.int64)
        return cls(values, group_of, mondays, horizons)


def _empty() -> pa.Table:
    names = [name for name in SCORES.names if name != "run"]
    return pa.schema([pa.field(name, SCORES[name].type) for name in names]).empty_table()


def _cells(tasks: ScoredTasks, truth: Truth, names: _Names, baseline: str, as_of: date) -> _Cells:
    """Tasks summed up by all keys together."""
    at = (tasks.target_end_date - truth.first).astype(np.int64)
    keys = {
        "model": tasks.model,
        "horizon": np.searchsorted(names.horizons, tasks.horizon),
        "category": tasks.category,
        "place": tasks.place,
        "place_group": names.group_of[tasks.place],
        "phase": truth.phases[tasks.category, at],
        "week": np.searchsorted(names.mondays, _mondays(tasks.target_end_date)),
    }
    is_last = tasks.target_end_date > np.datetime64(as_of - timedelta(days=LAST_DAYS), "D")
    first, cell = _distinct([*keys.values(), is_last.astype(np.int64)])
    count = len(first)
    days = tasks.target_end_date.astype(np.int64)
    begins = np.full(count, np.iinfo(np.int64).max)
    ends = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(begins, cell, days)
    np.maximum.at(ends, cell, days)
    return _Cells(
        {name: values[first] for name, values in keys.items()},
        {
            name: np.asarray(np.bincount(cell, values, count), dtype=np.float64)
            for name, values in zip(_SUMS, _summed(tasks, baseline), strict=True)
        },
        pit_sums(tasks.scores["pit_low"], tasks.scores["pit_high"], cell, count),
        begins.astype("datetime64[D]"),
        ends.astype("datetime64[D]"),
        is_last[first],
    )


def _summed(tasks: ScoredTasks, baseline: str) -> Iterator[FloatArray]:
    """What is summed up of each task, in order of the names of sums."""
    scores = tasks.scores
    is_told = np.isfinite(scores["brier"])
    yield np.ones(len(tasks.model))
    yield from (scores[name] for name in ("wis", "log_wis", "is_in_50", "is_in_95"))
    yield np.where(is_told, scores["brier"], 0.0)
    yield is_told.astype(np.float64)
    yield tasks.is_made_after.astype(np.float64)
    for name in ("wis", "log_wis"):
        base = _of_baseline(tasks, baseline, name)
        yield np.where(np.isfinite(base), scores[name], 0.0)
        yield np.nan_to_num(base)


def _distinct(columns: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """Where each distinct row of small numbers is first, and of each row its number."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        key = key * (int(column.max(initial=0)) + 1) + column
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return first, number.reshape(-1)


def _table(
    target: str, cut: str, keys: Sequence[str], cells: _Cells, names: _Names
) -> pa.Table | None:
    """Rows of one way to sum up; None without any."""
    if cut == "category" and len(names.values["category"]) < 2:
        return None
    kept = np.flatnonzero(cells.is_last | (cut == "week"))
    if not len(kept):
        return None
    chosen = ("model", *keys)
    first, group = _distinct([cells.keys[name][kept] for name in chosen])
    count = len(first)
    found: dict[str, object] = {
        "target": [target] * count,
        "slice": [cut] * count,
        "horizon": [0] * count,
    }
    found |= {name: [""] * count for name in ("category", "place_group", "place", "phase")}
    for name in chosen:
        numbers = cells.keys[name][kept][first]
        told = [names.values[name][number] for number in numbers.tolist()]
        found["model_id" if name == "model" else name] = told
    return _as_rows(found | _figures(cells, kept, group, count), count)


def _with_pairwise(rows: pa.Table, tasks: ScoredTasks, baseline: str) -> pa.Table:
    """The same rows, with the relative WIS by pairs where all tasks are together."""
    if baseline not in tasks.models or not len(tasks.model):
        return rows
    numbers, key = np.unique(_task_numbers(tasks)[0], return_inverse=True)
    scores = np.full((len(tasks.models), len(numbers)), np.nan)
    scores[tasks.model, key.reshape(-1)] = tasks.scores["wis"]
    found = relative_scores(scores, tasks.models.index(baseline))
    values = [
        float(found[tasks.models.index(model)]) if cut == "all" else None
        for model, cut in zip(rows["model_id"].to_pylist(), rows["slice"].to_pylist(), strict=True)
    ]
    at = rows.schema.get_field_index("pairwise_wis")
    return rows.set_column(at, "pairwise_wis", pa.array(values, pa.float64(), from_pandas=True))


def _as_rows(found: Mapping[str, object], count: int) -> pa.Table:
    arrays = []
    for field in _empty().schema:
        values = found.get(field.name)
        if values is None:
            arrays.append(pa.nulls(count, field.type))
        elif isinstance(values, np.ndarray) and values.ndim == 1:
            arrays.append(pa.array(values, from_pandas=True).cast(field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=_empty().schema)


def _figures(cells: _Cells, kept: IntArray, group: IntArray, count: int) -> dict[str, object]:
    """Means, ratios of sums and ends of dates of the groups of cells."""
    sums = {name: np.bincount(group, values[kept], count) for name, values in cells.sums.items()}

    def ratio(above: str, below: str) -> FloatArray:
        empty = np.full(count, np.nan)
        return np.asarray(np.divide(sums[above], sums[below], out=empty, where=sums[below] > 0))

    pit = np.stack([np.bincount(group, column[kept], count) for column in cells.pit.T], axis=1)
    first, last = (days[kept].astype(np.int64) for days in (cells.first, cells.last))
    begins = np.full(count, np.iinfo(np.int64).max)
    ends = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(begins, group, first)
    np.maximum.at(ends, group, last)
    return {
        "tasks": sums["tasks"].astype(np.int64),
        "wis": ratio("wis", "tasks"),
        "log_wis": ratio("log_wis", "tasks"),
        "relative_wis": ratio("shared_wis", "base_wis"),
        "relative_log_wis": ratio("shared_log_wis", "base_log_wis"),
        "coverage_50": ratio("in_50", "tasks"),
        "coverage_95": ratio("in_95", "tasks"),
        "brier": ratio("brier", "brier_tasks"),
        "pit": (pit / sums["tasks"][:, None]).astype(np.float32).tolist(),
        "made_after": sums["made_after"].astype(np.int64),
        "from_date": begins.astype("datetime64[D]"),
        "to_date": ends.astype("datetime64[D]"),
    }


def _of_baseline(tasks: ScoredTasks, baseline: str, score: str = "wis") -> FloatArray:
    """(task,), the baseline's score of the same task; NaN where it has none."""
    if baseline not in tasks.models:
        return np.full(len(tasks.model), np.nan)
    key, count = _task_numbers(tasks)
    known = np.full(count, np.nan)
    is_base = tasks.model == tasks.models.index(baseline)
    known[key[is_base]] = tasks.scores[score][is_base]
    return known[key]


def _task_numbers(tasks: ScoredTasks) -> tuple[IntArray, int]:
    """Number of the origin, place, category and horizon of each row, whichever the model.

    The numbers leave gaps; the second value is larger than all of them.
    """
    key, count = np.zeros(len(tasks.model), dtype=np.int64), 1
    for column in (tasks.origin, tasks.place, tasks.category, tasks.horizon):
        size = int(column.max(initial=0)) + 1
        key, count = key * size + column, count * size
    return key, count


def _mondays(days: np.ndarray) -> np.ndarray:
    return np.asarray(days - (days - _MONDAY).astype(np.int64) % 7)


def _as_date(day: np.datetime64) -> date:
    found: date = day.astype(object)
    return found
