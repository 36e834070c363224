"""Changes of beds, staff and planned treatment on paths, in whole units by shared chance."""

from __future__ import annotations

import numpy as np

from vigie.paths import PathArray

__all__ = ["in_proportion", "patients_spared"]


def in_proportion(values: PathArray, factor: PathArray, uniform: PathArray) -> PathArray:
    """Values times a factor, where the change is of whole units: exact in the mean.

    The same uniform gives more for a larger factor in every future, and the values themselves
    for a factor of 1.

    Args:
        values: >= 0, of any shape; infinite and missing values stay as they are.
        factor: >= 0, of a shape that broadcasts to it.
        uniform: 0 to below 1, chance of the rounding, likewise.

    Returns:
        values + floor(values (factor - 1) + uniform), >= 0.

    Source: docs/models/scenarios.md, equation 7.
    """
    more = np.asarray(factor - 1.0, dtype=np.float32)
    is_known = np.isfinite(values)
    change = np.floor(np.where(is_known, values, np.float32(0)) * more + uniform)
    return np.asarray(np.maximum(values + change, np.float32(0)), dtype=np.float32)


def patients_spared(avoided: PathArray, mean_stay_days: float) -> PathArray:
    """Patients who are not in bed because entries did not take place.

    Stays are geometric: a patient is counted on the day of entry (with chance ``mean_stay_days``
    where that is below 1), and stays on each later day with chance 1 - 1 / mean_stay_days.

    Args:
        avoided: (..., day, sample), entries that do not take place, >= 0.
        mean_stay_days: mean number of days on which an entry is counted in bed, > 0.

    Returns:
        Same shape, patients; of constant entries it grows to entries x mean_stay_days.

    Raises:
        ValueError: the mean stay is not positive.

    Source: docs/models/scenarios.md, equation 8.
    """
    if not mean_stay_days > 0:
        raise ValueError(f"mean_stay_days is {mean_stay_days}, expected a number above 0")
    stays = np.float32(max(0.0, 1.0 - 1.0 / mean_stay_days))
    spared = np.asarray(avoided, dtype=np.float32) * np.float32(min(1.0, mean_stay_days))
    for day in range(1, spared.shape[-2]):
        spared[..., day, :] += stays * spared[..., day - 1, :]
    return spared
