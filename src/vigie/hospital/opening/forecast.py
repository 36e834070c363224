"""Sample paths of planned beds, along the paths of patients."""

from __future__ import annotations

import numpy as np

from vigie.hospital.opening.law import OpeningLaw, Plans, WardRules, followed
from vigie.paths import FloatArray, IntArray, PathArray

__all__ = ["planned_paths"]

_LEAST_NEAR, _NEAR_PART = 5, 5
"""Misses are taken from the fifth of places that is nearest in size, five of them at least: beds
are whole, so that a small ward misses more for its size."""


def planned_paths(law: OpeningLaw, occupancy: PathArray, rng: np.random.Generator) -> PathArray:
    """Beds that are planned on each day and in each future, before absence closes any.

    Each future takes what the law missed over one stretch of the past, in a place of like size
    and of the same ward kind, but in all of them over the same days, so that hospitals that open
    late open late together.

    Args:
        law: as ``fit_opening`` learnt it.
        occupancy: (place, ward, day, sample), patients on the days after the history, >= 0.
        rng: source of chance.

    Returns:
        Same shape, whole beds, at least 0 and at most the beds that can be opened. A ward whose
        plans are held keeps those of today.

    Raises:
        ValueError: places or wards are not those of the law.

    Source: docs/models/usable-capacity.md, equations 8 to 11.
    """
    if occupancy.shape[:2] != law.now.planned.shape:
        raise ValueError(
            f"occupancy has shape {occupancy.shape}, the law is of {law.now.planned.shape}"
        )
    samples = occupancy.shape[3]
    segments = len(law.misses)
    segment: IntArray = rng.integers(0, max(segments, 1), size=(samples,))
    shift: FloatArray = rng.random(size=(samples,))
    out = np.empty(occupancy.shape, dtype=np.float32)
    for ward in range(occupancy.shape[1]):
        now = Plans(*(_of_ward(each, ward) for each in law.now.arrays()))
        if not law.follows[ward]:
            out[:, ward] = now.planned[:, :, None]
            continue
        missed = _misses(law, ward, segment, shift)
        along = occupancy[:, ward].transpose(1, 0, 2)
        rules = WardRules(*(each[ward] for each in law.rules.arrays()))
        for day, level in enumerate(followed(rules, now, along)):
            donor, scale = missed
            plan = level + donor[:, min(day, donor.shape[1] - 1)] * scale
            np.clip(np.rint(plan), 0, now.ceiling, out=out[:, ward, day])
    return out


def _of_ward(values: FloatArray, ward: int) -> FloatArray:
    return values[:, ward, None]


def _misses(
    law: OpeningLaw, ward: int, segment: IntArray, shift: FloatArray
) -> tuple[PathArray, PathArray]:
    """(place, day, sample) missed by a donor, and (place, 1), what to multiply it by."""
    scale = np.sqrt(np.maximum(law.now.ceiling[:, ward, None], 1.0)).astype(np.float32)
    donors = np.flatnonzero(law.is_known[ward])
    if not len(donors) or not len(law.misses):
        return np.zeros((len(scale), 1, 1), dtype=np.float32), scale
    ceiling = law.now.ceiling[:, ward]
    by_size = donors[np.argsort(ceiling[donors], kind="stable")]
    rank = np.searchsorted(ceiling[by_size], ceiling)[:, None]
    near = max(_LEAST_NEAR, len(donors) // _NEAR_PART)
    donor = np.clip(rank + np.rint((shift - 0.5) * near).astype(np.int64), 0, len(donors) - 1)
    bank = law.misses[:, by_size, ward].astype(np.float32)
    taken = bank[segment[None, :], donor]
    return np.ascontiguousarray(taken.transpose(0, 2, 1)), scale
