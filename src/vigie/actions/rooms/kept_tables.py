"""Small tables kept in the room's cache, each with a word on what it was made of."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["keep_table", "kept_table"]

_SOURCE = b"vigie.source"


def kept_table(file: Path, source: str) -> pa.Table | None:
    """A kept table; None when there is none, or it is damaged or made from something else.

    Args:
        file: Parquet.
        source: of what it should have been made.
    """
    try:
        table = pq.read_table(file, page_checksum_verification=True, partitioning=None)
    except (OSError, pa.ArrowInvalid):
        return None
    known = (table.schema.metadata or {}).get(_SOURCE)
    return table if known == source.encode() else None


def keep_table(file: Path, table: pa.Table, source: str) -> None:
    """Keep a table: whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    kept = table.replace_schema_metadata({_SOURCE: source.encode()})
    pq.write_table(kept, temporary, compression="zstd", write_page_checksum=True)
    temporary.replace(file)
