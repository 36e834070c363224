"""Deliveries of open orders in every future: late, early, in part, or never."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import ndtri

from vigie.paths import DateArray, FloatArray, IntArray, PathArray
from vigie.supply.order_hazards import on_days
from vigie.supply.order_law import AGE_EDGES, LATENESS_EDGES, SINCE_EDGES, OrderLaw
from vigie.supply.order_lines import UNKNOWN_DAY, OrderLines

__all__ = [
    "CappedSupplier",
    "OpenDeliveries",
    "OrderDraws",
    "arrival_chances",
    "delivery_paths",
    "open_deliveries",
    "order_draws",
]

_SHIPPED, _ARRIVED = 1, 2
_MOST_HAZARD = 0.999


@dataclass(frozen=True, slots=True, eq=False)
class OrderDraws:
    """Chance of the orders of a run, the same whichever products are asked for together.

    Attributes:
        key: from which each product draws its own chance.
        shock: (supplier + 1, sample), standard normal; the last row is of unknown suppliers.
    """

    key: int
    shock: PathArray

    @property
    def sample_count(self) -> int:
        """Number of futures."""
        return int(self.shock.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class CappedSupplier:
    """A supplier that cannot deliver all, and what it owes of a product.

    Attributes:
        supplier: as orders name it.
        units_per_day: (day,), what it can deliver to all places; infinite for all.
        share: (place,), parts of the places, >= 0.
        spare: (day, sample), what open orders leave of the cap for later ones.
        waiting: (place, day), mean units owed at the end of the day, beyond what is late anyway.
    """

    supplier: str
    units_per_day: FloatArray
    share: FloatArray
    spare: PathArray
    waiting: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class OpenDeliveries:
    """What becomes of open orders in every future.

    Attributes:
        units: (place, product, day, sample), units that come, >= 0.
        settled: same shape, units ordered of the lines that come that day: what is missing in a
            partial delivery is no longer on order either.
        on_order: (place, product, sample), units on order before the first day.
        capped: suppliers of it that cannot deliver all, where one product is asked for.
    """

    units: PathArray
    settled: PathArray
    on_order: PathArray
    capped: tuple[CappedSupplier, ...] = ()


def order_draws(rng: np.random.Generator, law: OrderLaw, sample_count: int) -> OrderDraws:
    """Draw the chance of a run's orders.

    Args:
        rng: source of chance.
        law: tells the suppliers.
        sample_count: number of futures, >= 1.
    """
    shock = rng.standard_normal((len(law.suppliers) + 1, sample_count), dtype=np.float32)
    return OrderDraws(int(rng.integers(2**32)), shock)


def delivery_paths(
    lines: OrderLines,
    law: OrderLaw,
    places: Sequence[str],
    products: Sequence[str],
    dates: DateArray,
    draws: OrderDraws,
) -> PathArray:
    """Units that orders bring on each day of each future.

    Open lines come by the law. Lines that arrived on one of the days (the stock was told before)
    come for certain. Lines of other places or products are left out; so are lines with a
    quantity that is unknown or negative: ``order_faults`` names them.

    Args:
        lines: as known.
        law: as learnt from them or from others.
        places: keys, axis 0 of the result.
        products: keys, axis 1.
        dates: (day,), consecutive days, the first is the day after the last told stock.
        draws: chance of the run.

    Returns:
        (place, product, day, sample), units, >= 0.

    Source: docs/models/orders.md, equations 4 to 6.
    """
    return open_deliveries(lines, law, places, products, dates, draws).units


def open_deliveries(
    lines: OrderLines,
    law: OrderLaw,
    places: Sequence[str],
    products: Sequence[str],
    dates: DateArray,
    draws: OrderDraws,
    *,
    apart: Sequence[str] = (),
) -> OpenDeliveries:
    """The same deliveries, with what is still on order; arguments as of ``delivery_paths``.

    Args:
        apart: suppliers whose open lines stand apart: the places are repeated for each of them,
            behind those of all others.

    Source: docs/models/orders.md, equations 4 to 6.
    """
    first = int(np.datetime64(dates[0], "D").astype(np.int64))
    shape = (len(places) * (1 + len(apart)), len(products), len(dates), draws.sample_count)
    found = OpenDeliveries(
        np.zeros(shape, dtype=np.float32),
        np.zeros(shape, dtype=np.float32),
        np.zeros((*shape[:2], shape[3]), dtype=np.float32),
    )
    place, product = _index(lines.place, places), _index(lines.product, products)
    is_of = (place >= 0) & (product >= 0) & (np.nan_to_num(lines.quantity, nan=-1.0) > 0)
    _add_arrived(found, lines, place, product, first)
    place = place + len(places) * (_index(lines.supplier, apart) + 1)
    for index, name in enumerate(products):
        chosen = np.flatnonzero(is_of & lines.is_open & (product == index))
        if len(chosen):
            rng = np.random.default_rng([draws.key, zlib.crc32(name.encode())])
            one = OpenDeliveries(
                found.units[:, index], found.settled[:, index], found.on_order[:, index]
            )
            _add_open(one, lines, law, chosen, place[chosen], first, draws, rng)
    return found


def arrival_chances(
    lines: OrderLines, law: OrderLaw, chosen: IntArray, day_count: int
) -> FloatArray:
    """P(an open line arrives on each day after the last known one).

    Args:
        lines: as known.
        law: as learnt.
        chosen: (n,), indices of open lines.
        day_count: days from the day after ``lines.known_day``.

    Returns:
        (n, day_count), 0..1; what is missing to 1 comes later or never.

    Source: docs/models/orders.md, equation 4.
    """
    row = law.rows_of(lines.supplier.take(pa.array(chosen)), lines.product.take(pa.array(chosen)))
    ahead = lines.known_day + 1 + np.arange(day_count)
    promised = lines.promised_day[chosen]
    usual = np.maximum(lines.ordered_day[chosen] + law.lead_days[row], lines.first_day[chosen])
    promised = np.where(promised == UNKNOWN_DAY, usual, promised)
    late = on_days(LATENESS_EDGES, ahead[None] - promised[:, None])
    age = on_days(AGE_EDGES, ahead[None] - lines.ordered_day[chosen, None])
    is_shipped = lines.state[chosen] == _SHIPPED
    # A shipped line without a promise is judged by the days since it was shipped.
    since = on_days(
        SINCE_EDGES, ahead[None] - np.minimum(lines.left_day[chosen], ahead[0])[:, None]
    )
    is_blind = is_shipped & (lines.promised_day[chosen] == UNKNOWN_DAY)
    hazard = np.where(is_shipped[:, None], law.shipped[row[:, None], late], 0.0)
    hazard = np.where(is_blind[:, None], law.coming[row[:, None], since], hazard)
    chances = _first_on(np.minimum(hazard, _MOST_HAZARD), np.zeros_like(hazard))
    leaving = np.minimum(law.leaving[row[:, None], late], _MOST_HAZARD)
    cancelling = law.cancelling[row[:, None], age] * (1 - leaving)
    gone = _first_on(leaving, cancelling)
    return np.where(is_shipped[:, None], chances, _then(gone, _since_shares(law, day_count), row))


def _first_on(hazard: FloatArray, other: FloatArray) -> FloatArray:
    """(n, day): P(it happens on the day, neither it nor the other having happened before)."""
    left = np.cumprod(1 - hazard - other, axis=1)
    before = np.concatenate([np.ones((len(hazard), 1)), left[:, :-1]], axis=1)
    return np.asarray(before * hazard)


def _since_shares(law: OrderLaw, day_count: int) -> FloatArray:
    """(row, day): P(a line arrives so many days after it was no longer "ordered")."""
    hazard = np.minimum(law.coming[:, on_days(SINCE_EDGES, np.arange(day_count))], _MOST_HAZARD)
    return _first_on(hazard, np.zeros_like(hazard))


def _then(gone: FloatArray, since: FloatArray, row: IntArray) -> FloatArray:
    """(n, day): P(arrival) from the day of leaving and the days after it."""
    chances = np.zeros_like(gone)
    for day in range(gone.shape[1]):
        chances[:, day:] += gone[:, day, None] * since[row, : gone.shape[1] - day]
    return chances


def _add_open(
    found: OpenDeliveries,
    lines: OrderLines,
    law: OrderLaw,
    chosen: IntArray,
    place: IntArray,
    first: int,
    draws: OrderDraws,
    rng: np.random.Generator,
) -> None:
    """Add the open lines of a product to (place, day, sample)."""
    days, samples = found.units.shape[1:]
    skipped = lines.known_day + 1 - first
    chances = arrival_chances(lines, law, chosen, max(days - skipped, 0))
    level = ndtri(np.minimum(np.cumsum(chances, axis=1), 1.0)).astype(np.float32)
    suppliers = lines.supplier.take(pa.array(chosen))
    row = law.rows_of(suppliers, lines.product.take(pa.array(chosen)))
    shared, own = np.float32(np.sqrt(law.shared)), np.float32(np.sqrt(1 - law.shared))
    shock = draws.shock[law.supplier_index(suppliers)] * shared
    sample = np.arange(samples)
    for at, line in enumerate(chosen):
        latent = shock[at] + own * rng.standard_normal(samples, dtype=np.float32)
        day = np.searchsorted(level[at], latent) + skipped
        fill = _fill(
            rng.random((samples,), dtype=np.float32), law.partial_share[row[at]], law.partial_fill
        )
        inside = (day >= 0) & (day < days)
        units = np.float32(lines.quantity[line]) * fill
        cells = (place[at], day[inside], sample[inside])
        found.units[cells] += units[inside]
        found.settled[cells] += np.float32(lines.quantity[line])
        found.on_order[place[at]] += np.float32(lines.quantity[line]) * (day >= 0)


def _fill(uniform: PathArray, partial_share: float, partial_fill: FloatArray) -> PathArray:
    """(sample,): share of the order that comes."""
    fill = np.ones_like(uniform)
    some = np.flatnonzero(uniform < partial_share)
    steps = np.linspace(0.0, 1.0, len(partial_fill))
    fill[some] = np.interp(uniform[some] / partial_share, steps, partial_fill)
    return fill


def _add_arrived(
    found: OpenDeliveries, lines: OrderLines, place: IntArray, product: IntArray, first: int
) -> None:
    """Add what came for certain on the days that the last told stock does not yet hold."""
    came = (lines.state == _ARRIVED) & (place >= 0) & (product >= 0)
    came &= (lines.arrival_day >= first) & (lines.arrival_day < first + found.units.shape[2])
    units = np.where(np.isfinite(lines.delivered), lines.delivered, lines.quantity)
    for line in np.flatnonzero(came & (np.nan_to_num(units, nan=-1.0) > 0)):
        cell = (place[line], product[line], int(lines.arrival_day[line]) - first)
        ordered = np.float32(np.nan_to_num(lines.quantity[line]))
        found.units[cell] += np.float32(units[line])
        found.settled[cell] += ordered
        found.on_order[cell[:2]] += ordered


def _index(column: pa.Array, keys: Sequence[str]) -> IntArray:
    found = pc.index_in(column, value_set=pa.array(keys, pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)
