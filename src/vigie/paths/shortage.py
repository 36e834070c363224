"""From "short on this day, in this future" to the figures that people read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vigie.paths.arrays import BoolArray, FloatArray, IntArray, PathArray

__all__ = [
    "ShortageSummary",
    "any_short",
    "first_passage",
    "order_index",
    "probability_by",
    "shared_short",
    "shortage_summary",
]

_LEVELS = (0.1, 0.5, 0.9)


def first_passage(is_short: BoolArray) -> PathArray:
    """First short day of each future.

    Args:
        is_short: (..., day, sample); the first day is day 1.

    Returns:
        (..., sample), whole numbers 1..H as float32; H + 1 means after the horizon H.
    """
    horizon = is_short.shape[-2]
    first = np.full((*is_short.shape[:-2], is_short.shape[-1]), horizon + 1, dtype=np.float32)
    for day in range(horizon, 0, -1):
        np.putmask(first, is_short[..., day - 1, :], day)
    return first


def probability_by(first_day: PathArray, day: int) -> FloatArray:
    """Share of futures that are short on at least one day up to ``day``: P(short by day).

    Args:
        first_day: (..., sample), as ``first_passage`` gives it.
        day: 0..H.
    """
    return np.asarray(np.mean(first_day <= day, axis=-1, dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class ShortageSummary:
    """What may run short, when and how probably; all arrays are (place, category).

    Attributes:
        horizon_days: days looked ahead, H.
        probability_7: P(short by day 7), or by H where H < 7.
        probability_14: P(short by day 14), or by H where H < 14.
        probability: P(short by H).
        first_day: (level, place, category), 10, 50 and 90 % quantile of the first short day
            over all futures; H + 1 means after the horizon.
        if_short: the same over the futures that run short, NaN where none does.
        expected_unmet: mean over futures of the need without capacity, summed over the days.
    """

    horizon_days: int
    probability_7: FloatArray
    probability_14: FloatArray
    probability: FloatArray
    first_day: FloatArray
    if_short: FloatArray
    expected_unmet: FloatArray

    def only(self, known: BoolArray) -> ShortageSummary:
        """The same figures where ``known`` (place, category) holds, NaN elsewhere."""

        def kept(values: FloatArray) -> FloatArray:
            return np.where(known, values, np.nan)

        return ShortageSummary(
            horizon_days=self.horizon_days,
            probability_7=kept(self.probability_7),
            probability_14=kept(self.probability_14),
            probability=kept(self.probability),
            first_day=kept(self.first_day),
            if_short=kept(self.if_short),
            expected_unmet=kept(self.expected_unmet),
        )

    def columns(self) -> dict[str, pa.Array]:
        """The figures under the column names of the table ``shortages``.

        One value a (place, category), categories fastest; NaN becomes null.
        """
        figures = {
            "probability_7": self.probability_7,
            "probability_14": self.probability_14,
            "probability": self.probability,
            "expected_unmet": self.expected_unmet,
        }
        out = {
            name: pa.array(values.reshape(-1), from_pandas=True) for name, values in figures.items()
        }
        for prefix, days in (("first_day", self.first_day), ("if_short", self.if_short)):
            for level, values in zip(_LEVELS, days, strict=True):
                flat = values.reshape(-1)
                whole = np.nan_to_num(flat).astype(np.int64)
                out[f"{prefix}_q{level * 100:.0f}"] = pa.array(whole, mask=np.isnan(flat))
        count = self.probability.size
        out["horizon_days"] = pa.array(np.full(count, self.horizon_days, dtype=np.int64))
        return out


def shortage_summary(first_day: PathArray, horizon_days: int, unmet: PathArray) -> ShortageSummary:
    """Summarise first short days and unmet need over the futures.

    Quantiles of days are order statistics (the smallest day with at least that share of the
    futures), so they are days on which a future does run short.

    Args:
        first_day: (place, category, sample), as ``first_passage`` gives it.
        horizon_days: H.
        unmet: (place, category, sample), need without capacity summed over the days, >= 0.
    """
    ordered = np.sort(first_day, axis=-1)
    total = ordered.shape[-1]
    short = np.sum(first_day <= horizon_days, axis=-1)
    everyone = np.full_like(short, total)
    first, among_short = [], []
    for level in _LEVELS:
        first.append(_order_statistic(ordered, level, everyone))
        among_short.append(np.where(short > 0, _order_statistic(ordered, level, short), np.nan))
    return ShortageSummary(
        horizon_days=horizon_days,
        probability_7=probability_by(first_day, min(7, horizon_days)),
        probability_14=probability_by(first_day, min(14, horizon_days)),
        probability=probability_by(first_day, horizon_days),
        first_day=np.stack(first),
        if_short=np.stack(among_short),
        expected_unmet=np.mean(unmet, axis=-1, dtype=np.float64),
    )


def order_index(level: float, count: IntArray) -> IntArray:
    """Where, among ``count`` ordered values, the smallest stands that a share do not exceed.

    Args:
        level: the share, 0..1.
        count: (...), number of values, >= 1.
    """
    return np.asarray(np.maximum(np.ceil(level * count - 1e-9).astype(np.int64) - 1, 0))


def _order_statistic(ordered: PathArray, level: float, count: np.ndarray) -> FloatArray:
    """The smallest of the first ``count`` values that at least a share ``level`` do not exceed."""
    at = order_index(level, count)
    taken = np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0]
    return np.asarray(taken, dtype=np.float64)


def any_short(is_short: BoolArray, members: BoolArray) -> BoolArray:
    """Whether any member place is short: the first of the two figures above the site.

    Args:
        is_short: (place, category, day, sample).
        members: (group, place), which places lie in which group.

    Returns:
        (group, category, day, sample).
    """
    return np.stack([is_short[inside].any(axis=0) for inside in members])


def shared_short(need: PathArray, capacity: PathArray, members: BoolArray) -> BoolArray:
    """Whether a group would be short if every bed could be shared: the second figure.

    Args:
        need: (place, category, day, sample), uncapped need.
        capacity: same shape or broadcastable to it, usable capacity in the unit of need.
        members: (group, place), which places lie in which group.

    Returns:
        (group, category, day, sample).
    """
    spare = capacity - need
    return np.stack([spare[inside].sum(axis=0) < 0 for inside in members])
