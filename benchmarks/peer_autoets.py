"""AutoETS of statsforecast, one series after the other, where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

__all__ = ["autoets_forecast", "has_autoets"]

_SHARES = [98, 95, *range(90, 0, -10)]


def has_autoets() -> bool:
    """The Python package statsforecast can be imported."""
    return find_spec("statsforecast") is not None


def autoets_forecast(
    target: Any, levels: np.ndarray, horizons: Sequence[int], *, season: int, past_days: int
) -> dict[int, np.ndarray]:
    """Quantiles from the last days of each series at each origin.

    Args:
        target: of the reference scorer: origins (indices), ids, and seen (series, day).
        levels: of its quantiles, 23.
        horizons: days ahead.
        season: days of the season; 1: none.
        past_days: days of each series that are read.

    Returns:
        (origin, series, level) by horizon.
    """
    from statsforecast.models import AutoETS

    made = {
        h: np.full((len(target.origins), len(target.ids), len(levels)), np.nan) for h in horizons
    }
    for row, origin in enumerate(target.origins):
        for column, series in enumerate(target.seen):
            past = series[max(0, origin + 1 - past_days) : origin + 1]
            told = AutoETS(season_length=season).forecast(y=past, h=max(horizons), level=_SHARES)
            low = [told[f"lo-{share}"] for share in _SHARES]
            high = [told[f"hi-{share}"] for share in reversed(_SHARES)]
            quantiles = np.maximum(np.stack([*low, told["mean"], *high], axis=1), 0.0)
            for h in horizons:
                made[h][row, column] = np.sort(quantiles[h - 1])
    return made
