"""Forecasts of past days, one row a task: as releases published them, or made again afterwards.

A room that starts with history has no past releases. Its first scores come from forecasts made
again at past weekly origins, from what was known then and nothing newer; they say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.damage import kept_manifests
from vigie.actions.flow_models import MODELS, forecast_by, models_of
from vigie.actions.forecasting import HISTORY_DAYS, Chance, History, histories, total_history
from vigie.actions.own_models import OwnForecasts
from vigie.actions.places import members_of_totals
from vigie.actions.reading import as_known_sql, facts_sql
from vigie.actions.room import Room
from vigie.errors import DamagedFile
from vigie.lake import DataFile, Manifest
from vigie.paths import QUANTILE_LEVELS, SamplePaths, forecast_rows
from vigie.schemas import FORECASTS, MEASURES, PLACES, REPORTS

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

_KEPT_FORM = "1"
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
    ) -> None:
        """Args:
        room: the room.
        measures: forecast measures.
        reports: files of the table of reports.
        own: the room's own models.
        chance: of the run.
        """
        made_by_datasets = {each.measure for each in room.declarations.datasets.datasets}
        self._room, self._own, self._chance = room, own, chance
        self._rows = room.measures()
        self._measures = tuple(measures)
        # What a dataset would have made of what was known then is not kept.
        self._reported = tuple(name for name in measures if name not in made_by_datasets)
        self._reports = tuple(file for file in reports if file.partition in self._reported)

    def fingerprints(self, origins: Iterable[Origin]) -> dict[date, str]:
        """By day: what the forecasts of an origin are made of; equal texts, equal forecasts."""
        again = [each.day for each in origins if each.manifest is None]
        known = self._fingerprints_of_facts(again)
        found = {}
        for each in origins:
            if each.manifest is not None:
                parts = ["release", each.manifest.sha256]
            else:
                settings = (self._chance.seed, self._samples(), self._chance.horizon_days)
                models = ",".join(model.name for model in MODELS)
                folder = (self._room.declarations.sha256, self._own.fingerprint(each.day), models)
                parts = ["again", *folder, str(settings), known[each.day]]
            found[each.day] = "|".join([_KEPT_FORM, self._room.code_version, *parts])
        return found

    def _fingerprints_of_facts(self, days: Sequence[date]) -> dict[date, str]:
        """Count and sum of hashes of all revisions known by the end of each day."""
        if not days or not self._reports:
            return dict.fromkeys(days, "")
        ends = [self._room.end_of(each) for each in days]
        cases = " ".join(
            f"WHEN known_at <= TIMESTAMPTZ '{end.isoformat(timespec='microseconds')}' THEN {at}"
            for at, end in enumerate(ends)
        )
        relation = self._room.lake.relation(REPORTS, self._reports)
        sql = (
            f"SELECT CASE {cases} END AS bucket, count(*)::BIGINT AS rows, "
            "(sum(hash(measure, place, category, reference_date, known_at, value, feed)) "
            f"% 9007199254740881)::BIGINT AS total FROM {relation} GROUP BY bucket"
        )
        rows, total = np.zeros(len(days), dtype=np.int64), np.zeros(len(days), dtype=np.int64)
        for row in self._room.engine.query(sql).to_pylist():
            if row["bucket"] is not None:
                rows[row["bucket"]], total[row["bucket"]] = row["rows"], row["total"]
        together = zip(np.cumsum(rows).tolist(), np.cumsum(total).tolist(), strict=True)
        return {day: f"{a}:{b}" for day, (a, b) in zip(days, together, strict=True)}

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
        if not self._reports:
            return parts[0]
        where = self._window(day)
        known = as_known_sql(room, self._reports, (), room.end_of(day), where)
        facts = room.engine.query(facts_sql(known), {"measures": room.reference(MEASURES.name)})
        members = members_of_totals(room.reference(PLACES.name), day)
        chance = Chance(self._chance.seed, day, self._samples(), self._chance.horizon_days)
        for history in histories(facts, self._rows, sorted(self._reported), day):
            drawn = [history]
            totals = total_history(history, members)
            if totals is not None and self._rows[history.measure]["over_places"] == "sum":
                drawn.append(totals)
            for each in drawn:
                parts += [
                    _tasks_of(each, model.name, forecast_by(model, each, chance))
                    for model in models_of(each)
                ]
            asked = SCORED_HORIZONS[history.step]
            parts += [
                _as_tasks(rows) for rows in self._own.forecasts(drawn, chance, asked).values()
            ]
        return pa.concat_tables(parts)

    def _samples(self) -> int:
        return min(self._chance.sample_count, _AGAIN_SAMPLES)

    def _window(self, day: date) -> str:
        """Condition on facts: what the models would have looked at on that day."""
        parts = []
        for step, days in HISTORY_DAYS.items():
            names = [name for name in self._reported if self._rows[name]["step"] == step]
            if names:
                listed = ", ".join(f"'{name}'" for name in names)
                first = day - timedelta(days=days)
                parts.append(f"(measure IN ({listed}) AND reference_date > DATE '{first}')")
        return f"reference_date <= DATE '{day}' AND ({' OR '.join(parts)})"


def _tasks_of(history: History, model: str, paths: SamplePaths) -> pa.Table:
    """Tasks from sample paths, at the scored horizons only."""
    horizons = [h for h in SCORED_HORIZONS[history.step] if h <= paths.horizon]
    at = np.array(horizons) - 1
    some = SamplePaths(
        paths.measure,
        paths.places,
        paths.categories,
        paths.dates[at],
        np.ascontiguousarray(paths.values[:, :, at]),
    )
    rows = forecast_rows(some, model, history.dates[-1])
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
