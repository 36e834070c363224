"""What a feed declares: who sends what, from where, in which form, and what it means.

The text form is one TOML file a feed; `vigie.feeds.declaration_reader` reads and checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "PERSONAL_COLUMNS",
    "CheckRule",
    "ColumnRule",
    "Covers",
    "Feed",
    "FilterRule",
    "Format",
    "IdentifierAct",
    "KnownAt",
    "MeasureRule",
    "Source",
    "SourceKind",
    "TableName",
]

TableName = Literal["reports", "orders", "movements", "lots", "planned_shifts"]
Covers = Literal["all", "window", "rows"]
SourceKind = Literal["upload", "file", "folder", "http", "sql"]
IdentifierAct = Literal["pseudonymise", "drop"]

PERSONAL_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "movements": ("stay", "patient"),
    "planned_shifts": ("shift", "member"),
}
"""Tables about persons, and which of their columns are replaced by pseudonyms at the door."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where files come from.

    Attributes:
        kind: upload (handed over by a person), file, folder, http or sql.
        path: of the file or folder, relative to the room or absolute.
        pattern: which names of a folder are meant.
        url: http(s) address without credentials.
        url_env: environment variable that holds a database address.
        query: one SELECT.
        key: column of the query that only grows; rows above the last one seen are read.
    """

    kind: SourceKind = "upload"
    path: str = ""
    pattern: str = "*"
    url: str = ""
    url_env: str = ""
    query: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written.

    Attributes:
        kind: csv, parquet or excel.
        encoding: of a CSV file: utf-8, cp1252, latin-1 or utf-16.
        delimiter: between cells of a CSV file.
        decimal: "." or ",".
        null_values: cells that mean "no value".
        sheet: of a workbook; "" takes the first.
        header_row: row that holds the names of the columns, from 1.
    """

    kind: Literal["csv", "parquet", "excel"] = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    null_values: tuple[str, ...] = ("", "NA")
    sheet: str = ""
    header_row: int = 1


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """How a column of the table is read from the file.

    Attributes:
        target: column of the table.
        source: column of the file, "" when the value is constant.
        codes: code list that turns cells into keys, "" when the cell is the key.
        constant: the value for all rows, or None.
        format: of a date, as strftime writes it, or "excel" for serial numbers.
        period: "month": the date is moved to the last day of its month.
        plus_days: added to the date (a week named by its first day: 6).
        ahead_days: days after the receipt of the file that the date may lie (bookings); others
            are refused as days of the future.
        unit_source: column of the file that names the unit of a value, or "".
        factor: a value is multiplied by it.
    """

    target: str
    source: str = ""
    codes: str = ""
    constant: str | None = None
    format: str = "%Y-%m-%d"
    period: str = ""
    plus_days: int = 0
    ahead_days: int = 0
    unit_source: str = ""
    factor: float = 1.0

    @property
    def is_month_end(self) -> bool:
        """Whether dates are moved to the last day of their month."""
        names_day = any(part in self.format for part in ("%d", "%j", "%V", "%U", "%W", "excel"))
        return self.period == "month" or not names_day


@dataclass(frozen=True, slots=True)
class KnownAt:
    """When the source made its figures public.

    Attributes:
        mode: column (a column says it), name (the file's name says it), reference (a fixed
            number of days after the reference date) or receipt (the time of receipt).
        source: column of the file.
        format: of the instant or date. A date alone means 00:00 of the room, so that it falls on
            that very day west of Greenwich too; a time without an offset is a time of the
            room; a literal Z or an offset is what it says.
        pattern: regular expression with a group "date", searched in the file's name.
        plus_days: added.
    """

    mode: Literal["column", "name", "reference", "receipt"] = "receipt"
    source: str = ""
    format: str = "%Y-%m-%d"
    pattern: str = ""
    plus_days: int = 0


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """A value column of a wide file.

    Attributes:
        measure: key of measures.
        source: column of the file.
        unit: unit of the column in the file.
        category: of this column, or None: as [columns] says.
        factor: the value is multiplied by it to reach the unit of the measure.
    """

    measure: str
    source: str
    unit: str
    category: str | None = None
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A column of the file that must agree with the room: its unit or its census hour."""

    kind: Literal["unit", "census"]
    source: str


@dataclass(frozen=True, slots=True)
class FilterRule:
    """Only rows whose column has one of these values are meant."""

    source: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """A declared feed. Built by `read_feed`, which refuses wrong combinations.

    Attributes:
        name: of the file without ".toml".
        file: path of the declaration, relative to the room.
        sha256: of the declaration's text.
        table: which facts it brings.
        owner, legal_basis, purpose: who answers for the data, on which ground, to which end.
        rhythm: day, week, month or irregular.
        deadline: room time by which the day's arrival is due, or "".
        covers: what a file says about rows it does not hold (all and window: withdrawn).
        keep_raw_days: how long the received file is kept.
        all_or_nothing: one wrong row refuses the file.
        source, format: where from, and how written.
        columns: by column of the table, known_at apart.
        known_at: when the figures were made public.
        measures: value columns of a wide file; empty for a tall one.
        checks, filters: columns that must agree; rows that are meant.
        identifiers: personal columns of the file, and what happens to them at the door.
    """

    name: str
    file: str
    sha256: str
    table: TableName
    owner: str
    legal_basis: str
    purpose: str
    rhythm: str
    deadline: str
    covers: Covers
    keep_raw_days: int
    all_or_nothing: bool
    source: Source
    format: Format
    columns: Mapping[str, ColumnRule]
    known_at: KnownAt = field(default_factory=KnownAt)
    measures: tuple[MeasureRule, ...] = ()
    checks: tuple[CheckRule, ...] = ()
    filters: tuple[FilterRule, ...] = ()
    identifiers: Mapping[str, IdentifierAct] = field(default_factory=dict)

    @property
    def is_personal(self) -> bool:
        """Whether rows are about persons: no cell of it may enter a message."""
        return self.table in PERSONAL_COLUMNS or bool(self.identifiers)

    def file_columns(self) -> tuple[str, ...]:
        """Columns of the file that the declaration uses, each once."""
        names = [rule.source for rule in self.columns.values()]
        names += [rule.unit_source for rule in self.columns.values()]
        names += [self.known_at.source]
        names += [each.source for each in self.measures]
        names += [each.source for each in self.checks] + [each.source for each in self.filters]
        return tuple(dict.fromkeys(name for name in names if name))

    def protected(self) -> Mapping[str, IdentifierAct]:
        """What the door does to which column: as declared, and every number of a person."""
        acts = dict(self.identifiers)
        for target in PERSONAL_COLUMNS.get(self.table, ()):
            if target in self.columns and self.columns[target].source:
                acts.setdefault(self.columns[target].source, "pseudonymise")
        return acts

    def domain(self, source: str) -> str:
        """Domain of pseudonyms of a file column: equal columns of two feeds stay linkable."""
        for target, rule in self.columns.items():
            if rule.source == source:
                return target
        return source.strip().casefold()
