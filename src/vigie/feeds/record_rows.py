"""Rows of orders, movements and planned shifts: a row of the file is one of the table."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt

from vigie.feeds.batches import Batch
from vigie.feeds.cells import Codes, Numbers, read_numbers
from vigie.feeds.file_rows import FileRows, Mask
from vigie.feeds.rules import Failure

__all__ = ["RecordRows"]

FloatArray = npt.NDArray[np.float64]

_LONGEST_SHIFT_SECONDS = 24 * 3600.0
_YEAR_ONE = datetime(1, 1, 1, tzinfo=UTC)


class RecordRows(FileRows):
    """Orders, movements and planned shifts: one row of the file is one row of the table."""

    def gather(self, batch: Batch, codes: dict[str, Codes]) -> None:
        good = np.ones(len(batch.rows), dtype=bool)
        for name in codes:
            good &= self.usable(batch, codes, name)
        numbers = {}
        for target, rule in self.feed.columns.items():
            if target in codes:
                continue
            found = read_numbers(batch.columns[rule.source], self.feed.format.decimal, self.nulls)
            self.rejects.add_numbered(batch.rows, rule.source, found.wrong, found.failures)
            negative = found.values < 0
            self.rejects.add(
                batch.rows[negative],
                rule.source,
                Failure("minimum", f"{target} below 0. Correct the row."),
            )
            good &= (found.wrong < 0) & ~negative
            numbers[target] = found.values * rule.factor
        good &= self.consistent(batch, codes, numbers)
        rows = np.flatnonzero(good)
        self.facts.add(
            batch.rows[rows],
            {name: found[rows] for name, found in codes.items()},
            {name: found[rows] for name, found in numbers.items()},
        )

    def consistent(
        self, batch: Batch, codes: dict[str, Codes], numbers: dict[str, Numbers]
    ) -> Mask:
        """Rows whose cells agree; the others are rejected here.

        Nobody leaves a ward before entering it, or ends a shift as it begins.
        """
        if {"from_date", "to_date"} <= set(codes):
            entered, left = (self._seconds(codes, name) for name in ("from_date", "to_date"))
            wrong, source = left < entered, "to_date"
            failure = Failure("order", "to_date lies before from_date. Correct the row.")
        elif {"begins_at", "ends_at"} <= set(codes):
            begins, ends = (self._seconds(codes, name) for name in ("begins_at", "ends_at"))
            wrong, source = (ends <= begins) | (ends - begins > _LONGEST_SHIFT_SECONDS), "ends_at"
            failure = Failure(
                "order", "the shift does not end within 24 hours of its begin. Correct the row."
            )
        else:
            return np.ones(len(batch.rows), dtype=bool)
        self.rejects.add(batch.rows[wrong], self.columns[source].source, failure)
        return np.asarray(~wrong)

    def _seconds(self, codes: dict[str, Codes], name: str) -> FloatArray:
        """(rows,), seconds of each day or instant since the year 1; NaN where it is not told."""
        told = self.columns[name].values.values
        seconds = np.array([*map(_seconds_of, told), np.nan])
        return np.asarray(seconds[np.where(codes[name] >= 0, codes[name], len(told))])


def _seconds_of(value: object) -> float:
    if isinstance(value, datetime):
        return (value - _YEAR_ONE).total_seconds()
    return value.toordinal() * 86_400.0 if isinstance(value, date) else np.nan
