"""Lots that depots tell: what of their stock has expired, and what will if nothing leaves."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from vigie.actions.shortages.product_lots import LotCount, lots_today
from vigie.planning import Depot

__all__ = ["DepotLots", "depot_expiry", "depot_lots", "read_lots"]

DepotLots = tuple[tuple[int, float], ...]
"""Last day of use (0 is the day of the run, below 0: expired) and units, the next first."""


def depot_lots(count: LotCount, stock: float, told: date, as_of: date) -> DepotLots:
    """What of a depot's stock expires, and when.

    Nothing is used at a depot. What its lots have more than its stock left it after they were
    counted, and is taken off what expires first.

    Args:
        count: the last of the product there.
        stock: units held.
        told: day of the report of stock.
        as_of: day of the run.
    """
    days = (as_of - told).days
    dates = np.array([told], dtype="datetime64[D]")
    held = lots_today({"": count}, [""], np.array([stock]), np.zeros((1, 1)), dates, days)
    assert held is not None, "the count is there and the stock is known"
    lots = [(-1, float(held.expired[0]))] + [
        (int(last) - days, float(units))
        for last, units in zip(held.expires[0], held.units[0], strict=True)
        if np.isfinite(last)
    ]
    return tuple((last, units) for last, units in lots if units > 0)


def depot_expiry(depot: Depot | None, as_of: date, horizon_days: int) -> dict[str, object]:
    """Columns of the table of depot stock that tell expiry, all null where no lot is told.

    Args:
        depot: with its lots; None: none are told.
        as_of: day of the run.
        horizon_days: days looked ahead.
    """
    if depot is None:
        names = ("expired", "next_expiry_date", "next_expiry_quantity", "expiring", "lots")
        return dict.fromkeys((*names, "horizon_days"))
    after = [last for last, _ in depot.lots if last >= 0]
    first = min(after, default=None)
    of_first = None if first is None else sum(u for last, u in depot.lots if last == first)
    return {
        "expired": depot.stock - depot.usable(0),
        "next_expiry_date": None if first is None else as_of + timedelta(days=first),
        "next_expiry_quantity": of_first,
        "expiring": depot.usable(0) - depot.usable(horizon_days),
        "lots": " ".join(
            f"{as_of + timedelta(days=last)}={units:.15g}"
            for last, units in depot.lots
            if last >= 0
        ),
        "horizon_days": horizon_days,
    }


def read_lots(row: dict[str, object], as_of: date) -> DepotLots:
    """The lots that a row of the table of depot stock tells; none in rows without them."""
    expired, told = row.get("expired"), str(row.get("lots") or "")
    pairs = (each.split("=") for each in told.split())
    ahead = tuple(((date.fromisoformat(day) - as_of).days, float(units)) for day, units in pairs)
    return ((-1, float(expired)), *ahead) if isinstance(expired, float) and expired else ahead
