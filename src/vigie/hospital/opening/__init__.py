"""How hospitals open and close beds behind the need, learnt from their past.

Here live the plans read from what was staffed, the law that they follow patients by, and its
sample paths. What the staff present can run, and which limit binds, live beside this package.
"""

from vigie.hospital.opening.forecast import planned_paths
from vigie.hospital.opening.history import OpeningHistory
from vigie.hospital.opening.law import (
    OPENING_MODEL,
    OpeningLaw,
    Plans,
    WardRules,
    fit_opening,
    followed,
)

__all__ = [
    "OPENING_MODEL",
    "OpeningHistory",
    "OpeningLaw",
    "Plans",
    "WardRules",
    "fit_opening",
    "followed",
    "planned_paths",
]
