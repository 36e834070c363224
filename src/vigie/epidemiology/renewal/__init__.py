"""The renewal engine: reproduction number, infections and future admissions as joint draws.

Here live the fit of many places in one call (nested Laplace, pooled over places), its compiled
loops, the chance on infections, the days ahead and scenarios. Delays come from ``delays``; what is
not yet reported is described by ``nowcast``.
"""

from vigie.epidemiology.renewal.calibration import (
    FEWEST_FORECASTS,
    SPREAD_LIMITS,
    pit_values,
    spread_factors,
    with_spread,
)
from vigie.epidemiology.renewal.changes import DefinitionChange, first_usable_days
from vigie.epidemiology.renewal.damping import DAMPINGS, FEWEST_ORIGINS, chosen_damping
from vigie.epidemiology.renewal.engine import fit_renewal
from vigie.epidemiology.renewal.readiness import engine_loops, ready_engine
from vigie.epidemiology.renewal.result import RenewalResult
from vigie.epidemiology.renewal.rules import (
    FEWEST_DAYS,
    RENEWAL_MODEL,
    WALK_SPREADS,
    DrawQuality,
    RenewalRules,
)
from vigie.epidemiology.renewal.scenarios import (
    LARGEST_FACTOR,
    SCENARIO_LABEL,
    Multiplier,
    ScenarioPaths,
    scenario_paths,
)
from vigie.epidemiology.renewal.summaries import Peak, doubling_days, growth_rate, peak

__all__ = [
    "DAMPINGS",
    "FEWEST_DAYS",
    "FEWEST_FORECASTS",
    "FEWEST_ORIGINS",
    "LARGEST_FACTOR",
    "RENEWAL_MODEL",
    "SCENARIO_LABEL",
    "SPREAD_LIMITS",
    "WALK_SPREADS",
    "DefinitionChange",
    "DrawQuality",
    "Multiplier",
    "Peak",
    "RenewalResult",
    "RenewalRules",
    "ScenarioPaths",
    "chosen_damping",
    "doubling_days",
    "engine_loops",
    "first_usable_days",
    "fit_renewal",
    "growth_rate",
    "peak",
    "pit_values",
    "ready_engine",
    "scenario_paths",
    "spread_factors",
    "with_spread",
]
