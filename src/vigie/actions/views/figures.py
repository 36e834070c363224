"""Latest figures with unit, day, coverage and state: at one place, and of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.views.room_names import Measure, RoomNames
from vigie.actions.views.views import Figure, FigureState, LatestRow, ReleaseTables
from vigie.actions.words.wording import Words

__all__ = [
    "Evidence",
    "coverage_text",
    "late_feeds",
    "latest_at_place",
    "latest_of_whole",
    "own_rows",
    "read_evidence",
    "whole_rows",
]

PERCENT_FROM = 20
"""Below this value a change is told as a difference: +200 % of one patient misleads."""

ON_TIME = ("fine", "ok", "on_time", "current")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks against a figure: late feeds, conflicts, and the newest day of each measure.

    Attributes:
        late: names of feeds that are not on time.
        conflicts: by measure, place, category and day, one row of conflicts.
        newest: by measure, the newest day on which any place reported.
    """

    late: frozenset[str]
    conflicts: Mapping[tuple[str, str, str, date], dict[str, Any]]
    newest: Mapping[str, date]


def late_feeds(tables: ReleaseTables) -> frozenset[str]:
    """Feeds whose day has not arrived, by feeds_status."""
    rows = tables.table("feeds_status").to_pylist()
    return frozenset(row["feed"] for row in rows if row["state"] not in ON_TIME)


def read_evidence(tables: ReleaseTables, names: RoomNames) -> Evidence:
    """The evidence of a release, read once for all figures of a page."""
    conflicts = {
        (row["measure"], row["place"], row["category"], row["reference_date"]): row
        for row in tables.table("conflicts").to_pylist()
    }
    top = names.top()
    coverage = tables.table("coverage", place=top.key) if top else tables.table("coverage")
    return Evidence(late_feeds(tables), conflicts, _newest_days(coverage))


def _newest_days(coverage: pa.Table) -> dict[str, date]:
    if not coverage.num_rows:
        return {}
    heard = coverage.filter(pc.greater(coverage["reported"], 0))
    newest = heard.group_by("measure").aggregate([("reference_date", "max")])
    return dict(
        zip(newest["measure"].to_pylist(), newest["reference_date_max"].to_pylist(), strict=True)
    )


def latest_at_place(
    rows: list[dict[str, Any]], measure: Measure, evidence: Evidence, words: Words
) -> LatestRow:
    """Latest figure of one series at one site.

    Args:
        rows: facts of the series in order of day, at least one.
        measure: what they measure.
        evidence: see Evidence.
        words: of the reader.
    """
    known = [row for row in rows if row["value"] is not None]
    last = rows[-1]
    newest = evidence.newest.get(measure.key, last["reference_date"])
    if last["reference_date"] >= newest and last["reason"] == "withheld":
        figure = _hidden(
            FigureState.WITHHELD,
            words.say("state.withheld"),
            last["reference_date"],
            words.say("figure.withheld"),
            measure,
            words,
        )
    elif not known:
        figure = _hidden(
            FigureState.MISSING, words.say("figure.never_reported"), None, "", measure, words
        )
    elif known[-1]["reference_date"] < newest and known[-1]["feed"] not in evidence.late:
        figure = _hidden(
            FigureState.MISSING,
            words.say("figure.no_report_since", day=words.day(known[-1]["reference_date"])),
            known[-1]["reference_date"],
            words.say("figure.last_value", value=words.with_unit(known[-1]["value"], measure.unit)),
            measure,
            words,
        )
    else:
        figure = _spoken(known[-1], measure, evidence, words)
    change = _own_change(known, measure, words) if figure.value is not None else ""
    return LatestRow(name="", figure=figure, coverage="", completed="", change=change)


def _hidden(
    state: FigureState, text: str, day: date | None, note: str, measure: Measure, words: Words
) -> Figure:
    return Figure(text, words.unit(measure.unit), day, None, None, state, note)


def _spoken(row: dict[str, Any], measure: Measure, evidence: Evidence, words: Words) -> Figure:
    day, value = row["reference_date"], row["value"]
    conflict = evidence.conflicts.get((measure.key, row["place"], row["category"], day))
    state, note = FigureState.FINE, ""
    if row["feed"] in evidence.late:
        newest = max(day, evidence.newest.get(measure.key, day))
        age = words.count("age.day", (newest - day).days)
        state, note = FigureState.STALE, words.say("figure.stale", day=words.day(day), age=age)
    elif conflict:
        state, note = FigureState.CONFLICT, conflict_text(conflict, measure, words)
    return Figure(
        words.measured(value, measure.unit),
        words.unit(measure.unit, value),
        day,
        None,
        None,
        state,
        note,
        value,
    )


def conflict_text(conflict: dict[str, Any], measure: Measure, words: Words) -> str:
    """Both values of a conflict, and the feed in force."""
    return words.say(
        "figure.conflict",
        feed=conflict["feed"],
        value=words.measured(conflict["value"], measure.unit),
        other_feed=conflict["other_feed"],
        other_value=words.measured(conflict["other_value"], measure.unit),
    )


def _own_change(known: list[dict[str, Any]], measure: Measure, words: Words) -> str:
    before = known[-1]["reference_date"] - timedelta(days=7)
    earlier = [row["value"] for row in known if row["reference_date"] == before]
    if not earlier or not earlier[0]:
        return ""
    if measure.unit == "share":
        return words.points(known[-1]["value"] - earlier[0])
    if abs(earlier[0]) < PERCENT_FROM:
        return words.signed(round(known[-1]["value"] - earlier[0]))
    return words.change(known[-1]["value"] / earlier[0] - 1)


def own_rows(
    tables: ReleaseTables, measure: str, place: str, coverage: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Facts of a region or nation that speaks for itself, in order of day; else nothing.

    It does when there is no total to show: its figures do not add up over places, or the only
    place that reports is itself.

    Args:
        coverage: rows of one category at the place.
    """
    if any(row["value"] is not None and row["expected"] != 1 for row in coverage):
        return []
    facts = tables.table("facts", measure=measure, place=place).to_pylist()
    category = coverage[0]["category"] if coverage else ""
    own = [row for row in facts if row["category"] == category]
    return sorted(own, key=lambda row: row["reference_date"])


def whole_rows(coverage: pa.Table, category: str) -> list[dict[str, Any]]:
    """Rows of coverage of one category, in order of day.

    When the whole is asked for and only its parts are kept, the parts of a day are added: the
    sum of what was reported, as covered as the least covered part; ranges do not add, so the
    completed estimate is left out.
    """
    rows = [row for row in coverage.to_pylist() if row["category"] == category]
    if not rows and not category:
        by_day: dict[date, list[dict[str, Any]]] = {}
        for row in coverage.to_pylist():
            by_day.setdefault(row["reference_date"], []).append(row)
        rows = [_sum_of_parts(parts) for parts in by_day.values()]
    return sorted(rows, key=lambda row: row["reference_date"])


def _sum_of_parts(parts: list[dict[str, Any]]) -> dict[str, Any]:
    values = [part["value"] for part in parts if part["value"] is not None]
    return {
        **parts[0],
        "category": "",
        "value": sum(values) if values else None,
        "reported": min(part["reported"] for part in parts),
        "expected": max(part["expected"] for part in parts),
        "completed": None,
        "completed_low": None,
        "completed_high": None,
        "change_7": None,
        "change_places": None,
    }


def coverage_text(
    reported: int, expected: int, names: RoomNames, words: Words, place: str = ""
) -> str:
    """``97 of 100 hospitals``, of a place or of the whole."""
    return words.say(
        "figure.of",
        reported=words.number(reported),
        expected=words.number(expected),
        reporters=words.reporters(names.reporters(expected, place), reported, expected),
    )


def latest_of_whole(
    rows: list[dict[str, Any]],
    measure: Measure,
    evidence: Evidence,
    names: RoomNames,
    words: Words,
) -> LatestRow:
    """Latest figure of one series over many places: the sum of those that reported, n of m.

    Args:
        rows: coverage of the series in order of day, at least one.
    """
    spoken = [row for row in rows if row["value"] is not None]
    if not spoken:
        figure = _hidden(
            FigureState.MISSING, words.say("figure.never_reported"), None, "", measure, words
        )
        return LatestRow("", figure, "", "", "")
    row = spoken[-1]
    inside = names.inside(row["place"])
    quarrels = sum(
        1
        for (what, place, category, day) in evidence.conflicts
        if what == measure.key
        and place in inside
        and day == row["reference_date"]
        and row["category"] in ("", category)
    )
    figure = Figure(
        text=words.measured(row["value"], measure.unit),
        unit=words.unit(measure.unit, row["value"]),
        as_of=row["reference_date"],
        reported=row["reported"],
        expected=row["expected"],
        state=FigureState.CONFLICT if quarrels else FigureState.FINE,
        note=words.count("figure.conflicts", quarrels) if quarrels else "",
        value=row["value"],
    )
    return LatestRow(
        name="",
        figure=figure,
        coverage=coverage_text(row["reported"], row["expected"], names, words, row["place"]),
        completed=_completed(row, measure, words),
        change=_whole_change(row, measure, names, words),
    )


def _completed(row: dict[str, Any], measure: Measure, words: Words) -> str:
    if row["reported"] >= row["expected"] or row["completed_low"] is None:
        return ""
    low, middle, high = (
        words.measured(row[name], measure.unit)
        for name in ("completed_low", "completed", "completed_high")
    )
    if low == middle == high:
        return words.say("tile.completed_sure", middle=middle)
    return words.say("tile.completed", middle=middle, range=words.say("range", low=low, high=high))


def _whole_change(row: dict[str, Any], measure: Measure, names: RoomNames, words: Words) -> str:
    if row["change_7"] is None:
        return "" if measure.step == "month" else words.say("tile.no_change")
    return words.say(
        "tile.change",
        change=words.change(row["change_7"]),
        count=words.number(row["change_places"]),
        reporters=words.reporters(
            names.reporters(row["expected"]), row["change_places"], row["change_places"]
        ),
    )
