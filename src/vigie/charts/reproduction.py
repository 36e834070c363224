"""The reproduction number of the last weeks: two bands, the median, and the line at 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from vigie.charts import drawing, palette
from vigie.charts.frame import left_edge, value_axis
from vigie.charts.scales import Days, DayScale, ValueScale, day_ticks, round_ticks

__all__ = ["REPRODUCTION_LEVELS", "ReproductionWords", "draw_reproduction"]

FloatArray = NDArray[np.float64]
Curve = list[tuple[float, float]]

REPRODUCTION_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantile levels of the bands: the 90 % range, the 50 % range and the median."""


@dataclass(frozen=True, slots=True)
class ReproductionWords:
    """Words of the chart; ``day`` and ``number`` write values."""

    title: str
    description: str
    median: str
    range_50: str
    range_90: str
    one: str
    day: Callable[[date], str]
    number: Callable[[float], str]


def draw_reproduction(
    days: Days, bands: FloatArray, words: ReproductionWords, *, is_narrow: bool = False
) -> str:
    """The reproduction number by day, from 0, as SVG text.

    Args:
        days: (day,), ascending.
        bands: (day, 5), quantiles at REPRODUCTION_LEVELS, finite and >= 0.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.

    Raises:
        ValueError: there are fewer than two days, or the bands have another shape.
    """
    if len(days) < 2 or bands.shape != (len(days), len(REPRODUCTION_LEVELS)):
        raise ValueError(f"{len(days)} days and bands of shape {bands.shape} cannot be drawn")
    width, height, size = (344, 260, 12) if is_narrow else (720, 280, 13)
    ticks = round_ticks(max(1.25, float(bands.max())))
    left = left_edge(ticks, words, size)
    labels = (words.median, words.range_50, words.range_90)
    right = width - (16.0 if is_narrow else 16 + drawing.LETTER * 12 * max(map(len, labels)))
    top = 30.0 + (size + 5) * len(labels) if is_narrow else 30.0
    across = DayScale(days[0], days[-1], left + 2, right)
    up = ValueScale(ticks[0], ticks[-1], top, height - 28)
    parts = value_axis(up, ticks, (left, right), words)
    for day in day_ticks(days[0], days[-1], 3 if is_narrow else 6):
        at = across(np.datetime64(day))
        parts.append(drawing.text((at, height - 10), words.day(day), anchor="middle"))
    xs = across.positions(days)
    curves = [
        [(x, up(value)) for x, value in zip(xs, bands[:, level].tolist(), strict=True)]
        for level in range(len(REPRODUCTION_LEVELS))
    ]
    for low, high, fill in ((0, 4, palette.FORECAST_95), (1, 3, palette.FORECAST_50)):
        parts.append(drawing.area(curves[high], curves[low], fill=fill, outline=palette.FORECAST))
    parts.append(drawing.path([curves[2]], stroke=palette.FORECAST, width=2.2))
    one = up(1.0)
    parts.append(drawing.line((left, one), (right, one), stroke=palette.INK, width=1.6, dash="6 4"))
    named = _freest(curves, one, drawing.LETTER * size * len(words.one), size)
    parts.append(drawing.text(named, words.one, has_halo=True))
    parts += _labels(curves, labels, (left, right), size, is_narrow=is_narrow)
    return drawing.document(
        width, height, title=words.title, description=words.description, parts=parts, font_size=size
    )


def _freest(curves: Sequence[Curve], one: float, wide: float, size: int) -> tuple[float, float]:
    """Where the name of the line at 1 covers least of the bands: above it or below it."""
    lowest, highest = curves[0], curves[-1]

    def covered(left: float, base: float) -> float:
        return sum(
            max(0.0, min(low, base + 3) - max(high, base - size))
            for (x, low), (_, high) in zip(lowest, highest, strict=True)
            if left - 4 <= x <= left + wide + 4
        )

    starts = [x + 4 for x, _ in lowest if x + 4 + wide <= lowest[-1][0]] or [lowest[0][0]]
    places = [(left, base) for left in starts for base in (one - 7, one + size + 5)]
    return min(places, key=lambda at: covered(*at))


def _labels(
    curves: Sequence[Curve],
    labels: tuple[str, str, str],
    edges: tuple[float, float],
    size: int,
    *,
    is_narrow: bool,
) -> list[str]:
    """Names of median and ranges: at the right edge, or in rows above on a phone."""
    fills = (palette.FORECAST, palette.FORECAST_50, palette.FORECAST_95)
    if is_narrow:
        parts = []
        for row, (label, fill) in enumerate(zip(labels, fills, strict=True)):
            at = 12.0 + (size + 5) * row
            parts.append(
                drawing.rectangle(
                    (edges[0], at), (22.0, 9.0 if row else 3.0), fill=fill, stroke=palette.FORECAST
                )
            )
            parts.append(drawing.text((edges[0] + 30, at + 8), label))
        return parts
    ends = [curve[-1][1] for curve in curves]
    middle = ends[2]
    apart = size + 3.0
    places = (
        middle + 4,
        min(ends[3] + 4, middle + 4 - apart),
        min(ends[4] + 4, middle + 4 - 2 * apart, ends[3] + 4 - apart),
    )
    return [
        drawing.text(
            (edges[1] + 6, at), label, fill=palette.FORECAST if row == 0 else palette.INK, size=12
        )
        for row, (label, at) in enumerate(zip(labels, places, strict=True))
    ]
