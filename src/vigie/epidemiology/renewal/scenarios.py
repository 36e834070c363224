"""Scenarios: what would follow if R were multiplied on stated days. Not a forecast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.renewal.result import RenewalResult
from vigie.paths import FloatArray, PathArray

__all__ = ["LARGEST_FACTOR", "SCENARIO_LABEL", "Multiplier", "ScenarioPaths", "scenario_paths"]

SCENARIO_LABEL = "not a forecast"
"""What stands beside every figure of a scenario."""

LARGEST_FACTOR = 10.0
"""By which R may be multiplied at most."""


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
        if not (math.isfinite(self.factor) and 0 < self.factor <= LARGEST_FACTOR):
            raise ValueError(f"multiplier {self.factor}: give above 0, to {LARGEST_FACTOR:g}")


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
        expected: (place, H, sample), admissions to be expected from the infections of a draw,
            with the effect of the day.
        expected_baseline: (place, H, sample), the same without multipliers.
    """

    multipliers: tuple[Multiplier, ...]
    seed: int
    label: str
    reproduction_number: PathArray
    admissions: PathArray
    baseline: PathArray
    expected: PathArray
    expected_baseline: PathArray


def scenario_paths(
    result: RenewalResult,
    multipliers: Sequence[Multiplier],
    seed: int,
    *,
    susceptible: FloatArray | None = None,
) -> ScenarioPaths:
    """Run the days ahead again with R multiplied, over the same draws.

    Draw i has the same past, the same walk of R and the same chance, day by day, in scenario and
    baseline: before its first multiplier it is the same. Where the susceptible are known, R falls
    in both runs as they become fewer.

    Args:
        result: of ``fit_renewal``.
        multipliers: those that overlap are multiplied; days after the horizon are not read.
        seed: of the chance, 0 or more.
        susceptible: (place,), people who can still be infected today; NaN where not known. None:
            as in the fit.

    Raises:
        ValueError: a multiplier names a place that does not exist; susceptible has another shape,
            or the fit has no admitted_share.

    Source: docs/models/scenarios.md.
    """
    people = _susceptible(result, susceptible)
    factors = _factors(result, multipliers)
    shared = _shared(result, seed)
    changed, admissions, expected = _run(result, factors, people, shared)
    _, baseline, before = _run(result, np.ones_like(factors), people, shared)
    return ScenarioPaths(
        tuple(multipliers),
        seed,
        SCENARIO_LABEL,
        changed,
        admissions,
        baseline,
        expected,
        before,
    )


def _susceptible(result: RenewalResult, given: FloatArray | None) -> FloatArray:
    """(place,): people, infinite where not known."""
    if given is None:
        return result.susceptible
    places = len(result.first_day)
    if given.shape != (places,) or (given < 0).any():
        raise ValueError(f"susceptible: give one number >= 0 for each of {places} places, or NaN")
    if result.rules.admitted_share is None:
        raise ValueError("susceptible: R can only fall with them if admitted_share is given")
    return np.where(np.isnan(given), math.inf, given)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """Chance of both runs: (sample, H) of standard normal numbers, and gamma ones by place."""

    of_infections: FloatArray
    of_counts: FloatArray
    scatter: tuple[FloatArray, ...]


def _shared(result: RenewalResult, seed: int) -> _Shared:
    normal, gamma = np.random.default_rng([seed, 0]), [seed, 1]
    shape = (result.admissions.shape[2], result.horizon_days)
    scatter = []
    for phi in result.dispersion.astype(float):
        # The same stream for every place: their order and number change nothing.
        drawn = np.random.default_rng(gamma).standard_gamma(phi[:, None], shape)
        scatter.append(drawn / phi[:, None])
    return _Shared(normal.standard_normal(shape), normal.standard_normal(shape), tuple(scatter))


def _run(
    result: RenewalResult, factors: FloatArray, susceptible: FloatArray, shared: _Shared
) -> tuple[PathArray, PathArray, PathArray]:
    """Reproduction number, admissions, expected ones of the days ahead, (place, H, sample) each."""
    from vigie.epidemiology.renewal.coupled_kernels import coupled_future

    reproduction = np.empty_like(result.unhindered)
    admissions = np.empty_like(result.admissions)
    means = np.empty_like(result.admissions)
    for place in range(len(factors)):
        r = _days_last(result.unhindered[place]) * factors[place]
        counts, expected = np.empty_like(r), np.empty_like(r)
        coupled_future(
            result.rules.admitted_share or 0.0,
            float(result.imports[place]),
            float(susceptible[place]),
            result.point[place],
            result.grid.generations,
            result.grid.admissions,
            r,
            _days_last(result.effect[place]),
            shared.of_infections,
            shared.of_counts,
            shared.scatter[place],
            _days_last(result.seeded_infections[place, result.first_day[place] :]),
            expected,
            counts,
        )
        reproduction[place], admissions[place], means[place] = r.T, counts.T, expected.T
    return reproduction, admissions, means


def _days_last(values: PathArray) -> FloatArray:
    return np.ascontiguousarray(values.T, dtype=np.float64)
