"""Units short of staff: scores against persistence by horizon and year, alerts, and the cost.

The scores need the official data and the reference scorer, which are no part of the repository:
they are looked for in the folder that VIGIE_SHARED names, else in ``../shared`` beside it, and left
out when absent. The cost of one origin of invented places is measured anyway.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.bench_series import SHARED, scorer
from benchmarks.child import in_child, scaled
from benchmarks.figures import Figure

COMMAND = "make bench ONLY=shares"
HORIZONS, ALERT_HORIZONS = (7, 14, 28), (7, 14)
RATIO = {7: 0.92, 14: 0.90, 28: 0.90}
AUC, BRIER = {7: 0.88, 14: 0.86}, {7: 0.072, 14: 0.092}
COVER = (0.92, 0.98)
ROOM_PLACES, ROOM_DAYS = 16, 1500
SEED = 20200404


def german_staff() -> dict[str, Any]:
    """German states by our own command: ratios of WIS, cover, AUC and Brier by horizon."""
    from vigie.actions.loose_files.share_forecasting import forecast_shares

    module, data = scorer(), SHARED / "data"
    target = module.load_target("staff_share", data)
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        origins, out = Path(folder, "origins.csv"), Path(folder, "made.parquet")
        lines = [str(each) for each in target.dates[target.origins]]
        origins.write_text("\n".join(["origin", *lines]), encoding="utf-8")
        file = data / "de_divi" / "states.parquet"
        started = time.process_time()
        forecast_shares(
            file, "short_staff", origins, HORIZONS, out,
            of="n_units", where={"group": "Erwachsene"},
        )  # fmt: skip
        seconds = time.process_time() - started
        made = module.read_forecast(str(out), target)
    base = module.baseline(target)
    found: dict[str, Any] = {str(h): _scores(module, target, made[h], base[h], h) for h in HORIZONS}
    for h in ALERT_HORIZONS:
        found[str(h)] |= _alerts(module, target, made[h], h)
        found[str(h)]["persistence_brier"] = _alerts(module, target, base[h], h)["brier"]
    return found | {"seconds": seconds}


def _scores(
    module: ModuleType, target: Any, made: np.ndarray, base: np.ndarray, h: int
) -> dict[str, Any]:
    truth, when = target.truth(h), target.dates[target.origins]
    first, last = module.RESET
    in_reset = ((when >= first) & (when <= last)) | ((when + h >= first) & (when + h <= last))
    known = np.isfinite(truth)

    def ratio(use: np.ndarray) -> float:
        ours = module.wis(made[use], truth[use]).sum()
        return float(ours / module.wis(base[use], truth[use]).sum())

    years = when.astype("datetime64[Y]")
    return {
        "ratio": ratio(known),
        "no reset": ratio(known & ~in_reset[:, None]),
        "cover": float(module.covered(made[known], truth[known], 0.95).mean()),
        "years": {str(year): ratio(known & (years == year)[:, None]) for year in np.unique(years)},
    }


def _alerts(module: ModuleType, target: Any, made: np.ndarray, h: int) -> dict[str, float]:
    """As the reference scorer: origins with a year behind them, its threshold."""
    start = int(np.argmax(np.isfinite(target.raw).any(axis=0)))
    keep = target.origins - module.HISTORY >= start
    days = target.origins[keep]
    limit = np.array(
        [np.nanquantile(target.raw[:, day - module.HISTORY : day], 0.8, axis=1) for day in days]
    )
    truth = target.truth(h)[keep]
    known = np.isfinite(truth)
    event = (truth > limit)[known]
    chance = module.exceed_probability(made[keep], limit)[known]
    now = target.seen[:, days].T
    is_below = (now <= limit)[known]
    return {
        "auc": module.auc(event[is_below], chance[is_below]),
        "brier": float(((chance - event) ** 2).mean()),
    }


def room() -> float:
    """CPU seconds of one origin of invented places, all three horizons."""
    from vigie.hospital import ShareHistory, share_quantiles

    rng = np.random.default_rng(SEED)
    days = scaled(ROOM_DAYS, 200)
    steps = rng.normal(0, 0.02, (ROOM_PLACES, days)).cumsum(axis=1)
    share = np.clip(0.4 + 0.2 * np.sin(steps), 0.0, 1.0)
    dates = np.datetime64("2020-04-04") + np.arange(days)
    started = time.process_time()
    share_quantiles(ShareHistory(share, dates, (share[::-1], share * share)), HORIZONS)
    return time.process_time() - started


def run() -> list[Figure]:
    """Scores where the data are, and the cost of one origin."""
    size = f"{ROOM_PLACES} places x {ROOM_DAYS} days x {len(HORIZONS)} horizons"
    seconds = in_child("bench_shares", "room").answer
    figures = [Figure(f"pooled share model, one origin, {size}", seconds, "s CPU", None, COMMAND)]
    if not (SHARED / "tools" / "score_series.py").is_file():
        return figures
    found = in_child("bench_shares", "german_staff").answer
    for h in HORIZONS:
        figures += _figures(h, found[str(h)])
    name = "German units short of staff, 173 origins x 3 horizons"
    return [*figures, Figure(f"{name}, all of these", found["seconds"], "s CPU", 180, COMMAND)]


def _figures(h: int, told: dict[str, Any]) -> list[Figure]:
    name = f"German units short of staff, 16 states, 173 origins, {h} days"
    ratio = f"{name}: WIS / persistence"
    figures = [
        Figure(ratio, told["ratio"], "", RATIO[h], COMMAND),
        Figure(f"{ratio}, without the reset", told["no reset"], "", None, COMMAND),
        *(
            Figure(f"{ratio}, {year}", value, "", 1.0, COMMAND)
            for year, value in told["years"].items()
        ),
        Figure(f"{name}: 95 % range held", told["cover"], "", COVER[0], COMMAND, is_at_least=True),
        Figure(f"{name}: 95 % range held, not too often", told["cover"], "", COVER[1], COMMAND),
    ]
    if h in ALERT_HORIZONS:
        known = told["persistence_brier"]
        figures += [
            Figure(f"{name}: AUC of onsets", told["auc"], "", AUC[h], COMMAND, is_at_least=True),
            Figure(f"{name}: Brier of alerts", told["brier"], "", BRIER[h], COMMAND),
            Figure(f"{name}: Brier of alerts by persistence", known, "", None, COMMAND),
        ]
    return figures
