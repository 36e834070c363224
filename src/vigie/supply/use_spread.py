"""How far use strays: from day to day, in bursts, and of the ratio from what was foreseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, FloatArray
from vigie.supply.use_ratio import UseRatio

__all__ = ["PRIOR_INVERSE_SIZE", "DayChance", "RatioSpread", "day_chance", "ratio_spread"]

PRIOR_INVERSE_SIZE = 0.1
PRIOR_BURST_CHANCE = 0.002
PRIOR_BURST_TIMES = 3.0
"""Before anything is seen: 1/k of a day, chance of a burst, its size in means of a day."""

_PRIOR_DAYS = 100.0
_PRIOR_BURST_DAYS = 500.0
_BURST_TIMES, _BURST_DEVIATIONS = 2.5, 4.0
_ROUNDS = 3

BLOCK_DAYS = 7
"""Errors of the ratio are those of the mean of seven days."""

_BLOCKS = 3
_ORIGINS = 8
_FIRST_ORIGIN = 28
_PRIOR_ORIGINS = 2.0
_PRIOR_SHARED, _PRIOR_SITE = 0.05, 0.08
"""Standard deviations of the ratio in the first block, before anything is seen."""

_LEAST_RATIO = 0.05


@dataclass(frozen=True, slots=True)
class DayChance:
    """Chance of a day.

    Attributes:
        inverse_size: 1 / k: variance = mean + inverse_size mean^2.
        burst_chance: of a burst, per site and day.
        burst_times: mean size of a burst, in means of a day.
    """

    inverse_size: float
    burst_chance: float
    burst_times: float


@dataclass(frozen=True, slots=True, eq=False)
class RatioSpread:
    """Standard deviation of log(ratio) around what was foreseen, by block of seven days.

    Attributes:
        shared: (block,), of what all sites share.
        site: (block,), of what each does beside it.
    """

    shared: FloatArray
    site: FloatArray

    def by_day(self, days: int) -> tuple[FloatArray, FloatArray]:
        """(day,) each, between the middles of the blocks; it grows on at the last rate."""
        middles = BLOCK_DAYS * (np.arange(len(self.shared)) + 0.5) + 0.5
        at = np.arange(1, days + 1)
        return tuple(  # type: ignore[return-value]
            np.sqrt(np.interp(at, middles, each**2)) for each in (self.shared, self.site)
        )


def day_chance(use: FloatArray, mean: FloatArray, is_lumpy: BoolArray) -> DayChance:
    """Dispersion by moments and bursts by count, both drawn to a weak prior.

    Args:
        use: (place, time), units, NaN where unknown or a day ran out.
        mean: (place, time), units expected, NaN where unknown.
        is_lumpy: (place,), where use comes in lumps, none of which is a burst.

    Source: docs/models/patient-demand.md, equations 9 and 10.
    """
    known = np.isfinite(use) & np.isfinite(mean) & (mean > 0)
    seen, meant = use[known], mean[known]
    if not len(seen):
        return DayChance(PRIOR_INVERSE_SIZE, PRIOR_BURST_CHANCE, PRIOR_BURST_TIMES)
    is_calm = np.broadcast_to(is_lumpy[:, None], known.shape)[known]
    inverse = PRIOR_INVERSE_SIZE
    for _ in range(_ROUNDS):
        typical = np.sqrt(meant + inverse * meant**2)
        is_burst = ~is_calm & (seen > _BURST_TIMES * meant)
        is_burst &= seen > meant + _BURST_DEVIATIONS * typical
        inverse = _inverse_size(seen[~is_burst], meant[~is_burst])
    bursts = int(is_burst.sum())
    chance = (bursts + _PRIOR_BURST_DAYS * PRIOR_BURST_CHANCE) / (len(seen) + _PRIOR_BURST_DAYS)
    sizes = float(((seen - meant) / meant)[is_burst].sum())
    times = (sizes + 4 * PRIOR_BURST_TIMES) / (bursts + 4)
    return DayChance(inverse, chance, times)


def _inverse_size(use: FloatArray, mean: FloatArray) -> float:
    """1 / k by moments, drawn to the prior as by so many days of usual size."""
    prior = _PRIOR_DAYS * float(np.mean(mean**2)) if len(mean) else 1.0
    over = float(((use - mean) ** 2 - mean).sum()) + prior * PRIOR_INVERSE_SIZE
    return max(over / (float((mean**2).sum()) + prior), 1e-3)


def ratio_spread(
    demand: FloatArray,
    expected: FloatArray,
    ratio: UseRatio,
    chance: DayChance,
    trend: Callable[[FloatArray, FloatArray], FloatArray],
) -> RatioSpread:
    """Errors that the same rule made at past origins, without the chance of a day.

    At each of up to 8 origins, a week apart, the ratio of that day with its trend is held
    against the three blocks of seven days that followed, with the patients that came. The
    variance of a day is taken off; what all sites share is told apart from what each did.

    Args:
        demand: (place, time), units, NaN where unknown.
        expected: (place, time), units that doses expect.
        ratio: by day.
        chance: of a day.
        trend: (slope, days ahead) -> change of log(shared).

    Source: docs/models/patient-demand.md, equations 11 and 12.
    """
    times = demand.shape[1]
    # By origin and block: squared error of what is shared, of sites, and what each is worth.
    found = np.full((4, _ORIGINS, _BLOCKS), np.nan)
    for number in range(_ORIGINS):
        for block in range(_BLOCKS):
            origin = times - 1 - BLOCK_DAYS * (number + block + 1)
            if origin < min(_FIRST_ORIGIN, times // 2):
                continue
            ahead = np.arange(1, BLOCK_DAYS + 1) + BLOCK_DAYS * block
            growth = np.exp(trend(ratio.slope[origin], ahead.astype(float)))
            meant = expected[:, origin + ahead] * ratio.level[:, [origin]] * growth
            found[:, number, block] = _errors(demand[:, origin + ahead], meant, chance)
    return RatioSpread(
        _with_prior(found[0], found[1], _PRIOR_SHARED), _with_prior(found[2], found[3], _PRIOR_SITE)
    )


def _errors(
    demand: FloatArray, meant: FloatArray, chance: DayChance
) -> tuple[float, float, float, float]:
    """Squared error of what sites share and its worth, the same of what each does beside it.

    An error under much noise is worth little: (s^2 / (s^2 + noise))^2 of one without, with s^2
    the variance expected beforehand.
    """
    known = np.isfinite(demand) & np.isfinite(meant)
    used = np.where(known, demand, 0.0).sum(axis=1)
    mean = np.where(known, meant, 0.0).sum(axis=1)
    noise = np.where(known, meant + chance.inverse_size * meant**2, 0.0).sum(axis=1)
    is_there = mean > 0
    if not is_there.any():
        return np.nan, 0.0, np.nan, 0.0
    used, mean, noise = used[is_there], mean[is_there], noise[is_there]
    whole = used.sum() / mean.sum()
    doubt = noise.sum() / mean.sum() ** 2
    centre = mean * max(whole, _LEAST_RATIO)
    square = float((centre**2).sum())
    own = float(((used - mean * whole) ** 2 - noise).sum()) / square
    own_worth = len(mean) * _worth(float(noise.sum()) / square, _PRIOR_SITE)
    shared = float((whole - 1) ** 2 - doubt)
    return shared, _worth(doubt, _PRIOR_SHARED), own, min(own_worth, 1.0)


def _worth(noise: float, prior: float) -> float:
    return float((prior**2 / (prior**2 + noise)) ** 2)


def _with_prior(errors: FloatArray, worth: FloatArray, prior: float) -> FloatArray:
    """(block,), standard deviations; never falling with the block, never quite nothing."""
    out = np.empty(errors.shape[1])
    for block in range(errors.shape[1]):
        known = np.isfinite(errors[:, block])
        seen, weight = errors[known, block], worth[known, block]
        start = prior**2 * (block + 1)
        out[block] = (float(weight @ seen) + _PRIOR_ORIGINS * start) / (
            float(weight.sum()) + _PRIOR_ORIGINS
        )
    return np.asarray(np.sqrt(np.maximum.accumulate(np.maximum(out, 1e-4))))
