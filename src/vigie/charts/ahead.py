"""The days ahead of one thing at one place: need against capacity, or stock with deliveries."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from vigie.charts import drawing, palette
from vigie.charts.frame import DayFrame, day_axis, left_edge, picture, size_of
from vigie.charts.risk_days import shortened
from vigie.charts.scales import Days, DayScale, ValueScale, round_ticks

__all__ = ["Ahead", "AheadWords", "draw_ahead"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What the picture shows; quantiles are at 10, 50 and 90 %.

    Attributes:
        past_days, past_values: (past,), as reported, NaN where nothing is known; may be empty.
        days: (future,), consecutive.
        values: (future, 3), need of the day, or stock at its end.
        capacity: (future, 3), what can be used; None for stock.
        limits: (future,), name of what limits capacity most often that day; empty: not told.
        delivered: (future,), units expected that day; empty: not told.
        today: day of the run.
        short_days: 10, 50 and 90 % quantile of the first short day among the futures that run
            short; None when no date may be said.
        act_by: last useful day to act or to order; None when unknown or past.
    """

    past_days: Days
    past_values: FloatArray
    days: Days
    values: FloatArray
    capacity: FloatArray | None
    limits: tuple[str, ...]
    delivered: FloatArray
    today: np.datetime64
    short_days: tuple[np.datetime64, np.datetime64, np.datetime64] | None
    act_by: np.datetime64 | None

    def __post_init__(self) -> None:
        if not len(self.days) or self.values.shape != (len(self.days), 3):
            raise ValueError(f"values has shape {self.values.shape}, not (future, 3)")
        if self.capacity is not None and self.capacity.shape != self.values.shape:
            raise ValueError(f"capacity has shape {self.capacity.shape}, not that of values")
        for name in ("limits", "delivered"):
            if len(getattr(self, name)) not in (0, len(self.days)):
                raise ValueError(f"{name} has {len(getattr(self, name))} days, not 0 or all")


@dataclass(frozen=True, slots=True)
class AheadWords:
    """Words of the picture in the reader's language; ``day`` and ``number`` write values."""

    title: str
    description: str
    today: str
    median: str
    range_80: str
    capacity: str
    limits: str
    short: str
    act_by: str
    day: Callable[[date], str]
    number: Callable[[float], str]


def draw_ahead(ahead: Ahead, words: AheadWords, *, is_narrow: bool = False) -> str:
    """The picture as SVG text.

    Args:
        ahead: what to show.
        words: in the reader's language.
        is_narrow: for a phone of 360 px: fewer dates, same size of text.
    """
    frame = _frame(ahead, words, is_narrow=is_narrow)
    parts = [
        drawing.hatching("q", palette.REPORTED),
        *day_axis(frame, words, is_narrow=is_narrow),
        *_future(ahead, frame),
        *_capacity_ground(ahead, frame),
        *_capacity_line(ahead, frame),
        *_past(ahead, frame),
        *_moments(ahead, frame, words),
        *_deliveries(ahead, frame, words),
        *_capacity_name(ahead, frame, words),
        *_short_bar(ahead, frame, words),
        *_range_names(ahead, frame, words),
        *_limits(ahead, frame, words),
    ]
    return picture(frame, words, parts)


def _frame(ahead: Ahead, words: AheadWords, *, is_narrow: bool) -> DayFrame:
    width, size = size_of(is_narrow=is_narrow)
    height = 284 if is_narrow else 324
    strip = 34 if ahead.limits else 0
    seen = np.concatenate([ahead.past_values, ahead.values.ravel(), ahead.delivered])
    if ahead.capacity is not None:
        seen = np.concatenate([seen, ahead.capacity.ravel()])
    ticks = round_ticks(float(np.nanmax(seen)))
    left = left_edge(ticks, words, size)
    right = width - 12 - drawing.LETTER * 12 * max(len(words.median), len(words.range_80))
    first = min([ahead.days[0], *ahead.past_days[:1]])
    days = DayScale(first, ahead.days[-1], left, right)
    up = ValueScale(0.0, ticks[-1], 64, height - 28)
    return DayFrame(width, height + strip, size, days, up, ticks)


def _half(frame: DayFrame) -> float:
    """Half the width of a day."""
    days = frame.days
    return (days.right - days.left) / max(1.0, float((days.last - days.first).astype(int))) / 2


def _points(days: Days, values: FloatArray, frame: DayFrame) -> list[tuple[float, float]]:
    return [
        (across, frame.values(value))
        for across, value in zip(frame.days.positions(days), values.tolist(), strict=True)
    ]


def _steps(ahead: Ahead, values: FloatArray, frame: DayFrame) -> list[tuple[float, float]]:
    """A level that holds all day: from half a day before to half a day after."""
    points: list[tuple[float, float]] = []
    for across, height in _points(ahead.days, values, frame):
        points += [
            (max(frame.days.left, across - _half(frame)), height),
            (min(frame.days.right, across + _half(frame)), height),
        ]
    return points


def _capacity_ground(ahead: Ahead, frame: DayFrame) -> list[str]:
    if ahead.capacity is None or np.allclose(ahead.capacity[:, 0], ahead.capacity[:, 2]):
        return []
    low, high = (_steps(ahead, ahead.capacity[:, at], frame) for at in (0, 2))
    return [drawing.area(high, low, fill="url(#q)", outline=palette.REPORTED)]


def _capacity_line(ahead: Ahead, frame: DayFrame) -> list[str]:
    if ahead.capacity is None:
        return []
    steps = _steps(ahead, ahead.capacity[:, 1], frame)
    return [drawing.path([steps], stroke=palette.CAPACITY, width=2.0)]


def _capacity_name(ahead: Ahead, frame: DayFrame, words: AheadWords) -> list[str]:
    if ahead.capacity is None:
        return []
    highest = float(ahead.capacity[:, 2].max())
    at = (frame.days(ahead.days[0]), frame.values(highest) - 6)
    wide = drawing.LETTER * (frame.size + 1) * len(words.capacity)
    across = min(at[0] + 4, frame.days.right - wide)
    return [drawing.text((across, at[1]), words.capacity, is_bold=True, has_halo=True)]


def _future(ahead: Ahead, frame: DayFrame) -> list[str]:
    low, middle, high = (_points(ahead.days, column, frame) for column in ahead.values.T)
    return [
        drawing.area(high, low, fill=palette.FORECAST_95, outline=palette.FORECAST),
        drawing.path([middle], stroke=palette.FORECAST, width=2.2),
    ]


def _deliveries(ahead: Ahead, frame: DayFrame, words: AheadWords) -> list[str]:
    """A bar as high as what comes, with its amount over it."""
    parts = []
    taken = -math.inf
    half = max(2.5, min(6.0, _half(frame) * 0.8))
    for day, units in zip(ahead.days, ahead.delivered.tolist(), strict=False):
        if units < 0.5:
            continue
        across, top = frame.days(day), frame.values(units)
        size = (2 * half, frame.values.bottom - top)
        parts.append(
            drawing.rectangle(
                (across - half, top), size, fill=palette.SHARE_FILLS[3][0], stroke=palette.INK
            )
        )
        told = f"+{words.number(units)}"
        wide = drawing.LETTER * 13 * len(told)
        if across - wide / 2 > taken:
            taken = across + wide / 2 + 8
            parts.append(
                drawing.text(
                    (across, top - 5), told, anchor="middle", size=12, is_bold=True, has_halo=True
                )
            )
    return parts


def _past(ahead: Ahead, frame: DayFrame) -> list[str]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for point, value in zip(
        _points(ahead.past_days, np.nan_to_num(ahead.past_values), frame),
        ahead.past_values.tolist(),
        strict=True,
    ):
        if math.isnan(value):
            pieces.append([])
        else:
            pieces[-1].append(point)
    dots = [
        drawing.circle(point, 2.2, fill=palette.INK, stroke="none")
        for piece in pieces
        for point in piece
    ]
    return [drawing.path(pieces, stroke=palette.INK, width=1.3), *dots]


def _moments(ahead: Ahead, frame: DayFrame, words: AheadWords) -> list[str]:
    """Today, and the last useful day to act with a flag on a line of its own."""
    bottom = frame.values.bottom
    parts = []
    if frame.days.first <= ahead.today <= frame.days.last:
        across = frame.days(ahead.today)
        half = drawing.LETTER * frame.size * len(words.today) / 2
        middle = min(max(across, half + 2), frame.width - half - 2)
        parts += [
            drawing.line((across, 18), (across, bottom), stroke=palette.INK, dash="2 3"),
            drawing.text((middle, 14), words.today, anchor="middle"),
        ]
    if ahead.act_by is not None and frame.days.first <= ahead.act_by <= frame.days.last:
        across = frame.days(ahead.act_by)
        deep = palette.ACCENT
        wide = drawing.LETTER * (frame.size + 1) * len(words.act_by)
        starts = max(2.0, min(across - 8, frame.width - wide - 2))
        parts += [
            drawing.line((across, 36), (across, bottom), stroke=deep, width=1.8, dash="6 3"),
            drawing.text((starts, 33), words.act_by, fill=deep, is_bold=True, has_halo=True),
        ]
    return parts


def _short_bar(ahead: Ahead, frame: DayFrame, words: AheadWords) -> list[str]:
    if ahead.short_days is None:
        return []
    early, middle, late = (
        min(max(frame.days(day), frame.days.left), frame.days.right) for day in ahead.short_days
    )
    height = frame.values.bottom - 9
    deep = palette.CHANCE_FILLS[-1][0]
    wide = drawing.LETTER * (frame.size + 1) * len(words.short)
    # Over the bar: beside it the words would hide deliveries or the names of the ranges.
    middle_of_words = min(
        max((early + late) / 2, frame.days.left + wide / 2), frame.days.right - wide / 2
    )
    return [
        drawing.line(
            (early, height), (max(late, early + 2), height), stroke=palette.GROUND, width=9
        ),
        drawing.line((early, height), (max(late, early + 2), height), stroke=deep, width=5),
        drawing.line((middle, height - 8), (middle, height + 8), stroke=deep, width=2.5),
        drawing.text(
            (middle_of_words, height - 13),
            words.short,
            anchor="middle",
            fill=deep,
            is_bold=True,
            has_halo=True,
        ),
    ]


def _range_names(ahead: Ahead, frame: DayFrame, words: AheadWords) -> list[str]:
    _, middle, high = ahead.values[-1].tolist()
    upper = frame.values(high) + 4
    lower = max(frame.values(middle) + 4, upper + frame.size + 2)
    over = max(0.0, lower - frame.values.bottom)
    right = frame.days.right + 5
    blue = palette.FORECAST
    return [
        drawing.text((right, upper - over), words.range_80, fill=blue, size=12),
        drawing.text((right, lower - over), words.median, fill=blue, size=12),
    ]


def _limits(ahead: Ahead, frame: DayFrame, words: AheadWords) -> list[str]:
    """A strip under the days: what limits capacity, one piece for each run of equal days."""
    if not ahead.limits:
        return []
    top = frame.values.bottom + 30
    begins = frame.days(ahead.days[0]) - _half(frame)
    fits = begins - drawing.LETTER * 12 * len(words.limits) > 2
    parts = [
        drawing.text((begins - 6, top + 13), words.limits, anchor="end", size=12)
        if fits
        else drawing.text((frame.days.right + 5, top + 13), words.limits, size=12)
    ]
    pieces = list(_limit_pieces(ahead, frame))
    widest = {
        name: max((right - left, left) for each, left, right in pieces if each == name)[1]
        for name, _, _ in pieces
    }
    grounds = dict(zip(widest, (palette.GROUND, palette.RULE, palette.GROUND_SOFT), strict=False))
    for name, left, right in pieces:
        # Equal grounds name the pieces that are too narrow for their word.
        ground = grounds.get(name, palette.GROUND)
        parts.append(
            drawing.rectangle((left, top), (right - left, 18), fill=ground, stroke=palette.INK)
        )
        most = int((right - left - 4) / (drawing.LETTER * 12))
        told = name if len(name) <= most else ""
        if not told and left == widest[name] and most > 2:
            told = shortened(name, most)
        if told:
            middle = ((left + right) / 2, top + 13)
            parts.append(drawing.text(middle, told, anchor="middle", size=12))
    return parts


def _limit_pieces(ahead: Ahead, frame: DayFrame) -> Iterator[tuple[str, float, float]]:
    """Name of what limits, left and right edge, for each run of equal days."""
    at = 0
    for name, run in groupby(ahead.limits):
        count = len(list(run))
        left = max(frame.days.left, frame.days(ahead.days[at]) - _half(frame))
        right = min(frame.days.right, frame.days(ahead.days[at + count - 1]) + _half(frame))
        at += count
        yield name, left, right
