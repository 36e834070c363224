"""Units on their way between places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray

__all__ = ["Flows"]


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Units on their way.

    Attributes:
        sender: (way,), index of the place.
        receiver: (way,).
        lag: (way,), days under way.
        units: (way, day), units that leave on each decision day; day 0 is today.
    """

    sender: IntArray
    receiver: IntArray
    lag: IntArray
    units: FloatArray

    def sent(self, places: int, horizon: int) -> FloatArray:
        """(place, day): units that have left by the day; day 0 is tomorrow."""
        out = np.zeros((places, horizon))
        for day in range(min(self.units.shape[1], horizon)):
            np.add.at(out[:, day], self.sender, self.units[:, day])
        return np.cumsum(out, axis=1)

    def received(self, places: int, horizon: int) -> FloatArray:
        """(place, day): units that have come by the day."""
        came = np.zeros((places, horizon))
        for day in range(self.units.shape[1]):
            at = day + self.lag - 1
            inside = at < horizon
            np.add.at(came, (self.receiver[inside], at[inside]), self.units[inside, day])
        return np.cumsum(came, axis=1)
