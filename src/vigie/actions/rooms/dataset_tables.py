"""Tables of datasets: their columns become fields whose ids never change."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from vigie.datasets import Dataset
from vigie.errors import BadData, NotFound, nearest
from vigie.lake import Manifest
from vigie.schemas import ALL_TABLES, DERIVED, Column, Table

__all__ = ["as_rows", "dataset_table", "table_of"]

_PREFIX = "dataset_"
_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "double": pa.float64(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "date32[day]": pa.date32(),
    "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
}


def dataset_table(
    name: str, fields: Sequence[Sequence[object]], schema: pa.Schema | None = None
) -> Table:
    """The table of a dataset that makes no measure.

    Args:
        name: of the dataset.
        fields: id, name and type of each column that it has or ever had, as kept.
        schema: what it has now; None: all of the fields. A column keeps its id by name and type;
            a new one gets the next.

    Raises:
        BadData: a column has a type that is not kept.
    """
    known = {(str(n), str(t)): int(str(i)) for i, n, t in fields}
    columns = list(known)
    if schema is not None:
        columns = [(field.name, str(_kept_type(name, field))) for field in schema]
    following = max(known.values(), default=0)
    made = []
    for key in columns:
        if key not in known:
            following += 1
            known[key] = following
        made.append(Column(known[key], key[0], _TYPES[key[1]], "", f"Column of dataset {name}."))
    meaning = f"Rows of the dataset {name} of this room."
    return Table(f"{_PREFIX}{name}", "result", meaning, tuple(made), key=())


def table_of(manifest: Manifest, name: str) -> Table:
    """The table of this name in a release: a named one, or that of a dataset as it was then.

    Raises:
        NotFound: neither; the message lists the nearest.
    """
    if name in ALL_TABLES:
        return ALL_TABLES[name]
    for each in manifest.tables:
        if each.name == name:
            return dataset_table(name.removeprefix(_PREFIX), each.fields)
    names = {*ALL_TABLES, "facts", *(each.name for each in manifest.tables)}
    raise NotFound(f'No table "{name}". Nearest: {nearest(name, names)}.')


def _kept_type(name: str, field: pa.Field) -> pa.DataType:
    kind = field.type
    for is_kind, kept in (
        (pa.types.is_string, pa.string()),
        (pa.types.is_large_string, pa.string()),
        (pa.types.is_boolean, pa.bool_()),
        (pa.types.is_integer, pa.int64()),
        (pa.types.is_floating, pa.float64()),
        (pa.types.is_decimal, pa.float64()),
        (pa.types.is_date, pa.date32()),
        (pa.types.is_timestamp, pa.timestamp("us", tz="UTC")),
    ):
        if is_kind(kind):
            return kept
    raise BadData(
        f"Dataset {name}, column {field.name}: type {kind} is not kept. Turn it into text, a "
        "number, a date, an instant or true/false."
    )


def as_rows(dataset: Dataset, rows: pa.Table, run: str) -> pa.Table:
    """Rows of a dataset that makes a measure, in the columns of schemas.DERIVED.

    Raises:
        BadData: a column is missing, a key is missing or stands twice.
    """
    assert dataset.measure is not None
    wanted = ("place", "category", "reference_date", "value")
    missing = [name for name in wanted if name not in rows.column_names]
    if missing:
        raise BadData(
            f"Dataset {dataset.name} ({dataset.file}) makes measure {dataset.measure} but has no "
            f"column {', '.join(missing)}. Give {', '.join(wanted)}."
        )
    count = rows.num_rows
    table = pa.table(
        {
            "dataset": pa.repeat(pa.scalar(dataset.name), count),
            "measure": pa.repeat(pa.scalar(dataset.measure), count),
            "place": rows["place"],
            "category": pc.fill_null(rows["category"].cast(pa.string()), ""),
            "reference_date": rows["reference_date"],
            "value": rows["value"],
            "run": pa.repeat(pa.scalar(run), count),
        }
    )
    keys = ["place", "category", "reference_date"]
    if any(table[key].null_count for key in keys):
        raise BadData(
            f"Dataset {dataset.name} ({dataset.file}): a row lacks its place or reference_date."
        )
    if table.group_by(keys).aggregate([]).num_rows != count:
        raise BadData(
            f"Dataset {dataset.name} ({dataset.file}): two rows have the same place, category "
            "and reference_date. Group by them."
        )
    return table.sort_by([(name, "ascending") for name in DERIVED.order]).cast(
        DERIVED.arrow_schema()
    )
