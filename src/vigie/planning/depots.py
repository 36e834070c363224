"""Central depots and the national reserve as nodes of a plan: they hold, send, and need nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
import pyarrow as pa

from vigie.paths import FloatArray
from vigie.planning.exchange import Exchange, Lanes, lanes
from vigie.planning.wishes import KeptMove

__all__ = ["Depot", "with_depots"]


@dataclass(frozen=True, slots=True)
class Depot:
    """A place that holds stock and serves others.

    Attributes:
        place: key, none of the exchange's places.
        stock: units held today, expired ones among them, >= 0; NaN where unknown: then it sends
            nothing.
        reserve: units that can be used and stay whatever happens, >= 0.
        serves: keys of the places that it may send to; None: all.
        lots: last day of use (0 is today, below 0: expired) and units of the part of ``stock``
            that expires, the next first; the rest never does.
    """

    place: str
    stock: float
    reserve: float = 0.0
    serves: frozenset[str] | None = None
    lots: tuple[tuple[int, float], ...] = ()

    @property
    def free(self) -> float:
        """Units that may leave today; NaN where unknown."""
        return self.free_on(0)

    def usable(self, day: int) -> float:
        """Units held today that can still be used on a day, none used before; 0 is today."""
        return self.stock - sum(units for last, units in self.lots if last < day)

    def free_on(self, day: int) -> float:
        """Units that may leave so as to arrive on a day or before; NaN where unknown.

        What expires first leaves first, so the reserve is kept by what can be used longest.
        """
        return self.stock if isnan(self.stock) else max(0.0, self.usable(day) - self.reserve)

    def less(self, quantity: float) -> Depot:
        """The same once so many units have left: those that expire first of what can be used."""
        left, lots = min(quantity, self.usable(0)), []
        for last, units in self.lots:
            taken = min(left, units) if last >= 0 else 0.0
            left -= taken
            lots.append((last, units - taken))
        stock = self.stock - min(quantity, self.usable(0))
        return replace(self, stock=stock, lots=tuple(lots))


def with_depots(
    exchange: Exchange,
    depots: Sequence[Depot],
    arcs: pa.Table,
    *,
    last_day: int | None = None,
    kept: Sequence[KeptMove] = (),
) -> Exchange:
    """The exchange with depots as further senders.

    A depot is a place whose need is nothing on all days, so that every planner lets all of what
    is free leave and never harms it. No way leads to a depot: what was sent does not come back.
    Packs, fairness and vehicles hold as for any sender.

    Args:
        exchange: of the places that use the product.
        depots: with what they hold of this product.
        arcs: rows of the table ``arcs`` that join depots and places; the ways between the other
            places stay as they are.
        last_day: last day on which moves may leave, 0 is today: what expires before it could
            arrive everywhere then stays; None: each move is held against ``Depot.free_on``.
        kept: moves of this product that stand already. They take what expires first.

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
    stock = [
        _sent_at_most(depot, days[at], last_day, kept) for at, depot in enumerate(depots, count)
    ]
    none = np.zeros((len(depots), *exchange.need.shape[1:]), dtype=exchange.need.dtype)
    return replace(
        exchange,
        places=places,
        stock=np.append(exchange.stock, stock),
        need=np.concatenate([exchange.need, none]),
        lanes=Lanes(km, days),
    )


def _sent_at_most(
    depot: Depot, way_days: FloatArray, last_day: int | None, kept: Sequence[KeptMove]
) -> float:
    """Units that may leave: those of kept moves, and what these leave of the rest."""
    if last_day is None or isnan(depot.stock):
        return depot.free
    leaving = (each for each in kept if each.from_place == depot.place and each.depart_day >= 0)
    promised = sum(each.quantity for each in leaving)
    slowest = int(way_days[np.isfinite(way_days)].max(initial=0))
    # Promised lots are no longer there to be sent; the rest must still be usable on arrival.
    return min(depot.free, promised + depot.less(promised).free_on(last_day + slowest))


def _check(exchange: Exchange, depots: Sequence[Depot]) -> None:
    keys = [each.place for each in depots]
    if len(set(keys)) < len(keys) or set(keys) & set(exchange.places):
        raise ValueError(f"{exchange.category}: a depot is named twice or uses the product itself")
    for each in depots:
        is_held = isnan(each.stock) or 0 <= each.stock < np.inf
        is_split = all(units >= 0 for _, units in each.lots)
        if not (is_held and is_split and 0 <= each.reserve < np.inf):
            raise ValueError(
                f"{exchange.category}: depot {each.place} holds {each.stock} and keeps "
                f"{each.reserve} units; both must be finite and 0 or more"
            )
