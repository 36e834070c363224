"""The law of orders: how late they come, how much of them, and whether at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.paths import FloatArray, IntArray
from vigie.supply.order_hazards import Episodes, OrderClasses, hazard_table, shrunk_shares
from vigie.supply.order_lines import OrderLines, Promises
from vigie.supply.order_shocks import shared_lateness

__all__ = [
    "AGE_EDGES",
    "LATENESS_EDGES",
    "SINCE_EDGES",
    "OrderLaw",
    "OrderRules",
    "learn_order_law",
]

LATENESS_EDGES = np.array(
    [-9999, -45, -30, -21, *range(-14, 15), 18, 22, 29, 43, 61, 91, 181], dtype=np.int64
)
"""First days of the bins of lateness: days after the promised day, negative when early."""
AGE_EDGES = np.array([*range(22), 29, 43, 61, 91, 181], dtype=np.int64)
"""First days of the bins of age: days since the order."""
SINCE_EDGES = np.array([*range(15), 18, 22, 29, 43, 61, 91, 181], dtype=np.int64)
"""First days of the bins of days since a line was told to be on its way."""

_PARTIAL_SHARE = 0.05
_LEAD_DAYS = 7
_ROUNDING = 1e-6
_FEWEST_PARTIAL = 10
_LARGEST_SIZE = 5.0
_FILLS = np.linspace(0.0, 1.0, 33)


@dataclass(frozen=True, slots=True)
class OrderRules:
    """How past orders are read.

    Attributes:
        half_life_days: days after which what happened counts half.
    """

    half_life_days: float = 14.0


@dataclass(frozen=True, slots=True, eq=False)
class OrderLaw:
    """What past orders say of open ones; rows are: all, the suppliers, their products.

    Attributes:
        suppliers: (supplier,), text; "" is a supplier that is not told.
        products: (pair,), text; the product of each pair.
        classes: which pair is of which supplier.
        leaving: (row, bin of lateness), hazard a day of being no longer "ordered".
        cancelling: (row, bin of age), hazard a day of being cancelled while "ordered".
        coming: (row, bin of days since), hazard a day of arriving after being told as shipped,
            where the promise made then is not used.
        shipped: (row, bin of lateness), hazard a day of arriving of a shipped line, on the scale
            of the promise made when it was shipped.
        partial_share: (row,), share of arrivals that bring less than was ordered.
        partial_fill: (33,), evenly spaced quantiles of the share that a partial arrival brings.
        lead_days: (row,), usual days from order to promise, for lines without a promise.
        shared: 0..1, correlation of lateness between the lines of a supplier at other places.
        line_count: lines that taught it.
    """

    suppliers: tuple[str, ...]
    products: tuple[str, ...]
    classes: OrderClasses
    leaving: FloatArray
    cancelling: FloatArray
    coming: FloatArray
    shipped: FloatArray
    partial_share: FloatArray
    partial_fill: FloatArray
    lead_days: IntArray
    shared: float
    line_count: int

    def supplier_index(self, supplier: pa.Array) -> IntArray:
        """(line,): index of each supplier; the number of suppliers for an unknown one."""
        found = pc.index_in(supplier, value_set=pa.array(self.suppliers, pa.string()))
        return np.asarray(pc.fill_null(found, len(self.suppliers)).to_numpy(), dtype=np.int64)

    def rows_of(self, supplier: pa.Array, product: pa.Array) -> IntArray:
        """(line,): row of each line: of its pair, else of its supplier, else of all."""
        at = self.supplier_index(supplier)
        keys = pa.array([self.suppliers[each] for each in self.classes.supplier_of], pa.string())
        known = pc.binary_join_element_wise(keys, pa.array(self.products, pa.string()), "\n")
        asked = pc.binary_join_element_wise(supplier, product, "\n")
        pair = pc.fill_null(pc.index_in(asked, value_set=known), -1).to_numpy()
        count = len(self.suppliers)
        broad = np.where(at < count, 1 + at, 0)
        return np.where(pair >= 0, 1 + count + pair, broad).astype(np.int64)


def learn_order_law(lines: OrderLines, rules: OrderRules | None = None) -> OrderLaw:
    """Learn from every line that was told while open; open lines count as not yet arrived.

    Args:
        lines: as ``read_order_lines`` gives them.
        rules: how they are read.

    Returns:
        The law. Without past orders it is the assumption that the page of the model states.

    Source: docs/models/orders.md.
    """
    rules = rules or OrderRules()
    pair, suppliers, products, classes = _classes(lines)

    def table(episodes: Episodes, edges: IntArray, prior: FloatArray) -> FloatArray:
        return hazard_table(
            episodes,
            classes,
            edges,
            prior,
            known_day=lines.known_day,
            half_life_days=rules.half_life_days,
        )

    last = np.minimum(lines.left_day, lines.known_day)
    is_ordered_first = lines.left_day > lines.first_day
    waiting = Episodes(
        pair[is_ordered_first],
        (lines.first_day + 1)[is_ordered_first],
        last[is_ordered_first],
        lines.ordered_day[is_ordered_first],
        (lines.cancelled_day == lines.left_day)[is_ordered_first]
        & _ended(last, lines)[is_ordered_first],
    )
    weight, came, fill = _fills(lines, pair, rules)
    return OrderLaw(
        suppliers=suppliers,
        products=products,
        classes=classes,
        leaving=table(_leaving(lines, pair), LATENESS_EDGES, _prior(LATENESS_EDGES)),
        cancelling=table(waiting, AGE_EDGES, np.where(AGE_EDGES < 22, 0.003, 0.0005)),
        coming=table(_coming(lines, pair), SINCE_EDGES, _since_prior()),
        shipped=table(_shipped(lines, pair), LATENESS_EDGES, _prior(LATENESS_EDGES)),
        partial_share=shrunk_shares(
            pair[came], (fill < 1 - _ROUNDING).astype(float), weight, classes, _PARTIAL_SHARE
        ),
        partial_fill=_partial_fill(fill, weight),
        lead_days=_lead_days(lines, pair, classes),
        shared=shared_lateness(lines, pair, rules.half_life_days),
        line_count=len(pair),
    )


def _classes(
    lines: OrderLines,
) -> tuple[IntArray, tuple[str, ...], tuple[str, ...], OrderClasses]:
    """Pair of each line, suppliers, product of each pair, and which pair is whose."""
    suppliers = pc.unique(lines.supplier).sort()
    supplier = pc.index_in(lines.supplier, value_set=suppliers).to_numpy()
    names = pc.unique(lines.product).sort()
    product = pc.index_in(lines.product, value_set=names).to_numpy()
    code = supplier.astype(np.int64) * max(len(names), 1) + product
    pairs, pair = np.unique(code, return_inverse=True)
    texts = names.to_pylist()
    return (
        np.asarray(pair, dtype=np.int64),
        tuple(suppliers.to_pylist()),
        tuple(texts[each % len(texts)] for each in pairs.tolist()),
        OrderClasses(pairs // max(len(names), 1), len(suppliers)),
    )


def _prior(edges: IntArray) -> FloatArray:
    """Hazards of arrival where nothing was seen: half come on the day, a quarter each day after."""
    late = np.where(edges < 8, 0.25, np.where(edges < 22, 0.1, np.where(edges < 61, 0.03, 0.003)))
    early = np.where(edges < -14, 0.002, np.where(edges < -2, 0.02, 0.1))
    return np.where(edges < 0, early, np.where(edges == 0, 0.5, late)).astype(np.float64)


def _since_prior() -> FloatArray:
    """Without a word of shipping, leaving is arriving; with one, it takes a few days."""
    later = np.where(SINCE_EDGES < 15, 0.3, 0.03)
    return np.where(SINCE_EDGES == 0, 0.9, later).astype(np.float64)


def _leaving(lines: OrderLines, pair: IntArray) -> Episodes:
    """From each promise made while "ordered", until the line is so no longer."""
    end = np.minimum(lines.left_day, lines.arrival_day)
    happened = end != lines.cancelled_day
    return _from_promises(lines, pair, lines.ordered_promises, end, happened)


def _shipped(lines: OrderLines, pair: IntArray) -> Episodes:
    """From each promise made when shipped, until the arrival."""
    end = np.minimum(lines.arrival_day, lines.cancelled_day)
    return _from_promises(lines, pair, lines.shipped_promises, end, end == lines.arrival_day)


def _from_promises(
    lines: OrderLines, pair: IntArray, told: Promises, end: IntArray, happened: np.ndarray
) -> Episodes:
    ends = end[told.line]
    # A promise is told once its line is seen: what came on that day was not awaited.
    used = ends > told.told_day
    line, ends = told.line[used], ends[used]
    last = np.minimum(ends, lines.known_day)
    return Episodes(
        pair[line],
        told.told_day[used] + 1,
        last,
        told.day[used],
        happened[line] & (ends <= lines.known_day),
    )


def _coming(lines: OrderLines, pair: IntArray) -> Episodes:
    """From the day on which a line was no longer "ordered", until it arrived."""
    went = (lines.left_day <= lines.known_day) & (lines.left_day != lines.cancelled_day)
    went &= lines.left_day > lines.first_day
    end = np.minimum(lines.arrival_day, lines.cancelled_day)[went]
    return Episodes(
        pair[went],
        lines.left_day[went],
        np.minimum(end, lines.known_day),
        lines.left_day[went],
        (end == lines.arrival_day[went]) & (end <= lines.known_day),
    )


def _ended(last: IntArray, lines: OrderLines) -> np.ndarray:
    return np.asarray(lines.left_day == last)


def _fills(
    lines: OrderLines, pair: IntArray, rules: OrderRules
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Weight, line and share that came, of lines whose order and arrival are known.

    A line weighs by its age, and by its size among the lines of its pair: large orders are cut
    more often, and it is units that run short.
    """
    # Of a line that was first told on its arrival the order is not known, only what came.
    was_open = lines.left_day > lines.first_day
    came = np.flatnonzero(was_open & np.isfinite(lines.delivered) & (lines.quantity > 0))
    age = np.maximum(lines.known_day - lines.arrival_day[came], 0)
    share = np.clip(lines.delivered[came] / lines.quantity[came], 0.0, 1.0)
    of, quantity = pair[came], lines.quantity[came]
    usual = np.bincount(of, quantity) / np.maximum(np.bincount(of), 1)
    size = np.minimum(quantity / usual[of], _LARGEST_SIZE)
    return size * 0.5 ** (age / rules.half_life_days), came, share


def _partial_fill(fill: FloatArray, weight: FloatArray) -> FloatArray:
    """Quantiles of the shares that came when less than the order came."""
    part = fill < 1 - _ROUNDING
    if part.sum() < _FEWEST_PARTIAL:
        return np.linspace(0.2, 0.9, len(_FILLS))
    order = np.argsort(fill[part])
    values, weights = fill[part][order], weight[part][order]
    at = (np.cumsum(weights) - weights / 2) / weights.sum()
    return np.asarray(np.interp(_FILLS, at, values))


def _lead_days(lines: OrderLines, pair: IntArray, classes: OrderClasses) -> IntArray:
    """Usual days from order to first promise: of all, of a supplier, of a pair."""
    told = lines.ordered_promises
    line, at = np.unique(told.line, return_index=True)
    days = told.day[at] - lines.ordered_day[line]
    usual = int(np.median(days)) if len(days) else _LEAD_DAYS
    supplier = classes.supplier_of[pair[line]] if len(line) else line

    def by(group: IntArray, count: int) -> list[int]:
        order = np.argsort(group, kind="stable")
        parts = np.split(days[order], np.searchsorted(group[order], np.arange(1, count)))
        return [int(np.median(part)) if len(part) else usual for part in parts[:count]]

    return np.array(
        [usual, *by(supplier, classes.supplier_count), *by(pair[line], len(classes.supplier_of))],
        dtype=np.int64,
    )
