"""What reports and records share while rows are read: columns, filters, rejects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.feeds.batches import Batch
from vigie.feeds.cells import BLANK, Codes, Values
from vigie.feeds.columns import (
    Column,
    Receipt,
    date_column,
    instant_column,
    key_column,
    known_column,
)
from vigie.feeds.declaration import Feed
from vigie.feeds.facts import Facts, Gathered
from vigie.feeds.known import published_at
from vigie.feeds.rejects import Rejects
from vigie.feeds.rules import Failure, cell_text
from vigie.feeds.vocabulary import Vocabulary
from vigie.schemas import INSTANT
from vigie.schemas import table as named_table

__all__ = ["FileRows", "Mask", "Outcome"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file says.

    Attributes:
        facts: sorted rows.
        rejects: rows not taken.
        rows_read: rows of the file, those of other groups ([filter]) and empty ones left out.
    """

    facts: Gathered
    rejects: Rejects
    rows_read: int


class FileRows:
    """What reports and records share: columns, filters, rejects."""

    def __init__(self, feed: Feed, words: Vocabulary, receipt: Receipt) -> None:
        self.feed = feed
        self.words = words
        self.table = named_table(feed.table)
        self.nulls = frozenset(feed.format.null_values)
        self.rejects = Rejects()
        self.facts = Facts(self.table)
        self.rows_read = 0
        self.columns = self._coded_columns(receipt)
        self._filters = [(each.source, Values(cell_text, ()), each.values) for each in feed.filters]

    def _coded_columns(self, receipt: Receipt) -> dict[str, Column]:
        columns = {}
        for target, rule in self.feed.columns.items():
            if self.table[target].type == pa.date32():
                columns[target] = date_column(self.feed, rule, receipt)
            elif self.table[target].type == INSTANT:
                columns[target] = instant_column(self.feed, rule, receipt)
            elif self.table[target].type == pa.string():
                columns[target] = key_column(self.feed, rule, self.words)
        if self.feed.known_at.mode != "reference":
            columns["known_at"] = known_column(self.feed, receipt, published_at(self.feed, receipt))
        return columns

    def take(self, batch: Batch) -> None:
        """Add the rows of a batch."""
        for row, message in batch.broken:
            self.rejects.add(np.array([row]), "", Failure("columns", message))
        if not len(batch.rows):
            return
        meant = self._meant(batch)
        if not meant.all():
            batch = _only(batch, meant)
        self.rows_read += len(batch.rows)
        codes = {target: column.codes(batch) for target, column in self.columns.items()}
        self.gather(batch, codes)

    def gather(self, batch: Batch, codes: dict[str, Codes]) -> None:
        """Add the facts of a batch; `codes` are those of its coded columns."""
        raise NotImplementedError

    def _meant(self, batch: Batch) -> Mask:
        meant = ~_empty_rows(batch)
        for source, values, wanted in self._filters:
            codes = values.codes(batch.columns[source])
            allowed = [value in wanted for value in values.values]
            meant &= np.array([*allowed, "" in wanted], dtype=bool)[codes]
        return meant

    def usable(self, batch: Batch, codes: dict[str, Codes], name: str) -> Mask:
        """Rows whose cell of a column was read; the others are rejected here."""
        column = self.columns[name]
        found = codes[name]
        self.rejects.add_codes(batch.rows, column.source, found, column.values)
        if column.is_required and (found == BLANK).any():
            self.rejects.add(
                batch.rows[found == BLANK],
                column.source,
                Failure("blank", f"no {name} is given. Ask the sender to fill it."),
            )
            return np.asarray(found >= 0)
        return np.asarray(found >= BLANK)

    def close(self) -> Outcome:
        """All facts, sorted, and all rejects."""
        values = {name: column.values.values for name, column in self.columns.items()}
        gathered = self.facts.close(values | self.more_values())
        for rows, failure in gathered.drop_duplicates():
            self.rejects.add(rows, "", failure)
        return Outcome(gathered, self.rejects, self.rows_read)

    def more_values(self) -> dict[str, list[object]]:
        """Distinct values of coded columns that no column of the file holds."""
        return {}


def _only(batch: Batch, meant: Mask) -> Batch:
    keep = np.flatnonzero(meant)
    columns = {
        name: [column[place] for place in keep]
        if isinstance(column, list)
        else column.filter(pa.array(meant))
        for name, column in batch.columns.items()
    }
    return Batch(batch.rows[keep], columns)


def _empty_rows(batch: Batch) -> Mask:
    """Rows without any cell: empty lines, and the tails that spreadsheets leave."""
    empty = np.ones(len(batch.rows), dtype=bool)
    for column in batch.columns.values():
        if isinstance(column, list):
            empty &= np.fromiter((cell is None or cell == "" for cell in column), bool, len(column))
        elif pa.types.is_string(column.type):
            empty &= np.asarray(pc.equal(column, "").fill_null(True))
        else:
            empty &= np.asarray(column.is_null())
        if not empty.any():
            break
    return empty
