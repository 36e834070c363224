"""Reads Parquet files into batches of the columns a feed uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vigie.errors import BadData
from vigie.feeds.batches import Batch, check_header
from vigie.feeds.declaration import Feed

__all__ = ["MAX_ROWS", "open_parquet", "read_parquet"]

MAX_ROWS = 200_000_000
_BATCH_ROWS = 131_072


def open_parquet(path: Path, name: str) -> pq.ParquetFile:
    """A Parquet file with a readable foot and a bounded number of rows.

    Raises:
        BadData: not Parquet, damaged, or too many rows.
    """
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadData(f"{name}: not a readable Parquet file. Send it again.") from error
    if file.metadata.num_rows > MAX_ROWS:
        raise BadData(
            f"{name}: the file declares {file.metadata.num_rows:,} rows, and at most "
            f"{MAX_ROWS:,} are taken. Split it."
        )
    return file


def read_parquet(path: Path, feed: Feed, name: str) -> Iterator[Batch]:
    """Batches of the columns that the feed uses, with their types.

    Raises:
        BadData: not Parquet, damaged, or a header that does not fit.
    """
    with open_parquet(path, name) as file:
        check_header(file.schema_arrow.names, feed, name)
        start = 1
        try:
            for found in file.iter_batches(_BATCH_ROWS, columns=list(feed.file_columns())):
                rows = np.arange(start, start + found.num_rows, dtype=np.int64)
                start += found.num_rows
                yield Batch(rows, {column: found.column(column) for column in feed.file_columns()})
        except (pa.ArrowInvalid, OSError) as error:
            raise BadData(
                f"{name}: the Parquet file is damaged after row {start - 1}. Send it again."
            ) from error
