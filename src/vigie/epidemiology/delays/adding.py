"""The delay of two stages, one after the other: infection to onset, then onset to admission."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.delays.delay import Delay, DelayFamily
from vigie.epidemiology.delays.discretise import DiscreteDelay

__all__ = ["added_days", "added_delay"]


def added_days(first: DiscreteDelay, second: DiscreteDelay) -> DiscreteDelay:
    """Probabilities of the sum of two independent delays of whole days.

    Args:
        first, second: whose last days may have been cut; the tails are added.
    """
    probability = np.convolve(first.probability, second.probability)
    return DiscreteDelay(probability, min(first.tail + second.tail, 1.0), None)


def added_delay(first: Delay, second: Delay) -> Delay:
    """The gamma law with mean and variance of the sum of two independent delays.

    What is not known of the two is added in squares. The result is a gamma law whatever the two
    are; use ``added_days`` for the exact sum without uncertainty.
    """
    mean = first.mean_days + second.mean_days
    sd = float(np.hypot(first.sd_days, second.sd_days))
    # The spread of the sum moves with each part's in proportion to its share of it.
    sd_sd = np.hypot(first.sd_sd_days * first.sd_days / sd, second.sd_sd_days * second.sd_days / sd)
    return Delay(
        DelayFamily.GAMMA,
        mean,
        sd,
        float(np.hypot(first.mean_sd_days, second.mean_sd_days)),
        float(sd_sd),
        "; then ".join(each.source for each in (first, second) if each.source),
    )
