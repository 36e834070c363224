"""What happens to a file before it is stored: personal columns are pseudonymised or dropped.

The file as it was received is never stored when the feed has personal columns. A row whose
cells cannot be told apart is emptied, because nobody can say where its personal cell is; it is
later rejected by its number.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from vigie.errors import BadData
from vigie.feeds.csv_reader import read_csv_header
from vigie.feeds.declaration import Feed, IdentifierAct
from vigie.feeds.parquet_reader import open_parquet
from vigie.linkage import pseudonym, pseudonym_column

__all__ = ["protect"]

_CACHED = 1 << 18


def protect(path: Path, target: Path, feed: Feed, secret: bytes, name: str) -> None:
    """Write the file with its personal columns pseudonymised or dropped.

    Args:
        path: plain file as received.
        target: where to write.
        feed: says which columns, see `Feed.protected`.
        secret: key of the pseudonyms.
        name: what messages call the file.

    Raises:
        BadData: a personal column is not in the file, or the file cannot be read.
    """
    if feed.format.kind == "parquet":
        _protect_parquet(path, target, feed, secret, name)
    else:
        _protect_csv(path, target, feed, secret, name)


def _places(header: list[str], feed: Feed, name: str) -> Mapping[int, IdentifierAct]:
    acts = feed.protected()
    missing = [column for column in acts if column not in header]
    if missing:
        named = ", ".join(f'"{column}"' for column in missing)
        raise BadData(
            f"{name}: the personal column {named} is not in the file; it may have "
            "another name, so the file was not stored. Correct [identifiers] in "
            f"{feed.file}, then send the file again."
        )
    return {place: acts[column] for place, column in enumerate(header) if column in acts}


def _protect_csv(path: Path, target: Path, feed: Feed, secret: bytes, name: str) -> None:
    header, lines = read_csv_header(path, feed, name)
    acts = _places(header, feed, name)
    makers = {place: _maker(secret, feed.domain(header[place])) for place in acts}
    dropped = {place for place, act in acts.items() if act == "drop"}
    layout = feed.format
    encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
    try:
        with (
            path.open(encoding=encoding, newline="") as source,
            target.open("w", encoding=layout.encoding, newline="") as out,
        ):
            writer = csv.writer(out, delimiter=layout.delimiter, lineterminator="\n")
            for _ in range(lines):
                source.readline()
            for _ in range(layout.header_row - 1):
                out.write("\n")
            writer.writerow([cell for place, cell in enumerate(header) if place not in dropped])
            nulls = frozenset(layout.null_values)
            for cells in _rows(source, layout.delimiter):
                writer.writerow(_protected(cells, len(header), makers, dropped, nulls))
    except (UnicodeError, csv.Error) as error:
        raise BadData(
            f"{name}: the file cannot be read as {layout.encoding} CSV, so its personal "
            "columns could not be protected and it was not stored. Correct [format] in "
            f"{feed.file}, or ask for the file again."
        ) from error


def _rows(source: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    yield from csv.reader(source, delimiter=delimiter, strict=True)


def _maker(secret: bytes, domain: str) -> Callable[[str], str]:
    @functools.lru_cache(maxsize=_CACHED)
    def make(text: str) -> str:
        return pseudonym(secret, domain, text)

    return make


def _protected(
    cells: list[str],
    width: int,
    makers: Mapping[int, Callable[[str], str]],
    dropped: set[int],
    nulls: frozenset[str],
) -> list[str]:
    if len(cells) != width:
        return [] if not any(cell.strip() for cell in cells) else ["?"] * (width + 1)
    kept = []
    for place, cell in enumerate(cells):
        if place in dropped:
            continue
        is_personal = place in makers and cell.strip() not in nulls
        kept.append(makers[place](cell) if is_personal else cell)
    return kept


def _protect_parquet(path: Path, target: Path, feed: Feed, secret: bytes, name: str) -> None:
    with open_parquet(path, name) as file:
        header = file.schema_arrow.names
        acts = _places(header, feed, name)
        writer: pq.ParquetWriter | None = None
        try:
            for batch in file.iter_batches():
                table = _protected_table(pa.table(batch), acts, feed, secret)
                writer = writer or pq.ParquetWriter(target, table.schema, compression="zstd")
                writer.write_table(table)
            if writer is None:
                empty = _protected_table(file.schema_arrow.empty_table(), acts, feed, secret)
                pq.write_table(empty, target)
        finally:
            if writer is not None:
                writer.close()


def _protected_table(
    table: pa.Table, acts: Mapping[int, IdentifierAct], feed: Feed, secret: bytes
) -> pa.Table:
    names = table.column_names
    for place, act in acts.items():
        column = names[place]
        number = table.column_names.index(column)
        if act == "drop":
            table = table.remove_column(number)
        else:
            made = pseudonym_column(secret, feed.domain(column), table[column])
            table = table.set_column(number, column, made)
    return table
