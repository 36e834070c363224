"""Reads a database by one SELECT, rows above the last key seen, into a Parquet file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from vigie.errors import BadData, SourceUnavailable, nearest
from vigie.feeds.declaration import Feed
from vigie.feeds.durable_files import guard_space
from vigie.feeds.query_gate import query_mistake

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult

__all__ = ["MAX_QUERY_ROWS", "fetch_sql"]

MAX_QUERY_ROWS = 20_000_000
_PART = 10_000
_DIALECTS = {"postgresql": "postgres", "mssql": "tsql"}


def fetch_sql(
    feed: Feed,
    inbox: Path,
    memory: Mapping[str, str],
    environment: Mapping[str, str],
    *,
    max_rows: int = MAX_QUERY_ROWS,
) -> tuple[Path, str, dict[str, str]] | None:
    """Run the query of a feed in a transaction that is rolled back.

    Args:
        feed: with source.url_env, query and, for reading on from the last row, key.
        inbox: where the file is written.
        memory: "key" of the last row seen.
        environment: holds the address under the name url_env.
        max_rows: more are refused.

    Returns:
        Path of a Parquet file, its name, and the new memory; None when there is no new row.

    Raises:
        SourceUnavailable: no address, no driver, no connection, or the query fails. The address
            is never in the message.
        BadData: the query does more than read, or the key is none of its columns.
    """
    import sqlalchemy

    address = environment.get(feed.source.url_env, "")
    if not address:
        raise SourceUnavailable(
            f"Feed {feed.name}: the environment variable {feed.source.url_env} "
            "is not set. Set it to the address of the database."
        )
    try:
        engine = sqlalchemy.create_engine(address, poolclass=sqlalchemy.NullPool)
    except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError, ImportError):
        raise SourceUnavailable(
            f"Feed {feed.name}: the address in {feed.source.url_env} is wrong, or the driver of "
            "the database is not installed."
        ) from None
    dialect = engine.dialect.name
    mistake = query_mistake(feed.source.query, _DIALECTS.get(dialect, dialect))
    if mistake:
        raise BadData(f"Feed {feed.name}: the query {mistake}. Write one SELECT.")
    try:
        with engine.connect() as connection:
            _only_read(connection, dialect)
            table = _read(connection, feed, memory, max_rows)
            connection.rollback()
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise SourceUnavailable(
            f"Feed {feed.name}: the database did not answer the query ({type(error).__name__}). "
            "Check the query and the rights of the account."
        ) from None
    finally:
        engine.dispose()
    return None if table.num_rows == 0 else _written(feed, inbox, memory, table)


def _only_read(connection: Connection, dialect: str) -> None:
    """Ask the database itself to refuse writing, where it can."""
    statements = {
        "postgresql": "SET TRANSACTION READ ONLY",
        "mysql": "SET TRANSACTION READ ONLY",
        "mariadb": "SET TRANSACTION READ ONLY",
        "sqlite": "PRAGMA query_only = ON",
    }
    if dialect in statements:
        connection.exec_driver_sql(statements[dialect])


def _read(connection: Connection, feed: Feed, memory: Mapping[str, str], max_rows: int) -> pa.Table:
    import sqlalchemy

    query, key = feed.source.query.strip().rstrip(";"), feed.source.key
    values: dict[str, object] = {}
    if key:
        column = connection.dialect.identifier_preparer.quote(key)
        last = memory.get("key", "")
        where = f" WHERE {column} > :last_key" if last else ""
        values = {"last_key": _from_text(last)} if last else {}
        query = f"SELECT * FROM (\n{_escaped(query)}\n) AS source{where} ORDER BY {column}"
    else:
        query = _escaped(query)
    result = connection.execute(sqlalchemy.text(query), values)
    names = list(result.keys())
    if key and key not in names:
        raise BadData(
            f'Feed {feed.name}: the key "{key}" is no column of the query (nearest: '
            f"{nearest(key, names)}). Correct key in [source]."
        )
    return _gather(result, names, feed, max_rows)


def _escaped(query: str) -> str:
    """Colons of the query are its own: none of them names a parameter."""
    return query.replace(":", r"\:")


def _gather(
    result: CursorResult[tuple[object, ...]], names: Sequence[str], feed: Feed, max_rows: int
) -> pa.Table:
    parts: list[pa.Table] = []
    count = 0
    while rows := result.fetchmany(_PART):
        count += len(rows)
        if count > max_rows:
            raise BadData(
                f"Feed {feed.name}: the query gives more than {max_rows:,} rows. Narrow "
                "it, or declare a key."
            )
        columns = zip(*rows, strict=True)
        try:
            parts.append(
                pa.table({name: _array(cells) for name, cells in zip(names, columns, strict=True)})
            )
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise _mixed(feed) from error
    try:
        return pa.concat_tables(parts, promote_options="permissive") if parts else pa.table({})
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise _mixed(feed) from error


def _mixed(feed: Feed) -> BadData:
    return BadData(f"Feed {feed.name}: a column of the query mixes types. Cast it in the query.")


def _array(cells: Sequence[object]) -> pa.Array:
    plain = [float(cell) if isinstance(cell, Decimal) else cell for cell in cells]
    return pa.array(plain)


def _written(
    feed: Feed, inbox: Path, memory: Mapping[str, str], table: pa.Table
) -> tuple[Path, str, dict[str, str]]:
    path = inbox / "query.parquet"
    with guard_space(f"the result of feed {feed.name}"):
        pq.write_table(table, path, compression="zstd")
    new = dict(memory)
    if feed.source.key:
        new["key"] = _to_text(table[feed.source.key][-1].as_py())
    return path, f"{feed.name}.parquet", new


def _to_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return json.dumps([type(value).__name__, value.isoformat()])
    return json.dumps([type(value).__name__, value])


def _from_text(text: str) -> object:
    kind, value = json.loads(text)
    if kind == "datetime":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind == "date" else value
