"""Reading a release: its tables by name, with the figures that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

from vigie.actions.rooms.damage import relation, require_paths
from vigie.actions.rooms.dataset_tables import table_of
from vigie.actions.rooms.room import Room
from vigie.errors import BadData, NotFound, nearest
from vigie.lake import DataFile, Manifest, as_of_sql
from vigie.quality import RULED_SQL
from vigie.schemas import DERIVED, MEASURES, PATH_ARRAYS, REPORTS, Table

__all__ = ["FACTS", "ReleaseReader", "RememberedTables", "as_day", "as_known_sql", "facts_sql"]

FACTS = pa.schema(
    [
        pa.field("measure", pa.string()),
        pa.field("place", pa.string()),
        pa.field("category", pa.string()),
        pa.field("reference_date", pa.date32()),
        pa.field("known_at", pa.timestamp("us", tz="UTC")),
        pa.field("value", pa.float64()),
        pa.field("reason", pa.string()),
        pa.field("feed", pa.string()),
    ]
)
_COLUMNS = ", ".join(FACTS.names)


def as_day(text: str) -> date:
    """A day written YYYY-MM-DD.

    Raises:
        BadData: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadData(f'"{text}" is not a day. Write it as YYYY-MM-DD.') from error


def as_known_sql(
    room: Room,
    reports: Sequence[DataFile],
    derived: Sequence[DataFile],
    known_until: datetime,
    where: str = "true",
) -> str:
    """SQL of the facts as known on an instant, one row a key and feed, datasets included.

    Args:
        reports: files of the table of reports.
        derived: files of the figures that datasets make; their feed is the dataset's name.
        where: condition on measure, place, category and reference_date.
    """
    parts = [
        f"SELECT {_COLUMNS} FROM ("
        + as_of_sql(REPORTS, relation(room, REPORTS, reports), known_until, where)
        + ")"
    ]
    if derived:
        instant = known_until.isoformat(timespec="microseconds")
        parts.append(
            "SELECT measure, place, category, reference_date, "
            f"TIMESTAMPTZ '{instant}' AS known_at, value, NULL AS reason, dataset AS feed "
            f"FROM {relation(room, DERIVED, derived)} WHERE {where}"
        )
    return " UNION ALL ".join(parts)


def facts_sql(known: str) -> str:
    """SQL of the figures that stand, one row a key, from SQL of ``as_known_sql``.

    Needs the relation ``measures``.
    """
    return f"WITH facts AS ({known}) SELECT {_COLUMNS} FROM ({RULED_SQL})"


@dataclass(frozen=True, slots=True)
class ReleaseReader:
    """The tables of one release.

    Attributes:
        room: the room it belongs to.
        manifest: the release.
        published_at: when it was put in force, or made while it is a draft.
    """

    room: Room
    manifest: Manifest
    published_at: datetime
    _kept: dict[str, pa.Table] = field(default_factory=dict, repr=False, compare=False)

    @property
    def release(self) -> str:
        """Its id."""
        return self.manifest.release

    @property
    def as_of(self) -> date:
        """The day whose knowledge it holds."""
        return self.manifest.as_of

    @property
    def room_name(self) -> str:
        """Name of the room."""
        return self.room.values.name

    @property
    def timezone(self) -> str:
        """Time zone of the room."""
        return self.room.values.timezone

    def table(self, name: str, /, **equals: str) -> pa.Table:
        """Rows of a table of the release whose columns equal the values given.

        Args:
            name: a named table, "dataset_NAME", or "facts" for the figures that stand.
            equals: column and value.

        Raises:
            NotFound: no table or column of this name, or sample paths that have expired.
            DamagedFile: a file of it is not what was written.
        """
        if name == "facts":
            return self._facts(equals)
        of = table_of(self.manifest, name)
        where = _condition(equals, of.arrow_schema())
        if name == PATH_ARRAYS.name:
            require_paths(self.room, self.manifest)
        rows = self.room.engine.query(
            f"SELECT * FROM {relation(self.room, of, self.manifest.table(name))} WHERE {where}"
        )
        return _typed(rows, of)

    def _facts(self, equals: dict[str, str]) -> pa.Table:
        where = f"{_condition(equals, FACTS)} AND {self._no_bookings_ahead()}"
        known = as_known_sql(
            self.room,
            self._of_measure(REPORTS, equals),
            self.manifest.table(DERIVED.name),
            self.manifest.known_until,
            where,
        )
        if MEASURES.name not in self._kept:
            self._kept[MEASURES.name] = self.table(MEASURES.name)
        return self.room.engine.query(facts_sql(known), self._kept)

    def _no_bookings_ahead(self) -> str:
        """Condition without the days ahead of bookings: these are no figures yet."""
        rules = self.room.values.shortages
        booked = sorted({f"'{rule.flow.booked}'" for rule in rules if rule.flow.booked})
        if not booked:
            return "true"
        listed = ", ".join(booked)
        return f"NOT (measure IN ({listed}) AND reference_date > DATE '{self.as_of}')"

    def _of_measure(self, of: Table, equals: dict[str, str]) -> tuple[DataFile, ...]:
        files = self.manifest.table(of.name)
        if "measure" in equals:
            return tuple(f for f in files if f.partition == equals["measure"])
        return files


class RememberedTables:
    """A release whose answers are kept, for builders that ask the same more than once.

    Not for the sample paths, whose answers are large.
    """

    def __init__(self, reader: ReleaseReader) -> None:
        """Args:
        reader: the release.
        """
        self._reader = reader
        self._known: dict[tuple[str, frozenset[tuple[str, str]]], pa.Table] = {}
        self.release = reader.release
        self.as_of = reader.as_of
        self.published_at = reader.published_at
        self.room_name = reader.room_name
        self.timezone = reader.timezone

    def table(self, name: str, /, **equals: str) -> pa.Table:
        """As ``ReleaseReader.table``; the second time from memory."""
        asked = (name, frozenset(equals.items()))
        if asked not in self._known:
            self._known[asked] = self._reader.table(name, **equals)
        return self._known[asked]


def _condition(equals: dict[str, str], schema: pa.Schema) -> str:
    """Values are written out, not bound: the condition may stand twice in a statement."""
    parts = []
    for name, value in equals.items():
        if name not in schema.names:
            raise NotFound(f'No column "{name}". Nearest: {nearest(name, schema.names)}.')
        literal = "'" + value.replace("'", "''") + "'"
        if pa.types.is_date(schema.field(name).type):
            literal = f"DATE '{as_day(value)}'"
        parts.append(f'"{name}" = {literal}')
    return " AND ".join(parts) or "true"


def _typed(rows: pa.Table, of: Table) -> pa.Table:
    schema = pa.schema([pa.field(c.name, c.type) for c in of.columns])
    return rows.select(schema.names).cast(schema)
