"""The same absence on other rosters, colleague by colleague."""

from __future__ import annotations

import numpy as np

from vigie.paths import PathArray

__all__ = ["absence_on_rosters"]


def absence_on_rosters(
    absent: PathArray, rostered: PathArray, others: PathArray, rng: np.random.Generator
) -> PathArray:
    """How many would be absent in the same futures, were other numbers rostered.

    Whoever leaves the roster is drawn from those on it. Whoever joins is absent as often as their
    colleagues are in all futures, and as much more or less as all staff is in this one. So one
    more on the roster is one or none more absent, and more staff never leave fewer present.

    Args:
        absent: (place, skill, day, sample), members of staff, 0..rostered.
        rostered: same shape, those they were drawn from; 0 where no roster is known, and absence
            stays as it is.
        others: same shape, the other rosters, >= 0.
        rng: source of chance.

    Returns:
        Same shape, float32, whole and 0..others where rosters are known.

    Raises:
        ValueError: shapes differ.

    Source: docs/models/staff-absence.md, section "In a room".
    """
    if not absent.shape == rostered.shape == others.shape:
        raise ValueError(
            f"absent {absent.shape}, rostered {rostered.shape} and other rosters {others.shape} "
            "differ in shape"
        )
    away = np.array(absent, dtype=np.float32).reshape(-1)
    flat, wanted = rostered.reshape(-1), others.reshape(-1)
    at = np.flatnonzero((flat > 0) & (flat != wanted))
    size, away_there = flat[at].astype(np.float32), away[at]
    _leave(size, away_there, wanted[at], rng)
    _join(size, away_there, wanted[at], _shares(absent, rostered).reshape(-1)[at], rng)
    away[at] = away_there
    return away.reshape(absent.shape)


def _shares(absent: PathArray, rostered: PathArray) -> PathArray:
    """Share absent of each series, scaled by how much more all staff is absent in each future."""
    own = absent.sum(axis=3, keepdims=True) / np.maximum(rostered.sum(axis=3, keepdims=True), 1)
    known = np.where(rostered > 0, absent, np.float32(0)).sum(axis=(0, 1))
    all_staff = known / np.maximum(rostered.sum(axis=(0, 1)), 1)
    usual = all_staff.mean(axis=1, keepdims=True)
    factor = np.where(usual > 0, all_staff / np.maximum(usual, 1e-9), 1.0)
    return np.asarray(np.minimum(own * factor, 1), dtype=np.float32)


def _leave(
    size: np.ndarray, away: np.ndarray, wanted: np.ndarray, rng: np.random.Generator
) -> None:
    """Take one from each roster that is too large until none is."""
    at = np.flatnonzero(size > wanted)
    while len(at):
        away[at] -= rng.random(len(at), dtype=np.float32) * size[at] < away[at]
        size[at] -= 1
        at = at[size[at] > wanted[at]]


def _join(
    size: np.ndarray,
    away: np.ndarray,
    wanted: np.ndarray,
    share: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Add one to each roster that is too small until none is."""
    at = np.flatnonzero(size < wanted)
    while len(at):
        away[at] += rng.random(len(at), dtype=np.float32) < share[at]
        size[at] += 1
        at = at[size[at] < wanted[at]]
