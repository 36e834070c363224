"""What a named table is: columns with a type, a unit and a sentence, and its keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

__all__ = ["INSTANT", "Column", "Table", "column"]

INSTANT = pa.timestamp("us", tz="UTC")

Role = Literal["reference", "fact", "result", "record"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a named table.

    Attributes:
        field_id: Iceberg field id; never used twice within a table, never changed.
        name: name in SQL, files and Arrow.
        type: Arrow type.
        unit: unit of the value, "" for text, keys and dates.
        meaning: one sentence.
        is_required: null is refused when the table is written.
        default: text of the value taken when a reference file leaves the column out.
    """

    field_id: int
    name: str
    type: pa.DataType
    unit: str
    meaning: str
    is_required: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A named table.

    Attributes:
        name: name in SQL.
        role: "reference" (a CSV file of the folder), "fact" (revisions), "result" (made by a
            run) or "record" (what happened).
        meaning: one sentence.
        columns: in order of display.
        key: names of the columns that identify a row (for facts: a fact, apart from known_at).
        partition: name of the column by which files are apart, or None.
        order: names of the columns by which rows are sorted within a file.
    """

    name: str
    role: Role
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition: str | None = None
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [each.name for each in self.columns]
        ids = [each.field_id for each in self.columns]
        assert len(set(names)) == len(names), f"{self.name}: a column is named twice"
        assert len(set(ids)) == len(ids), f"{self.name}: a field id is used twice"
        used = {*self.key, *self.order, *([self.partition] if self.partition else [])}
        assert used <= set(names), f"{self.name}: {used - set(names)} is no column"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(each.name for each in self.columns)

    @property
    def values(self) -> tuple[str, ...]:
        """Names of the columns that a revision may change (facts: all but key and provenance)."""
        provenance = {"known_at", "arrival", "run"}
        return tuple(name for name in self.names if name not in {*self.key, *provenance})

    def __getitem__(self, name: str) -> Column:
        for each in self.columns:
            if each.name == name:
                return each
        raise KeyError(name)

    def arrow_schema(self) -> pa.Schema:
        """Arrow schema with the Iceberg field ids in the metadata of the fields."""
        return pa.schema(
            pa.field(
                each.name,
                each.type,
                nullable=not each.is_required,
                metadata={"PARQUET:field_id": str(each.field_id), "unit": each.unit},
            )
            for each in self.columns
        )

    def schema_before_run(self) -> pa.Schema:
        """The same without the column ``run``: of rows before they are given their run."""
        return pa.schema(field for field in self.arrow_schema() if field.name != "run")


def column(
    field_id: int,
    name: str,
    type: pa.DataType,
    meaning: str,
    *,
    unit: str = "",
    required: bool = False,
    default: str | None = None,
) -> Column:
    """A column, written shortly in the lists of this package."""
    return Column(field_id, name, type, unit, meaning, required, default)
