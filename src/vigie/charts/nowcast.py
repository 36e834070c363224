"""Nowcasts: bars of what is reported below what probably happened; and the reporting triangle."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from vigie.charts import drawing, palette
from vigie.charts.frame import left_edge, size_of, value_axis
from vigie.charts.scales import Days, ValueScale, day_ticks, round_ticks

__all__ = [
    "NOWCAST_LEVELS",
    "NowcastWords",
    "TriangleWords",
    "draw_nowcast",
    "draw_triangle",
]

FloatArray = NDArray[np.float64]

NOWCAST_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantile levels of the bands: the 90 % range, the 50 % range and the median."""

_MOST_COLUMNS, _MOST_COLUMNS_NARROW = 14, 7
_ROW = 19
_SHARE_FLOORS = (0, 25, 50, 75, 95)
"""Smallest number in 100 of each shade of the triangle."""


@dataclass(frozen=True, slots=True)
class NowcastWords:
    """Words of the chart; ``day`` and ``number`` write values."""

    title: str
    description: str
    reported: str
    median: str
    range_50: str
    range_90: str
    day: Callable[[date], str]
    number: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class TriangleWords:
    """Words of the triangle; ``day`` writes dates, ``column`` what a number of days is called."""

    title: str
    description: str
    across: str
    day: Callable[[date], str]
    column: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class _Frame:
    width: int
    height: int
    left: float
    right: float
    slot: float
    up: ValueScale

    def across(self, number: int) -> float:
        """Middle of the place of a day."""
        return self.left + (number + 0.5) * self.slot


def draw_nowcast(
    days: Days,
    reported: FloatArray,
    bands: FloatArray,
    words: NowcastWords,
    *,
    is_narrow: bool = False,
) -> str:
    """What is reported of each day, and what probably happened, from 0, as SVG text.

    Args:
        days: (day,), ascending, one after the other.
        reported: (day,), >= 0; NaN where nothing is.
        bands: (day, 5), quantiles at NOWCAST_LEVELS, finite and >= 0.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.

    Raises:
        ValueError: there is no day, or the arrays differ in length.
    """
    if (
        not len(days)
        or bands.shape != (len(days), len(NOWCAST_LEVELS))
        or len(reported) != len(days)
    ):
        raise ValueError(f"{len(days)} days and bands of shape {bands.shape} cannot be drawn")
    width, size = size_of(is_narrow=is_narrow)
    ticks = round_ticks(max(1.0, float(bands.max()), float(np.nanmax([*reported, 0.0]))))
    left = left_edge(ticks, words, size)
    right = width - 12.0
    legend, top = _legend(words, left, right, size)
    height = int(top) + (200 if is_narrow else 232)
    frame = _Frame(
        width,
        height,
        left,
        right,
        (right - left) / len(days),
        ValueScale(ticks[0], ticks[-1], top, height - 28),
    )
    parts = [*legend, *_grid(frame, days, ticks, words, most=3 if is_narrow else 6)]
    for number in range(len(days)):
        parts += _day(frame, number, float(reported[number]), bands[number].tolist())
    base = frame.up(0.0)
    parts.append(drawing.line((left, base), (right, base), stroke=palette.INK))
    return drawing.document(
        width, height, title=words.title, description=words.description, parts=parts, font_size=size
    )


def _grid(
    frame: _Frame, days: Days, ticks: Sequence[float], words: NowcastWords, most: int
) -> list[str]:
    parts = value_axis(frame.up, ticks, (frame.left, frame.right), words, zero=palette.RULE)
    for day in day_ticks(days[0], days[-1], most):
        number = int((np.datetime64(day) - days[0]).astype(np.int64))
        at = frame.across(number)
        parts.append(drawing.text((at, frame.height - 10), words.day(day), anchor="middle"))
    return parts


def _day(frame: _Frame, number: int, reported: float, bands: Sequence[float]) -> list[str]:
    """Bar of a day, what is probably still to come, and its ranges; no bar without reports."""
    lowest, low, middle, high, highest = (frame.up(value) for value in bands)
    bar, half = 0.76 * frame.slot, 0.5 * 0.76 * frame.slot
    left = frame.across(number) - half
    parts = []
    if math.isfinite(reported):
        top, base = frame.up(reported), frame.up(0.0)
        parts.append(drawing.rectangle((left, top), (bar, base - top), fill=palette.REPORTED))
        if top - middle >= 1:
            parts.append(
                drawing.rectangle(
                    (left, middle), (bar, top - middle), fill="none", stroke=palette.REPORTED
                )
            )
    for upper, lower, fill in (
        (highest, lowest, palette.FORECAST_95),
        (high, low, palette.FORECAST_50),
    ):
        if lower - upper >= 1:
            parts.append(
                drawing.rectangle(
                    (left, upper), (bar, lower - upper), fill=fill, stroke=palette.FORECAST
                )
            )
    line = drawing.line(
        (left - 1, middle), (left + bar + 1, middle), stroke=palette.FORECAST, width=2.6
    )
    return [*parts, line]


def _legend(words: NowcastWords, left: float, right: float, size: int) -> tuple[list[str], float]:
    """Names of bar, median and ranges in rows above the picture, and where these end."""
    entries = (
        (words.reported, palette.REPORTED, 9.0),
        (words.median, palette.FORECAST, 3.0),
        (words.range_50, palette.FORECAST_50, 9.0),
        (words.range_90, palette.FORECAST_95, 9.0),
    )
    parts, x, y = [], left, 8.0
    for name, fill, thick in entries:
        wide = 26 + drawing.LETTER * size * len(name) + 16
        if x > left and x + wide - 16 > right:
            x, y = left, y + size + 6
        stroke = fill if fill in (palette.REPORTED, palette.FORECAST) else palette.FORECAST
        parts.append(
            drawing.rectangle((x, y + (9 - thick) / 2), (20.0, thick), fill=fill, stroke=stroke)
        )
        parts.append(drawing.text((x + 26, y + 9), name))
        x += wide
    return parts, y + size + 16


def draw_triangle(
    days: Days,
    shares: FloatArray,
    first_delay: int,
    words: TriangleWords,
    *,
    is_narrow: bool = False,
) -> str:
    """Of each day, the share that was known after so many days, as SVG text.

    Args:
        days: (day,), ascending.
        shares: (day, delay), share of the probable count that was known, >= 0, written into its
            cell in 100; NaN where the delay has not passed, or nothing was known.
        first_delay: days that the first column stands for.
        words: in the reader's language.
        is_narrow: for a phone of 360 px: fewer columns, the same rows.

    Raises:
        ValueError: there is no day, or the arrays differ in length.
    """
    if not len(days) or len(shares) != len(days) or not shares.shape[1]:
        raise ValueError(f"{len(days)} days and shares of shape {shares.shape} cannot be drawn")
    width, size = size_of(is_narrow=is_narrow)
    count = min(shares.shape[1], _MOST_COLUMNS_NARROW if is_narrow else _MOST_COLUMNS)
    names = [words.day(day.astype(object)) for day in days]
    left = 14 + drawing.LETTER * size * max(map(len, names))
    cell = (width - 10 - left) / count
    top, height = 46.0, 46 + _ROW * len(days) + 10
    parts = [drawing.text((left, 16.0), words.across)]
    parts += [
        drawing.text(
            (left + (at + 0.5) * cell, 36.0), words.column(first_delay + at), anchor="middle"
        )
        for at in range(count)
    ]
    for row, name in enumerate(reversed(names)):
        y = top + _ROW * row
        parts.append(drawing.text((left - 6, y + 14), name, anchor="end"))
        for at, share in enumerate(shares[len(days) - 1 - row, :count].tolist()):
            if math.isfinite(share):
                parts += _cell((left + at * cell, y), cell, share, size)
    return drawing.document(
        width, height, title=words.title, description=words.description, parts=parts, font_size=size
    )


def _cell(at: tuple[float, float], wide: float, share: float, size: int) -> list[str]:
    """A cell of the triangle: its shade and its number."""
    whole = round(100 * share)
    step = sum(whole >= floor for floor in _SHARE_FLOORS[1:])
    fill, ink = palette.SHARE_FILLS[step]
    return [
        drawing.rectangle(at, (wide, float(_ROW)), fill=fill, stroke=palette.GROUND),
        drawing.text(
            (at[0] + wide / 2, at[1] + 14), str(whole), anchor="middle", fill=ink, size=size - 1
        ),
    ]
