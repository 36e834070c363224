"""Orders that come as promised, for certain: what tests of stock take for granted."""

from collections.abc import Sequence

import pyarrow as pa

from benchmarks.promised_orders import promised_units
from vigie.actions.shortages.product_orders import Arrivals
from vigie.paths import DateArray
from vigie.supply import OpenDeliveries

__all__ = ["arrivals_as_promised"]


def arrivals_as_promised(orders: pa.Table) -> Arrivals:
    """Deliveries on the day last told.

    Args:
        orders: open orders as known: columns place, product, quantity, eta_date, status.
    """

    def arriving(places: Sequence[str], product: str, dates: DateArray) -> OpenDeliveries:
        units = promised_units(orders, places, [product], dates)
        return OpenDeliveries(units, units, units.sum(axis=-1))

    return arriving
