"""Series with little or no history borrow the changes of others, and become wide, never NaN."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from vigie.paths.arrays import BoolArray, FloatArray, IntArray, PathArray
from vigie.paths.draws import JointDraws

__all__ = ["UNKNOWN_CHANGE", "borrow_changes"]

UNKNOWN_CHANGE = 0.15
"""Relative standard deviation of one step when nobody has a history to learn from."""

_LEAST_DONOR_SHARE = 1e-6

_OWN_SIZE_DAYS = 7
"""Reported days after which a series' own size weighs as much as that of the others."""


def borrow_changes(
    centre: PathArray,
    changes: PathArray,
    size: FloatArray,
    is_short: BoolArray,
    days: IntArray,
    draws: JointDraws,
) -> PathArray:
    """Paths = centre + changes, where series with a short history take those of others.

    Future i of a short series has the relative change that future i of a donor has; a donor is
    a series of its category (of any, if none there) with enough history, another one for
    different futures. Its size is its own mean, drawn to the donors' median while it has few
    days. A series without any value takes the donor's whole path: a place that never reported
    is read as any of those that did. Without donors, steps of ``UNKNOWN_CHANGE`` are assumed.

    Args:
        centre: (place, category, day, 1), the path without change; 0 where unknown.
        changes: (place, category, day, sample), written over where is_short.
        size: (place, category), mean absolute value of the history, 0 where unknown.
        is_short: (place, category), which series borrow.
        days: (place, category), reported values.
        draws: chance of the run.

    Returns:
        (place, category, day, sample), the array of changes, written over.
    """
    ranked = _ranked_donors(size, is_short)
    for place, category in np.argwhere(is_short):
        donors = ranked[category] if len(ranked[category]) else ranked[-1]
        series = (place, category)
        own_size, own_days = float(size[series]), int(days[series])
        if not len(donors):
            changes[series] = _unknown_changes(own_size, changes.shape[2], draws)
            continue
        at = donors[(draws.donor * len(donors)).astype(np.int64)]
        donor_changes = changes[at[:, 0], at[:, 1], :, np.arange(draws.sample_count)].T
        if own_days == 0:
            changes[series] = donor_changes + centre[at[:, 0], at[:, 1], :, 0].T
            continue
        weight = own_days / (own_days + _OWN_SIZE_DAYS)
        donor_sizes = size[donors[:, 0], donors[:, 1]]
        own_size = weight * own_size + (1 - weight) * float(np.median(donor_sizes))
        donor_size = size[at[:, 0], at[:, 1]]
        # A donor a millionth of the size has nothing to lend that could be scaled up.
        is_comparable = donor_size > _LEAST_DONOR_SHARE * own_size
        ratio = np.divide(own_size, donor_size, out=np.zeros(len(at)), where=is_comparable)
        changes[series] = donor_changes * ratio.astype(np.float32)
    changes += centre
    return changes


def _ranked_donors(size: FloatArray, is_short: BoolArray) -> list[IntArray]:
    """Donors of each category by size, then (last) those of all: independent of place order."""
    ranked = []
    for category in range(size.shape[1]):
        own = np.flatnonzero(~is_short[:, category])
        own = own[np.argsort(size[own, category], kind="stable")]
        ranked.append(np.stack([own, np.full_like(own, category)], axis=1))
    everyone = np.concatenate(ranked) if ranked else np.empty((0, 2), dtype=np.int64)
    order = np.argsort(size[everyone[:, 0], everyone[:, 1]], kind="stable")
    return [*ranked, everyone[order]]


def _unknown_changes(size: float, days: int, draws: JointDraws) -> PathArray:
    normal = np.abs(ndtri(0.5 + draws.position / 2)) * draws.sign
    spread = UNKNOWN_CHANGE * size * np.sqrt(np.arange(1, days + 1))
    return np.asarray(spread[:, None] * normal, dtype=np.float32)
