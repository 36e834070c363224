"""EpiEstim (R) and epyestim (Python) on the same daily admissions, where they are installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from vigie.paths import FloatArray

__all__ = ["epiestim", "epyestim", "has_epiestim", "has_epyestim"]

WINDOW_DAYS = 7
PRIOR_MEAN, PRIOR_SD = 1.0, 1.0
_R = """
suppressMessages(library(EpiEstim))
counts <- as.matrix(read.csv("counts.csv", header = FALSE))
w <- scan("generation.csv", quiet = TRUE)
days <- ncol(counts)
start <- seq(2, days - 6)
began <- proc.time()
out <- lapply(seq_len(nrow(counts)), function(i) {
  r <- estimate_R(counts[i, ], method = "non_parametric_si", config = make_config(list(
    si_distr = w, t_start = start, t_end = start + 6, mean_prior = 1, std_prior = 1)))$R
  as.matrix(r[, c("Quantile.0.05(R)", "Median(R)", "Quantile.0.95(R)")])
})
took <- proc.time() - began
write.table(do.call(rbind, out), "found.csv", sep = ",", row.names = FALSE, col.names = FALSE)
cat(took[["user.self"]] + took[["sys.self"]])
"""


def has_epiestim() -> bool:
    """R and its package EpiEstim can be run."""
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('EpiEstim', quietly = TRUE))"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


def has_epyestim() -> bool:
    """The Python package epyestim can be imported."""
    return find_spec("epyestim") is not None


def epiestim(
    counts: FloatArray, generation: FloatArray, shift_days: int
) -> tuple[FloatArray, float]:
    """Weekly windows, the admissions taken for infections some days before.

    Args:
        counts: (place, day).
        generation: (lag,), 0 on day 0.
        shift_days: days by which estimates are moved back.

    Returns:
        (3, place, day), 5, 50 and 95 % quantile, NaN where there is none; CPU seconds in all.
    """
    with tempfile.TemporaryDirectory(prefix="vigie-epiestim-") as name:
        folder = Path(name)
        np.savetxt(folder / "counts.csv", counts, fmt="%d", delimiter=",")
        np.savetxt(folder / "generation.csv", generation)
        (folder / "run.R").write_text(_R)
        done = subprocess.run(
            ["Rscript", "run.R"], cwd=folder, check=True, capture_output=True, text=True
        )
        found = np.loadtxt(folder / "found.csv", delimiter=",").reshape(len(counts), -1, 3)
    out = np.full((3, *counts.shape), np.nan)
    # The estimate of a window stands at its middle, moved back by the delay.
    first = 1 + WINDOW_DAYS - 1 - WINDOW_DAYS // 2 - shift_days
    for step in range(found.shape[1]):
        if 0 <= first + step < counts.shape[1]:
            out[:, :, first + step] = found[:, step].T
    return out, float(done.stdout.strip().split()[-1])


def epyestim(
    counts: FloatArray, generation: FloatArray, admission: FloatArray
) -> tuple[FloatArray, float]:
    """Deconvolved bootstrap samples of 100, weekly windows; shapes as of ``epiestim``."""
    import pandas
    from epyestim.main import bagging_r

    out = np.full((3, *counts.shape), np.nan)
    began = time.process_time()
    for place, own in enumerate(counts):
        dates = pandas.date_range("2020-01-01", periods=len(own))
        found = bagging_r(
            pandas.Series(own.astype(int), index=dates),
            generation,
            admission,
            a_prior=1.0,
            b_prior=1.0,
            smoothing_window=21,
            r_window_size=WINDOW_DAYS,
            quantiles=(0.05, 0.5, 0.95),
        )
        day = (found.index - dates[0]).days.to_numpy()
        inside = (day >= 0) & (day < len(own))
        out[:, place, day[inside]] = found[["Q0.05", "Q0.5", "Q0.95"]].to_numpy()[inside].T
    return out, time.process_time() - began
