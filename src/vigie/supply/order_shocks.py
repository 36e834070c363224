"""How much the orders of one supplier are late together, at different places."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from vigie.paths import FloatArray, IntArray
from vigie.supply.order_lines import UNKNOWN_DAY, OrderLines

__all__ = ["latent_correlation", "shared_lateness"]

_WEEK_DAYS = 7
_FEWEST_WEEKS = 4
_MOST_SHARED = 0.9
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)


def shared_lateness(lines: OrderLines, pair: IntArray, half_life_days: float) -> float:
    """Correlation of lateness of a supplier's lines at different places, as far as data show it.

    Lines of a supplier promised for the same week are compared by pairs from different places:
    are both late more often than chance says? One standard error (weeks left out in turn) is
    taken off, so that chance alone makes no shock.

    Args:
        lines: as known.
        pair: (line,), class of supplier and product.
        half_life_days: days after which a week counts half.

    Returns:
        0..0.9, of normal variables behind the lateness.

    Source: docs/models/orders.md, equation 6.
    """
    told = lines.ordered_promises
    line, at = np.unique(told.line, return_index=True)
    due = told.day[at]
    seen = (due <= lines.known_day) & (lines.cancelled_day[line] == UNKNOWN_DAY)
    seen &= lines.first_day[line] < due
    line, due = line[seen], due[seen]
    if not len(line):
        return 0.0
    late = (lines.arrival_day[line] > due).astype(np.float64)
    of = pair[line]
    usual = np.bincount(of, late) / np.maximum(np.bincount(of), 1)
    week = (lines.known_day - due) // _WEEK_DAYS
    both, pairs = _pair_sums(late - usual[of], _supplier(lines)[line], _place(lines)[line], week)
    weight = 0.5 ** (np.arange(len(pairs)) * _WEEK_DAYS / half_life_days)
    both, pairs = both * weight, pairs * weight
    if (pairs > 0).sum() < _FEWEST_WEEKS:
        return 0.0
    without = (both.sum() - both) / np.maximum(pairs.sum() - pairs, 1e-9)
    count = int((pairs > 0).sum())
    spread = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2)[pairs > 0].sum())
    covariance = both.sum() / pairs.sum() - spread
    return latent_correlation(float(late.mean()), float(covariance))


def latent_correlation(late_share: float, covariance: float) -> float:
    """Correlation of two normal variables whose exceeding of a level has this covariance.

    Args:
        late_share: P(one exceeds), 0..1.
        covariance: of the two indicators; 0 or less gives 0.
    """
    if covariance <= 0 or not 0 < late_share < 1:
        return 0.0
    low, high = 0.0, _MOST_SHARED
    for _ in range(30):
        middle = (low + high) / 2
        if _joint(late_share, middle) - late_share**2 < covariance:
            low = middle
        else:
            high = middle
    return low


def _joint(late_share: float, correlation: float) -> float:
    """P(both exceed)."""
    given = ndtr((ndtri(late_share) + np.sqrt(correlation) * _NODES) / np.sqrt(1 - correlation))
    return float((_WEIGHTS * given**2).sum() / _WEIGHTS.sum())


def _pair_sums(
    residual: FloatArray, supplier: IntArray, place: IntArray, week: IntArray
) -> tuple[FloatArray, FloatArray]:
    """By week back: sum of products over pairs of other places, and number of such pairs."""
    weeks = int(week.max()) + 1
    cell = week * (int(supplier.max()) + 1) + supplier
    cells, cell = np.unique(cell, return_inverse=True)
    site = cell * (int(place.max()) + 1) + place
    sites, site = np.unique(site, return_inverse=True)
    cell_of_site = sites // (int(place.max()) + 1)

    def squares(values: FloatArray) -> FloatArray:
        by_site = np.bincount(site, values)
        whole = np.bincount(cell_of_site, by_site, len(cells)) ** 2
        apart = np.bincount(cell_of_site, by_site**2, len(cells))
        of_week = cells // (int(supplier.max()) + 1)
        return np.asarray(np.bincount(of_week, whole - apart, weeks), dtype=np.float64)

    return squares(residual), squares(np.ones_like(residual))


def _supplier(lines: OrderLines) -> IntArray:
    return np.asarray(lines.supplier.dictionary_encode().indices.to_numpy(), dtype=np.int64)


def _place(lines: OrderLines) -> IntArray:
    return np.asarray(lines.place.dictionary_encode().indices.to_numpy(), dtype=np.int64)
