"""Usable capacity: the beds that can be opened, that staff can run and that machines serve."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from vigie.paths import BoolArray, FloatArray, PathArray

__all__ = ["Limit", "UsableCapacity", "usable_capacity"]


class Limit(IntEnum):
    """What limits capacity; on a tie the first of them is named."""

    BEDS = 0
    STAFF = 1
    EQUIPMENT = 2


@dataclass(frozen=True, slots=True, eq=False)
class UsableCapacity:
    """Beds that can really be used.

    Attributes:
        values: (place, category, day, sample), beds.
        limits: same shape, uint8, which ``Limit`` is the smallest.
    """

    values: PathArray
    limits: np.ndarray

    def binding_share(self, where: BoolArray | None = None) -> FloatArray:
        """How often each limit binds.

        Args:
            where: same shape as values, the days and futures that count, e.g. the short ones;
                None: all.

        Returns:
            (limit, place, category), shares of the days and futures that count; where none
            does, the shares over all.
        """
        binding = np.stack([self.limits == limit for limit in Limit])
        shares: FloatArray = binding.mean(axis=(3, 4))
        if where is None:
            return shares
        count = where.sum(axis=(2, 3))
        counted = (binding & where).sum(axis=(3, 4)) / np.maximum(count, 1)
        return np.where(count > 0, counted, shares)

    def binds(self, where: BoolArray | None = None) -> list[list[str]]:
        """Name of the limit that binds most often, by place and category; see above."""
        winner = self.binding_share(where).argmax(axis=0)
        return [[Limit(limit).name.lower() for limit in row] for row in winner]


def usable_capacity(
    beds: PathArray,
    staff_beds: PathArray | None = None,
    equipment_beds: PathArray | None = None,
) -> UsableCapacity:
    """The smallest of three limits, on every day and in every future.

    Args:
        beds: (place, category, day, sample), beds that can be opened; an axis of length 1
            stands for all.
        staff_beds: beds that staff can run, same axes; infinite or None: not limited by staff.
        equipment_beds: beds that free machines can serve; infinite or None: not limited by them.

    Returns:
        Capacity in the common shape of the arguments, and which limit binds.

    Source: docs/models/usable-capacity.md, equation 1.
    """
    given = [(Limit.BEDS, beds), (Limit.STAFF, staff_beds), (Limit.EQUIPMENT, equipment_beds)]
    known = [(limit, values) for limit, values in given if values is not None]
    shape = np.broadcast_shapes(*(values.shape for _, values in known))
    capacity = np.array(np.broadcast_to(beds, shape), dtype=np.float32, order="C")
    limits = np.zeros(shape, dtype=np.uint8)
    for limit, values in known[1:]:
        is_smaller = values < capacity
        np.putmask(limits, is_smaller, int(limit))
        np.minimum(capacity, values, out=capacity)
    return UsableCapacity(capacity, limits)
