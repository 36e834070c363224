"""Invented epidemics with known truth: daily admissions, their reproduction number, late reports.

The truth is not drawn from the model that is tested on it: reproduction numbers of five shapes,
chance on infections, counts that vary more than Poisson's, weekdays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.delays import (
    Delay,
    DelayFamily,
    day_probabilities,
    generation_probabilities,
)
from vigie.paths import FloatArray

__all__ = [
    "ADMISSION",
    "AHEAD_DAYS",
    "GENERATION",
    "PAST_DAYS",
    "SHAPES",
    "Epidemic",
    "Triangle",
    "epidemic",
    "epidemics",
    "late_reports",
]

PAST_DAYS, AHEAD_DAYS, BURN_IN_DAYS = 120, 14, 40
REPORT_DAYS = 15
ADMITTED_SHARE = 0.02
SCALES = (3.0, 30.0, 300.0)
SHAPES = ("steps", "sinusoid", "autoregressive", "ramps", "nearly constant")
GENERATION = generation_probabilities(Delay(DelayFamily.GAMMA, 5.0, 2.0), 15)
ADMISSION = day_probabilities(Delay(DelayFamily.GAMMA, 9.0, 4.5), 30)
REPORTING = day_probabilities(Delay(DelayFamily.GAMMA, 2.0, 1.8), REPORT_DAYS)


@dataclass(frozen=True, slots=True, eq=False)
class Epidemic:
    """One series and its truth.

    Attributes:
        counts: (PAST_DAYS + AHEAD_DAYS,), admissions; the last AHEAD_DAYS are the future.
        reproduction_number: same shape.
        scale: mean daily admissions aimed at.
        shape: which of SHAPES.
        first_weekday: of counts[0]; 0 is Monday.
    """

    counts: FloatArray
    reproduction_number: FloatArray
    scale: float
    shape: str
    first_weekday: int

    @property
    def past(self) -> FloatArray:
        """What is known at the origin."""
        return self.counts[:PAST_DAYS]

    @property
    def future(self) -> FloatArray:
        """What is to be forecast."""
        return self.counts[PAST_DAYS:]


@dataclass(frozen=True, slots=True, eq=False)
class Triangle:
    """Reports by delay: counts (day, REPORT_DAYS) and which cells are known (same shape)."""

    counts: FloatArray
    is_known: np.ndarray


def epidemics(count: int, seed: int) -> list[Epidemic]:
    """Series of all scales and shapes in turn."""
    streams = np.random.default_rng(seed).spawn(count)
    return [
        epidemic(rng, SCALES[number % 3], SHAPES[(number // 3) % 5])
        for number, rng in enumerate(streams)
    ]


def epidemic(rng: np.random.Generator, scale: float, shape: str) -> Epidemic:
    """One series: renewal with Poisson infections, a delay, weekdays, negative binomial counts."""
    days = BURN_IN_DAYS + PAST_DAYS + AHEAD_DAYS
    log_r = _log_reproduction(rng, shape, days)
    generation, admission = GENERATION.probability, ADMISSION.probability
    noiseless = _infections(np.exp(log_r), 1.0)
    level = np.convolve(noiseless, admission)[:days][BURN_IN_DAYS:-AHEAD_DAYS].mean()
    # A series whose chance ends it in its first days is drawn again.
    for _ in range(20):
        infections = _noisy_infections(rng, np.exp(log_r), scale / level / ADMITTED_SHARE)
        if infections[BURN_IN_DAYS:].sum() > 0:
            break
    expected = ADMITTED_SHARE * np.convolve(infections, admission)[:days]
    first_weekday = int(rng.integers(7))
    effect = rng.normal(0.0, 0.18, 7)
    weekday = (np.arange(days) - BURN_IN_DAYS + first_weekday) % 7
    expected = expected * np.exp(effect - np.log(np.exp(effect).mean()))[weekday]
    dispersion = rng.choice([5.0, 15.0, 50.0])
    counts = rng.poisson(expected * rng.gamma(dispersion, 1 / dispersion, days)).astype(float)
    assert len(generation) <= BURN_IN_DAYS
    return Epidemic(
        counts[BURN_IN_DAYS:], np.exp(log_r)[BURN_IN_DAYS:], scale, shape, first_weekday
    )


def _log_reproduction(rng: np.random.Generator, shape: str, days: int) -> FloatArray:
    """Log of the reproduction number, one of five shapes, over burn-in, past and future."""
    t = np.arange(days, dtype=float)
    if shape == "steps":
        down = BURN_IN_DAYS + rng.integers(25, 50)
        up = down + rng.integers(25, 50)
        levels = rng.uniform(1.2, 1.6), rng.uniform(0.6, 0.85), rng.uniform(1.05, 1.35)
        return np.log(np.where(t < down, levels[0], np.where(t < up, levels[1], levels[2])))
    if shape == "sinusoid":
        period, phase = rng.uniform(50, 100), rng.uniform(0, 2 * np.pi)
        return np.asarray(rng.uniform(0.2, 0.4) * np.sin(2 * np.pi * t / period + phase))
    if shape == "autoregressive":
        log_r = np.zeros(days)
        for day in range(1, days):
            log_r[day] = 0.97 * log_r[day - 1] + rng.normal(0.0, 0.06)
        return log_r
    if shape == "ramps":
        first, second = BURN_IN_DAYS + rng.uniform(15, 50), BURN_IN_DAYS + rng.uniform(70, 110)
        rise, fall = rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.6)
        up = rise / (1 + np.exp(-(t - second) / 3))
        return np.asarray(rng.uniform(0.1, 0.3) - fall / (1 + np.exp(-(t - first) / 4)) + up)
    return np.asarray(rng.uniform(-0.04, 0.04) + np.cumsum(rng.normal(0.0, 0.003, days)))


def _infections(reproduction_number: FloatArray, seed: float) -> FloatArray:
    generation = GENERATION.probability
    infections = np.zeros(len(reproduction_number))
    for day in range(len(infections)):
        back = infections[max(0, day - len(generation) + 1) : day][::-1]
        force = float(generation[1 : len(back) + 1] @ back)
        infections[day] = seed if day < 15 else reproduction_number[day] * force
    return infections


def _noisy_infections(
    rng: np.random.Generator, reproduction_number: FloatArray, seed: float
) -> FloatArray:
    generation = GENERATION.probability
    infections = np.zeros(len(reproduction_number))
    for day in range(len(infections)):
        back = infections[max(0, day - len(generation) + 1) : day][::-1]
        force = float(generation[1 : len(back) + 1] @ back)
        infections[day] = rng.poisson(seed if day < 15 else reproduction_number[day] * force)
    return infections


def late_reports(rng: np.random.Generator, counts: FloatArray) -> Triangle:
    """Spread the counts of each day over the days of their reports; known is what is not later.

    Args:
        rng: source of chance.
        counts: (day,), final counts of the past, the last day is the present.
    """
    days = len(counts)
    cells = np.stack([rng.multinomial(int(each), REPORTING.probability) for each in counts]).astype(
        float
    )
    is_known = np.arange(days)[:, None] + np.arange(REPORT_DAYS) <= days - 1
    return Triangle(cells, is_known)
