"""Rows of lots: each with its unit, and with the numbers that GS1 gives, held to their form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vigie.feeds.batches import Batch
from vigie.feeds.cells import Codes, Numbers
from vigie.feeds.file_rows import Mask
from vigie.feeds.record_rows import RecordRows
from vigie.feeds.rules import Failure
from vigie.supply import gtin_fault, lot_number_fault

__all__ = ["LotRows"]

_IDENTIFIERS: dict[str, Callable[[str], str]] = {"lot": lot_number_fault, "gtin": gtin_fault}


class LotRows(RecordRows):
    """Lots: a row without quantity or unit, or with another unit than its product, is refused."""

    def consistent(
        self, batch: Batch, codes: dict[str, Codes], numbers: dict[str, Numbers]
    ) -> Mask:
        good = self._with_own_unit(batch, codes) & self._with_quantity(batch, numbers)
        for name, fault_of in _IDENTIFIERS.items():
            if name in codes:
                good &= self._identified(batch, codes[name], name, fault_of)
        return good

    def _with_quantity(self, batch: Batch, numbers: dict[str, Numbers]) -> Mask:
        unknown = np.isnan(numbers["quantity"])
        source = self.feed.columns["quantity"].source
        self.rejects.add(
            batch.rows[unknown],
            source,
            Failure("blank", "no quantity is given. Ask the sender to fill it; 0 means none."),
        )
        return np.asarray(~unknown)

    def _with_own_unit(self, batch: Batch, codes: dict[str, Codes]) -> Mask:
        product, unit = self.columns["product"], self.columns["unit"]
        blank = codes["unit"] < 0
        self.rejects.add(
            batch.rows[blank],
            unit.source,
            Failure("unit", "no unit is given: a box is not a piece. Ask the sender to fill it."),
        )
        good = ~blank
        for code, key in enumerate(product.values.values):
            own = self.words.product_units.get(str(key), "")
            if not own:
                continue
            others = np.array([each != own for each in unit.values.values], dtype=bool)
            wrong = ~blank & (codes["product"] == code) & np.append(others, True)[codes["unit"]]
            if wrong.any():
                text = (
                    f'another unit than "{own}" of reference/products.csv. Correct it, or set '
                    "unit and a factor of quantity in [columns]."
                )
                self.rejects.add(batch.rows[wrong], unit.source, Failure("unit", text))
                good &= ~wrong
        return good

    def _identified(
        self, batch: Batch, codes: Codes, name: str, fault_of: Callable[[str], str]
    ) -> Mask:
        column = self.columns[name]
        good = np.ones(len(batch.rows), dtype=bool)
        for code, text in enumerate(column.values.values):
            fault = fault_of(str(text))
            if fault:
                wrong = codes == code
                failure = Failure("identifier", f"{name}: {fault}. Correct the row.")
                self.rejects.add(batch.rows[wrong], column.source, failure)
                good &= ~wrong
        return good
