"""A room's own models: what they are given, what they may answer, and what is made of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from vigie.actions.declared.model_files import file_fingerprint, file_of_day, read_file_forecast
from vigie.actions.forecasts.flow_models import steps_ahead
from vigie.actions.forecasts.forecasting import Chance, History
from vigie.actions.rooms.room import ModelRule, Room
from vigie.engines import entry_point_command, run_model
from vigie.errors import BadData
from vigie.paths import (
    QUANTILE_LEVELS,
    FloatArray,
    SamplePaths,
    checked_output,
    step_dates,
    with_margins,
)

__all__ = ["OwnForecasts"]

_LEVELS = len(QUANTILE_LEVELS)


class OwnForecasts:
    """The room's own models in one run; a model that fails is left out and the run goes on."""

    def __init__(self, room: Room, today: date) -> None:
        """Args:
        room: the room.
        today: day of the run; for earlier days a model that fails once is not asked again.
        """
        self._room, self._today = room, today
        self._rules = {rule.name: rule for rule in room.values.models}
        self._gave_up: set[tuple[str, str]] = set()
        self.problems: dict[tuple[str, str], str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the models."""
        return tuple(self._rules)

    def fingerprint(self, day: date) -> str:
        """Hash of what the models of a day are: commands, and the room's files that they name."""
        digest = hashlib.sha256()
        for rule in self._rules.values():
            for part in (rule.name, rule.entry_point, rule.version, *rule.command):
                digest.update(part.encode() + b"\n")
                file = self._room.folder / part
                if part in rule.command and file.is_file():
                    digest.update(hashlib.sha256(file.read_bytes()).digest())
            if rule.folder:
                told = f"{rule.codes} {file_fingerprint(self._room.folder / rule.folder, day)}"
                digest.update(told.encode())
        return digest.hexdigest()

    def serves(self, name: str, history: History) -> bool:
        """Whether a model forecasts a measure: those it names, or else every flow."""
        rule = self._rules[name]
        if rule.measures:
            return history.measure in rule.measures
        return history.kind == "flow" and (history.step == "week" or not rule.folder)

    def forecasts(
        self, drawn: Sequence[History], chance: Chance, horizons: Sequence[int] = ()
    ) -> dict[str, pa.Table]:
        """Rows of the table of forecasts, without run and mark, by model.

        Args:
            drawn: history of the places of a measure, and that of the totals over them.
            chance: of the run, or of the past day that is forecast again.
            horizons: in steps, those wanted; none: all of them.
        """
        found = {}
        measure = drawn[0].measure
        for name, rule in self._rules.items():
            key = (measure, name)
            is_today = chance.as_of == self._today
            if not self.serves(name, drawn[0]) or (key in self._gave_up and not is_today):
                continue
            try:
                forecast = self._from_files if rule.folder else self._forecast
                if (rows := forecast(rule, drawn, chance, horizons)) is not None:
                    found[name] = rows
            except BadData as error:
                # A file that is wrong costs no time, and says nothing about those of other days.
                if not rule.folder:
                    self._gave_up.add(key)
                if is_today:
                    told = f'Model "{name}" has no forecast of {measure} in this run: {error}'
                    self.problems[key] = told
                    self._room.progress(told)
        return found

    def _forecast(
        self,
        rule: ModelRule,
        drawn: Sequence[History],
        chance: Chance,
        horizons: Sequence[int],
    ) -> pa.Table:
        first = drawn[0]
        steps = steps_ahead(first, chance)
        ahead = step_dates(first.dates[-1], first.step, steps)  # type: ignore[arg-type]
        wanted = [step for step in horizons or range(1, steps + 1) if step <= steps]
        dates = {step: ahead[step - 1] for step in wanted}
        rows = run_model(
            self._command(rule),
            _history_rows(drawn),
            _request(first, dates, chance),
            self._room.home / "scratch",
            environment=self._room.environment,
            timeout_seconds=rule.timeout_seconds,
        )
        series = [key for history in drawn for key in _reported(history)]
        told = checked_output(rows, series, dates)
        return _rows(rule.name, first, dates, told)

    def _from_files(
        self,
        rule: ModelRule,
        drawn: Sequence[History],
        chance: Chance,
        horizons: Sequence[int],
    ) -> pa.Table | None:
        """The forecast in the file of the day; None for a past day before the first file."""
        first = drawn[0]
        if first.step != "week":
            raise BadData(f"files are read for weekly measures; this one is by {first.step}.")
        folder = self._room.folder / rule.folder
        path = file_of_day(folder, chance.as_of)
        if path is None:
            if chance.as_of < self._today:
                return None
            raise BadData(f"all files in {folder} are dated after {chance.as_of}.")
        steps = range(1, steps_ahead(first, chance) + 1)
        told = read_file_forecast(
            path,
            self._room.measures()[first.measure],
            self._room.declarations.words.codes[rule.codes] if rule.codes else None,
            [key for history in drawn for key in _reported(history)],
            first.dates[-1],
            [step for step in horizons or steps if step in steps],
        )
        return _rows(rule.name, first, told.dates, told.quantiles)

    def _command(self, rule: ModelRule) -> tuple[str, ...]:
        """The command; a word that names a file of the room stands for its whole path."""
        if rule.entry_point:
            return entry_point_command(rule.entry_point)
        return tuple(_absolute(self._room.folder, word) for word in rule.command)

    def paths(self, rows: pa.Table, baseline: SamplePaths) -> SamplePaths:
        """Sample paths from a model's quantiles: the ranks of the baseline, the model's margins.

        Series and steps that the model does not forecast keep the baseline's paths.

        Args:
            rows: as ``forecasts`` gives them.
            baseline: paths of the same history by its baseline.
        """
        values = baseline.values.copy()
        # By day, not by horizon: a baseline may hold the scored horizons alone.
        days = np.unique(rows["target_end_date"].to_numpy()).astype("datetime64[D]")
        steps = np.searchsorted(baseline.dates, days)
        for (place, category), quantiles in _by_series(rows, len(steps)).items():
            if place in baseline.places and category in baseline.categories:
                at = baseline.places.index(place), baseline.categories.index(category)
                old = np.ascontiguousarray(values[at][steps])
                new = with_margins(old[None, None], quantiles[None, None])[0, 0]
                values[at[0], at[1], steps] = new
        return SamplePaths(
            baseline.measure, baseline.places, baseline.categories, baseline.dates, values
        )


def _absolute(folder: Path, word: str) -> str:
    file = folder / word
    return str(file) if file.is_file() else word


def _reported(history: History) -> list[tuple[str, str]]:
    there = np.argwhere(history.is_reported())
    return [(history.places[place], history.categories[category]) for place, category in there]


def _history_rows(drawn: Sequence[History]) -> pa.Table:
    """What is known of the places and of the totals, one row a value."""
    tables = []
    for number, history in enumerate(drawn):
        place, category, time = np.nonzero(np.isfinite(history.values))
        count = len(place)
        tables.append(
            pa.table(
                {
                    "target": pa.repeat(pa.scalar(history.measure), count),
                    "location": pa.array(history.places, pa.string()).take(pa.array(place)),
                    "category": pa.array(history.categories, pa.string()).take(pa.array(category)),
                    "is_total": pa.repeat(pa.scalar(number > 0), count),
                    "date": pa.array(history.dates[time]),
                    "value": pa.array(history.values[place, category, time]),
                }
            )
        )
    return pa.concat_tables(tables)


def _request(
    history: History, dates: Mapping[int, np.datetime64], chance: Chance
) -> Mapping[str, object]:
    return {
        "as_of": chance.as_of.isoformat(),
        "target": history.measure,
        "kind": history.kind,
        "step": history.step,
        "reference_date": str(history.dates[-1]),
        "horizons": {str(step): str(day) for step, day in dates.items()},
        "quantile_levels": list(QUANTILE_LEVELS),
        "seed": chance.seed,
    }


def _rows(
    model: str,
    history: History,
    dates: Mapping[int, np.datetime64],
    told: Mapping[tuple[str, str], FloatArray],
) -> pa.Table:
    """Rows of the table of forecasts, in its order."""
    horizon, day = np.array(list(dates)), np.array(list(dates.values()))
    steps = len(dates)
    keys = sorted(told)
    count = len(keys) * steps * _LEVELS
    series = np.repeat(np.arange(len(keys)), steps * _LEVELS)
    step = np.tile(np.repeat(np.arange(steps), _LEVELS), len(keys))
    values = np.concatenate([told[key].reshape(-1) for key in keys])
    reference = np.full(count, history.dates[-1], "datetime64[D]")

    def same(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text, pa.string()), count)

    return pa.table(
        {
            "model_id": same(model),
            "reference_date": pa.array(reference),
            "target": same(history.measure),
            "location": pa.array([place for place, _ in keys]).take(pa.array(series)),
            "category": pa.array([category for _, category in keys]).take(pa.array(series)),
            "horizon": pa.array(horizon[step], pa.int64()),
            "target_end_date": pa.array(day[step]),
            "output_type": same("quantile"),
            "output_type_id": pa.array(np.tile(QUANTILE_LEVELS, len(keys) * steps)),
            "value": pa.array(values),
        }
    )


def _by_series(rows: pa.Table, steps: int) -> dict[tuple[str, str], FloatArray]:
    size = steps * _LEVELS
    values = rows["value"].to_numpy()
    found = {}
    for start in range(0, rows.num_rows, size):
        key = rows["location"][start].as_py(), rows["category"][start].as_py()
        found[key] = values[start : start + size].reshape(steps, _LEVELS)
    return found
