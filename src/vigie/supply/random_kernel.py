"""Random bits for the loops of products: a state that is carried along, and a number from it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["next_bits", "unit_of"]


@njit(cache=True, nogil=True, inline="always")
def next_bits(state: Any) -> Any:
    """splitmix64: the state after and 64 random bits."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    z = state
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state, z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True, inline="always")
def unit_of(bits: Any) -> Any:
    """Between 0 and 1, never 0 nor 1, from the upper half of the bits."""
    return (float(bits >> np.uint64(32)) + 0.5) * (1.0 / 4294967296.0)
