"""Collects the rows that were not taken: where, by which rule, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from vigie.feeds.cells import BLANK, Codes, Rows, Values
from vigie.feeds.rules import Failure
from vigie.schemas import REJECTS

__all__ = ["Rejects"]


class Rejects:
    """Rejected cells of one arrival, grouped by column and rule while they are collected."""

    def __init__(self) -> None:
        self._rows: list[Rows] = []
        self._group: list[Codes] = []
        self._groups: dict[tuple[str, Failure], int] = {}

    def add(self, rows: Rows, column: str, failure: Failure) -> None:
        """Note rows that fail one rule.

        Args:
            rows: (n,) numbers of the rows.
            column: as the header of the file names it, "" for the whole row.
            failure: the rule and the message.
        """
        if len(rows):
            group = self._groups.setdefault((column, failure), len(self._groups))
            self._rows.append(rows)
            self._group.append(np.full(len(rows), group, dtype=np.int32))

    def add_codes(self, rows: Rows, column: str, codes: Codes, values: Values) -> None:
        """Note rows whose code stands for a failure (below BLANK)."""
        failing = codes < BLANK
        if failing.any():
            for code in np.unique(codes[failing]):
                self.add(rows[codes == code], column, values.failure(int(code)))

    def add_numbered(
        self, rows: Rows, column: str, wrong: Codes, failures: Sequence[Failure]
    ) -> None:
        """Note rows by the number of their failure; -1 is none."""
        for number, failure in enumerate(failures):
            self.add(rows[wrong == number], column, failure)

    @property
    def count(self) -> int:
        """Number of entries: each row, column and rule once."""
        return len(self._entries()[0])

    def _entries(self) -> tuple[Rows, Codes]:
        if not self._rows:
            return np.empty(0, np.int64), np.empty(0, np.int32)
        rows, groups = np.concatenate(self._rows), np.concatenate(self._group)
        pairs = [(column, failure.rule) for column, failure in self._groups]
        numbers = {pair: number for number, pair in enumerate(sorted(set(pairs)))}
        rules = np.array([numbers[pair] for pair in pairs])
        _, first = np.unique(rows * len(numbers) + rules[groups], return_index=True)
        return rows[first], groups[first]

    def most_frequent(self) -> str:
        """The rule that failed most, for a message: 'column ward, rule category: ...'."""
        counts: Counter[int] = Counter()
        for group, rows in zip(self._group, self._rows, strict=True):
            counts[int(group[0])] += len(rows)
        number, count = counts.most_common(1)[0]
        column, failure = list(self._groups)[number]
        where = f"column {column}, " if column else ""
        return f"{where}rule {failure.rule}, {count} rows: {failure.message}"

    def table(self, arrival: str, feed: str) -> pa.Table:
        """The rejects in the shape of `vigie.schemas.REJECTS`, by row."""
        rows, numbers = self._entries()
        groups = pa.array(numbers)
        named = list(self._groups)
        columns = {
            "arrival": pa.repeat(pa.scalar(arrival), len(rows)),
            "feed": pa.repeat(pa.scalar(feed), len(rows)),
            "row": pa.array(rows, pa.int64()),
            "column": pa.array([name for name, _ in named], pa.string()).take(groups),
            "rule": pa.array([failure.rule for _, failure in named], pa.string()).take(groups),
            "message": pa.array([failure.message for _, failure in named], pa.string()).take(
                groups
            ),
        }
        return pa.table(columns, schema=REJECTS.arrow_schema())
