"""Patients in intensive care of the French départements: scores against persistence.

Needs the official data and the reference scorer, as ``bench_series`` does; AutoETS is measured on
the same origins when statsforecast can be imported. The nation's error is
that of the flow alone, in the period of a published ensemble (Institut Pasteur, 6 and 11 %).
"""

from __future__ import annotations

import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.bench_series import SHARED, scorer
from benchmarks.figures import Figure
from benchmarks.peer_autoets import autoets_forecast, has_autoets

COMMAND = "make bench ONLY=occupancy"
ORIGINS = {
    "25": (date(2020, 5, 4), date(2020, 10, 19), 7),
    "6": (date(2020, 5, 11), date(2020, 9, 28), 28),
    "7": (date(2020, 9, 7), date(2020, 10, 19), 7),
}
BUDGETS = {"25": (0.56, 0.54), "6": (0.55, 0.53), "7": (0.70, 0.65)}
HORIZONS = (7, 14)
PEER_ORIGINS = "6"
PEER_DAYS = 60
"""Its ranges are hardly served by fewer; of 30, 60, 90, 120 and all days, 30 and 60 score best."""
NATION = (np.datetime64("2020-09-07"), np.datetime64("2021-01-05"), 3)


def _made(data: Path, name: str, folder: Path) -> Path:
    from vigie.actions.loose_files.occupancy_forecasting import forecast_occupancy

    first, last, step = ORIGINS[name]
    days = range(0, (last - first).days + 1, step)
    lines = [str(first + timedelta(days=day)) for day in days]
    origins, out = folder / "origins.csv", folder / f"{name}.parquet"
    origins.write_text("\n".join(["origin", *lines]), encoding="utf-8")
    forecast_occupancy(data, origins, out)
    return out


def _alone(folder: Path) -> Path:
    """A folder that holds intensive care alone."""
    import pyarrow.parquet as pq

    data = folder / "alone"
    data.mkdir()
    table = pq.read_table(
        SHARED / "data/fr_sivic/occupancy.parquet", columns=["date", "dep", "icu"]
    )
    pq.write_table(table, data / "occupancy.parquet")
    return data


def _places(data: Path, label: str, folder: Path, *, has_budget: bool) -> list[Figure]:
    module = scorer()
    figures = []
    for name in ORIGINS:
        target = module.load_target("icu", SHARED / "data", name)
        found = module.read_forecast(str(_made(data, name, folder)), target)
        base = module.baseline(target)
        for horizon, budget in zip(HORIZONS, BUDGETS[name], strict=True):
            truth = target.truth(horizon)
            ratio = module.wis(found[horizon], truth).sum() / module.wis(base[horizon], truth).sum()
            inside = float(module.covered(found[horizon], truth, 0.95).mean())
            title = f"French intensive care{label}, {name} origins, {horizon} days"
            figures.append(Figure(f"{title}: WIS over persistence's", float(ratio), "",
                                  budget if has_budget else None, COMMAND))  # fmt: skip
            if has_budget:
                figures += [
                    Figure(f"{title}: 95 % range held, not below", inside, "", 0.90, COMMAND,
                           is_at_least=True),
                    Figure(f"{title}: 95 % range held, not above", inside, "", 0.98, COMMAND),
                ]  # fmt: skip
    return figures


def _autoets() -> list[Figure]:
    """AutoETS per département on the 6 origins, with a season of 7 days and without one."""
    if not has_autoets():
        print("  statsforecast is not installed (make install-peers): no figures of AutoETS")
        return []
    module = scorer()
    target = module.load_target("icu", SHARED / "data", PEER_ORIGINS)
    base = module.baseline(target)
    figures = []
    for season, words in ((7, "season of 7 days"), (1, "no season")):
        started = time.process_time()
        made = autoets_forecast(
            target, np.asarray(module.LEVELS), HORIZONS, season=season, past_days=PEER_DAYS
        )
        seconds = time.process_time() - started
        peer = f"peer AutoETS, {words}, French intensive care, {PEER_ORIGINS} origins"
        for horizon in HORIZONS:
            truth, found = target.truth(horizon), made[horizon]
            ratio = module.wis(found, truth).sum() / module.wis(base[horizon], truth).sum()
            inside = float(module.covered(found, truth, 0.95).mean())
            figures += [
                Figure(f"{peer}, {horizon} days: WIS over persistence's", float(ratio), "", None,
                       COMMAND),
                Figure(f"{peer}, {horizon} days: 95 % range held", inside, "", None, COMMAND),
            ]  # fmt: skip
        figures.append(Figure(f"{peer}: CPU", seconds, "s", None, COMMAND))
    return figures


def _nation() -> list[Figure]:
    import polars as pl

    from vigie.hospital import continued_flow

    rows = pl.read_parquet(SHARED / "data/fr_sivic/national.parquet").sort("date")
    days = rows["date"].to_numpy().astype("datetime64[D]")
    beds, came = (rows[name].to_numpy().astype(float) for name in ("icu", "adm_icu"))
    origins = np.arange(NATION[0], NATION[1] + 1, NATION[2])
    at = ((origins - days[0]) // np.timedelta64(1, "D")).astype(int)
    figures = []
    for horizon, budget in zip(HORIZONS, (5.5, 13.0), strict=True):
        errors = [
            abs(continued_flow(beds[: t + 1], came[: t + 1], horizon) / beds[t + horizon] - 1)
            for t in at
        ]
        title = f"French nation, {len(at)} origins, intensive care {horizon} days ahead: error"
        figures.append(Figure(title, 100 * float(np.mean(errors)), "%", budget, COMMAND))
    return figures


def run() -> list[Figure]:
    """Nothing where the data are not there."""
    data = SHARED / "data" / "fr_sivic"
    if not data.is_dir() or not (SHARED / "tools" / "score_series.py").is_file():
        print("  the official data are not there: no figures")
        return []
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as folder:
        started = time.process_time()
        figures = _places(data, "", Path(folder), has_budget=True)
        seconds = time.process_time() - started
        figures += _places(_alone(Path(folder)), " from beds alone", Path(folder), has_budget=False)
    cost = Figure(
        "French intensive care, 38 origins, both horizons: CPU", seconds, "s", None, COMMAND
    )
    return [*figures, cost, *_autoets(), *_nation()]
