"""DuckDB in memory: SQL over Arrow tables and Parquet files, bounded in threads and memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from vigie.errors import OutOfSpace

__all__ = ["DuckEngine"]

Parameters = Sequence[object] | Mapping[str, object]


# Without external access DuckDB loads no extension and opens no address, but also reads only the
# files that are allowed: those of this machine.
_CONFINEMENT = (
    "SET TimeZone = 'UTC'",
    "SET custom_extension_repository = '/nowhere'",
    "SET allowed_directories = ['/']",
    "SET enable_external_access = false",
)


class DuckEngine:
    """Runs SQL in memory-only databases; nothing outlives a call.

    Each thread has one connection. It reads files of this machine and no address, and refuses
    to load extensions; no statement can change that.
    """

    Error = duckdb.Error
    """What a wrong statement raises."""

    version = f"duckdb {duckdb.__version__}"
    """Name and version: part of what a dataset is built from."""

    def __init__(self, *, threads: int, memory_limit: str, scratch: Path) -> None:
        """Args:
        threads: worker threads of one query.
        memory_limit: as DuckDB writes it, e.g. "1500MB"; more spills to scratch.
        scratch: folder for spilled data; made when first needed, emptied by DuckDB.
        """
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(scratch),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
        self._local = threading.local()

    @staticmethod
    def said(error: Exception) -> str:
        """What an error of the engine says of names and words; values it may quote are left out.

        Args:
            error: of type ``Error``.
        """
        names = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
        if isinstance(error, names):
            return str(error).splitlines()[0]
        return "its SQL does not fit the values it meets"

    def _connection(self) -> duckdb.DuckDBPyConnection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = duckdb.connect(":memory:", config=self._config)
            for statement in _CONFINEMENT:
                connection.execute(statement)
            self._local.connection = connection
        return connection

    @contextmanager
    def _cursor(
        self, tables: Mapping[str, pa.Table | pa.RecordBatchReader]
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection()
        try:
            for name, table in tables.items():
                cursor.register(name, table)
            yield cursor
        except duckdb.OutOfMemoryException as error:
            raise OutOfSpace(
                f"The query engine ran out of memory or scratch disk: {error}. Free disk space "
                "or raise engine.memory_limit in vigie.toml."
            ) from error
        finally:
            for name in tables:
                cursor.unregister(name)

    def query(
        self,
        sql: str,
        tables: Mapping[str, pa.Table | pa.RecordBatchReader] | None = None,
        parameters: Parameters = (),
    ) -> pa.Table:
        """Run one statement and return its rows.

        Args:
            sql: one DuckDB statement; "?" for parameters.
            tables: Arrow tables or readers, by the name that the statement uses.
            parameters: values of the "?" in order, or of "$name" by name.
        """
        with self._cursor(tables or {}) as cursor:
            return cursor.sql(sql, params=_bound(parameters)).to_arrow_table()

    def batches(
        self,
        sql: str,
        tables: Mapping[str, pa.Table | pa.RecordBatchReader] | None = None,
        parameters: Parameters = (),
        *,
        rows: int = 100_000,
    ) -> Iterator[pa.RecordBatch]:
        """Run one statement and yield its rows in batches of about ``rows`` rows."""
        with self._cursor(tables or {}) as cursor:
            yield from cursor.sql(sql, params=_bound(parameters)).to_arrow_reader(rows)

    def script(self, statements: Sequence[str]) -> None:
        """Run statements for their effect within this thread's database (temporary tables)."""
        with self._cursor({}) as cursor:
            for statement in statements:
                cursor.execute(statement)


def _bound(parameters: Parameters) -> list[object] | dict[str, object]:
    return dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
