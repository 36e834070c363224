"""Files of series in long form: dates, names and values found, or a clear word on what is not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from vigie.errors import BadData, NotFound, nearest
from vigie.paths import DateArray, FloatArray, Step, past_dates

__all__ = ["SeriesFile", "read_origins", "read_series", "wanted_steps"]

_DATE_COLUMNS = ("date", "month")
_FEWEST_DATES = 2
_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)?(\.\d*)?([eE][-+]?\d+)?|nan|inf", re.IGNORECASE)
_MOST_CELLS = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class SeriesFile:
    """The series of a file on one grid of dates.

    Attributes:
        file: where they came from.
        id_column: the column that names them.
        series: names, axis 0.
        step: day or month.
        dates: (time,), every day or the first day of every month, without gaps.
        values: (series, time), NaN where missing.
    """

    file: Path
    id_column: str
    series: tuple[str, ...]
    step: Step
    dates: DateArray
    values: FloatArray


def read_series(
    file: Path, target: str, id_column: str = "", where: Mapping[str, str] | None = None
) -> SeriesFile:
    """Read a file of series; see ``forecast_series`` for its columns.

    Args:
        file: Parquet or CSV.
        target: column of the values.
        id_column: column that names the series; "": found.
        where: only rows whose columns, as text, have these values.

    Raises:
        NotFound: the file is not there.
        BadData: a column is missing or no number or date, no row is left, or two rows have one
            date and series.
    """
    table = _kept_rows(file, _table(file), where or {})
    if target not in table.column_names:
        raise BadData(
            f'{file} has no column "{target}" to forecast. '
            f"The nearest are {nearest(target, table.column_names)}."
        )
    days = _days(file, table, _date_column(file, table))
    if not len(days):
        raise BadData(f"{file} has no rows. Write one row a date and series.")
    values = _numbers(file, table, target)
    name = _id_column(file, table, days, id_column, target)
    series, row = _names(file, table, name)
    step, dates = _grid(file, days)
    column = np.searchsorted(dates, days.astype("datetime64[M]").astype("datetime64[D]"))
    if step == "day":
        column = np.searchsorted(dates, days)
    if len(series) * len(dates) > _MOST_CELLS:
        raise BadData(
            f"{file}: {len(series)} series from {dates[0]} to {dates[-1]} are too many at once. "
            "Split the file."
        )
    at = row * len(dates) + column
    order = np.argsort(at, kind="stable")
    twice = order[1:][at[order[1:]] == at[order[:-1]]]
    if len(twice):
        first = twice.min()
        raise BadData(
            f'{file}: {len(twice)} rows have the date and the {name} of another one, first "'
            f'{series[row[first]]}" on {days[first]}. Keep one row a date and series, or name '
            "the column of the series with --id."
        )
    grid = np.full(len(series) * len(dates), np.nan)
    grid[at] = values
    return SeriesFile(file, name, series, step, dates, grid.reshape(len(series), len(dates)))


def read_origins(file: Path, given: SeriesFile) -> list[np.datetime64]:
    """The dates of the column origin, in order, each once; months as their first day.

    Raises:
        NotFound: the file is not there.
        BadData: there is no such column, no date in it, or one outside the series.
    """
    table = _table(file)
    if "origin" not in table.column_names:
        raise BadData(
            f"{file} has no column origin. It has {', '.join(table.column_names)}. Write the "
            "last date that each forecast may know."
        )
    days = np.unique(_days(file, table, "origin"))
    if given.step == "month":
        days = np.unique(days.astype("datetime64[M]").astype("datetime64[D]"))
    if not len(days):
        raise BadData(f"{file} has no origin. Write a date in the column origin.")
    outside = days[(days < given.dates[0]) | (days > given.dates[-1])]
    if len(outside):
        raise BadData(
            f"{file}: {len(outside)} origins lie outside the series of {given.file}, which go "
            f"from {given.dates[0]} to {given.dates[-1]}; first {outside[0]}."
        )
    return list(days)


def wanted_steps(horizons: Sequence[int], step: str, most: int) -> list[int]:
    """Horizons in order, each once.

    Raises:
        BadData: there is none, or one is below 1 or above ``most``.
    """
    wanted = sorted(set(horizons))
    if not wanted or wanted[0] < 1 or wanted[-1] > most:
        raise BadData(
            f"Horizons {', '.join(map(str, horizons)) or '(none)'}: write {step}s from 1 to {most} "
            "as whole numbers, for example 7,14."
        )
    return wanted


def _table(file: Path) -> pa.Table:
    """Rows of a Parquet file, or of a CSV with every cell as text."""
    if not file.is_file():
        raise NotFound(f"No file {file}. Write the path of a Parquet or CSV file.")
    try:
        if file.suffix.lower() == ".parquet":
            return pq.read_table(file)
        with file.open(encoding="utf-8-sig") as stream:
            names = [name.strip('"') for name in stream.readline().strip().split(",")]
        as_text = pcsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True
        )
        return pcsv.read_csv(file, convert_options=as_text)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise BadData(
            f"{file} cannot be read: {error}. Write Parquet, or CSV with commas in UTF-8."
        ) from error


def _kept_rows(file: Path, table: pa.Table, where: Mapping[str, str]) -> pa.Table:
    """The rows with the values asked for."""
    for name, value in where.items():
        if name not in table.column_names:
            raise BadData(
                f'{file} has no column "{name}" to choose rows by. '
                f"The nearest are {nearest(name, table.column_names)}."
            )
        texts = pc.cast(table[name], pa.string())
        kept = table.filter(pc.equal(texts, value))
        if table.num_rows and not kept.num_rows:
            found = [str(text) for text in pc.unique(texts).to_pylist()[:1000] if text is not None]
            raise BadData(
                f'{file}, column {name}: no row has "{value}". '
                f"The nearest are {nearest(value, found)}."
            )
        table = kept
    return table


def _date_column(file: Path, table: pa.Table) -> str:
    found = [name for name in _DATE_COLUMNS if name in table.column_names]
    if not found:
        raise BadData(
            f"{file} has no column date or month. It has {', '.join(table.column_names)}. "
            "Rename the column of the dates."
        )
    return found[0]


def _days(file: Path, table: pa.Table, name: str) -> DateArray:
    """(row,), datetime64[D]; text is read as YYYY-MM-DD or YYYY-MM."""
    column = table[name]
    if column.null_count:
        raise BadData(f"{file}, column {name}: {column.null_count} rows have no date.")
    if _is_text(column.type):
        texts = [str(text)[:10] for text in column.to_pylist()]
        try:
            days = np.array(texts, dtype="datetime64[D]")
        except ValueError as error:
            raise BadData(
                f"{file}, column {name}: {error}. Write dates as YYYY-MM-DD, months as YYYY-MM."
            ) from error
        if np.isnat(days).any():
            raise BadData(f"{file}, column {name}: {np.isnat(days).sum()} rows have no date.")
        return days
    if not pa.types.is_temporal(column.type) or pa.types.is_time(column.type):
        raise BadData(f"{file}, column {name} is {column.type}, not a date.")
    return np.asarray(pc.cast(column, pa.date32(), safe=False).to_numpy(), dtype="datetime64[D]")


def _numbers(file: Path, table: pa.Table, name: str) -> FloatArray:
    """(row,), NaN where missing."""
    try:
        column = pc.cast(table[name], pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadData(f"{file}, column {name}: {error}. It must hold numbers.") from error
    values = np.asarray(pc.fill_null(column, np.nan).to_numpy(), dtype=np.float64)
    if np.isinf(values).any():
        raise BadData(f"{file}, column {name}: a value is infinite. Leave it empty if unknown.")
    if not np.isfinite(values).any():
        raise BadData(f"{file}, column {name} has no value to learn from.")
    return values


def _id_column(file: Path, table: pa.Table, days: DateArray, wanted: str, target: str) -> str:
    """The column asked for, or the first that is never twice the same on one date."""
    others: list[str] = [n for n in table.column_names if n not in (*_DATE_COLUMNS, target)]
    if wanted:
        if wanted not in others:
            raise BadData(
                f'{file} has no column "{wanted}" to name the series. '
                f"The nearest are {nearest(wanted, others)}."
            )
        return wanted
    named: list[str] = [
        name for name in others if _is_text(table[name].type) and _is_name(table[name])
    ]
    for name in named:
        _, row = _names(file, table, name)
        cells = np.stack([row, days.astype(np.int64)])
        if np.unique(cells, axis=1).shape[1] == len(days):
            return name
    if len(named) == 1:
        return named[0]
    raise BadData(
        f"{file}: no column of text names one series a row of each date "
        f"(there are {', '.join(named) or 'none'}). Name the column with --id."
    )


def _is_name(column: pa.ChunkedArray) -> bool:
    """Whether a column of a CSV, all text, holds more than numbers; "01" is a name, "1" is not."""
    texts = [str(text) for text in pc.unique(column).to_pylist()[:1000] if text is not None]
    return any(not _NUMBER.fullmatch(text) for text in texts)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _names(file: Path, table: pa.Table, name: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Names in order, and which of them each row has."""
    column = pc.cast(table[name], pa.string())
    if column.null_count:
        raise BadData(f"{file}, column {name}: {column.null_count} rows name no series.")
    names, row = np.unique(column.to_numpy(), return_inverse=True)
    return tuple(str(each) for each in names), row


def _grid(file: Path, days: DateArray) -> tuple[Step, DateArray]:
    """Days or months by what lies between the dates, and all dates from the first to the last."""
    found = np.unique(days)
    if len(found) < _FEWEST_DATES:
        raise BadData(f"{file} has one date only. A forecast needs a past.")
    gaps = np.diff(found).astype(np.int64)
    months = found.astype("datetime64[M]")
    if gaps.min() >= 28 and len(np.unique(months)) == len(found):
        last = months[-1].astype("datetime64[D]")
        count = int((months[-1] - months[0]).astype(np.int64)) + 1
        return "month", past_dates(last, "month", count)
    if gaps.min() > 1:
        raise BadData(
            f"{file}: dates lie {gaps.min()} days apart or more. Series of days or of months are "
            "served; those of weeks by vigie forecast hub."
        )
    return "day", past_dates(found[-1], "day", int((found[-1] - found[0]).astype(np.int64)) + 1)
