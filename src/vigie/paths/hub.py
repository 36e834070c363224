"""Forecasts in the hubs' format: from one row a quantile to one row a task, joined with the truth.

A task is a model's forecast of one reference date, location and horizon in weeks; it counts when
all levels are there. Format: hubverse model-output and target data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.errors import BadData
from vigie.paths.arrays import DateArray, FloatArray, IntArray
from vigie.paths.distribution import QUANTILE_LEVELS

__all__ = ["HubTasks", "hub_tasks", "hub_truth", "with_truth"]

_DIGITS = 4
"""Levels are compared to four digits: files hold them in single precision, too."""

_OTHER_NAMES = {
    "model": "model_id",
    "quantile": "output_type_id",
    "q": "output_type_id",
    "date": "target_end_date",
    "observation": "value",
}


@dataclass(frozen=True, slots=True, eq=False)
class HubTasks:
    """Forecasts of tasks; all arrays have one row a model and task.

    Attributes:
        models: names.
        model_of: (task,), number among the models.
        reference_date: (task,), datetime64[D].
        location: (task,), texts; numbers have two digits at least.
        horizon: (task,), weeks.
        quantiles: (task, level), at the 23 levels of the hubs.
        truth: (task,), what happened; NaN where it is not known.
    """

    models: tuple[str, ...]
    model_of: IntArray
    reference_date: DateArray
    location: np.ndarray
    horizon: IntArray
    quantiles: FloatArray
    truth: FloatArray

    @property
    def target_end_date(self) -> DateArray:
        """(task,): the Saturday that ends the week forecast."""
        return np.asarray(self.reference_date + (self.horizon * 7).astype("timedelta64[D]"))

    def task_of(self) -> IntArray:
        """(row,): number of its reference date, location and horizon, whichever the model."""
        _, place = np.unique(self.location.astype(str), return_inverse=True)
        day = self.reference_date.astype(np.int64)
        return _distinct(day, place.reshape(-1), self.horizon)[1]

    def select(self, chosen: np.ndarray) -> HubTasks:
        """The tasks chosen by a mask or index."""
        return HubTasks(
            self.models,
            self.model_of[chosen],
            self.reference_date[chosen],
            self.location[chosen],
            self.horizon[chosen],
            self.quantiles[chosen],
            self.truth[chosen],
        )


def hub_tasks(rows: pa.Table, *, model: str, target: str = "") -> HubTasks:
    """Forecasts from rows of model-output.

    Args:
        rows: columns reference_date, location, horizon, output_type_id (or quantile, q) and value;
            model_id (or model), output_type and target where there are several.
        model: name of the model when no column says it.
        target: rows of other targets are left out; "": none are.

    Returns:
        Tasks with all levels, without truth; those that lack a level are left out.

    Raises:
        BadData: a column is missing, a quantile is negative or no number, or a row is there twice.
    """
    rows = _named(rows, ("reference_date", "location", "horizon", "output_type_id", "value"))
    if "output_type" in rows.column_names:
        rows = rows.filter(pc.equal(_text(rows["output_type"]), "quantile"))
    if target and "target" in rows.column_names:
        rows = rows.filter(pc.equal(_text(rows["target"]), target))
    level = np.round(_numbers(rows["output_type_id"]), _DIGITS)
    levels = np.round(np.asarray(QUANTILE_LEVELS), _DIGITS)
    at = np.minimum(np.searchsorted(levels, level), len(levels) - 1)
    kept = levels[at] == level
    rows, at = rows.filter(pa.array(kept)), at[kept]
    value = _numbers(rows["value"])
    if bad := int((~np.isfinite(value) | (value < 0)).sum()):
        raise BadData(f"{bad} quantiles are negative, NaN or infinite. Correct the forecasts.")
    names = _text(rows["model_id"]) if "model_id" in rows.column_names else None
    model_names, model_of = (
        _coded(names) if names is not None else ([model], np.zeros(len(at), int))
    )
    places, place_of = _coded(_location(rows["location"]))
    day = _days(rows["reference_date"])
    horizon = _numbers(rows["horizon"]).astype(np.int64)
    columns = (model_of, day.astype(np.int64), place_of, horizon)
    first, task_of = _distinct(*columns)
    tasks = np.stack([each[first] for each in columns], axis=1)
    cell = task_of * len(levels) + at
    if twice := len(cell) - int(np.count_nonzero(np.bincount(cell))):
        raise BadData(
            f"{twice} rows are there twice (same model, task and quantile level). Remove them."
        )
    quantiles = np.full((len(tasks), len(levels)), np.nan)
    quantiles.reshape(-1)[cell] = value
    whole = np.isfinite(quantiles).all(axis=1)
    tasks, quantiles = tasks[whole], quantiles[whole]
    return HubTasks(
        tuple(model_names),
        tasks[:, 0],
        tasks[:, 1].astype("datetime64[D]"),
        np.asarray(places, dtype=object)[tasks[:, 2]],
        tasks[:, 3],
        quantiles,
        np.full(len(tasks), np.nan),
    )


def hub_truth(rows: pa.Table) -> dict[tuple[str, np.datetime64], float]:
    """What happened, by location and target_end_date, from rows of target data.

    Args:
        rows: columns location, target_end_date (or date) and value (or observation); null values
            are left out.

    Raises:
        BadData: a column is missing, or two rows say what happened at one place and week.
    """
    rows = _named(rows, ("location", "target_end_date", "value"))
    value = _numbers(rows["value"])
    place, day = _location(rows["location"]).to_pylist(), _days(rows["target_end_date"])
    known = np.isfinite(value)
    found = {(place[i], day[i]): float(value[i]) for i in np.flatnonzero(known)}
    if len(found) != known.sum():
        raise BadData(
            f"The truth has {int(known.sum()) - len(found)} rows too many: a location and week is "
            "there twice. Choose one season or one version of it."
        )
    return found


def with_truth(
    tasks: Sequence[HubTasks], truth: dict[tuple[str, np.datetime64], float]
) -> HubTasks:
    """Tasks of several files together, with what happened; those without truth are left out.

    Raises:
        BadData: two files hold forecasts of one model for the same task.
    """
    models = tuple(sorted({name for each in tasks for name in each.models}))
    number = {name: at for at, name in enumerate(models)}
    renumbered = [
        np.array([number[name] for name in each.models], dtype=np.int64) for each in tasks
    ]
    joined = HubTasks(
        models,
        np.concatenate([to[each.model_of] for to, each in zip(renumbered, tasks, strict=True)]),
        np.concatenate([each.reference_date for each in tasks]),
        np.concatenate([each.location for each in tasks]),
        np.concatenate([each.horizon for each in tasks]),
        np.concatenate([each.quantiles for each in tasks]),
        np.concatenate([each.truth for each in tasks]),
    )
    keys = zip(joined.location, joined.target_end_date, strict=True)
    known = np.array([truth.get(key, np.nan) for key in keys], dtype=np.float64)
    told = np.isfinite(known)
    scored = joined.select(told)
    first, _ = _distinct(scored.model_of, scored.task_of())
    if len(first) != len(scored.model_of):
        raise BadData("Two files hold forecasts of one model for the same task. Leave one out.")
    return replace(scored, truth=known[told])


def _distinct(*columns: IntArray) -> tuple[IntArray, IntArray]:
    """Distinct rows of whole numbers, in order: where each is first, and of each row its number.

    Args:
        columns: (row,) each; the first is the slowest in the order.
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        if len(column):
            low = int(column.min())
            key = key * (int(column.max()) - low + 1) + (column - low)
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return np.asarray(first), np.asarray(number.reshape(-1))


def _named(rows: pa.Table, needed: Sequence[str]) -> pa.Table:
    """Rows under the names of the format; other names in use are understood."""
    names = list(rows.column_names)
    for other, name in _OTHER_NAMES.items():
        if other in names and name not in names:
            names[names.index(other)] = name
    if missing := [name for name in needed if name not in names]:
        raise BadData(
            f"No column {', '.join(missing)} among {', '.join(rows.column_names)}. "
            "Expected the columns of hubverse model-output or target data."
        )
    return rows.rename_columns(names)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string())


def _numbers(column: pa.ChunkedArray) -> FloatArray:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        # CSV that was read as text: "" and NA are missing.
        column = pc.if_else(pc.is_in(column, pa.array(["", "NA"])), None, column)
    try:
        numbers = pc.cast(column, pa.float64())
    except pa.ArrowInvalid as error:
        raise BadData(f"A number is not one: {error}. Correct the file.") from error
    return np.asarray(numbers.to_numpy(), dtype=np.float64)


def _location(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_lpad(_text(column), 2, "0")


def _days(column: pa.ChunkedArray) -> DateArray:
    text = pc.utf8_slice_codeunits(_text(column), 0, 10)
    try:
        days = pc.cast(text, pa.date32())
    except pa.ArrowInvalid as error:
        raise BadData(f"A date is not one: {error}. Write YYYY-MM-DD.") from error
    return np.asarray(days.to_numpy(), dtype="datetime64[D]")


def _coded(texts: pa.ChunkedArray) -> tuple[list[str], IntArray]:
    """Texts in order, and of each row the number of its text."""
    names = sorted(pc.unique(texts).to_pylist())
    found = pc.index_in(texts, value_set=pa.array(names, pa.string()))
    return names, np.asarray(found.to_numpy(), dtype=np.int64)
