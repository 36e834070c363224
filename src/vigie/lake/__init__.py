"""The lake: revisions of facts and results of runs as Iceberg tables, read by their files.

Here live the writing of data files (named by their SHA-256), the Iceberg catalogue, the
re-play of late arrivals, as-of reads, release manifests and the collector of files that
nobody names any more. State rows, feeds and the choice of what to compute live elsewhere;
the engine that runs SQL is passed in.
"""

from vigie.lake.asof import as_of_sql
from vigie.lake.collector import Collected
from vigie.lake.files import DataFile, Engine
from vigie.lake.lake import Lake
from vigie.lake.manifest import ChartFile, Manifest, TableFiles
from vigie.lake.revisions import ArrivedFile, TakeResult

__all__ = [
    "ArrivedFile",
    "ChartFile",
    "Collected",
    "DataFile",
    "Engine",
    "Lake",
    "Manifest",
    "TableFiles",
    "TakeResult",
    "as_of_sql",
]
