"""The scale on which places of all sizes move alike: fourth roots of rates, by their own height."""

from __future__ import annotations

import numpy as np

from vigie.paths import FloatArray

__all__ = ["RootScale"]

_OFFSET = 0.32
"""Added to rates per 100,000 before the fourth root: zero weeks of small places stay finite."""

_TYPICAL_RATE = 2.5
"""Mean weekly admissions per 100,000 taken where the population is unknown."""


class RootScale:
    """Levels of counts: ``z = (rate per 100,000 + 0.32)^(1/4) / height - centre``.

    Height is the 95 % quantile of a place's roots, centre the mean of what is left, both from the
    counts given. A place that never reported has level NaN.
    """

    def __init__(self, counts: FloatArray, population: FloatArray | None) -> None:
        """Counts (location, week), NaN where missing; population (location,), persons.

        Where the population is unknown (None, or NaN for a place), it is set so that the mean rate
        is a typical one; only the offset of small counts depends on it.
        """
        told = np.isfinite(counts)
        count = np.maximum(told.sum(axis=1), 1)
        mean = np.where(told, np.maximum(counts, 0.0), 0.0).sum(axis=1) / count
        guessed = np.maximum(mean, 1.0) / _TYPICAL_RATE * 1e5
        known = guessed if population is None else population
        self.people: FloatArray = np.where(np.isfinite(known), known, guessed)
        root = self._root(counts)
        is_silent = np.asarray(~told.any(axis=1))
        known_root = np.where(is_silent[:, None], 1.0, root)
        self.height: FloatArray = np.nanquantile(known_root, 0.95, axis=1)
        self.centre: FloatArray = np.nanmean(known_root / self.height[:, None], axis=1)

    def _root(self, counts: FloatArray) -> FloatArray:
        people = self.people.reshape((-1,) + (1,) * (counts.ndim - 1))
        rates = np.maximum(counts / people * 1e5, 0.0)
        return np.asarray((rates + _OFFSET) ** 0.25)

    def level(self, counts: FloatArray) -> FloatArray:
        """(location, week) of counts as levels; NaN where counts are."""
        return np.asarray(self._root(counts) / self.height[:, None] - self.centre[:, None])

    def log_rate(self, counts: FloatArray) -> FloatArray:
        """(location, ...) of counts as logarithms of the rate per 100,000 plus the offset."""
        return np.asarray(4.0 * np.log(self._root(counts)))

    def level_of_log_rate(self, log_rate: FloatArray) -> FloatArray:
        """(location, ...) of ``log_rate`` as levels."""
        apart = (-1,) + (1,) * (log_rate.ndim - 1)
        root = np.exp(log_rate / 4.0)
        return np.asarray(root / self.height.reshape(apart) - self.centre.reshape(apart))

    def counts(self, level: FloatArray) -> FloatArray:
        """(location, ...) of levels back as counts, never negative."""
        apart = (-1,) + (1,) * (level.ndim - 1)
        root = (level + self.centre.reshape(apart)) * self.height.reshape(apart)
        rates = np.maximum(np.maximum(root, 0.0) ** 4 - _OFFSET, 0.0)
        return np.asarray(rates * self.people.reshape(apart) / 1e5)
