"""Data files: written once, named by their SHA-256, read by Iceberg field ids."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from vigie.durable import is_disk_full, sha256_of, sync
from vigie.errors import DamagedFile, OutOfSpace
from vigie.schemas import Table

__all__ = ["DataFile", "Durable", "Engine", "FileStore", "nothing_durable", "read_sql"]

Durable = Callable[[str], None]
Parameters = Sequence[object] | Mapping[str, object]

_BLOCK = 1 << 20
_SQL_TYPES: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.float64(): "DOUBLE",
    pa.float32(): "FLOAT",
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.list_(pa.float32()): "FLOAT[]",
}


class Engine(Protocol):
    """What the lake asks of an engine."""

    def query(
        self,
        sql: str,
        tables: Mapping[str, pa.Table | pa.RecordBatchReader] | None = None,
        parameters: Parameters = (),
    ) -> pa.Table:
        """Run one statement, return its rows."""
        ...

    def batches(
        self,
        sql: str,
        tables: Mapping[str, pa.Table | pa.RecordBatchReader] | None = None,
        parameters: Parameters = (),
        *,
        rows: int = ...,
    ) -> Iterator[pa.RecordBatch]:
        """Run one statement, yield its rows in batches."""
        ...


@dataclass(frozen=True, slots=True)
class DataFile:
    """One immutable Parquet file of the lake.

    Attributes:
        path: relative to the lake; its stem is the SHA-256 of the bytes.
        rows: number of rows.
        bytes: length.
        partition: value of the table's partition column, or None.
    """

    path: str
    rows: int
    bytes: int
    partition: str | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return self.path.rsplit("/", 1)[1].removesuffix(".parquet")


def nothing_durable(step: str) -> None:
    """The hook that does nothing: what runs when nobody watches the durable steps."""


@contextmanager
def disk_errors(where: str) -> Iterator[None]:
    """Turn "disk full" into the error of this product, naming what was being written."""
    try:
        yield
    except Exception as error:
        if is_disk_full(error):
            raise OutOfSpace(
                f"The disk is full: {where} could not be written. Nothing acknowledged was lost "
                "and nothing half-written is visible. Free some space and run again."
            ) from error
        raise


def read_sql(table: Table, paths: Sequence[str]) -> str:
    """SQL of a relation that reads data files by field id, whatever their columns are named.

    Args:
        table: the named table; columns that a file lacks read as null.
        paths: absolute paths; none gives an empty relation of the same columns.

    A file without field ids would read wrongly without an error; the store never writes one.
    """
    if not paths:
        columns = ", ".join(
            f'NULL::{_SQL_TYPES[each.type]} AS "{each.name}"' for each in table.columns
        )
        return f"(SELECT {columns} WHERE false)"
    files = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    fields = ", ".join(
        f"{each.field_id}: {{name: '{each.name}', type: '{_SQL_TYPES[each.type]}', "
        "default_value: NULL}"
        for each in table.columns
    )
    return f"read_parquet([{files}], schema = MAP {{{fields}}})"


class FileStore:
    """Writes, verifies and removes the data files below one folder."""

    def __init__(self, root: Path, durable: Durable = nothing_durable) -> None:
        """Args:
        root: the lake's folder, made when missing.
        durable: called with a name before and after each durable effect.
        """
        self.root = root
        self._durable = durable
        self._verified: set[str] = set()
        self._lock = threading.Lock()

    def absolute(self, file: DataFile | str) -> str:
        """Absolute path of a data file."""
        return str(self.root / (file if isinstance(file, str) else file.path))

    def write(
        self,
        table: Table,
        batches: Iterator[pa.RecordBatch],
        partition: str | None = None,
        row_group: int = 200_000,
    ) -> DataFile | None:
        """Write batches as one file, durable before it is named; None when there are no rows.

        Raises:
            OutOfSpace: the disk is full; no file is left.
            ValueError: a required column holds a null.
        """
        schema = table.arrow_schema()
        folder = f"data/{table.name}" + (f"/{table.partition}={partition}" if partition else "")
        target = self.root / folder
        temporary = target / f".{uuid.uuid4().hex}.tmp"
        with disk_errors(f"a file of table {table.name}"):
            target.mkdir(parents=True, exist_ok=True)
            try:
                rows = _write_parquet(temporary, schema, batches, row_group)
                if rows == 0:
                    return None
                size, digest = _seal(temporary)
                self._durable(f"lake: file of {table.name} written")
                final = target / f"{digest}.parquet"
                temporary.rename(final)
                sync(target)
                self._durable(f"lake: file of {table.name} named")
            finally:
                temporary.unlink(missing_ok=True)
        with self._lock:
            self._verified.add(f"{folder}/{digest}.parquet")
        return DataFile(f"{folder}/{digest}.parquet", rows, size, partition)

    def verify(self, file: DataFile, *, again: bool = False) -> None:
        """Check length and SHA-256 of a file, once per process unless asked again.

        Raises:
            DamagedFile: the file is missing or its bytes are not those that were written.
        """
        if not again and file.path in self._verified:
            return
        path = self.root / file.path
        try:
            size = path.stat().st_size
            digest = sha256_of(path) if size == file.bytes else ""
        except FileNotFoundError:
            size, digest = -1, ""
        if digest != file.sha256:
            seen = "is missing" if size < 0 else "is not what was written (its SHA-256 differs)"
            table = file.path.split("/")[1]
            raise DamagedFile(
                f"Lake file {file.path} of table {table} {seen}. Restore it from a backup "
                "(vigie restore), or make the lake again from the arrivals (vigie rebuild)."
            )
        with self._lock:
            self._verified.add(file.path)


def _write_parquet(
    path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch], row_group: int
) -> int:
    """Write the batches, each in a second thread while the next one is computed; rows written."""
    rows = 0
    writer: pq.ParquetWriter | None = None
    try:
        with ThreadPoolExecutor(max_workers=1) as pool:
            written: Future[None] | None = None
            for batch in batches:
                if batch.num_rows == 0:
                    continue
                if written is not None:
                    written.result()
                if writer is None:
                    writer = pq.ParquetWriter(path, schema, **_encoding(schema))
                written = pool.submit(_write_batch, writer, schema, batch, row_group)
                rows += batch.num_rows
            if written is not None:
                written.result()
    finally:
        if writer is not None:
            writer.close()
    return rows


def _write_batch(
    writer: pq.ParquetWriter, schema: pa.Schema, batch: pa.RecordBatch, row_group: int
) -> None:
    for field in schema:
        if not field.nullable and batch.column(field.name).null_count:
            raise ValueError(f"column {field.name} is required and holds a null")
    table = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
    writer.write_table(table, row_group_size=row_group)


def _encoding(schema: pa.Schema) -> dict[str, object]:
    """How columns are written: dictionaries for text only; samples split by byte.

    Measured on 20,000 rows of 1,000 samples: 0.5 s and 58 MB, against 1.6 s and 82 MB by default.
    """
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    lists = [field.name for field in schema if pa.types.is_list(field.type)]
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": texts,
        "column_encoding": {f"{name}.list.element": "BYTE_STREAM_SPLIT" for name in lists} or None,
    }


def _seal(path: Path) -> tuple[int, str]:
    """Force a file to disk; its length and SHA-256."""
    sync(path)
    return path.stat().st_size, sha256_of(path)
