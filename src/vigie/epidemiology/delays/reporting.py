"""How late reports come: what is known of the delay from event to report, place by place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import FloatArray

__all__ = ["ReportingHazards", "share_reported"]

_LARGEST_HAZARD = 0.999
"""Hazard beyond which no weekday of reports raises it."""


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
        report_factor: (age, delay), > 0, by which the hazard of a delay is multiplied for the day
            that lies ``age`` days before the last one, because of its weekday and that of the
            report; None when weekdays do not matter.

    Raises:
        ValueError: shapes differ, or a number is missing or negative.
    """

    hits: FloatArray
    misses: FloatArray
    stood: FloatArray | None = None
    taken_back: FloatArray | None = None
    report_factor: FloatArray | None = None

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
        shape = (self.hits.shape[1],) * 2
        factor = self.report_factor
        if factor is not None and not (factor.shape == shape and (factor > 0).all()):
            raise ValueError(f"reporting hazards: report_factor needs shape {shape}, all > 0")
        if not ((self.hits + self.misses)[:, 1:] > 0).all():
            raise ValueError("reporting hazards: a delay of a place has no prior and no data")

    @property
    def delays(self) -> int:
        """Number of delays, D: 0..D - 1 days."""
        return int(self.hits.shape[1])

    def expected_share(self) -> FloatArray:
        """exp of the mean of log F: (place, age), reported by now of the days 0..D - 1 ago."""
        from scipy.special import psi

        with np.errstate(divide="ignore"):
            # A hazard of exactly 0 or 1 has a mean log of 0 or minus infinity.
            missed = np.where(self.misses > 0, psi(np.maximum(self.misses, 1e-300)), -np.inf) - psi(
                np.maximum(self.hits + self.misses, 1e-300)
            )
        log_missed = np.where(self.hits > 0, missed, 0.0)
        if self.report_factor is None:
            return share_reported(log_missed)
        hazard = 1.0 - np.exp(log_missed)
        return self._share_by_age(hazard)

    def draw_share(self, rng: np.random.Generator, place: int, count: int) -> FloatArray:
        """Draws of F for one place: (draw, age)."""
        hits, misses = self.hits[place], self.misses[place]
        hazard = np.zeros((count, self.delays))
        both = (hits > 0) & (misses > 0)
        hazard[:, both] = rng.beta(hits[both], misses[both], (count, int(both.sum())))
        hazard[:, (hits > 0) & (misses <= 0)] = 1.0
        if self.report_factor is None:
            with np.errstate(divide="ignore"):
                return share_reported(np.log1p(-hazard))
        return self._share_by_age(hazard)

    def _share_by_age(self, hazard: FloatArray) -> FloatArray:
        """(..., age) from (..., delay): the product over later delays, each with its factor."""
        assert self.report_factor is not None
        delays = np.arange(self.delays)
        is_later = delays > delays[:, None]
        scaled = np.minimum(hazard[..., None, :] * self.report_factor, _LARGEST_HAZARD)
        return np.asarray(np.prod(np.where(is_later, 1.0 - scaled, 1.0), axis=-1))

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
