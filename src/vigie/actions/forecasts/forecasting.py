"""From the figures that stand to histories on a grid, and the chance that all models share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.beside import Beside
from vigie.actions.forecasts.late_counts import LateCounts
from vigie.actions.rooms.places import reporting_members
from vigie.actions.rooms.side_by_side import side_by_side
from vigie.paths import (
    LEAST_REPORTED_SHARE,
    DateArray,
    FloatArray,
    JointDraws,
    SamplePaths,
    days_of_data,
    joint_draws,
    past_dates,
    to_grid,
)

__all__ = [
    "HISTORY_DAYS",
    "MOST_DAYS_BEHIND",
    "Chance",
    "History",
    "Stream",
    "by_category",
    "histories",
    "total_history",
    "values_on",
]

HISTORY_DAYS: Mapping[str, int] = {"day": 180, "week": 3 * 365, "month": 6 * 365}
"""How far back the models look, by step of the measure, in days."""

MOST_DAYS_BEHIND = 14
"""A series whose last report is older tells of no shortage, nor that there is none; days."""

_CELL = ["place", "category", "reference_date", "value"]
_STEP_DAYS = {"day": 1, "week": 7, "month": 31}


@dataclass(frozen=True, slots=True)
class History:
    """What is known of one measure, on a grid.

    Attributes:
        measure: key.
        kind: flow, level, share or binary.
        step: day, week or month.
        places, categories: axes 0 and 1.
        dates: (time,), the last one is the last with any report.
        values: (place, category, time), NaN where missing.
        as_of: day of the run.
        upper: largest valid value, infinite when none is set.
        beside: what else models may know.
        late: what is reported of a flow whose last values are completed for late reports; None
            where values are as reported.
    """

    measure: str
    kind: str
    step: str
    places: tuple[str, ...]
    categories: tuple[str, ...]
    dates: DateArray
    values: FloatArray
    as_of: date
    upper: float
    beside: Beside = field(default_factory=Beside)
    late: LateCounts | None = None

    @property
    def last_date(self) -> date:
        """The last day with any report."""
        last: date = self.dates[-1].astype(object)
        return last

    @property
    def is_current(self) -> bool:
        """Whether it is reported by day and its last day is recent enough to tell of shortages."""
        behind = (self.as_of - self.last_date).days
        return self.step == "day" and behind <= MOST_DAYS_BEHIND

    @property
    def left_out_steps(self) -> int:
        """Last steps of which too little is reported at every place for any model to read."""
        if self.late is None:
            return 0
        known = np.flatnonzero(np.isfinite(self.values).any(axis=(0, 1)))
        return len(self.dates) - 1 - int(known[-1]) if len(known) else 0

    def settled_values(self) -> FloatArray:
        """(place, category, time): counts that forecasts are held against; NaN for the others."""
        return self.values if self.late is None else self.late.settled()

    def last_reports(self) -> tuple[np.ndarray, np.ndarray]:
        """Per (place, category): date of the last report, and number of reports."""
        known = np.isfinite(self.values)
        at = known.shape[2] - 1 - known[:, :, ::-1].argmax(axis=2)
        return self.dates[at], days_of_data(self.values)

    def is_reported(self) -> np.ndarray:
        """(place, category), whether any value was ever reported; others do not exist here."""
        return np.asarray(np.isfinite(self.values).any(axis=2))

    def select(self, places: Sequence[str], categories: Sequence[str]) -> FloatArray:
        """Values on other axes; NaN where this history has no such series."""
        rows = {key: i for i, key in enumerate(self.places)}
        columns = {key: i for i, key in enumerate(self.categories)}
        out = np.full((len(places), len(categories), len(self.dates)), np.nan)
        for i, place in enumerate(places):
            for j, category in enumerate(categories):
                if place in rows and category in columns:
                    out[i, j] = self.values[rows[place], columns[category]]
        return out

    def on_days(
        self, places: Sequence[str], categories: Sequence[str], days: DateArray
    ) -> FloatArray:
        """(place, category, day), daily values on other axes and days; NaN where there are none."""
        return values_on(self.select(places, categories), self.dates, days)


def values_on(values: FloatArray, dates: DateArray, days: DateArray) -> FloatArray:
    """Daily values on other days; NaN on days that are not there.

    Args:
        values: (place, category, time).
        dates: (time,), consecutive days.
        days: (day,), those wanted.
    """
    at = (days - dates[0]).astype(np.int64)
    inside = (at >= 0) & (at < len(dates))
    out = np.full((*values.shape[:2], len(days)), np.nan)
    out[:, :, inside] = values[:, :, at[inside]]
    return out


class Stream(IntEnum):
    """Streams of chance of a run, one for each part that draws: none shares with another.

    Parts that draw several add a number below the next stream.
    """

    SHARED = 0
    BINARY = 1
    WEEKLY = 2
    ORDERS = 10
    LOANS = 30
    BED_FLOW = 40
    STAYS = 41
    CAPACITY = 50
    RENEWAL_FLOW = 60
    ABSENCE = 70
    RENEWAL_TERMS = 80
    EPIDEMICS = 100
    SCENARIOS = 300


@dataclass(frozen=True, slots=True)
class Chance:
    """Chance of one run: the same futures in every measure.

    Attributes:
        seed: of the room.
        as_of: day of the run.
        sample_count: number of futures.
        horizon_days: days looked ahead.
        asked: steps after the last report that are looked at; a model may leave the others as
            they are easiest. Empty: all are.
    """

    seed: int
    as_of: date
    sample_count: int
    horizon_days: int
    asked: tuple[int, ...] = ()

    def draws(self) -> JointDraws:
        """The joint draws of the run; long enough for a series that is behind."""
        steps = self.horizon_days + MOST_DAYS_BEHIND
        return joint_draws(self.stream(Stream.SHARED), steps, self.sample_count)

    def stream(self, of: Stream, number: int = 0) -> np.random.Generator:
        """An independent stream of chance, the same for the same seed and day."""
        return np.random.default_rng([self.seed, self.as_of.toordinal(), of + number])


def histories(
    facts: pa.Table, measures: Mapping[str, Mapping[str, object]], names: Sequence[str], as_of: date
) -> Iterator[History]:
    """The history of each named measure that has any value, in order of the names.

    Args:
        facts: the figures that stand, up to as_of: measure, place, category, reference_date,
            value.
        measures: rows of the measure list by key.
        names: measures wanted.
        as_of: day of the run.
    """
    known = facts.select(["measure", *_CELL]).filter(pc.is_valid(facts["value"]))
    calls = (partial(_history, known, name, measures[name], as_of) for name in names)
    yield from (found for found in side_by_side(calls) if found is not None)


def _history(facts: pa.Table, name: str, row: Mapping[str, object], as_of: date) -> History | None:
    rows = facts.select(_CELL).filter(pc.equal(facts["measure"], name))
    if not rows.num_rows:
        return None
    step = str(row["step"])
    places = tuple(sorted(pc.unique(rows["place"]).to_pylist()))
    categories = tuple(sorted(pc.unique(rows["category"]).to_pylist()))
    last = np.datetime64(pc.max(rows["reference_date"]).as_py(), "D")
    first = np.datetime64(pc.min(rows["reference_date"]).as_py(), "D")
    count = 1 + int((last - first) / np.timedelta64(1, "D")) // _STEP_DAYS[step] + 2
    dates = past_dates(last, step, count)  # type: ignore[arg-type]
    dates = dates[dates >= first]
    on_grid = rows.filter(pc.is_in(rows["reference_date"], pa.array(dates)))
    upper = row["maximum"]
    return History(
        name,
        str(row["kind"]),
        step,
        places,
        categories,
        dates,
        to_grid(places, categories, dates, on_grid),
        as_of,
        float(str(upper)) if upper is not None else (1.0 if row["kind"] == "share" else np.inf),
    )


def by_category(paths: SamplePaths, history: History) -> Iterator[SamplePaths]:
    """The paths of each category, without the places of the history that never reported it."""
    reported = history.is_reported()
    rows = {place: i for i, place in enumerate(history.places)}
    for column, category in enumerate(paths.categories):
        at = [
            i
            for i, place in enumerate(paths.places)
            if place not in rows or reported[rows[place], column]
        ]
        if not at:
            continue
        values = np.ascontiguousarray(paths.values[at, column][:, None])
        places = tuple(paths.places[i] for i in at)
        yield SamplePaths(paths.measure, places, (category,), paths.dates, values)


def total_history(history: History, members: Mapping[str, Sequence[str]]) -> History | None:
    """The history of regions and nation, from that of the places; None when there is no total.

    A day's total is the sum of those that reported, raised by the usual share of those that did
    not; with less than half of the usual total reported it is missing. Totals get their own
    paths from it: sums of the places' paths, each cut at 0, would be too high.

    Args:
        history: of a measure that adds up over places.
        members: places inside each total; one that reports itself has its own history.
    """
    rows = {key: i for i, key in enumerate(history.places)}
    totals = reporting_members(members, history.places)
    if not totals:
        return None
    inside = [[rows[place] for place in of] for of in totals.values()]
    # A count of places that say yes is a level.
    kind = "level" if history.kind == "binary" else history.kind
    return replace(
        history,
        kind=kind,
        upper=np.inf,
        places=tuple(totals),
        values=_raised_sums(history.values, inside),
        late=None if history.late is None else _late_totals(history.late, inside),
    )


def _late_totals(late: LateCounts, inside: Sequence[Sequence[int]]) -> LateCounts:
    """Of totals: the share known is that of their places, by their size."""
    known = np.isfinite(late.reported)
    size = np.abs(np.where(known, late.reported, 0)).sum(axis=(1, 2))
    size = (size + 1e-9) / np.maximum(known.sum(axis=(1, 2)), 1)
    share = np.stack([size[at] @ late.share[at] / size[at].sum() for at in inside])
    return LateCounts(_raised_sums(late.reported, inside), share)


def _raised_sums(series: FloatArray, inside: Sequence[Sequence[int]]) -> FloatArray:
    """(total, category, time): sums over places, raised for those that did not report."""
    sums = []
    for at in inside:
        values = series[at]
        known = np.isfinite(values)
        count = np.maximum(known.sum(axis=2), 1)
        usual = np.where(known, values, 0).sum(axis=2) / count
        present = (usual[:, :, None] * known).sum(axis=0)
        whole = np.broadcast_to(usual.sum(axis=0)[:, None], present.shape)
        share = np.where(whole > 0, present / np.where(whole > 0, whole, 1), known.any(axis=0))
        total = np.where(known, values, 0).sum(axis=0)
        is_enough = (share >= LEAST_REPORTED_SHARE) & known.any(axis=0)
        sums.append(np.where(is_enough, total / np.where(is_enough, share, 1), np.nan))
    return np.stack(sums)
