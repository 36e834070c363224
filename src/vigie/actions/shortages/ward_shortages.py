"""Shortages of beds, staff and machines: need against what can be used, on the same paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.forecasting import History
from vigie.actions.rooms.places import reporting_members
from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.bed_limits import bed_limits
from vigie.actions.shortages.capacity_futures import CapacityFutures
from vigie.actions.shortages.changed_wards import BedChange
from vigie.actions.shortages.shortage_days import DayPaths, shortage_days
from vigie.actions.shortages.shortage_rows import Inputs, Series, shortage_rows
from vigie.actions.shortages.ward_staffing import Staffing
from vigie.hospital import is_short
from vigie.paths import (
    BoolArray,
    PathArray,
    any_short,
    first_passage,
    probability_by,
    shared_short,
)

__all__ = ["BedPaths", "bed_rows", "bed_totals", "equipment_rows", "staff_rows"]


@dataclass(frozen=True, slots=True, eq=False)
class BedPaths:
    """Patients and beds of one rule on the paths.

    Attributes:
        need, usable: (place, ward, day, sample).
        known: (place, ward), where both are reported.
    """

    need: PathArray
    usable: PathArray
    known: BoolArray


def bed_rows(
    rule: ShortageRule,
    inputs: Inputs,
    staff: Staffing | None,
    equipment: ShortageRule | None,
    futures: CapacityFutures | None = None,
    *,
    days: list[pa.Table] | None = None,
    found: list[BedPaths] | None = None,
    changed: BedChange | None = None,
) -> pa.Table | None:
    """Shortage of beds by place and ward kind, and for regions and the nation.

    Usable capacity is the smallest of the beds that can be opened, those that staff can run
    and those that the machines can serve. None when need or capacity is not reported by day and
    lately.

    Args:
        rule: of kind beds.
        inputs: of the run.
        staff: of the same patients, or None.
        equipment: a rule of kind equipment, or None.
        futures: what will be planned and who will come; None: staffed beds are held as they
            stand, changed as much as the staff present changes against today.
        days: takes the rows of the table of shortage days.
        found: takes the paths.
        changed: by a scenario; None: as expected.
    """
    need_measure = rule.measures["need"]
    if not inputs.is_drawn(need_measure) or rule.measures["capacity"] not in inputs.histories:
        return None
    history = inputs.histories[need_measure]
    places, wards = history.places, history.categories
    need = inputs.ahead(need_measure)
    limits = bed_limits(rule, inputs, staff, equipment, futures)
    if changed is not None:
        beds, run = changed.bed_limits(limits.beds, limits.staff)
        limits = replace(limits, beds=beds, staff=run)
    is_known = np.isfinite(limits.beds[:, :, :1, :1])
    usable = limits.usable(is_known)
    short = is_short(need, usable.values)
    need_now = inputs.today(need_measure, places, wards)[:, :, 0, 0]
    series = Series(
        kind="beds",
        places=places,
        categories=wards,
        offset=inputs.offset(need_measure),
        model=inputs.models[need_measure],
        unit="patient-days",
        need_now=need_now,
        capacity_now=limits.now(usable),
        binds=usable.binds(short),
        history=history,
    )
    unmet = np.maximum(need - usable.values, np.float32(0)).sum(axis=2)
    # A ward whose patients nobody ever counted is not safe: nothing is known of it.
    known = is_known[:, :, 0, 0] & np.isfinite(need_now)
    first = first_passage(short)
    rows = shortage_rows(series, inputs, first, unmet, known)
    if days is not None:
        by_day = DayPaths(need, usable.values, short, first, limits=usable.limits)
        days.append(shortage_days(series, inputs, by_day, known))
    capacity = np.where(known[:, :, None, None], usable.values, np.float32(0))
    counted = np.where(known[:, :, None, None], need, np.float32(0))
    if found is not None:
        found.append(BedPaths(counted, capacity, known))
    return pa.concat_tables([rows, bed_totals(series, inputs, short, counted, capacity, known)])


def staff_rows(staff: Staffing, inputs: Inputs, days: list[pa.Table] | None = None) -> pa.Table:
    """Shortage of staff by place and skill; ``days`` takes the rows of shortage days."""
    occupancy, skills = staff.rule.measures["occupancy"], staff.skills
    paths, known = staff.paths, staff.known
    history = inputs.histories[occupancy]
    now = staff.now(inputs.today(occupancy, history.places, history.categories))
    return _level_rows(
        "staff",
        "shifts",
        "staff",
        paths.need,
        paths.available,
        now.need,
        now.available,
        known,
        staff.rule.measures["absent"],
        skills,
        history.places,
        inputs,
        occupancy,
        days,
        staff.model,
    )


def equipment_rows(
    rule: ShortageRule, inputs: Inputs, days: list[pa.Table] | None = None
) -> pa.Table | None:
    """Shortage of machines by place and kind; None when they are not reported lately.

    ``days`` takes the rows of the table of shortage days.
    """
    in_use, fleet = rule.measures["in_use"], rule.measures["fleet"]
    if not inputs.is_drawn(in_use) or fleet not in inputs.histories:
        return None
    history = inputs.histories[in_use]
    capacity = inputs.today(fleet, history.places, history.categories)
    known = np.isfinite(capacity)[:, :, 0, 0]
    need = inputs.ahead(in_use)
    now = inputs.today(in_use, history.places, history.categories)
    return _level_rows(
        "equipment",
        "machine-days",
        "equipment",
        need,
        np.where(np.isfinite(capacity), capacity, np.float32(1e9)),
        now,
        capacity,
        known,
        in_use,
        history.categories,
        history.places,
        inputs,
        in_use,
        days,
        inputs.models[in_use],
    )


def _level_rows(
    kind: str,
    unit: str,
    binds: str,
    need: PathArray,
    capacity: PathArray,
    need_now: PathArray,
    capacity_now: PathArray,
    known: BoolArray,
    measure: str,
    categories: Sequence[str],
    places: Sequence[str],
    inputs: Inputs,
    clock: str,
    days: list[pa.Table] | None,
    model: str,
) -> pa.Table:
    short = is_short(need, capacity)
    series = Series(
        kind=kind,
        places=tuple(places),
        categories=tuple(categories),
        offset=inputs.offset(clock),
        model=model,
        unit=unit,
        need_now=need_now[:, :, 0, 0],
        capacity_now=capacity_now[:, :, 0, 0],
        binds=[[binds] * len(categories) for _ in places],
        history=_at(inputs.histories[measure], places, categories),
    )
    unmet = np.maximum(need - capacity, np.float32(0)).sum(axis=2)
    first = first_passage(short)
    if days is not None:
        by_day = DayPaths(need, capacity, short, first)
        days.append(shortage_days(series, inputs, by_day, known))
    return shortage_rows(series, inputs, first, unmet, known)


def _at(history: History, places: Sequence[str], categories: Sequence[str]) -> History:
    """The history at the places that are judged: some may never have reported this measure."""
    if (history.places, history.categories) == (tuple(places), tuple(categories)):
        return history
    values = history.select(places, categories)
    return replace(
        history, places=tuple(places), categories=tuple(categories), values=values, late=None
    )


def bed_totals(
    series: Series,
    inputs: Inputs,
    short: BoolArray,
    need: PathArray,
    capacity: PathArray,
    known: BoolArray,
) -> pa.Table:
    """Regions and the nation: P(any site short), and P(short if every bed could be shared).

    Args:
        series: of the places that report.
        inputs: of the run.
        short: (place, ward, day, sample), where patients exceed usable beds.
        need, capacity: same shape, patients and usable beds; 0 where not known.
        known: (place, ward), where both are reported.
    """
    inside = reporting_members(inputs.members, series.places)
    totals = list(inside)
    if not totals:
        none = np.zeros_like(known)
        return shortage_rows(series, inputs, first_passage(short), need.sum(axis=2), none)
    members = np.zeros((len(totals), len(series.places)), dtype=bool)
    for row, total in enumerate(totals):
        members[row] = np.isin(series.places, inside[total])
    together = shared_short(need, capacity, members)
    anyone = any_short(short & known[:, :, None, None], members)
    spare = np.stack([(need - capacity)[row].sum(axis=0) for row in members])
    # Patients of a ward whose beds nobody tells would stand against the beds of the others.
    counted = np.where(known, series.need_now, np.nan)
    sums = np.stack([np.nansum(counted[row], axis=0) for row in members])
    beds = np.stack([capacity[row, :, 0].mean(axis=-1).sum(axis=0) for row in members])
    above = Series(
        kind=series.kind,
        places=tuple(totals),
        categories=series.categories,
        offset=series.offset,
        model=series.model,
        unit=series.unit,
        need_now=sums,
        capacity_now=beds,
        binds=[["beds"] * len(series.categories) for _ in totals],
        history=_whole(series.history, members),
    )
    some = np.stack([known[row].any(axis=0) for row in members])
    unmet = np.maximum(spare, 0).sum(axis=2)
    rows = shortage_rows(above, inputs, first_passage(together), unmet, some)
    chance = probability_by(first_passage(anyone), short.shape[2]).reshape(-1)
    chance = pa.array(chance).filter(pa.array(some.reshape(-1)))
    at = rows.schema.get_field_index("probability_any")
    return rows.set_column(at, "probability_any", pc.cast(chance, pa.float64()))


def _whole(history: History, members: BoolArray) -> History:
    """The history of totals: days with any report of a member."""
    values = np.stack([np.nansum(history.values[row], axis=0) for row in members])
    seen = np.stack([np.isfinite(history.values[row]).any(axis=0) for row in members])
    values = np.where(seen, values, np.nan)
    return History(
        history.measure,
        history.kind,
        history.step,
        tuple(str(i) for i in range(len(members))),
        history.categories,
        history.dates,
        values,
        history.as_of,
        history.upper,
    )
