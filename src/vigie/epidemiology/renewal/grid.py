"""The grid over what is not fitted: spread of the walk of log R, and uncertain delays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.delays import (
    Delay,
    DiscreteDelay,
    day_probabilities,
    delay_design,
    generation_probabilities,
)
from vigie.epidemiology.renewal.rules import WALK_SPREADS
from vigie.paths import FloatArray, IntArray

__all__ = ["DelayLike", "Grid", "make_grid"]

DelayLike = Delay | DiscreteDelay


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Points over which the engine averages.

    Attributes:
        sigmas: (point,), daily standard deviation of the walk.
        generations: (point, lag), probabilities of 1.. days, in reverse order.
        admissions: (point, lag), probabilities of 0.. days, in reverse order.
        prior: (point,), adds up to 1.
        order: (point,), in which points are fitted.
        neighbour: (point,), from which each starts; -1 starts anew.
    """

    sigmas: FloatArray
    generations: FloatArray
    admissions: FloatArray
    prior: FloatArray
    order: IntArray
    neighbour: IntArray

    @property
    def seed_days(self) -> int:
        """Days before the first day that the delays reach back to."""
        return int(max(self.generations.shape[1] + 1, self.admissions.shape[1]))

    @property
    def delay_days(self) -> float:
        """Mean delay from infection to admission, over the prior."""
        back = np.arange(self.admissions.shape[1])[::-1]
        return float(self.prior @ (self.admissions @ back))


def make_grid(generation: DelayLike, admission: DelayLike) -> Grid:
    """All spreads of the walk, times three by three points for each uncertain figure of a delay.

    Args:
        generation: the generation interval.
        admission: from infection to admission.

    Raises:
        ValueError: a generation interval that was given has a share on day 0 or only that day.
    """
    laws = [
        (first * second, one, two)
        for first, one in _laws(generation, is_generation=True)
        for second, two in _laws(admission, is_generation=False)
    ]
    lags = max(len(one) for _, one, _ in laws)
    reach = max(len(two) for _, _, two in laws)
    # From the middle outwards: each fit starts from its neighbour.
    middle = len(WALK_SPREADS) // 2
    order = [middle, *range(middle + 1, len(WALK_SPREADS)), *range(middle - 1, -1, -1)]
    start = [at + 1 if at < middle else at - 1 for at in range(len(WALK_SPREADS))]
    start[middle] = -1
    count, width = len(laws), len(WALK_SPREADS)
    return Grid(
        sigmas=np.tile(np.array(WALK_SPREADS), count),
        generations=np.repeat(
            np.stack([_reversed(one, lags) for _, one, _ in laws]), width, axis=0
        ),
        admissions=np.repeat(
            np.stack([_reversed(two, reach) for _, _, two in laws]), width, axis=0
        ),
        prior=np.repeat([weight / width for weight, _, _ in laws], width),
        order=np.array([law * width + at for law in range(count) for at in order]),
        neighbour=np.array(
            [law * width + at if at >= 0 else -1 for law in range(count) for at in start]
        ),
    )


def _laws(delay: DelayLike, *, is_generation: bool) -> list[tuple[float, FloatArray]]:
    """Weights and probabilities: of 1.. days for a generation interval, else of 0.. days."""
    if isinstance(delay, DiscreteDelay):
        probability = delay.probability
        if is_generation:
            if len(probability) < 2 or probability[0] > 0:
                raise ValueError(
                    "generation interval: day 0 must have probability 0, and a later day more; "
                    "use generation_probabilities"
                )
            probability = probability[1:]
        return [(1.0, probability)]
    if is_generation:
        return [
            (weight, generation_probabilities(each).probability[1:])
            for weight, each in delay_design(delay)
        ]
    return [(weight, day_probabilities(each).probability) for weight, each in delay_design(delay)]


def _reversed(probability: FloatArray, length: int) -> FloatArray:
    return np.concatenate([probability, np.zeros(length - len(probability))])[::-1]
