"""How late reports come, read from the revisions that the lake keeps, for the fits of epidemics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.forecasting import History
from vigie.actions.rooms.places import reporting_members
from vigie.actions.rooms.room import Room
from vigie.lake import DataFile
from vigie.paths import BoolArray, FloatArray, IntArray
from vigie.schemas import REPORTS

if TYPE_CHECKING:
    from vigie.epidemiology.delays import ReportingHazards
    from vigie.epidemiology.nowcast import ReportTriangle

__all__ = ["NOWCAST_DAYS", "LateReports", "Revisions", "late_reports", "read_revisions"]

NOWCAST_DAYS = 21
"""Days that are completed; what changes later is a correction of the past, no late report."""

_FEWEST_REPORT_DAYS = 10
"""Days on which reports came below which they say little of how late they are."""

_LONGEST_SILENCE_DAYS = 7
"""A series that says nothing for longer is cut off: what it sends then is no late report."""

_EARLIER = np.timedelta64(6, "h")
"""By how much a daily file may come earlier in the day than the newest one and count with it."""

_NEVER_GREW = "no nowcast: no figure grew after its first report, so that all count as complete"

_A_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, eq=False)
class Revisions:
    """What was reported of the last days of a measure, and when.

    Days are counted back from the newest report, not from midnight: what a file at noon brought is
    compared with what earlier files brought by noon.

    Attributes:
        series: place and category of each series of the triangle.
        triangle: of the series; its delay 0 is as soon as the last day is known now.
        learnt: the same without what came after a long silence: of it delays are learnt.
        first_delay_days: days from the last day to the newest report: what delay 0 stands for.
    """

    series: tuple[tuple[str, str], ...]
    triangle: ReportTriangle
    learnt: ReportTriangle
    first_delay_days: int


@dataclass(frozen=True, slots=True, eq=False)
class LateReports:
    """How late the reports of places come.

    Attributes:
        hazards: of the places, NOWCAST_DAYS delays at most.
        known_after: (place, day, delay), reports known of the last days after each delay, places
            of a total added up; NaN where nothing was known.
        first_delay_days: days that delay 0 stands for.
    """

    hazards: ReportingHazards
    known_after: FloatArray
    first_delay_days: int

    def reported(self) -> FloatArray:
        """(place, day): reports known now of the last days; NaN where there are none."""
        days = self.known_after.shape[1]
        at = np.arange(days)
        return np.asarray(self.known_after[:, at, days - 1 - at])


def read_revisions(
    room: Room, facts: pa.Table, reports: Sequence[DataFile], history: History
) -> Revisions | str:
    """The revisions of a daily or weekly measure, or why there are none to learn from.

    Of a weekly measure what is said of days here is said of weeks. Only of the feed whose figure
    stands. A day of which the first report came more than NOWCAST_DAYS late, as in a load of old
    figures, is not read; nor are days before a change of definition, which the facts lack; nor
    what a series sends after a week of silence.

    Args:
        room: the room.
        facts: the figures that stand, without those of an older definition.
        reports: files of the table of reports.
        history: of the measure, by day or week.

    Source: docs/models/nowcast.md.
    """
    from vigie.epidemiology.nowcast import HAZARD_DAYS, report_triangle

    files = [file for file in reports if file.partition == history.measure]
    step = 7 if history.step == "week" else 1
    looked_at = step * (HAZARD_DAYS + NOWCAST_DAYS)
    rows = _rows(room, facts, files, history, looked_at) if files else None
    if rows is None or not rows.num_rows:
        return "no nowcast: there are no reports of which to learn how late they come"
    known_at = rows["known_at"].to_numpy().astype("datetime64[us]")
    newest = known_at.max()
    back = ((newest - known_at + _EARLIER) // (step * _A_DAY)).astype(np.int64)
    came_on = len(np.unique(back))
    if came_on < _FEWEST_REPORT_DAYS:
        return (
            f"no nowcast yet: how late reports come is learnt from {_FEWEST_REPORT_DAYS} days with "
            f"reports or more, so far {came_on}"
        )
    days = min(len(history.dates), HAZARD_DAYS + NOWCAST_DAYS)
    delays = min(NOWCAST_DAYS, days)
    series, of_series = _series(rows)
    ago = (history.dates[-1] - rows["reference_date"].to_numpy()).astype("timedelta64[D]")
    day = days - 1 - ago.astype(np.int64) // step
    # Most measures never grow; they need no triangle.
    if np.bincount(of_series * looked_at + ago.astype(np.int64)).max() == 1:
        return _NEVER_GREW
    known_day = days - 1 - back
    value = rows["value"].to_numpy(zero_copy_only=False).astype(np.float64)
    value[~np.isfinite(value) | (value < 0)] = np.nan
    is_read = known_day - day < delays
    triangle = report_triangle(
        of_series[is_read],
        day[is_read],
        known_day[is_read],
        value[is_read],
        places=len(series),
        days=days,
        delays=delays,
        keeps_gaps=True,
    )
    with np.errstate(invalid="ignore"):
        has_grown = bool((np.diff(triangle.reported, axis=2) > 0).any())
    if not has_grown:
        return _NEVER_GREW
    local = pc.max(rows["known_at"]).as_py().astimezone(room.zone()).date()
    learnt = _without_silences(triangle, of_series, known_day)
    behind = max(0, (local - history.last_date).days)
    return Revisions(series, triangle, learnt, behind)


def late_reports(
    revisions: Revisions,
    history: History,
    places: Sequence[str],
    category: str,
    members: Mapping[str, Sequence[str]],
) -> LateReports:
    """What revisions say of places that are fitted together.

    Late reports of a total are those of its places, added up.

    Args:
        revisions: of the measure.
        history: of the places that report.
        places: fitted; sites or totals.
        category: of which; "": all together.
        members: places inside each total.
    """
    from vigie.epidemiology.nowcast import reporting_hazards

    inside = reporting_members(members, history.places)
    own = {place: {place} if place in history.places else set(inside[place]) for place in places}
    belongs: BoolArray = np.array(
        [
            [of in own[place] and category in ("", name) for of, name in revisions.series]
            for place in places
        ]
    )
    triangle = revisions.triangle
    first = history.last_date - timedelta(days=triangle.days - 1)
    hazards = reporting_hazards(revisions.learnt, first.weekday(), belongs)
    last = triangle.reported[:, -triangle.delays :]
    weights = belongs.astype(float)
    is_told = np.tensordot(weights, np.isfinite(last).astype(float), axes=1) > 0
    told = np.tensordot(weights, np.nan_to_num(last), axes=1)
    return LateReports(hazards, np.where(is_told, told, np.nan), revisions.first_delay_days)


def _series(rows: pa.Table) -> tuple[tuple[tuple[str, str], ...], IntArray]:
    """Places and categories in their order, and the number of that of each row."""
    codes, keys = [], []
    for name in ("place", "category"):
        encoded = rows[name].combine_chunks().dictionary_encode()
        values = np.array(encoded.dictionary.to_pylist(), dtype=object)
        order = np.argsort(values)
        codes.append(np.argsort(order)[encoded.indices.to_numpy()])
        keys.append(values[order].tolist())
    pairs, of_series = np.unique(codes[0] * len(keys[1]) + codes[1], return_inverse=True)
    place, category = np.divmod(pairs, len(keys[1]))
    found = tuple((keys[0][i], keys[1][j]) for i, j in zip(place, category, strict=True))
    return found, of_series.astype(np.int64)


def _without_silences(
    triangle: ReportTriangle, of_series: IntArray, known_day: IntArray
) -> ReportTriangle:
    """The triangle without cells of days on which a series was silent for more than a week."""
    from vigie.epidemiology.nowcast import ReportTriangle

    reported = triangle.reported.copy()
    order = np.argsort(of_series, kind="stable")
    ends_at = np.searchsorted(of_series[order], np.arange(1, len(reported)))
    for series, own in enumerate(np.split(known_day[order], ends_at)):
        told = np.unique(own)
        ends = np.append(told[1:], triangle.days)
        for last, following in zip(told.tolist(), ends.tolist(), strict=True):
            if following - last - 1 <= _LONGEST_SILENCE_DAYS:
                continue
            silent = np.arange(max(0, last + 1), following)
            day = silent[:, None] - np.arange(triangle.delays)
            at, delay = np.nonzero(day >= 0)
            reported[series, day[at, delay], delay] = np.nan
    return ReportTriangle(reported)


def _rows(
    room: Room, facts: pa.Table, files: Sequence[DataFile], history: History, days: int
) -> pa.Table:
    """Revisions of the feeds whose figures stand, in the order in which they became known."""
    standing = facts.filter(pc.equal(facts["measure"], history.measure))
    keys = ["place", "category", "reference_date", "feed"]
    instant = room.end_of(history.as_of).isoformat(timespec="microseconds")
    return room.engine.query(
        f"SELECT {', '.join(keys)}, known_at, value FROM {room.lake.relation(REPORTS, files)} "
        f"SEMI JOIN standing USING ({', '.join(keys)}) "
        f"WHERE known_at <= TIMESTAMPTZ '{instant}' "
        f"AND reference_date > DATE '{history.last_date - timedelta(days=days)}' "
        f"AND reference_date <= DATE '{history.last_date}' ORDER BY known_at",
        {"standing": standing.select(keys)},
    )
