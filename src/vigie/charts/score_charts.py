"""Pictures of how good forecasts were: the PIT histogram and the error by week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from vigie.charts import drawing, palette
from vigie.charts.scales import DayScale, ValueScale, day_ticks, round_ticks

__all__ = ["PitWords", "RatioLine", "RatioWords", "draw_pit", "draw_ratios"]

FloatArray = NDArray[np.float64]

_DASHES = ("", "7 4", "2 3", "10 3 2 3")


@dataclass(frozen=True, slots=True)
class PitWords:
    """Words of a PIT histogram; ``number`` writes a whole number."""

    title: str
    description: str
    low: str
    middle: str
    high: str
    expected: str
    number: Callable[[float], str]


def draw_pit(shares: FloatArray, words: PitWords, *, is_narrow: bool = False) -> str:
    """The shares of outcomes in equal parts of the forecast range, as bars from 0, in 100.

    Args:
        shares: (part,), shares of outcomes, 0..1, from the lowest part of the forecast up.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.
    """
    width, height, size = (344, 230, 12) if is_narrow else (520, 250, 13)
    expected = 100.0 / len(shares)
    ticks = round_ticks(max(float(shares.max()) * 100, 2 * expected))
    left, right = 14 + drawing.LETTER * size * 3, width - 14.0
    scale = ValueScale(ticks[0], ticks[-1], 30, height - 36)
    parts = []
    for tick in ticks:
        colour = palette.INK if tick == 0 else palette.RULE
        parts.append(drawing.line((left, scale(tick)), (right, scale(tick)), stroke=colour))
        parts.append(drawing.text((left - 6, scale(tick) + 4), words.number(tick), anchor="end"))
    step = (right - left) / len(shares)
    for number, share in enumerate(shares.tolist()):
        top = scale(100 * share)
        at, bar = (left + number * step + 2, top), (step - 4, scale(0) - top)
        parts.append(drawing.rectangle(at, bar, fill=palette.FORECAST_50, stroke=palette.FORECAST))
    line = scale(expected)
    parts.append(drawing.line((left, line), (right, line), stroke=palette.INK, dash="6 4"))
    parts.append(drawing.text((left, 18), words.expected))
    below = height - 12.0
    parts.append(drawing.text((left, below), words.low))
    if not is_narrow:
        parts.append(drawing.text(((left + right) / 2, below), words.middle, anchor="middle"))
    parts.append(drawing.text((right, below), words.high, anchor="end"))
    return drawing.document(
        width, height, title=words.title, description=words.description, parts=parts, font_size=size
    )


@dataclass(frozen=True, slots=True, eq=False)
class RatioLine:
    """The weekly error of a model, the baseline's being 1.

    Attributes:
        name: of the model, as read.
        ratios: (week,), NaN where nothing was scored.
        is_published: drawn as the forecast in force.
    """

    name: str
    ratios: FloatArray
    is_published: bool


@dataclass(frozen=True, slots=True)
class RatioWords:
    """Words of the chart of weekly errors; ``day`` and ``number`` write values."""

    title: str
    description: str
    baseline: str
    day: Callable[[date], str]
    number: Callable[[float], str]


def draw_ratios(
    weeks: NDArray[np.datetime64],
    lines: Sequence[RatioLine],
    words: RatioWords,
    *,
    is_narrow: bool = False,
) -> str:
    """Weekly errors of the models as lines from 0, with the baseline as the line at 1.

    Args:
        weeks: (week,), Mondays.
        lines: of the models, at most four; each has a stroke of its own and its name at the end.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.

    Raises:
        ValueError: there is no week, or more lines than strokes.
    """
    if not len(weeks) or len(lines) > len(_DASHES):
        raise ValueError(f"{len(weeks)} weeks and {len(lines)} lines cannot be drawn")
    width, height, size = (344, 260, 12) if is_narrow else (720, 280, 13)
    known = [line.ratios[np.isfinite(line.ratios)] for line in lines]
    ticks = round_ticks(max([1.25, *(float(each.max()) for each in known if len(each))]))
    left = 14 + drawing.LETTER * size * max(len(words.number(tick)) for tick in ticks)
    names = [words.baseline, *(line.name for line in lines)]
    right = width - 14.0 if is_narrow else width - 14 - drawing.LETTER * 12 * max(map(len, names))
    top = 30.0 + (size + 4) * len(lines) if is_narrow else 30.0
    days = DayScale(weeks[0], weeks[-1], left + 6, right - 6)
    scale = ValueScale(ticks[0], ticks[-1], top, height - 28)
    parts = []
    for tick in ticks:
        colour = palette.INK if tick == 0 else palette.RULE
        parts.append(drawing.line((left, scale(tick)), (right, scale(tick)), stroke=colour))
        parts.append(drawing.text((left - 6, scale(tick) + 4), words.number(tick), anchor="end"))
    for day in day_ticks(weeks[0], weeks[-1], 3 if is_narrow else 6):
        across = days(np.datetime64(day))
        parts.append(drawing.text((across, height - 10), words.day(day), anchor="middle"))
    base = scale(1.0)
    parts.append(drawing.line((left, base), (right, base), stroke=palette.INK, width=1.6))
    parts.append(
        drawing.text((left + 4, base + _beside(known, size)), words.baseline, has_halo=True)
        if is_narrow
        else drawing.text((right + 5, base + 4), words.baseline)
    )
    taken = [base + 4]
    for number, line in enumerate(lines):
        colour = palette.FORECAST if line.is_published else palette.STATUS["stale"]
        points = [
            None if np.isnan(value) else (days(week), scale(value))
            for week, value in zip(weeks, line.ratios.tolist(), strict=True)
        ]
        dash = _DASHES[number]
        parts.append(drawing.path(_pieces(points), stroke=colour, width=2.0, dash=dash))
        parts += [
            drawing.circle(point, 2.6, fill=palette.GROUND, stroke=colour, width=1.4)
            for point in points
            if point is not None
        ]
        if is_narrow:
            row = 16.0 + (size + 4) * number
            parts.append(
                drawing.line((left, row), (left + 30, row), stroke=colour, width=2, dash=dash)
            )
            parts.append(drawing.text((left + 36, row + 4), line.name, fill=colour))
            continue
        last = [point for point in points if point is not None][-1:]
        if last:
            at = _free(last[0][1] + 4, taken, size + 2)
            taken.append(at)
            parts.append(drawing.text((right + 5, at), line.name, fill=colour, size=12))
    return drawing.document(
        width, height, title=words.title, description=words.description, parts=parts, font_size=size
    )


def _beside(known: Sequence[FloatArray], size: int) -> float:
    """How far below the line at 1 its name stands: where fewer values are in the way."""
    values = np.concatenate([*known, np.empty(0)])
    return size + 3.0 if (values > 1).sum() > (values < 1).sum() else -5.0


def _pieces(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    return pieces


def _free(wanted: float, taken: Sequence[float], space: float) -> float:
    """A height near the one wanted that leaves the labels already there readable."""
    shifts = [step * sign * space / 2 for step in range(12) for sign in (1, -1)]
    for shift in shifts:
        if all(abs(wanted + shift - each) >= space for each in taken):
            return wanted + shift
    return wanted
