"""Phases of a wave, told from what happened around a day and from nothing else."""

from __future__ import annotations

import numpy as np

from vigie.paths.arrays import FloatArray, IntArray

__all__ = ["PHASES", "STEADY_SHARE", "phases"]

PHASES = ("rise", "peak", "fall", "steady", "recent")
"""Names of the numbers that ``phases`` gives; recent: what came after is not known yet."""

STEADY_SHARE = 0.05
"""Change from the week before to the week after up to which nothing rises or falls, share."""

_RISE, _PEAK, _FALL, _STEADY, _RECENT = range(len(PHASES))


def phases(values: FloatArray, width: int) -> IntArray:
    """The phase of each day of a series.

    With means c of the week around a day, b of the week before and a of the week after: a peak
    when c is the largest and exceeds one of them by more than 5 %; else rise when a > 1.05 b,
    fall when b > 1.05 a, and steady.

    Args:
        values: (..., time), what happened, >= 0; NaN where unknown.
        width: steps in a week, odd: 7 for days, 1 for weeks and months.

    Returns:
        (..., time), numbers of ``PHASES``; recent where one of the three means is unknown.

    Raises:
        ValueError: width is even or below 1.

    Source: docs/models/scores.md, equation 8.
    """
    if width < 1 or width % 2 == 0:
        raise ValueError(f"width {width}: expected an odd number of steps")
    around = _centred(values, width)
    before, after = np.full_like(around, np.nan), np.full_like(around, np.nan)
    before[..., width:] = around[..., :-width]
    after[..., :-width] = around[..., width:]
    more = 1.0 + STEADY_SHARE
    with np.errstate(invalid="ignore"):
        is_peak = (around >= before) & (around >= after)
        is_peak &= (around > more * before) | (around > more * after)
        found = np.full(around.shape, _STEADY, dtype=np.int64)
        found[before > more * after] = _FALL
        found[after > more * before] = _RISE
        found[is_peak] = _PEAK
    found[~np.isfinite(before + around + after)] = _RECENT
    return found


def _centred(values: FloatArray, width: int) -> FloatArray:
    """Means of ``width`` steps around each; NaN where fewer than half of them are known."""
    reach = width // 2
    shape = (*values.shape[:-1], values.shape[-1] + 2 * reach)
    wide = np.full(shape, np.nan)
    wide[..., reach : shape[-1] - reach] = values
    windows = np.lib.stride_tricks.sliding_window_view(wide, width, axis=-1)
    known = np.isfinite(windows)
    count = known.sum(axis=-1)
    total = np.where(known, windows, 0.0).sum(axis=-1)
    means = np.where(2 * count > width, total / np.maximum(count, 1), np.nan)
    # The days at both ends have no whole week around them.
    means[..., :reach] = np.nan
    if reach:
        means[..., -reach:] = np.nan
    return np.asarray(means)
