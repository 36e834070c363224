"""Columns of a file as codes: each distinct cell is read once, rows only carry its number."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.feeds.rules import Failure, cell_text, read_number

__all__ = ["BLANK", "Codes", "Numbers", "Rows", "Values", "distinct_cells", "read_numbers"]

Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
BLANK = -1


def distinct_cells(column: pa.Array | list[object]) -> tuple[Codes, list[object]]:
    """The distinct cells of a column, and for every row the number of its cell.

    Args:
        column: text of a CSV file, typed values of Parquet, or the cells of a workbook.

    Returns:
        (rows,) numbers, and the distinct cells in order of appearance.
    """
    if isinstance(column, list):
        seen: dict[tuple[type, object], int] = {}
        codes = np.fromiter(
            (seen.setdefault((type(cell), cell), len(seen)) for cell in column),
            dtype=np.int32,
            count=len(column),
        )
        return codes, [cell for _, cell in seen]
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.dictionary_encode(null_encoding="encode")
    return (
        encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False),
        encoded.dictionary.to_pylist(),
    )


class Values:
    """The values a column can take, found while reading it.

    Codes are numbers of values from 0; BLANK is a blank cell; below it stand failures.
    """

    def __init__(self, read: Callable[[object], object], nulls: Collection[str]) -> None:
        """Args:
        read: from a cell to its value, to None when it means blank, or to a Failure.
        nulls: texts that mean blank.
        """
        self._read = read
        self._nulls = frozenset(nulls)
        self._codes: dict[tuple[type, object], int] = {}
        self._known: dict[object, int] = {}
        self.values: list[object] = []
        self.failures: list[Failure] = []

    def codes(self, column: pa.Array | list[object]) -> Codes:
        """(rows,) codes of a column."""
        numbers, cells = distinct_cells(column)
        table = np.fromiter((self._code(cell) for cell in cells), dtype=np.int32, count=len(cells))
        return table[numbers] if len(cells) else numbers

    def code_of(self, value: object) -> int:
        """The code of a value, new when it was not met yet."""
        code = self._known.setdefault(value, len(self._known))
        if code == len(self.values):
            self.values.append(value)
        return code

    def failure(self, code: int) -> Failure:
        """What a code below BLANK stands for."""
        return self.failures[BLANK - 1 - code]

    def _code(self, cell: object) -> int:
        key = (type(cell), cell)
        code = self._codes.get(key)
        if code is None:
            code = self._codes[key] = self._new_code(cell)
        return code

    def _new_code(self, cell: object) -> int:
        if cell is None or (isinstance(cell, str) and cell.strip() in self._nulls):
            return BLANK
        value = self._read(cell)
        if value is None:
            return BLANK
        if isinstance(value, Failure):
            self.failures.append(value)
            return BLANK - len(self.failures)
        return self.code_of(value)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A column of numbers.

    Attributes:
        values: (rows,), NaN where blank or wrong.
        wrong: (rows,), number of the failure from 0, or -1.
        failures: what was wrong.
    """

    values: Numbers
    wrong: Codes
    failures: tuple[Failure, ...]


def read_numbers(
    column: pa.Array | list[object], decimal: str, nulls: frozenset[str]
) -> NumberColumn:
    """A column of numbers, blank cells as NaN.

    Whole batches are cast at once when every cell is plain; otherwise each distinct cell goes
    through `read_number`. Both give the same (a test compares them).
    """
    if not isinstance(column, list) and _is_numeric(column.type):
        return _typed_numbers(column)
    numbers, cells = distinct_cells(column)
    fast = _cast(cells, decimal, nulls)
    if fast is not None:
        return NumberColumn(
            fast[numbers] if len(cells) else np.empty(0),
            np.full(len(numbers), -1, dtype=np.int32),
            (),
        )
    values = np.full(len(cells), np.nan)
    wrong = np.full(len(cells), -1, dtype=np.int32)
    failures: list[Failure] = []
    for place, cell in enumerate(cells):
        if cell is None or cell_text(cell) in nulls:
            continue
        value = read_number(cell, decimal)
        if isinstance(value, Failure):
            wrong[place] = len(failures)
            failures.append(value)
        else:
            values[place] = value
    return NumberColumn(values[numbers], wrong[numbers], tuple(failures))


def _is_numeric(type: pa.DataType) -> bool:
    return bool(pa.types.is_floating(type) or pa.types.is_integer(type)) or bool(
        pa.types.is_decimal(type)
    )


def _typed_numbers(column: pa.Array) -> NumberColumn:
    cast = column.cast(pa.float64())
    values = np.array(cast.to_numpy(zero_copy_only=False))
    wrong = np.where(~np.isfinite(values) & cast.is_valid().to_numpy(zero_copy_only=False), 0, -1)
    failure = read_number(float("nan"), ".")
    assert isinstance(failure, Failure)
    values[wrong == 0] = np.nan
    return NumberColumn(values, wrong.astype(np.int32), (failure,))


def _cast(cells: list[object], decimal: str, nulls: frozenset[str]) -> Numbers | None:
    if decimal != "." or not all(isinstance(cell, str) for cell in cells):
        return None
    texts = [None if cell in nulls else cell for cell in cells]
    try:
        cast = pc.cast(pa.array(texts, pa.string()), pa.float64())
    except pa.ArrowInvalid:
        return None
    values: Numbers = cast.to_numpy(zero_copy_only=False)
    blank = cast.is_null().to_numpy(zero_copy_only=False)
    return values if bool(np.all(np.isfinite(values) | blank)) else None
