"""What a changed loan would do: machines, staff and beds read back from a release.

The figures, sample paths and reference tables of the release go through the same rules as in its
run, so that what is held and needed is what its plan was made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.forecasts.definition_changes import comparable, definition_changes
from vigie.actions.forecasts.forecasting import MOST_DAYS_BEHIND, Chance, History, Stream, histories
from vigie.actions.forecasts.onward_stays import onward_stays
from vigie.actions.forecasts.staff_beside import roster_measures, staff_beside
from vigie.actions.forecasts.ward_stays import WardStays
from vigie.actions.rooms.places import members_of_totals
from vigie.actions.rooms.reading import ReleaseReader
from vigie.actions.rooms.room import Room, ShortageRule
from vigie.actions.shortages.capacity_futures import futures_of_rules
from vigie.actions.shortages.lending_questions import (
    lendable_beds,
    lendable_machines,
    lendable_staff,
)
from vigie.actions.shortages.loan_plans import LOAN_DAYS
from vigie.actions.shortages.planned_shifts import shift_plan
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.actions.shortages.ward_shortages import BedPaths, bed_rows
from vigie.actions.shortages.ward_staffing import staffing
from vigie.errors import NotFound
from vigie.hospital.stays import OnwardStays
from vigie.paths import SamplePaths
from vigie.planning import Lending
from vigie.schemas import MOVEMENTS, PATH_ARRAYS, PLACES, PLANNED_SHIFTS, REFERENCE

__all__ = ["release_lendings"]

_KINDS = ("beds", "staff", "equipment")


def release_lendings(room: Room, reader: ReleaseReader, kind: str) -> tuple[Lending, ...]:
    """What can be lent of a kind, as the run of a release knew it.

    Args:
        room: the room.
        reader: the release.
        kind: equipment, staff or patients.

    Returns:
        One for each rule that tells of it; none where its sample paths have expired.
    """
    try:
        inputs = _inputs(room, reader)
    except NotFound:
        return ()
    return tuple(_lendings(room, inputs, kind))


def _lendings(room: Room, inputs: Inputs, kind: str) -> Iterator[Lending]:
    values, rules = room.values.plan, _rules(room)
    chance = _chance(room, inputs)
    days = min(LOAN_DAYS, inputs.horizon_days)
    found: list[Lending | None] = []
    if kind == "equipment":
        machines = [rule for rule in rules if rule.kind == "equipment"]
        found = [lendable_machines(rule, inputs, values, days) for rule in machines]
    else:
        futures = futures_of_rules(rules, inputs, chance)
        staffs = (
            staffing(rule, inputs, ahead)
            for rule, ahead in zip(rules, futures, strict=True)
            if rule.kind == "staff"
        )
        staff = next((each for each in staffs if each is not None), None)
        if kind == "staff":
            found = [None if staff is None else lendable_staff(staff, inputs, values, days)]
        else:
            machine = next((rule for rule in rules if rule.kind == "equipment"), None)
            for rule, ahead in zip(rules, futures, strict=True):
                beds: list[BedPaths] = []
                if rule.kind == "beds":
                    bed_rows(rule, inputs, staff, machine, ahead, found=beds)
                rng = chance.stream(Stream.LOANS)
                found += [lendable_beds(rule, inputs, each, values, days, rng) for each in beds]
    yield from (each for each in found if each is not None)


def _rules(room: Room) -> list[ShortageRule]:
    return [rule for rule in room.values.shortages if rule.kind in _KINDS]


def _chance(room: Room, inputs: Inputs) -> Chance:
    samples = next(iter(inputs.paths.values())).sample_count if inputs.paths else 1
    return Chance(room.values.seed, inputs.as_of, samples, inputs.horizon_days)


def _inputs(room: Room, reader: ReleaseReader) -> Inputs:
    """Raises NotFound where the sample paths have expired."""
    as_of = reader.as_of
    wanted = {name for rule in _rules(room) for name in rule.measures.values() if name}
    rows: Mapping[str, Mapping[str, Any]] = room.measures()
    names = sorted(wanted & set(rows))
    facts = [_facts(reader, name) for name in names]
    told = comparable(pa.concat_tables(facts), rows, definition_changes(room, as_of))
    horizon = room.values.horizon_days
    known = {each.measure: each for each in histories(told, rows, names, as_of)}
    known |= _with_rosters(room, known, horizon + MOST_DAYS_BEHIND)
    paths = {name: _paths(reader, history) for name, history in known.items()}
    drawn = {name: each for name, each in paths.items() if each is not None}
    shifts = reader.manifest.table(PLANNED_SHIFTS.name)
    return Inputs(
        as_of=as_of,
        horizon_days=horizon,
        histories=known,
        paths=drawn,
        models={name: reader.manifest.models.get(name, "") for name in drawn},
        reference={of.name: room.reference(of.name) for of in REFERENCE}
        | {of.name: reader.table(of.name) for of in REFERENCE if reader.manifest.table(of.name)},
        members=members_of_totals(reader.table(PLACES.name), as_of),
        stays=_stays(room, reader, known),
        shifts=shift_plan(room, shifts, as_of, horizon),
    )


def _with_rosters(room: Room, known: Mapping[str, History], days_ahead: int) -> dict[str, History]:
    """Histories of the absent with the rosters beside that their published paths were drawn on."""
    found = {}
    for absent, rostered in roster_measures(room.values.shortages).items():
        if absent in known and rostered in known:
            history = known[absent]
            staff = staff_beside(history, known[rostered], days_ahead, (), known, {})
            found[absent] = replace(history, beside=replace(history.beside, staff=staff))
    return found


def _facts(reader: ReleaseReader, measure: str) -> pa.Table:
    facts = reader.table("facts", measure=measure)
    until = pa.scalar(reader.as_of, pa.date32())
    return facts.filter(pc.less_equal(facts["reference_date"], until))


def _paths(reader: ReleaseReader, history: History) -> SamplePaths | None:
    """Paths on the axes of a history; series that never reported have zeros."""
    rows = reader.table(PATH_ARRAYS.name, measure=history.measure)
    if not rows.num_rows:
        return None
    samples = rows["samples"].combine_chunks()
    count = len(samples[0])
    dates = np.unique(rows["date"].to_numpy().astype("datetime64[D]"))
    place, category = (
        pc.index_in(rows[name], pa.array(axis)).to_numpy()
        for name, axis in (("place", history.places), ("category", history.categories))
    )
    day = np.searchsorted(dates, rows["date"].to_numpy().astype("datetime64[D]"))
    shape = (len(history.places), len(history.categories), len(dates), count)
    values = np.zeros(shape, dtype=np.float32)
    flat = samples.flatten().to_numpy(zero_copy_only=False).reshape(-1, count)
    known = np.isfinite(place.astype(float)) & np.isfinite(category.astype(float))
    at = tuple(each[known].astype(np.int64) for each in (place, category, day))
    values[at] = flat[known]
    return SamplePaths(history.measure, history.places, history.categories, dates, values)


def _stays(
    room: Room, reader: ReleaseReader, known: Mapping[str, History]
) -> dict[str, OnwardStays]:
    """Law of the stays of patients in bed, by measure, where movements tell it."""
    stays = WardStays(room, reader.manifest.table(MOVEMENTS.name))
    chance = Chance(room.values.seed, reader.as_of, 1, room.values.horizon_days)
    found = {}
    for rule in _rules(room):
        history = known.get(rule.measures.get("need", ""))
        if rule.kind == "beds" and rule.measures.get("entries") and history is not None:
            rng = chance.stream(Stream.STAYS)
            law = onward_stays(stays, history.categories, reader.as_of, rng)
            if law is not None:
                found[history.measure] = law
    return found
