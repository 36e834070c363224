"""Beds and staff of the paths under the changes of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.actions.shortages.counted_changes import CountedChange
from vigie.hospital import StaffPaths, in_proportion, staff_paths
from vigie.hospital.skill_mix import SkillMix
from vigie.paths import BoolArray, DateArray, FloatArray, PathArray

__all__ = ["BedChange", "RatioChange", "StaffChange", "bed_change", "staff_change_of"]


@dataclass(frozen=True, slots=True, eq=False)
class BedChange:
    """Beds opened or closed, with the staff who run them; arrays are (place, ward, day, 1).

    Attributes:
        factor: >= 0; beds are multiplied first.
        add: beds more, negative for fewer.
        uniform: (place, ward, 1, sample), chance of rounding to whole beds.
    """

    factor: PathArray
    add: PathArray
    uniform: PathArray

    def bed_limits(
        self, beds: PathArray, staff_beds: PathArray | None
    ) -> tuple[PathArray, PathArray | None]:
        """Beds that can be opened and those that staff run under the change; None stays None."""
        return self._of(beds), None if staff_beds is None else self._of(staff_beds)

    def _of(self, beds: PathArray) -> PathArray:
        more = in_proportion(beds, self.factor, self.uniform)
        return np.asarray(np.maximum(more + self.add, np.float32(0)))


@dataclass(frozen=True, slots=True, eq=False)
class RatioChange:
    """Other ratios of patients to staff on some days, in some places.

    Attributes:
        where: (place, day).
        skills: (skill,), those changed.
        factor: by which patients per member of staff are multiplied.
        other: (ward, skill), ratios that hold instead; NaN: as they are.
    """

    where: BoolArray
    skills: BoolArray
    factor: float
    other: FloatArray

    def applied(self, ratios: FloatArray) -> FloatArray:
        """(ward, skill), the ratios under the change."""
        found = np.where(np.isfinite(self.other) & np.isfinite(ratios), self.other, ratios)
        return np.where(self.skills[None, :], found * self.factor, ratios)


@dataclass(frozen=True, slots=True, eq=False)
class StaffChange:
    """Absence and ratios otherwise than expected.

    Attributes:
        absence: (place, skill, day, sample or 1), by which those who do not come are multiplied.
        ratios: changes of ratios; those that overlap are applied one after the other.
        uniform: (place, skill, 1, sample), chance of rounding to whole members of staff.
    """

    absence: PathArray
    ratios: tuple[RatioChange, ...]
    uniform: PathArray

    def paths(
        self,
        occupancy: PathArray,
        patients_per_staff: FloatArray,
        rostered: PathArray,
        absent: PathArray,
        mix: SkillMix | None = None,
    ) -> StaffPaths:
        """As ``vigie.hospital.staff_paths``, under the change."""
        away = in_proportion(absent, self.absence, self.uniform)
        if not self.ratios:
            return staff_paths(occupancy, patients_per_staff, rostered, away, mix)
        present = np.broadcast_to(rostered, np.broadcast_shapes(rostered.shape, away.shape))
        active = np.stack([each.where for each in self.ratios])
        codes = np.einsum("npd,n->pd", active, 2 ** np.arange(len(self.ratios)))
        found = staff_paths(occupancy, patients_per_staff, present, away, mix)
        for code in np.unique(codes[codes > 0]):
            ratios = patients_per_staff
            for number, each in enumerate(self.ratios):
                if code >> number & 1:
                    ratios = each.applied(ratios)
            _put(found, codes == code, staff_paths(occupancy, ratios, present, away, mix))
        return found


def _put(into: StaffPaths, where: BoolArray, values: StaffPaths) -> None:
    """Replace need and beds of the days of the places given; who comes is not of ratios."""
    # Paths have the category between place and day.
    np.copyto(into.need, values.need, where=where[:, None, :, None])
    np.copyto(into.beds, values.beds, where=where[:, None, :, None])


def bed_change(
    counted: Sequence[CountedChange],
    places: Sequence[str],
    wards: Sequence[str],
    dates: DateArray,
    uniform: PathArray,
) -> BedChange | None:
    """The changes of beds of a scenario on these axes; None without any.

    Args:
        counted: changes of the scenario.
        places, wards, dates: axes.
        uniform: (place, ward, 1, sample), chance of the rounding.
    """
    ours = [each for each in counted if each.change.kind == "beds"]
    factor = np.ones((len(places), len(wards), len(dates)), dtype=np.float32)
    add = np.zeros_like(factor)
    for each in ours:
        cells = each.cells(places, wards, dates)
        factor[cells] *= np.float32(each.change.factor)
        add[cells] += np.float32(each.change.add)
    if not ours:
        return None
    return BedChange(factor[..., None], add[..., None], uniform)


def staff_change_of(
    counted: Sequence[CountedChange],
    places: Sequence[str],
    skills: Sequence[str],
    dates: DateArray,
    ratios_of: dict[str, FloatArray],
    uniform: PathArray,
    epidemic: PathArray | None = None,
) -> StaffChange | None:
    """The changes of absence and ratios of a scenario on these axes; None without any.

    Args:
        counted: changes of the scenario.
        places, skills, dates: axes.
        ratios_of: (ward, skill), the ratios of each mode that a change names, and under "" an
            array of NaN.
        uniform: (place, skill, 1, sample), chance of the rounding.
        epidemic: (place, skill, day, sample), by which absence is multiplied because the epidemic
            goes on otherwise; None: it does not.
    """
    absence = np.ones((len(places), len(skills), len(dates)), dtype=np.float32)
    ratios: list[RatioChange] = []
    is_any = epidemic is not None
    for each in counted:
        if each.change.kind == "absence":
            absence[each.cells(places, skills, dates)] *= np.float32(each.change.factor)
            is_any = True
        if each.change.kind == "ratios":
            where = each.at(places)[:, None] & each.on(dates)[None, :]
            other = ratios_of[each.change.mode]
            ratios.append(RatioChange(where, each.of(skills), each.change.factor, other))
            is_any = True
    if not is_any:
        return None
    factor = absence[..., None] if epidemic is None else absence[..., None] * epidemic
    return StaffChange(factor, tuple(ratios), uniform)
