"""Tables that a room derives: declarations, their graph, what is stale, where columns come from.

Pure functions over the texts of ``datasets/*.sql`` and ``datasets/*.py``. Running a dataset and
storing its rows are the business of ``actions``; checks on a dataset are read by ``quality`` from
the text kept in ``Dataset.checks``.
"""

from vigie.datasets.declaration import HEADER_KEYS, ColumnRef, Dataset, Language, read_dataset
from vigie.datasets.graph import Graph, build_graph
from vigie.datasets.lineage import Edge, Trace, column_lineage, trace
from vigie.datasets.python_source import PYTHON_NAMES
from vigie.datasets.relations import SERIES_COLUMNS, SOURCE_COLUMNS
from vigie.datasets.staleness import Built, Plan, Step, plan_rebuild

__all__ = [
    "HEADER_KEYS",
    "PYTHON_NAMES",
    "SERIES_COLUMNS",
    "SOURCE_COLUMNS",
    "Built",
    "ColumnRef",
    "Dataset",
    "Edge",
    "Graph",
    "Language",
    "Plan",
    "Step",
    "Trace",
    "build_graph",
    "column_lineage",
    "plan_rebuild",
    "read_dataset",
    "trace",
]
