"""Totals as sums of the forecasts of their places, against the totals' own forecasts.

Needs the pack of daily admissions of French départements in the folder that VIGIE_SHARED names,
else in ``../shared`` beside the repository; without it there are no figures.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from benchmarks.bench_series import (
    FIRST_ORIGIN,
    LAST_ORIGIN,
    ORIGIN_STEP_DAYS,
    ROOM_DAYS,
    SHARED,
)
from benchmarks.child import in_child
from benchmarks.figures import Figure

COMMAND = "make bench ONLY=totals"
HORIZONS = (1, 7, 14)
SAMPLES = 400
PACK = SHARED / "data" / "fr_sivic" / "admissions.parquet"
PLACES = (
    Path(__file__).resolve().parent.parent / "examples" / "fr_sivic" / "reference" / "places.csv"
)


def _series() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days; (place, day) admissions; (total, place) members, the nation first."""
    import pyarrow.parquet as pq

    table = pq.read_table(PACK, columns=["date", "dep", "adm_hosp"])
    place = np.array(table["dep"].to_pylist())
    day = table["date"].to_numpy().astype("datetime64[D]")
    keys, days = np.unique(place), np.unique(day)
    counts = np.full((len(keys), len(days)), np.nan)
    counts[np.searchsorted(keys, place), np.searchsorted(days, day)] = table["adm_hosp"].to_numpy()
    with PLACES.open(encoding="utf-8") as file:
        parent = {row["place"]: row["parent"] for row in csv.DictReader(file)}
    above = np.array([parent.get(key, "") for key in keys])
    # Territories whose parent is the nation have no region of their own.
    regions = [above == name for name in np.unique(above) if name not in ("", "FR")]
    return days, counts, np.stack([np.ones(len(keys), dtype=bool), *regions])


def compared() -> dict[str, dict[str, float]]:
    """By horizon: ratio of the sum's WIS to that of the own forecast, and coverage of 95 %."""
    from vigie.epidemiology import pooled_paths
    from vigie.paths import interval_coverage, joint_draws, quantiles, total_paths, wis

    days, counts, members = _series()
    totals = np.stack([counts[row].sum(axis=0) for row in members])
    first, last = (np.datetime64(each) for each in (FIRST_ORIGIN, LAST_ORIGIN))
    at = np.searchsorted(days, np.arange(first, last + 1, ORIGIN_STEP_DAYS))
    told: dict[str, list[np.ndarray]] = {"sum": [], "own": []}
    for origin in at.tolist():
        window = slice(max(0, origin + 1 - ROOM_DAYS), origin + 1)
        past = counts[:, None, window]
        draws = joint_draws(np.random.default_rng([1, origin]), 2 * HORIZONS[-1], SAMPLES)
        paths = pooled_paths(past, HORIZONS[-1], draws)
        everyone = np.ones(past.shape[:2], dtype=bool)
        summed, _ = total_paths(paths, members, past.mean(axis=2), everyone)
        own = pooled_paths(totals[:, None, window], HORIZONS[-1], draws)
        for name, values in (("sum", summed), ("own", own)):
            told[name].append(quantiles(values)[:, 0])
    found = {}
    for h in HORIZONS:
        truth = totals[:, at + h].T
        made = {name: np.stack(values)[:, :, h - 1] for name, values in told.items()}
        scores = {name: wis(values, truth) for name, values in made.items()}
        inside = {name: interval_coverage(values, truth, 0.95) for name, values in made.items()}
        parts = {"nation": slice(0, 1), "regions": slice(1, None)}
        found[str(h)] = {
            f"{part} {what}": float(value)
            for part, chosen in parts.items()
            for what, value in (
                ("ratio", scores["sum"][:, chosen].sum() / scores["own"][:, chosen].sum()),
                ("cover", inside["sum"][:, chosen].mean()),
                ("cover of own", inside["own"][:, chosen].mean()),
            )
        }
    return found


def run() -> list[Figure]:
    """Sum of places against own forecast, by horizon, for the nation and its regions."""
    if not PACK.is_file():
        return []
    figures = []
    for h, told in in_child("bench_totals", "compared").answer.items():
        for part in ("nation", "regions"):
            name = f"sum of French départements, {part}, 69 origins, {h} days"
            ratio, cover = told[f"{part} ratio"], told[f"{part} cover"]
            figures += [
                Figure(f"{name}: WIS by that of the own forecast", ratio, "", None, COMMAND),
                Figure(f"{name}: inside 95 %", cover, "", None, COMMAND),
            ]
    return figures
