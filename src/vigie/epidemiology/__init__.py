"""Models of the epidemic and its flows: what comes in, as joint sample paths.

Here live the flat baseline for counts per step, its weekday factors, the model that repeats last
week, and the rounds of forecast hubs. What fills beds, staff
and stock lives in ``hospital`` and ``supply``; chance and borrowed changes in ``paths``.
"""

from vigie.epidemiology.flat import (
    FEWEST_DAYS,
    FEWEST_STEPS,
    FLAT_MODEL,
    FLAT_WINDOW_DAYS,
    flat_paths,
)
from vigie.epidemiology.hub_rounds import HubRound, flat_round, read_round
from vigie.epidemiology.last_week import LAST_WEEK_MODEL, LAST_WEEK_WINDOW_DAYS, last_week_paths
from vigie.epidemiology.quantile_regression import fit_quantile
from vigie.epidemiology.season import season_factors, season_level
from vigie.epidemiology.seasonal import SEASONAL_MODEL, SeasonalRules, seasonal_round

__all__ = [
    "FEWEST_DAYS",
    "FEWEST_STEPS",
    "FLAT_MODEL",
    "FLAT_WINDOW_DAYS",
    "LAST_WEEK_MODEL",
    "LAST_WEEK_WINDOW_DAYS",
    "SEASONAL_MODEL",
    "HubRound",
    "SeasonalRules",
    "fit_quantile",
    "flat_paths",
    "flat_round",
    "last_week_paths",
    "read_round",
    "season_factors",
    "season_level",
    "seasonal_round",
]
