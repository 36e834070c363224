"""Baseline: all that can be spared is shared out in proportion to what is expected to lack."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray, IntArray
from vigie.planning.exchange import Exchange
from vigie.planning.flows import Flows
from vigie.planning.lots import in_lots

__all__ = ["PROPORTIONAL_MODEL", "proportional_share"]

PROPORTIONAL_MODEL = "vigie-proportional-share"
"""Name of the planner in tables and releases."""


def proportional_share(
    exchange: Exchange, ways: tuple[IntArray, IntArray, IntArray], limits: FloatArray
) -> Flows:
    """Moves that leave today: each sender's surplus, by the expected unmet demand it can reach.

    No receiver gets more than it is expected to lack; what is then left is kept.

    Args:
        exchange: what is held and needed.
        ways: (sender, receiver, days under way).
        limits: (place, decision day), units that may have left by the day.

    Source: docs/models/optimal-plan.md, baselines.
    """
    sender, receiver, lag = ways
    lacking = exchange.peak(exchange.horizon) - np.nan_to_num(exchange.stock)[:, None]
    wanted = np.maximum(lacking, 0).mean(axis=1, dtype=np.float64)
    reachable = np.zeros(len(wanted))
    np.add.at(reachable, sender, wanted[receiver])
    spare = limits.min(axis=1)
    offered = np.where(
        reachable[sender] > 0,
        spare[sender] * wanted[receiver] / np.maximum(reachable[sender], 1e-9),
        0,
    )
    total = np.zeros(len(wanted))
    np.add.at(total, receiver, offered)
    scale = np.minimum(1.0, wanted / np.maximum(total, 1e-9))
    units = np.zeros((len(sender), limits.shape[1]))
    units[:, 0] = offered * scale[receiver]
    return in_lots(Flows(sender, receiver, lag, units), exchange.pack_size, limits)
