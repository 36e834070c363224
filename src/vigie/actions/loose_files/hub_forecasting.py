"""Forecasts for a hub from a folder with its targets, as each round's deadline knew them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vigie.actions.loose_files.forecast_files import write_whole
from vigie.actions.rooms.side_by_side import side_by_side
from vigie.epidemiology import FLAT_MODEL
from vigie.epidemiology.weekly import (
    POOLED_WEEKLY_MODEL,
    SEASONAL_MODEL,
    HubRound,
    WeeklyDraft,
    WeeklyRules,
    flat_round,
    read_vintages,
    weekly_draft,
    weekly_quantiles,
)
from vigie.errors import BadData, NotFound
from vigie.paths import QUANTILE_LEVELS, FloatArray

__all__ = ["HUB_HORIZONS", "HUB_MODELS", "HubForecast", "forecast_hub"]

HUB_HORIZONS = (0, 1, 2, 3)
"""Weeks from the reference date."""

HUB_MODELS: Mapping[str, WeeklyRules | None] = {
    POOLED_WEEKLY_MODEL: WeeklyRules(),
    SEASONAL_MODEL: WeeklyRules(weights={"seasonal": 1.0}),
    FLAT_MODEL: None,
}
"""Models that can be asked for, and the rules of those that average components."""

_TARGET = "wk inc flu hosp"
_SEED = 20200301


@dataclass(frozen=True, slots=True)
class HubForecast:
    """What was written.

    Attributes:
        file: hubverse model-output.
        model: name of the model.
        rounds, locations, rows: how many.
    """

    file: Path
    model: str
    rounds: int
    locations: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Due:
    reference_date: date
    as_of: date


def forecast_hub(
    data: Path,
    season: str,
    out: Path,
    *,
    model: str = POOLED_WEEKLY_MODEL,
    progress: Callable[[str], None] = lambda line: None,
) -> HubForecast:
    """Forecast every round of a season, each from its own vintage of the targets alone.

    Args:
        data: folder with target_vintages.parquet, rounds.csv and locations.csv; forecasts of others
            and the truth are not read.
        season: as rounds.csv writes it, e.g. "2024-25".
        out: file to write, hubverse model-output: Parquet, or CSV if its name ends so.
        model: a key of ``HUB_MODELS``.
        progress: called with a line for people.

    Raises:
        NotFound: a file is missing, or the season has no rounds; the message lists those there are.
        BadData: a file is not as described.
    """
    due = _rounds(data / "rounds.csv", season)
    locations, population = _locations(data / "locations.csv")
    vintages = read_vintages(_table(data / "target_vintages.parquet"), locations)
    rounds = [vintages.round(each.reference_date, each.as_of) for each in due]
    rules = HUB_MODELS[model]
    calls = (partial(_drafted, given, population, rules) for given in rounds)
    tables = []
    past: list[WeeklyDraft] = []
    for given, draft in zip(rounds, side_by_side(calls), strict=True):
        progress(f"Round of {given.reference_date}, as of {given.as_of}")
        if isinstance(draft, WeeklyDraft):
            forecast = weekly_quantiles(draft, given, past, rules)
            past.append(draft)
        else:
            forecast = draft
        tables.append(_model_output(given, model, forecast))
    written = pa.concat_tables(tables)
    write_whole(written, out)
    return HubForecast(out, model, len(due), len(locations), written.num_rows)


def _drafted(
    given: HubRound, population: FloatArray, rules: WeeklyRules | None
) -> WeeklyDraft | FloatArray:
    """Of one round by itself; rounds differ in their chance by their date alone."""
    rng = np.random.default_rng([_SEED, given.reference_date.toordinal()])
    if rules is None:
        return flat_round(given, HUB_HORIZONS, rng)
    return weekly_draft(given, population, HUB_HORIZONS, rng, rules)


def _model_output(given: HubRound, model: str, forecast: FloatArray) -> pa.Table:
    """Rows of hubverse model-output, one a location, horizon and level."""
    places, horizons, levels = forecast.shape
    ends = [given.reference_date + timedelta(weeks=h) for h in HUB_HORIZONS]
    count = forecast.size
    return pa.table(
        {
            "model_id": pa.array([model] * count),
            "reference_date": pa.array([given.reference_date] * count, pa.date32()),
            "target": pa.array([_TARGET] * count),
            "horizon": pa.array(np.tile(np.repeat(HUB_HORIZONS, levels), places), pa.int8()),
            "target_end_date": pa.array(
                np.tile(np.repeat(np.array(ends, "datetime64[D]"), levels), places), pa.date32()
            ),
            "location": pa.array(np.repeat(given.locations, horizons * levels), pa.string()),
            "output_type": pa.array(["quantile"] * count),
            "output_type_id": np.tile(QUANTILE_LEVELS, places * horizons),
            "value": forecast.reshape(-1),
        }
    )


def _locations(file: Path) -> tuple[list[str], FloatArray]:
    """Keys, and persons from the last column, which is the newest count."""
    rows = _rows(file, "location")
    newest = list(rows[0])[-1] if rows else ""
    try:
        people = np.array([float(row[newest]) for row in rows])
    except ValueError as error:
        raise BadData(f"{file}, column {newest}: {error}. Write numbers of persons.") from error
    if not len(people) or not (people > 0).all():
        raise BadData(f"{file}, column {newest}: every location needs persons, more than 0.")
    return [row["location"] for row in rows], people


def _rounds(file: Path, season: str) -> list[_Due]:
    rows = _rows(file, "season", "reference_date", "as_of")
    seasons = sorted({row["season"] for row in rows})
    if season not in seasons:
        raise NotFound(
            f'No rounds of season "{season}" in {file}. There are: {", ".join(seasons)}.'
        )
    try:
        return [
            _Due(date.fromisoformat(row["reference_date"]), date.fromisoformat(row["as_of"]))
            for row in rows
            if row["season"] == season
        ]
    except ValueError as error:
        raise BadData(f"{file}: {error}. Write dates as YYYY-MM-DD.") from error


def _rows(file: Path, *needed: str) -> list[dict[str, str]]:
    if not file.is_file():
        raise NotFound(f"No file {file}. A hub's folder has rounds.csv and locations.csv.")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := [name for name in needed if name not in (reader.fieldnames or ())]:
            raise BadData(f"{file} has no column {', '.join(missing)}.")
        return list(reader)


def _table(file: Path) -> pa.Table:
    if not file.is_file():
        raise NotFound(f"No file {file}. It holds the targets as they stood on each day.")
    table = pq.read_table(file)
    needed = ("as_of", "location", "target_end_date", "value")
    if missing := [name for name in needed if name not in table.column_names]:
        raise BadData(f"{file} has no column {', '.join(missing)}.")
    return table
