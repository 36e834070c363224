"""Compiled loop of the orders that sites will still place: one place and one day after the other.

Loaded only where orders are foreseen. Every (place, day) has random numbers of its own, and every
future of it one, whether it orders or not: futures with more or less stock share their chance.

Source: docs/models/ordering.md, equations 7 to 10.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from scipy.special import ndtri

from vigie.supply.random_kernel import next_bits, unit_of

__all__ = ["follow_stores", "ready_orders"]

_BITS = 12
_NORMAL = ndtri((np.arange(1 << _BITS) + 0.5) / (1 << _BITS)).astype(np.float32)


def follow_stores(
    stores: tuple[np.ndarray, ...],
    habits: tuple[np.ndarray, ...],
    arrival: tuple[np.ndarray, ...],
    figures: tuple[float, ...],
    first_order_day: int,
    waits: bool,
    seed: int,
) -> np.ndarray:
    """What orders placed from the first order day on bring.

    Args:
        stores: stock (place,), on_order (place, sample), rate (place,), demand, coming and
            settled (place, day, sample), float32 but for stock and rate.
        habits: level (place,) in days of use, spread (place,), hazard (place, day, gap bin) and
            edges (gap bin,).
        arrival: level (lead day,) of the normal variable up to which an order has come, shock
            (sample,), quantiles of the share of a partial arrival.
        figures: pack size, usual order in days of use, window of the rate in days, weight of the
            shock, weight of a line's own chance, share of partial arrivals.
        first_order_day: index of the first day on which orders are placed.
        waits: unmet demand waits.
        seed: of the product.

    Returns:
        (place, day, sample), units.
    """
    # One kind of array for each argument, so that the loop is compiled once.
    stock, rate = (np.ascontiguousarray(stores[at], dtype=np.float64) for at in (0, 2))
    on_order, demand, coming, settled = (
        np.ascontiguousarray(stores[at], dtype=np.float32) for at in (1, 3, 4, 5)
    )
    level, spread, hazard, edges = (np.ascontiguousarray(each, dtype=float) for each in habits)
    lead, fills = (np.ascontiguousarray(arrival[at], dtype=np.float64) for at in (0, 2))
    shock = np.ascontiguousarray(arrival[1], dtype=np.float32)
    out = np.zeros(demand.shape, dtype=np.float32)
    _follow(
        stock, on_order, rate, demand, coming, settled, level, spread, hazard, edges, lead, shock,
        fills, np.asarray(figures, dtype=float), first_order_day, waits, np.uint64(seed), _NORMAL,
        out,
    )  # fmt: skip
    return out


def ready_orders() -> None:
    """Compile the loop, which the first product of a machine would wait for otherwise."""
    one = np.ones((1, 1, 1), dtype=np.float32)
    each = np.ones(1)
    stores = (each, one[0], each, one, one, one)
    habits = (each, each, np.ones((1, 1, 1)), np.array([-np.inf]))
    follow_stores(
        stores, habits, (each, one[0, 0], each), (1.0, 1.0, 7.0, 0.0, 1.0, 0.0), 0, False, 0
    )


@njit(cache=True, nogil=True)
def _follow(
    stock: np.ndarray,
    on_order: np.ndarray,
    rate: np.ndarray,
    demand: np.ndarray,
    coming: np.ndarray,
    settled: np.ndarray,
    level: np.ndarray,
    spread: np.ndarray,
    hazard: np.ndarray,
    edges: np.ndarray,
    lead: np.ndarray,
    shock: np.ndarray,
    fills: np.ndarray,
    figures: np.ndarray,
    first_order_day: int,
    waits: bool,
    seed: Any,
    normal: np.ndarray,
    out: np.ndarray,
) -> None:
    places, days, samples = demand.shape
    pack, lot_days, window = figures[0], figures[1], figures[2]
    share = 1.0 / window
    held = np.empty(samples)
    waiting = np.empty(samples)
    seen = np.empty(samples)
    ended = np.empty((days, samples), dtype=np.float32)
    for place in range(places):
        held[:] = stock[place]
        waiting[:] = on_order[place]
        seen[:] = rate[place]
        ended[:] = 0.0
        for day in range(days):
            row = hazard[place, day]
            most = row.max() if day >= first_order_day else 0.0
            state = seed ^ (np.uint64(place * days + day + 1) * np.uint64(0xD1342543DE82EF95))
            state, _ = next_bits(state)
            for sample in range(samples):
                # A store below 0 owes what waits; that is served first when something comes.
                owed = max(-held[sample], 0.0)
                there = held[sample] + owed + coming[place, day, sample] + out[place, day, sample]
                asked = owed + demand[place, day, sample]
                used = min(there, asked)
                held[sample] = there - asked if waits else there - used
                seen[sample] += (used - seen[sample]) * share
                waiting[sample] -= settled[place, day, sample] + ended[day, sample]
                state, bits = next_bits(state)
                chance = unit_of(bits)
                if chance >= most:
                    continue
                unit = max(pack, lot_days * seen[sample])
                position = held[sample] + waiting[sample]
                gap = (level[place] * seen[sample] - position) / unit
                at = edges.shape[0] - 1
                while at > 0 and gap < edges[at]:
                    at -= 1
                if chance >= row[at]:
                    continue
                _place_order(
                    bits, place, day, sample, position, seen[sample] * level[place],
                    spread[place], figures, lead, shock[sample], fills, normal, waiting, ended,
                    out,
                )  # fmt: skip


@njit(cache=True, nogil=True)
def _place_order(
    bits: Any,
    place: int,
    day: int,
    sample: int,
    position: float,
    level: float,
    spread: float,
    figures: np.ndarray,
    lead: np.ndarray,
    shock: float,
    fills: np.ndarray,
    normal: np.ndarray,
    waiting: np.ndarray,
    ended: np.ndarray,
    out: np.ndarray,
) -> None:
    """Order up to the level, in whole packs, and draw when and how much of it comes."""
    pack = figures[0]
    shift = np.uint64(64 - 12)
    state, more = next_bits(bits)
    wanted = level * np.exp(spread * normal[np.int64(more >> shift)]) - position
    units = pack * max(1.0, np.ceil(wanted / pack - 1e-9))
    waiting[sample] += units
    state, more = next_bits(state)
    latent = figures[3] * shock + figures[4] * normal[np.int64(more >> shift)]
    wait = 0
    while wait < lead.shape[0] and lead[wait] < latent:
        wait += 1
    comes = day + 1 + wait
    if wait == lead.shape[0] or comes >= out.shape[1]:
        return
    fill = 1.0
    state, more = next_bits(state)
    chance = unit_of(more)
    if chance < figures[5]:
        step = chance / figures[5] * (fills.shape[0] - 1)
        low = int(step)
        high = min(low + 1, fills.shape[0] - 1)
        fill = fills[low] + (step - low) * (fills[high] - fills[low])
    out[place, comes, sample] += units * fill
    ended[comes, sample] += units
