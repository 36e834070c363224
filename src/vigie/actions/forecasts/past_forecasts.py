"""Forecasts of past days, one row a task: as releases published them, or made again afterwards.

A room that starts with history has no past releases. Its first scores come from forecasts made
again at past weekly origins, from what was known then and nothing newer; they say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pyarrow as pa

from vigie.actions.forecasts.flow_models import MODELS, Model, baseline_of, forecast_by, models_of
from vigie.actions.forecasts.forecasting import Chance, History, total_history
from vigie.actions.forecasts.known_then import KnownThen
from vigie.actions.forecasts.own_models import OwnForecasts
from vigie.actions.forecasts.summed_totals import past_sum_name, sum_over_places, totals_to_sum
from vigie.actions.forecasts.surroundings import Surroundings
from vigie.actions.rooms.damage import kept_manifests
from vigie.actions.rooms.places import members_of_totals
from vigie.actions.rooms.room import Room
from vigie.actions.rooms.side_by_side import side_by_side
from vigie.errors import DamagedFile
from vigie.lake import DataFile, Manifest
from vigie.paths import QUANTILE_LEVELS, SamplePaths, forecast_rows
from vigie.schemas import FORECASTS, PLACES

__all__ = [
    "SCORED_HORIZONS",
    "TASK_SCHEMA",
    "Origin",
    "PastForecasts",
    "past_origins",
]

SCORED_HORIZONS: Mapping[str, tuple[int, ...]] = {
    "day": (1, 7, 14, 21),
    "week": (1, 2, 3, 4),
    "month": (1, 2, 3),
}
"""Horizons that are scored, by step of the measure; those between add little."""

_KEPT_FORM = "3"
"""Changes with what is kept of a task, so that files kept before are made again."""

_AGAIN_WEEKS = 10
_AGAIN_SAMPLES = 400
_NEAR_DAYS = 3
_LEVELS = len(QUANTILE_LEVELS)

TASK_SCHEMA = pa.schema(
    [
        pa.field("model_id", pa.string()),
        pa.field("target", pa.string()),
        pa.field("location", pa.string()),
        pa.field("category", pa.string()),
        pa.field("horizon", pa.int64()),
        pa.field("reference_date", pa.date32()),
        pa.field("target_end_date", pa.date32()),
        pa.field("quantiles", pa.list_(pa.float32(), _LEVELS)),
    ]
)
"""One row a task: a model's forecast of a measure, place, category and day, 23 quantiles."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A day from which forecasts are scored.

    Attributes:
        day: as_of of the forecasts.
        manifest: release that holds them; None: they are made again.
        is_made_after: whether they were made after the day had ended.
    """

    day: date
    manifest: Manifest | None
    is_made_after: bool


def past_origins(room: Room, day: date, window_days: int) -> list[Origin]:
    """Days before the day of the run whose forecasts are scored, in order.

    Of several releases of one day that counts which was the last made on that day; a release made
    later counts where there is no other. Every seventh day of the last ten weeks with no release
    within three days is an origin too, whose forecasts are made again.
    """
    found: dict[date, Origin] = {}
    with room.state.read() as tx:
        public = {row.release for row in tx.publications()}
    for manifest in kept_manifests(room):
        is_wanted = day - timedelta(days=window_days) <= manifest.as_of < day
        if not is_wanted or manifest.release not in public or not manifest.table(FORECASTS.name):
            continue
        is_late = manifest.made_at > room.end_of(manifest.as_of)
        kept = found.get(manifest.as_of)
        if kept is None or (kept.is_made_after and not is_late):
            found[manifest.as_of] = Origin(manifest.as_of, manifest, is_late)
    for back in range(1, 7 * _AGAIN_WEEKS + 1):
        past = day - timedelta(days=back)
        near = (past + timedelta(days=n) for n in range(-_NEAR_DAYS, _NEAR_DAYS + 1))
        if past.toordinal() % 7 == 0 and not any(each in found for each in near):
            found[past] = Origin(past, None, is_made_after=True)
    return [found[each] for each in sorted(found)]


class PastForecasts:
    """Makes the tasks of origins, for one run."""

    def __init__(
        self,
        room: Room,
        measures: Sequence[str],
        reports: Sequence[DataFile],
        own: OwnForecasts,
        chance: Chance,
        surroundings: Surroundings,
    ) -> None:
        """Args:
        room: the room.
        measures: forecast measures.
        reports: files of the table of reports.
        own: the room's own models.
        chance: of the run.
        surroundings: what models may know besides the figures of a measure.
        """
        self._room, self._own, self._chance = room, own, chance
        self._rows = room.measures()
        self._measures = tuple(measures)
        # What stands beside a forecast measure need not be forecast itself.
        known = {*measures, *surroundings.read_beside} & set(self._rows)
        self._known = KnownThen(room, sorted(known), reports, shared=surroundings.past)
        beside = sorted({*measures, *surroundings.measures})
        self._looked_at = KnownThen(room, beside, reports)
        self._surroundings = surroundings

    def fingerprints(self, origins: Iterable[Origin]) -> dict[date, str]:
        """By day: what the forecasts of an origin are made of; equal texts, equal forecasts."""
        again = [each.day for each in origins if each.manifest is None]
        known = self._looked_at.fingerprints(again)
        found = {}
        for each in origins:
            if each.manifest is not None:
                parts = ["release", each.manifest.sha256]
            else:
                settings = (self._chance.seed, self._samples(), self._chance.horizon_days)
                models = ",".join(model.name for model in MODELS)
                folder = (self._room.declarations.sha256, self._own.fingerprint(each.day), models)
                parts = ["again", *folder, str(settings), known[each.day]]
                parts.append(self._surroundings.fingerprint(each.day))
            found[each.day] = "|".join([_KEPT_FORM, self._room.code_version, *parts])
        return found

    def tasks(self, origin: Origin) -> pa.Table:
        """The tasks of an origin, in the columns of ``TASK_SCHEMA``."""
        if origin.manifest is None:
            return self._made_again(origin.day)
        return self._released(origin.manifest)

    def _released(self, manifest: Manifest) -> pa.Table:
        """Forecasts of a release; none when its file is damaged, which the doctor tells."""
        room = self._room
        parts = [TASK_SCHEMA.empty_table()]
        try:
            relation = room.lake.relation(FORECASTS, manifest.table(FORECASTS.name))
        except DamagedFile:
            return parts[0]
        for step, horizons in SCORED_HORIZONS.items():
            names = [name for name in self._measures if self._rows[name]["step"] == step]
            if names:
                targets = ", ".join(f"'{name}'" for name in names)
                at = ", ".join(map(str, horizons))
                rows = room.engine.query(
                    "SELECT model_id, target, location, category, horizon, reference_date, "
                    f"target_end_date, output_type_id, value FROM {relation} "
                    f"WHERE target IN ({targets}) AND horizon IN ({at}) ORDER BY model_id, target, "
                    "location, category, horizon, output_type_id"
                )
                parts.append(_as_tasks(rows))
        return pa.concat_tables(parts)

    def _made_again(self, day: date) -> pa.Table:
        """Forecasts by every model from the facts as known on a past day."""
        room, parts = self._room, [TASK_SCHEMA.empty_table()]
        members = members_of_totals(room.reference(PLACES.name), day)
        chance = Chance(self._chance.seed, day, self._samples(), self._chance.horizon_days)
        known = {each.measure: each for each in self._known.histories(day)}
        for history in (known[name] for name in self._measures if name in known):
            is_summed = self._rows[history.measure]["over_places"] == "sum"
            inside = members if is_summed else {}
            pair = self._surroundings.beside((history, total_history(history, inside)), day, known)
            parts += self._by_every_model(pair, inside, chance)
        return pa.concat_tables(parts)

    def _by_every_model(
        self,
        pair: tuple[History, History | None],
        members: Mapping[str, Sequence[str]],
        chance: Chance,
    ) -> Iterator[pa.Table]:
        """Tasks of the places and totals of a measure, and of the sums of each model's paths."""
        history, totals = pair
        asked = SCORED_HORIZONS[history.step]
        drawn = (history,) if totals is None else (history, totals)
        of_places: dict[str, SamplePaths] = {}
        only = replace(chance, asked=asked)
        pairs = [(each, model) for each in drawn for model in models_of(each)]
        calls = (partial(_scored_paths, model, each, only) for each, model in pairs)
        for (each, model), paths in zip(pairs, side_by_side(calls), strict=True):
            yield _tasks_of(each, model.name, paths)
            if each is history:
                of_places[model.name] = paths
        own = self._own.forecasts(drawn, chance, asked)
        yield from (_as_tasks(rows) for rows in own.values())
        to_sum = totals_to_sum(history, totals, members)
        if to_sum is None:
            return
        baseline = of_places[baseline_of(history).name]
        of_places |= {name: self._own.paths(rows, baseline) for name, rows in own.items()}
        for name, paths in of_places.items():
            summed = sum_over_places(history, to_sum, members, paths)
            yield _tasks_of(summed.history, past_sum_name(name), summed.paths)

    def _samples(self) -> int:
        return min(self._chance.sample_count, _AGAIN_SAMPLES)


def _scored_paths(model: Model, history: History, chance: Chance) -> SamplePaths:
    """The paths of a model at the scored horizons only."""
    step, paths = history.step, forecast_by(model, history, chance)
    at = np.array([h for h in SCORED_HORIZONS[step] if h <= paths.horizon]) - 1
    return SamplePaths(
        paths.measure,
        paths.places,
        paths.categories,
        paths.dates[at],
        np.ascontiguousarray(paths.values[:, :, at]),
    )


def _tasks_of(history: History, model: str, paths: SamplePaths) -> pa.Table:
    """Tasks from sample paths at the scored horizons."""
    horizons = SCORED_HORIZONS[history.step][: paths.horizon]
    rows = forecast_rows(paths, model, history.dates[-1])
    horizon = pa.array(np.asarray(horizons)[rows["horizon"].to_numpy() - 1])
    rows = rows.set_column(rows.schema.get_field_index("horizon"), "horizon", horizon)
    is_there = history.is_reported()
    if not is_there.all():
        chosen = np.repeat(is_there.reshape(-1), len(horizons) * _LEVELS)
        rows = rows.filter(pa.array(chosen))
    return _as_tasks(rows)


def _as_tasks(rows: pa.Table) -> pa.Table:
    """One row a task from rows a quantile, which stand together and in order of their levels."""
    count = rows.num_rows // _LEVELS
    assert rows.num_rows == count * _LEVELS, "a forecast lacks a quantile"
    values = rows["value"].to_numpy().astype(np.float32)
    first = rows.take(pa.array(np.arange(count) * _LEVELS))
    quantiles = pa.FixedSizeListArray.from_arrays(pa.array(values), _LEVELS)
    columns = {name: first[name] for name in TASK_SCHEMA.names[:-1]}
    return pa.table({**columns, "quantiles": quantiles}).cast(TASK_SCHEMA)
