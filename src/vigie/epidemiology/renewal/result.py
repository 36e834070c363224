"""What the renewal engine found: joint draws of each place, and how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.renewal.grid import Grid
from vigie.epidemiology.renewal.reading import Reading
from vigie.epidemiology.renewal.rules import RenewalRules
from vigie.paths import BoolArray, FloatArray, IntArray, PathArray

__all__ = ["RenewalResult", "empty_result"]


@dataclass(frozen=True, slots=True, eq=False)
class RenewalResult:
    """Joint draws: sample i of every array of a place is one possible past and future.

    Days: P of the past that were read, the last of them the last day of the counts, then H ahead.
    Before a place's first day everything is NaN: nothing is known there.

    Attributes:
        past_days: P.
        horizon_days: H.
        reproduction_number: (place, P + H, sample), instantaneous, at infection.
        unhindered: (place, H, sample), the same ahead if nobody became immune any more.
        seeded_infections: (place, seed_days + P + H, sample), in units of admissions they lead
            to; starts seed_days before the past that was read.
        expected: (place, P + H, sample), expected admissions without effects of the day.
        admissions: (place, H, sample), whole numbers.
        nowcast: (place, D, sample), completed counts of the last D days, D delays of reports; D is
            0 where none were given.
        effect: (place, H, sample), factors of the days ahead: weekday, holiday.
        dispersion: (place, sample), of the counts.
        point: (place, sample), point of the grid.
        grid: of walks and delays.
        weights: (place, point), of the grid.
        first_day: (place,), day of the past that was read on which a place begins.
        seen_days: (place,), days of it with a count.
        negative_days: (place,), days of it with a negative count, read as missing.
        weekly_mean: (place,), mean count per week over the last 28 days that were seen.
        effective_share: (place,), effective share of the draws before moves or resampling.
        tail_shape: (place,), Pareto shape of their largest weights.
        distinct_share: (place,), share of the draws whose chance on infections began from a past
            of its own; small where admissions are many of the infections, and few.
        quality: (place,), a ``DrawQuality``.
        susceptible: (place,), people assumed susceptible on the last day; infinite if unknown.
        imports: (place,), infections per day from elsewhere.
        rules: by which it was made.
    """

    past_days: int
    horizon_days: int
    reproduction_number: PathArray
    unhindered: PathArray
    seeded_infections: PathArray
    expected: PathArray
    admissions: PathArray
    nowcast: PathArray
    effect: PathArray
    dispersion: PathArray
    point: IntArray
    grid: Grid
    weights: FloatArray
    first_day: IntArray
    seen_days: IntArray
    negative_days: IntArray
    weekly_mean: FloatArray
    effective_share: FloatArray
    tail_shape: FloatArray
    distinct_share: FloatArray
    quality: IntArray
    susceptible: FloatArray
    imports: FloatArray
    rules: RenewalRules

    @property
    def infections(self) -> PathArray:
        """(place, P + H, sample), without the days before the past that was read."""
        return self.seeded_infections[:, self.grid.seed_days :]

    @property
    def is_meaningful(self) -> BoolArray:
        """(place,): at least 10 admissions a week, below which no R should be shown."""
        return np.asarray(self.weekly_mean >= 10.0)


def empty_result(
    reading: Reading, grid: Grid, weights: FloatArray, rules: RenewalRules, samples: int
) -> RenewalResult:
    """A result whose draws are still to be written, NaN everywhere."""
    places, past, horizon = len(reading.counts), reading.past_days, reading.horizon_days

    def days(count: int) -> PathArray:
        return np.full((places, count, samples), np.nan, dtype=np.float32)

    return RenewalResult(
        past_days=past,
        horizon_days=horizon,
        reproduction_number=days(past + horizon),
        unhindered=days(horizon),
        seeded_infections=days(grid.seed_days + past + horizon),
        expected=days(past + horizon),
        admissions=days(horizon),
        nowcast=days(reading.delays),
        effect=days(horizon),
        dispersion=np.full((places, samples), np.nan, dtype=np.float32),
        point=np.zeros((places, samples), dtype=np.int64),
        grid=grid,
        weights=weights,
        first_day=reading.first_day,
        seen_days=np.isfinite(reading.counts).sum(axis=1),
        negative_days=reading.negative_days,
        weekly_mean=reading.weekly_mean(),
        effective_share=np.full(places, np.nan),
        tail_shape=np.full(places, np.nan),
        distinct_share=np.full(places, np.nan),
        quality=np.zeros(places, dtype=np.int64),
        susceptible=reading.susceptible,
        imports=reading.imports,
        rules=rules,
    )
