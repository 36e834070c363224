"""Scored tasks of all origins: kept between runs, scored again only where the truth changed.

The kept files lie in the room's cache. They may be removed at any time; the next run makes them
again from the releases and the revisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.definition_changes import DefinitionChange
from vigie.actions.forecasts.forecasting import History
from vigie.actions.forecasts.past_forecasts import TASK_SCHEMA, Origin, PastForecasts
from vigie.actions.rooms.kept_tables import keep_table, kept_table
from vigie.paths import (
    PHASES,
    QUANTILE_LEVELS,
    BoolArray,
    FloatArray,
    IntArray,
    brier,
    interval_coverage,
    log_wis,
    phases,
    pit_interval,
    probability_above,
    wis,
)

__all__ = ["ScoredTasks", "Truth", "scored_tasks"]

_SCORES = ("wis", "log_wis", "is_in_50", "is_in_95", "pit_low", "pit_high", "brier")

_WEEK_STEPS = {"day": 7, "week": 1, "month": 1}


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What happened with one measure, as known in this run.

    Attributes:
        step: day, week or month.
        places, categories: axes 0 and 1; totals are places too.
        first, values: first day, and (place, category, day), NaN where nothing is known; a day
            of which no step ends is NaN.
        phases: (category, day), numbers of ``vigie.paths.PHASES``, of all places together.
        changes: of definition; what was forecast before one is not held against what is after.
    """

    step: str
    places: tuple[str, ...]
    categories: tuple[str, ...]
    first: np.datetime64
    values: FloatArray
    phases: IntArray
    changes: tuple[DefinitionChange, ...] = ()

    @classmethod
    def of(
        cls,
        history: History,
        totals: History | None,
        changes: Sequence[DefinitionChange] = (),
    ) -> Truth:
        """From the history of the places and that of the totals over them."""
        parts = [history] if totals is None else [history, totals]
        values = np.concatenate([each.settled_values() for each in parts])
        places = history.places + (totals.places if totals else ())
        told = np.isfinite(history.values)
        whole = np.where(told.any(axis=0), np.where(told, history.values, 0.0).sum(axis=0), np.nan)
        if totals is not None:
            # The largest total is that of the whole, raised for those that did not report.
            sizes = np.nansum(np.abs(totals.values), axis=(1, 2))
            whole = totals.values[int(np.argmax(sizes))]
        phase = phases(np.maximum(whole, 0.0), _WEEK_STEPS[history.step])
        first = history.dates[0]
        at = (history.dates - first).astype(np.int64)
        days = int(at[-1]) + 1
        by_day = np.full((*values.shape[:2], days), np.nan)
        by_day[:, :, at] = values
        phase_by_day = np.full((phase.shape[0], days), PHASES.index("recent"))
        phase_by_day[:, at] = phase
        return cls(
            history.step, places, history.categories, first, by_day, phase_by_day, tuple(changes)
        )

    def is_comparable(self, place: IntArray, category: IntArray, day: np.ndarray) -> BoolArray:
        """Whether a forecast made with data up to a day meant what today's figures mean.

        By numbers of places and categories, -1 for those that are unknown.
        """
        is_same: BoolArray = np.ones(len(day), dtype=bool)
        for change in self.changes:
            concerned = np.array(
                [[change.concerns(p, c) for c in (*self.categories, "")] for p in self.places]
                + [[False] * (len(self.categories) + 1)]
            )
            is_same &= ~(concerned[place, category] & (day < np.datetime64(change.date)))
        return is_same

    def on(self, place: IntArray, category: IntArray, day: np.ndarray) -> FloatArray:
        """Values at numbers of places and categories and at days; NaN where nothing is known."""
        at = (day - self.first).astype(np.int64)
        is_inside = (at >= 0) & (at < self.values.shape[2]) & (place >= 0) & (category >= 0)
        found = self.values[place, category, np.clip(at, 0, self.values.shape[2] - 1)]
        return np.where(is_inside, found, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class ScoredTasks:
    """Tasks with known truth, one row each: all arrays (task,).

    Attributes:
        models: names by number.
        model, place, category: numbers; places and categories those of the measure's truth.
        origin: number of the origin.
        horizon: steps.
        target_end_date: day forecast.
        is_made_after: whether the forecast was made after its day.
        scores: by name: wis, log_wis, is_in_50, is_in_95, pit_low, pit_high and brier (NaN where
            the value on the last day of the data is unknown).
    """

    models: tuple[str, ...]
    model: IntArray
    place: IntArray
    category: IntArray
    origin: IntArray
    horizon: IntArray
    target_end_date: np.ndarray
    is_made_after: BoolArray
    scores: Mapping[str, FloatArray]

    def select(self, chosen: np.ndarray) -> ScoredTasks:
        """The tasks chosen by a mask."""
        return ScoredTasks(
            self.models,
            self.model[chosen],
            self.place[chosen],
            self.category[chosen],
            self.origin[chosen],
            self.horizon[chosen],
            self.target_end_date[chosen],
            self.is_made_after[chosen],
            {name: values[chosen] for name, values in self.scores.items()},
        )


def scored_tasks(
    cache: Path, past: PastForecasts, origins: Sequence[Origin], truths: Mapping[str, Truth]
) -> dict[str, ScoredTasks]:
    """Every task of the origins whose truth is known, by measure.

    Args:
        cache: folder of the kept files.
        past: makes the tasks of an origin that is not kept.
        origins: whose forecasts are scored.
        truths: what happened, by measure.
    """
    cache.mkdir(parents=True, exist_ok=True)
    sources = past.fingerprints(origins)
    tables = []
    for origin in origins:
        file = cache / f"{origin.day}.parquet"
        kept = kept_table(file, sources[origin.day])
        fresh = kept if kept is not None else past.tasks(origin)
        scored = _scored(fresh, truths)
        # An origin without tasks is looked at again: its damaged file may be mended.
        if scored is not kept and scored.num_rows:
            keep_table(file, scored, sources[origin.day])
        tables.append(scored)
    oldest = min((str(origin.day) for origin in origins), default="")
    for file in cache.glob("*.parquet"):
        # Later ones stay: a run for a past day must not cost the next run of today its files.
        if file.stem < oldest:
            file.unlink()
    return {target: _joined(target, truth, tables, origins) for target, truth in truths.items()}


def _scored(tasks: pa.Table, truths: Mapping[str, Truth]) -> pa.Table:
    """The same tasks, scored where truth is known; the very same table when nothing changed."""
    truth, threshold = _truths(tasks, truths)
    columns = {"truth": truth, "threshold": threshold}
    if "truth" in tasks.column_names:
        stale = np.zeros(len(truth), dtype=bool)
        for name, values in columns.items():
            before = tasks[name].to_numpy()
            stale |= ~((before == values) | (np.isnan(before) & np.isnan(values)))
        if not stale.any():
            return tasks
        scores = {name: tasks[name].to_numpy().copy() for name in _SCORES}
    else:
        stale = np.ones(len(truth), dtype=bool)
        scores = {name: np.full(len(truth), np.nan) for name in _SCORES}
    told = stale & np.isfinite(truth)
    for values in scores.values():
        values[stale] = np.nan
    flat = pc.list_flatten(tasks["quantiles"].combine_chunks()).to_numpy()
    forecast = flat.reshape(len(truth), len(QUANTILE_LEVELS))[told].astype(np.float64)
    for name, values in _score(forecast, truth[told], threshold[told]).items():
        scores[name][told] = values
    own = {name: tasks[name] for name in TASK_SCHEMA.names}
    added = {name: pa.array(values) for name, values in {**columns, **scores}.items()}
    return pa.table({**own, **added})


def _score(forecast: FloatArray, truth: FloatArray, threshold: FloatArray) -> dict[str, FloatArray]:
    low, high = pit_interval(forecast, truth)
    border = np.where(np.isfinite(threshold), threshold, 0.0)
    above = brier(probability_above(forecast, border), truth > border)
    return {
        "wis": wis(forecast, truth),
        "log_wis": log_wis(forecast, truth),
        "is_in_50": interval_coverage(forecast, truth, 0.5).astype(np.float64),
        "is_in_95": interval_coverage(forecast, truth, 0.95).astype(np.float64),
        "pit_low": low,
        "pit_high": high,
        "brier": np.where(np.isfinite(threshold), above, np.nan),
    }


def _truths(tasks: pa.Table, truths: Mapping[str, Truth]) -> tuple[FloatArray, FloatArray]:
    """What happened on the day forecast, and on the last day of the data then."""
    truth, threshold = np.full(tasks.num_rows, np.nan), np.full(tasks.num_rows, np.nan)
    for target, known in truths.items():
        at = _rows_of(tasks, target)
        if len(at):
            some = tasks.select(["location", "category", "target_end_date", "reference_date"])
            some = some.take(pa.array(at))
            place, category = _numbers(some, known)
            origin = _days(some, "reference_date")
            found = known.on(place, category, _days(some, "target_end_date"))
            truth[at] = np.where(known.is_comparable(place, category, origin), found, np.nan)
            threshold[at] = known.on(place, category, origin)
    return truth, threshold


def _rows_of(tasks: pa.Table, target: str) -> IntArray:
    return np.flatnonzero(pc.equal(tasks["target"], target).to_numpy(zero_copy_only=False))


def _numbers(tasks: pa.Table, truth: Truth) -> tuple[IntArray, IntArray]:
    """Numbers of places and categories in the truth, -1 for those it does not know."""
    pairs = (("location", truth.places), ("category", truth.categories))
    found = (pc.index_in(tasks[name], pa.array(keys, pa.string())) for name, keys in pairs)
    place, category = (pc.fill_null(each, -1).to_numpy().astype(np.int64) for each in found)
    return place, category


def _days(tasks: pa.Table, name: str) -> np.ndarray:
    return np.asarray(tasks[name].to_numpy(), dtype="datetime64[D]")


def _joined(
    target: str, truth: Truth, tables: Sequence[pa.Table], origins: Sequence[Origin]
) -> ScoredTasks:
    """The tasks of a measure from all origins, with known truth."""
    parts, origin_of = [], []
    for number, table in enumerate(tables):
        part = table.drop_columns("quantiles").filter(
            pc.and_(pc.equal(table["target"], target), pc.is_finite(table["truth"]))
        )
        parts.append(part)
        origin_of.append(np.full(part.num_rows, number, dtype=np.int64))
    empty = pa.schema(
        [field for field in TASK_SCHEMA if field.name != "quantiles"]
        + [pa.field(name, pa.float64()) for name in ("truth", "threshold", *_SCORES)]
    ).empty_table()
    tasks = pa.concat_tables([empty, *parts])
    place, category = _numbers(tasks, truth)
    models = sorted(pc.unique(tasks["model_id"]).to_pylist())
    model = pc.index_in(tasks["model_id"], pa.array(models, pa.string())).to_numpy()
    origin = np.concatenate([np.empty(0, dtype=np.int64), *origin_of])
    is_after = np.array([each.is_made_after for each in origins] or [False])
    return ScoredTasks(
        tuple(models),
        model.astype(np.int64),
        place,
        category,
        origin,
        tasks["horizon"].to_numpy(),
        _days(tasks, "target_end_date"),
        is_after[origin],
        {name: tasks[name].to_numpy() for name in _SCORES},
    )
