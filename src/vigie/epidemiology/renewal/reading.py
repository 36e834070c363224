"""What the engine reads: counts checked and cut, kinds of day, shares reported, people."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.delays import ReportingHazards
from vigie.epidemiology.renewal.day_effects import day_contrasts, day_kinds
from vigie.epidemiology.renewal.grid import Grid
from vigie.epidemiology.renewal.place_fit import PlaceData, place_data
from vigie.epidemiology.renewal.priors import kept_over_steps
from vigie.epidemiology.renewal.rules import FEWEST_DAYS, RenewalRules
from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["Reading", "place_readings", "read_counts"]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Checked input, the days that are read only; P of them, H ahead.

    Attributes:
        counts: (place, P), NaN where missing, negative or before a change of definition.
        negative_days: (place,), negative counts among them.
        first_day: (place,), first day with a count.
        kinds: (place, P + H), row of contrast of each day.
        contrast: (kind, effect).
        reporting: how late reports come; None when counts are complete.
        imports: (place,), infections per day from elsewhere.
        susceptible: (place,), people; infinite where not known.
    """

    counts: FloatArray
    negative_days: IntArray
    first_day: IntArray
    kinds: IntArray
    contrast: FloatArray
    reporting: ReportingHazards | None
    imports: FloatArray
    susceptible: FloatArray

    @property
    def past_days(self) -> int:
        """P."""
        return int(self.counts.shape[1])

    @property
    def horizon_days(self) -> int:
        """H."""
        return int(self.kinds.shape[1] - self.counts.shape[1])

    @property
    def delays(self) -> int:
        """Number of delays of reports, 0 when counts are complete."""
        return 0 if self.reporting is None else self.reporting.delays

    def weekly_mean(self) -> FloatArray:
        """(place,): mean count per week over the days seen of the last 28."""
        recent = self.counts[:, -28:]
        seen = np.maximum(np.isfinite(recent).sum(axis=1), 1)
        return np.asarray(7 * np.nansum(recent, axis=1) / seen)


def read_counts(
    counts: FloatArray,
    first_weekday: int,
    horizon_days: int,
    rules: RenewalRules,
    *,
    reporting: ReportingHazards | None,
    holidays: BoolArray | None,
    population: FloatArray | None,
    susceptible: FloatArray | None,
    first_usable_day: IntArray | None,
) -> Reading:
    """Check the arguments of ``fit_renewal`` and cut them to the days that are read.

    Raises:
        ValueError: as there.
    """
    places, days = _checked_shape(counts, first_weekday, horizon_days)
    used, negative = _usable(counts, first_usable_day, min(days, rules.window_days))
    past = used.shape[1]
    _check_reporting(reporting, places, past)
    if susceptible is not None and rules.admitted_share is None:
        raise ValueError("susceptible: R can only fall with them if admitted_share is given")
    people = _people(places, population, 1e5, "population")
    return Reading(
        counts=used,
        negative_days=negative,
        first_day=np.argmax(np.isfinite(used), axis=1),
        kinds=day_kinds(first_weekday + days - past, past + horizon_days, places, holidays),
        contrast=day_contrasts(has_holidays=holidays is not None),
        reporting=reporting,
        imports=rules.imports_per_day * people / 1e5,
        susceptible=_people(places, susceptible, math.inf, "susceptible"),
    )


def place_readings(reading: Reading, grid: Grid, damping_per_day: float) -> list[PlaceData]:
    """Each place from its first day on, as the compiled loops want it."""
    past, late = reading.past_days, reading.delays
    share, standing = np.ones(reading.counts.shape), np.ones(reading.counts.shape)
    if reading.reporting is not None:
        share[:, past - late :] = reading.reporting.expected_share()[:, ::-1]
        standing[:, past - late :] = reading.reporting.expected_standing()[:, ::-1]
    return [
        place_data(
            reading.counts[place, first:],
            reading.kinds[place, first:past],
            reading.contrast,
            share[place, first:],
            standing[place, first:],
            grid.seed_days,
            kept_over_steps(past - first, grid.delay_days, damping_per_day),
        )
        for place, first in enumerate(reading.first_day.tolist())
    ]


def _checked_shape(counts: FloatArray, first_weekday: int, horizon_days: int) -> tuple[int, int]:
    if counts.ndim != 2 or not counts.size:
        raise ValueError(f"counts have shape {counts.shape}, expected (place, day)")
    if np.isinf(counts).any():
        raise ValueError("counts: a number is infinite; mark it missing (NaN) or correct it")
    if not 0 <= first_weekday <= 6:
        raise ValueError(f"first_weekday is {first_weekday}; 0 is Monday, 6 Sunday")
    if horizon_days < 0:
        raise ValueError(f"horizon_days is {horizon_days}; give 0 or more")
    return counts.shape


def _usable(
    counts: FloatArray, first_usable_day: IntArray | None, past: int
) -> tuple[FloatArray, IntArray]:
    """The last days, negative counts and days before a change missing; and how many negative."""
    used = np.array(counts[:, -past:], dtype=float)
    if first_usable_day is not None:
        if first_usable_day.shape != (len(counts),):
            raise ValueError(
                f"first_usable_day has shape {first_usable_day.shape}, expected ({len(counts)},)"
            )
        day = np.arange(counts.shape[1] - past, counts.shape[1])
        used[day < first_usable_day[:, None]] = np.nan
    is_negative = used < 0
    used[is_negative] = np.nan
    seen = np.isfinite(used).sum(axis=1)
    short = np.flatnonzero(seen < FEWEST_DAYS)
    if len(short):
        named = ", ".join(f"{place} ({seen[place]})" for place in short[:20].tolist())
        raise ValueError(
            f"counts: fewer than {FEWEST_DAYS} of the last {past} days have a count in "
            f"{len(short)} places, by number (days): {named}; leave them out, or use a model that "
            "borrows from others"
        )
    return used, np.asarray(is_negative.sum(axis=1))


def _check_reporting(reporting: ReportingHazards | None, places: int, past: int) -> None:
    if reporting is None:
        return
    if len(reporting.hits) != places:
        raise ValueError(f"reporting is for {len(reporting.hits)} places, counts for {places}")
    if reporting.delays > past:
        raise ValueError(
            f"reports take up to {reporting.delays} days, but only {past} days are read; give "
            "fewer delays or a longer series"
        )


def _people(places: int, given: FloatArray | None, unknown: float, name: str) -> FloatArray:
    if given is None:
        return np.full(places, unknown)
    values = np.asarray(given, dtype=float)
    if values.shape != (places,) or (values < 0).any() or np.isinf(values).any():
        raise ValueError(f"{name}: give one number >= 0 for each of {places} places, or NaN")
    return np.where(np.isnan(values), unknown, values)
