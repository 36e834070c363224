"""The form of the raw files: which columns each feed's system exports, and how it writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.demoregion.catalogue import WARDS
from vigie.demoregion.depot import DEPOT, DEPOT_CODE
from vigie.demoregion.geography import Geography

__all__ = ["DAILY_FILES", "LAYOUTS", "FileColumn", "Form", "Layout", "Piece", "pieces", "raw_table"]

DAILY_FILES = 14
"""The last so many export days come as one file a day; the time before as one file a month."""


class Form(StrEnum):
    """How a cell is written."""

    PLAIN = "plain"
    UTC_INSTANT = "utc_instant"
    FRENCH_DATE = "french_date"
    FRENCH_INSTANT = "french_instant"
    DECIMAL_COMMA = "decimal_comma"
    PERCENT_OF_OPEN = "percent_of_open"
    CONSTANT = "constant"


class Labels(StrEnum):
    """Whose names for places and wards a system uses."""

    KEYS = "keys"
    REGISTRY = "registry"
    REGISTRY_WARDS = "registry_wards"
    SITREP_SITES = "sitrep_sites"
    SITREP_WARDS = "sitrep_wards"
    STORES = "stores"


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a raw file.

    Attributes:
        name: header.
        source: column of the feed's report, or the text of a CONSTANT.
        form: how cells are written.
        labels: what keys are called.
    """

    name: str
    source: str
    form: Form = Form.PLAIN
    labels: Labels = Labels.KEYS


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of a feed's raw files.

    Attributes:
        columns: in order.
        delimiter: between cells.
        encoding: of the text.
        is_packed: months are packed with gzip.
    """

    columns: tuple[FileColumn, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    is_packed: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows of one raw file.

    Attributes:
        label: month (2020-10) or day (2020-11-09) of export, for the file's name.
        start: first row.
        stop: first row no more.
        is_month: whether the file holds a month.
    """

    label: str
    start: int
    stop: int
    is_month: bool


DATE = FileColumn("date", "reference_date")
EXPORT = FileColumn("exported_at", "known_at", Form.UTC_INSTANT)
HOSPITAL = FileColumn("hospital", "place", labels=Labels.REGISTRY)
WARD = FileColumn("ward", "category", labels=Labels.REGISTRY_WARDS)
STORE = FileColumn("store", "place", labels=Labels.STORES)

LAYOUTS: Mapping[str, Layout] = {
    "beds": Layout(
        (
            HOSPITAL,
            WARD,
            DATE,
            FileColumn("occupied", "beds_occupied"),
            FileColumn("staffed", "beds_staffed"),
            FileColumn("open", "beds_open"),
            EXPORT,
        )
    ),
    "sitrep": Layout(
        (
            FileColumn("Établissement", "place", labels=Labels.SITREP_SITES),
            FileColumn("Type de lits", "category", labels=Labels.SITREP_WARDS),
            FileColumn("Date", "reference_date", Form.FRENCH_DATE),
            FileColumn("Lits occupés", "beds_occupied", Form.DECIMAL_COMMA),
            FileColumn("Taux d'occupation (%)", "beds_occupied", Form.PERCENT_OF_OPEN),
            FileColumn("Extrait le", "known_at", Form.FRENCH_INSTANT),
        ),
        ";",
        "cp1252",
    ),
    "admissions": Layout(
        (
            HOSPITAL,
            WARD,
            DATE,
            FileColumn("entries", "admissions"),
            EXPORT,
        )
    ),
    "epidemic_admissions": Layout(
        (
            HOSPITAL,
            DATE,
            FileColumn("admitted", "epidemic_admissions"),
            EXPORT,
        )
    ),
    "staff": Layout(
        (
            FileColumn("site", "place"),
            FileColumn("skill", "category"),
            DATE,
            FileColumn("rostered", "staff_rostered"),
            FileColumn("absent", "staff_absent"),
            EXPORT,
        )
    ),
    "equipment": Layout(
        (
            FileColumn("site", "place"),
            DATE,
            FileColumn("counted_at", "23:59", Form.CONSTANT),
            FileColumn("in_use", "ventilators_in_use"),
            FileColumn("fleet", "ventilators_total"),
            EXPORT,
        ),
        "\t",
    ),
    "stock": Layout(
        (
            STORE,
            FileColumn("product", "category"),
            DATE,
            FileColumn("stock", "stock_on_hand"),
            FileColumn("used", "consumption"),
            EXPORT,
        ),
        is_packed=True,
    ),
    "orders": Layout(
        (
            FileColumn("line", "order"),
            STORE,
            FileColumn("product", "product"),
            FileColumn("quantity", "quantity"),
            FileColumn("ordered", "ordered_date"),
            FileColumn("expected", "eta_date"),
            FileColumn("status", "status"),
            FileColumn("supplier", "supplier"),
            EXPORT,
        )
    ),
    "movements": Layout(
        (
            FileColumn("stay_number", "stay"),
            FileColumn("patient_number", "patient"),
            HOSPITAL,
            WARD,
            FileColumn("entered", "from_date"),
            FileColumn("left", "to_date"),
            FileColumn("outcome", "outcome"),
            EXPORT,
        )
    ),
    "planned_shifts": Layout(
        (
            FileColumn("shift_number", "shift"),
            FileColumn("member_number", "member"),
            HOSPITAL,
            FileColumn("skill", "category"),
            FileColumn("begins", "begins_at", Form.UTC_INSTANT),
            FileColumn("ends", "ends_at", Form.UTC_INSTANT),
            EXPORT,
        )
    ),
    "lots": Layout(
        (
            STORE,
            FileColumn("product", "product"),
            FileColumn("gtin", "gtin"),
            FileColumn("lot", "lot"),
            FileColumn("expires", "expires_date"),
            FileColumn("quantity", "quantity"),
            FileColumn("unit", "unit"),
            FileColumn("counted", "counted_date"),
            EXPORT,
        )
    ),
    "calls": Layout(
        (
            FileColumn("region", "place"),
            DATE,
            FileColumn("calls", "emergency_calls"),
            EXPORT,
        )
    ),
}
"""The form of each feed's files, by name; ``feed_declarations.FEEDS`` reads the same columns."""


def raw_table(
    layout: Layout, report: pa.Table, geography: Geography, timezone: ZoneInfo
) -> pa.Table:
    """A feed's report in the columns and cells of its files: text, dates and whole numbers.

    Args:
        layout: form of the files.
        report: as FeedReport.table.
        geography: names and codes of the sites.
        timezone: of instants written without an offset.
    """
    names = _labels(geography)
    return pa.table(
        {
            column.name: _cells(column, report, names[column.labels], timezone)
            for column in layout.columns
        }
    )


def pieces(known_at: pa.ChunkedArray, last_export_date: date) -> Iterator[Piece]:
    """How a feed's rows are divided into files, by the day of export.

    Args:
        known_at: instants in ascending order.
        last_export_date: day of the last daily file.
    """
    day = known_at.to_numpy().astype("datetime64[D]")
    last = np.datetime64(last_export_date, "D")
    daily_from = last - np.timedelta64(DAILY_FILES - 1, "D")
    for is_month in (True, False):
        chosen = day[day < daily_from].astype("datetime64[M]") if is_month else day
        for label in np.unique(chosen if is_month else day[day >= daily_from]):
            start = int(np.searchsorted(chosen, label, side="left"))
            stop = int(np.searchsorted(chosen, label, side="right"))
            yield Piece(str(label), start, stop, is_month)


def _labels(geography: Geography) -> dict[Labels, dict[str, str]]:
    sites = geography.sites
    return {
        Labels.KEYS: {},
        Labels.REGISTRY: {site.key: site.registry_number for site in sites},
        Labels.REGISTRY_WARDS: {ward.key: ward.registry_label for ward in WARDS},
        Labels.SITREP_SITES: {site.key: f"CH {site.name}" for site in sites},
        Labels.SITREP_WARDS: {"icu": "Réanimation adulte"},
        Labels.STORES: {site.key: site.store_code for site in sites} | {DEPOT: DEPOT_CODE},
    }


def _cells(
    column: FileColumn, report: pa.Table, labels: Mapping[str, str], timezone: ZoneInfo
) -> pa.Array:
    if column.form is Form.CONSTANT:
        return pa.repeat(column.source, report.num_rows)
    values = report[column.source].combine_chunks()
    match column.form:
        case Form.UTC_INSTANT:
            return _distinct_text(values, lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z", UTC)
        case Form.FRENCH_INSTANT:
            return _distinct_text(values, lambda at: f"{at:%d/%m/%Y %H:%M}", timezone)
        case Form.FRENCH_DATE:
            return pc.strftime(values.cast(pa.timestamp("s")), format="%d/%m/%Y")
        case Form.DECIMAL_COMMA:
            return pc.binary_join_element_wise(values.cast(pa.string()), "0", ",")
        case Form.PERCENT_OF_OPEN:
            share = pc.divide(pc.multiply(values, 100.0), report["beds_open"].combine_chunks())
            text = pc.round(share, 1).cast(pa.string())
            return pc.replace_substring(text, ".", ",")
        case _:
            return _named(values, labels)


def _named(values: pa.Array, labels: Mapping[str, str]) -> pa.Array:
    if not pa.types.is_dictionary(values.type):
        return values
    called = [labels.get(key, key) for key in values.dictionary.to_pylist()]
    names = pa.array(called, pa.string())
    return pa.DictionaryArray.from_arrays(values.indices, names).cast(pa.string())


def _distinct_text(
    values: pa.Array, write: Callable[[datetime], str], timezone: tzinfo
) -> pa.Array:
    """Instants as text; each distinct one is written once (millions of rows, few instants)."""
    distinct = values.dictionary_encode()
    texts = [write(at.astimezone(timezone)) for at in distinct.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(distinct.indices, pa.array(texts)).cast(pa.string())
