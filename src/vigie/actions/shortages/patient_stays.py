"""Stays of patients who may be moved: from movements where there are some, else from totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.actions.shortages.shortage_rows import Inputs
from vigie.hospital.stays import OnwardStays
from vigie.paths import FloatArray, IntArray
from vigie.planning import StayTold

__all__ = ["MOVEMENTS_TOLD", "TOTALS_TOLD", "PatientStays", "patient_stays"]

MOVEMENTS_TOLD, TOTALS_TOLD = "movements", "totals"
_DAYS_OF_STAY_TOLD = 60
_LEAST_PRESENCE = 0.005
"""Chance of a bed of another ward kind below which the program leaves it out; futures do not."""
_COURSES = 16384


@dataclass(frozen=True, slots=True, eq=False)
class PatientStays:
    """Where a patient is who is admitted to a ward kind on day 0.

    Attributes:
        echo: (ward, ward, day), chance to be in a bed of the second at the end of the day.
        new_share: (ward,), share of the entries that are new admissions.
        told: for people, by ward.
        courses: (ward, patient, day), patients drawn; None: stays in the same ward alone.
    """

    echo: FloatArray
    new_share: FloatArray
    told: tuple[StayTold, ...]
    courses: IntArray | None = None


def patient_stays(
    inputs: Inputs,
    entries: str,
    occupancy: str,
    horizon: int,
    severe: Sequence[str],
    rng: np.random.Generator,
) -> PatientStays:
    """Stays by the laws that movements tell; without movements geometric ones, from totals.

    Args:
        inputs: of the run.
        entries, occupancy: measures.
        horizon: days looked at.
        severe: ward kinds whose later need is told to people.
        rng: chance of the patients drawn.

    Source: docs/models/lending-plan.md, section "Stays of patients".
    """
    wards = inputs.histories[occupancy].categories
    found = inputs.stays.get(occupancy)
    if found is None:
        return _from_totals(inputs, entries, occupancy, horizon)
    presence = found.presence(horizon)
    is_own = np.eye(len(wards), dtype=bool)[:, :, None]
    # A short echo keeps the program small: what is left out is still judged in the futures.
    echo = np.where(is_own | (presence >= _LEAST_PRESENCE), presence, 0.0)
    courses = found.courses(horizon, _COURSES, rng)
    return PatientStays(echo, found.new_share, _told(found, wards, severe), courses)


def _told(found: OnwardStays, wards: Sequence[str], severe: Sequence[str]) -> tuple[StayTold, ...]:
    reached = found.reached()
    told = []
    for ward, mean, shares in zip(wards, found.mean_days.tolist(), reached.tolist(), strict=True):
        later = [
            (share, other)
            for share, other in zip(shares, wards, strict=True)
            if other in severe and ward not in severe and share >= _LEAST_PRESENCE
        ]
        share, most = max(later, default=(0.0, ""))
        told.append(StayTold(mean, MOVEMENTS_TOLD, most, share))
    return tuple(told)


def _from_totals(inputs: Inputs, entries: str, occupancy: str, horizon: int) -> PatientStays:
    """Geometric stays, from all entries and all patients in bed.

    The mean stay is patients in bed over entries of a day, at the places and on the days on which
    both are told. Where a patient of one ward goes later is not told by totals, so that nobody is
    followed into another ward, and all entries count as new.
    """
    history = inputs.histories[occupancy]
    wards = history.categories
    census = history.values[:, :, -_DAYS_OF_STAY_TOLD:]
    days = history.dates[-census.shape[2] :]
    came = inputs.histories[entries].on_days(history.places, wards, days)
    both = np.isfinite(census) & np.isfinite(came)
    in_bed = np.where(both, census, 0).sum(axis=(0, 2))
    entered = np.where(both, came, 0).sum(axis=(0, 2))
    mean = np.where(entered > 0, in_bed / np.maximum(entered, 1e-9), 0.0)
    out = np.zeros((len(wards), len(wards), horizon))
    for ward in range(len(wards)):
        # On the day of entry the patient is counted; a mean of 0 leaves no echo and no way.
        leaves = 1 / max(mean[ward], 1.0)
        if mean[ward] > 0:
            out[ward, ward] = min(mean[ward], 1.0) * (1 - leaves) ** np.arange(horizon)
    told = tuple(StayTold(float(days), TOTALS_TOLD) for days in mean)
    return PatientStays(out, np.ones(len(wards)), told)
