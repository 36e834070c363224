"""The header and some cells of a received file, for screening. Nothing of it is kept."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vigie.errors import BadData
from vigie.feeds.declaration import Feed
from vigie.feeds.parquet_reader import open_parquet
from vigie.feeds.unpack import BombFound, PackedFile, content_kind
from vigie.feeds.workbook_reader import workbook_rows

__all__ = ["Sample", "sample_of"]

_ROWS = 1_000
_END_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Sample:
    """What screening looks at.

    Attributes:
        header: names of the columns.
        cells: some cells of each column, from the first and the last rows.
    """

    header: Sequence[str]
    cells: Mapping[str, Sequence[object]] = field(default_factory=dict)


def sample_of(path: Path, feed: Feed, name: str) -> Sample:
    """The header and cells of up to 1,000 first and some last rows, by what the file really is.

    A packed file is read to its end, so that its bounds are known before it is stored.

    Raises:
        BadData: it cannot be opened, so nobody can say what is in it.
        BombFound: it unpacks beyond the bounds.
    """
    kind = content_kind(path)
    if kind == "excel":
        return _of_grid(
            workbook_rows(path, feed, name, _ROWS + feed.format.header_row), feed.format.header_row
        )
    if kind == "parquet":
        with open_parquet(path, name) as file:
            batch = next(file.iter_batches(_ROWS), None)
            header = file.schema_arrow.names
        cells = (
            {}
            if batch is None
            else {column: batch.column(place).to_pylist() for place, column in enumerate(header)}
        )
        return Sample(header, cells)
    if kind in ("gzip", "zip"):
        head, tail = _ends_of_packed(path, name)
    else:
        head, tail = _ends(path)
    return _of_text(head, tail, feed)


def _ends(path: Path) -> tuple[bytes, bytes]:
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(4 * _END_BYTES)
        stream.seek(max(len(head), size - _END_BYTES))
        return head, stream.read()


def _ends_of_packed(path: Path, name: str) -> tuple[bytes, bytes]:
    head, tail = b"", b""
    try:
        for chunk in PackedFile(path, name).chunks():
            if len(head) >= 4 * _END_BYTES:
                tail = (tail + chunk)[-_END_BYTES:]
            else:
                head += chunk
    except BombFound:
        raise
    except BadData:
        if not head:
            raise
    return head, tail


def _of_text(head: bytes, tail: bytes, feed: Feed) -> Sample:
    layout = feed.format
    grid = _grid(head, layout.encoding, layout.delimiter)
    found = _of_grid(grid[: _ROWS + layout.header_row], layout.header_row)
    if not tail or layout.encoding == "utf-16":
        return found
    last = _grid(tail[tail.find(b"\n") + 1 :], layout.encoding, layout.delimiter)
    more = _columns(found.header, last)
    return Sample(
        found.header, {column: [*cells, *more[column]] for column, cells in found.cells.items()}
    )


def _grid(data: bytes, encoding: str, delimiter: str) -> list[list[object]]:
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)
    text = decoder(errors="replace").decode(data).replace("\0", "")
    rows: list[list[object]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(list(cells))
            if len(rows) > 2 * _ROWS:
                break
    except csv.Error:
        pass  # what could be read until here is screened; parsing reports the fault
    return rows


def _of_grid(grid: Sequence[Sequence[object]], header_row: int) -> Sample:
    if len(grid) < header_row:
        return Sample(())
    header = [str(cell).strip() for cell in grid[header_row - 1]]
    return Sample(header, _columns(header, grid[header_row:]))


def _columns(header: Sequence[str], rows: Sequence[Sequence[object]]) -> dict[str, list[object]]:
    return {
        column: [row[place] for row in rows if place < len(row)]
        for place, column in enumerate(header)
    }
