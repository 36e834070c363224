"""What of a deviation lasts from day to day: its size, its memory, and where it stands now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray, PathArray

__all__ = ["Persisting", "persisting"]

_LAGS = 14
_LONGEST_MEMORY = 0.985
_SHORTEST_MEMORY = 0.3
_FEWEST_PAIRS = 60
_LEAST_EVIDENCE = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Persisting:
    """An autoregressive deviation on the logit scale, one for each series, with one law.

    Attributes:
        memory: per day, 0..1; how much of it is left on the next day.
        variance: of the lasting deviation in the long run; 0: nothing lasts.
        mean: (series,), where it stands on the last day of the history.
        mean_variance: (series,), how uncertain that is.
    """

    memory: float
    variance: float
    mean: FloatArray
    mean_variance: FloatArray

    def ahead(self, rng: np.random.Generator, days: int, samples: int) -> PathArray:
        """(series, day, sample), the deviation on the days after the history, float32."""
        count = len(self.mean)
        if self.variance <= 0:
            return np.zeros((count, days, 1), dtype=np.float32)
        out = np.empty((count, days, samples), dtype=np.float32)
        now = rng.standard_normal((count, samples), dtype=np.float32)
        now *= np.sqrt(self.mean_variance)[:, None].astype(np.float32)
        now += self.mean[:, None].astype(np.float32)
        fresh = np.float32(np.sqrt(self.variance * (1 - self.memory**2)))
        for day in range(days):
            now = np.float32(self.memory) * now
            now += fresh * rng.standard_normal((count, samples), dtype=np.float32)
            out[:, day] = now
        return out


def persisting(surplus: FloatArray, information: FloatArray, dispersion: float = 0.0) -> Persisting:
    """Learn a lasting deviation from what was seen above and below expectation.

    The part that two days share is what lasts; its fall with their distance is the memory.

    Args:
        surplus: (series, day), counts above expectation.
        information: (series, day), n p (1 - p), the change of expectation for a unit of logit;
            0 where nothing is known.
        dispersion: what further variance a day has, as a share: that of surplus is
            information (1 + dispersion * size).

    Returns:
        The law and where each series stands; without a lasting part its variance is 0.
    """
    count = len(surplus)
    nothing = Persisting(0.0, 0.0, np.zeros(count), np.zeros(count))
    lags = np.arange(1, min(_LAGS, surplus.shape[1] - 1) + 1)
    if not len(lags):
        return nothing
    products = np.array([(surplus[:, k:] * surplus[:, :-k]).sum() for k in lags])
    sizes = np.array([(information[:, k:] * information[:, :-k]).sum() for k in lags])
    pairs = np.array([((information[:, k:] > 0) & (information[:, :-k] > 0)).sum() for k in lags])
    if pairs.min() < _FEWEST_PAIRS or (sizes <= 0).any():
        return nothing
    shared = products / sizes
    noise = (surplus**2).sum() / max(np.count_nonzero(information), 1)
    error = noise * np.sqrt(pairs) / sizes
    near = shared[:3].mean()
    if near <= 0 or near * np.sqrt(3) < _LEAST_EVIDENCE * error[:3].mean():
        return nothing
    memory = _memory(shared, lags)
    variance = float(near / memory**2)
    scatter = information * (1 + dispersion)
    mean, spread = _filtered(surplus, information, scatter, memory, variance)
    return Persisting(memory, variance, mean, spread)


def _memory(shared: FloatArray, lags: FloatArray) -> float:
    """The memory whose powers fit the shared part best, by least squares on a grid."""
    grid = np.concatenate(
        [np.linspace(_SHORTEST_MEMORY, 0.9, 25), np.linspace(0.91, _LONGEST_MEMORY, 12)]
    )
    powers = grid[:, None] ** lags
    scale = (powers @ shared) / (powers**2).sum(axis=1)
    misses = ((shared - np.maximum(scale, 0)[:, None] * powers) ** 2).sum(axis=1)
    return float(grid[misses.argmin()])


def _filtered(
    surplus: FloatArray,
    information: FloatArray,
    scatter: FloatArray,
    memory: float,
    variance: float,
) -> tuple[FloatArray, FloatArray]:
    """Kalman filter of all series at once; a day of which nothing is known only ages."""
    mean = np.zeros(len(surplus))
    spread = np.full(len(surplus), variance)
    fresh = variance * (1 - memory**2)
    for day in range(surplus.shape[1]):
        mean, spread = memory * mean, memory**2 * spread + fresh
        rate = information[:, day]
        gain = spread * rate / (rate**2 * spread + np.maximum(scatter[:, day], 1e-12))
        mean = mean + gain * (surplus[:, day] - rate * mean)
        spread = spread * (1 - gain * rate)
    return mean, spread
