"""From a continuous delay to probabilities of whole days, when both events are known by the day."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np

from vigie.epidemiology.delays.delay import Delay, DelayFamily, integrated_cdf
from vigie.paths import FloatArray

__all__ = [
    "LARGEST_TAIL",
    "DiscreteDelay",
    "cumulative_days",
    "day_probabilities",
    "delay_design",
    "generation_probabilities",
    "given_probabilities",
]

LARGEST_TAIL = 1e-3
"""Share of the delays beyond the last day above which the last day was chosen too early."""

_LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True, eq=False)
class DiscreteDelay:
    """Probabilities of a delay of 0, 1, ... days.

    Attributes:
        probability: (day,), sums to 1.
        tail: share of the continuous law beyond the last day, spread over the others.
        delay: the law; None for probabilities that were given as they are.
    """

    probability: FloatArray
    tail: float
    delay: Delay | None

    @property
    def is_cut(self) -> bool:
        """More than ``LARGEST_TAIL`` lies beyond the last day: take more days."""
        return self.tail > LARGEST_TAIL

    @property
    def mean_days(self) -> float:
        """Mean of the whole days."""
        return float(self.probability @ np.arange(len(self.probability)))


def cumulative_days(family: DelayFamily, parameters: tuple[float, float], days: int) -> FloatArray:
    """P(delay of at most d whole days), for d = 0..days - 1.

    Equation: F(d) = int_0^1 G(d + 1 - u) du: the first event falls anywhere in its day (u), and
    the second is counted on the day d days later.

    Source: docs/models/delays.md, equation 1.
    """
    area = integrated_cdf(family, parameters, np.arange(days + 1, dtype=float))
    return np.minimum(np.diff(area), 1.0)


def day_probabilities(delay: Delay, days: int | None = None) -> DiscreteDelay:
    """Probabilities of whole days between two events that are each known by their day.

    Args:
        delay: the continuous law.
        days: number of days kept, 0..days - 1; None takes the fewest that leave a tail of at
            most ``LARGEST_TAIL``.

    Raises:
        ValueError: days is not 1 to 400, or no number up to 400 holds the delay.

    Source: docs/models/delays.md, equation 1.
    """
    wanted = _LONGEST_DAYS if days is None else days
    if not 1 <= wanted <= _LONGEST_DAYS:
        raise ValueError(f"delay: {wanted} days; give 1 to {_LONGEST_DAYS}")
    cumulative = cumulative_days(delay.family, delay.parameters, wanted)
    if days is None:
        enough = np.flatnonzero(cumulative >= 1 - LARGEST_TAIL)
        if not len(enough):
            raise ValueError(
                f"delay of {delay.mean_days:g} days (sd {delay.sd_days:g}): more than "
                f"{LARGEST_TAIL:g} lies beyond {_LONGEST_DAYS} days; give days, or a shorter delay"
            )
        cumulative = cumulative[: enough[0] + 1]
    tail = float(1.0 - cumulative[-1])
    if cumulative[-1] < 0.5:
        raise ValueError(
            f"delay of {delay.mean_days:g} days: most of it lies beyond {len(cumulative)} days; "
            "keep more days"
        )
    probability = np.maximum(np.diff(cumulative, prepend=0.0), 0.0)
    return DiscreteDelay(probability / probability.sum(), tail, delay)


def generation_probabilities(delay: Delay, days: int | None = None) -> DiscreteDelay:
    """As ``day_probabilities``, without the day of infection itself: nobody infects on day 0.

    Args:
        delay: the generation interval.
        days: as there; at least 2.

    Raises:
        ValueError: as there, or nearly everything would fall on day 0.
    """
    plain = day_probabilities(delay, days)
    rest = plain.probability.copy()
    rest[0] = 0.0
    if rest.sum() < 0.05:
        raise ValueError(
            f"generation interval of {delay.mean_days:g} days: nearly all of it is day 0, which a "
            "daily model cannot tell apart; give a longer interval"
        )
    return replace(plain, probability=rest / rest.sum())


def given_probabilities(probability: FloatArray) -> DiscreteDelay:
    """Probabilities of 0, 1, ... days as a user states them.

    Args:
        probability: (day,), >= 0, with a sum within 0.001 of 1.

    Raises:
        ValueError: a number is missing or negative, or the sum is another.
    """
    values = np.asarray(probability, dtype=float)
    if values.ndim != 1 or not len(values) or len(values) > _LONGEST_DAYS:
        raise ValueError(f"delay: shape {values.shape}; give 1 to {_LONGEST_DAYS} probabilities")
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("delay: a probability is missing or negative")
    if abs(values.sum() - 1) > 1e-3:
        raise ValueError(f"delay: the probabilities add up to {values.sum():g}, not to 1")
    return DiscreteDelay(values / values.sum(), 0.0, None)


def delay_design(delay: Delay) -> list[tuple[float, Delay]]:
    """A few delays with weights that stand for what is not known of mean and spread.

    Three Gauss-Hermite points (weights 1/6, 2/3, 1/6) for each of the two that is uncertain.
    A point that would be 0 or less is moved to a tenth of the centre.

    Args:
        delay: the law with its uncertainty.

    Returns:
        Pairs of weight and delay without uncertainty; the weights add up to 1.
    """
    pairs = itertools.product(
        _points(delay.mean_days, delay.mean_sd_days), _points(delay.sd_days, delay.sd_sd_days)
    )
    return [
        (
            weight * other,
            replace(delay, mean_days=mean, sd_days=sd, mean_sd_days=0.0, sd_sd_days=0.0),
        )
        for (weight, mean), (other, sd) in pairs
    ]


def _points(centre: float, spread: float) -> list[tuple[float, float]]:
    if spread == 0:
        return [(1.0, centre)]
    step = math.sqrt(3.0) * spread
    low = max(centre - step, centre / 10)
    return [(1 / 6, low), (2 / 3, centre), (1 / 6, centre + step)]
