"""The pooled forecaster of daily counts: one robust regression for all places of a room.

Here live its trailing means and weekday factors, its features, the regression by least absolute
errors, signals that run ahead, the bank of its past errors, and the model made of them. Monthly
series, and the choice of signals, live beside this package.
"""

from vigie.epidemiology.pooled.daily import (
    POOLED_MODEL,
    SIGNALS_MODEL,
    pooled_paths,
    pooled_quantiles,
)
from vigie.epidemiology.pooled.error_bank import ErrorBank, error_bank, error_scale
from vigie.epidemiology.pooled.features import FEATURE_NAMES, DailyFeatures, daily_features
from vigie.epidemiology.pooled.regression import PastForecasts, Regression, days_needed
from vigie.epidemiology.pooled.signals import Signal

__all__ = [
    "FEATURE_NAMES",
    "POOLED_MODEL",
    "SIGNALS_MODEL",
    "DailyFeatures",
    "ErrorBank",
    "PastForecasts",
    "Regression",
    "Signal",
    "daily_features",
    "days_needed",
    "error_bank",
    "error_scale",
    "pooled_paths",
    "pooled_quantiles",
]
