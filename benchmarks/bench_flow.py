"""Patients in bed of the demo region from entries, against persistence and the hidden truth.

Regions of 40 hospitals over 600 days, a forecast every 23 days from what was truly counted up to
then. The seeds are none of those on which the model was set (1 to 3).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from vigie.demoregion.truth import Extent, build_truth
from vigie.epidemiology import pooled_paths
from vigie.hospital import level_paths
from vigie.hospital.stays import WardHistory, served_wards, ward_occupancy_paths
from vigie.paths import (
    QUANTILE_LEVELS,
    BoolArray,
    FloatArray,
    PathArray,
    brier,
    interval_coverage,
    joint_draws,
    quantiles,
    wis,
)

COMMAND = "make bench ONLY=flow"
SEEDS = (4, 5, 6)
END = date(2026, 6, 30)
SITES, DAYS, READ_DAYS, AHEAD, EVERY = 40, 600, 180, 14, 23
SAMPLES = 400
HORIZONS = (7, 14)
FEWEST_IN_DECILE = 30


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What is known on a day, and what came: arrays (place, ward, ...)."""

    occupancy: FloatArray
    entries: FloatArray
    staffed: FloatArray
    truth: FloatArray
    seed: tuple[int, int]


def _cases(seed: int) -> Iterator[Case]:
    sites, days = scaled(SITES, 12), max(scaled(DAYS), 300)
    truth = build_truth(np.random.default_rng(seed), Extent(sites, days, END))
    occupancy, entries, staffed = (
        np.moveaxis(each, 0, -1).astype(np.float64)
        for each in (truth.occupancy, truth.admissions, truth.staffing.beds_staffed)
    )
    for day in range(READ_DAYS + 20, days, EVERY):
        read = slice(day - READ_DAYS, day)
        yield Case(
            occupancy[..., read],
            entries[..., read],
            staffed[..., day - 1],
            occupancy[..., day : day + AHEAD],
            (seed, day),
        )


def _paths(case: Case) -> tuple[PathArray, PathArray, float]:
    """Persistence, and the flow of patients; seconds of the latter."""
    draws = joint_draws(np.random.default_rng(case.seed), AHEAD, SAMPLES)
    persisting = level_paths(case.occupancy, AHEAD, draws)
    started = time.process_time()
    together = case.entries.sum(axis=0)
    whole = pooled_paths(together[None], AHEAD, draws)[0]
    history = WardHistory(case.occupancy, case.entries, together)
    flow = ward_occupancy_paths(history, whole, np.random.default_rng(case.seed))
    seconds = time.process_time() - started
    served = served_wards(history)
    return persisting, np.where(served[..., None, None], flow, persisting), seconds


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Scores of one origin, a row a ward that exists; by horizon in axis 1."""

    wis: FloatArray
    in_80: FloatArray
    in_95: FloatArray
    probability: FloatArray
    is_short: BoolArray


def _score(case: Case, paths: PathArray) -> Scored:
    exists = case.occupancy.max(axis=-1) > 0
    at = np.array(HORIZONS) - 1
    told = quantiles(np.ascontiguousarray(paths[:, :, at]), QUANTILE_LEVELS)[exists]
    truth = case.truth[:, :, at][exists]
    low, high = np.quantile(paths[:, :, at][exists], [0.1, 0.9], axis=-1)
    above = paths > case.staffed[:, :, None, None]
    short = case.truth > case.staffed[:, :, None]
    return Scored(
        wis(told, truth),
        ((truth >= low) & (truth <= high)).astype(np.float64),
        interval_coverage(told, truth, 0.95).astype(np.float64),
        np.stack([above[:, :, :h].any(axis=2).mean(axis=-1)[exists] for h in HORIZONS], axis=1),
        np.stack([short[:, :, :h].any(axis=2)[exists] for h in HORIZONS], axis=1),
    )


def measured() -> dict[str, float]:
    """Ratios, coverage, Brier skill and the largest gap of a decile, over seeds and origins."""
    scores: list[tuple[Scored, Scored]] = []
    seconds = []
    for seed in SEEDS[: scaled(len(SEEDS), 1)]:
        for case in _cases(seed):
            persisting, flow, spent = _paths(case)
            seconds.append(spent)
            scores.append((_score(case, persisting), _score(case, flow)))

    def both(name: str) -> list[FloatArray]:
        return [np.concatenate([getattr(pair[at], name) for pair in scores]) for at in (0, 1)]

    found = {"seconds": float(np.median(seconds))}
    base, own = both("wis")
    stated_before, stated = both("probability")
    short = both("is_short")[1]
    held, wide = both("in_80")[1], both("in_95")[1]
    for at, horizon in enumerate(HORIZONS):
        skill = 1 - brier(stated[:, at], short[:, at]).mean() / (
            brier(stated_before[:, at], short[:, at]).mean()
        )
        found |= {
            f"ratio {horizon}": float(own[:, at].mean() / base[:, at].mean()),
            f"in 80 {horizon}": float(held[:, at].mean()),
            f"in 95 {horizon}": float(wide[:, at].mean()),
            f"skill {horizon}": float(skill),
            f"gap {horizon}": _largest_gap(stated[:, at], short[:, at]),
            f"gap before {horizon}": _largest_gap(stated_before[:, at], short[:, at]),
            f"short {horizon}": float(short[:, at].mean()),
        }
    return found


def _largest_gap(stated: FloatArray, happened: BoolArray) -> float:
    """Of the tenths of stated probability with 30 forecasts or more, stated against happened."""
    tenth = np.minimum((stated * 10).astype(np.int64), 9)
    gaps = [
        abs(stated[tenth == each].mean() - happened[tenth == each].mean())
        for each in range(10)
        if (tenth == each).sum() >= FEWEST_IN_DECILE
    ]
    return float(max(gaps, default=0.0))


def run() -> list[Figure]:
    """The figures."""
    found = in_child("bench_flow", "measured").answer
    where = f"demo region, {SITES} hospitals, {len(SEEDS)} regions"
    figures = []
    for horizon in HORIZONS:
        ahead = f"{horizon} days ahead, {where}"
        figures += [
            Figure(f"bed flow: WIS over persistence, {ahead}", found[f"ratio {horizon}"], "", 0.9,
                   COMMAND),
            Figure(f"bed flow: share in the 80 % range, {ahead}", found[f"in 80 {horizon}"], "",
                   None, COMMAND),
            Figure(f"bed flow: share in the 95 % range, {ahead}", found[f"in 95 {horizon}"], "",
                   None, COMMAND),
            Figure(f"bed flow: Brier skill over persistence, more patients than beds staffed "
                   f"today within {horizon} days, {where}", found[f"skill {horizon}"], "", 0.15,
                   COMMAND, is_at_least=True),
            Figure(f"bed flow: largest gap of a tenth of stated probability, within {horizon} "
                   f"days, {where}", found[f"gap {horizon}"], "", 0.07, COMMAND),
        ]  # fmt: skip
    size = f"{SITES} hospitals, {SAMPLES} samples, {AHEAD} days"
    seconds = Figure(f"bed flow: one forecast of {size}, CPU", found["seconds"], "s", None, COMMAND)
    return [*figures, seconds]
