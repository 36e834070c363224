"""How long an order of today would take, in every future of the run."""

from __future__ import annotations

import zlib

import numpy as np
import pyarrow as pa
from scipy.special import ndtri

from vigie.paths import PathArray
from vigie.supply.delivery_paths import OrderDraws, arrival_chances
from vigie.supply.order_law import OrderLaw
from vigie.supply.order_lines import UNKNOWN_DAY, OrderLines, Promises

__all__ = ["lead_time_paths", "ordered_today"]


def lead_time_paths(
    law: OrderLaw, supplier: str, product: str, day_count: int, draws: OrderDraws
) -> PathArray:
    """Days from an order of today to its receipt, with the supplier's shock of each future.

    Args:
        law: as learnt from past orders.
        supplier: who would deliver; "": not known.
        product: what is ordered.
        day_count: days looked ahead, >= 1.
        draws: chance of the orders of the run.

    Returns:
        (sample,), whole days from 1 on; infinite where it comes later than the days looked at
        or never.

    Source: docs/models/orders.md, equation 4; docs/models/stock.md, equation 8.
    """
    line = ordered_today(supplier, product)
    chance = arrival_chances(line, law, np.array([0]), day_count)[0]
    level = ndtri(np.minimum(np.cumsum(chance), 1.0))
    rng = np.random.default_rng([draws.key, zlib.crc32(f"lead {product}".encode())])
    own = rng.standard_normal(draws.sample_count)
    shock = draws.shock[law.supplier_index(line.supplier)[0]]
    latent = np.sqrt(law.shared) * shock + np.sqrt(1 - law.shared) * own
    day = 1.0 + np.searchsorted(level, latent)
    return np.where(day <= day_count, day, np.inf).astype(np.float32)


def ordered_today(supplier: str, product: str) -> OrderLines:
    """One line, ordered on day 0 and not yet promised."""
    unknown, zero = np.array([UNKNOWN_DAY]), np.array([0])
    none = np.array([np.nan])
    nothing = np.empty(0, dtype=np.int64)
    promises = Promises(nothing, nothing, nothing)
    return OrderLines(
        known_day=0,
        report_lag_days=0,
        place=pa.array([""], pa.string()),
        product=pa.array([product], pa.string()),
        supplier=pa.array([supplier], pa.string()),
        state=zero,
        quantity=none,
        delivered=none,
        first_day=zero,
        ordered_day=zero,
        left_day=unknown,
        arrival_day=unknown,
        cancelled_day=unknown,
        promised_day=unknown,
        ordered_promises=promises,
        shipped_promises=promises,
    )
