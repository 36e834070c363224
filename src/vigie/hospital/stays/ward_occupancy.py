"""Patients in bed of many wards from their daily entries, on the paths of all entries together.

Who comes to one ward is mostly chance: what can be foretold is the number of those who come to all
wards of a kind. Each ward takes its share of it in every future, so that wards rise together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.stays.bed_flow import Wards, bed_flow
from vigie.hospital.stays.law import StayLaw
from vigie.hospital.stays.ward_balance import balance, patients_by_age
from vigie.hospital.stays.ward_laws import law_with_means, stays_of_kinds, ward_means
from vigie.paths import BoolArray, FloatArray, PathArray, last_seen

__all__ = ["WardHistory", "served_wards", "ward_occupancy_paths"]

_HALF_LIFE_DAYS = 42.0
_READ_DAYS = 56
_FEWEST_DAYS = 28
_WINDOW_DAYS = 7
_WINDOWS = 8
_FEWEST_WINDOWS = 24
_LARGEST_MISS = 16.0


@dataclass(frozen=True, slots=True, eq=False)
class WardHistory:
    """What is known of wards on the same days.

    Attributes:
        occupancy: (place, ward, day), patients at the end of the day; NaN where missing.
        entries: same shape, patients who came, from other wards too; NaN where missing.
        whole: (ward, day), entries of all places, raised for those that did not report; NaN
            where too few did.
        law: of the stays of each ward kind, one unit a ward kind, where stays themselves are
            reported; None: it is told from the totals.

    Raises:
        ValueError: shapes do not fit.
    """

    occupancy: FloatArray
    entries: FloatArray
    whole: FloatArray
    law: StayLaw | None = None

    def __post_init__(self) -> None:
        if self.occupancy.ndim != 3 or self.entries.shape != self.occupancy.shape:
            raise ValueError(
                f"occupancy has shape {self.occupancy.shape} and entries {self.entries.shape}: "
                "both are (place, ward, day)"
            )
        if self.whole.shape != self.occupancy.shape[1:]:
            raise ValueError(f"entries of the whole have shape {self.whole.shape}: (ward, day)")


def served_wards(history: WardHistory) -> BoolArray:
    """(place, ward): wards whose flow can be followed.

    Half of the entries and half of the patients of the last 56 days are reported, and anybody
    came.
    """
    recent = slice(-_READ_DAYS, None)
    entries, census = history.entries[..., recent], history.occupancy[..., recent]
    is_told = np.isfinite(entries).sum(axis=-1) >= _FEWEST_DAYS
    is_counted = np.isfinite(census).sum(axis=-1) >= _FEWEST_DAYS
    return np.asarray(is_told & is_counted & (np.nansum(entries, axis=-1) > 0))


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
    census, entries = _filled(history)
    law = _laws(history, census)
    survival = law.survival[0].reshape(places, wards, -1)
    patients = np.where(served, np.rint(census[..., -1]), 0).astype(np.int64)
    present = patients_by_age(patients, entries, survival)
    share, weight = _shares(history, served)
    arrivals = _arrivals(whole, share, weight, rng)
    unit = np.where(served, np.arange(places * wards).reshape(places, wards), -1)
    flow = bed_flow(arrivals, present, Wards(unit, np.full((wards, 1), -1)), law, rng)
    excess = _excess_variance(history, census, entries, survival, served)
    if not excess.any():
        return flow.census
    due = share[..., None] * whole.mean(axis=-1, dtype=np.float64)
    unseen = np.sqrt(excess[:, None] * balance(present, due, survival).variance)
    noise = rng.standard_normal((places, wards, 1, whole.shape[-1]), dtype=np.float32)
    moved = np.rint(flow.census + unseen[..., None].astype(np.float32) * noise)
    return np.maximum(moved, np.float32(0), out=moved)


def _filled(history: WardHistory) -> tuple[FloatArray, FloatArray]:
    """Patients as last seen, and entries with the ward's usual number on missing days."""
    census = np.nan_to_num(last_seen(history.occupancy))
    known = np.isfinite(history.entries)
    recent = np.where(known, history.entries, 0.0)[..., -_READ_DAYS:].sum(axis=-1)
    usual = recent / np.maximum(known[..., -_READ_DAYS:].sum(axis=-1), 1)
    return census, np.where(known, np.maximum(history.entries, 0.0), usual[..., None])


def _laws(history: WardHistory, census: FloatArray) -> StayLaw:
    """A law for each ward: the shape of its kind, its own mean."""
    law = history.law or stays_of_kinds(history.whole, census.sum(axis=0))
    return law_with_means(law, ward_means(history.entries, history.occupancy))


def _shares(history: WardHistory, served: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Share of each ward in all entries of its kind, and the entries that tell it.

    Days count by half every 42 days. The second is the size of a sample that knows as much.
    """
    known = np.isfinite(history.entries)
    counts = np.where(known, np.maximum(history.entries, 0.0), 0.0)
    age = np.arange(counts.shape[-1])[::-1]
    weight = np.where(known, np.exp2(-age / _HALF_LIFE_DAYS), 0.0)
    came = (weight * counts).sum(axis=-1)
    rate = came / np.maximum(weight.sum(axis=-1), 1e-9)
    total = rate.sum(axis=0)
    share = np.where(served & (total > 0), rate / np.where(total > 0, total, 1.0), 0.0)
    told = came**2 / np.maximum((weight**2 * counts).sum(axis=-1), 1e-9)
    return share, np.maximum(told, 0.5)


def _arrivals(
    whole: PathArray, share: FloatArray, weight: FloatArray, rng: np.random.Generator
) -> PathArray:
    """(place, ward, day, sample): Poisson about the share, which is not known for certain."""
    samples = whole.shape[-1]
    drawn = rng.standard_gamma(weight[..., None], size=(*weight.shape, samples))
    factor = share[..., None] * drawn / weight[..., None]
    mean = np.maximum(whole, 0)[None] * factor[:, :, None]
    return rng.poisson(mean).astype(np.float32)


def _excess_variance(
    history: WardHistory,
    census: FloatArray,
    entries: FloatArray,
    survival: FloatArray,
    served: BoolArray,
) -> FloatArray:
    """(ward,): variance of a week's balance that stays do not explain, over that which they do.

    For the last eight weeks: patients a week later, given those who were there and who came,
    against those counted. 0 where the balance is as good as stays allow, or too seldom known.
    """
    known = np.isfinite(history.occupancy)
    misses = []
    for back in range(1, _WINDOWS + 1):
        end = history.occupancy.shape[-1] - 1 - (back - 1) * _WINDOW_DAYS
        start = end - _WINDOW_DAYS
        if start < _FEWEST_DAYS:
            break
        there = np.rint(census[..., start]).astype(np.int64)
        present = patients_by_age(there, entries[..., : start + 1], survival)
        due = balance(present, entries[..., start + 1 : end + 1], survival)
        is_told = served & known[..., start] & known[..., end]
        variance = np.maximum(due.variance[..., -1], 0.25)
        squared = np.minimum((census[..., end] - due.mean[..., -1]) ** 2 / variance, _LARGEST_MISS)
        misses.append(np.where(is_told, squared, np.nan))
    if not misses:
        return np.zeros(served.shape[1])
    all_misses = np.stack(misses)
    count = np.isfinite(all_misses).sum(axis=(0, 1))
    mean = np.nansum(all_misses, axis=(0, 1)) / np.maximum(count, 1)
    return np.where(count >= _FEWEST_WINDOWS, np.maximum(mean - 1.0, 0.0), 0.0)
