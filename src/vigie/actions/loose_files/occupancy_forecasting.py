"""Forecasts of patients in intensive care from a folder of files, each origin from its own past."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vigie.actions.loose_files.forecast_files import quantile_rows, write_whole
from vigie.actions.loose_files.series_files import (
    SeriesFile,
    read_origins,
    read_series,
    wanted_steps,
)
from vigie.errors import BadData, NotFound
from vigie.hospital import OCCUPANCY_MODEL, OccupancyHistory, occupancy_quantiles
from vigie.paths import FloatArray

__all__ = ["OccupancyForecast", "forecast_occupancy"]

_MOST_DAYS = 60
_PLACE, _TARGET = "dep", "icu"
_SIGNALS = {
    "hospital_occupancy": ("occupancy.parquet", "hosp"),
    "admissions": ("admissions.parquet", "adm_icu"),
    "hospital_admissions": ("admissions.parquet", "adm_hosp"),
}
"""File and column of what moves occupancy, by attribute of ``OccupancyHistory``."""


@dataclass(frozen=True, slots=True)
class OccupancyForecast:
    """What was written.

    Attributes:
        file: quantiles, one row an origin, place, horizon and level.
        model: name of the model.
        known: columns that were read.
        origins, series, rows: how many.
    """

    file: Path
    model: str
    known: tuple[str, ...]
    origins: int
    series: int
    rows: int


def forecast_occupancy(
    data: Path,
    origins: Path,
    out: Path,
    *,
    horizons: Sequence[int] = (7, 14),
    progress: Callable[[str], None] = lambda line: None,
) -> OccupancyForecast:
    """Forecast patients in intensive care of every place, from each origin.

    Args:
        data: folder with ``occupancy.parquet`` (date, dep, icu, maybe hosp) and maybe
            ``admissions.parquet`` (date, dep, adm_icu, adm_hosp); other files are not read.
        origins: Parquet or CSV with a column origin: the last date that each forecast may know.
        out: file to write, Parquet, or CSV if its name ends so: origin, dep, horizon,
            output_type_id (level) and value.
        horizons: days from the origin, 1 to 60.
        progress: called with a line for people.

    Raises:
        NotFound: a file is not there.
        BadData: a file or a horizon is not as described; the message says what and where.
    """
    if not data.is_dir():
        raise NotFound(f"No folder {data}. It should hold occupancy.parquet.")
    steps = wanted_steps(horizons, "day", _MOST_DAYS)
    given = read_series(data / "occupancy.parquet", _TARGET, _PLACE)
    if given.step != "day":
        raise BadData(f"{given.file}: occupancy by {given.step}; days are needed.")
    signals = {
        name: on_grid
        for name, (file, column) in _SIGNALS.items()
        if (on_grid := _signal(given, data / file, column)) is not None
    }
    tables = []
    dates = read_origins(origins, given)
    for count, origin in enumerate(dates, start=1):
        progress(f"Origin {origin}, {count} of {len(dates)}")
        found = occupancy_quantiles(_history(given, signals, origin), steps)
        tables.append(quantile_rows(origin, _PLACE, given.series, steps, found))
    written = pa.concat_tables(tables)
    write_whole(written, out)
    known = (_TARGET, *(_SIGNALS[name][1] for name in signals))
    return OccupancyForecast(
        out, OCCUPANCY_MODEL, known, len(dates), len(given.series), written.num_rows
    )


def _signal(given: SeriesFile, file: Path, column: str) -> FloatArray | None:
    """(place, day) on the grid of the occupancy; None where there is no such file or column."""
    if not file.is_file() or column not in pq.read_schema(file).names:
        return None
    found = read_series(file, column, _PLACE)
    row = {name: at for at, name in enumerate(found.series)}
    shift = int((found.dates[0] - given.dates[0]) // np.timedelta64(1, "D"))
    on_grid = np.full(given.values.shape, np.nan)
    first, last = max(shift, 0), min(shift + len(found.dates), len(given.dates))
    for at, name in enumerate(given.series):
        if name in row and first < last:
            on_grid[at, first:last] = found.values[row[name], first - shift : last - shift]
    return on_grid


def _history(
    given: SeriesFile, signals: dict[str, FloatArray], origin: np.datetime64
) -> OccupancyHistory:
    """What was known up to an origin."""
    days = given.dates <= origin
    known = given.values[:, days]
    if not np.isfinite(known).any():
        raise BadData(f"{given.file}: no place has a value up to the origin {origin}.")
    if known.shape[1] < 2:
        raise BadData(f"{given.file}: the origin {origin} knows one day only; a past is needed.")
    return OccupancyHistory(known, **{name: each[:, days] for name, each in signals.items()})
