"""The small line of a tile: six weeks, and two weeks ahead with their range."""

from __future__ import annotations

import math

import numpy as np

from vigie.charts import drawing, palette
from vigie.charts.fan import Fan
from vigie.charts.scales import DayScale, ValueScale

__all__ = ["draw_tile_line"]

WIDTH, HEIGHT = 240, 64


def draw_tile_line(fan: Fan, *, title: str, description: str) -> str:
    """A small picture without axes; the figures stand beside it in the tile.

    Args:
        fan: past and future; capacity and dates of shortage are not drawn here.
        title: what is shown.
        description: text alternative, one sentence with first, last and forecast value.
    """
    seen = np.concatenate([fan.past_values, fan.bands.ravel()])
    seen = seen[np.isfinite(seen)]
    high = max(float(seen.max()), 1e-9) if len(seen) else 1.0
    low = min(float(seen.min()), 0.0) if len(seen) else 0.0
    days = [side for side in (fan.past_days, fan.future_days) if len(side)]
    across = DayScale(days[0][0], days[-1][-1], 4, WIDTH - 4)
    values = ValueScale(low, high, 5, HEIGHT - 4)
    base = drawing.line((4, values(0.0)), (WIDTH - 4, values(0.0)), stroke=palette.RULE, width=1.0)
    parts = [base, *_band(fan, across, values), *_line(fan, across, values)]
    return drawing.document(
        WIDTH, HEIGHT, title=title, description=description, parts=parts, font_size=12
    )


def _band(fan: Fan, across: DayScale, values: ValueScale) -> list[str]:
    if not len(fan.future_days):
        return []
    x = across.positions(fan.future_days)
    columns = [
        [(a, values(v)) for a, v in zip(x, column, strict=True)] for column in fan.bands.T.tolist()
    ]
    return [
        drawing.area(columns[4], columns[0], fill=palette.FORECAST_95, outline=palette.FORECAST),
        drawing.area(columns[3], columns[1], fill=palette.FORECAST_50, outline=palette.FORECAST),
        drawing.path([columns[2]], stroke=palette.FORECAST, width=2),
    ]


def _line(fan: Fan, across: DayScale, values: ValueScale) -> list[str]:
    pieces: list[list[tuple[float, float]]] = [[]]
    hollow = []
    for day, value, is_open in zip(
        fan.past_days, fan.past_values.tolist(), fan.is_incomplete.tolist(), strict=True
    ):
        if math.isnan(value):
            pieces.append([])
            continue
        point = (across(day), values(value))
        pieces[-1].append(point)
        if is_open:
            hollow.append(drawing.circle(point, 2.5, fill=palette.GROUND, stroke=palette.INK))
    dots = [
        drawing.circle(piece[0], 1.5, fill=palette.INK, stroke="none")
        for piece in pieces
        if len(piece) == 1
    ]
    return [drawing.path(pieces, stroke=palette.INK, width=1.6), *dots, *hollow]
