"""Patients in bed of many wards from their daily entries, on the paths of all entries together.

Who comes to one ward is mostly chance: what can be foretold is the number of those who come to all
wards of a kind. Each ward takes its share of it in every future, so that wards rise together.
"""

from __future__ import annotations

import numpy as np

from vigie.hospital.stays.bed_flow import Wards, bed_flow
from vigie.hospital.stays.law import StayLaw
from vigie.hospital.stays.ward_balance import balance, patients_by_age
from vigie.hospital.stays.ward_history import (
    WardHistory,
    excess_variance,
    filled_history,
    served_wards,
    shares_of_wards,
    ward_arrivals,
)
from vigie.hospital.stays.ward_laws import law_with_means, stays_of_kinds, ward_means
from vigie.paths import FloatArray, PathArray

__all__ = ["ward_occupancy_paths"]


def ward_occupancy_paths(
    history: WardHistory, whole: PathArray, rng: np.random.Generator
) -> PathArray:
    """Sample paths of patients in bed.

    Args:
        history: of the wards.
        whole: (ward, day, sample), paths of the entries to all wards of a kind, >= 0; day 0 is
            the day after the last one of the history.
        rng: source of chance.

    Returns:
        (place, ward, day, sample), whole and >= 0, demand that no bed limits; 0 for wards that
        ``served_wards`` leaves out. Sample s follows sample s of ``whole`` in all wards.

    Raises:
        ValueError: shapes do not fit, or no ward is served.

    Source: docs/models/bed-flow.md, section "In a room".
    """
    served = served_wards(history)
    if not served.any():
        raise ValueError("no ward has enough entries and patients reported to follow its flow")
    if whole.ndim != 3 or len(whole) != history.occupancy.shape[1]:
        raise ValueError(f"paths of the whole have shape {whole.shape}: (ward, day, sample)")
    places, wards = served.shape
    census, entries = filled_history(history)
    law = _laws(history, census)
    survival = law.survival[0].reshape(places, wards, -1)
    patients = np.where(served, np.rint(census[..., -1]), 0).astype(np.int64)
    present = patients_by_age(patients, entries, survival)
    arrivals = ward_arrivals(history, whole, served, rng)
    unit = np.where(served, np.arange(places * wards).reshape(places, wards), -1)
    flow = bed_flow(arrivals, present, Wards(unit, np.full((wards, 1), -1)), law, rng)
    excess = excess_variance(history, census, entries[None], survival[None], served)
    if not excess.any():
        return flow.census
    share, _ = shares_of_wards(history, served)
    due = share[..., None] * whole.mean(axis=-1, dtype=np.float64)
    unseen = np.sqrt(excess[:, None] * balance(present, due, survival).variance)
    noise = rng.standard_normal((places, wards, 1, whole.shape[-1]), dtype=np.float32)
    moved = np.rint(flow.census + unseen[..., None].astype(np.float32) * noise)
    return np.maximum(moved, np.float32(0), out=moved)


def _laws(history: WardHistory, census: FloatArray) -> StayLaw:
    """A law for each ward: the shape of its kind, its own mean."""
    law = history.law or stays_of_kinds(history.whole, census.sum(axis=0))
    return law_with_means(law, ward_means(history.entries, history.occupancy))
