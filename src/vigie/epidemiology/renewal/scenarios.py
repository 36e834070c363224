"""Scenarios: what would follow if R were multiplied on stated days. Not a forecast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.renewal.result import RenewalResult
from vigie.paths import FloatArray, PathArray

__all__ = ["SCENARIO_LABEL", "Multiplier", "ScenarioPaths", "scenario_paths"]

SCENARIO_LABEL = "not a forecast"
"""What stands beside every figure of a scenario."""

_LARGEST_FACTOR = 10.0


@dataclass(frozen=True, slots=True)
class Multiplier:
    """R is multiplied on some days ahead.

    Attributes:
        first_day: 1 is the day after the last one of the counts.
        last_day: included.
        factor: above 0, to 10; below 1 for a measure that slows the epidemic.
        place: number of the place; None for all.

    Raises:
        ValueError: a figure is out of its range.
    """

    first_day: int
    last_day: int
    factor: float
    place: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.first_day <= self.last_day:
            raise ValueError(f"multiplier from day {self.first_day} to {self.last_day}: days run "
                             "from 1, the last is not before the first")  # fmt: skip
        if not (math.isfinite(self.factor) and 0 < self.factor <= _LARGEST_FACTOR):
            raise ValueError(f"multiplier {self.factor}: give above 0, to {_LARGEST_FACTOR:g}")


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioPaths:
    """A scenario beside its baseline, with what it was made of.

    Attributes:
        multipliers: as given.
        seed: of the chance that both runs share.
        label: "not a forecast".
        reproduction_number: (place, H, sample), with multipliers and depletion.
        admissions: (place, H, sample), whole numbers.
        baseline: (place, H, sample), the same chance without multipliers.
    """

    multipliers: tuple[Multiplier, ...]
    seed: int
    label: str
    reproduction_number: PathArray
    admissions: PathArray
    baseline: PathArray


def scenario_paths(
    result: RenewalResult, multipliers: Sequence[Multiplier], seed: int
) -> ScenarioPaths:
    """Run the days ahead again with R multiplied, over the same draws.

    Draw i has the same past, the same walk of R and, as far as numbers allow, the same chance in
    scenario and baseline. Where the susceptible are known, R falls as they become fewer.

    Args:
        result: of ``fit_renewal``.
        multipliers: those that overlap are multiplied; days after the horizon are not read.
        seed: of the chance, 0 or more.

    Raises:
        ValueError: a multiplier names a place that does not exist.

    Source: docs/models/renewal.md, equation 14.
    """
    factors = _factors(result, multipliers)
    changed, admissions = _run(result, factors, seed)
    _, baseline = _run(result, np.ones_like(factors), seed)
    return ScenarioPaths(tuple(multipliers), seed, SCENARIO_LABEL, changed, admissions, baseline)


def _factors(result: RenewalResult, multipliers: Sequence[Multiplier]) -> FloatArray:
    """(place, H): product of the multipliers of each day."""
    places, horizon = len(result.first_day), result.horizon_days
    factors = np.ones((places, horizon))
    for each in multipliers:
        if each.place is not None and not 0 <= each.place < places:
            raise ValueError(f"multiplier: place {each.place} is not among 0 to {places - 1}")
        which = slice(None) if each.place is None else each.place
        factors[which, each.first_day - 1 : each.last_day] *= each.factor
    return factors


def _run(result: RenewalResult, factors: FloatArray, seed: int) -> tuple[PathArray, PathArray]:
    """Reproduction number and admissions of the days ahead, (place, H, sample) each."""
    from vigie.epidemiology.renewal.path_kernels import future

    horizon = result.horizon_days
    reproduction = np.empty_like(result.unhindered)
    admissions = np.empty_like(result.admissions)
    for place in range(len(factors)):
        r = _days_last(result.unhindered[place]) * factors[place]
        infections = _days_last(result.seeded_infections[place, result.first_day[place] :])
        counts = np.empty_like(r)
        future(
            np.random.default_rng(seed),
            result.rules.admitted_share or 0.0,
            float(result.imports[place]),
            float(result.susceptible[place]),
            result.point[place],
            result.grid.generations,
            result.grid.admissions,
            r,
            _days_last(result.effect[place]),
            result.dispersion[place].astype(float),
            infections,
            np.empty((len(r), horizon)),
            counts,
        )
        reproduction[place], admissions[place] = r.T, counts.T
    return reproduction, admissions


def _days_last(values: PathArray) -> FloatArray:
    return np.ascontiguousarray(values.T, dtype=np.float64)
