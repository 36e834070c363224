"""Forecasts of other teams as files of hub model-output: the file of a day, read into a room.

A hub keeps one file a round, ``DATE-TEAM-MODEL.csv`` or ``.parquet``, named after its reference
date. Of these a run reads the newest that is not dated after it, and opens no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from vigie.errors import BadData, nearest
from vigie.paths import FloatArray, IntArray, checked_output

__all__ = ["FileForecast", "file_fingerprint", "file_of_day", "read_file_forecast"]

_HUB = "hub:"
"""Before the name of a hub's target among the standard names of a measure."""

_SUFFIXES = (".csv", ".parquet")
_DATE_LENGTH = len("2025-01-04")
_NEEDED = ("location", "output_type", "output_type_id", "value", "reference_date", "target")
_TEXT = ("location", "output_type", "output_type_id", "target", "horizon", "value")
_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True, slots=True, eq=False)
class FileForecast:
    """What a file says about the weeks after the last report.

    Attributes:
        dates: the day forecast, by number of weeks after the last report.
        quantiles: (week, level) by place and category, in order of the weeks.
    """

    dates: Mapping[int, np.datetime64]
    quantiles: Mapping[tuple[str, str], FloatArray]


def file_of_day(folder: Path, as_of: date) -> Path | None:
    """The file with the newest reference date that is not after a day; None when all are later.

    Raises:
        BadData: there is no such folder, no file named after a date in it, or two of one date.
    """
    if not folder.is_dir():
        raise BadData(f"there is no folder {folder}. Correct folder in vigie.toml.")
    files = [
        (day, path)
        for path in sorted(folder.iterdir())
        if path.suffix in _SUFFIXES and (day := _date_of(path)) is not None
    ]
    if not files:
        raise BadData(
            f"no file in {folder} is named after its reference date, as in "
            "2025-01-04-team-model.csv (or .parquet)."
        )
    past = [(day, path) for day, path in files if day <= as_of]
    if not past:
        return None
    newest = max(day for day, _ in past)
    same = [path for day, path in past if day == newest]
    if len(same) > 1:
        names = " and ".join(path.name for path in same)
        raise BadData(f"{names} have the same reference date. Keep one of them.")
    return same[0]


def file_fingerprint(folder: Path, as_of: date) -> str:
    """Hash of the file of a day; what keeps it from being found is a text too."""
    try:
        path = file_of_day(folder, as_of)
    except BadData as error:
        return str(error)
    if path is None:
        return ""
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def read_file_forecast(
    path: Path,
    measure: Mapping[str, object],
    codes: Mapping[str, str] | None,
    series: Collection[tuple[str, str]],
    last: np.datetime64,
    steps: Sequence[int],
) -> FileForecast:
    """The forecast of a measure in a file, for the weeks after the last report.

    Args:
        path: file in hubverse model-output columns, named after its reference date.
        measure: row of the measure list; the rows whose target is its standard name after "hub:",
            or else its key, are meant.
        codes: key of the room by location of the file; None: locations are places of the room.
        series: places and categories with a history; rows of others are left out.
        last: day of the last report, which ends a week.
        steps: weeks after it that are wanted; others are left out.

    Raises:
        BadData: the file cannot be read, holds nothing of the measure or of the room, forecasts no
            week that is wanted, lacks a level, or is wrong otherwise.
    """
    try:
        rows = _of_target(_read(path), measure)
        _require_reference(rows, path)
        rows = _in_the_room(rows, codes, {place for place, _ in series})
        ends = _ends(rows)
        ahead = (ends - last) / _WEEK
        if (ahead % 1 != 0).any():
            raise BadData(
                f"its weeks do not end on the weekday of {last}, the last week reported. Compare "
                "what it forecasts with the measure."
            )
        is_wanted = np.isin(ahead, list(steps))
        if not is_wanted.any():
            raise BadData(
                f"it forecasts weeks up to {ends.max()}, of which none is wanted after {last}, the "
                "last week reported."
            )
        step: IntArray = ahead[is_wanted].astype(np.int64)
        dates = {int(each): last + each * _WEEK for each in np.unique(step)}
        kept = rows.filter(pa.array(is_wanted)).select(["location", "output_type_id", "value"])
        told = checked_output(kept.append_column("horizon", pa.array(step)), series, dates)
    except BadData as error:
        raise BadData(f"{path.name}: {error}") from error
    return FileForecast(dates, told)


def _date_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.name[:_DATE_LENGTH])
    except ValueError:
        return None


def _read(path: Path) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            table = pq.read_table(path, partitioning=None)
        else:
            options = pcsv.ConvertOptions(
                column_types=dict.fromkeys(_TEXT, pa.string()), strings_can_be_null=False
            )
            table = pcsv.read_csv(path, convert_options=options)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadData(f"it cannot be read: {error}.") from error
    if missing := [name for name in _NEEDED if name not in table.column_names]:
        raise BadData(f"it has no column {', '.join(missing)}.")
    if not {"target_end_date", "horizon"} & set(table.column_names):
        raise BadData("it has neither a column target_end_date nor a column horizon.")
    return table


def _of_target(table: pa.Table, measure: Mapping[str, object]) -> pa.Table:
    """Rows of quantiles of the measure."""
    standard = str(measure.get("standard_name") or "")
    target = standard.removeprefix(_HUB) if standard.startswith(_HUB) else str(measure["measure"])
    named = _texts(table, "target")
    chosen = table.filter(pc.equal(named, target))
    if not chosen.num_rows:
        near = nearest(target, {name for name in pc.unique(named).to_pylist() if name})
        raise BadData(
            f'it has no row of target "{target}". Write the target as standard_name of the measure '
            f'{measure["measure"]}, after "hub:". Nearest: {near}.'
        )
    chosen = chosen.filter(pc.equal(_texts(chosen, "output_type"), "quantile"))
    if not chosen.num_rows:
        raise BadData(f'it has no quantile of target "{target}".')
    return chosen


def _require_reference(rows: pa.Table, path: Path) -> None:
    others = set(_days(rows, "reference_date").astype(str)) - {path.name[:_DATE_LENGTH]}
    if others:
        raise BadData(f"it holds reference_date {min(others)}, which its name does not say.")


def _in_the_room(
    rows: pa.Table, codes: Mapping[str, str] | None, places: Collection[str]
) -> pa.Table:
    """Rows of places with a history, by their keys."""
    locations = _texts(rows, "location").to_pylist()
    keys = locations if codes is None else [codes.get(each, "") for each in locations]
    inside = pa.array([key in places for key in keys])
    if not pc.any(inside).as_py():
        first = next((each for each in locations if each), "")
        known = set(places if codes is None else codes)
        raise BadData(
            f"none of its {len(set(locations))} locations is a place of the room with a history, "
            f"as {first}. Nearest: {nearest(first, known)}. Name a list of reference/codes with "
            "codes in vigie.toml."
        )
    at = rows.column_names.index("location")
    return rows.set_column(at, "location", pa.array(keys, pa.string())).filter(inside)


def _ends(rows: pa.Table) -> np.ndarray:
    """(row,), the days that end the weeks forecast; they agree with the horizons where both are."""
    if "horizon" not in rows.column_names:
        return _days(rows, "target_end_date")
    try:
        horizon = pc.cast(rows["horizon"], pa.int64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadData("column horizon holds something that is no number of weeks.") from error
    counted: np.ndarray = _days(rows, "reference_date") + horizon * _WEEK
    if "target_end_date" in rows.column_names:
        wrong = int((_days(rows, "target_end_date") != counted).sum())
        if wrong:
            raise BadData(
                f"{wrong} rows have a target_end_date that is not the reference_date plus 7 days "
                "for each horizon."
            )
    return counted


def _texts(rows: pa.Table, name: str) -> pa.ChunkedArray:
    return pc.fill_null(pc.cast(rows[name], pa.string()), "")


def _days(rows: pa.Table, name: str) -> np.ndarray:
    text = pc.utf8_slice_codeunits(_texts(rows, name), 0, _DATE_LENGTH)
    try:
        return np.asarray(pc.cast(text, pa.date32()).to_numpy(), dtype="datetime64[D]")
    except pa.ArrowInvalid as error:
        raise BadData(f"column {name} holds something that is no date (YYYY-MM-DD).") from error
