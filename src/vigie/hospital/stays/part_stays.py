"""Stays of patients who are told apart: laws by cause until fit, and who then waits to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.hospital.stays.cause_stays import cause_ratios
from vigie.hospital.stays.law import StayLaw, with_blocked_discharges
from vigie.hospital.stays.parted_wards import PartedWards, WaitingPatients
from vigie.hospital.stays.ward_history import READ_DAYS
from vigie.hospital.stays.ward_laws import law_with_means, stays_of_kinds, ward_means
from vigie.paths import FloatArray

__all__ = ["PartStays", "part_law", "part_stays"]

_USUAL_ENTRIES = 100.0
_MOST_WAITING_SHARE = 0.9
_SHORTEST_MEAN_DAYS = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class PartStays:
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


def part_stays(
    wards: PartedWards, census: FloatArray, entries: FloatArray, by_cause: FloatArray
) -> PartStays:
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
    return PartStays(fit, np.stack(survival), waits, usual, 1 if wards.waiting is None else 2)


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


def part_law(stays: PartStays, waiting: WaitingPatients | None) -> StayLaw:
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
