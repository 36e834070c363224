"""Changes of beds, staff and planned treatment on paths, in whole units by shared chance."""

from __future__ import annotations

import numpy as np

from vigie.paths import PathArray

__all__ = ["entries_returned", "in_proportion", "patients_spared"]


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


def entries_returned(
    avoided: PathArray, last_day: int, share: float, after_days: int, over_days: int
) -> PathArray:
    """Entries put off that come back once nothing is put off any more, evenly over some days.

    Args:
        avoided: (..., day, sample), entries that do not take place, >= 0.
        last_day: number of the last day on which entries are put off; later ones are not read.
        share: of all that is put off that comes back, 0 to 1.
        after_days: from the last day to the first one on which anybody comes back, >= 1.
        over_days: days over which they come back, >= 1.

    Returns:
        Same shape, entries more; over days enough they add up to share x all that is put off.

    Raises:
        ValueError: a figure is out of its range.

    Source: docs/models/scenarios.md, equation 8.
    """
    if not (0 <= share <= 1 and after_days >= 1 and over_days >= 1):
        raise ValueError(
            f"returns {share}: a share is 0 to 1, after {after_days} and over {over_days} days are "
            "1 or more"
        )
    back = np.zeros(avoided.shape, dtype=np.float32)
    first = last_day + after_days
    put_off = avoided[..., : last_day + 1, :].sum(axis=-2, keepdims=True)
    back[..., first : first + over_days, :] = put_off * np.float32(share / over_days)
    return back


def patients_spared(avoided: PathArray, mean_stay_days: float) -> PathArray:
    """Patients who are not in bed because entries did not take place.

    Stays are geometric: a patient is counted on the day of entry (with chance ``mean_stay_days``
    where that is below 1), and stays on each later day with chance 1 - 1 / mean_stay_days.

    Args:
        avoided: (..., day, sample), entries that do not take place; negative: entries more.
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
