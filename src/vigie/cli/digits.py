"""How a number stands in a table of the terminal."""

from __future__ import annotations

__all__ = ["digits"]


def digits(value: object) -> object:
    """Two decimals of a number with a fraction, three below 0.1; anything else as it is."""
    if not isinstance(value, float):
        return value
    return f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"
