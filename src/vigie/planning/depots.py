"""Central depots and the national reserve as nodes of a plan: they hold, send, and need nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
import pyarrow as pa

from vigie.planning.exchange import Exchange, Lanes, lanes

__all__ = ["Depot", "with_depots"]


@dataclass(frozen=True, slots=True)
class Depot:
    """A place that holds stock and serves others.

    Attributes:
        place: key, none of the exchange's places.
        stock: units held today, >= 0; NaN where unknown: then it sends nothing.
        reserve: units that it keeps whatever happens, >= 0.
        serves: keys of the places that it may send to; None: all.
    """

    place: str
    stock: float
    reserve: float = 0.0
    serves: frozenset[str] | None = None

    @property
    def free(self) -> float:
        """Units that may leave; NaN where unknown."""
        return self.stock if isnan(self.stock) else max(0.0, self.stock - self.reserve)


def with_depots(exchange: Exchange, depots: Sequence[Depot], arcs: pa.Table) -> Exchange:
    """The exchange with depots as further senders.

    A depot is a place whose need is nothing on all days, so that every planner lets all of what
    is free leave and never harms it. No way leads to a depot: what was sent does not come back.
    Packs, fairness and vehicles hold as for any sender.

    Args:
        exchange: of the places that use the product.
        depots: with what they hold of this product.
        arcs: rows of the table ``arcs`` that join depots and places; the ways between the other
            places stay as they are.

    Returns:
        The exchange, the depots last.

    Raises:
        ValueError: a depot is a place of the exchange, two have one key, or a quantity is
            negative or infinite.

    Source: docs/models/orders.md, "Depots".
    """
    if not depots:
        return exchange
    _check(exchange, depots)
    count = len(exchange.places)
    places = (*exchange.places, *(each.place for each in depots))
    ways = lanes(arcs, places)
    km, days = (np.full((len(places), len(places)), np.inf) for _ in range(2))
    km[:count, :count], days[:count, :count] = exchange.lanes.km, exchange.lanes.days
    for at, depot in enumerate(depots, start=count):
        served = [
            to
            for to, place in enumerate(exchange.places)
            if depot.serves is None or place in depot.serves
        ]
        km[at, served], days[at, served] = ways.km[at, served], ways.days[at, served]
    none = np.zeros((len(depots), *exchange.need.shape[1:]), dtype=exchange.need.dtype)
    return replace(
        exchange,
        places=places,
        stock=np.append(exchange.stock, [each.free for each in depots]),
        need=np.concatenate([exchange.need, none]),
        lanes=Lanes(km, days),
    )


def _check(exchange: Exchange, depots: Sequence[Depot]) -> None:
    keys = [each.place for each in depots]
    if len(set(keys)) < len(keys) or set(keys) & set(exchange.places):
        raise ValueError(f"{exchange.category}: a depot is named twice or uses the product itself")
    for each in depots:
        is_held = isnan(each.stock) or 0 <= each.stock < np.inf
        if not (is_held and 0 <= each.reserve < np.inf):
            raise ValueError(
                f"{exchange.category}: depot {each.place} holds {each.stock} and keeps "
                f"{each.reserve} units; both must be finite and 0 or more"
            )
