"""From tables to pictures: a series with its forecast, its capacity and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vigie.actions.views.risks import DATE_FROM_IN_100, Risk, risk_sentence
from vigie.actions.views.room_names import Measure
from vigie.actions.views.views import Picture
from vigie.actions.words.wording import Words
from vigie.charts import FAN_LEVELS, Fan, FanWords, draw_fan, draw_tile_line, whole_in_100

__all__ = [
    "Bands",
    "Series",
    "fan_picture",
    "published_rows",
    "read_bands",
    "series_of",
    "tile_picture",
]

PAST_DAYS = {"day": 56, "week": 7 * 40, "month": 31 * 24}
TILE_DAYS = {"day": 42, "week": 7 * 26, "month": 31 * 18}
TABLE_ROWS = 14
OUTLOOK_DAYS = 14

COMPLETE_SHARE = 0.95
"""A sum over fewer of the places than this is drawn as still incomplete."""

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """A forecast at FAN_LEVELS: ``days`` (future,), ``values`` (future, 5)."""

    reference_date: date
    days: NDArray[np.datetime64]
    values: FloatArray

    def outlook(self, today: date) -> tuple[date, float, float]:
        """Last day at most two weeks after the day of the run, and the 95 % range of that day."""
        last = np.datetime64(today + timedelta(days=OUTLOOK_DAYS))
        near = np.flatnonzero(self.days <= last)
        index = int(near[-1]) if len(near) else 0
        return self.days[index].astype(date), *self.values[index, [0, -1]].tolist()


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A past: ``days`` and ``values`` (past,), NaN where missing; ``is_incomplete`` (past,)."""

    days: NDArray[np.datetime64]
    values: FloatArray
    is_incomplete: NDArray[np.bool_]
    feeds: tuple[str, ...] = ()

    def last_known(self) -> tuple[date, float] | None:
        """Last day with a value, and the value."""
        known = np.flatnonzero(np.isfinite(self.values))
        if not len(known):
            return None
        return self.days[known[-1]].astype(date), float(self.values[known[-1]])

    def since(self, days_back: int) -> Series:
        """The last days only."""
        if not len(self.days):
            return self
        keep = self.days > self.days[-1] - np.timedelta64(days_back, "D")
        return Series(self.days[keep], self.values[keep], self.is_incomplete[keep], self.feeds)


def published_rows(forecasts: pa.Table) -> pa.Table:
    """The rows of forecasts that are in force; those of other models are only scored."""
    return forecasts.filter(pc.fill_null(forecasts["is_published"], True))


def read_bands(forecasts: pa.Table, category: str) -> Bands | None:
    """The bands of one category, or None without a complete forecast of it.

    Args:
        forecasts: rows of one target at one location.
        category: empty means all.
    """
    wanted = published_rows(forecasts)
    wanted = wanted.filter(pc.equal(wanted["category"], category))
    levels = np.asarray(wanted["output_type_id"].to_numpy(), dtype=np.float64)
    days = np.asarray(wanted["target_end_date"].to_numpy()).astype("datetime64[D]")
    values = np.asarray(wanted["value"].to_numpy(), dtype=np.float64)
    if not len(days):
        return None
    ahead = np.unique(days)
    bands = np.full((len(ahead), len(FAN_LEVELS)), np.nan)
    at = np.searchsorted(ahead, days)
    for index, level in enumerate(FAN_LEVELS):
        chosen = np.isclose(levels, level)
        bands[at[chosen], index] = values[chosen]
    if not np.isfinite(bands).all():
        return None
    return Bands(wanted["reference_date"][0].as_py(), ahead, bands)


def series_of(
    rows: Sequence[Mapping[str, Any]], step: str, *, complete_until: date | None = None
) -> Series:
    """A series from facts or coverage of one measure, place and category, in order of day.

    A day is still incomplete when more than a few places are missing from it (COMPLETE_SHARE),
    or when it lies after the last day that the forecast took as complete. Days without a row
    become gaps.

    Args:
        rows: with reference_date and value; coverage rows also with reported and expected.
        step: day, week or month.
        complete_until: last day taken as complete, when known.
    """
    by_day = {row["reference_date"]: row for row in rows}
    days = sorted(by_day)
    if step == "day" and days:
        days = [days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)]
    values = [by_day[day]["value"] if day in by_day else None for day in days]
    is_open = [
        (complete_until is not None and day > complete_until)
        or (day in by_day and _lacks_places(by_day[day]))
        for day in days
    ]
    return Series(
        np.array(days, dtype="datetime64[D]"),
        np.array([np.nan if value is None else value for value in values], dtype=np.float64),
        np.array(is_open, dtype=np.bool_),
        tuple(sorted({row["feed"] for row in rows if row.get("feed")})),
    )


def _lacks_places(row: Mapping[str, Any]) -> bool:
    return "reported" in row and row["reported"] < COMPLETE_SHARE * row["expected"]


def _fan(
    series: Series, bands: Bands | None, capacity: Series | None, today: date, risk: Risk | None
) -> Fan:
    empty_days = np.empty(0, dtype="datetime64[D]")
    days, values = empty_days, np.empty(0)
    if capacity is not None and len(capacity.days):
        known = np.isfinite(capacity.values)
        begins = series.days[0] if len(series.days) else capacity.days[0]
        known &= capacity.days >= begins
        days, values = capacity.days[known], capacity.values[known]
        if len(values):
            changes = np.concatenate([[True], np.diff(values) != 0])
            days, values = days[changes], values[changes]
    short = None
    if risk and risk.if_short and whole_in_100(risk.probability) >= DATE_FROM_IN_100:
        base = np.datetime64(risk.as_of)
        early, middle, late = (base + np.timedelta64(day, "D") for day in risk.if_short)
        short = (early, middle, late)
    return Fan(
        past_days=series.days,
        past_values=series.values,
        is_incomplete=series.is_incomplete,
        future_days=bands.days if bands else empty_days,
        bands=bands.values if bands else np.empty((0, len(FAN_LEVELS))),
        capacity_days=days,
        capacity_values=values,
        today=np.datetime64(today),
        short_days=short,
    )


def fan_picture(
    *,
    name: str,
    title: str,
    measure: Measure,
    place: str,
    series: Series,
    bands: Bands | None,
    capacity: Series | None,
    capacity_name: str,
    risk: Risk | None,
    today: date,
    release: str,
    words: Words,
) -> Picture | None:
    """The fan chart of a series at a place, or None when nothing of it is known.

    Args:
        name: address of the picture.
        title: name of the series as read.
        measure: what is measured.
        place: name of the place.
        series: the past.
        bands: the future, if forecast.
        capacity: what the series is held against, if anything.
        capacity_name: as read.
        risk: the shortage the picture explains; its sentence is then the finding.
        today: day of the run.
        release: id of the release.
        words: of the reader.
    """
    past = series.since(PAST_DAYS.get(measure.step, PAST_DAYS["day"]))
    known = past.last_known()
    if known is None:
        return None
    fan = _fan(past, bands, capacity, today, risk)
    finding = _finding(title, measure, known, bands, risk, today, words)
    alternative = _alternative(title, place, measure, known, bands, today, words)
    last = bands.days[-1].astype(date) if bands else known[0]
    subtitle = words.say(
        "chart.subtitle",
        measure=measure.name,
        place=place,
        unit=words.unit(measure.unit),
        first=words.day(past.days[0].astype(date)),
        last=words.day(last),
    )
    fan_words = _fan_words(finding, alternative, measure, bands, capacity_name, words)
    return Picture(
        name=name,
        finding=finding,
        subtitle=subtitle,
        alternative=alternative,
        source=words.say("chart.source", feeds=", ".join(series.feeds) or "Vigie", release=release),
        header=_table_header(words, has_forecast=bands is not None),
        rows=_table_rows(past, bands, measure, words),
        draw=lambda is_narrow: draw_fan(fan, fan_words, is_narrow=is_narrow),
    )


def tile_picture(
    *,
    name: str,
    title: str,
    measure: Measure,
    series: Series,
    bands: Bands | None,
    today: date,
    words: Words,
) -> Picture | None:
    """The small line of a tile, or None when nothing of the series is known."""
    past = series.since(TILE_DAYS.get(measure.step, TILE_DAYS["day"]))
    known = past.last_known()
    if known is None:
        return None
    fan = _fan(past, bands, None, today, None)
    alternative = _alternative(title, "", measure, known, bands, today, words)
    return Picture(
        name=name,
        finding=title,
        subtitle="",
        alternative=alternative,
        source="",
        header=_table_header(words, has_forecast=bands is not None),
        rows=_table_rows(past, bands, measure, words),
        draw=lambda _: draw_tile_line(fan, title=title, description=alternative),
    )


def _finding(
    title: str,
    measure: Measure,
    known: tuple[date, float],
    bands: Bands | None,
    risk: Risk | None,
    today: date,
    words: Words,
) -> str:
    if risk:
        return f"{title}{words.colon}{risk_sentence(risk, words)}"
    if bands:
        day, low, high = bands.outlook(today)
        return words.say(
            "chart.finding_forecast",
            name=title,
            day=words.day(day),
            range=words.range(low, high, measure.unit),
        )
    return words.say(
        "chart.finding_past",
        name=title,
        day=words.day(known[0]),
        value=words.with_unit(known[1], measure.unit),
    )


def _alternative(
    title: str,
    place: str,
    measure: Measure,
    known: tuple[date, float],
    bands: Bands | None,
    today: date,
    words: Words,
) -> str:
    value, day = words.with_unit(known[1], measure.unit), words.day(known[0])
    where = f"{title}, {place}" if place else title
    if bands is None:
        return words.say("chart.alternative_past", name=where, value=value, day=day)
    last, low, high = bands.outlook(today)
    return words.say(
        "chart.alternative",
        name=where,
        value=value,
        day=day,
        last=words.day(last),
        range=words.range(low, high, measure.unit),
    )


def _fan_words(
    finding: str,
    alternative: str,
    measure: Measure,
    bands: Bands | None,
    capacity_name: str,
    words: Words,
) -> FanWords:
    middle = words.measured(float(bands.values[-1, 2]), measure.unit) if bands else ""
    return FanWords(
        title=finding,
        description=alternative,
        today=words.say("chart.today"),
        median=words.say("chart.median", value=middle),
        range_50=words.say("chart.range_50"),
        range_95=words.say("chart.range_95"),
        capacity=capacity_name,
        incomplete=words.say("chart.incomplete"),
        short=words.say("chart.short"),
        day=words.day,
        number=lambda value: words.measured(value, measure.unit),
    )


def _table_header(words: Words, *, has_forecast: bool) -> tuple[str, ...]:
    keys = ["chart.day", "chart.observed"]
    if has_forecast:
        keys += ["chart.col_median", "chart.range_50", "chart.range_95"]
    return tuple(words.say(key) for key in keys)


def _table_rows(
    past: Series, bands: Bands | None, measure: Measure, words: Words
) -> tuple[tuple[str, ...], ...]:
    ahead = dict(zip(bands.days.tolist(), bands.values.tolist(), strict=True)) if bands else {}
    seen = dict(
        zip(past.days[-TABLE_ROWS:].tolist(), past.values[-TABLE_ROWS:].tolist(), strict=True)
    )
    rows = []
    for day in sorted({*seen, *ahead}):
        value = seen.get(day, np.nan)
        missing = words.say("state.missing") if day in seen else ""
        row = [words.day(day), missing if np.isnan(value) else words.measured(value, measure.unit)]
        if day in ahead:
            lowest, low, middle, high, highest = ahead[day]
            row += [
                words.measured(middle, measure.unit),
                words.range(low, high, measure.unit),
                words.range(lowest, highest, measure.unit),
            ]
        elif bands:
            row += ["", "", ""]
        rows.append(tuple(row))
    return tuple(rows)
