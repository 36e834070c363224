"""Who could lend what: machines, staff and beds of a run, as questions to the planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.rooms.room import PlanValues, ShortageRule
from vigie.actions.shortages.patient_stays import patient_stays
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import BedPaths
from vigie.actions.shortages.ward_staffing import Staffing
from vigie.paths import BoolArray, PathArray
from vigie.planning import Lanes, Lending, lanes, loan_echo

__all__ = [
    "arcs_within",
    "lendable_beds",
    "lendable_machines",
    "lendable_staff",
    "ways_within",
]

_UNLIMITED = 1e8


@dataclass(frozen=True, slots=True)
class _Days:
    """Days looked at, from tomorrow; the first day of paths may be today."""

    first: int
    last: int

    def of(self, values: PathArray) -> PathArray:
        return np.ascontiguousarray(values[:, :, self.first : self.last], dtype=np.float32)


def arcs_within(arcs: pa.Table, most_hours: float) -> pa.Table:
    """Rows of the table of ways that take at most so many hours, by road, one way."""
    return arcs.filter(pc.less_equal(arcs["hours"], pa.scalar(float(most_hours))))


def ways_within(arcs: pa.Table, places: Sequence[str], most_hours: float) -> Lanes:
    """Ways that take at most so many hours.

    Args:
        arcs: the reference table.
        places: both axes.
        most_hours: by road, one way.
    """
    return lanes(arcs_within(arcs, most_hours), places)


def lendable_machines(
    rule: ShortageRule, inputs: Inputs, values: PlanValues, horizon: int
) -> Lending | None:
    """Machines: the fleet of today against those in use; None when they are not reported lately."""
    in_use, fleet = rule.measures["in_use"], rule.measures["fleet"]
    if not inputs.is_drawn(in_use) or fleet not in inputs.histories:
        return None
    history = inputs.histories[in_use]
    need = _days(inputs, in_use, horizon).of(inputs.ahead(in_use))
    own = np.asarray(inputs.today(fleet, history.places, history.categories)[:, :, 0, 0], float)
    return Lending(
        kind="equipment",
        unit="machines",
        places=history.places,
        categories=history.categories,
        own=np.floor(own),
        need=need,
        echo=loan_echo(len(history.categories), values.machine_loan_days, need.shape[2]),
        lanes=lanes(inputs.reference["arcs"], history.places),
        weights=np.ones(len(history.categories)),
    )


def lendable_staff(
    staff: Staffing, inputs: Inputs, values: PlanValues, horizon: int
) -> Lending | None:
    """Staff by skill: today's roster against what patients require and who will be missing."""
    occupancy = staff.rule.measures["occupancy"]
    places = inputs.histories[occupancy].places
    roster = np.asarray(staff.roster[:, :, 0, 0], dtype=np.float64)
    needed = np.asarray(np.isfinite(staff.ratios).any(axis=0))
    known = (roster < _UNLIMITED) & needed[None, :]
    if not known.any():
        return None
    # Who is missing in a future is needed on top: what is held is then the roster of today.
    missing = np.where(known[:, :, None, None], staff.roster - staff.paths.available, 0)
    need = _days(inputs, occupancy, horizon).of(staff.paths.need + missing)
    return Lending(
        kind="staff",
        unit="staff",
        places=places,
        categories=staff.skills,
        own=np.where(known, np.floor(roster), np.nan),
        need=need,
        echo=loan_echo(len(staff.skills), values.staff_loan_days, need.shape[2]),
        lanes=ways_within(inputs.reference["arcs"], places, values.longest_staff_hours),
        weights=np.ones(len(staff.skills)),
    )


def lendable_beds(
    rule: ShortageRule,
    inputs: Inputs,
    beds: BedPaths,
    values: PlanValues,
    horizon: int,
    rng: np.random.Generator,
) -> Lending | None:
    """Beds for new patients of other places; None where nobody reports who comes.

    ``rng`` is the chance of their stays.
    """
    entries = rule.measures.get("entries", "")
    if not entries or not inputs.is_drawn(entries):
        return None
    occupancy = rule.measures["need"]
    history = inputs.histories[occupancy]
    days = _days(inputs, occupancy, horizon)
    now = np.rint(beds.usable[:, :, 0].mean(axis=-1, dtype=np.float64))
    # What capacity itself changes in a future counts as need: what is held is that of today.
    change = now[:, :, None, None].astype(np.float32) - beds.usable
    need = days.of(np.where(beds.known[:, :, None, None], beds.need + change, np.float32(0)))
    stays = patient_stays(inputs, entries, occupancy, need.shape[2], values.severe_wards, rng)
    arriving, told = _arriving(inputs, entries, occupancy, need.shape)
    # Who comes from another ward of the place is no new admission, and stays there.
    arriving *= stays.new_share[:, None, None].astype(np.float32)
    severe = np.isin(history.categories, values.severe_wards)
    return Lending(
        kind="patients",
        unit="patients",
        places=history.places,
        categories=history.categories,
        own=np.where(beds.known & told, now, np.nan),
        need=need,
        echo=stays.echo,
        lanes=ways_within(inputs.reference["arcs"], history.places, values.longest_patient_hours),
        weights=np.where(severe, values.severity_weight, 1.0),
        admissions=arriving,
        courses=stays.courses,
        stays=stays.told,
    )


def _days(inputs: Inputs, measure: str, horizon: int) -> _Days:
    first = 1 - inputs.offset(measure)
    return _Days(first, first + horizon)


def _arriving(
    inputs: Inputs, entries: str, occupancy: str, shape: tuple[int, ...]
) -> tuple[PathArray, BoolArray]:
    """New patients on the axes of the patients in bed, and where they are told."""
    history, paths = inputs.histories[occupancy], inputs.paths[entries]
    values = _days(inputs, entries, shape[2]).of(inputs.ahead(entries))
    out = np.zeros(shape, dtype=np.float32)
    told = np.zeros(shape[:2], dtype=bool)
    rows = {key: at for at, key in enumerate(paths.places)}
    columns = {key: at for at, key in enumerate(paths.categories)}
    days = min(shape[2], values.shape[2])
    for i, place in enumerate(history.places):
        for j, ward in enumerate(history.categories):
            if place in rows and ward in columns:
                out[i, j, :days] = values[rows[place], columns[ward], :days]
                told[i, j] = True
    return out, told
