"""Rows of reports: values of measures for a place, a category and a day, wide or tall."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from vigie.feeds.batches import Batch
from vigie.feeds.cells import Codes, Values, read_numbers
from vigie.feeds.columns import Column, Receipt
from vigie.feeds.declaration import CheckRule, Feed, MeasureRule
from vigie.feeds.file_rows import FileRows, Mask
from vigie.feeds.rules import Failure, cell_text
from vigie.feeds.vocabulary import MeasureInfo, Vocabulary

__all__ = ["ReportRows"]


_REMEDIES = {
    "unit": "Ask the sender which holds, or declare factor.",
    "census": "Ask the sender which holds; another census hour is another measure.",
}


class ReportRows(FileRows):
    """Reports: a value of a measure for a place, a category and a day."""

    def __init__(self, feed: Feed, words: Vocabulary, receipt: Receipt) -> None:
        super().__init__(feed, words, receipt)
        self._measures = sorted(words.measures)
        self._number = {measure: place for place, measure in enumerate(self._measures)}
        self._info = [words.measures[measure] for measure in self._measures]
        if "category" not in self.columns:
            self.columns["category"] = Column("", Values(cell_text, ()), constant="")
        self._known: list[object] = []
        self._zone = receipt.zone
        self._checks = [(each, Values(cell_text, ())) for each in feed.checks]
        unit = feed.columns["value"].unit_source if "value" in feed.columns else ""
        if unit:
            self._checks.append((CheckRule("unit", unit), Values(cell_text, ())))

    def more_values(self) -> dict[str, list[object]]:
        known = {} if self.feed.known_at.mode != "reference" else {"known_at": self._known}
        return {"measure": list(self._measures), **known}

    def gather(self, batch: Batch, codes: dict[str, Codes]) -> None:
        if self.feed.known_at.mode == "reference":
            codes["known_at"] = self._known_after(codes["reference_date"])
            good = np.ones(len(batch.rows), dtype=bool)
        else:
            good = self.usable(batch, codes, "known_at")
        for name in ("place", "reference_date"):
            good &= self.usable(batch, codes, name)
        if self.feed.measures:
            self._wide(batch, codes, good)
        else:
            self._tall(batch, codes, good)

    def _known_after(self, days: Codes) -> Codes:
        values = self.columns["reference_date"].values.values
        while len(self._known) < len(values):
            day = values[len(self._known)]
            assert isinstance(day, date)
            public = day + timedelta(days=self.feed.known_at.plus_days)
            self._known.append(datetime.combine(public, time(), self._zone).astimezone(UTC))
        return days

    def _wide(self, batch: Batch, codes: dict[str, Codes], good: Mask) -> None:
        uses_column = any(rule.category is None for rule in self.feed.measures)
        with_category = good & self.usable(batch, codes, "category") if uses_column else good
        for rule in self.feed.measures:
            number = np.full(len(batch.rows), self._number[rule.measure], dtype=np.int32)
            if rule.category is None:
                category, usable = codes["category"], with_category
            else:
                code = self.columns["category"].values.code_of(rule.category)
                category = np.full(len(batch.rows), code, dtype=np.int32)
                usable = good
            self._values(batch, codes, rule, usable, number, category)

    def _tall(self, batch: Batch, codes: dict[str, Codes], good: Mask) -> None:
        good &= self.usable(batch, codes, "category") & self.usable(batch, codes, "measure")
        found = [self._number[str(each)] for each in self.columns["measure"].values.values]
        number = np.array([*found, -1], dtype=np.int32)[np.maximum(codes["measure"], -1)]
        value = self.feed.columns["value"]
        rule = MeasureRule("", value.source, "", factor=value.factor)
        self._values(batch, codes, rule, good, number, codes["category"])

    def _values(
        self,
        batch: Batch,
        codes: dict[str, Codes],
        rule: MeasureRule,
        usable: Mask,
        number: Codes,
        category: Codes,
    ) -> None:
        found = read_numbers(batch.columns[rule.source], self.feed.format.decimal, self.nulls)
        self.rejects.add_numbered(batch.rows, rule.source, found.wrong, found.failures)
        good = usable & (found.wrong < 0)
        values = found.values * rule.factor
        for measure in np.unique(number[good]):
            mine = good & (number == measure)
            info = self._info[measure]
            good &= ~mine | (
                self._agrees(batch, mine, info, rule)
                & self._fits(batch, mine, category, info)
                & self._in_range(batch, mine, values, rule.source, info)
            )
        rows = np.flatnonzero(good)
        self.facts.add(
            batch.rows[rows],
            {
                "measure": number[rows],
                "place": codes["place"][rows],
                "category": category[rows],
                "reference_date": codes["reference_date"][rows],
                "known_at": codes["known_at"][rows],
            },
            {"value": values[rows]},
        )

    def _in_range(
        self,
        batch: Batch,
        mine: Mask,
        values: npt.NDArray[np.float64],
        source: str,
        info: MeasureInfo,
    ) -> Mask:
        right = np.ones(len(values), dtype=bool)
        if info.minimum is not None and (low := mine & (values < info.minimum)).any():
            self.rejects.add(
                batch.rows[low],
                source,
                Failure(
                    "minimum",
                    f"below {info.minimum:g}, the smallest valid value in measures.csv. "
                    "Correct the row, or leave it blank when not known.",
                ),
            )
            right &= ~low
        if info.maximum is not None and (high := mine & (values > info.maximum)).any():
            self.rejects.add(
                batch.rows[high],
                source,
                Failure(
                    "maximum",
                    f"above {info.maximum:g}, the largest valid value in measures.csv. "
                    "Check the unit, and correct the row.",
                ),
            )
            right &= ~high
        return right

    def _fits(self, batch: Batch, mine: Mask, category: Codes, info: MeasureInfo) -> Mask:
        valid = self.words.categories.get(info.dimension, frozenset()) if info.dimension else ()
        fitting = np.array(
            [each == "" or each in valid for each in self.columns["category"].values.values],
            dtype=bool,
        )
        right = np.asarray(fitting[np.maximum(category, 0)] | ~mine)
        if not right.all():
            kind = f'of the dimension "{info.dimension}"' if info.dimension else "at all"
            source = self.columns["category"].source
            self.rejects.add(
                batch.rows[~right],
                source,
                Failure(
                    "category",
                    f"the measure takes no category {kind} of this name. Correct the "
                    "row, or the code list.",
                ),
            )
        return right

    def _agrees(self, batch: Batch, mine: Mask, info: MeasureInfo, rule: MeasureRule) -> Mask:
        right = np.ones(len(mine), dtype=bool)
        for check, cells in self._checks:
            expected = (rule.unit or info.unit) if check.kind == "unit" else info.census
            codes = cells.codes(batch.columns[check.source])
            same = [_says(check.kind, str(each), expected) for each in cells.values]
            wrong = mine & ~np.array([*same, False], dtype=bool)[codes]
            self.rejects.add(
                batch.rows[wrong],
                check.source,
                Failure(
                    check.kind,
                    f'another {check.kind} than "{expected}" in the declaration. '
                    f"{_REMEDIES[check.kind]}",
                ),
            )
            right &= ~wrong
        return right


def _says(kind: str, cell: str, expected: str) -> bool:
    if kind == "census":
        parts = (
            [f"{part.strip():0>5}" for part in cell.removesuffix(":00").split("-")]
            if (cell.count(":") == 2 and "-" not in cell)
            else ([f"{part.strip():0>5}" for part in cell.split("-")])
        )
        return "-".join(parts) == expected
    return cell.casefold() == expected.casefold()
