"""Whole packs from amounts of any size."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray
from vigie.planning.flows import Flows

__all__ = ["in_lots"]


def in_lots(
    flows: Flows, lot: float, limits: FloatArray, *, room: FloatArray | None = None
) -> Flows:
    """Moves in whole lots: rounded down, then the largest remainders up as far as limits allow.

    Args:
        flows: moves of any size.
        lot: units of a lot, > 0.
        limits: (place, decision day), units that may have left by the day.
        room: (place, decision day), units for which vehicles have room; None: enough.

    Source: docs/models/optimal-plan.md, equation 6.
    """
    lots = np.floor(flows.units / lot + 1e-6)
    rest = flows.units / lot - lots
    places, days = limits.shape
    sent = np.zeros((places, days))
    np.add.at(sent, flows.sender, lots * lot)
    left = limits - np.cumsum(sent, axis=1)
    space = np.full((places, days), np.inf) if room is None else room - sent
    way, day = np.nonzero(rest > 1e-6)
    order = np.lexsort((day, way, -np.round(rest[way, day], 9)))
    for at in order:
        w, d = way[at], day[at]
        place = flows.sender[w]
        if left[place, d:].min() >= lot - 1e-9 and space[place, d] >= lot - 1e-9:
            # Half a lot or more is worth a whole one; less is left where it is.
            if rest[w, d] < 0.5:
                break
            lots[w, d] += 1
            left[place, d:] -= lot
            space[place, d] -= lot
    return Flows(flows.sender, flows.receiver, flows.lag, lots * lot)
