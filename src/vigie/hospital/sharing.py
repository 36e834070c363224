"""How many of something patients need, and how many patients what there is can serve.

One rule serves staff and machines: a patient of a ward needs ``per_patient`` units of each
resource; whole units are needed per ward; what serves several wards goes where it is needed.
"""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, PathArray

__all__ = ["beds_served", "units_needed"]

_TOLERANCE = np.float32(1e-4)
"""Patients or units by which a quotient may miss a whole number in single precision."""


def units_needed(occupancy: PathArray, per_patient: FloatArray) -> PathArray:
    """Whole units that patients need, rounded up in each ward.

    Args:
        occupancy: (place, ward, day, sample), patients, >= 0.
        per_patient: (ward, resource), units a patient needs, >= 0; 0 or NaN: none.

    Returns:
        (place, resource, day, sample), whole units, summed over the wards.

    Raises:
        ValueError: the wards of the two arrays differ, or a need is negative.
    """
    rates = _rates(occupancy, per_patient)
    shape = (len(occupancy), rates.shape[1], *occupancy.shape[2:])
    needed = np.zeros(shape, dtype=np.float32)
    for ward, resource in np.argwhere(rates > 0):
        needed[:, resource] += _ward_units(occupancy[:, ward], rates[ward, resource])
    return needed


def beds_served(available: PathArray, occupancy: PathArray, per_patient: FloatArray) -> PathArray:
    """Beds of each ward that the available resources can serve; the scarcest decides.

    A resource that serves several wards is shared in proportion to what each needs that day in
    that future (evenly where nothing is needed), so it is enough everywhere whenever it is
    enough in all.

    Args:
        available: (place, resource, day, sample), units there, >= 0; one day or sample stands
            for all.
        occupancy: (place, ward, day, sample), patients.
        per_patient: (ward, resource), as ``units_needed``.

    Returns:
        (place, ward, day, sample), whole beds; infinite where the ward needs no resource.

    Raises:
        ValueError: as ``units_needed``.
    """
    rates = _rates(occupancy, per_patient)
    if available.ndim != 4 or available.shape[1] != rates.shape[1]:
        raise ValueError(
            f"available has shape {available.shape}, expected (place, "
            f"{rates.shape[1]} resources, day, sample)"
        )
    beds = np.full(occupancy.shape, np.inf, dtype=np.float32)
    for resource in range(rates.shape[1]):
        wards = np.flatnonzero(rates[:, resource] > 0)
        need = {w: _ward_units(occupancy[:, w], rates[w, resource]) for w in wards}
        total = units_needed(occupancy, rates[:, resource : resource + 1])[:, 0]
        for ward in wards:
            share = available[:, resource]
            if len(wards) > 1:
                even = np.full(total.shape, 1 / len(wards), dtype=np.float32)
                share = share * np.divide(need[ward], total, out=even, where=total > 0)
            served = np.floor(share / np.float32(rates[ward, resource]) + _TOLERANCE)
            np.minimum(beds[:, ward], served, out=beds[:, ward])
    return beds


def _rates(occupancy: PathArray, per_patient: FloatArray) -> FloatArray:
    if occupancy.ndim != 4 or occupancy.shape[1] != len(per_patient):
        raise ValueError(
            f"occupancy has shape {occupancy.shape}, expected (place, "
            f"{len(per_patient)} wards, day, sample)"
        )
    rates = np.nan_to_num(per_patient)
    if (rates < 0).any():
        raise ValueError("a patient cannot need less than nothing: per_patient is negative")
    return np.asarray(rates, dtype=np.float64)


def _ward_units(patients: PathArray, rate: float) -> PathArray:
    return np.asarray(np.ceil(patients * np.float32(rate) - _TOLERANCE))
