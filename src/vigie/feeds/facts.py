"""Facts of one arrival while they are gathered: compact columns, sorted and free of duplicates.

Text, dates and instants are held as numbers of their distinct values, so that ten million rows
need about 300 MB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigie.feeds.cells import Codes, Numbers, Rows
from vigie.feeds.rules import Failure
from vigie.schemas import Table

__all__ = ["Coded", "Facts", "observation_schema"]

_ROW_GROUP = 500_000
_LARGEST = 1 << 62
_NAMED_DUPLICATES = 1_000
_CONTRADICTION = "{} say different things of the same key. Keep one of them."
Keys = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of numbers of distinct values; -1 is null."""

    codes: Codes
    values: Sequence[object]


def observation_schema(table: Table) -> pa.Schema:
    """Columns of observations.parquet: a fact table's own, without feed, arrival and run."""
    return pa.schema(
        [field for field in table.arrow_schema() if field.name not in ("feed", "arrival", "run")]
    )


class Facts:
    """Rows of a fact table, added in pieces, then given sorted in batches."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._codes: dict[str, list[Codes]] = {}
        self._numbers: dict[str, list[Numbers]] = {}
        self._rows: list[Rows] = []

    def add(self, rows: Rows, codes: Mapping[str, Codes], numbers: Mapping[str, Numbers]) -> None:
        """Add rows: their numbers in the file, and their columns."""
        if not len(rows):
            return
        self._rows.append(rows)
        for name, piece in codes.items():
            self._codes.setdefault(name, []).append(piece.astype(np.int32, copy=False))
        for name, figures in numbers.items():
            self._numbers.setdefault(name, []).append(figures)

    def close(self, values: Mapping[str, Sequence[object]]) -> Gathered:
        """All rows, sorted as the table says.

        Args:
            values: distinct values of each coded column.
        """
        rows = np.concatenate(self._rows) if self._rows else np.empty(0, np.int64)
        coded = {}
        for name in list(self._codes):
            coded[name] = Coded(np.concatenate(self._codes.pop(name)), values[name])
        numbers = {name: np.concatenate(self._numbers.pop(name)) for name in list(self._numbers)}
        self._rows.clear()
        return Gathered(self._table, rows, coded, numbers)


class Gathered:
    """Sorted rows of one arrival."""

    def __init__(
        self, table: Table, rows: Rows, coded: Mapping[str, Coded], numbers: Mapping[str, Numbers]
    ) -> None:
        self._table = table
        self._rows = rows
        self._coded = dict(coded)
        self._numbers = dict(numbers)
        names = ([table.partition] if table.partition else []) + list(table.order)
        keys = self._keys([name for name in names if name in coded])
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order] if keys.size else keys

    def __len__(self) -> int:
        return len(self._order)

    def present(self, name: str) -> list[object]:
        """The values of a coded column that occur in the rows kept."""
        column = self._coded.get(name)
        if column is None or not len(self._order):
            return []
        found = np.zeros(len(column.values) + 1, dtype=bool)
        found[column.codes[self._order]] = True
        return [
            value for value, is_there in zip(column.values, found[:-1], strict=True) if is_there
        ]

    def drop_duplicates(self) -> Iterator[tuple[Rows, Failure]]:
        """Keep one of equal rows of a key, none of rows that contradict each other.

        Yields:
            The rows of the file that were dropped for contradicting, with the failure.
        """
        key = [name for name in (*self._table.key, "known_at") if name in self._coded]
        same_key = self._runs(key)
        if same_key is None:
            return
        starts, order = same_key
        repeated = ~starts
        repeated[:-1] |= ~starts[1:]
        places: Keys = order[repeated]
        group: Keys = np.cumsum(starts).astype(np.int64)[repeated]
        contradicts = self._contradicting(places, group)
        first = np.ones(len(group), dtype=bool)
        first[1:] = group[1:] != group[:-1]
        dropped = places[contradicts | ~first]
        keep = np.ones(len(self._rows), dtype=bool)
        keep[dropped] = False
        self._order = self._order[keep[self._order]]
        yield from self._named(places[contradicts], group[contradicts])

    def _named(self, places: Keys, group: Keys) -> Iterator[tuple[Rows, Failure]]:
        bounds = np.flatnonzero(np.diff(group)) + 1
        if len(bounds) >= _NAMED_DUPLICATES:
            yield self._rows[places], Failure("duplicate", _CONTRADICTION.format("several rows"))
            return
        for part in np.split(places, bounds) if len(places) else ():
            rows = np.sort(self._rows[part])
            named = ", ".join(str(row) for row in rows[:5])
            yield rows, Failure("duplicate", _CONTRADICTION.format(f"rows {named}"))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in the shape of observations.parquet."""
        schema = observation_schema(self._table)
        dictionaries = {
            field.name: pa.array(self._coded[field.name].values, field.type)
            for field in schema
            if field.name in self._coded
        }
        for start in range(0, len(self._order), _ROW_GROUP):
            places = self._order[start : start + _ROW_GROUP]
            yield pa.record_batch(
                [self._array(field, places, dictionaries) for field in schema], schema=schema
            )

    def _array(
        self, field: pa.Field, places: Keys, dictionaries: Mapping[str, pa.Array]
    ) -> pa.Array:
        if field.name in self._coded:
            codes = self._coded[field.name].codes[places]
            return dictionaries[field.name].take(pa.array(codes, mask=codes < 0))
        if field.name in self._numbers:
            figures = self._numbers[field.name][places]
            return pa.array(figures, pa.float64(), mask=np.isnan(figures))
        if field.name == "reason" and "value" in self._numbers:
            blank = np.isnan(self._numbers["value"][places]).astype(np.int32)
            return pa.array([None, "blank"], pa.string()).take(pa.array(blank))
        return pa.nulls(len(places), field.type)

    def _keys(self, names: Sequence[str]) -> Keys:
        keys = np.zeros(len(self._rows), dtype=np.int64)
        size = 1
        for name in names:
            column = self._coded[name]
            ranks, count = _ranks(column)
            if size * count > _LARGEST:
                _, keys = np.unique(keys, return_inverse=True)
                size = int(keys.max(initial=0)) + 1
            keys = keys * count
            keys += ranks[column.codes]
            size *= count
        return keys

    def _runs(self, names: Sequence[str]) -> tuple[Mask, Keys] | None:
        ordered = ([self._table.partition] if self._table.partition else []) + [*self._table.order]
        if set(names) == {name for name in ordered if name in self._coded}:
            keys, order = self._sorted, self._order
        else:
            unsorted = self._keys(names)
            order = np.argsort(unsorted, kind="stable")
            keys = unsorted[order]
        starts = np.ones(len(keys), dtype=bool)
        starts[1:] = keys[1:] != keys[:-1]
        return None if bool(starts.all()) else (starts, order)

    def _contradicting(self, places: Keys, group: Keys) -> Mask:
        differs = np.zeros(len(places), dtype=bool)
        columns: list[npt.NDArray[np.generic]] = [each.codes for each in self._coded.values()]
        columns += list(self._numbers.values())
        for column in columns:
            cells = column[places]
            same = cells[1:] == cells[:-1]
            if cells.dtype.kind == "f":
                same |= np.isnan(cells[1:]) & np.isnan(cells[:-1])
            differs[1:] |= ~same & (group[1:] == group[:-1])
        return np.isin(group, group[differs])


def _ranks(column: Coded) -> tuple[Keys, int]:
    """Rank of each code among the sorted values; null (code -1) ranks first."""
    order = sorted(range(len(column.values)), key=lambda code: column.values[code])  # type: ignore[arg-type,return-value]
    ranks = np.zeros(len(order) + 1, dtype=np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks, len(order) + 1
