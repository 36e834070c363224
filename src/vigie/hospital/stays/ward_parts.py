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
from vigie.hospital.stays.cause_stays import cause_ratios
from vigie.hospital.stays.law import StayLaw, with_blocked_discharges
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
from vigie.hospital.stays.ward_laws import law_with_means, stays_of_kinds, ward_means
from vigie.paths import BoolArray, FloatArray, IntArray, PathArray, last_seen

__all__ = ["CauseEntries", "PartedWards", "WaitingPatients", "WardFlow", "parted_ward_paths"]

_USUAL_ENTRIES = 100.0
_MOST_WAITING_SHARE = 0.9
_SHORTEST_MEAN_DAYS = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class CauseEntries:
    """Who came for one cause, on the days of the wards' history.

    Attributes:
        name: of the cause.
        entries: (place, ward, day), patients; NaN where missing.
        whole: (ward, day), of all places, raised for those that did not report.
        booked: (place, ward, day), patients booked for the days after the history; NaN on days
            that no list tells. None: nobody is booked.
        come_share: share of the booked who come, 0 to 1.
    """

    name: str
    entries: FloatArray
    whole: FloatArray
    booked: IntArray | FloatArray | None = None
    come_share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class WaitingPatients:
    """Patients who are fit to leave and stay on.

    Attributes:
        days: mean days that they stay on, >= 1; the law is geometric.
        counted: (place, ward, day), patients who wait at the end of the day; NaN where missing.
            None: they are not counted, and ``share`` says how many of all stays end so.
        share: of the stays, 0 to 1; read only where nobody counts.

    Raises:
        ValueError: a figure is out of its range.
    """

    days: float
    counted: FloatArray | None = None
    share: float = 0.0

    def __post_init__(self) -> None:
        if not (self.days >= 1 and 0 <= self.share <= 1):
            raise ValueError(
                f"patients who wait to leave: mean {self.days} must be at least 1 day and their "
                f"share {self.share} 0 to 1"
            )


@dataclass(frozen=True, slots=True, eq=False)
class PartedWards:
    """Wards whose patients are told apart.

    Attributes:
        history: of all patients and all entries.
        causes: one or more, whose entries add up to those of the history.
        waiting: who waits to leave; None: nobody is told apart.

    Raises:
        ValueError: there is no cause, or shapes do not fit.
    """

    history: WardHistory
    causes: Sequence[CauseEntries]
    waiting: WaitingPatients | None = None

    def __post_init__(self) -> None:
        shape = self.history.occupancy.shape
        if not self.causes:
            raise ValueError("patients by cause need one cause or more")
        for each in self.causes:
            if each.entries.shape != shape or each.whole.shape != shape[1:]:
                raise ValueError(
                    f'entries of cause "{each.name}" have shapes {each.entries.shape} and '
                    f"{each.whole.shape}, the wards {shape}"
                )
        counted = None if self.waiting is None else self.waiting.counted
        if counted is not None and counted.shape != shape:
            raise ValueError(f"patients who wait have shape {counted.shape}, the wards {shape}")


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


@dataclass(frozen=True, slots=True, eq=False)
class _Stays:
    """Laws of the parts: fit (place x ward units, by cause), and shares.

    Attributes:
        fit: by cause, until the patient could leave.
        whole: (cause, place, ward, night), survival of the stay, waiting included.
        waits: (place, ward), share of the stays that wait.
        usual: (cause, place, ward), share of the recent entries.
        stages: of a stay: 2 where patients wait after they are fit.
    """

    fit: Sequence[StayLaw]
    whole: FloatArray
    waits: FloatArray
    usual: FloatArray
    stages: int


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
    stays = _stays(wards, census, entries, by_cause)
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


def _stays(
    wards: PartedWards, census: FloatArray, entries: FloatArray, by_cause: FloatArray
) -> _Stays:
    """Laws by cause: the shape of the kind, the mean of the ward, times the ratio of the cause."""
    history = wards.history
    kind = history.law or stays_of_kinds(history.whole, census.sum(axis=0))
    waits, nights = _waits(wards, census, entries)
    means = np.maximum(ward_means(history.entries, history.occupancy) - nights, _SHORTEST_MEAN_DAYS)
    recent = by_cause[..., -READ_DAYS:].sum(axis=-1)
    total = recent.sum(axis=0)
    whole = np.maximum(recent.sum(axis=1, keepdims=True), 1e-9)
    usual = np.where(total > 0, recent / np.where(total > 0, total, 1.0), whole / whole.sum(axis=0))
    ratios = cause_ratios(
        np.stack([each.sum(axis=0) for each in by_cause]), census.sum(axis=0), kind
    )
    scale = (usual * ratios[:, None]).sum(axis=0)
    fit = [law_with_means(kind, means * ratio / scale) for ratio in ratios]
    laws = fit
    if wards.waiting is not None:
        share, days = waits.reshape(-1), wards.waiting.days
        laws = [with_blocked_discharges(law, 0, share, days) for law in fit]
    survival = [law.survival[0].reshape(*means.shape, -1) for law in laws]
    return _Stays(fit, np.stack(survival), waits, usual, 1 if wards.waiting is None else 2)


def _waits(
    wards: PartedWards, census: FloatArray, entries: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Share of the stays that wait, and mean nights of a stay spent so; both (place, ward).

    Patients who wait are entries a day, times the share that waits, times the mean wait.
    """
    waiting = wards.waiting
    none = np.zeros(census.shape[:2])
    if waiting is None:
        return none, none
    if waiting.counted is None:
        share = none + min(waiting.share, _MOST_WAITING_SHARE)
        return share, share * waiting.days
    recent = slice(-READ_DAYS, None)
    known = np.isfinite(waiting.counted[..., recent])
    nights = np.where(known, np.minimum(waiting.counted[..., recent], census[..., recent]), 0.0)
    ended = np.maximum(nights, 0.0).sum(axis=-1) / waiting.days
    came = np.where(known, entries[..., recent], 0.0).sum(axis=-1)
    of_kind = ended.sum(axis=0) / np.maximum(came.sum(axis=0), 1e-9)
    share = (ended + _USUAL_ENTRIES * of_kind) / (came + _USUAL_ENTRIES)
    share = np.clip(share, 0.0, _MOST_WAITING_SHARE)
    return share, share * waiting.days


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
    patients: IntArray, waiting: IntArray, by_cause: FloatArray, stays: _Stays
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
    stays: _Stays,
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
        _law(stays, waiting),
        rng,
    )
    return flow.census.reshape(came.shape)


def _law(stays: _Stays, waiting: WaitingPatients | None) -> StayLaw:
    """Units: fit stays of every cause, ward by ward, then one wait; ends: home, wait."""
    fit = np.concatenate([law.hazards[0] for law in stays.fit])
    if waiting is None:
        return StayLaw(fit[None])
    waits = np.tile(stays.waits.reshape(-1), len(stays.fit))[:, None, None]
    home_or_wait = np.concatenate([fit * (1 - waits), fit * waits], axis=1)
    wait = np.zeros((1, 2, fit.shape[-1]))
    # A wait begins on the day on which the patient is fit, and lasts a night at least.
    wait[:, 0, 1:] = 1 / waiting.days
    wait[:, 0, -1] = 1.0
    return StayLaw(np.concatenate([home_or_wait, wait])[None])
