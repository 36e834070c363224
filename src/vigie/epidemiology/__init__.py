"""Models of the epidemic and its flows: what comes in, as joint sample paths.

Here live the flat baseline for counts per step, its weekday factors, the model that repeats
last week, linear quantile regression, the monthly forecast and the choice of leading signals; in
packages of their own delays, the renewal engine, the nowcast, and the pooled forecasts of daily
and weekly counts. What fills beds, staff and stock lives in ``hospital`` and ``supply``; chance
and borrowed changes in ``paths``.
"""

from vigie.epidemiology.flat import (
    FEWEST_DAYS,
    FEWEST_STEPS,
    FLAT_MODEL,
    FLAT_WINDOW_DAYS,
    flat_paths,
)
from vigie.epidemiology.indicators import Indicator, leading_indicators
from vigie.epidemiology.last_week import LAST_WEEK_MODEL, LAST_WEEK_WINDOW_DAYS, last_week_paths
from vigie.epidemiology.monthly import MONTHLY_MODEL, monthly_paths, monthly_quantiles
from vigie.epidemiology.pooled import POOLED_MODEL, SIGNALS_MODEL, pooled_paths, pooled_quantiles
from vigie.epidemiology.quantile_regression import fit_quantile
from vigie.epidemiology.season import season_factors, season_level
from vigie.epidemiology.short_months import (
    SHORT_MONTHLY_MODEL,
    short_monthly_paths,
    short_monthly_quantiles,
)

__all__ = [
    "FEWEST_DAYS",
    "FEWEST_STEPS",
    "FLAT_MODEL",
    "FLAT_WINDOW_DAYS",
    "LAST_WEEK_MODEL",
    "LAST_WEEK_WINDOW_DAYS",
    "MONTHLY_MODEL",
    "POOLED_MODEL",
    "SHORT_MONTHLY_MODEL",
    "SIGNALS_MODEL",
    "Indicator",
    "fit_quantile",
    "flat_paths",
    "last_week_paths",
    "leading_indicators",
    "monthly_paths",
    "monthly_quantiles",
    "pooled_paths",
    "pooled_quantiles",
    "season_factors",
    "season_level",
    "short_monthly_paths",
    "short_monthly_quantiles",
]
