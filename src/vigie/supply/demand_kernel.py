"""Compiled loop that draws what is asked for: one place and one day after the other.

Loaded only where demand follows patients. Every (place, day) has random numbers of its own, so
that a result does not depend on how many threads share the work, and the first n futures are the
same however many are drawn.

Source: docs/models/patient-demand.md, equations 8 to 10.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from scipy.special import ndtri

from vigie.paths import FloatArray, PathArray
from vigie.supply.random_kernel import next_bits, unit_of

__all__ = ["draw_units", "ready_draws"]

_BITS = 14
_NORMAL = ndtri((np.arange(1 << _BITS) + 0.5) / (1 << _BITS)).astype(np.float32)
"""A normal number for each of 16384 equal chances: looked up in a nanosecond or two."""

_LARGE_MEAN, _LARGE_SHAPE = 8.0, 4.0
"""From here on a count is a rounded Gamma by Wilson and Hilferty's cube."""

_LARGEST_INVERTED = 64.0
"""Mean up to which a count is drawn by inversion, of which each unit is a step."""

_LONGEST = 20000
"""Steps after which an inversion ends, whatever the dispersion."""


def draw_units(
    patients: PathArray,
    doses: FloatArray,
    house: FloatArray,
    factor: PathArray,
    chance: tuple[float, float, float],
    seed: int,
) -> PathArray:
    """Negative binomial counts and bursts around what patients and the house take.

    Args:
        patients: (place, ward, day, sample), patients in bed, float32, contiguous.
        doses: (ward,), units per patient-day.
        house: (place, day), units that do not hang on patients.
        factor: (place, day, sample), habit, ratio and its drift, float32.
        chance: 1 / k, chance of a burst, mean size of a burst in means of a day.
        seed: of the product.

    Returns:
        (place, day, sample), units, >= 0.
    """
    out = np.empty(factor.shape, dtype=np.float32)
    inverse, burst, times = chance
    _draw(
        patients, doses.astype(np.float32), house.astype(np.float32), factor, np.float64(inverse),
        np.float64(burst), np.float64(times), np.uint64(seed), _NORMAL, out,
    )  # fmt: skip
    return out


def ready_draws() -> None:
    """Compile the loop, which the first product of a machine would wait for otherwise."""
    one = np.ones((1, 1, 1, 1), dtype=np.float32)
    draw_units(one, np.ones(1), np.zeros((1, 1)), one[0], (0.1, 0.0, 3.0), 0)


@njit(cache=True, nogil=True, fastmath=True)
def _add_patients(patients: np.ndarray, dose: Any, total: np.ndarray) -> None:
    for sample in range(total.shape[0]):
        total[sample] += dose * patients[sample]


@njit(cache=True, nogil=True)
def _draw(
    patients: np.ndarray,
    doses: np.ndarray,
    house: np.ndarray,
    factor: np.ndarray,
    inverse: float,
    burst: float,
    times: float,
    seed: Any,
    normal: np.ndarray,
    out: np.ndarray,
) -> None:
    places, days, samples = out.shape
    shift = np.uint64(64 - 14)
    low = np.uint64(0xFFFFFFFF)
    limit = np.uint64(burst * 4294967296.0)
    mean = np.empty(samples, dtype=np.float32)
    for place in range(places):
        for day in range(days):
            mean[:] = house[place, day]
            for ward in range(doses.shape[0]):
                if doses[ward] > 0:
                    _add_patients(patients[place, ward, day], doses[ward], mean)
            state = seed ^ (np.uint64(place * days + day + 1) * np.uint64(0xD1342543DE82EF95))
            state, bits = next_bits(state)
            for sample in range(samples):
                m = float(mean[sample] * factor[place, day, sample])
                state, bits = next_bits(state)
                shape = m / (1.0 + m * inverse)
                if m >= _LARGE_MEAN and shape >= _LARGE_SHAPE:
                    ninth = 1.0 / (9.0 * shape)
                    root = 1.0 - ninth + normal[np.int64(bits >> shift)] * np.sqrt(ninth)
                    units = np.floor(m * root * root * root + 0.5) if root > 0 else 0.0
                elif m <= _LARGEST_INVERTED:
                    units = _count(m, inverse, unit_of(bits))
                else:
                    state, units = _wide_count(m, inverse, state, normal)
                if (bits & low) < limit:
                    # From the same bits, so that bursts leave all other days as they are.
                    _, more = next_bits(bits)
                    second = (float(more & low) + 0.5) * (1.0 / 4294967296.0)
                    units += np.floor(-np.log(unit_of(more) * second) * 0.5 * times * m + 0.5)
                out[place, day, sample] = units


@njit(cache=True, nogil=True)
def _count(mean: float, inverse: float, chance: float) -> float:
    """Negative binomial by inversion: the smallest count that this share do not exceed."""
    if mean <= 0.0:
        return 0.0
    size = 1.0 / inverse
    share = mean / (mean + size)
    term = np.exp(-size * np.log1p(mean * inverse))
    total = term
    units = 0
    while total < chance and units < _LONGEST:
        units += 1
        term *= share * (size + units - 1.0) / units
        total += term
        if term < 1e-15 and units > mean:
            break
    return float(units)


@njit(cache=True, nogil=True)
def _wide_count(mean: float, inverse: float, state: Any, normal: np.ndarray) -> Any:
    """The state after and a large count of great spread: a rounded Gamma of the same moments.

    Source: Marsaglia and Tsang 2000, ACM Transactions on Mathematical Software 26.
    """
    shape = mean / (1.0 + mean * inverse)
    raised = shape if shape >= 1.0 else shape + 1.0
    d = raised - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    while True:
        state, bits = next_bits(state)
        x = normal[np.int64(bits >> np.uint64(64 - 14))]
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        state, bits = next_bits(state)
        if np.log(unit_of(bits)) < 0.5 * x * x + d - d * v + d * np.log(v):
            break
    drawn = d * v
    if shape < 1.0:
        state, bits = next_bits(state)
        drawn *= np.exp(np.log(unit_of(bits)) / shape)
    return state, np.floor(drawn * mean / shape + 0.5)
