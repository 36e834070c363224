"""What pictures over days share: their size, the frame with its axes, and the whole document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from vigie.charts import drawing, palette
from vigie.charts.scales import DayScale, ValueScale, day_ticks

__all__ = [
    "AxisWords",
    "DayFrame",
    "day_axis",
    "left_edge",
    "picture",
    "size_of",
    "value_axis",
]


class AxisWords(Protocol):
    """Words that every picture has: the finding, its alternative, and how values are written."""

    @property
    def title(self) -> str:
        """The finding, one sentence."""

    @property
    def description(self) -> str:
        """Text alternative, one sentence."""

    @property
    def day(self) -> Callable[[date], str]:
        """Writes a day."""

    @property
    def number(self) -> Callable[[float], str]:
        """Writes a value."""


@dataclass(frozen=True, slots=True)
class DayFrame:
    """Days across, values up.

    Attributes:
        width, height: of the picture, CSS pixels.
        size: of plain text.
        days, values: scales.
        ticks: values with a line.
    """

    width: int
    height: int
    size: int
    days: DayScale
    values: ValueScale
    ticks: tuple[float, ...]


def size_of(*, is_narrow: bool) -> tuple[int, int]:
    """Width and size of plain text: of a page, or of a phone of 360 px."""
    return (344, 12) if is_narrow else (720, 13)


def left_edge(ticks: Sequence[float], words: AxisWords, size: int) -> float:
    """Where the days begin: right of the longest number of the axis."""
    return 14 + drawing.LETTER * size * max(len(words.number(tick)) for tick in ticks)


def value_axis(
    values: ValueScale,
    ticks: Sequence[float],
    edges: tuple[float, float],
    words: AxisWords,
    *,
    zero: str = palette.INK,
) -> list[str]:
    """A line and a number for each tick, that of 0 in a colour of its own."""
    left, right = edges
    parts = []
    for tick in ticks:
        height = values(tick)
        colour = zero if tick == 0 else palette.RULE
        parts.append(drawing.line((left, height), (right, height), stroke=colour))
        parts.append(drawing.text((left - 6, height + 4), words.number(tick), anchor="end"))
    return parts


def day_axis(frame: DayFrame, words: AxisWords, *, is_narrow: bool) -> list[str]:
    """Values with their lines, and names of days under the picture."""
    left, right, bottom = frame.days.left, frame.days.right, frame.values.bottom
    parts = value_axis(frame.values, frame.ticks, (left, right), words)
    for day in day_ticks(frame.days.first, frame.days.last, 4 if is_narrow else 7):
        across = frame.days(np.datetime64(day))
        parts.append(drawing.line((across, bottom), (across, bottom + 4), stroke=palette.INK))
        if across < right - 8:
            parts.append(drawing.text((across, bottom + 18), words.day(day), anchor="middle"))
    return parts


def picture(frame: DayFrame, words: AxisWords, parts: Sequence[str]) -> str:
    """The whole picture as SVG text."""
    return drawing.document(
        frame.width,
        frame.height,
        title=words.title,
        description=words.description,
        parts=parts,
        font_size=frame.size,
    )
