"""The Iceberg catalogue: one SQLite file; commits list our data files, snapshots stay few."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from vigie.errors import BadData
from vigie.lake.files import DataFile, Durable, disk_errors
from vigie.schemas import Column, Table

if TYPE_CHECKING:
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.manifest import DataFile as IcebergFile
    from pyiceberg.schema import Schema
    from pyiceberg.table import Table as IcebergTable
    from pyiceberg.types import IcebergType

__all__ = ["Catalogue"]

KEPT_SNAPSHOTS = 5
_NAMESPACE = "vigie"


class Catalogue:
    """Tables of the lake as Iceberg knows them.

    Metadata name locations below the folder in which the lake was made; when the room has
    moved since, they are mapped to where it is now.
    """

    def __init__(self, root: Path, durable: Durable) -> None:
        """Args:
        root: the lake's folder.
        durable: called with a name before and after each durable effect.
        """
        self._root = root
        self._durable = durable
        self._connected: SqlCatalog | None = None
        self._loaded: dict[str, IcebergTable] = {}
        self._files: dict[str, tuple[int | None, tuple[DataFile, ...]]] = {}

    def _connect(self) -> SqlCatalog:
        if self._connected is None:
            self._connected = self._open()
        return self._connected

    def _open(self) -> SqlCatalog:
        from pyiceberg.catalog.sql import SqlCatalog
        from sqlalchemy import URL

        self._root.mkdir(parents=True, exist_ok=True)
        marker = self._root / "location"
        if not marker.exists():
            marker.write_text(self._root.as_posix(), encoding="utf-8")
        recorded = marker.read_text(encoding="utf-8")
        where = URL.create("sqlite", database=str(self._root / "catalogue.db"))
        catalogue = SqlCatalog(
            _NAMESPACE,
            uri=where.render_as_string(),
            warehouse=f"file://{recorded}/metadata",
            **{
                "py-io-impl": "vigie.lake.relocation.RoomFileIO",
                "vigie.recorded": recorded,
                "vigie.actual": self._root.as_posix(),
            },
        )
        catalogue.create_namespace_if_not_exists(_NAMESPACE)
        return catalogue

    def load(self, table: Table) -> IcebergTable:
        """The Iceberg table, made or evolved to the columns of the named table."""
        known = self._loaded.get(table.name)
        if known is not None:
            return known
        from pyiceberg.exceptions import NoSuchTableError

        with disk_errors("the Iceberg catalogue"):
            catalogue = self._connect()
            identifier = f"{_NAMESPACE}.{table.name}"
            try:
                loaded = catalogue.load_table(identifier)
                _evolve(loaded, table)
            except NoSuchTableError:
                loaded = _create(catalogue, identifier, table)
        self._loaded[table.name] = loaded
        return loaded

    def files(self, table: Table) -> tuple[DataFile, ...]:
        """Files of the current snapshot, sorted by path."""
        loaded = self.load(table)
        snapshot = loaded.current_snapshot()
        key = snapshot.snapshot_id if snapshot else None
        cached = self._files.get(table.name)
        if cached is not None and cached[0] == key:
            return cached[1]
        listed = tuple(sorted((self._own(each) for each in _entries(loaded)), key=lambda f: f.path))
        self._files[table.name] = (key, listed)
        return listed

    def _own(self, entry: IcebergFile) -> DataFile:
        path = str(entry.file_path)
        relative = "data/" + path.split("/data/", 1)[1]
        partition = entry.partition
        value = str(partition[0]) if len(partition) else None
        return DataFile(
            relative,
            int(entry.record_count),
            int(entry.file_size_in_bytes),
            value,
        )

    def commit(
        self,
        table: Table,
        add: Sequence[DataFile],
        remove: Sequence[DataFile],
        properties: Mapping[str, str],
    ) -> None:
        """One snapshot that adds and removes files; nothing when there is nothing to do."""
        current = {each.path for each in self.files(table)}
        fresh = [each for each in add if each.path not in current]
        gone = {each.path for each in remove} - {each.path for each in add}
        gone &= current
        if not fresh and not gone:
            return
        loaded = self.load(table)
        self._durable(f"lake: before the snapshot of {table.name}")
        with disk_errors(f"a snapshot of table {table.name}"):
            with loaded.transaction() as transaction:
                update = transaction.update_snapshot(snapshot_properties=dict(properties))
                producer = update.overwrite() if gone else update.merge_append()
                with producer as snapshot:
                    for each in fresh:
                        snapshot.append_data_file(self._iceberg_file(loaded, table, each))
                    if gone:
                        for entry in _entries(loaded):
                            if self._own(entry).path in gone:
                                snapshot.delete_data_file(entry)
            self._expire(loaded)
        self._durable(f"lake: after the snapshot of {table.name}")

    def _expire(self, loaded: IcebergTable) -> None:
        snapshots = sorted(loaded.snapshots(), key=lambda each: each.sequence_number or 0)
        old = [each.snapshot_id for each in snapshots[:-KEPT_SNAPSHOTS]]
        if old:
            loaded.maintenance.expire_snapshots().by_ids(old).commit()

    def _iceberg_file(self, loaded: IcebergTable, table: Table, file: DataFile) -> IcebergFile:
        import pyarrow.parquet as pq
        from pyiceberg.io.pyarrow import (
            compute_statistics_plan,
            data_file_statistics_from_parquet_metadata,
            parquet_path_to_id_mapping,
        )
        from pyiceberg.manifest import DataFile as Entry
        from pyiceberg.manifest import DataFileContent, FileFormat
        from pyiceberg.typedef import Record

        schema = loaded.schema()
        metadata = pq.read_metadata(self._root / file.path)
        statistics = data_file_statistics_from_parquet_metadata(
            metadata,
            compute_statistics_plan(schema, loaded.properties),
            parquet_path_to_id_mapping(schema),
        )
        recorded = str(loaded.io.properties["vigie.recorded"])
        return Entry.from_args(
            content=DataFileContent.DATA,
            file_path=f"file://{recorded}/{file.path}",
            file_format=FileFormat.PARQUET,
            partition=Record(file.partition) if table.partition else Record(),
            file_size_in_bytes=file.bytes,
            sort_order_id=None,
            spec_id=loaded.metadata.default_spec_id,
            equality_ids=None,
            key_metadata=None,
            **statistics.to_serialized_dict(),
        )

    def named_files(self) -> set[str]:
        """Paths of all data files that a live snapshot of any table names."""
        named: set[str] = set()
        catalogue = self._connect()
        for identifier in catalogue.list_tables(_NAMESPACE):
            loaded = catalogue.load_table(identifier)
            for snapshot in loaded.snapshots():
                for manifest in snapshot.manifests(loaded.io):
                    for entry in manifest.fetch_manifest_entry(loaded.io):
                        named.add("data/" + entry.data_file.file_path.split("/data/", 1)[1])
        return named


def _entries(loaded: IcebergTable) -> Iterable[IcebergFile]:
    snapshot = loaded.current_snapshot()
    if snapshot is None:
        return
    for manifest in snapshot.manifests(loaded.io):
        for entry in manifest.fetch_manifest_entry(loaded.io, discard_deleted=True):
            yield entry.data_file


def _create(catalogue: SqlCatalog, identifier: str, table: Table) -> IcebergTable:
    from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionField, PartitionSpec
    from pyiceberg.transforms import IdentityTransform

    spec = UNPARTITIONED_PARTITION_SPEC
    if table.partition:
        source = table[table.partition].field_id
        spec = PartitionSpec(
            PartitionField(
                source_id=source,
                field_id=1000,
                transform=IdentityTransform(),
                name=table.partition,
            )
        )
    created: IcebergTable = catalogue.create_table(
        identifier,
        schema=_schema(table.columns),
        partition_spec=spec,
        properties={
            "format-version": "2",
            "commit.manifest.min-count-to-merge": "8",
            "write.metadata.previous-versions-max": "5",
            "write.metadata.delete-after-commit.enabled": "true",
        },
    )
    if {f.field_id for f in created.schema().fields} != {c.field_id for c in table.columns}:
        raise AssertionError(f"the catalogue renumbered the fields of {table.name}")
    return created


def _schema(columns: Sequence[Column]) -> Schema:
    from pyiceberg.schema import Schema as IcebergSchema
    from pyiceberg.types import NestedField

    return IcebergSchema(
        *(
            NestedField(c.field_id, c.name, _type(c), required=c.is_required, doc=c.meaning)
            for c in columns
        )
    )


def _type(column: Column) -> IcebergType:
    from pyiceberg import types

    simple: dict[pa.DataType, IcebergType] = {
        pa.string(): types.StringType(),
        pa.float64(): types.DoubleType(),
        pa.float32(): types.FloatType(),
        pa.int64(): types.LongType(),
        pa.int32(): types.IntegerType(),
        pa.bool_(): types.BooleanType(),
        pa.date32(): types.DateType(),
        pa.timestamp("us", tz="UTC"): types.TimestamptzType(),
    }
    if pa.types.is_list(column.type):
        return types.ListType(
            element_id=500 + column.field_id,
            element_type=types.FloatType(),
            element_required=False,
        )
    return simple[column.type]


def _evolve(loaded: IcebergTable, table: Table) -> None:
    """Bring a table made by an older version to today's columns: rename, widen, add."""
    present = {each.field_id: each for each in loaded.schema().fields}
    wanted = {each.field_id: each for each in table.columns}
    for field_id, each in wanted.items():
        old = present.get(field_id)
        if old is None and each.is_required:
            raise BadData(
                f"Table {table.name} of this room lacks the required column {each.name}. Upgrade "
                "with the release notes of the version that added it."
            )
    changes = [
        each
        for each in table.columns
        if each.field_id not in present
        or present[each.field_id].name != each.name
        or not _is_same(present[each.field_id].field_type, _type(each))
    ]
    if not changes:
        return
    with loaded.update_schema(allow_incompatible_changes=False) as update:
        for each in changes:
            old = present.get(each.field_id)
            if old is None:
                # pyiceberg numbers new columns by its own count; ours are fixed in the schema.
                update._last_column_id = itertools.count(each.field_id)
                update.add_column(each.name, _type(each), doc=each.meaning)
                continue
            if not _is_same(old.field_type, _type(each)):
                update.update_column(old.name, field_type=_type(each))
            if old.name != each.name:
                update.rename_column(old.name, each.name)


def _is_same(stored: IcebergType, wanted: IcebergType) -> bool:
    """Whether types are equal, whatever number pyiceberg gave to the element of a list."""
    from pyiceberg.types import ListType

    if isinstance(stored, ListType) and isinstance(wanted, ListType):
        return bool(stored.element_type == wanted.element_type)
    return bool(stored == wanted)
