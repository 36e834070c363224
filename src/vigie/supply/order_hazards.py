"""Daily hazards of order lines, by product of a supplier, shrunk to the supplier and to all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray

__all__ = ["Episodes", "OrderClasses", "hazard_table", "on_days", "shrunk_shares"]

_OLDEST_HALF_LIVES = 10
_PRIOR_ORDER_DAYS = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class OrderClasses:
    """Who learns from whom. Rows of a table of the law: all, the suppliers, their products.

    Attributes:
        supplier_of: (pair,), index of the supplier of each pair of supplier and product.
        supplier_count: number of suppliers.
    """

    supplier_of: IntArray
    supplier_count: int

    @property
    def rows(self) -> int:
        """Rows of a table of the law."""
        return 1 + self.supplier_count + len(self.supplier_of)

    def shrunk(self, events: FloatArray, exposure: FloatArray, prior: FloatArray) -> FloatArray:
        """Shares of events, each step shrunk to the one above, ``prior`` above all.

        Args:
            events: (pair, bin), weighted.
            exposure: (pair, bin), weighted.
            prior: (bin,).

        Returns:
            (row, bin), 0..1.

        Source: docs/models/orders.md, equation 3.
        """
        supplier_events, supplier_exposure = (
            np.zeros((self.supplier_count, len(prior))) for _ in range(2)
        )
        np.add.at(supplier_events, self.supplier_of, events)
        np.add.at(supplier_exposure, self.supplier_of, exposure)
        all_events, all_exposure = supplier_events.sum(axis=0), supplier_exposure.sum(axis=0)
        weight = _PRIOR_ORDER_DAYS
        pool = (all_events + weight * prior) / (all_exposure + weight)
        supplier = (supplier_events + weight * pool) / (supplier_exposure + weight)
        pair = (events + weight * supplier[self.supplier_of]) / (exposure + weight)
        return np.concatenate([pool[None], supplier, pair])


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """Stretches of days on which something could happen to a line; one element a stretch.

    Attributes:
        pair: class of the line.
        first_day, last_day: days at risk, both included.
        zero_day: day 0 of the scale.
        happened: whether it happened on the last day.
    """

    pair: IntArray
    first_day: IntArray
    last_day: IntArray
    zero_day: IntArray
    happened: np.ndarray


def hazard_table(
    episodes: Episodes,
    classes: OrderClasses,
    edges: IntArray,
    prior: FloatArray,
    *,
    known_day: int,
    half_life_days: float,
) -> FloatArray:
    """Chance a day that it happens, given that it has not: constant inside a bin of days.

    Every day at risk weighs by its own date, so that recent days count more, and so do recent
    days on which a line that is long overdue again did not come.

    Args:
        episodes: what was seen; what is still open ends on the last known day.
        classes: who learns from whom.
        edges: (bin,), first day of each bin on the scale; the first bin is open to the left.
        prior: (bin,), hazards that stand where nothing was seen.
        known_day: last day that is known; it weighs 1.
        half_life_days: days after which a day weighs half.

    Returns:
        (row, bin), 0..1.

    Source: docs/models/orders.md, equations 1 to 3.
    """
    oldest = known_day - int(_OLDEST_HALF_LIVES * half_life_days)
    first = np.maximum(episodes.first_day, oldest)
    length = np.maximum(episodes.last_day - first + 1, 0)
    at = np.repeat(np.arange(len(length)), length)
    day = first[at] + np.arange(len(at)) - np.repeat(np.cumsum(length) - length, length)
    weight = 0.5 ** ((known_day - day) / half_life_days)
    column = on_days(edges, day - episodes.zero_day[at])
    cell = episodes.pair[at] * len(edges) + column
    ends = (day == episodes.last_day[at]) & episodes.happened[at]
    shape = (len(classes.supplier_of), len(edges))
    size = shape[0] * shape[1]
    exposure = _sums(cell, weight, size).reshape(shape)
    events = _sums(cell[ends], weight[ends], size).reshape(shape)
    return classes.shrunk(events, exposure, prior)


def on_days(edges: IntArray, day: IntArray) -> IntArray:
    """The bin of each day of a scale."""
    return np.asarray(np.maximum(np.searchsorted(edges, day, side="right") - 1, 0))


def shrunk_shares(
    pair: IntArray, happened: FloatArray, weight: FloatArray, classes: OrderClasses, prior: float
) -> FloatArray:
    """(row,): share of lines to which something happened, shrunk as the hazards are.

    Args:
        pair: (line,), class.
        happened: (line,), 0 or 1.
        weight: (line,), > 0.
        classes: who learns from whom.
        prior: share that stands where nothing was seen.
    """
    size = len(classes.supplier_of)
    events = _sums(pair, weight * happened, size)[:, None]
    exposure = _sums(pair, weight, size)[:, None]
    return classes.shrunk(events, exposure, np.array([prior]))[:, 0]


def _sums(cell: IntArray, weight: FloatArray, size: int) -> FloatArray:
    return np.asarray(np.bincount(cell, weight, size), dtype=np.float64)
