"""Staff of the wards on the paths: who is needed, who comes, how many beds they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.capacity_futures import CapacityFutures
from vigie.actions.shortages.changed_wards import StaffChange
from vigie.actions.shortages.published_absence import published_absence
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.staff_policy import StaffPolicy, staff_policy
from vigie.actions.shortages.staff_ratios import ratios_in_force
from vigie.hospital import StaffPaths, staff_paths
from vigie.hospital.absence import with_untold_absence
from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = ["Staffing", "staff_change", "staffing"]


_UNKNOWN = np.float32(1e9)
"""Members of staff where no roster is told: it limits nothing."""


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
        policy: the skill mix in force on the days looked at; None: no rule.
        today: the same on the day of the run.
    """

    rule: ShortageRule
    skills: tuple[str, ...]
    ratios: FloatArray
    roster: PathArray
    away_now: PathArray
    paths: StaffPaths
    model: str
    policy: StaffPolicy | None = None
    today: StaffPolicy | None = None

    @property
    def known(self) -> BoolArray:
        """(place, skill), whose roster is told and of whom any ward or the skill mix asks."""
        needed = np.isfinite(self.ratios).any(axis=0)
        asked = np.broadcast_to(needed, self.roster.shape[:2]).copy()
        for team in () if self.policy is None else self.policy.mix.teams:
            asked[:, team.told_at] |= np.isfinite(team.least_share).any(axis=1)
        return np.asarray((self.roster[:, :, 0, 0] < _UNKNOWN) & asked)

    def now(self, occupancy: PathArray) -> StaffPaths:
        """Need, presence and beds of today, for patients of (place, ward, day, sample)."""
        mix = None if self.today is None else self.today.mix
        return staff_paths(occupancy, self.ratios, self.roster, self.away_now, mix)


def staffing(
    rule: ShortageRule,
    inputs: Inputs,
    futures: CapacityFutures | None = None,
    changed: StaffChange | None = None,
    set_share: Mapping[str, FloatArray] | None = None,
) -> Staffing | None:
    """Staff on the paths of occupancy; None when its measures are not reported by day and lately.

    Args:
        rule: of kind staff.
        inputs: of the run.
        futures: rosters and absence ahead; None: rosters stand as they are, and absence has its
            published paths.
        changed: by a scenario; None: as expected.
        set_share: least shares that a scenario sets, as ``staff_policy`` takes them.
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
        coming = np.where(np.isfinite(coming), coming, _UNKNOWN)
    dates = inputs.days(occupancy)
    off = None if inputs.shifts is None else inputs.shifts.not_worked(history.places, skills, dates)
    if off is not None:
        coming = np.where(coming < _UNKNOWN, np.maximum(coming - off, np.float32(0)), coming)
    known = roster[:, :, :, 0] < _UNKNOWN
    now = np.array([inputs.as_of], dtype="datetime64[D]")
    policy, today = (
        staff_policy(inputs.reference, rule.mode, history.places, skills, days, known, shares)
        for days, shares in ((dates, set_share), (now, None))
    )
    judge = staff_paths if changed is None else changed.paths
    mix = None if policy is None else policy.mix
    paths = judge(inputs.ahead(occupancy), ratios, coming, away, mix)
    return Staffing(
        rule, skills, ratios, roster, away_now, paths, inputs.models[absent], policy, today
    )


def staff_change(staff: Staffing | None, occupancy: str, need: PathArray) -> PathArray:
    """How the beds that staff can run change against today, per path; 1 where unknown."""
    if staff is None or staff.rule.measures["occupancy"] != occupancy:
        return np.ones((1, 1, 1, 1), dtype=np.float32)
    now = staff.now(need)
    with np.errstate(invalid="ignore", divide="ignore"):
        change = staff.paths.beds / now.beds
    return np.where(np.isfinite(change), change, np.float32(1))


def _presence(
    rule: ShortageRule, inputs: Inputs, places: Sequence[str], skills: Sequence[str]
) -> tuple[PathArray, PathArray, PathArray]:
    """Roster, absence on the paths and absence today on the axes of the places given.

    Places without a report of a skill have an infinite roster: they are not limited by it. A
    roster of which nobody ever said who is absent has the share of its skill elsewhere.
    """
    rostered, absent = rule.measures["rostered"], rule.measures["absent"]
    roster = inputs.today(rostered, places, skills)
    away = published_absence(rule, inputs, places, skills)
    away_now = inputs.today(absent, places, skills)
    told = np.isfinite(away_now[:, :, 0, 0])
    away, away_now = (with_untold_absence(roster, each, told) for each in (away, away_now))
    return np.where(np.isfinite(roster), roster, _UNKNOWN), away, away_now
