"""Weekly counts of many places: rounds of forecast hubs and the pooled forecast for them.

Here live what a round may know, the scale on which all places move alike, the components
(boosted trees, a law of growth, a seasonal quantile regression), their average, and the calibration
of its spread. Daily counts live elsewhere.
"""

from vigie.epidemiology.weekly.boosted import BoostingRules
from vigie.epidemiology.weekly.ensemble import (
    COMPONENTS,
    POOLED_WEEKLY_MODEL,
    SEASONAL_MODEL,
    WeeklyDraft,
    WeeklyRules,
    weekly_draft,
    weekly_quantiles,
)
from vigie.epidemiology.weekly.linear import LinearRules
from vigie.epidemiology.weekly.room_paths import weekly_paths
from vigie.epidemiology.weekly.rounds import HubRound, HubVintages, flat_round, read_vintages
from vigie.epidemiology.weekly.scale import RootScale
from vigie.epidemiology.weekly.spread import SpreadRules
from vigie.epidemiology.weekly.wave import WaveRules
from vigie.epidemiology.weekly.weights import WeightRules

__all__ = [
    "COMPONENTS",
    "POOLED_WEEKLY_MODEL",
    "SEASONAL_MODEL",
    "BoostingRules",
    "HubRound",
    "HubVintages",
    "LinearRules",
    "RootScale",
    "SpreadRules",
    "WaveRules",
    "WeeklyDraft",
    "WeeklyRules",
    "WeightRules",
    "flat_round",
    "read_vintages",
    "weekly_draft",
    "weekly_paths",
    "weekly_quantiles",
]
