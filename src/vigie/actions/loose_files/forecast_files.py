"""Files of forecasts: their rows, written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from vigie.paths import QUANTILE_LEVELS, DateArray, FloatArray

__all__ = ["quantile_rows", "write_whole"]


def quantile_rows(
    origin: np.datetime64,
    id_column: str,
    series: Sequence[str],
    horizons: Sequence[int],
    forecast: FloatArray,
) -> pa.Table:
    """Rows of one origin: origin, the column that names the series, horizon, level and value.

    Args:
        origin: last date that the forecast knew.
        id_column: name of the column of the series.
        series: names, axis 0 of the forecast.
        horizons: in steps, axis 1.
        forecast: (series, horizon, level), the levels of ``vigie.paths.QUANTILE_LEVELS``.
    """
    count, steps, levels = forecast.shape
    day: DateArray = np.full(forecast.size, origin, dtype="datetime64[D]")
    return pa.table(
        {
            "origin": pa.array(day),
            id_column: pa.array(np.repeat(series, steps * levels), pa.string()),
            "horizon": pa.array(np.tile(np.repeat(horizons, levels), count), pa.int16()),
            "output_type_id": np.tile(QUANTILE_LEVELS, count * steps),
            "value": forecast.reshape(-1),
        }
    )


def write_whole(table: pa.Table, out: Path) -> None:
    """Write Parquet, or CSV if the name ends so; folders on the way are made.

    Under another name until it is whole: nobody reads or hands in half a forecast.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f"{out.name}.tmp")
    try:
        if out.suffix.lower() == ".csv":
            pcsv.write_csv(table, unfinished)
        else:
            pq.write_table(table, unfinished, compression="zstd")
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
