"""What readers give: batches of the columns a feed uses, and the check of the header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from vigie.errors import BadData, nearest
from vigie.feeds.cells import Rows
from vigie.feeds.declaration import Feed

__all__ = ["MAX_COLUMNS", "Batch", "check_header"]

MAX_COLUMNS = 5_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Attributes:
        rows: (n,) numbers of the rows; the one after the header is 1.
        columns: the columns that the feed uses, by name: Arrow arrays, or cells of a workbook.
        broken: rows that could not be cut into cells, with the message.
    """

    rows: Rows
    columns: Mapping[str, pa.Array | list[object]]
    broken: Sequence[tuple[int, str]] = ()


def check_header(header: Sequence[str], feed: Feed, name: str) -> None:
    """Refuse a file whose header does not fit the declaration; all mistakes at once.

    Raises:
        BadData: too many columns, a used column that is missing or stands twice.
    """
    if len(header) > MAX_COLUMNS:
        raise BadData(
            f"{name}: the header has {len(header):,} columns, and at most "
            f"{MAX_COLUMNS:,} are taken. Check delimiter and line ends."
        )
    counts = Counter(header)
    used = feed.file_columns()
    wrong = []
    for column in used:
        if counts[column] == 0:
            free = [each for each in header if each and each not in used]
            near = nearest(column, free or header)
            wrong.append(f'the column "{column}" is missing (nearest in the file: {near})')
        elif counts[column] > 1:
            wrong.append(f'the column "{column}" stands {counts[column]} times in the header')
    if wrong:
        raise BadData(
            f"{name}: {'; '.join(wrong)}. Ask the sender, or correct [columns] in "
            f"{feed.file}; the arrival is kept and can then be taken."
        )
