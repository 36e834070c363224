"""Reads CSV files: the header, then batches of text columns with the numbers of their rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from vigie.errors import BadData
from vigie.feeds.batches import Batch, check_header
from vigie.feeds.cells import Rows
from vigie.feeds.declaration import Feed

__all__ = ["read_csv", "read_csv_header"]

_HEADER_BYTES = 16 << 20
_BLOCK = 4 << 20


def read_csv_header(path: Path, feed: Feed, name: str) -> tuple[list[str], int]:
    """The names of the columns, and how many lines precede the first row.

    Raises:
        BadData: no such row, an unreadable one, or one without end.
    """
    layout = feed.format
    with path.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
        is_cut = bool(stream.read(1))
    text = _decode_head(head, layout.encoding, is_cut=is_cut)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter)
    cells: list[str] = []
    try:
        for _ in range(layout.header_row):
            cells = next(reader)
    except StopIteration:
        raise BadData(
            f"{name}: the file has no row {layout.header_row}, where the names of the "
            "columns are expected. Send it again, or correct header_row."
        ) from None
    except csv.Error as error:
        raise BadData(f"{name}: the header cannot be read as CSV ({error}). Send it again.") from (
            error
        )
    if is_cut and reader.line_num > text.count("\n"):
        raise BadData(
            f"{name}: the header has no end within {_HEADER_BYTES >> 20} MiB. Check the "
            "encoding and the line ends."
        )
    return [cell.strip() for cell in cells], reader.line_num


def _decode_head(head: bytes, encoding: str, *, is_cut: bool) -> str:
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)(
        errors="replace"
    )
    return decoder.decode(head, final=not is_cut)


def read_csv(path: Path, feed: Feed, name: str) -> Iterator[Batch]:
    """Batches of the columns that the feed uses.

    Args:
        path: plain CSV file.
        feed: its format and columns.
        name: what messages call the file.

    Raises:
        BadData: NUL bytes, bytes outside the encoding, a header that does not fit the
            declaration, or a quotation mark that is never closed.
    """
    if feed.format.encoding != "utf-16":
        _refuse_nul(path, name)
    header, lines = read_csv_header(path, feed, name)
    check_header(header, feed, name)
    wanted = feed.file_columns()
    broken = _Broken(name, lines)
    places = {column: f"c{header.index(column)}" for column in wanted}
    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                skip_rows=lines,
                column_names=[f"c{number}" for number in range(len(header))],
                encoding="utf8" if feed.format.encoding == "utf-8" else feed.format.encoding,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=feed.format.delimiter,
                newlines_in_values=True,
                invalid_row_handler=broken.note,
                ignore_empty_lines=False,
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(places.values()),
                strings_can_be_null=False,
                column_types=dict.fromkeys(places.values(), pa.string()),
            ),
        )
        for found in reader:
            rows, bad = broken.number(found.num_rows)
            yield Batch(
                rows, {column: found.column(place) for column, place in places.items()}, bad
            )
        yield Batch(np.empty(0, np.int64), {column: [] for column in wanted}, broken.rest())
    except UnicodeDecodeError as error:
        raise _wrong_bytes(path, feed, name) from error
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise _wrong_bytes(path, feed, name) from error
        if "Empty CSV" in str(error):
            return
        if "straddl" in str(error):
            raise BadData(
                f"{name}: a row is longer than {_BLOCK >> 20} MiB; a quotation mark is "
                "probably not closed. Correct the file."
            ) from error
        raise BadData(f"{name}: cannot be read as CSV ({error}). Send it again.") from error


class _Broken:
    """Rows with a wrong number of cells, and the numbers of the rows around them."""

    def __init__(self, name: str, lines_before: int) -> None:
        self._name = name
        self._before = lines_before
        self._rows: dict[int, str] = {}
        self._next = 1

    def note(self, row: arrow_csv.InvalidRow) -> str:
        number = (row.number or 0) - self._before
        if row.text.strip():
            self._rows[number] = (
                f"the row has {row.actual_columns} cells, and the header {row.expected_columns}. "
                "Check the delimiter and the quotation marks of the row."
            )
        else:
            self._rows[number] = ""
        if "\n" in row.text.strip():
            self._rows[number] = "open"
        return "skip"

    def number(self, count: int) -> tuple[Rows, list[tuple[int, str]]]:
        self._refuse_open()
        upcoming = np.arange(self._next, self._next + count + len(self._rows), dtype=np.int64)
        good = upcoming[~np.isin(upcoming, list(self._rows))][:count] if self._rows else upcoming
        self._next = int(good[-1]) + 1 if count else self._next
        bad = [(row, self._rows.pop(row)) for row in sorted(self._rows) if row < self._next]
        return good, [(row, message) for row, message in bad if message]

    def rest(self) -> list[tuple[int, str]]:
        self._refuse_open()
        return [(row, message) for row, message in sorted(self._rows.items()) if message]

    def _refuse_open(self) -> None:
        for row, message in self._rows.items():
            if message == "open":
                raise BadData(
                    f"{self._name}, row {row}: a quotation mark is not closed, so the "
                    "rows after it cannot be told apart. Correct the file."
                )


def _refuse_nul(path: Path, name: str) -> None:
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            place = chunk.find(b"\0")
            if place >= 0:
                place += stream.tell() - len(chunk)
                raise BadData(
                    f"{name}, line {_line_of(path, place)}: the file holds NUL bytes; it is "
                    "damaged or in another encoding (utf-16?). Send it again, or correct encoding."
                )


def _line_of(path: Path, place: int) -> int:
    line = 1
    with path.open("rb") as stream:
        while place > 0 and (chunk := stream.read(min(place, 1 << 20))):
            line += chunk.count(b"\n")
            place -= len(chunk)
    return line


def _wrong_bytes(path: Path, feed: Feed, name: str) -> BadData:
    encoding = feed.format.encoding
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                break
    hint = (
        'encoding = "cp1252" is the usual one of older office programs'
        if (encoding == "utf-8")
        else "look up which encoding the sender uses"
    )
    return BadData(
        f"{name}, line {line}: not {encoding}. Correct encoding in [format] of "
        f"{feed.file} ({hint}), or ask for UTF-8."
    )
