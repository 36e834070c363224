"""Capacity on the paths: planned beds, rosters and absence of the days ahead.

Planned beds follow the published paths of patients, and rosters follow the planned beds, on the
same futures. So they are drawn here, where those paths are at hand, and not as models of one
history each. Absence is as published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from vigie.actions.forecasts.absence_forecasts import weekdays_of
from vigie.actions.forecasts.forecasting import Chance, Stream
from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.published_absence import absence_of_rosters
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.staff_policy import staff_policy
from vigie.actions.shortages.staff_ratios import ratios_in_force
from vigie.hospital import beds_served
from vigie.hospital.absence import with_untold_absence
from vigie.hospital.opening import (
    OPENING_MODEL,
    OpeningHistory,
    OpeningLaw,
    fit_opening,
    planned_paths,
)
from vigie.hospital.rosters import RosterHistory, RosterLaw, fit_rosters, roster_paths
from vigie.paths import BoolArray, FloatArray, PathArray, last_seen

__all__ = ["CapacityFutures", "StaffFutures", "capacity_futures", "futures_of_rules"]

_ROLE_OF_PATIENTS = {"beds": "need", "staff": "occupancy"}
FOLLOWS = "follows"
"""Value of ``ShortageRule.ahead`` with which capacity follows the need."""


@dataclass(frozen=True, slots=True, eq=False)
class StaffFutures:
    """Rosters and absence of the days looked at.

    Attributes:
        skills: axis 1.
        rostered, absent: (place, skill, day, sample), NaN roster where none is reported.
        rosters: the law of rosters.
    """

    skills: tuple[str, ...]
    rostered: PathArray
    absent: PathArray
    rosters: RosterLaw


@dataclass(frozen=True, slots=True, eq=False)
class CapacityFutures:
    """What there will be to treat with, on the paths of patients of one measure.

    Attributes:
        occupancy: the measure of patients.
        planned: (place, ward, day, sample), beds planned on the days looked at; NaN where no
            staffed bed was ever reported; None: staffed beds are held, or not reported.
        run_scale: (place, ward), by how much more beds staff run than the ratios say.
        staff: rosters and absence; None: they are held, or not reported.
        opening: the law of planned beds, where they follow the need.
    """

    occupancy: str
    planned: PathArray | None
    run_scale: FloatArray
    staff: StaffFutures | None
    opening: OpeningLaw | None

    def models(self, rule: ShortageRule) -> dict[str, str]:
        """Names of the models that a rule is judged by besides that of its patients."""
        found = {}
        if rule.kind == "beds" and self.opening is not None and self.opening.follows.any():
            found[f"{rule.measures['capacity']}, ahead"] = OPENING_MODEL
        return found


def futures_of_rules(
    rules: Sequence[ShortageRule],
    inputs: Inputs,
    chance: Chance,
) -> list[CapacityFutures | None]:
    """The futures that each rule is judged by.

    A rule of beds takes the first of staff about the same patients, and the other way round; two
    that take each other share their futures.

    Args:
        rules: of the room.
        inputs: of the run.
        chance: of the run.

    Returns:
        One for each rule; None for rules that are held, and for other kinds.
    """
    made: dict[tuple[int | None, int | None], CapacityFutures | None] = {}
    found: list[CapacityFutures | None] = []
    for at, rule in enumerate(rules):
        if rule.kind not in _ROLE_OF_PATIENTS or rule.ahead != FOLLOWS:
            found.append(None)
            continue
        beds, staff = (
            at if rule.kind == kind else _first(rules, kind, _patients(rule))
            for kind in _ROLE_OF_PATIENTS
        )
        if (beds, staff) not in made:
            made[beds, staff] = capacity_futures(
                None if beds is None else rules[beds],
                None if staff is None else rules[staff],
                inputs,
                chance,
            )
        found.append(made[beds, staff])
    return found


def _patients(rule: ShortageRule) -> str:
    return rule.measures[_ROLE_OF_PATIENTS[rule.kind]]


def _first(rules: Sequence[ShortageRule], kind: str, patients: str) -> int | None:
    """Number of the first rule of a kind about these patients."""
    numbers = (at for at, each in enumerate(rules) if each.kind == kind)
    return next((at for at in numbers if _patients(rules[at]) == patients), None)


def capacity_futures(
    beds: ShortageRule | None,
    staff: ShortageRule | None,
    inputs: Inputs,
    chance: Chance,
) -> CapacityFutures | None:
    """Draw planned beds, rosters and absence of one measure of patients.

    Args:
        beds: the rule of beds, or None.
        staff: the rule of staff of the same patients, or None.
        inputs: of the run.
        chance: of the run.

    Returns:
        None when patients are not drawn, or neither beds nor staff are reported.
    """
    rule = beds or staff
    if rule is None or not inputs.is_drawn(_patients(rule)):
        return None
    drawn = _Drawn(inputs, _patients(rule), chance)
    past = _past_staff(drawn, staff)
    is_planned = _is_reported(inputs, beds, "capacity")
    if past is None and not is_planned:
        return None
    planned, opening, before = None, None, None
    run_scale = np.ones(drawn.patients.shape[:2])
    if beds is not None and is_planned:
        history = _opening_history(drawn, beds, None if past is None else past.beds)
        run_scale, before = history.run_scale(), history.planned()
        if beds.ahead == FOLLOWS:
            opening = fit_opening(history)
            planned = planned_paths(opening, drawn.patients, drawn.rng)
        else:
            now = before[:, :, -1, None, None].astype(np.float32)
            planned = np.broadcast_to(now, (*now.shape[:2], len(drawn.dates), 1)).copy()
        planned[~history.is_known()] = np.nan
    staffs = None
    if past is not None and past.rule.ahead == FOLLOWS:
        staffs = _staff_futures(drawn, past, before, planned)
    ahead = None if planned is None or opening is None else drawn.looked_at(planned)
    return CapacityFutures(_patients(rule), ahead, run_scale, staffs, opening)


def _is_reported(inputs: Inputs, rule: ShortageRule | None, *roles: str) -> bool:
    known = inputs.histories
    return rule is not None and all(
        rule.measures[role] in known and known[rule.measures[role]].step == "day" for role in roles
    )


class _Drawn:
    """The paths of patients from the day after their last report, and the days before."""

    def __init__(self, inputs: Inputs, occupancy: str, chance: Chance) -> None:
        self.inputs, self.occupancy, self.chance = inputs, occupancy, chance
        self.history = inputs.histories[occupancy]
        paths = inputs.paths[occupancy]
        last = np.datetime64(inputs.as_of + timedelta(days=inputs.horizon_days), "D")
        self.dates = paths.dates[paths.dates <= last]
        self.patients = paths.values[:, :, : len(self.dates)]
        self.rng = chance.stream(Stream.CAPACITY)
        self.weekdays = weekdays_of(self.dates)

    def looked_at(self, values: PathArray) -> PathArray:
        """The days from the first one looked at."""
        begins = self.inputs.as_of + timedelta(days=self.inputs.offset(self.occupancy))
        return np.ascontiguousarray(values[:, :, self.dates >= np.datetime64(begins, "D")])

    def past(self, measure: str, categories: Sequence[str]) -> FloatArray:
        """(place, category, day), another measure at these places on the days of the history."""
        history = self.inputs.histories[measure]
        return history.on_days(self.history.places, categories, self.history.dates)

    def reported_ahead(self, measure: str, categories: Sequence[str]) -> FloatArray:
        """The same on the days ahead: known where that measure is reported earlier."""
        history = self.inputs.histories[measure]
        return history.on_days(self.history.places, categories, self.dates)


@dataclass(frozen=True, slots=True, eq=False)
class _PastStaff:
    rule: ShortageRule
    skills: tuple[str, ...]
    ratios: FloatArray
    rostered: FloatArray
    beds: FloatArray


def _past_staff(drawn: _Drawn, rule: ShortageRule | None) -> _PastStaff | None:
    """Staff of the past; None where nobody reports them, or not lately who is absent."""
    if rule is None or not _is_reported(drawn.inputs, rule, "rostered", "absent"):
        return None
    if not drawn.inputs.is_drawn(rule.measures["absent"]):
        return None
    skills = drawn.inputs.histories[rule.measures["rostered"]].categories
    rostered = drawn.past(rule.measures["rostered"], skills)
    absent = drawn.past(rule.measures["absent"], skills)
    ratios = ratios_in_force(drawn.inputs, rule.mode, drawn.history.categories, skills)
    # A roster without a report of absence has the share of its skill elsewhere, as ahead.
    told: BoolArray = np.asarray(np.isfinite(absent).any(axis=2))
    absent = with_untold_absence(rostered, last_seen(absent), told)
    present = np.where(np.isfinite(rostered), rostered - absent, 1e9)
    patients = np.nan_to_num(last_seen(drawn.history.values))
    counted = np.maximum(present, 0).astype(np.float32)[..., None]
    today = np.array([drawn.inputs.as_of], dtype="datetime64[D]")
    policy = staff_policy(
        drawn.inputs.reference,
        rule.mode,
        drawn.history.places,
        skills,
        today,
        np.isfinite(rostered),
    )
    if policy is not None:
        counted = policy.mix.counted(counted)
    beds = beds_served(
        counted,
        patients.astype(np.float32)[..., None],
        1.0 / ratios,
    )[..., 0]
    return _PastStaff(rule, skills, ratios, rostered, np.where(beds < 1e6, beds, np.inf))


def _opening_history(
    drawn: _Drawn, rule: ShortageRule, staff_beds: FloatArray | None
) -> OpeningHistory:
    places, wards = drawn.history.places, drawn.history.categories
    opened = rule.measures.get("open", "")
    beds = np.full((len(places), len(wards)), np.nan)
    if opened in drawn.inputs.histories:
        beds = np.asarray(drawn.inputs.today(opened, places, wards)[:, :, 0, 0], dtype=np.float64)
    staffed = drawn.past(rule.measures["capacity"], wards)
    return OpeningHistory(drawn.history.values, staffed, beds, staff_beds)


def _staff_futures(
    drawn: _Drawn,
    past: _PastStaff,
    before: FloatArray | None,
    planned: PathArray | None,
) -> StaffFutures:
    per_bed = np.nan_to_num(1.0 / past.ratios)
    weekdays = weekdays_of(drawn.history.dates)
    asked = np.zeros_like(past.rostered)
    ahead = np.zeros((*past.rostered.shape[:2], len(drawn.dates), 1), dtype=np.float32)
    if before is not None and planned is not None:
        asked = np.einsum("pwd,wk->pkd", before, per_bed)
        ahead = _asked(planned, per_bed)
    law = fit_rosters(RosterHistory(past.rostered, asked, weekdays))
    if ahead.shape[3] == 1:
        ahead = np.broadcast_to(ahead, (*ahead.shape[:3], drawn.patients.shape[3]))
    rostered = roster_paths(law, ahead, drawn.weekdays, drawn.rng)
    _as_reported(rostered, drawn.reported_ahead(past.rule.measures["rostered"], past.skills))
    rostered = drawn.looked_at(rostered)
    absent = absence_of_rosters(
        past.rule, drawn.inputs, drawn.chance, rostered, past.skills, drawn.rng
    )
    return StaffFutures(past.skills, rostered, absent, law)


def _asked(planned: PathArray, per_bed: FloatArray) -> PathArray:
    """(place, skill, day, sample), members of staff that the planned beds ask for."""
    shape = (len(planned), per_bed.shape[1], *planned.shape[2:])
    out = np.zeros(shape, dtype=np.float32)
    for ward, skill in np.argwhere(per_bed > 0):
        out[:, skill] += np.nan_to_num(planned[:, ward]) * np.float32(per_bed[ward, skill])
    return out


def _as_reported(paths: PathArray, reported: FloatArray) -> None:
    """Days that are reported already have their report in every future."""
    known = np.isfinite(reported)
    if known.any():
        paths[known] = reported[known][:, None]
