"""The renewal engine: reproduction number, infections and future admissions as joint draws.

Here live the fit of many places in one call (nested Laplace, pooled over places), its compiled
loops, the chance on infections, the days ahead and scenarios. Delays come from ``delays``; what is
not yet reported is described by ``nowcast``.
"""

from vigie.epidemiology.renewal.engine import fit_renewal
from vigie.epidemiology.renewal.result import RenewalResult
from vigie.epidemiology.renewal.rules import (
    FEWEST_DAYS,
    RENEWAL_MODEL,
    WALK_SPREADS,
    DrawQuality,
    RenewalRules,
)

__all__ = [
    "FEWEST_DAYS",
    "RENEWAL_MODEL",
    "WALK_SPREADS",
    "DrawQuality",
    "RenewalResult",
    "RenewalRules",
    "fit_renewal",
]
