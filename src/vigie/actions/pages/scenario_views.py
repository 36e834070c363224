"""Scenarios at a place: what each assumes, and its days ahead beside the same days without it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from vigie.actions.pages.place_pictures import PlaceSeries
from vigie.actions.views.room_names import Place, RoomNames
from vigie.actions.views.series import Series, series_of
from vigie.actions.views.views import EpidemicView, Picture, ReleaseTables
from vigie.actions.words.wording import Words
from vigie.charts import Fan, FanWords, draw_fan

__all__ = ["MOST_SCENARIOS", "scenario_views"]

MOST_SCENARIOS = 6
"""On one page; the others are counted."""

_LEVELS = ("q05", "q25", "q50", "q75", "q95")
_PAST_DAYS = 28
_CONDITION = ("scenario.from", "scenario.span")
_LINE = ("scenario.change_from", "scenario.change_span")
"""How a change is told that goes on to the last day, and one that ends before."""

_COLUMNS = (
    "chart.day",
    "scenario.col_scenario",
    "scenario.col_scenario_range",
    "scenario.col_without",
    "scenario.col_without_range",
    "scenario.col_difference",
)


@dataclass(frozen=True, slots=True)
class _Told:
    """One scenario at one place: its rows of figures by day, its inputs, and where it stands."""

    rows: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, Any]
    place: Place
    names: RoomNames
    words: Words
    as_of: date

    @property
    def unit(self) -> str:
        """Unit of the measure, as read."""
        return self.words.unit(self.names.measures[self.inputs["measure"]].unit)

    @property
    def name(self) -> str:
        """Name of the series."""
        return self.names.series(self.inputs["measure"], self.inputs["category"])

    def changes(self) -> list[Mapping[str, Any]]:
        """Changes that are of this place."""
        here = self.names.inside(self.place.key)
        return [
            change
            for change in json.loads(self.inputs["changes"])
            if change["kind"] == "reproduction"
            if not change["places"]
            or here & frozenset().union(*(self.names.inside(key) for key in change["places"]))
        ]


def scenario_views(
    tables: ReleaseTables,
    place: Place,
    names: RoomNames,
    series: Sequence[PlaceSeries],
    words: Words,
) -> tuple[tuple[EpidemicView, ...], str]:
    """Every scenario of which the release has figures here, and how many more there are.

    Args:
        tables: of the release.
        place: whose page it is.
        names: of the room.
        series: what the place reported.
        words: of the reader.
    """
    rows = tables.table("scenarios", place=place.key).to_pylist()
    if not rows:
        return (), ""
    inputs = {row["scenario"]: row for row in tables.table("scenario_inputs").to_pylist()}
    past = {(each.measure.key, each.category): each for each in series}
    rows = [row for row in rows if row["measure"] in names.measures and row["scenario"] in inputs]
    rows.sort(key=lambda row: (row["scenario"], row["date"]))
    views = []
    for scenario, group in groupby(rows, lambda row: row["scenario"]):
        told = _Told(list(group), inputs[scenario], place, names, words, tables.as_of)
        found = past.get((told.inputs["measure"], told.inputs["category"]))
        views.append(_view(told, found, tables.release))
    rest = len(views) - MOST_SCENARIOS
    note = words.count("scenario.rest", rest) if rest > 0 else ""
    return tuple(views[:MOST_SCENARIOS]), note


def _view(told: _Told, past: PlaceSeries | None, release: str) -> EpidemicView:
    words, inputs = told.words, told.inputs
    title = inputs[f"title_{words.language}"]
    rows = [(words.say("scenario.assumed"), _change(told, each)) for each in told.changes()]
    if inputs["susceptible_share"] is not None:
        share = words.number(round(100 * inputs["susceptible_share"]))
        said = words.say("scenario.susceptible", share=share)
        rows.append((words.say("scenario.immunity"), said))
    rows.append((words.say("scenario.why"), inputs[f"why_{words.language}"]))
    rows.append((words.say("scenario.source"), inputs["source"]))
    sentence = words.say("scenario.sentence", title=title, label=words.say("scenario.label"))
    return EpidemicView(title, sentence, tuple(rows), _picture(told, past, release))


def _days(told: _Told, change: Mapping[str, Any], keys: tuple[str, str]) -> str:
    """A change with the days on which it counts in the release."""
    words = told.words
    factor = words.factor(change["factor"])
    if change["first_date"] is None:
        return words.say("scenario.change_past", factor=factor)
    first, last = (date.fromisoformat(change[name]) for name in ("first_date", "last_date"))
    key = keys[0] if last >= told.rows[-1]["date"] else keys[1]
    return words.say(key, factor=factor, first=words.day(first), last=words.day(last))


def _change(told: _Told, change: Mapping[str, Any]) -> str:
    """A change as a line of the assumptions: its days, and that it was declared from earlier."""
    words = told.words
    said = _days(told, change, _LINE)
    given = change["from"]
    declared = told.as_of + timedelta(days=given) if isinstance(given, int) else None
    declared = date.fromisoformat(given) if isinstance(given, str) else declared
    if change["first_date"] and declared and declared < date.fromisoformat(change["first_date"]):
        said = words.say("scenario.clipped", change=said, declared=words.day(declared))
    if change["places"]:
        where = ", ".join(told.names.place(key) for key in change["places"])
        said = f"{said}{words.semicolon}{where}"
    return said


def _finding(told: _Told) -> str:
    """If R were multiplied by 0.7 from 3 Dec: 120 fewer admissions in 14 days (80 to 170)."""
    words, last = told.words, told.rows[-1]
    changes = [each for each in told.changes() if each["first_date"]]
    condition = str(told.inputs[f"title_{words.language}"])
    if len(changes) == 1:
        condition = _days(told, changes[0], _CONDITION)
    days = words.number(len(told.rows))
    mean = last["difference_mean"]
    if abs(mean) < 1:
        said = {"condition": condition, "unit": told.unit, "days": days}
        return words.say("scenario.no_difference", **said)
    key = "scenario.fewer" if mean < 0 else "scenario.more"
    difference = words.say(key, count=_about(mean, words), unit=told.unit)
    return words.say(
        "scenario.finding",
        condition=condition,
        difference=difference,
        days=days,
        range=_range(last["difference_q05"], last["difference_q95"], words),
    )


def _range(low: float, high: float, words: Words) -> str:
    """Range of a difference, without signs where both ends have the same."""
    ends = {"low": _about(low, words), "high": _about(high, words)}
    if low < 0 < high and round(low) and round(high):
        return words.say("scenario.range_across", **ends)
    if abs(low) > abs(high):
        ends = {"low": ends["high"], "high": ends["low"]}
    return words.say("scenario.range", **ends)


def _about(value: float, words: Words) -> str:
    """Size of a difference, two digits of it: its range is far wider than a third would be."""
    size = round(abs(value))
    return words.number(round(size, 2 - len(str(size))) if size >= 100 else size)


def _picture(told: _Told, past: PlaceSeries | None, release: str) -> Picture:
    words, rows = told.words, told.rows
    days = np.array([row["date"] for row in rows], dtype="datetime64[D]")
    under = np.array([[row[level] for level in _LEVELS] for row in rows], dtype=np.float64)
    without = np.array(
        [[row[f"baseline_{level}"] for level in _LEVELS] for row in rows], dtype=np.float64
    )
    seen = _past(past, rows[0]["date"] - timedelta(days=1))
    fan = Fan(
        past_days=seen.days,
        past_values=seen.values,
        is_incomplete=seen.is_incomplete,
        future_days=days,
        bands=without,
        capacity_days=np.empty(0, dtype="datetime64[D]"),
        capacity_values=np.empty(0),
        today=np.datetime64(told.as_of),
        scenario=under,
    )
    said = {
        "name": told.name,
        "place": told.place.name,
        "unit": told.unit,
        "last": words.day(rows[-1]["date"]),
        "value": words.number(rows[-1]["q50"]),
        "low": words.number(rows[-1]["q05"]),
        "high": words.number(rows[-1]["q95"]),
        "without": words.number(rows[-1]["baseline_q50"]),
    }
    finding = _finding(told)
    alternative = f"{finding} {words.say('scenario.alternative', **said)}"
    drawn = FanWords(
        title=finding,
        description=alternative,
        today=words.say("chart.today"),
        median=words.say("scenario.without", value=said["without"]),
        range_50=words.say("chart.range_50"),
        range_95=words.say("scenario.range_90"),
        capacity="",
        incomplete=words.say("chart.incomplete"),
        short="",
        day=words.day,
        number=words.number,
        scenario=words.say("scenario.median", value=said["value"]),
        notice=words.say("scenario.notice"),
    )
    return Picture(
        name=f"scenario-{told.inputs['scenario']}",
        finding=finding,
        subtitle=words.say("scenario.subtitle", **said),
        alternative=alternative,
        source=words.say(
            "scenario.picture_source", scenario=told.inputs["scenario"], release=release
        ),
        header=tuple(words.say(key) for key in _COLUMNS),
        rows=tuple(_table_row(row, words) for row in rows),
        draw=lambda is_narrow: draw_fan(fan, drawn, is_narrow=is_narrow),
    )


def _past(past: PlaceSeries | None, complete_until: date) -> Series:
    if past is None:
        empty = np.empty(0, dtype="datetime64[D]")
        return Series(empty, np.empty(0), np.empty(0, dtype=np.bool_))
    step = past.measure.step
    return series_of(past.rows, step, complete_until=complete_until).since(_PAST_DAYS)


def _table_row(row: Mapping[str, Any], words: Words) -> tuple[str, ...]:
    return (
        words.day(row["date"]),
        words.number(row["q50"]),
        words.range(row["q05"], row["q95"]),
        words.number(row["baseline_q50"]),
        words.range(row["baseline_q05"], row["baseline_q95"]),
        words.signed(round(row["difference_mean"])),
    )
