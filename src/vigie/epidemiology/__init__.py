"""Models of the epidemic and its flows: what comes in, as joint sample paths.

Here live the flat baseline for counts per step, its weekday factors and linear quantile
regression; in a package of its own the pooled forecast of weekly counts. What fills beds, staff
and stock lives in ``hospital`` and ``supply``; chance and borrowed changes in ``paths``.
"""

from vigie.epidemiology.flat import (
    FEWEST_DAYS,
    FEWEST_STEPS,
    FLAT_MODEL,
    FLAT_WINDOW_DAYS,
    flat_paths,
)
from vigie.epidemiology.quantile_regression import fit_quantile
from vigie.epidemiology.season import season_factors, season_level

__all__ = [
    "FEWEST_DAYS",
    "FEWEST_STEPS",
    "FLAT_MODEL",
    "FLAT_WINDOW_DAYS",
    "fit_quantile",
    "flat_paths",
    "season_factors",
    "season_level",
]
