"""How late reports come: what is known of the delay from event to report, place by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray

__all__ = ["ReportingHazards", "share_reported"]


@dataclass(frozen=True, slots=True, eq=False)
class ReportingHazards:
    """Beta laws of the reverse-time hazards g_d = P(delay = d | delay <= d).

    The hazard of day 0 is 1 and is not used; a place's figures start with it all the same.

    Attributes:
        hits: (place, delay), first parameter, >= 0.
        misses: (place, delay), second parameter, >= 0.
        stood: (place, delay), first parameter, > 0, of the share of what is reported by a delay
            that no later correction takes back; None when all reports stand.
        taken_back: (place, delay), second parameter, > 0; None together with stood.

    Raises:
        ValueError: shapes differ, or a number is missing or negative.
    """

    hits: FloatArray
    misses: FloatArray
    stood: FloatArray | None = None
    taken_back: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.hits.ndim != 2 or self.hits.shape != self.misses.shape or not self.hits.size:
            raise ValueError(
                f"reporting hazards: shapes {self.hits.shape} and {self.misses.shape}, "
                "expected (place, delay) twice"
            )
        for values in (self.hits, self.misses):
            if not (np.isfinite(values).all() and (values >= 0).all()):
                raise ValueError("reporting hazards: a parameter is missing or negative")
        if (self.stood is None) != (self.taken_back is None):
            raise ValueError("reporting hazards: give both figures of corrections, or none")
        for law in (self.stood, self.taken_back):
            if law is not None and not (law.shape == self.hits.shape and (law > 0).all()):
                raise ValueError("reporting hazards: corrections need figures > 0 of every delay")
        if not ((self.hits + self.misses)[:, 1:] > 0).all():
            raise ValueError("reporting hazards: a delay of a place has no prior and no data")

    @property
    def delays(self) -> int:
        """Number of delays, D: 0..D - 1 days."""
        return int(self.hits.shape[1])

    def expected_share(self) -> FloatArray:
        """exp of the mean of log F: (place, delay), what is reported after 0..D - 1 days."""
        from scipy.special import psi

        with np.errstate(divide="ignore"):
            # A hazard of exactly 0 or 1 has a mean log of 0 or minus infinity.
            missed = np.where(self.misses > 0, psi(np.maximum(self.misses, 1e-300)), -np.inf) - psi(
                np.maximum(self.hits + self.misses, 1e-300)
            )
        log_missed = np.where(self.hits > 0, missed, 0.0)
        return share_reported(log_missed)

    def draw_share(self, rng: np.random.Generator, place: int, count: int) -> FloatArray:
        """Draws of F for one place: (draw, delay)."""
        hits, misses = self.hits[place], self.misses[place]
        hazard = np.zeros((count, self.delays))
        both = (hits > 0) & (misses > 0)
        hazard[:, both] = rng.beta(hits[both], misses[both], (count, int(both.sum())))
        hazard[:, (hits > 0) & (misses <= 0)] = 1.0
        with np.errstate(divide="ignore"):
            return share_reported(np.log1p(-hazard))

    def expected_standing(self) -> FloatArray:
        """(place, delay): mean share of what is reported that will stand."""
        if self.stood is None or self.taken_back is None:
            return np.ones_like(self.hits)
        return np.asarray(self.stood / (self.stood + self.taken_back))

    def draw_standing(self, rng: np.random.Generator, place: int, count: int) -> FloatArray | None:
        """Draws of that share for one place: (draw, delay); None when all reports stand."""
        if self.stood is None or self.taken_back is None:
            return None
        law = self.stood[place], self.taken_back[place]
        return np.asarray(rng.beta(*law, (count, self.delays)))


def share_reported(log_missed: FloatArray) -> FloatArray:
    """F_d = product over k > d of (1 - g_k), from the log of (1 - g_k).

    Args:
        log_missed: (..., delay), <= 0; that of delay 0 is not used.

    Returns:
        (..., delay); 1 for the last delay.

    Source: docs/models/nowcast.md, equation 2.
    """
    after = np.zeros_like(log_missed)
    after[..., :-1] = np.cumsum(log_missed[..., :0:-1], axis=-1)[..., ::-1]
    return np.asarray(np.exp(after))
