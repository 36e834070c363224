"""Models of the epidemic and its flows: what comes in, as joint sample paths.

Here live the flat baseline for counts per step, its weekday factors, the pooled forecasters of
daily and monthly series, and the rounds of forecast hubs. What fills beds, staff and stock lives
in ``hospital`` and ``supply``; chance and borrowed changes in ``paths``.
"""

from vigie.epidemiology.flat import (
    FEWEST_DAYS,
    FEWEST_STEPS,
    FLAT_MODEL,
    FLAT_WINDOW_DAYS,
    flat_paths,
)
from vigie.epidemiology.hub_rounds import HubRound, flat_round, read_round
from vigie.epidemiology.indicators import Indicator, leading_indicators
from vigie.epidemiology.monthly import MONTHLY_MODEL, monthly_quantiles
from vigie.epidemiology.pooled import POOLED_MODEL, pooled_paths, pooled_quantiles
from vigie.epidemiology.quantile_regression import fit_quantile
from vigie.epidemiology.season import season_factors, season_level
from vigie.epidemiology.seasonal import SEASONAL_MODEL, SeasonalRules, seasonal_round

__all__ = [
    "FEWEST_DAYS",
    "FEWEST_STEPS",
    "FLAT_MODEL",
    "FLAT_WINDOW_DAYS",
    "MONTHLY_MODEL",
    "POOLED_MODEL",
    "SEASONAL_MODEL",
    "HubRound",
    "Indicator",
    "SeasonalRules",
    "fit_quantile",
    "flat_paths",
    "flat_round",
    "leading_indicators",
    "monthly_quantiles",
    "pooled_paths",
    "pooled_quantiles",
    "read_round",
    "season_factors",
    "season_level",
    "seasonal_round",
]
