"""Stores of an invented room that order as told, and the slow way to follow a store."""

from math import ceil, exp

import numpy as np

from tests.unit.supply.orders_made import END, TODAY, UNTIL, rows_of
from vigie.supply import PastStores, read_order_lines
from vigie.supply.reorder_kernel import _NORMAL

WEEK = 7
MASK = (1 << 64) - 1


def ordering_stores(
    seed=0, *, places=6, days=150, cover=25.0, window=14.0, pack=10.0, lead=5, use=20.0,
    review=None, stops=0, product="mask", upward=None,
):  # fmt: skip
    """Past stores and lines of sites that order up to a level on a weekday of their own.

    Args:
        review: weekday by place, by day since 1970 modulo 7; None: at random.
        stops: days before today from which nobody orders.
        upward: (rng) -> units ordered instead of the gap.
    """
    rng = np.random.default_rng(seed)
    review = rng.integers(0, WEEK, places) if review is None else np.asarray(review)
    asked = rng.poisson(use, (places, days))
    stock, coming = np.full(places, use * cover), np.zeros((places, days + 99))
    rate, waiting = np.full(places, use), np.zeros(places)
    held, used, lines = np.empty((places, days)), np.empty((places, days)), []
    for day in range(days):
        stock += coming[:, day]
        waiting -= coming[:, day]
        used[:, day] = np.minimum(asked[:, day], stock)
        stock -= used[:, day]
        held[:, day] = stock
        rate += (used[:, day] - rate) / window
        relative = day - days
        for place in range(places):
            wanted = cover * rate[place] - stock[place] - waiting[place]
            if (END + relative) % WEEK != review[place] or relative >= -stops or wanted <= 0:
                continue
            units = ceil(wanted / pack) * pack if upward is None else upward(rng)
            coming[place, day + lead] += units
            waiting[place] += units
            told = {
                "order": f"{product}-{place}-{day:04d}", "place": f"P{place}", "product": product,
                "quantity": float(units), "ordered": relative, "eta": relative + lead,
            }  # fmt: skip
            lines.append({**told, "told": relative})
            if relative + lead < 0:
                lines.append({**told, "told": relative + lead, "status": "arrived"})
    past = PastStores(
        places=tuple(f"P{place}" for place in range(places)),
        products=(product,),
        first_day=END - days,
        stock=held[:, None],
        use=used[:, None],
        pack_size=np.array([pack]),
    )
    return past, lines, review


def read(lines):
    return read_order_lines(rows_of(lines), today=TODAY, known_until=UNTIL)


def _next(state):
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return state, z ^ (z >> 31)


def _unit(bits):
    return ((bits >> 32) + 0.5) / 4294967296.0


def followed_slowly(stores, habits, arrival, figures, first_order_day, waits, seed):
    """One store, one future and one day after the other: what comes, and what was ordered."""
    stock, on_order, rate, demand, coming, settled = stores
    level, spread, hazard, edges = habits
    lead, shock, fills = arrival
    pack, lot, window, shared, own, partial = figures
    places, days, samples = demand.shape
    out, ordered = np.zeros(demand.shape), np.zeros(demand.shape)
    for place in range(places):
        chances = np.empty((days, samples), dtype=object)
        for day in range(days):
            state = seed ^ (((place * days + day + 1) * 0xD1342543DE82EF95) & MASK)
            state, _ = _next(state)
            for sample in range(samples):
                state, chances[day, sample] = _next(state)
        for sample in range(samples):
            held, seen, waiting = stock[place], rate[place], on_order[place, sample]
            ended = np.zeros(days)
            for day in range(days):
                backlog, here = max(-held, 0.0), max(held, 0.0)
                here += coming[place, day, sample] + out[place, day, sample]
                asked = demand[place, day, sample] + backlog
                used = min(here, asked)
                held = here - asked if waits else here - used
                seen += (used - seen) / window
                waiting -= settled[place, day, sample] + ended[day]
                if day < first_order_day:
                    continue
                gap = (level[place] * seen - held - waiting) / max(pack, lot * seen)
                bits = chances[day, sample]
                if _unit(bits) >= hazard[place, day, np.flatnonzero(edges <= gap)[-1]]:
                    continue
                state, more = _next(bits)
                up_to = level[place] * seen * exp(spread[place] * _NORMAL[more >> 52])
                units = pack * max(1, ceil((up_to - held - waiting) / pack - 1e-9))
                waiting += units
                ordered[place, day, sample] += units
                state, more = _next(state)
                latent = shared * shock[sample] + own * _NORMAL[more >> 52]
                come = [at for at, bound in enumerate(lead) if bound >= latent]
                if not come or day + 1 + come[0] >= days:
                    continue
                _, more = _next(state)
                share = 1.0
                if _unit(more) < partial:
                    share = np.interp(_unit(more) / partial, np.linspace(0, 1, len(fills)), fills)
                out[place, day + 1 + come[0], sample] += units * share
                ended[day + 1 + come[0]] += units
    return out, ordered
