"""Patients in bed by cause, and those who are fit but wait to leave, on the same futures.

Several causes share the beds of a ward: each comes on paths of its own, sample s with sample s, and
stays as long as it does. Planned entries are a cause whose coming days are told by a list of
bookings. A patient who is fit may have to wait: a second stage of the stay, with a law of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigie.hospital.stays.bed_flow import Wards, bed_flow, booked_arrivals
from vigie.hospital.stays.part_stays import PartStays, part_law, part_stays
from vigie.hospital.stays.parted_wards import CauseEntries, PartedWards, WaitingPatients
from vigie.hospital.stays.ward_balance import apportioned, balance_of_parts, patients_by_part
from vigie.hospital.stays.ward_history import (
    READ_DAYS,
    WardHistory,
    excess_variance,
    filled_history,
    served_wards,
    shares_of_wards,
    ward_arrivals,
)
from vigie.paths import BoolArray, FloatArray, IntArray, PathArray, last_seen

__all__ = ["WardFlow", "parted_ward_paths"]


@dataclass(frozen=True, slots=True, eq=False)
class WardFlow:
    """Patients in bed and their parts; 0 for wards that ``served_wards`` leaves out.

    Attributes:
        census: (place, ward, day, sample), all patients at the end of the day.
        cause_now: (cause, place, ward), patients in bed today by cause, whole.
        cause_ahead: (cause, place, ward, day), expected, those who wait among them.
        waiting_now: (place, ward), patients of today who wait.
        waiting_ahead: (place, ward, day), expected.
    """

    census: PathArray
    cause_now: IntArray
    cause_ahead: FloatArray
    waiting_now: IntArray
    waiting_ahead: FloatArray


def parted_ward_paths(
    wards: PartedWards, wholes: Sequence[PathArray], rng: np.random.Generator
) -> WardFlow:
    """Sample paths of patients in bed from the joint paths of the entries of each cause.

    Args:
        wards: what is known of them.
        wholes: by cause, (ward, day, sample), paths of the entries to all wards of a kind; day 0
            is the day after the history. Sample s of all causes is the same future.
        rng: source of chance.

    Raises:
        ValueError: shapes do not fit, or no ward is served.

    Source: docs/models/bed-flow.md, sections "In a room" and "Causes, bookings and waits".
    """
    history = wards.history
    served = served_wards(history)
    if not served.any():
        raise ValueError("no ward has enough entries and patients reported to follow its flow")
    if len(wholes) != len(wards.causes) or len({each.shape for each in wholes}) != 1:
        raise ValueError(
            f"paths {[each.shape for each in wholes]} for {len(wards.causes)} causes: each needs "
            "paths on the same days and samples"
        )
    census, entries = filled_history(history)
    by_cause = np.stack([filled_history(_alone(each))[1] for each in wards.causes])
    stays = part_stays(wards, census, entries, by_cause)
    patients = np.where(served, np.rint(census[..., -1]), 0).astype(np.int64)
    waiting = np.where(served, _waiting_now(wards, patients, entries, stays.waits), 0)
    present = _present(patients, waiting, by_cause, stays)
    arrivals = _arrivals(wards, wholes, served, rng)
    parts = _flow(present, arrivals, stays, wards.waiting, served, rng)
    expected = parts.mean(axis=-1, dtype=np.float64)
    total = np.ascontiguousarray(parts.sum(axis=(2, 3)))
    excess = excess_variance(history, census, by_cause, stays.whole, served)
    if excess.any():
        due = _due(wards.causes, wholes, served)
        there = patients_by_part(patients, by_cause, stays.whole)
        unseen = np.sqrt(excess[:, None] * balance_of_parts(there, due, stays.whole).variance)
        noise = rng.standard_normal((*served.shape, 1, total.shape[-1]), dtype=np.float32)
        total = np.rint(total + unseen[..., None].astype(np.float32) * noise)
    return WardFlow(
        census=np.maximum(total, np.float32(0)),
        cause_now=np.moveaxis(present.sum(axis=(3, 4)), 2, 0),
        cause_ahead=np.moveaxis(expected.sum(axis=3), 2, 0),
        waiting_now=waiting,
        waiting_ahead=expected[:, :, :, 1:].sum(axis=(2, 3)),
    )


def _alone(cause: CauseEntries) -> WardHistory:
    """Entries of one cause in the form in which all entries are read."""
    return WardHistory(cause.entries, cause.entries, cause.whole)


def _waiting_now(
    wards: PartedWards, patients: IntArray, entries: FloatArray, waits: FloatArray
) -> IntArray:
    """(place, ward): who waits today, as last counted; as many as entries leave where none are."""
    waiting = wards.waiting
    if waiting is None:
        return np.zeros_like(patients)
    usual = waits * waiting.days * entries[..., -READ_DAYS:].mean(axis=-1)
    if waiting.counted is not None:
        seen = last_seen(waiting.counted)[..., -1]
        usual = np.where(np.isfinite(seen), seen, usual)
    return np.asarray(np.clip(np.rint(usual).astype(np.int64), 0, patients))


def _present(
    patients: IntArray, waiting: IntArray, by_cause: FloatArray, stays: PartStays
) -> IntArray:
    """(place, ward, cause, stage, age): patients in bed.

    Those who do not wait are drawn to the census by cause and age together, so that a cause of
    which many came lately has many in bed.
    """
    fit = np.stack([law.survival[0].reshape(*patients.shape, -1) for law in stays.fit])
    treated = patients_by_part(patients - waiting, by_cause, fit)
    causes, *_, ages = treated.shape
    usual = np.moveaxis(stays.usual, 0, -1) + 1e-12
    present = np.zeros((*patients.shape, causes, stays.stages, ages), dtype=np.int64)
    present[:, :, :, 0] = np.moveaxis(treated, 0, 2)
    if stays.stages == 2:
        # A wait has no memory: its age does not matter.
        present[:, :, :, 1, 0] = apportioned(waiting, usual, usual)
    return present


def _due(
    causes: Sequence[CauseEntries], wholes: Sequence[PathArray], served: BoolArray
) -> FloatArray:
    """(cause, place, ward, day): entries expected, by share of the whole of each cause."""
    found = []
    for cause, whole in zip(causes, wholes, strict=True):
        share, _ = shares_of_wards(_alone(cause), served)
        found.append(share[..., None] * whole.mean(axis=-1, dtype=np.float64))
    return np.stack(found)


def _arrivals(
    wards: PartedWards,
    wholes: Sequence[PathArray],
    served: BoolArray,
    rng: np.random.Generator,
) -> PathArray:
    """(place, ward, cause, day, sample): by share of the whole; by the list on days it tells."""
    found = []
    for cause, whole in zip(wards.causes, wholes, strict=True):
        alone = replace(_alone(cause), is_split=wards.history.is_split)
        came = ward_arrivals(alone, whole, served, rng)
        if cause.booked is not None:
            told = np.isfinite(cause.booked) & served[..., None]
            told = told[..., : came.shape[2]]
            booked = np.where(told, cause.booked[..., : came.shape[2]], 0).astype(np.int64)
            days = booked.shape[-1]
            listed = booked_arrivals(booked, 1 - cause.come_share, came.shape[-1], rng)
            came[:, :, :days] = np.where(told[..., None], listed, came[:, :, :days])
        found.append(came)
    return np.stack(found, axis=2)


def _flow(
    present: IntArray,
    arrivals: PathArray,
    stays: PartStays,
    waiting: WaitingPatients | None,
    served: BoolArray,
    rng: np.random.Generator,
) -> PathArray:
    """(place, ward, cause, stage, day, sample): the stays of all, simulated."""
    places, kinds, causes, stages, ages = present.shape
    units = places * kinds
    unit = np.full((places, kinds, causes, stages), -1)
    number = np.arange(units).reshape(places, kinds)
    for cause in range(causes):
        unit[:, :, cause, 0] = cause * units + number
    if stages == 2:
        unit[:, :, :, 1] = causes * units
    unit[~served] = -1
    flat = kinds * causes * stages
    onward = np.full((flat, stages), -1)
    if stages == 2:
        onward[::2, 1] = np.arange(1, flat, 2)
    came = np.zeros((places, kinds, causes, stages, *arrivals.shape[3:]), dtype=np.float32)
    came[:, :, :, 0] = arrivals
    flow = bed_flow(
        came.reshape(places, flat, *arrivals.shape[3:]),
        present.reshape(places, flat, ages),
        Wards(unit.reshape(places, flat), onward),
        part_law(stays, waiting),
        rng,
    )
    return flow.census.reshape(came.shape)
