"""How a chance is rounded and which of the five steps it falls in; words and colours follow it."""

from __future__ import annotations

import math

from vigie.charts.palette import CHANCE_FILLS

__all__ = ["STEP_FLOORS", "cell_text", "chance_step", "whole_in_100"]

STEP_FLOORS = (0, 10, 33, 66, 90)
"""Smallest whole number in 100 of each of the five steps."""


def whole_in_100(probability: float) -> int:
    """A probability as whole chances in 100: 0 stands for "less than 1", 100 for "more than 99".

    Args:
        probability: 0 to 1.

    Raises:
        ValueError: not a number from 0 to 1.
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"a probability lies between 0 and 1, not at {probability}")
    if probability < 0.01:
        return 0
    if probability > 0.99:
        return 100
    return min(99, max(1, math.floor(probability * 100 + 0.5)))


def chance_step(probability: float) -> int:
    """Step 0 to 4 of a probability, by its rounded value so that number and colour agree."""
    whole = whole_in_100(probability)
    return max(step for step, floor in enumerate(STEP_FLOORS) if whole >= floor)


def cell_text(probability: float) -> str:
    """The number in a cell or circle: ``64``, ``<1`` or ``>99``; never 0, never 100."""
    whole = whole_in_100(probability)
    return {0: "<1", 100: ">99"}.get(whole, str(whole))


assert len(STEP_FLOORS) == len(CHANCE_FILLS), "a step has no colour"
