"""Members of staff of whom nobody says whether they come: absent as their colleagues elsewhere."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = ["with_untold_absence"]

Staff = TypeVar("Staff", FloatArray, PathArray)


def with_untold_absence(rostered: Staff, absent: Staff, told: BoolArray) -> Staff:
    """Absence with the share of the skill elsewhere where nobody ever tells it.

    Args:
        rostered: (place, skill, ...), members of staff on the roster; NaN where none is told.
        absent: same shape or broadcastable to it, members of staff who do not come; NaN where
            missing, read as what the others of the skill say.
        told: (place, skill), where absence is told at all; it is kept there.

    Returns:
        As broadcast; whole where filled, 0 where no absence of the skill is told anywhere.

    Source: docs/models/staff-absence.md, section "In a room".
    """
    rostered, absent = np.broadcast_arrays(rostered, absent)
    is_told = told.reshape(*told.shape, *(1,) * (rostered.ndim - 2))
    known = is_told & np.isfinite(rostered) & np.isfinite(absent)
    # More absent than rostered counts as all absent.
    away = np.where(known, np.minimum(absent, rostered), 0).sum(axis=0, dtype=np.float64)
    of = np.where(known, rostered, 0).sum(axis=0, dtype=np.float64)
    share = np.divide(away, of, out=np.zeros_like(away), where=of > 0)
    filled = np.rint(share * np.nan_to_num(rostered))
    is_missing = ~is_told | ~np.isfinite(absent)
    return np.asarray(np.where(is_missing, filled, absent), dtype=absent.dtype)
