"""Staff of a shift: how many are needed, how many come, how many beds they can run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.sharing import beds_served, units_needed
from vigie.hospital.skill_mix import SkillMix
from vigie.paths import FloatArray, PathArray

__all__ = ["StaffPaths", "required_staff", "staff_paths"]


@dataclass(frozen=True, slots=True, eq=False)
class StaffPaths:
    """Staff of one shift, on every day and in every future.

    Attributes:
        need: (place, skill, day, sample), members of staff needed, for patients and skill mix.
        available: same shape, members of staff who come.
        beds: (place, ward, day, sample), beds they can run; infinite where no ratio applies.
    """

    need: PathArray
    available: PathArray
    beds: PathArray


def required_staff(occupancy: PathArray, patients_per_staff: FloatArray) -> PathArray:
    """Members of staff needed on a shift: ceil(patients / ratio) in each ward, then summed.

    Args:
        occupancy: (place, ward, day, sample), patients during the shift.
        patients_per_staff: (ward, skill), ratios in force for the shift, > 0; NaN where the
            skill is not needed in the ward.

    Returns:
        (place, skill, day, sample), whole members of staff.

    Raises:
        ValueError: the wards of the two arrays differ, or a ratio is not positive.

    Source: docs/models/usable-capacity.md, equation 2.
    """
    return units_needed(occupancy, _per_patient(patients_per_staff))


def staff_paths(
    occupancy: PathArray,
    patients_per_staff: FloatArray,
    rostered: PathArray,
    absent: PathArray,
    mix: SkillMix | None = None,
) -> StaffPaths:
    """Need, presence and beds that staff can run on a shift.

    Args:
        occupancy: (place, ward, day, sample), patients during the shift.
        patients_per_staff: as ``required_staff``.
        rostered: (place, skill, day, sample), members of staff on the roster; an axis of
            length 1 stands for all days or samples.
        absent: as rostered, members of staff of the roster who do not come.
        mix: the shares of registered nurses in force; None: no rule.

    Raises:
        ValueError: as ``required_staff``.

    Source: docs/models/usable-capacity.md, equations 2 to 4; docs/models/staff-absence.md,
    equations 10 and 11.
    """
    per_patient = _per_patient(patients_per_staff)
    need = units_needed(occupancy, per_patient)
    present = np.maximum(rostered - absent, np.float32(0))
    available = np.ascontiguousarray(np.broadcast_to(present, need.shape), dtype=np.float32)
    if mix is None:
        return StaffPaths(need, available, beds_served(available, occupancy, per_patient))
    beds = beds_served(mix.counted(available), occupancy, per_patient)
    return StaffPaths(mix.needed(need, available), available, beds)


def _per_patient(patients_per_staff: FloatArray) -> FloatArray:
    known = patients_per_staff[np.isfinite(patients_per_staff)]
    if (known <= 0).any():
        raise ValueError("a ratio of patients per member of staff is not positive")
    return np.asarray(1.0 / patients_per_staff)
