"""The lake as the actions see it: take arrivals, write results, read as of an instant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence, Set
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from vigie.errors import DamagedFile
from vigie.lake.catalogue import Catalogue
from vigie.lake.collector import Collected, collect
from vigie.lake.files import (
    DataFile,
    Durable,
    Engine,
    FileStore,
    disk_errors,
    nothing_durable,
    read_sql,
)
from vigie.lake.manifest import ChartFile, TableFiles
from vigie.lake.revisions import ArrivedFile, Covers, TakeResult, take
from vigie.schemas import Table

__all__ = ["Lake"]


class Lake:
    """Iceberg tables below one folder, written by one process at a time, read by any."""

    def __init__(self, root: Path, engine: Engine, durable: Durable = nothing_durable) -> None:
        """Args:
        root: folder of the lake, made when first written to.
        engine: runs the SQL.
        durable: called with a name before and after each durable effect.
        """
        self.root = root
        self._engine = engine
        self._durable = durable
        self._store = FileStore(root, durable)
        self._catalogue = Catalogue(root, durable)

    def take(
        self,
        table: Table,
        feed: str,
        covers: Covers,
        fresh: Sequence[ArrivedFile],
        kept: Callable[[datetime], Sequence[ArrivedFile]],
        *,
        run: str,
    ) -> TakeResult:
        """Bring the revisions of a feed up to date; see ``vigie.lake.revisions``."""
        return take(
            table,
            feed,
            covers,
            fresh,
            kept,
            run=run,
            engine=self._engine,
            store=self._store,
            catalogue=self._catalogue,
        )

    def files(self, table: Table) -> tuple[DataFile, ...]:
        """Files of the current snapshot of a table."""
        return self._catalogue.files(table)

    def write(
        self,
        table: Table,
        rows: pa.Table | Iterator[pa.RecordBatch],
        run: str,
        *,
        partition: str | None = None,
        row_group: int = 200_000,
    ) -> tuple[DataFile, ...]:
        """Write one partition of a table (all of it when it has none) in place of what it held.

        Args:
            table: the named table.
            rows: its rows; none leaves the partition empty.
            run: key of the run, noted in the snapshot.
            partition: value of the table's partition column in all rows.
            row_group: rows a row group.

        Returns:
            The files now in the partition. Writing the same rows again changes nothing.
        """
        batches = iter(rows.to_batches()) if isinstance(rows, pa.Table) else rows
        file = self._store.write(table, batches, partition, row_group)
        old = [each for each in self.files(table) if each.partition == partition]
        new = [file] if file is not None else []
        self._catalogue.commit(table, new, old, {"vigie.run": run})
        return tuple(new)

    def relation(self, table: Table, files: Sequence[DataFile]) -> str:
        """SQL of a relation over data files, each verified once per process.

        Raises:
            DamagedFile: a file is not what was written.
        """
        for file in files:
            self._store.verify(file)
        return read_sql(table, [self._store.absolute(file) for file in files])

    def scrub(self, files: Sequence[DataFile]) -> list[tuple[DataFile, DamagedFile]]:
        """Hash every file again; the damaged ones with what to do."""
        damaged = []
        for file in files:
            try:
                self._store.verify(file, again=True)
            except DamagedFile as error:
                damaged.append((file, error))
        return damaged

    def table_files(self, table: Table, files: Sequence[DataFile]) -> TableFiles:
        """What a release says of a table."""
        fields = tuple((each.field_id, each.name, str(each.type)) for each in table.columns)
        return TableFiles(table.name, fields, tuple(files))

    def write_chart(self, name: str, svg: str) -> ChartFile:
        """Keep a picture, named by its SHA-256."""
        content = svg.encode()
        digest = hashlib.sha256(content).hexdigest()
        path = f"charts/{digest[:2]}/{digest}.svg"
        target = self.root / path
        if not target.exists():
            with disk_errors("a chart"):
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary = target.with_suffix(".tmp")
                temporary.write_bytes(content)
                temporary.rename(target)
        return ChartFile(name, path, len(content), digest)

    def read_chart(self, chart: ChartFile) -> str:
        """The picture's SVG text.

        Raises:
            DamagedFile: it is missing or not what was drawn.
        """
        try:
            content = (self.root / chart.path).read_bytes()
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() != chart.sha256:
            raise DamagedFile(
                f"Chart {chart.name} ({chart.path}) is not what was drawn. Restore it from a "
                "backup (vigie restore), or run the cycle again (vigie run)."
            )
        return content.decode()

    def named_files(self) -> set[str]:
        """Paths that a live snapshot of any table names."""
        return self._catalogue.named_files()

    def collect(self, named: Set[str], *, now: datetime) -> Collected:
        """Remove files that neither ``named`` nor a live snapshot names; see the collector."""
        everything = set(named) | self.named_files()
        return collect(self.root, everything, now=now, durable=self._durable)
