"""Daily and monthly series: scores against persistence and AutoETS, and the cost of one origin.

The scores need the official data and the reference scorer, which are no part of the repository:
they are looked for in the folder that VIGIE_SHARED names, else in ``../shared`` beside it, and left
out when absent. The peer is measured when statsforecast can be imported.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure
from benchmarks.peer_autoets import autoets_forecast, has_autoets

COMMAND = "make bench ONLY=series"
SHARED = Path(
    os.environ.get("VIGIE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared")
)
HORIZONS = (7, 14)
FIRST_ORIGIN, LAST_ORIGIN, ORIGIN_STEP_DAYS = date(2020, 9, 6), date(2022, 3, 6), 8
PEER_DAYS = 120
ROOM_SERIES, ROOM_DAYS, ROOM_HORIZON, SAMPLES = 500, 180, 28, 1000
SEED = 20200301
BUDGETS = {7: 0.80, 14: 0.94}
MONTHLY = {"2003-12": (0.825, 23.3), "2004-12": (0.775, 18.6)}


def scorer() -> ModuleType:
    """The reference scorer of series."""
    spec = importlib.util.spec_from_file_location(
        "score_series", SHARED / "tools" / "score_series.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def admissions() -> dict[str, dict[str, float]]:
    """Daily admissions of the French départements by our own command: scores by horizon."""
    from vigie.actions.loose_files.series_forecasting import forecast_series

    module, data = scorer(), SHARED / "data"
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        origins, out = Path(folder, "origins.csv"), Path(folder, "made.parquet")
        days = range(0, (LAST_ORIGIN - FIRST_ORIGIN).days + 1, ORIGIN_STEP_DAYS)
        lines = [str(FIRST_ORIGIN + timedelta(days=day)) for day in days]
        origins.write_text("\n".join(["origin", *lines]), encoding="utf-8")
        started = time.process_time()
        file = data / "fr_sivic" / "admissions.parquet"
        forecast_series(file, "adm_hosp", origins, HORIZONS, out)
        seconds = time.process_time() - started
        target = module.load_target("admissions", data)
        made = module.read_forecast(str(out), target)
    return _scores(module, target, made) | {"cost": {"seconds": seconds}}


def autoets() -> dict[str, dict[str, float]]:
    """The same by AutoETS with a season of 7, one series after the other: scores by horizon."""
    module = scorer()
    target = module.load_target("admissions", SHARED / "data")
    made = autoets_forecast(
        target, np.asarray(module.LEVELS), HORIZONS, season=7, past_days=PEER_DAYS
    )
    return _scores(module, target, made)


def _scores(module: ModuleType, target: Any, made: dict[int, np.ndarray]) -> dict[str, Any]:
    base = module.baseline(target)
    found = {}
    for h in HORIZONS:
        truth, told = target.truth(h), made[h]
        served = np.isfinite(told).all(axis=-1)
        ours, theirs = told[served], base[h][served]
        score = module.wis(ours, truth[served]).sum() / module.wis(theirs, truth[served]).sum()
        logs = module.log_wis(ours, truth[served]).sum()
        found[str(h)] = {
            "ratio": float(score),
            "log_ratio": float(logs / module.log_wis(theirs, truth[served]).sum()),
            "cover": float(module.covered(ours, truth[served], 0.95).mean()),
            "cover50": float(module.covered(ours, truth[served], 0.5).mean()),
        }
    return found


def months(cut: str) -> list[float]:
    """Monthly counts of hospital products, the 12 months after a cut: mean MASE and mean MAE."""
    from vigie.actions.loose_files.series_forecasting import forecast_series

    module, data = scorer(), SHARED / "data"
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        origins, out = Path(folder, "origins.csv"), Path(folder, "made.parquet")
        origins.write_text(f"origin\n{cut}-01\n", encoding="utf-8")
        file = data / "monash_hospital" / "hospital_monthly.parquet"
        forecast_series(file, "value", origins, range(1, 13), out)
        target = module.load_target("monash", data, cut=cut)
        made = module.read_forecast(str(out), target)
    median = np.array([made[h][0, :, module.MEDIAN] for h in target.horizons]).T
    mase, mae, _ = module.mase(target, median)
    return [mase, mae]


def room() -> list[float]:
    """CPU seconds of one origin of a room: quantiles, and paths with them."""
    from vigie.epidemiology import pooled_paths, pooled_quantiles
    from vigie.paths import joint_draws

    rng = np.random.default_rng(SEED)
    wave = np.exp(np.sin(np.arange(ROOM_DAYS) / 20)) * (1 + 0.2 * (np.arange(ROOM_DAYS) % 7 < 2))
    past = rng.poisson(12 * wave, (scaled(ROOM_SERIES, 5), 1, ROOM_DAYS)).astype(float)
    past[rng.random(past.shape) < 0.02] = np.nan
    draws = joint_draws(rng, ROOM_HORIZON, scaled(SAMPLES, 10))
    pooled_quantiles(past[:5], (7,), draws)
    started = time.process_time()
    pooled_quantiles(past, range(1, ROOM_HORIZON + 1), draws)
    told = time.process_time()
    pooled_paths(past, ROOM_HORIZON, draws)
    return [told - started, time.process_time() - told]


def run() -> list[Figure]:
    """Scores where the data are, and the cost of one origin."""
    size = f"{ROOM_SERIES} series x {ROOM_DAYS} days x {ROOM_HORIZON} horizons"
    quantiles, paths = in_child("bench_series", "room").answer
    figures = [
        Figure(f"pooled daily model, one origin, {size}", quantiles, "s CPU", 3, COMMAND),
        Figure(f"the same, with {SAMPLES} paths each", paths, "s CPU", None, COMMAND),
    ]
    if not (SHARED / "tools" / "score_series.py").is_file():
        return figures
    figures += _daily_figures("pooled daily model", in_child("bench_series", "admissions").answer)
    if has_autoets():
        figures += _daily_figures("peer AutoETS", in_child("bench_series", "autoets").answer)
    for cut, (most_mase, most_mae) in MONTHLY.items():
        mase, mae = in_child("bench_series", "months", cut).answer
        name = f"pooled monthly model, 767 hospital products, year after {cut}"
        figures += [
            Figure(f"{name}: MASE", mase, "", most_mase, COMMAND),
            Figure(f"{name}: MAE", mae, "patients", most_mae, COMMAND),
        ]
    return figures


def _daily_figures(model: str, found: dict[str, dict[str, float]]) -> list[Figure]:
    is_ours = "cost" in found
    figures = []
    for h in HORIZONS:
        name = f"{model}, 102 French départements, 69 origins, {h} days"
        told = found[str(h)]
        budget, least = (BUDGETS[h], 0.90) if is_ours else (None, None)
        figures += [
            Figure(f"{name}: WIS / persistence", told["ratio"], "", budget, COMMAND),
            Figure(f"{name}: log-WIS / persistence", told["log_ratio"], "", None, COMMAND),
            Figure(f"{name}: 95 % range held", told["cover"], "", least, COMMAND, is_at_least=True),
        ]
    if is_ours:
        seconds = found["cost"]["seconds"]
        figures.append(Figure(f"{model}, all of these", seconds, "s CPU", None, COMMAND))
    return figures
