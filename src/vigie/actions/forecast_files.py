"""Files of forecasts, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

__all__ = ["write_whole"]


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
