"""What the places that did not report would have said: estimate and range.

A place that is missing is taken to have moved like those that did report. With ``R`` the
places present on day t (those of the same parent if at least five of them reported, else
all), ``U`` the last reports of the missing place s (its last one for a level or share, those
of its last seven days of report for a daily flow, so that weekdays cancel), and every sum over
R taken only over places present on both days:

    estimate_s(t) = mean_U x_s(u) * sum_U sum_R x_r(t) / sum_U sum_R x_r(u)

A place without a report in the ``memory`` steps before takes its next reports; without any, the
mean of R. The spread comes from the same formula played on places that did report, with the
same gap: the mean of squared error / estimate is the variance per unit of estimate, enlarged by
missing / reported because the error of the movement itself is shared. The sum of missing places
is given the gamma distribution of that mean and variance.

Source: docs/models/coverage.md, equations 1 to 3, with measured skill.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

__all__ = ["Estimate", "complete", "range_of_sum"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_PEERS = 5
_RANGE = np.array([0.5, 0.05, 0.95])
_FEWEST_ERRORS = 20
# A single mistake of unit (100 boxes for 1) must not widen every range.
_LARGEST_SHARE_OF_ERRORS_CUT = 0.02


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimates for places that did not report.

    Attributes:
        mean: (days, places), the value reported or estimated; NaN where neither can be.
        variance: (days, places), 0 where reported.
    """

    mean: FloatArray
    variance: FloatArray


def complete(
    values: FloatArray,
    is_expected: BoolArray,
    group: IntArray,
    *,
    first: int,
    window: int,
    memory: int,
) -> Estimate:
    """Estimate what places that did not report would have said.

    Args:
        values: (days, places), NaN where missing; the days before ``first`` are history.
        is_expected: (days, places), the place should have reported.
        group: (places,), number of the parent.
        first: first day to estimate.
        window: steps of a place's last reports used; 7 for daily flows, else 1.
        memory: steps after which a report is too old to be used, >= 1.

    Returns:
        Estimates for the days from ``first`` on; a day on which no place reported stays NaN.
    """
    series = _Series(values, window)
    mean = values[first:].copy()
    variance = np.zeros_like(mean)
    is_told = series.present.any(axis=1, keepdims=True)
    wanted: BoolArray = is_expected & ~series.present & is_told
    wanted[:first] = False
    used = _reports_used(series.present, memory)
    spread: dict[int, float] = {}
    for day in np.flatnonzero(wanted.any(axis=1)):
        for peers, places in _peer_groups(series.present[day], wanted[day], group):
            estimate, deviation = _estimate(series, int(day), places, peers, used, spread)
            mean[day - first, places] = estimate
            variance[day - first, places] = deviation
    return Estimate(mean, variance)


def range_of_sum(mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Median, 5 % and 95 % quantile of sums of missing places.

    Args:
        mean: (n,), expected sums.
        variance: (n,), their variances, >= 0; 0 gives the mean itself.

    Returns:
        (3, n): gamma quantiles where the mean is positive, else normal ones.
    """
    result = np.broadcast_to(mean, (3, mean.size)).copy()
    spread = variance > 0
    gamma = spread & (mean > 0)
    shape = mean[gamma] ** 2 / variance[gamma]
    scale = variance[gamma] / mean[gamma]
    result[:, gamma] = gammaincinv(shape[None, :], _RANGE[:, None]) * scale
    normal = spread & ~gamma
    result[:, normal] += ndtri(_RANGE)[:, None] * np.sqrt(variance[normal])
    return result


class _Series:
    """One measure and category: what was reported, 0 where missing, and by whom."""

    def __init__(self, values: FloatArray, window: int) -> None:
        self.present: BoolArray = ~np.isnan(values)
        self.values: FloatArray = np.where(self.present, values, 0.0)
        self.window = window
        seen = self.values[self.present]
        # Below this a variance in proportion to the estimate would be none at all.
        self.floor = float(np.abs(seen).mean()) / 20 if seen.size else 0.0

    @cached_property
    def shared(self) -> FloatArray:
        """(day, other day): the values of the other day, summed over places present on both."""
        moved: FloatArray = self.present.astype(float) @ self.values.T
        return moved

    def reports_up_to(self, rows: IntArray, places: IntArray) -> tuple[IntArray, FloatArray]:
        """(window, places): the days of the window that ends at each place's row, and 1 where
        the place reported, else 0.
        """
        days = rows[None, :] - np.arange(self.window)[:, None]
        inside = np.maximum(days, 0)
        return inside, (self.present[inside, places] & (days >= 0)).astype(float)


def _reports_used(present: BoolArray, memory: int) -> IntArray:
    """(days, places): day of the last report, else of the next one, within memory; else -1."""
    count = present.shape[0]
    days = np.arange(count)[:, None]
    never = count + memory + 1
    last = np.maximum.accumulate(np.where(present, days, -never), axis=0)
    ahead = np.where(present, days, 2 * never)[::-1]
    following = np.minimum.accumulate(ahead, axis=0)[::-1]
    used = np.where(days - last <= memory, last, following)
    near: IntArray = np.where(np.abs(used - days) <= memory, used, -1)
    return near


def _peer_groups(
    present: BoolArray, wanted: BoolArray, group: IntArray
) -> list[tuple[BoolArray, IntArray]]:
    """The missing places of a day by parent, each with the peers that reported."""
    result = []
    lonely = np.zeros_like(wanted)
    for number in np.unique(group[wanted]):
        peers = present & (group == number)
        places = wanted & (group == number)
        if peers.sum() >= _PEERS:
            result.append((peers, np.flatnonzero(places)))
        else:
            lonely |= places
    if lonely.any():
        result.append((present, np.flatnonzero(lonely)))
    return result


def _estimate(
    series: _Series,
    day: int,
    places: IntArray,
    peers: BoolArray,
    used: IntArray,
    spread: dict[int, float],
) -> tuple[FloatArray, FloatArray]:
    now = series.values[day, peers]
    base_day = used[day, places]
    has_base = base_day >= 0
    rows = np.maximum(base_day, 0)
    days, taken = series.reports_up_to(rows, places)
    own = (taken * series.values[days, places]).sum(axis=0) / np.maximum(taken.sum(axis=0), 1)
    was = (taken * series.values[:, peers].sum(axis=1)[days]).sum(axis=0)
    then = (taken * (series.present[:, peers] @ now)[days]).sum(axis=0)
    # Peers at zero tell of no movement: the place's own level stands.
    estimate = own * np.where(was == 0, 1.0, then / _nonzero(was))
    per_unit = np.array([_spread(series, abs(day - int(row)), spread) for row in rows])
    # The peers' movement is itself uncertain, and its error is the same for all these places.
    shared = 1 + float(np.abs(estimate[has_base]).sum()) / max(float(np.abs(now).sum()), 1e-12)
    variance = per_unit * np.maximum(np.abs(estimate), series.floor) * (shared if now.any() else 1)
    estimate = np.where(has_base, estimate, now.mean())
    return estimate, np.where(has_base, variance, now.var())


def _nonzero(values: FloatArray) -> FloatArray:
    return np.where(values == 0, 1.0, values)


def _spread(series: _Series, gap: int, known: dict[int, float]) -> float:
    """Variance per unit of estimate after ``gap`` steps, from places that did report."""
    if gap not in known:
        known[gap] = _measured_spread(series, gap)
    return known[gap]


def _measured_spread(series: _Series, gap: int) -> float:
    """The mean of squared error / estimate when every report is played as missing."""
    days = np.arange(gap, series.values.shape[0])
    moved = series.shared
    own = np.zeros((days.size, series.values.shape[1]))
    was, then, count = own.copy(), own.copy(), own.copy()
    for step in range(series.window):
        rows = days - gap - step
        inside = rows >= 0
        rows = np.maximum(rows, 0)
        taken = series.present[rows] & inside[:, None]
        count += taken
        own += np.where(taken, series.values[rows], 0.0)
        was += np.where(taken, moved[days, rows][:, None], 0.0)
        then += np.where(taken, moved[rows, days][:, None], 0.0)
    usable = series.present[days] & series.present[days - gap] & (was != 0)
    estimate = (own / np.maximum(count, 1) * then / _nonzero(was))[usable]
    error = series.values[days][usable] - estimate
    if error.size < _FEWEST_ERRORS:
        return 1.0
    scaled = error**2 / np.maximum(np.abs(estimate), max(series.floor, 1e-12))
    cap = np.quantile(scaled, 1 - _LARGEST_SHARE_OF_ERRORS_CUT)
    return float(np.minimum(scaled, cap).mean())
