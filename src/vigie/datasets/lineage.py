"""From a column of a dataset back to the columns of the sources it is made of.

Read from the SELECT for SQL, taken from ``LINEAGE`` for Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vigie.datasets.declaration import ColumnRef, Dataset, Language
from vigie.datasets.graph import Graph
from vigie.datasets.relations import SERIES_COLUMNS, SOURCE_COLUMNS
from vigie.errors import BadData, NotFound, nearest

__all__ = ["Edge", "Trace", "column_lineage", "trace"]

_Columns = dict[str, tuple[ColumnRef, ...]]


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One step: a column is made of another one, among others."""

    column: ColumnRef
    origin: ColumnRef


@dataclass(frozen=True, slots=True)
class Trace:
    """A column traced end to end.

    Attributes:
        edges: every step, from the column asked for towards the sources.
        origins: columns of sources at the ends, sorted; empty for a column that only counts rows
            or is constant.
    """

    edges: tuple[Edge, ...]
    origins: tuple[ColumnRef, ...]


def column_lineage(graph: Graph) -> Mapping[str, Mapping[str, tuple[ColumnRef, ...]]]:
    """Columns of every dataset, each with the input columns it is directly made of.

    Raises:
        BadData: the columns of a SELECT cannot be resolved; names the file and the column.
    """
    found: dict[str, _Columns] = {}
    for dataset in graph.datasets:
        if dataset.language is Language.PYTHON:
            found[dataset.name] = dict(dataset.lineage)
        else:
            found[dataset.name] = _sql_columns(dataset, _input_columns(graph, dataset, found))
    return found


def trace(graph: Graph, dataset: str, column: str) -> Trace:
    """Follow a column of a dataset to the columns of feeds and reference tables.

    Args:
        graph: the datasets.
        dataset: name of a dataset.
        column: one of its columns.

    Raises:
        NotFound: no such dataset or column; lists the nearest names.
        BadData: the columns of a SELECT on the way cannot be resolved.
    """
    lineage = column_lineage(graph)
    if dataset not in lineage:
        near = nearest(dataset, lineage)
        raise NotFound(f'There is no dataset "{dataset}". The nearest are {near or "none"}.')
    if column not in lineage[dataset]:
        near = nearest(column, lineage[dataset])
        raise NotFound(f'Dataset "{dataset}" has no column "{column}". The nearest are {near}.')
    edges: list[Edge] = []
    origins: set[ColumnRef] = set()
    waiting = [ColumnRef(dataset, column)]
    seen: set[ColumnRef] = set()
    while waiting:
        here = waiting.pop(0)
        if here in seen:
            continue
        seen.add(here)
        maker = graph.maker(here.relation)
        if maker is None:
            origins.add(here)
            continue
        for origin in lineage[maker].get(here.column, ()):
            edges.append(Edge(here, origin))
            waiting.append(origin)
    return Trace(tuple(edges), tuple(sorted(origins)))


def _input_columns(
    graph: Graph, dataset: Dataset, found: Mapping[str, _Columns]
) -> dict[str, tuple[str, ...]]:
    columns: dict[str, tuple[str, ...]] = {}
    for name in dataset.inputs:
        maker = graph.maker(name)
        made = SERIES_COLUMNS if maker is None else tuple(found[maker])
        columns[name] = SOURCE_COLUMNS.get(name, made)
    return columns


def _sql_columns(dataset: Dataset, inputs: Mapping[str, tuple[str, ...]]) -> _Columns:
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify

    # Only names matter here; the reader wants some type for every column.
    schema = {name: dict.fromkeys(columns, "text") for name, columns in inputs.items()}
    try:
        tree = qualify(
            sqlglot.parse_one(dataset.code, read="duckdb"), schema=schema, dialect="duckdb"
        )
        names = [str(select.alias_or_name) for select in tree.selects]
        nodes = {name: lineage(name, dataset.code, schema, dialect="duckdb") for name in names}
    except sqlglot.errors.SqlglotError as error:
        first = str(error).splitlines()[0]
        raise BadData(
            f"{dataset.file}: its columns cannot be traced: {first}. Name each column that it "
            "reads, with its relation."
        ) from error
    return {
        name: tuple(
            sorted(
                {
                    ColumnRef(node.source.name.lower(), node.name.rpartition(".")[2].strip('"'))
                    for node in top.walk()
                    if isinstance(node.source, exp.Table)
                }
            )
        )
        for name, top in nodes.items()
    }
