"""Rows of the table of staff days: hours missing, skill mix and rest, from the same paths."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from vigie.actions.shortages.planned_shifts import ShiftPlan
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.staff_policy import DayRule, hours_per_shift
from vigie.actions.shortages.ward_staffing import Staffing
from vigie.hospital.shift_plans import ShiftCounts
from vigie.hospital.shifts import gap_hours, understaffed_by_day
from vigie.paths import FloatArray
from vigie.schemas import STAFF_DAYS

__all__ = ["staff_day_rows"]

_SCHEMA = STAFF_DAYS.schema_before_run()

_Row = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class _Mix:
    """The mix of one team; arrays are (place, day).

    Attributes:
        least_share: in force; NaN where none is.
        rules: by place and day.
        missing: expected registered nurses to add.
        broken_on, broken_by: P(the share is not kept on the day, on some day up to it).
    """

    least_share: FloatArray
    rules: tuple[tuple[DayRule, ...], ...]
    missing: FloatArray
    broken_on: FloatArray
    broken_by: FloatArray

    def cells(self, place: int, day: int) -> _Row:
        """Cells of a row; none where no rule is in force."""
        if not np.isfinite(self.least_share[place, day]):
            return {}
        rule = self.rules[place][day]
        return {
            "least_share": self.least_share[place, day],
            "mix_valid_from": None if rule is None else rule.valid_from,
            "mix_source": None if rule is None else rule.source,
            "registered_missing": self.missing[place, day],
            "mix_broken_on": self.broken_on[place, day],
            "mix_broken_by": self.broken_by[place, day],
        }


def staff_day_rows(staff: Staffing, inputs: Inputs) -> pa.Table:
    """One row a day of each place and skill that the table of shortages judges.

    Args:
        staff: on the paths.
        inputs: of the run.

    Returns:
        Rows of schemas.STAFF_DAYS without ``run``.
    """
    occupancy = staff.rule.measures["occupancy"]
    places, days = inputs.histories[occupancy].places, inputs.days(occupancy).tolist()
    lengths = hours_per_shift(inputs.reference, staff.skills)
    hours = gap_hours(staff.paths.need, staff.paths.available, lengths)
    mixes = _mixes(staff)
    rows: list[_Row] = []
    for i, j in np.argwhere(staff.known).tolist():
        place, skill, mix = places[i], staff.skills[j], mixes.get(j)
        for k, day in enumerate(days):
            row: _Row = {"place": place, "category": skill, "date": day}
            row["gap_hours"] = hours[i, j, k]
            row |= {} if mix is None else mix.cells(i, k)
            row |= _shift_cells(inputs.shifts, place, skill, day)
            rows.append(row)
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _mixes(staff: Staffing) -> dict[int, _Mix]:
    """By the skill at which they are told."""
    found: dict[int, _Mix] = {}
    if staff.policy is None:
        return found
    for team, rules in zip(staff.policy.mix.teams, staff.policy.rules, strict=True):
        missing = team.missing(staff.paths.available)
        nobody = np.zeros((1, 1, 1, 1), dtype=np.float32)
        found[team.told_at] = _Mix(
            team.least_share,
            rules,
            missing.mean(axis=2, dtype=np.float64),
            np.asarray((missing > 0).mean(axis=2)),
            understaffed_by_day(missing[:, None], nobody)[:, 0],
        )
    return found


def _shift_cells(plan: ShiftPlan | None, place: str, skill: str, day: date) -> _Row:
    """Counts of planned shifts; none where none is told of the skill at the place."""
    if plan is None or (place, skill) not in plan.told:
        return {}
    counts = plan.counts.get((place, skill, day), ShiftCounts())
    cells: _Row = {"planned_shifts": counts.planned, "overlapping": counts.overlapping}
    rule = None if plan.policy is None else plan.policy.on(place, day)
    if plan.policy is None or rule is None:
        return cells
    return cells | {
        "rest_breaches": counts.breaches,
        "breach_hours": counts.breach_hours,
        "not_worked": counts.not_worked,
        "rest_enforced": rule in plan.policy.enforced,
        "rest_valid_from": rule.valid_from,
        "rest_source": rule.source,
    }
