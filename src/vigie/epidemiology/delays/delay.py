"""A delay between two events, as a law with mean, spread and what is not known about them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from vigie.paths import FloatArray

__all__ = ["Delay", "DelayFamily"]


class DelayFamily(Enum):
    """The law of a continuous delay."""

    GAMMA = "gamma"
    LOG_NORMAL = "log-normal"


@dataclass(frozen=True, slots=True)
class Delay:
    """A continuous delay in days.

    Attributes:
        family: gamma or log-normal.
        mean_days: mean, > 0.
        sd_days: standard deviation, > 0.
        mean_sd_days: what is not known of the mean, as a standard deviation, >= 0.
        sd_sd_days: the same of the standard deviation.
        source: where the figures come from; empty for the user's own.

    Raises:
        ValueError: a figure is not finite or out of its range.
    """

    family: DelayFamily
    mean_days: float
    sd_days: float
    mean_sd_days: float = 0.0
    sd_sd_days: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("mean_days", "sd_days"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"delay: {name} is {value}; give a finite number above 0")
        for name in ("mean_sd_days", "sd_sd_days"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"delay: {name} is {value}; give 0 or a finite number above it")

    @property
    def is_uncertain(self) -> bool:
        """Something about mean or spread is not known."""
        return self.mean_sd_days > 0 or self.sd_sd_days > 0

    @property
    def parameters(self) -> tuple[float, float]:
        """Shape and scale of a gamma; mean and standard deviation of the log of a log-normal."""
        ratio = (self.sd_days / self.mean_days) ** 2
        if self.family is DelayFamily.GAMMA:
            return 1.0 / ratio, self.mean_days * ratio
        variance = math.log1p(ratio)
        return math.log(self.mean_days) - variance / 2, math.sqrt(variance)

    def integrated_cdf(self, days: FloatArray) -> FloatArray:
        """Integral of the distribution function from 0 to each x, exactly.

        Equation: int_0^x G = x G(x) - mean G1(x), with G1 the law weighted by its size: a gamma
        with shape + 1, a log-normal whose log has a mean larger by its variance.

        Args:
            days: any shape, >= 0.

        Returns:
            The same shape, in days.
        """
        return integrated_cdf(self.family, self.parameters, days)


def integrated_cdf(
    family: DelayFamily, parameters: tuple[float, float], days: FloatArray
) -> FloatArray:
    """As ``Delay.integrated_cdf``, from the parameters of the law."""
    from scipy.special import gammainc, ndtr

    first, second = parameters
    if family is DelayFamily.GAMMA:
        mean = first * second
        plain, weighted = gammainc(first, days / second), gammainc(first + 1.0, days / second)
    else:
        mean = math.exp(first + second**2 / 2)
        with np.errstate(divide="ignore"):
            z = (np.log(days) - first) / second
        plain, weighted = ndtr(z), ndtr(z - second)
    return np.asarray(days * plain - mean * weighted)
