"""Seasons of a forecast hub: every round from its own vintage, scored beside the hub's ensemble.

Needs the pack of the hub (targets by vintage, rounds, locations, truth, peers' forecasts) in
``shared/data/flusight`` beside the clone; without it there are no figures.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.child import in_child
from benchmarks.figures import Figure

COMMAND = "make bench ONLY=hub"
PACK = Path(__file__).resolve().parents[2] / "shared" / "data" / "flusight"
SEASONS = ("2023-24", "2024-25", "2022-23")
ENSEMBLE = "FluSight-ensemble"
BARS = {"2023-24": (0.95, 0.91), "2024-25": (0.99, 0.93)}
"""Most of the ensemble's sum of WIS, on the natural and the log scale."""


def season(name: str) -> dict[str, float]:
    """One season: seconds, and scores over those of the ensemble on all tasks both have."""
    from vigie.actions.loose_files.hub_forecasting import forecast_hub
    from vigie.actions.loose_files.scoring import Selection, score_files

    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        out = Path(folder) / "forecast.parquet"
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        made = forecast_hub(PACK, name, out)
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_SELF)
        files = [out, PACK / f"forecasts_{name}.parquet"]
        found: dict[str, float] = {
            "seconds": seconds,
            "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        }
        for group in ("all", "states", "US"):
            selection = Selection(models=(made.model,), locations=group)
            rows = score_files(
                files, PACK / "truth.parquet", baseline=ENSEMBLE, selection=selection
            )[""]
            row = next(each for each in rows if each.model == made.model)
            found |= {
                f"natural {group}": row.wis_ratio,
                f"log {group}": row.log_wis_ratio,
                f"50 {group}": row.coverage_50,
                f"95 {group}": row.coverage_95,
                f"tasks {group}": row.tasks,
            }
    return found


def run() -> list[Figure]:
    """Scores, coverage and seconds of every season there is."""
    if not (PACK / "truth.parquet").is_file():
        print("  the hub's pack is not beside the clone: nothing measured")
        return []
    figures = []
    for name in SEASONS:
        measured = in_child("bench_hub", "season", name)
        found = measured.answer
        natural, log = BARS.get(name, (None, None))
        what = f"hub season {name}, {found['tasks all']:,.0f} tasks"
        figures += [
            Figure(f"{what}: WIS over the ensemble's", found["natural all"], "", natural, COMMAND),
            Figure(f"{what}: the same, log scale", found["log all"], "", log, COMMAND),
            Figure(f"{what}: states alone", found["natural states"], "", None, COMMAND),
            Figure(f"{what}: the nation's row alone", found["natural US"], "", None, COMMAND),
            Figure(f"{what}: 50 % range held", found["50 all"], "", None, COMMAND),
            Figure(f"{what}: 95 % range held", found["95 all"], "", None, COMMAND),
            Figure(f"{what}: all rounds", found["seconds"] / 60, "min", 15.0, COMMAND),
            Figure(f"{what}: peak memory", measured.peak_gib, "GiB", None, COMMAND),
        ]
        if not np.isfinite(found["natural all"]):
            raise ValueError(f"season {name}: nothing was scored")
    return figures
