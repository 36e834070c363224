"""Past errors of a model, kept out of sample, and the quantiles that they give to a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, IntArray

__all__ = ["ErrorBank", "error_bank", "error_scale"]

_GROUPS = 4
_HALF_LIFE_DAYS = 120.0
_LEVEL_SHARE = 0.15
_SMALL_COUNT = 0.3
_RECENT_DAYS = 28
_RECENT_POWER = 0.25
_LEAST_SPREAD, _MOST_SPREAD = 0.7, 2.0


def error_scale(centre: FloatArray) -> FloatArray:
    """About the size of an error, from the forecast's centre: that of a count and of its level.

    Source: docs/models/pooled-daily.md, equation 6.
    """
    return np.asarray(np.sqrt(centre + 1.0 + (_LEVEL_SHARE * centre) ** 2))


@dataclass(frozen=True, slots=True, eq=False)
class ErrorBank:
    """Quantiles of past errors in units of ``error_scale``, by size of the forecast.

    Attributes:
        size: (group,), mean log size of the forecasts of each group, increasing.
        errors: (group, level), quantiles of the errors, never decreasing along the levels.
        spread: factor by which the last weeks were wider than the bank, 0.7..2.
    """

    size: FloatArray
    errors: FloatArray
    spread: float

    def quantiles(self, centre: FloatArray) -> FloatArray:
        """Quantiles about each centre, linear between the groups of size.

        Args:
            centre: (...), >= 0.

        Returns:
            (..., level), >= 0, never decreasing along the levels.
        """
        at = _log_size(centre)
        columns = [np.interp(at, self.size, column) for column in self.errors.T]
        errors = np.stack(columns, axis=-1) * self.spread
        moved = centre[..., None] + errors * error_scale(centre)[..., None]
        return np.asarray(np.maximum.accumulate(np.maximum(moved, 0.0), axis=-1))


def error_bank(
    centre: FloatArray, truth: FloatArray, age_days: IntArray, levels: Sequence[float]
) -> ErrorBank:
    """The bank of errors of past forecasts, newer ones weighing more.

    Args:
        centre: (forecast,), >= 0.
        truth: (forecast,), finite.
        age_days: (forecast,), how long ago the truth was known, >= 0.
        levels: of the quantiles, increasing.

    Raises:
        ValueError: there is no forecast.

    Source: docs/models/pooled-daily.md, equations 6 and 7.
    """
    if not len(centre):
        raise ValueError("an error bank needs past forecasts")
    error = (truth - centre) / error_scale(centre)
    weight = 0.5 ** (age_days / _HALF_LIFE_DAYS)
    size = _log_size(centre)
    order = np.argsort(size, kind="stable")
    groups = [part for part in np.array_split(order, _GROUPS) if len(part)]
    sizes = np.array([size[part].mean() for part in groups])
    errors = np.array([_quantiles(error[part], weight[part], levels) for part in groups])
    usual = np.array([np.average(np.abs(error[part]), weights=weight[part]) for part in groups])
    wide = np.abs(error) / np.maximum(np.interp(size, sizes, usual), 1e-9)
    return ErrorBank(sizes, errors, _spread(wide, weight, age_days < _RECENT_DAYS))


def _log_size(centre: FloatArray) -> FloatArray:
    return np.asarray(np.log(centre + _SMALL_COUNT))


def _spread(wide: FloatArray, weight: FloatArray, is_recent: np.ndarray) -> float:
    """Mean width of the last weeks over that of the bank, most of the way back to 1."""
    recent, usual = float((weight * is_recent) @ wide), float(weight @ wide)
    share = float((weight * is_recent).sum() / weight.sum())
    if share == 0 or usual == 0:
        return 1.0
    ratio = (recent / usual / share) ** _RECENT_POWER
    return float(np.clip(ratio, _LEAST_SPREAD, _MOST_SPREAD))


def _quantiles(values: FloatArray, weight: FloatArray, levels: Sequence[float]) -> FloatArray:
    """Weighted quantiles, linear between the middles of the weights."""
    order = np.argsort(values, kind="stable")
    ordered, share = values[order], weight[order]
    middle = np.cumsum(share) - share / 2
    return np.asarray(np.interp(levels, middle / share.sum(), ordered))
