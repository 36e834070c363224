"""Rows of orders and movements: one row of the file is one row of the table."""

from __future__ import annotations

from datetime import date

import numpy as np

from vigie.feeds.batches import Batch
from vigie.feeds.cells import Codes, Numbers, read_numbers
from vigie.feeds.file_rows import FileRows, Mask
from vigie.feeds.rules import Failure

__all__ = ["RecordRows"]


class RecordRows(FileRows):
    """Orders and movements: one row of the file is one row of the table."""

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
        """Rows whose cells agree; the others are rejected here. Nobody leaves before entering."""
        if not {"from_date", "to_date"} <= set(codes):
            return np.ones(len(batch.rows), dtype=bool)
        days = []
        for name in ("from_date", "to_date"):
            ordinals = np.array(
                [
                    each.toordinal()
                    for each in self.columns[name].values.values
                    if isinstance(each, date)
                ]
                or [0]
            )
            days.append(np.where(codes[name] >= 0, ordinals[np.maximum(codes[name], 0)], -1))
        wrong = (days[0] >= 0) & (days[1] >= 0) & (days[1] < days[0])
        self.rejects.add(
            batch.rows[wrong],
            self.columns["to_date"].source,
            Failure("order", "to_date lies before from_date. Correct the row."),
        )
        return np.asarray(~wrong)
