"""Length of stay against known truth, and the speed of the bed flow.

200 invented wards of 30 to 150 stays that begin within 30 days, three ways to leave, a tail to 60
nights; wards differ so much that the mean of completed stays misses by about 1.9 days. The same
wards are then known by admissions and patients in bed alone.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from vigie.hospital.stays import (
    OPEN,
    StayLaw,
    StayRecords,
    StayRules,
    Wards,
    bed_flow,
    expected_census,
    fit_stays,
    fit_stays_from_totals,
)
from vigie.paths import FloatArray, IntArray

COMMAND = "make bench ONLY=stays"
SEEDS = (1, 2, 3)
WARDS, WINDOW, LONGEST = 200, 30, 60
SITES, KINDS, DAYS, SAMPLES, SETS = 200, 5, 28, 1000, 20


def _hazards(rng: np.random.Generator, wards: int, longest: int) -> FloatArray:
    day = np.arange(longest + 1)
    home = 0.055 + 0.13 * np.exp(-0.5 * ((np.log(day + 1) - np.log(6)) / 0.7) ** 2)
    hazards = np.stack([home, 0.05 * np.exp(-day / 2.2), np.full(longest + 1, 0.006)])
    hazards = hazards * np.exp(rng.normal(0, [0.1, 0.25, 0.25], (wards, 3)))[:, :, None]
    hazards[:, :, -1] = [1, 0, 0]
    return hazards


def _stays(rng: np.random.Generator, law: StayLaw) -> IntArray:
    """(4, stay): ward, day of entry in the window, nights, way of leaving."""
    rows = []
    span = LONGEST + 1
    for ward in range(law.hazards.shape[1]):
        count = int(rng.integers(30, 151))
        chances = law.leaving[0, ward].ravel()
        drawn = rng.choice(chances.size, count, p=chances / chances.sum())
        begin = rng.integers(0, WINDOW, count)
        rows.append(np.stack([np.full(count, ward), begin, drawn % span, drawn // span]))
    return np.concatenate(rows, axis=1)


def length_of_stay(seed: int) -> dict[str, float]:
    """Root mean squared errors of the mean stay over wards."""
    rng = np.random.default_rng(seed)
    wards = scaled(WARDS, 20)
    law = StayLaw(_hazards(rng, wards, LONGEST)[None])
    unit, begin, nights, cause = _stays(rng, law)
    age = WINDOW - 1 - begin
    ended = nights <= age
    records = StayRecords(
        unit, np.zeros_like(unit), np.where(ended, nights, age), np.where(ended, cause, OPEN), age,
        wards, 3,
    )  # fmt: skip
    true = law.mean_days[0]
    rules = StayRules(days=LONGEST + 1, half_life_days=np.inf, sets=1)
    started = time.process_time()
    fitted = fit_stays(records, np.zeros(wards, dtype=np.int64), rng, rules)
    seconds = time.process_time() - started
    admissions, census = np.zeros((wards, WINDOW)), np.zeros((wards, WINDOW + 1))
    np.add.at(admissions, (unit, begin), 1)
    for day in range(WINDOW):
        inside = (begin <= day) & (day < begin + nights)
        census[:, day + 1] = np.bincount(unit[inside], minlength=wards)
    totals = fit_stays_from_totals(admissions, census)
    naive = [nights[ended & (unit == ward)].mean() for ward in range(wards)]

    def rmse(of: FloatArray) -> float:
        return float(np.sqrt(((np.asarray(of) - true) ** 2).mean()))

    return {
        "stays": rmse(fitted.mean_days[0]),
        "totals": rmse(totals.mean_days),
        "completed": rmse(np.array(naive)),
        "all alike": rmse(np.full(wards, true.mean())),
        "seconds": seconds,
    }


def flow() -> dict[str, float]:
    """Seconds of 1,000 wards, and the largest miss of the formula in standard errors."""
    rng = np.random.default_rng(SEEDS[0])
    hazards = np.stack([_hazards(rng, KINDS, 179) for _ in range(SETS)])
    law = StayLaw(hazards)
    sites, samples = scaled(SITES, 5), scaled(SAMPLES, 50)
    onward = np.array([[-1, 1, -1]] * (KINDS - 1) + [[-1, 0, -1]])
    wards = Wards(np.tile(np.arange(KINDS), (sites, 1)), onward)
    arrivals = rng.poisson(3.75, (sites, KINDS, DAYS, samples)).astype(np.float32)
    present = np.zeros((sites, KINDS, 30), dtype=np.int64)
    present[:, :, :10] = 2
    bed_flow(arrivals[:1], present[:1], Wards(wards.law_unit[:1], onward), law, rng)
    started = time.process_time()
    found = bed_flow(arrivals, present, wards, law, rng)
    seconds = time.process_time() - started
    few = min(sites, 10)
    due = expected_census(arrivals[:few].mean(axis=-1), present[:few],
                          Wards(wards.law_unit[:few], onward), law)  # fmt: skip
    census = found.census[:few]
    error = np.abs(census.mean(axis=-1) - due) / (census.std(axis=-1) / np.sqrt(samples))
    stays = float(arrivals.sum() + present.sum() * samples + found.moved_in.sum())
    return {"seconds": seconds, "largest": float(error.max()), "stays": stays}


def run() -> list[Figure]:
    """Errors are means over the seeds."""
    answers = [in_child("bench_stays", "length_of_stay", seed).answer for seed in SEEDS]
    mean = {name: float(np.mean([each[name] for each in answers])) for name in answers[0]}
    title = f"mean stay of {WARDS} wards seen for {WINDOW} days, {len(SEEDS)} seeds"
    beds = in_child("bench_stays", "flow")
    size = f"{SITES * KINDS} wards x {SAMPLES} samples x {DAYS} days"
    return [
        Figure(f"{title}: RMSE", mean["stays"], "d", 0.75, COMMAND),
        Figure(f"{title}: RMSE from admissions and beds alone", mean["totals"], "d", None, COMMAND),
        Figure(f"{title}: RMSE of completed stays", mean["completed"], "d", None, COMMAND),
        Figure(f"{title}: RMSE of the true mean over wards", mean["all alike"], "d", None, COMMAND),
        Figure(f"{title}: CPU", mean["seconds"], "s", None, COMMAND),
        Figure(f"bed flow, {size} ({beds.answer['stays'] / 1e6:.0f} M stays), CPU",
               beds.answer["seconds"], "s", 5.0, COMMAND),
        Figure("bed flow: largest miss of the formula over 700 means, standard errors",
               beds.answer["largest"], "", 4.5, COMMAND),
        Figure("bed flow: peak memory", beds.peak_gib, "GiB", None, COMMAND),
    ]  # fmt: skip
