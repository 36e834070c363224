"""Forecasts of shares, such as units short of staff, from a file, each origin from its own past."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vigie.actions.loose_files.forecast_files import quantile_rows, write_whole
from vigie.actions.loose_files.series_files import (
    SeriesFile,
    read_origins,
    read_series,
    wanted_steps,
)
from vigie.errors import BadData
from vigie.hospital import (
    ONSET_DAYS,
    SHARE_MODEL,
    ShareHistory,
    onset_probability,
    onset_threshold,
    share_forecasts,
    without_resets,
)
from vigie.paths import BoolArray, FloatArray, last_seen

__all__ = ["ShareForecast", "forecast_shares"]

_MOST_DAYS = 60
_WHOLE = {"percent": 100.0, "share": 1.0}
_PATIENTS, _IN_BED, _FREE = "covid_icu", "icu_occupied", "icu_free"
"""Columns that, when all are there, tell how full the beds are and how many have one cause."""


@dataclass(frozen=True, slots=True)
class ShareForecast:
    """What was written.

    Attributes:
        file: quantiles, one row an origin, place, horizon and level.
        model: name of the model.
        known: what was read.
        origins, series, rows: how many.
        left_out: places at an origin before their first value: they have no rows.
        alerts: rows of the file of alerts, 0 without one.
    """

    file: Path
    model: str
    known: tuple[str, ...]
    origins: int
    series: int
    rows: int
    left_out: int
    alerts: int


def forecast_shares(
    data: Path,
    target: str,
    origins: Path,
    horizons: Sequence[int],
    out: Path,
    *,
    of: str = "",
    where: Mapping[str, str] | None = None,
    id_column: str = "",
    unit: str = "percent",
    alerts: Path | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> ShareForecast:
    """Forecast a share in every place of a file from each origin, from what was known up to it.

    Args:
        data: Parquet or CSV in long form: date, a column that names the places, the target, and
            maybe covid_icu, icu_occupied and icu_free, which are used when all three are there.
        target: column of the counts, or of the share itself.
        origins: Parquet or CSV with a column origin: the last date that each forecast may know.
        horizons: days from the origin, 1 to 60.
        out: file to write, Parquet, or CSV if its name ends so: origin, the column that names the
            places, horizon, output_type_id (level) and value.
        of: column of the wholes that the counts are part of; "": target holds the share.
        where: only rows whose columns have these values.
        id_column: column that names the places; "": found.
        unit: "percent" (0..100) or "share" (0..1), of the file written and of a target without of.
        alerts: file to write with the chance that a share will be above the 80 % quantile of the
            place's last year, from origins with a year behind them; None: none.
        progress: called with a line for people.

    Raises:
        NotFound: a file is not there.
        BadData: a file, a horizon or the unit is not as described; the message says what and where.
    """
    steps = wanted_steps(horizons, "day", _MOST_DAYS)
    if unit not in _WHOLE:
        raise BadData(f'Unit "{unit}": write {" or ".join(_WHOLE)}.')
    source = _Source(data, where or {}, id_column)
    given, share = source.share(target, of, _WHOLE[unit])
    known, companions = source.companions()
    told = _Told(given, share, companions, steps, _WHOLE[unit])
    for dates, places in _alike(given, share, read_origins(origins, given)):
        progress(f"{len(dates)} origins from {dates[0]} to {dates[-1]}, {places.sum()} places")
        told.add(dates, places)
    written = pa.concat_tables(told.quantiles)
    write_whole(written, out)
    warned = pa.concat_tables(told.alerts) if told.alerts and alerts is not None else None
    if alerts is not None:
        if warned is None:
            raise BadData(
                f"{data}: no origin has a year of days behind it, so nothing tells what is high. "
                f"{out} is written; leave out the alerts."
            )
        write_whole(warned, alerts)
    return ShareForecast(
        out, SHARE_MODEL, (f"{target}/{of}" if of else target, *known), told.origins,
        len(given.series), written.num_rows, told.origins * len(given.series) - told.served,
        warned.num_rows if warned is not None else 0,
    )  # fmt: skip


class _Source:
    """Columns of one file on one grid."""

    def __init__(self, file: Path, where: Mapping[str, str], id_column: str) -> None:
        self.file, self.where, self.id_column = file, where, id_column

    def share(self, target: str, of: str, whole: float) -> tuple[SeriesFile, FloatArray]:
        """The counts as they stand, and (place, day) parts of 1."""
        given = self._read(target)
        if given.step != "day":
            raise BadData(f"{self.file}: shares by {given.step}; days are needed.")
        self.id_column = given.id_column
        parts = given.values
        wholes = self._read(of).values if of else np.full(parts.shape, whole)
        wrong = (parts < 0) | (wholes < 0) | (parts > wholes)
        if wrong.any():
            row, day = np.argwhere(wrong)[0]
            limit = f"the {of} {wholes[row, day]:g}" if of else f"{whole:g}"
            advice = "" if of else " Name the column of the wholes with --of, or another --unit."
            raise BadData(
                f"{self.file}, column {target}: {wrong.sum()} values are below 0 or above {limit}, "
                f'first {parts[row, day]:g} of "{given.series[row]}" on {given.dates[day]}.{advice}'
            )
        is_told = wholes > 0
        share = np.divide(parts, wholes, out=np.full(parts.shape, np.nan), where=is_told)
        if not np.isfinite(share).any():
            raise BadData(f"{self.file}: no row has both {target} and {of} above 0.")
        return given, share

    def companions(self) -> tuple[tuple[str, ...], tuple[FloatArray, ...]]:
        """Names, and (place, day) for each; none where the columns are not there."""
        names = (_PATIENTS, _IN_BED, _FREE)
        if not set(names) <= set(self._columns()):
            return (), ()
        patients, in_bed, free = (self._read(name).values for name in names)
        beds = in_bed + free
        shares = tuple(
            np.divide(each, beds, out=np.full(beds.shape, np.nan), where=beds > 0)
            for each in (patients, in_bed)
        )
        whole = f"({_IN_BED}+{_FREE})"
        return (f"{_PATIENTS}/{whole}", f"{_IN_BED}/{whole}"), shares

    def _columns(self) -> list[str]:
        if self.file.suffix.lower() == ".parquet":
            return list(pq.read_schema(self.file).names)
        with self.file.open(encoding="utf-8-sig") as stream:
            return [name.strip().strip('"') for name in stream.readline().split(",")]

    def _read(self, column: str) -> SeriesFile:
        return read_series(self.file, column, self.id_column, self.where)


class _Told:
    """Rows of the files written, as origins are added."""

    def __init__(
        self,
        given: SeriesFile,
        share: FloatArray,
        companions: tuple[FloatArray, ...],
        steps: list[int],
        whole: float,
    ) -> None:
        self._given, self._share, self._companions = given, share, companions
        self._kept = without_resets(share)[0]
        self._steps, self._whole = steps, whole
        self.quantiles: list[pa.Table] = []
        self.alerts: list[pa.Table] = []
        self.origins = self.served = 0

    def add(self, dates: list[np.datetime64], places: BoolArray) -> None:
        """Forecast the places from some origins."""
        days = [int(each) for each in np.searchsorted(self._given.dates, np.array(dates))]
        made = share_forecasts(self._known(places, days[-1]), days, self._steps)
        names = [name for name, is_in in zip(self._given.series, places, strict=True) if is_in]
        for date, day, each in zip(dates, days, made, strict=True):
            rows = quantile_rows(
                date, self._given.id_column, names, self._steps, self._whole * each
            )
            self.quantiles.append(rows)
            self._warn(date, day, places, each)
        self.origins += len(dates)
        self.served += len(dates) * len(names)

    def _known(self, places: BoolArray, day: int) -> ShareHistory:
        return ShareHistory(
            self._share[places, : day + 1],
            self._given.dates[: day + 1],
            tuple(each[places, : day + 1] for each in self._companions),
        )

    def _warn(self, date: np.datetime64, day: int, places: BoolArray, made: FloatArray) -> None:
        """Chances of a high share, where a year tells what is high."""
        if day < ONSET_DAYS:
            return
        year = np.asarray(np.isfinite(self._kept[:, day - ONSET_DAYS : day]).any(axis=1))
        told = places & year
        known_days = np.isfinite(self._share[told, : day + 1]).any(axis=0)
        if not known_days.any() or day - int(known_days.argmax()) < ONSET_DAYS:
            return
        known = self._known(told, day)
        limit = onset_threshold(known)
        chance = onset_probability(made[year[places]], limit)
        names = [name for name, is_in in zip(self._given.series, told, strict=True) if is_in]
        count, steps = chance.shape
        now = last_seen(known.share)[:, -1]
        self.alerts.append(
            pa.table(
                {
                    "origin": pa.array(np.full(chance.size, date, dtype="datetime64[D]")),
                    self._given.id_column: pa.array(np.repeat(names, steps), pa.string()),
                    "horizon": pa.array(np.tile(self._steps, count), pa.int16()),
                    "last_seen": np.repeat(self._whole * now, steps),
                    "threshold": np.repeat(self._whole * limit, steps),
                    "probability_above": chance.reshape(-1),
                }
            )
        )


def _alike(
    given: SeriesFile, share: FloatArray, dates: list[np.datetime64]
) -> list[tuple[list[np.datetime64], BoolArray]]:
    """Origins with the same places begun, and which those are: only these can be forecast."""
    known = np.isfinite(share)
    first = np.where(known.any(axis=1), known.argmax(axis=1), share.shape[1])
    groups: dict[bytes, tuple[list[np.datetime64], BoolArray]] = {}
    for date in dates:
        day = int(np.searchsorted(given.dates, date))
        if first.min() >= day:
            raise BadData(
                f"{given.file}: the origin {date} knows at most one day of shares; the first is "
                f"{given.dates[min(first.min(), len(given.dates) - 1)]}. A past is needed."
            )
        places = first <= day
        groups.setdefault(places.tobytes(), ([], places))[0].append(date)
    return list(groups.values())
