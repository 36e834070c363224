"""Every picture once, as SVG text: for pages, print and notebooks.

Here live the palette, the scale of chances and the drawings: functions from NumPy values and
words to SVG. Words come in the reader's language from the caller; no table is read, no file is
written and no figure is computed here.
"""

from vigie.charts.ahead import Ahead, AheadWords, draw_ahead
from vigie.charts.before_after import BeforeAfterWords, Change, draw_before_after
from vigie.charts.fan import FAN_LEVELS, Fan, FanWords, draw_fan
from vigie.charts.move_map import MapMove, MoveMapWords, MovePlace, draw_move_map
from vigie.charts.nowcast import (
    NOWCAST_LEVELS,
    NowcastWords,
    TriangleWords,
    draw_nowcast,
    draw_triangle,
)
from vigie.charts.palette import ACCENT, CHANCE_FILLS, css_variables
from vigie.charts.reproduction import (
    REPRODUCTION_LEVELS,
    ReproductionWords,
    draw_reproduction,
)
from vigie.charts.risk_days import RiskDaysWords, RiskLine, draw_risk_days
from vigie.charts.risk_scale import STEP_FLOORS, cell_text, chance_step, whole_in_100
from vigie.charts.score_charts import PitWords, RatioLine, RatioWords, draw_pit, draw_ratios
from vigie.charts.site_map import MapWords, Site, draw_site_map
from vigie.charts.tile_line import draw_tile_line

__all__ = [
    "ACCENT",
    "CHANCE_FILLS",
    "FAN_LEVELS",
    "NOWCAST_LEVELS",
    "REPRODUCTION_LEVELS",
    "STEP_FLOORS",
    "Ahead",
    "AheadWords",
    "BeforeAfterWords",
    "Change",
    "Fan",
    "FanWords",
    "MapMove",
    "MapWords",
    "MoveMapWords",
    "MovePlace",
    "NowcastWords",
    "PitWords",
    "RatioLine",
    "RatioWords",
    "ReproductionWords",
    "RiskDaysWords",
    "RiskLine",
    "Site",
    "TriangleWords",
    "cell_text",
    "chance_step",
    "css_variables",
    "draw_ahead",
    "draw_before_after",
    "draw_fan",
    "draw_move_map",
    "draw_nowcast",
    "draw_pit",
    "draw_ratios",
    "draw_reproduction",
    "draw_risk_days",
    "draw_site_map",
    "draw_tile_line",
    "draw_triangle",
    "whole_in_100",
]
