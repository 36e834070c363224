"""A supplier that cannot deliver all: who gets how much of its cap, and what still waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.errors import BadData
from vigie.paths import FloatArray, PathArray

__all__ = ["Rationed", "rationed", "shared_out"]


@dataclass(frozen=True, slots=True, eq=False)
class Rationed:
    """What a supplier with a cap delivers.

    Attributes:
        delivered: (place, day, sample), units.
        waiting: (place, sample), units still owed after the last day.
    """

    delivered: PathArray
    waiting: PathArray


def rationed(asked: PathArray, cap: FloatArray | PathArray, share: FloatArray) -> Rationed:
    """Deliveries of one product under a declared cap; what is not delivered waits for later days.

    On a day on which more is asked for than the cap, a place gets cap times its share, but no
    more than it asks for; what a place leaves is shared among the others by the same shares.

    Args:
        asked: (place, day, sample), units that would come without a cap, >= 0.
        cap: (day,) or (day, sample), units that the supplier can deliver to all places on a day,
            >= 0; infinite for none.
        share: (place,), parts of the places, >= 0; they need not add up to 1.

    Raises:
        BadData: a cap or a share is negative or not a number, or no place has a share.

    Source: docs/models/orders.md, equation 7.
    """
    if not (cap >= 0).all():
        raise BadData("Supplier cap: a day has a negative or empty cap. Give units, 0 or more.")
    delivered = np.empty_like(asked)
    waiting = np.zeros((asked.shape[0], asked.shape[2]), dtype=asked.dtype)
    for day in range(asked.shape[1]):
        waiting += asked[:, day]
        delivered[:, day] = shared_out(waiting, cap[day], share)
        waiting -= delivered[:, day]
    return Rationed(delivered, waiting)


def shared_out(
    asked: PathArray, cap: float | FloatArray | PathArray, share: FloatArray
) -> PathArray:
    """Units for each place out of a cap: min(asked, level x share), the same level for all.

    Args:
        asked: (place, sample), units, >= 0.
        cap: units for all places together, >= 0; one number, or (sample,).
        share: (place,), parts of the places, >= 0.

    Returns:
        (place, sample), adding up to min(cap, what places with a share ask for).

    Raises:
        BadData: a share is negative or not a number, or no place has one.

    Source: docs/models/orders.md, equation 7.
    """
    if not (share >= 0).all() or not (share > 0).any():
        raise BadData(
            "Supplier shares: give each place a part, 0 or more, and at least one place more "
            "than 0."
        )
    sharing = share > 0
    given = np.zeros(asked.shape, dtype=asked.dtype)
    cap = np.broadcast_to(np.asarray(cap, dtype=np.float64), asked.shape[1:])
    wanted = asked[sharing].astype(np.float64)
    is_scarce = wanted.sum(axis=0) > cap
    given[sharing] = asked[sharing]
    if is_scarce.any():
        # Only futures in which not all can be served are sorted.
        scarce = _levelled(wanted[:, is_scarce], cap[is_scarce], share[sharing])
        given[np.ix_(sharing, is_scarce)] = scarce
    return given


def _levelled(wanted: FloatArray, cap: FloatArray, share: FloatArray) -> FloatArray:
    """min(wanted, level x share), (place, sample), where cap (sample,) is less than all want."""
    part = share.astype(np.float64)[:, None]
    order = np.argsort(wanted / part, axis=0, kind="stable")
    served = np.take_along_axis(wanted, order, axis=0)
    parts = np.take_along_axis(np.broadcast_to(part, wanted.shape), order, axis=0)
    # With the first k places served in full, the others share the rest: the true k is the one
    # whose level is highest, because sum min(asked, level x share) is the least over all k.
    before = np.cumsum(served, axis=0) - served
    rest = np.cumsum(parts[::-1], axis=0)[::-1]
    level = ((cap - before) / rest).max(axis=0)
    return np.asarray(np.minimum(wanted, level * part))
