"""Staff of the wards on the paths: who is needed, who comes, how many beds they run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.capacity_futures import CapacityFutures
from vigie.actions.shortages.changed_wards import StaffChange
from vigie.actions.shortages.published_absence import published_absence
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.staff_ratios import ratios_in_force
from vigie.hospital import StaffPaths, staff_paths
from vigie.paths import FloatArray, PathArray

__all__ = ["Staffing", "staff_change", "staffing"]


@dataclass(frozen=True, slots=True, eq=False)
class Staffing:
    """The staff of one rule on the paths; arrays are (place, skill, ...) of the occupancy's places.

    Attributes:
        rule: of kind staff.
        skills: axis 1.
        ratios: (ward, skill), patients per member of staff in force; NaN where none.
        roster: (place, skill, 1, 1); very large where nothing is reported.
        away_now: (place, skill, 1, 1), absent today.
        paths: need, presence and beds that the staff can run.
        model: name of the model of absence.
    """

    rule: ShortageRule
    skills: tuple[str, ...]
    ratios: FloatArray
    roster: PathArray
    away_now: PathArray
    paths: StaffPaths
    model: str


def staffing(
    rule: ShortageRule,
    inputs: Inputs,
    futures: CapacityFutures | None = None,
    changed: StaffChange | None = None,
) -> Staffing | None:
    """Staff on the paths of occupancy; None when its measures are not reported by day and lately.

    Args:
        rule: of kind staff.
        inputs: of the run.
        futures: rosters and absence ahead; None: rosters stand as they are, and absence has its
            published paths.
        changed: by a scenario; None: as expected.
    """
    occupancy, rostered = rule.measures["occupancy"], rule.measures["rostered"]
    if not inputs.is_drawn(occupancy) or rostered not in inputs.histories:
        return None
    absent = rule.measures["absent"]
    if not inputs.is_drawn(absent):
        return None
    history = inputs.histories[occupancy]
    skills = inputs.histories[rostered].categories
    ratios = ratios_in_force(inputs, rule.mode, history.categories, skills)
    roster, away, away_now = _presence(rule, inputs, history.places, skills)
    coming = roster
    if futures is not None and futures.staff is not None:
        coming, away = futures.staff.rostered, futures.staff.absent
        coming = np.where(np.isfinite(coming), coming, np.float32(1e9))
    judge = staff_paths if changed is None else changed.paths
    paths = judge(inputs.ahead(occupancy), ratios, coming, away)
    return Staffing(rule, skills, ratios, roster, away_now, paths, inputs.models[absent])


def staff_change(staff: Staffing | None, occupancy: str, need: PathArray) -> PathArray:
    """How the beds that staff can run change against today, per path; 1 where unknown."""
    if staff is None or staff.rule.measures["occupancy"] != occupancy:
        return np.ones((1, 1, 1, 1), dtype=np.float32)
    now = staff_paths(need, staff.ratios, staff.roster, staff.away_now)
    with np.errstate(invalid="ignore", divide="ignore"):
        change = staff.paths.beds / now.beds
    return np.where(np.isfinite(change), change, np.float32(1))


def _presence(
    rule: ShortageRule, inputs: Inputs, places: Sequence[str], skills: Sequence[str]
) -> tuple[PathArray, PathArray, PathArray]:
    """Roster, absence on the paths and absence today on the axes of the places given.

    Places without a report of a skill have an infinite roster: they are not limited by it.
    """
    rostered, absent = rule.measures["rostered"], rule.measures["absent"]
    roster = inputs.today(rostered, places, skills)
    away = published_absence(rule, inputs, places, skills)
    away_now = np.nan_to_num(inputs.today(absent, places, skills))
    return np.where(np.isfinite(roster), roster, np.float32(1e9)), away, away_now
