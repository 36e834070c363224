"""Totals future by future: sample n of a region is the sum of sample n of its places."""

from __future__ import annotations

import numpy as np

from vigie.paths.arrays import BoolArray, FloatArray, PathArray

__all__ = ["LEAST_REPORTED_SHARE", "total_paths"]

LEAST_REPORTED_SHARE = 0.5
"""Share of the usual total that must be told; a total of which less is told is not known."""


def total_paths(
    paths: PathArray, members: BoolArray, usual: FloatArray, is_told: BoolArray
) -> tuple[PathArray, BoolArray]:
    """Paths of totals as sums of their members' paths, each future by itself.

    A member that does not report counts with its usual share, as in the past of a total: with

        share = sum of usual over the members that report / sum of usual over all members

    a total is the sum of the members that report, divided by the share. So the futures stay those
    of the places, and who rises with whom is kept as the places' paths have it.

    Args:
        paths: (place, category, step, sample), finite.
        members: (total, place), which places add up to each total; a place may be in several.
        usual: (place, category), usual value of each series, finite and >= 0.
        is_told: (place, category), whether the series reports, so that its paths count.

    Returns:
        Paths (total, category, step, sample), and (total, category), whether enough is told: at
        least ``LEAST_REPORTED_SHARE`` of the usual total. Paths of a total of which less is told
        are 0 and must not be shown. When all members are usually 0, one that reports is enough.

    Raises:
        ValueError: shapes do not fit, usual is negative or not finite.

    Source: docs/models/totals.md, equations 1 and 2.
    """
    _check(paths, members, usual, is_told)
    inside = members[:, :, None]
    told = (inside & is_told).astype(np.float64)
    whole = (inside * usual).sum(axis=1)
    present = (told * usual).sum(axis=1)
    is_any = told.any(axis=1)
    share = np.where(whole > 0, present / np.where(whole > 0, whole, 1.0), is_any)
    is_enough = is_any & (share >= LEAST_REPORTED_SHARE)
    weights = told * (is_enough / np.where(is_enough, share, 1.0))[:, None]
    sums = np.empty((len(members), *paths.shape[1:]), dtype=np.float32)
    for category in range(paths.shape[1]):
        weight = weights[:, :, category].astype(np.float32)
        sums[:, category] = np.tensordot(weight, paths[:, category], axes=1)
    return sums, is_enough


def _check(paths: PathArray, members: BoolArray, usual: FloatArray, is_told: BoolArray) -> None:
    if paths.ndim != 4:
        raise ValueError(
            f"paths have shape {paths.shape}, expected (place, category, step, sample)"
        )
    if members.ndim != 2 or members.shape[1] != len(paths):
        raise ValueError(
            f"members have shape {members.shape}, expected (total, place) of {len(paths)} places"
        )
    for name, values in (("usual", usual), ("is_told", is_told)):
        if values.shape != paths.shape[:2]:
            raise ValueError(f"{name} has shape {values.shape}, expected {paths.shape[:2]}")
    if not np.isfinite(usual).all() or np.any(usual < 0):
        raise ValueError("usual values must be finite and not negative")
