"""Machines that come back: how many are in use, and how many beds the fleet can serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.sharing import beds_served, units_needed
from vigie.paths import FloatArray, PathArray

__all__ = ["EquipmentPaths", "equipment_paths"]


@dataclass(frozen=True, slots=True, eq=False)
class EquipmentPaths:
    """Machines, on every day and in every future.

    Attributes:
        need: (place, equipment, day, sample), machines that patients need, not capped.
        fleet: same shape, machines fit for use.
        beds: (place, ward, day, sample), beds the fleet can serve; infinite where none is needed.
    """

    need: PathArray
    fleet: PathArray
    beds: PathArray

    @property
    def in_use(self) -> PathArray:
        """(place, equipment, day, sample), machines in use: the need as far as there are any."""
        return np.minimum(self.need, self.fleet)


def equipment_paths(
    occupancy: PathArray, share_needing: FloatArray, fleet: PathArray
) -> EquipmentPaths:
    """Machines needed and beds that can be served.

    Args:
        occupancy: (place, ward, day, sample), patients.
        share_needing: (ward, equipment), share of a ward's patients who need it, 0..1; 0 or NaN
            where the ward needs none.
        fleet: (place, equipment, day, sample), machines fit for use; an axis of length 1 stands
            for all days or samples.

    Raises:
        ValueError: the wards of the arrays differ, or a share is outside 0..1.

    Source: docs/models/usable-capacity.md, equation 5.
    """
    if (np.nan_to_num(share_needing) > 1).any():
        raise ValueError("a share of patients who need a machine is above 1")
    need = units_needed(occupancy, share_needing)
    whole = np.ascontiguousarray(np.broadcast_to(fleet, need.shape), dtype=np.float32)
    return EquipmentPaths(need, whole, beds_served(whole, occupancy, share_needing))
