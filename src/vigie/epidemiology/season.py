"""Weekday factors and the level of a daily series with the week taken out."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray

__all__ = ["season_factors", "season_level"]

_SEASONS_USED = 8
_OWN_WEIGHT_SEASONS = 4
_SMALLEST_FACTOR = 0.1


def season_factors(history: FloatArray, season: int) -> FloatArray:
    """Share of each phase of the season in its mean, from the last 8 seasons.

    A series' own factors are drawn to those of all places of its category, half-way when it has
    4 seasons of data, so that one odd week does not become a rule.

    Args:
        history: (place, category, time), NaN where missing.
        season: number of phases, 7 for days; phase of time i is i modulo season.

    Returns:
        (place, category, phase), mean 1 over the phases, all > 0; 1 where nothing is known.

    Source: docs/models/flat.md, equation 2.
    """
    recent = history[..., -_SEASONS_USED * season :]
    offset = history.shape[-1] - recent.shape[-1]
    phases = (offset + np.arange(recent.shape[-1])) % season
    known = np.isfinite(recent)
    filled = np.where(known, recent, 0.0)
    sums = np.stack([filled[..., phases == k].sum(axis=-1) for k in range(season)], axis=-1)
    counts = np.stack([known[..., phases == k].sum(axis=-1) for k in range(season)], axis=-1)
    pooled = _shares(sums.sum(axis=0, keepdims=True), counts.sum(axis=0, keepdims=True))
    pooled = np.where(np.isfinite(pooled), pooled, 1.0)
    own = _shares(sums, counts)
    weight = counts / (counts + _OWN_WEIGHT_SEASONS)
    mixed = np.where(np.isfinite(own), weight * own + (1 - weight) * pooled, pooled)
    mixed = np.maximum(mixed, _SMALLEST_FACTOR)
    return np.asarray(mixed / mixed.mean(axis=-1, keepdims=True))


def _shares(sums: FloatArray, counts: FloatArray) -> FloatArray:
    """Mean of each phase over the mean of all phases; NaN where a phase or the sum is unknown."""
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    overall = np.where(counts > 0, means, 0.0).sum(axis=-1, keepdims=True)
    phases = np.maximum((counts > 0).sum(axis=-1, keepdims=True), 1)
    overall = overall / phases
    shares = np.full(sums.shape, np.nan)
    np.divide(means, overall, out=shares, where=overall > 0)
    return shares


def season_level(flat: FloatArray, factors: FloatArray) -> FloatArray:
    """Mean per step of the last season, without the phases' differences and the gaps' effect.

    The sum of what was reported over the last season, divided by the factors of those steps.

    Args:
        flat: (series, time), NaN where missing.
        factors: (series, phase), as ``season_factors`` gives them.

    Returns:
        (series, time), NaN where the last season has no report.

    Source: docs/models/flat.md, equation 3.
    """
    times, season = flat.shape[1], factors.shape[1]
    known = np.isfinite(flat)
    weights = np.where(known, factors[:, np.arange(times) % season], 0.0)
    sums = _rolling(np.where(known, flat, 0.0), season)
    return np.asarray(sums / _positive(_rolling(weights, season)))


def _rolling(values: FloatArray, season: int) -> FloatArray:
    padded = np.pad(values, ((0, 0), (season - 1, 0)))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, season, axis=1).sum(axis=-1))


def _positive(values: FloatArray) -> FloatArray:
    return np.where(values > 0, values, np.nan)
