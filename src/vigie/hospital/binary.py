"""The two-state chain for series of yes and no, such as "a unit lacks material"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from vigie.paths import FloatArray, JointDraws, PathArray, last_seen

__all__ = ["BINARY_MODEL", "TwoStateRates", "binary_paths", "two_state_rates"]

BINARY_MODEL = "vigie-two-state"
"""Name of the model in tables, scores and releases."""

_POOLED_DAYS = 30
"""Days of the pooled rate that a series' own days are mixed with."""

_LARGEST_CORRELATION = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class TwoStateRates:
    """How a chain of 0 and 1 moves.

    Attributes:
        onset: (place, category), P(1 tomorrow | 0 today).
        persistence: (place, category), P(1 tomorrow | 1 today).
        correlation: 0..0.9, how much one common cause moves all series at once.
    """

    onset: FloatArray
    persistence: FloatArray
    correlation: float


def two_state_rates(history: FloatArray) -> TwoStateRates:
    """Rates of each series, drawn to the pooled rate of its category.

    A series' own days from a state weigh against 30 days at the rate of all places; the pooled
    rate counts half a change more than was seen, so that what never happened is not impossible.

    Args:
        history: (place, category, time), 0 or 1, NaN where missing.

    Raises:
        ValueError: a value is neither 0 nor 1 nor missing.

    Source: docs/models/two-state.md, equations 1 and 2.
    """
    if not np.isin(history[np.isfinite(history)], (0.0, 1.0)).all():
        raise ValueError("history of a binary measure holds values other than 0 and 1")
    before, after = history[..., :-1], history[..., 1:]
    pairs = np.isfinite(before) & np.isfinite(after)
    rates = [_shrunk(pairs & (before == state), after) for state in (0.0, 1.0)]
    probability = np.where(before == 0, rates[0][..., None], rates[1][..., None])
    surprise = (after - probability) / np.sqrt(probability * (1 - probability))
    correlation = _common_share(np.where(pairs, surprise, np.nan))
    return TwoStateRates(rates[0], rates[1], correlation)


def _shrunk(days: np.ndarray, after: FloatArray) -> FloatArray:
    seen = days.sum(axis=-1)
    ones = np.where(days, after, 0.0).sum(axis=-1)
    pooled = (ones.sum(axis=0) + 0.5) / (seen.sum(axis=0) + 1.0)
    return np.asarray((ones + _POOLED_DAYS * pooled) / (seen + _POOLED_DAYS))


def _common_share(surprise: FloatArray) -> float:
    """Correlation of a latent common cause, from the mean product of pairs on the same day."""
    flat = surprise.reshape(surprise.shape[0] * surprise.shape[1], -1)
    known = np.isfinite(flat)
    filled = np.where(known, flat, 0.0)
    counts = known.sum(axis=0)
    products = (filled.sum(axis=0) ** 2 - (filled**2).sum(axis=0)).sum()
    pairs = (counts * (counts - 1)).sum()
    mean_product = float(products / pairs) if pairs else 0.0
    # For a latent normal pair cut at its median this sine is exact; elsewhere it is too small.
    latent = float(np.sin(np.pi / 2 * np.clip(mean_product, 0.0, 1.0)))
    return min(latent, _LARGEST_CORRELATION)


def binary_paths(
    history: FloatArray, horizon: int, draws: JointDraws, rng: np.random.Generator
) -> PathArray:
    """Sample paths of 0 and 1 by a two-state chain with a common cause.

    Args:
        history: (place, category, time), 0 or 1, NaN where missing; the last value seen is the
            state today, and a series never seen starts as often at 1 as those that were.
        horizon: days, 1..draws.steps.
        draws: chance of the run, for the common cause.
        rng: source of what is each series' own chance.

    Returns:
        (place, category, day, sample), 0 or 1.

    Raises:
        ValueError: a value is neither 0 nor 1 nor missing, or the horizon is beyond the draws.

    Source: docs/models/two-state.md, equation 3.
    """
    if not 1 <= horizon <= draws.steps:
        raise ValueError(f"horizon {horizon}: the draws serve 1 to {draws.steps} days")
    rates = two_state_rates(history)
    shape = (*history.shape[:2], draws.sample_count)
    today = last_seen(history)[..., -1:]
    known = today[np.isfinite(today)]
    share = known.mean() if known.size else 0.5
    state = np.where(np.isfinite(today), today > 0.5, rng.random(shape) < share)
    onset, persistence = (
        ndtri(rate).astype(np.float32)[..., None] for rate in (rates.onset, rates.persistence)
    )
    common = ndtri(_uniform(draws)[:horizon]).astype(np.float32) * np.sqrt(rates.correlation)
    own_spread = np.float32(np.sqrt(1 - rates.correlation))
    paths = np.empty((*shape[:2], horizon, shape[2]), dtype=np.float32)
    for day in range(horizon):
        cause = rng.standard_normal(shape, dtype=np.float32) * own_spread
        cause += common[day].astype(np.float32)
        state = cause < np.where(state, persistence, onset)
        paths[:, :, day] = state
    return paths


def _uniform(draws: JointDraws) -> FloatArray:
    """A uniform number for each step and sample from a position and its sign, never 0 or 1."""
    inside = np.clip(draws.step_position, 1e-6, 1 - 1e-6)
    return np.asarray(0.5 + inside / 2 * draws.step_sign)
