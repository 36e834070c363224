"""Rows of the table of shortages, from first short days on the sample paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.forecasting import History
from vigie.actions.shortages.planned_shifts import ShiftPlan
from vigie.hospital.stays import OnwardStays
from vigie.paths import BoolArray, DateArray, PathArray, SamplePaths, last_seen, shortage_summary
from vigie.schemas import SHORTAGES

__all__ = ["Inputs", "Series", "shortage_rows"]

_REMEDY_DAYS = 1
"""Days that the quickest remedy takes for beds, staff and machines: a transfer next day."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the rules read.

    Attributes:
        as_of: day of the run.
        horizon_days: days looked ahead.
        histories: by measure.
        paths: by measure, places that report only, from the day after their last report.
        models: name of the model of each measure's paths.
        reference: reference tables by name.
        members: places inside each region and nation.
        stays: stays by ward kind and where they go on, by measure of the patients in bed; only
            where movements of patients tell them.
        shifts: planned shifts, counted; None: none is told.
    """

    as_of: date
    horizon_days: int
    histories: Mapping[str, History]
    paths: Mapping[str, SamplePaths]
    models: Mapping[str, str]
    reference: Mapping[str, pa.Table]
    members: Mapping[str, Sequence[str]]
    stays: Mapping[str, OnwardStays] = field(default_factory=lambda: MappingProxyType({}))
    shifts: ShiftPlan | None = None

    def offset(self, measure: str) -> int:
        """0 when the first day looked at is as_of itself, 1 when as_of is already reported."""
        return 1 if self.histories[measure].last_date >= self.as_of else 0

    def is_drawn(self, measure: str) -> bool:
        """Whether there are paths of the measure for every day looked at."""
        return measure in self.paths and self.histories[measure].is_current

    def ahead(self, measure: str, clock: str = "") -> PathArray:
        """Paths from the first day looked at to the horizon: (place, category, day, sample).

        Args:
            measure: of which, drawn for every day looked at.
            clock: measure whose report says which day is the first; "": itself.
        """
        paths = self.paths[measure]
        begins = self.as_of + timedelta(days=self.offset(clock or measure))
        first = np.datetime64(begins, "D")
        last = np.datetime64(self.as_of + timedelta(days=self.horizon_days), "D")
        values = paths.values[:, :, (paths.dates >= first) & (paths.dates <= last)]
        if paths.dates[0] <= first:
            return values
        # The first day is reported already: its value stands in all futures.
        seen = self.today(measure, paths.places, paths.categories)
        here = np.broadcast_to(np.nan_to_num(seen), (*values.shape[:2], 1, values.shape[3]))
        return np.concatenate([here, values], axis=2)

    def days(self, clock: str) -> DateArray:
        """The days looked at, where this measure's report says which is the first."""
        begins = self.as_of + timedelta(days=self.offset(clock))
        count = self.horizon_days + 1 - self.offset(clock)
        return np.datetime64(begins, "D") + np.arange(count)

    def today(self, measure: str, places: Sequence[str], categories: Sequence[str]) -> PathArray:
        """Last values seen, (place, category, 1, 1); NaN where nothing was ever reported."""
        seen = last_seen(self.histories[measure].select(places, categories))[:, :, -1]
        return np.asarray(seen[:, :, None, None], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Series:
    """Facts that all rows of one rule share; arrays are (place, category).

    Attributes:
        kind: beds, staff, equipment or products.
        places, categories: axes.
        offset: 0 when the first day looked at is as_of, 1 when it is the day after.
        model: name of the model.
        unit: of unmet need.
        need_now, capacity_now: on the last day known; NaN where unknown.
        binds: what limits capacity, by place and category.
        history: what the figures rest on.
        remedy_days: per category, days that the quickest remedy takes; None: one day.
    """

    kind: str
    places: tuple[str, ...]
    categories: tuple[str, ...]
    offset: int
    model: str
    unit: str
    need_now: PathArray
    capacity_now: PathArray
    binds: Sequence[Sequence[str]]
    history: History
    remedy_days: Sequence[float] | None = None


def shortage_rows(
    series: Series, inputs: Inputs, first_day: PathArray, unmet: PathArray, known: BoolArray
) -> pa.Table:
    """Rows of the table of shortages (without run) for the series that are known.

    Args:
        series: what the rows share.
        inputs: of the run.
        first_day: (place, category, sample), first short day, 1 is the first day looked at;
            beyond the last one: never.
        unmet: (place, category, sample), need without capacity over the horizon.
        known: (place, category), whether capacity is known; others give no row.
    """
    counted = first_day - np.float32(1 - series.offset)
    summary = shortage_summary(counted, inputs.horizon_days, unmet)
    last, days = _reports(series, known.shape)
    place, category = (axis.reshape(-1) for axis in np.indices(known.shape))
    count = known.size
    columns = summary.columns() | {
        "kind": pa.array([series.kind] * count),
        "place": pa.array(series.places, pa.string()).take(pa.array(place)),
        "category": pa.array(series.categories, pa.string()).take(pa.array(category)),
        "as_of": pa.array([inputs.as_of] * count, pa.date32()),
        "model_id": pa.array([series.model] * count),
        "unmet_unit": pa.array([series.unit] * count),
        "need_now": _number(series.need_now),
        "capacity_now": _number(series.capacity_now),
        "binds": pa.array([name for row in series.binds for name in row]),
        "data_date": pa.array(last.reshape(-1)),
        "days_of_data": pa.array(days.reshape(-1)),
        "probability_any": pa.nulls(count, pa.float64()),
        "probability_open": pa.nulls(count, pa.float64()),
    }
    columns["act_by"] = _act_by(columns["if_short_q10"], series, inputs, category)
    table = pa.table(columns).select([name for name in SHORTAGES.names if name != "run"])
    return table.filter(pa.array(known.reshape(-1)))


def _reports(series: Series, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    last, days = series.history.last_reports()
    if last.shape == shape:
        return last, days
    return np.broadcast_to(last.max(axis=1, keepdims=True), shape), np.broadcast_to(
        days.max(axis=1, keepdims=True), shape
    )


def _act_by(first: pa.Array, series: Series, inputs: Inputs, category: np.ndarray) -> pa.Array:
    """Last useful day to act: the early first short day, less what the quickest remedy takes."""
    remedy = np.full(len(series.categories), float(_REMEDY_DAYS))
    if series.remedy_days is not None:
        remedy = np.asarray(series.remedy_days, dtype=float)
    days: list[date | None] = []
    for value, column in zip(first.to_pylist(), category, strict=True):
        if value is None:
            days.append(None)
            continue
        wait = max(0, int(value) - round(remedy[column]))
        days.append(inputs.as_of + timedelta(days=wait))
    return pa.array(days, pa.date32())


def _number(values: PathArray) -> pa.Array:
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    return pa.array(flat, mask=~np.isfinite(flat))
