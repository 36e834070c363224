"""What limits the beds of a ward: rooms and closures, staff, machines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.capacity_futures import CapacityFutures
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_staffing import Staffing, staff_change
from vigie.hospital import UsableCapacity, equipment_paths, usable_capacity
from vigie.paths import BoolArray, PathArray

__all__ = ["BedLimits", "bed_limits"]


@dataclass(frozen=True, slots=True, eq=False)
class BedLimits:
    """What limits beds; (place, ward, day, sample), an axis of length 1 stands for all.

    Attributes:
        beds: that can be opened; NaN where unknown.
        staff: that staff run; None: no limit.
        machines: that machines serve; None: no limit.
        today: (place, ward), staffed beds of today, where the paths begin tomorrow; None: else.
    """

    beds: PathArray
    staff: PathArray | None
    machines: PathArray | None
    today: PathArray | None

    def usable(self, is_known: BoolArray) -> UsableCapacity:
        """The smallest of the limits; unlimited where nothing is known."""
        staff = self.staff
        return usable_capacity(
            np.where(is_known, self.beds, np.float32(np.inf)),
            None if staff is None else np.where(np.isfinite(staff), staff, np.inf),
            self.machines,
        )

    def now(self, usable: UsableCapacity) -> PathArray:
        """(place, ward), beds that can be used now."""
        first: PathArray = usable.values[:, :, 0].mean(axis=-1)
        if self.today is None:
            return first
        served = np.inf if self.machines is None else self.machines[:, :, 0].mean(axis=-1)
        return np.minimum(np.where(np.isfinite(self.today), self.today, first), served)


def bed_limits(
    rule: ShortageRule,
    inputs: Inputs,
    staff: Staffing | None,
    equipment: ShortageRule | None,
    futures: CapacityFutures | None,
) -> BedLimits:
    """What limits the beds of a rule.

    Beds that can be opened are those reported as open, with those that a surge adds, less those
    that are closed.

    Args:
        rule: of kind beds, whose patients are drawn.
        inputs: of the run.
        staff: of the same patients, or None.
        equipment: a rule of kind equipment, or None.
        futures: what will be planned and who will come; None: staffed beds are held as they
            stand, changed as much as the staff present changes against today.
    """
    need_measure, opened = rule.measures["need"], rule.measures.get("open", "")
    history = inputs.histories[need_measure]
    places, wards = history.places, history.categories
    need = inputs.ahead(need_measure)
    staffed = inputs.today(rule.measures["capacity"], places, wards)
    machines = _machine_beds(equipment, inputs, need_measure, need)
    is_open_reported = opened in inputs.histories
    beds = staffed
    if is_open_reported:
        beds = inputs.today(opened, places, wards)
        beds = np.where(np.isfinite(beds), beds, staffed)
        for role, sign in (("surge", 1), ("closed", -1)):
            if rule.measures.get(role, "") in inputs.histories:
                more = np.nan_to_num(inputs.today(rule.measures[role], places, wards))
                beds = np.maximum(beds + np.float32(sign) * more, np.float32(0))
    if futures is not None and futures.planned is not None:
        beds, run = _planned_beds(beds, futures, staff, is_open_reported)
        return BedLimits(beds, run, machines, staffed[:, :, 0, 0])
    change = staff_change(staff, need_measure, need) if is_open_reported else None
    return BedLimits(beds, None if change is None else staffed * change, machines, None)


def _planned_beds(
    opened: PathArray, futures: CapacityFutures, staff: Staffing | None, is_open_reported: bool
) -> tuple[PathArray, PathArray | None]:
    """Beds that can be opened, and those that staff run: planned ones, less absence.

    Where beds that can be opened are not reported the plan stands for them.
    """
    planned = futures.planned
    assert planned is not None, "asked for only where beds are planned"
    run = None
    if staff is not None and staff.rule.measures["occupancy"] == futures.occupancy:
        scale = futures.run_scale[:, :, None, None].astype(np.float32)
        run = np.floor(staff.paths.beds * scale + np.float32(1e-3))
    if not is_open_reported:
        return np.where(np.isfinite(opened), planned, np.nan), run
    # A site that tells of no staffed beds is limited by its staff alone.
    return opened, planned if run is None else np.fmin(planned, run)


def _machine_beds(
    rule: ShortageRule | None, inputs: Inputs, occupancy: str, need: PathArray
) -> PathArray | None:
    """Beds that the machines can serve; None when no machine is reported."""
    if rule is None or rule.measures["fleet"] not in inputs.histories:
        return None
    history = inputs.histories[occupancy]
    machines = inputs.histories[rule.measures["fleet"]].categories
    shares = np.zeros((len(history.categories), len(machines)))
    for row in inputs.reference["equipment"].to_pylist():
        if row["ward_kind"] in history.categories and row["equipment"] in machines:
            at = (history.categories.index(row["ward_kind"]), machines.index(row["equipment"]))
            shares[at] = row["share_needing"]
    fleet = inputs.today(rule.measures["fleet"], history.places, machines)
    fleet = np.where(np.isfinite(fleet), fleet, np.float32(1e9))
    return equipment_paths(need, shares, fleet).beds
