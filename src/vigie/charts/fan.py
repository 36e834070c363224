"""The fan chart: the past as reported, the days still filling up, the future with its ranges.

A scenario is drawn over the future without it, brown and dashed, and says that it is no forecast.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from vigie.charts import drawing, palette
from vigie.charts.frame import DayFrame, day_axis, left_edge, picture, size_of
from vigie.charts.scales import Days, DayScale, ValueScale, round_ticks

__all__ = ["FAN_LEVELS", "Fan", "FanWords", "draw_fan"]

FloatArray = NDArray[np.float64]

FAN_LEVELS = (0.025, 0.25, 0.5, 0.75, 0.975)
"""Quantile levels of ``Fan.bands``: the 95 % range, the 50 % range and the median."""


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """What a fan chart shows.

    Attributes:
        past_days: (past,), ascending days of report.
        past_values: (past,), as reported; NaN where nothing is known.
        is_incomplete: (past,), the day is still filling up.
        future_days: (future,), ascending days forecast; empty without a forecast.
        bands: (future, 5), quantiles at FAN_LEVELS.
        capacity_days, capacity_values: (days,), capacity as last known; empty without one.
        today: day of the run.
        short_days: 10 %, 50 % and 90 % quantile of the first short day among the paths that run
            short, or None when no date may be said.
    """

    past_days: Days
    past_values: FloatArray
    is_incomplete: NDArray[np.bool_]
    future_days: Days
    bands: FloatArray
    capacity_days: Days
    capacity_values: FloatArray
    today: np.datetime64
    short_days: tuple[np.datetime64, np.datetime64, np.datetime64] | None = None
    scenario: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.bands.shape != (len(self.future_days), len(FAN_LEVELS)):
            raise ValueError(f"bands has shape {self.bands.shape}, not (future, {len(FAN_LEVELS)})")
        if self.scenario is not None and self.scenario.shape != self.bands.shape:
            raise ValueError(f"scenario has shape {self.scenario.shape}, not that of bands")
        if not len(self.past_days) == len(self.past_values) == len(self.is_incomplete):
            raise ValueError("past_days, past_values and is_incomplete differ in length")
        if len(self.past_days) + len(self.future_days) == 0:
            raise ValueError("a fan chart needs a past or a future")


@dataclass(frozen=True, slots=True)
class FanWords:
    """Words of a fan chart in the reader's language; ``day`` and ``number`` write values.

    A scenario needs its two own: what it is called at its end, and what stands over the chart.
    """

    title: str
    description: str
    today: str
    median: str
    range_50: str
    range_95: str
    capacity: str
    incomplete: str
    short: str
    day: Callable[[date], str]
    number: Callable[[float], str]
    scenario: str = ""
    notice: str = ""


def draw_fan(fan: Fan, words: FanWords, *, is_narrow: bool = False) -> str:
    """The fan chart as SVG text.

    Args:
        fan: what to show.
        words: in the reader's language.
        is_narrow: for a phone of 360 px: fewer dates, same size of text.
    """
    frame = _frame(fan, words, is_narrow=is_narrow)
    parts = [
        drawing.hatching("h", palette.RULE),
        *day_axis(frame, words, is_narrow=is_narrow),
        *_incomplete_ground(fan, frame, words),
        *_future(fan, frame),
        *_scenario(fan, frame, words),
        *_capacity(fan, frame),
        *_past(fan, frame),
        *_today(fan, frame, words),
        *_short_bar(fan, frame, words),
        *_capacity_label(fan, frame, words),
        *_range_labels(fan, frame, words),
    ]
    return picture(frame, words, parts)


def _frame(fan: Fan, words: FanWords, *, is_narrow: bool) -> DayFrame:
    width, size = size_of(is_narrow=is_narrow)
    height = 250 if is_narrow else 300
    ticks = _ticks(fan)
    left = left_edge(ticks, words, size)
    labels = (words.median, words.range_50, words.range_95, words.scenario)
    right = 12 + drawing.LETTER * 12 * max(map(len, labels)) if len(fan.future_days) else 16.0
    days = np.concatenate([fan.past_days, fan.future_days])
    return DayFrame(
        width,
        height,
        size,
        DayScale(days.min(), days.max(), left, width - right),
        ValueScale(ticks[0], ticks[-1], 50 if words.notice else 34, height - 28),
        ticks,
    )


def _ticks(fan: Fan) -> tuple[float, ...]:
    seen = np.concatenate([fan.past_values, fan.bands.ravel(), fan.capacity_values])
    if fan.scenario is not None:
        seen = np.concatenate([seen, fan.scenario.ravel()])
    seen = seen[np.isfinite(seen)]
    largest, smallest = (float(seen.max()), float(seen.min())) if len(seen) else (1.0, 0.0)
    ticks = round_ticks(max(largest, 0.0))
    if smallest >= 0:
        return ticks
    step = ticks[1] - ticks[0]
    below = math.ceil(-smallest / step)
    return (*(-step * n for n in range(below, 0, -1)), *ticks)


def _incomplete_ground(fan: Fan, frame: DayFrame, words: FanWords) -> list[str]:
    if not fan.is_incomplete.any():
        return []
    days = fan.past_days[fan.is_incomplete]
    left = max(frame.days.left, frame.days(days[0]) - 4)
    right = min(frame.days.right, frame.days(days[-1]) + 4)
    top, bottom = frame.values.top, frame.values.bottom
    return [
        drawing.rectangle((left, top), (right - left, bottom - top), fill="url(#h)"),
        drawing.text((left - 4, top + 12), words.incomplete, anchor="end", has_halo=True),
    ]


def _future(fan: Fan, frame: DayFrame) -> list[str]:
    if not len(fan.future_days):
        return []
    across = frame.days.positions(fan.future_days)
    lines = [
        [(x, frame.values(value)) for x, value in zip(across, column, strict=True)]
        for column in fan.bands.T.tolist()
    ]
    lowest, low, middle, high, highest = lines
    return [
        drawing.area(highest, lowest, fill=palette.FORECAST_95, outline=palette.FORECAST),
        drawing.area(high, low, fill=palette.FORECAST_50, outline=palette.FORECAST),
        drawing.path([middle], stroke=palette.FORECAST, width=2.2),
    ]


def _scenario(fan: Fan, frame: DayFrame, words: FanWords) -> list[str]:
    """Median and outer range, dashed: they must not read as what is expected."""
    if fan.scenario is None or not len(fan.future_days):
        return []
    across = frame.days.positions(fan.future_days)
    lowest, _, middle, _, highest = (
        [(x, frame.values(value)) for x, value in zip(across, column, strict=True)]
        for column in fan.scenario.T.tolist()
    )
    brown = palette.SCENARIO
    return [
        drawing.path([lowest], stroke=brown, width=1.2, dash="2 4"),
        drawing.path([highest], stroke=brown, width=1.2, dash="2 4"),
        drawing.path([middle], stroke=brown, width=2.6, dash="8 4"),
        drawing.text((frame.days.left, 14), words.notice, fill=brown, is_bold=True),
    ]


def _past(fan: Fan, frame: DayFrame) -> list[str]:
    points = [
        None if math.isnan(value) else (across, frame.values(value))
        for across, value in zip(
            frame.days.positions(fan.past_days), fan.past_values.tolist(), strict=True
        )
    ]
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    room = (frame.days.right - frame.days.left) / max(1, len(points))
    radius = min(2.4, max(1.1, 0.28 * room))
    dots = [
        drawing.circle(point, radius + 0.6, fill=palette.GROUND, stroke=palette.INK, width=1.3)
        if is_open
        else drawing.circle(point, radius, fill=palette.INK, stroke="none")
        for point, is_open in zip(points, fan.is_incomplete.tolist(), strict=True)
        if point is not None
    ]
    return [drawing.path(pieces, stroke=palette.INK, width=1.3), *dots]


def _today(fan: Fan, frame: DayFrame, words: FanWords) -> list[str]:
    if not frame.days.first <= fan.today <= frame.days.last:
        return []
    across = frame.days(fan.today)
    top, bottom = frame.values.top, frame.values.bottom
    return [
        drawing.line((across, top - 8), (across, bottom), stroke=palette.INK, dash="2 3"),
        drawing.text((across, top - 13), words.today, anchor="middle"),
    ]


def _capacity(fan: Fan, frame: DayFrame) -> list[str]:
    if not len(fan.capacity_days):
        return []
    steps: list[tuple[float, float]] = []
    for day, value in zip(fan.capacity_days, fan.capacity_values.tolist(), strict=True):
        across = frame.days(day)
        if steps:
            steps.append((across, steps[-1][1]))
        steps.append((across, frame.values(value)))
    steps.append((frame.days.right, steps[-1][1]))
    return [drawing.path([steps], stroke=palette.CAPACITY, width=1.8)]


def _capacity_label(fan: Fan, frame: DayFrame, words: FanWords) -> list[str]:
    if not len(fan.capacity_days):
        return []
    above = frame.values(float(fan.capacity_values[0])) - 6
    at = (max(frame.days.left, frame.days(fan.capacity_days[0])) + 4, above)
    return [drawing.text(at, words.capacity, is_bold=True, has_halo=True)]


def _short_bar(fan: Fan, frame: DayFrame, words: FanWords) -> list[str]:
    if fan.short_days is None:
        return []
    early, middle, late = (
        min(max(frame.days(day), frame.days.left), frame.days.right) for day in fan.short_days
    )
    height = frame.values.bottom - 8
    deep = palette.CHANCE_FILLS[-1][0]
    return [
        drawing.line((early, height), (max(late, early + 2), height), stroke=deep, width=5),
        drawing.line((middle, height - 8), (middle, height + 8), stroke=deep, width=2.5),
        drawing.text(
            (early - 6, height + 4),
            words.short,
            anchor="end",
            fill=deep,
            is_bold=True,
            has_halo=True,
        ),
    ]


def _range_labels(fan: Fan, frame: DayFrame, words: FanWords) -> list[str]:
    if not len(fan.future_days):
        return []
    _, _, middle, high, highest = fan.bands[-1].tolist()
    blue = palette.FORECAST
    named = [
        (highest, words.range_95, blue),
        (high, words.range_50, blue),
        (middle, words.median, blue),
    ]
    if fan.scenario is not None:
        named.append((float(fan.scenario[-1, 2]), words.scenario, palette.SCENARIO))
        named.sort(key=lambda each: -each[0])
    heights, free_from = [], frame.values.top - 20.0
    spacing = frame.size + 2
    for value, _, _ in named:
        free_from = max(frame.values(value) + 4, free_from + spacing)
        heights.append(free_from)
    over = max(0.0, heights[-1] - frame.values.bottom)
    return [
        drawing.text((frame.days.right + 5, at - over), name, fill=colour, size=12)
        for at, (_, name, colour) in zip(heights, named, strict=True)
    ]
