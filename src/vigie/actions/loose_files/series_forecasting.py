"""Forecasts of the series of a file, each origin from what came before it alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from vigie.actions.loose_files.forecast_files import quantile_rows, write_whole
from vigie.actions.loose_files.series_files import read_origins, read_series, wanted_steps
from vigie.epidemiology import MONTHLY_MODEL, POOLED_MODEL, monthly_quantiles, pooled_quantiles
from vigie.errors import BadData
from vigie.paths import FloatArray, joint_draws

__all__ = ["SeriesForecast", "forecast_series"]

_SEED = 20200301
_SAMPLES = 1_000
_MOST_STEPS = {"day": 366, "month": 60}


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """What was written.

    Attributes:
        file: quantiles, one row an origin, series, horizon and level.
        model: name of the model.
        step: day or month.
        origins, series, rows: how many.
    """

    file: Path
    model: str
    step: str
    origins: int
    series: int
    rows: int


def forecast_series(
    data: Path,
    target: str,
    origins: Path,
    horizons: Sequence[int],
    out: Path,
    *,
    id_column: str = "",
    progress: Callable[[str], None] = lambda line: None,
) -> SeriesForecast:
    """Forecast every series of a file from each origin, from the values up to that origin alone.

    Args:
        data: Parquet or CSV in long form: a column date or month, one that names the series, and
            the target. Other columns are not read.
        target: column of the counts.
        origins: Parquet or CSV with a column origin: the last date that each forecast may know.
        horizons: in steps (days or months) from the origin, >= 1.
        out: file to write, Parquet, or CSV if its name ends so: origin, the column that names the
            series, horizon, output_type_id (level) and value.
        id_column: column that names the series; "": the one that, with the date, is never twice
            the same.
        progress: called with a line for people.

    Raises:
        NotFound: a file is not there.
        BadData: a file or a horizon is not as described; the message says what and where.
    """
    given = read_series(data, target, id_column)
    dates = read_origins(origins, given)
    steps = wanted_steps(horizons, given.step, _MOST_STEPS[given.step])
    tables = []
    for count, origin in enumerate(dates, start=1):
        progress(f"Origin {origin}, {count} of {len(dates)}")
        known = given.values[:, given.dates <= origin]
        if not np.isfinite(known).any():
            raise BadData(f"{data}: no series has a value up to the origin {origin}.")
        found = _forecast(given.step, known, origin, steps)
        tables.append(quantile_rows(origin, given.id_column, given.series, steps, found))
    written = pa.concat_tables(tables)
    write_whole(written, out)
    model = POOLED_MODEL if given.step == "day" else MONTHLY_MODEL
    return SeriesForecast(out, model, given.step, len(dates), len(given.series), written.num_rows)


def _forecast(
    step: str, known: FloatArray, origin: np.datetime64, horizons: Sequence[int]
) -> FloatArray:
    """(series, horizon, level), from (series, time) up to the origin."""
    rng = np.random.default_rng([_SEED, int(origin.astype("datetime64[D]").astype(int)) + 10**6])
    draws = joint_draws(rng, horizons[-1], _SAMPLES)
    model = pooled_quantiles if step == "day" else monthly_quantiles
    return model(known[:, None], horizons, draws)[:, 0]
