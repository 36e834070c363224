"""Changes of a series over whole stretches of its past, the same stretch for all series."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vigie.paths.arrays import FloatArray, IntArray, PathArray
from vigie.paths.draws import JointDraws, past_index

__all__ = ["by_start", "first_seen", "stretch_changes"]

_FEWEST_CHANGES = 7
"""Below this many past changes over h steps, changes over fewer steps are stretched to h."""


def first_seen(seen: FloatArray) -> IntArray:
    """Index of the first value of each series, its length where there is none.

    Args:
        seen: (series, time), NaN before the first value.
    """
    known = np.isfinite(seen)
    return np.asarray(np.where(known.any(axis=-1), known.argmax(axis=-1), seen.shape[-1]))


def by_start(starts: IntArray, end: int) -> Iterator[tuple[int, IntArray | slice]]:
    """Series that begin together: where, and which; all of them as a slice, which copies nothing.

    Args:
        starts: (series,), as ``first_seen`` gives it.
        end: series that begin there or later are left out.
    """
    for start in np.unique(starts[starts < end]).tolist():
        chosen = starts == start
        yield start, slice(None) if chosen.all() else np.flatnonzero(chosen)


def stretch_changes(seen: FloatArray, horizon: int, draws: JointDraws, *, window: int) -> PathArray:
    """Changes after 1..horizon steps, each future along one stretch of the past.

    Future i takes a time u of the last ``window`` and a sign s, and changes by
    s (x[u] - x[u - h]) after h steps: the past read from u backwards. So each horizon uses
    exactly the changes that ended within the window, with both signs and equal weights, and a
    path is a stretch that happened. A series too short for changes over h steps has those over
    the longest possible h', times sqrt(h / h').

    Args:
        seen: (series, time), without gaps after the first value, NaN before it.
        horizon: steps, >= 1.
        draws: chance of the run.
        window: steps in which the changes ended.

    Returns:
        (series, day, sample); 0 for series with fewer than two values.

    Source: docs/models/persistence.md, equations 1 and 2.
    """
    last = seen.shape[1] - 1
    changes = np.zeros((len(seen), horizon, draws.sample_count), dtype=np.float32)
    starts = first_seen(seen)
    values = np.nan_to_num(seen).astype(np.float32)
    for start, group in by_start(starts, last):
        own = values[group]
        longest = max(1, last - start - _FEWEST_CHANGES + 1)
        for h in range(1, horizon + 1):
            step = min(h, longest)
            count = min(window, last - start - step + 1)
            ends = last - past_index(draws.position, count, window)
            change = np.take(own, ends, axis=1) - np.take(own, ends - step, axis=1)
            change *= draws.sign * np.float32(np.sqrt(h / step))
            changes[group, h - 1] = change
    return changes
