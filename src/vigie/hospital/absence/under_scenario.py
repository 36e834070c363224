"""By how much absence rises when more people are ill around a place than was expected."""

from __future__ import annotations

import numpy as np

from vigie.hospital.absence.law import AbsenceLaw
from vigie.hospital.absence.pressure import pressure_ahead
from vigie.paths import FloatArray, PathArray

__all__ = ["absence_ratio"]


def absence_ratio(
    law: AbsenceLaw, past: FloatArray, before: PathArray, under: PathArray
) -> PathArray:
    """Share absent under other paths of the epidemic, over that under the expected ones.

    Args:
        law: as ``fit_absence`` learnt it.
        past: (place, day), the epidemic of the days that it was learnt from.
        before, under: (place, day, sample), its expected paths, and others on the same samples.

    Returns:
        (place, skill, day, sample), above 0; 1 where both paths are the same, and everywhere if
        the law does not follow the epidemic.

    Source: docs/models/scenarios.md, equation 12.
    """
    shape = (len(law.places), len(law.skills), *before.shape[1:])
    if not law.slope:
        return np.ones(shape, dtype=np.float32)
    slope = np.float32(law.slope)
    felt, more = (slope * pressure_ahead(past, each, law.lag_days) for each in (before, under))
    out = np.empty(shape, dtype=np.float32)
    for skill, effect in enumerate(law.skills):
        usual = (law.level + law.places + effect).astype(np.float32)[:, None, None]
        # sigmoid(a) / sigmoid(b), written so that equal arguments give 1 to the digit.
        out[:, skill] = (1 + np.exp(-(usual + felt))) / (1 + np.exp(-(usual + more)))
    return out
