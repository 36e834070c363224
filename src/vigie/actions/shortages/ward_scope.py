"""The part of the wards that a scenario touches: places, ward kinds and skills judged again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.actions.shortages.capacity_futures import CapacityFutures
from vigie.actions.shortages.counted_changes import EPIDEMIC_KIND, CountedChange
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.paths import BoolArray, FloatArray, PathArray, SamplePaths

__all__ = ["WARD_KINDS", "WardScope", "narrowed", "narrowed_futures", "ward_scope"]

WARD_KINDS = ("beds", "electives", "ratios", "skill_mix", "absence", EPIDEMIC_KIND)
"""Kinds of change that are of wards."""

_OF_SKILLS = ("ratios", "absence")


@dataclass(frozen=True, slots=True, eq=False)
class WardScope:
    """What is judged again; arrays are of indices on the axes of the whole run.

    Attributes:
        places: of the places of patients.
        wards: of their ward kinds: those touched, and those that share staff or machines with
            them.
        skills: of the skills of the staff rule.
        changes: those that touch anything.
    """

    places: np.ndarray
    wards: np.ndarray
    skills: np.ndarray
    changes: frozenset[CountedChange]

    @property
    def is_staff_touched(self) -> bool:
        """Whether need or presence of staff changes; beds alone leave them."""
        return any(each.change.kind != "beds" for each in self.changes)


def ward_scope(
    counted: Sequence[CountedChange],
    places: Sequence[str],
    wards: Sequence[str],
    skills: Sequence[str],
    ratios: FloatArray,
    machines: FloatArray,
    teams: BoolArray,
) -> WardScope | None:
    """Where a scenario touches patients, beds and staff; None where it does nowhere.

    Args:
        counted: changes of the scenario that are of wards.
        places, wards, skills: axes.
        ratios: (ward, skill), patients per member of staff; NaN where none.
        machines: (ward, machine), share of patients who need one.
        teams: (skill, team), who is of which team that a skill mix is asked of.
    """
    at = np.zeros(len(places), dtype=bool)
    touched = np.zeros(len(wards), dtype=bool)
    ours: set[CountedChange] = set()
    has_ratio = np.isfinite(ratios)
    for each in counted:
        of = each.change.kind
        here = each.of(wards)
        if of in _OF_SKILLS:
            here = np.asarray((has_ratio & each.of(skills)[None, :]).any(axis=1))
        if here.any() and each.at(places).any():
            at |= each.at(places)
            touched |= here
            ours.add(each)
    if not touched.any():
        return None
    with_team = np.asarray((has_ratio[:, :, None] & teams[None]).any(axis=1))
    shared = np.concatenate([has_ratio, machines > 0, with_team], axis=1)
    touched = _together(touched, shared)
    used = has_ratio[touched].any(axis=0)
    used = used | teams[:, teams[used].any(axis=0)].any(axis=1)
    return WardScope(
        np.flatnonzero(at), np.flatnonzero(touched), np.flatnonzero(used), frozenset(ours)
    )


def _together(touched: BoolArray, shared: BoolArray) -> BoolArray:
    """With every ward that shares a resource, directly or through others."""
    while True:
        resources = shared[touched].any(axis=0)
        more = touched | shared[:, resources].any(axis=1)
        if (more == touched).all():
            return touched
        touched = more


def narrowed(
    inputs: Inputs, occupancy: str, rostered: str, scope: WardScope, patients: PathArray | None
) -> Inputs:
    """The inputs with the places, wards and skills of a scope, and no totals.

    Args:
        inputs: of the run.
        occupancy: measure of patients.
        rostered: measure of rosters; "": none.
        scope: what is judged again.
        patients: (place, ward, day, sample) of the scope, instead of the paths; None: the paths.
    """
    history, paths = inputs.histories[occupancy], inputs.paths[occupancy]
    places = tuple(history.places[at] for at in scope.places)
    wards = tuple(history.categories[at] for at in scope.wards)
    values = history.values[np.ix_(scope.places, scope.wards)]
    known = dict(inputs.histories)
    known[occupancy] = replace(history, places=places, categories=wards, values=values, late=None)
    if rostered:
        whole = inputs.histories[rostered]
        skills = tuple(whole.categories[at] for at in scope.skills)
        known[rostered] = replace(
            whole, categories=skills, values=whole.values[:, scope.skills], late=None
        )
    if patients is None:
        patients = paths.values[np.ix_(scope.places, scope.wards)]
    drawn = SamplePaths(occupancy, places, wards, paths.dates, np.ascontiguousarray(patients))
    return replace(inputs, histories=known, paths={**inputs.paths, occupancy: drawn}, members={})


def narrowed_futures(
    futures: CapacityFutures | None, scope: WardScope, *, with_staff: bool = True
) -> CapacityFutures | None:
    """Planned beds of a scope, and rosters and absence unless they are judged apart."""
    if futures is None:
        return None
    at = np.ix_(scope.places, scope.wards)
    staff = futures.staff if with_staff else None
    if staff is not None:
        of = np.ix_(scope.places, scope.skills)
        staff = replace(
            staff,
            skills=tuple(staff.skills[each] for each in scope.skills),
            rostered=staff.rostered[of],
            absent=staff.absent[of],
        )
    planned = None if futures.planned is None else futures.planned[at]
    return replace(futures, planned=planned, run_scale=futures.run_scale[at], staff=staff)
