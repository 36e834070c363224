"""What is read from the history of wards before their flow: who was there, who came, who is due."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.stays.bed_flow import split_arrivals
from vigie.hospital.stays.law import StayLaw
from vigie.hospital.stays.ward_balance import balance_of_parts, patients_by_part
from vigie.paths import BoolArray, FloatArray, PathArray, last_seen

__all__ = [
    "READ_DAYS",
    "WardHistory",
    "excess_variance",
    "filled_history",
    "served_wards",
    "shares_of_wards",
    "ward_arrivals",
]

READ_DAYS = 56
"""Last days of which entries and patients are read."""

_HALF_LIFE_DAYS = 42.0
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
        is_split: entries are counted for the whole only, and those of a ward are its part of
            them: in every future the wards' entries then add up to those of the whole.

    Raises:
        ValueError: shapes do not fit.
    """

    occupancy: FloatArray
    entries: FloatArray
    whole: FloatArray
    law: StayLaw | None = None
    is_split: bool = False

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
    recent = slice(-READ_DAYS, None)
    entries, census = history.entries[..., recent], history.occupancy[..., recent]
    is_told = np.isfinite(entries).sum(axis=-1) >= _FEWEST_DAYS
    is_counted = np.isfinite(census).sum(axis=-1) >= _FEWEST_DAYS
    return np.asarray(is_told & is_counted & (np.nansum(entries, axis=-1) > 0))


def filled_history(history: WardHistory) -> tuple[FloatArray, FloatArray]:
    """Patients as last seen, and entries with the ward's usual number on missing days."""
    census = np.nan_to_num(last_seen(history.occupancy))
    known = np.isfinite(history.entries)
    recent = np.where(known, history.entries, 0.0)[..., -READ_DAYS:].sum(axis=-1)
    usual = recent / np.maximum(known[..., -READ_DAYS:].sum(axis=-1), 1)
    return census, np.where(known, np.maximum(history.entries, 0.0), usual[..., None])


def shares_of_wards(history: WardHistory, served: BoolArray) -> tuple[FloatArray, FloatArray]:
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


def ward_arrivals(
    history: WardHistory, whole: PathArray, served: BoolArray, rng: np.random.Generator
) -> PathArray:
    """(place, ward, day, sample): who comes to each ward on the paths of the whole."""
    share, weight = shares_of_wards(history, served)
    if not history.is_split:
        return _by_share(whole, share, weight, rng)
    came = np.zeros((*share.shape, *whole.shape[1:]), dtype=np.float32)
    counts = np.rint(np.maximum(whole, 0))
    for ward in np.flatnonzero(share.sum(axis=0) > 0).tolist():
        told = float(weight[share[:, ward] > 0, ward].sum())
        shares = share[:, ward] / share[:, ward].sum()
        came[:, ward] = split_arrivals(counts[ward][None], shares[None], rng, known=told)[0]
    return came


def _by_share(
    whole: PathArray, share: FloatArray, weight: FloatArray, rng: np.random.Generator
) -> PathArray:
    """(place, ward, day, sample): Poisson about the share, which is not known for certain."""
    samples = whole.shape[-1]
    drawn = rng.standard_gamma(weight[..., None], size=(*weight.shape, samples))
    factor = share[..., None] * drawn / weight[..., None]
    mean = np.maximum(whole, 0)[None] * factor[:, :, None]
    return rng.poisson(mean).astype(np.float32)


def excess_variance(
    history: WardHistory,
    census: FloatArray,
    entries: FloatArray,
    survival: FloatArray,
    served: BoolArray,
) -> FloatArray:
    """(ward,): variance of a week's balance that stays do not explain, over that which they do.

    Entries are (cause, place, ward, day), survival (cause, place, ward, night). For the last eight
    weeks: patients a week later, given those who were there and who came, against those counted.
    0 where the balance is as good as stays allow, or too seldom known.
    """
    known = np.isfinite(history.occupancy)
    misses = []
    for back in range(1, _WINDOWS + 1):
        end = history.occupancy.shape[-1] - 1 - (back - 1) * _WINDOW_DAYS
        start = end - _WINDOW_DAYS
        if start < _FEWEST_DAYS:
            break
        there = np.rint(census[..., start]).astype(np.int64)
        present = patients_by_part(there, entries[..., : start + 1], survival)
        due = balance_of_parts(present, entries[..., start + 1 : end + 1], survival)
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
