"""Rows of the table of scores: the scored tasks of a measure, summed up in several ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.scored_tasks import ScoredTasks, Truth
from vigie.paths import PHASES, BoolArray, FloatArray, IntArray, pit_sums, relative_scores
from vigie.schemas import SCORES

__all__ = ["LAST_DAYS", "WeeklySums", "score_rows", "weekly_sums"]

LAST_DAYS = 56
"""Days whose outcomes are summed up, but for the rows by week."""

_MONDAY = np.datetime64("1970-01-05", "D")


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums of scores within groups of tasks, all (group,) and pit (group, bin)."""

    tasks: IntArray
    wis: FloatArray
    log_wis: FloatArray
    in_50: FloatArray
    in_95: FloatArray
    brier: FloatArray
    made_after: FloatArray
    ratio: FloatArray
    log_ratio: FloatArray
    pit: FloatArray
    first: np.ndarray
    last: np.ndarray


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
    base = {name: _of_baseline(tasks, baseline, name) for name in ("wis", "log_wis")}
    is_last = tasks.target_end_date > np.datetime64(as_of - timedelta(days=LAST_DAYS), "D")
    tables = [
        _table(target, cut, keys, tasks, base, np.ones_like(is_last) if cut == "week" else is_last)
        for cut, keys in _cuts(tasks, truth, groups)
    ]
    rows = pa.concat_tables([_empty(), *(each for each in tables if each is not None)])
    rows = _with_pairwise(rows, tasks.select(is_last), baseline)
    name = rows["model_id"].to_pylist()
    for column, wanted in (("is_baseline", baseline), ("is_published", published)):
        values = pa.array([each == wanted for each in name], pa.bool_())
        rows = rows.set_column(rows.schema.get_field_index(column), column, values)
    return rows


def _empty() -> pa.Table:
    names = [name for name in SCORES.names if name != "run"]
    return pa.schema([pa.field(name, SCORES[name].type) for name in names]).empty_table()


_Keys = Mapping[str, tuple[IntArray, Sequence[object]]]


def _cuts(
    tasks: ScoredTasks, truth: Truth, groups: Mapping[str, str]
) -> Iterator[tuple[str, _Keys]]:
    """The ways to cut: name, and by column the number of each task's value and the values."""
    names = sorted({groups.get(place, "other") for place in truth.places})
    group_of = np.array([names.index(groups.get(place, "other")) for place in truth.places])
    mondays = _mondays(tasks.target_end_date)
    weeks = np.unique(mondays)
    at = (tasks.target_end_date - truth.first).astype(np.int64)
    horizons = np.unique(tasks.horizon)
    yield "all", {}
    yield "horizon", {"horizon": (np.searchsorted(horizons, tasks.horizon), horizons.tolist())}
    if len(truth.categories) > 1:
        yield "category", {"category": (tasks.category, truth.categories)}
    yield "group", {"place_group": (group_of[tasks.place], names)}
    yield (
        "place",
        {
            "place": (tasks.place, truth.places),
            "place_group": (group_of[tasks.place], names),
        },
    )
    yield "phase", {"phase": (truth.phases[tasks.category, at], PHASES)}
    yield "week", {"week": (np.searchsorted(weeks, mondays), [_as_date(day) for day in weeks])}


def _table(
    target: str,
    cut: str,
    keys: _Keys,
    tasks: ScoredTasks,
    base: Mapping[str, FloatArray],
    kept: BoolArray,
) -> pa.Table | None:
    """Rows of one way to cut the tasks kept; None without any."""
    if not kept.any():
        return None
    some = tasks.select(kept)
    columns = [some.model, *(number[kept] for number, _ in keys.values())]
    distinct, group = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    of_base = {name: values[kept] for name, values in base.items()}
    sums = _sums(some, group.reshape(-1), len(distinct), of_base)
    found: dict[str, object] = {
        "model_id": [tasks.models[number] for number in distinct[:, 0]],
        "target": [target] * len(distinct),
        "slice": [cut] * len(distinct),
        "horizon": [0] * len(distinct),
    }
    found |= {name: [""] * len(distinct) for name in ("category", "place_group", "place", "phase")}
    for at, (name, (_, values)) in enumerate(keys.items(), start=1):
        found[name] = [values[number] for number in distinct[:, at]]
    return _as_rows(found | _figures(sums), len(distinct))


def _with_pairwise(rows: pa.Table, tasks: ScoredTasks, baseline: str) -> pa.Table:
    """The same rows, with the relative WIS by pairs where all tasks are together."""
    if baseline not in tasks.models or not len(tasks.model):
        return rows
    key, count = _task_numbers(tasks)
    scores = np.full((len(tasks.models), count), np.nan)
    scores[tasks.model, key] = tasks.scores["wis"]
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


def _figures(sums: _Sums) -> dict[str, object]:
    count = sums.tasks.astype(np.float64)
    return {
        "tasks": sums.tasks,
        "wis": sums.wis / count,
        "log_wis": sums.log_wis / count,
        "relative_wis": sums.ratio,
        "relative_log_wis": sums.log_ratio,
        "coverage_50": sums.in_50 / count,
        "coverage_95": sums.in_95 / count,
        "brier": sums.brier,
        "pit": (sums.pit / count[:, None]).astype(np.float32).tolist(),
        "made_after": sums.made_after.astype(np.int64),
        "from_date": sums.first,
        "to_date": sums.last,
    }


def _sums(
    tasks: ScoredTasks, group: IntArray, groups: int, base: Mapping[str, FloatArray]
) -> _Sums:
    def total(values: FloatArray | BoolArray) -> FloatArray:
        return np.asarray(np.bincount(group, np.nan_to_num(values), groups), dtype=np.float64)

    def ratio(name: str) -> FloatArray:
        both = np.isfinite(base[name])
        below = total(base[name])
        above = total(np.where(both, scores[name], 0.0))
        found = np.divide(above, below, out=np.full(groups, np.nan), where=below > 0)
        return np.asarray(found, dtype=np.float64)

    scores = tasks.scores
    days = tasks.target_end_date.astype(np.int64)
    first = np.full(groups, np.iinfo(np.int64).max)
    last = np.full(groups, np.iinfo(np.int64).min)
    np.minimum.at(first, group, days)
    np.maximum.at(last, group, days)
    told = total(np.isfinite(scores["brier"]))
    return _Sums(
        tasks=np.bincount(group, minlength=groups),
        wis=total(scores["wis"]),
        log_wis=total(scores["log_wis"]),
        in_50=total(scores["is_in_50"]),
        in_95=total(scores["is_in_95"]),
        brier=np.divide(total(scores["brier"]), told, out=np.full(groups, np.nan), where=told > 0),
        made_after=total(tasks.is_made_after),
        ratio=ratio("wis"),
        log_ratio=ratio("log_wis"),
        pit=pit_sums(scores["pit_low"], scores["pit_high"], group, groups),
        first=first.astype("datetime64[D]"),
        last=last.astype("datetime64[D]"),
    )


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
    """Number of the origin, place, category and horizon of each row, whichever the model."""
    if not len(tasks.model):
        return np.empty(0, dtype=np.int64), 0
    key = tasks.origin
    for column in (tasks.place, tasks.category, tasks.horizon):
        key = key * (int(column.max()) + 1) + column
    distinct, number = np.unique(key, return_inverse=True)
    return number.reshape(-1), len(distinct)


def _mondays(days: np.ndarray) -> np.ndarray:
    return np.asarray(days - (days - _MONDAY).astype(np.int64) % 7)


def _as_date(day: np.datetime64) -> date:
    found: date = day.astype(object)
    return found
