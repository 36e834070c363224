"""The risk table by place and day: one row a series, one cell a day, its chance as number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from vigie.charts import drawing, palette
from vigie.charts.risk_scale import cell_text, chance_step
from vigie.charts.scales import Days

__all__ = ["BOLD_LETTER", "RiskDaysWords", "RiskLine", "draw_risk_days", "shortened"]


BOLD_LETTER = 0.68
"""Width of a bold letter in em, on the wide side."""


@dataclass(frozen=True, slots=True)
class RiskLine:
    """A row of the risk table.

    Attributes:
        place: where.
        what: what may run short.
        probabilities: (day,), P(short by that day), 0 to 1.
    """

    place: str
    what: str
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RiskDaysWords:
    """Words of the risk table; ``steps`` names the five steps, ``month`` writes a month."""

    title: str
    description: str
    steps: tuple[str, str, str, str, str]
    month: Callable[[date], str]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where things stand: the left edge of cells, and the size of a cell and of a row."""

    width: int
    left: float
    cell: float
    row: float
    head: float
    label: float


_WIDE = _Grid(width=720, left=214.0, cell=22.8, row=34.0, head=38.0, label=0.0)
_NARROW = _Grid(width=344, left=6.0, cell=30.0, row=50.0, head=38.0, label=20.0)


def draw_risk_days(
    lines: Sequence[RiskLine], days: Days, words: RiskDaysWords, *, is_narrow: bool = False
) -> str:
    """The risk table as SVG text; the number carries the meaning, the colour repeats it.

    Args:
        lines: rows, the first is drawn on top.
        days: (day,), of the cells; on a phone every second one is drawn.
        words: in the reader's language.
        is_narrow: for a phone of 360 px.

    Raises:
        ValueError: no line or no day, or a line of another length than the days.
    """
    if not lines or not len(days) or any(len(each.probabilities) != len(days) for each in lines):
        raise ValueError("a risk table needs lines, days, and one chance a day in each line")
    grid = _NARROW if is_narrow else _WIDE
    room = int((grid.width - grid.left) / grid.cell)
    step = -(-len(days) // room)
    shown = np.arange(0, len(days), step)
    parts = _head(days[shown], grid, words)
    for number, each in enumerate(lines):
        top = grid.head + grid.row * number
        parts += _names(each, top, grid)
        parts += [
            _cell(each.probabilities[at], grid.left + grid.cell * column, top + grid.label, grid)
            for column, at in enumerate(shown.tolist())
        ]
    bottom = grid.head + grid.row * len(lines)
    parts += _legend(words, bottom + 20, is_narrow=is_narrow)
    return drawing.document(
        grid.width,
        int(bottom + (120 if is_narrow else 40)),
        title=words.title,
        description=words.description,
        parts=parts,
        font_size=12,
    )


def shortened(name: str, most: int) -> str:
    """A name of at most so many letters; what is cut ends in an ellipsis."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _head(days: Days, grid: _Grid, words: RiskDaysWords) -> list[str]:
    parts = []
    told = None
    for column, day in enumerate(days.tolist()):
        middle = grid.left + grid.cell * (column + 0.5)
        parts.append(drawing.text((middle, grid.head - 6), str(day.day), anchor="middle"))
        if (day.year, day.month) != told:
            told = (day.year, day.month)
            start = grid.left + grid.cell * column
            parts.append(drawing.text((start, 13), words.month(day), is_bold=True))
    return parts


def _names(line: RiskLine, top: float, grid: _Grid) -> list[str]:
    if grid.label:
        place = shortened(line.place, 22)
        across = grid.left + BOLD_LETTER * 12 * len(place) + 8
        what = shortened(line.what, int((grid.width - across) / (drawing.LETTER * 12)))
        return [
            drawing.text((grid.left, top + 15), place, is_bold=True),
            drawing.text((across, top + 15), what),
        ]
    most = int((grid.left - 8) / (drawing.LETTER * 12))
    return [
        drawing.text((0, top + 13), shortened(line.place, most), is_bold=True),
        drawing.text((0, top + 27), shortened(line.what, most)),
    ]


def _cell(probability: float, left: float, top: float, grid: _Grid) -> str:
    step = chance_step(probability)
    fill, ink = palette.CHANCE_FILLS[step]
    height = 26.0
    middle = (left + grid.cell / 2, top + 2 + height / 2 + 4)
    number = cell_text(probability)
    # A number under 1 in 100 is there, but leaves the eye to those that matter.
    size = {"<1": 9.5, ">99": 9.0}.get(number, 11.0)
    return drawing.rectangle(
        (left, top + 2),
        (grid.cell - 1.5, height),
        fill=fill,
        stroke=palette.INK if step else palette.RULE,
    ) + drawing.text(middle, number, anchor="middle", fill=ink, size=size, is_bold=step >= 2)


def _legend(words: RiskDaysWords, top: float, *, is_narrow: bool) -> list[str]:
    """The five steps: one under the other on a phone, else side by side as wide as their words."""
    parts, left, at = [], 4.0, top
    for (fill, _), name in zip(palette.CHANCE_FILLS, words.steps, strict=True):
        parts.append(drawing.rectangle((left, at - 11), (14, 14), fill=fill, stroke=palette.INK))
        parts.append(drawing.text((left + 20, at), name))
        if is_narrow:
            at += 20
        else:
            left += 44 + drawing.LETTER * 12 * len(name)
    return parts
