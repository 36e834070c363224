"""Staff who do not come: how absence follows the epidemic, and its sample paths.

Here live the law of absence, what of it lasts from day to day, and beta-binomial draws. Rosters,
ratios and what the staff present can run live beside this package.
"""

from vigie.hospital.absence.beta_binomial import BetaBinomialTable, beta_binomial_table
from vigie.hospital.absence.forecast import absence_paths
from vigie.hospital.absence.history import AbsenceHistory
from vigie.hospital.absence.law import ABSENCE_LAGS, ABSENCE_MODEL, AbsenceLaw, fit_absence
from vigie.hospital.absence.other_rosters import absence_on_rosters
from vigie.hospital.absence.persisting import Persisting, persisting
from vigie.hospital.absence.under_scenario import absence_ratio
from vigie.hospital.absence.untold import with_untold_absence

__all__ = [
    "ABSENCE_LAGS",
    "ABSENCE_MODEL",
    "AbsenceHistory",
    "AbsenceLaw",
    "BetaBinomialTable",
    "Persisting",
    "absence_on_rosters",
    "absence_paths",
    "absence_ratio",
    "beta_binomial_table",
    "fit_absence",
    "persisting",
    "with_untold_absence",
]
