"""Scores of every past forecast, which model is published by them, and the drift alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa

from vigie.actions.forecasts.definition_changes import definition_changes
from vigie.actions.forecasts.flow_models import models_of
from vigie.actions.forecasts.forecasting import Chance, History
from vigie.actions.forecasts.own_models import OwnForecasts
from vigie.actions.forecasts.past_forecasts import PastForecasts, past_origins
from vigie.actions.forecasts.summed_totals import SUM_MODEL
from vigie.actions.forecasts.surroundings import Surroundings
from vigie.actions.rooms.room import Room
from vigie.actions.scores.levels import Level, LevelKeys, tasks_of, with_marks, with_sums_by
from vigie.actions.scores.score_rows import score_rows
from vigie.actions.scores.scored_tasks import ScoredTasks, Truth, scored_tasks
from vigie.actions.scores.standings import (
    BESIDE,
    WINDOW_DAYS,
    Standing,
    standings_of,
    sum_only_scored,
    with_sum,
)
from vigie.lake import DataFile
from vigie.schemas import MODEL_CHOICES, PLACES, SCORES

__all__ = ["Drawn", "Scoring", "keep_scores"]

Drawn = tuple[History, History | None]
"""History of a forecast measure, and that of the totals over its places, if it has any."""


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """What the scores of a run say.

    Attributes:
        rows: by measure, rows of ``schemas.SCORES``, all but the column ``run``, without marks.
        totals: by measure, which of the rows are of totals.
        standings: of every model of every forecast measure and level.
    """

    rows: Mapping[str, pa.Table]
    totals: Mapping[str, LevelKeys]
    standings: tuple[Standing, ...]

    @property
    def scores(self) -> pa.Table:
        """Rows of ``schemas.SCORES``, all but the column ``run``."""
        empty = [pa.field(c.name, c.type) for c in SCORES.columns if c.name != "run"]
        marked = [
            with_marks(rows, self.totals[target], self._marks(target))
            for target, rows in self.rows.items()
        ]
        return pa.concat_tables([pa.schema(empty).empty_table(), *marked])

    def _marks(self, target: str) -> dict[Level, tuple[str, str]]:
        own = [each for each in self.standings if each.target == target]
        return {
            level: (
                next(each.model for each in own if each.level is level and each.is_baseline),
                next(each.model for each in own if each.level is level and each.is_published),
            )
            for level in {each.level for each in own if each.is_baseline}
        }

    def published(self, target: str, level: Level = Level.PLACES) -> str:
        """Name of the model to publish."""
        return next(
            each.model
            for each in self.standings
            if (each.target, each.level) == (target, level) and each.is_published
        )

    def own_of_totals(self, target: str) -> str:
        """Name of the model that forecasts totals best from their own history."""
        own = [s for s in self.standings if (s.target, s.level) == (target, Level.TOTALS)]
        chosen = next(each for each in own if each.is_published)
        if chosen.model != SUM_MODEL:
            return chosen.model
        beside = (each.model for each in own if each.state == BESIDE)
        return next(beside, next(each.model for each in own if each.is_baseline))

    def falling_back(self, target: str, model: str) -> Scoring:
        """The same without a model that has no forecast today: baselines take its places.

        A sum of places falls with the model of the places, as its scores were those of that model.
        """
        published = {}
        own = [each for each in self.standings if each.target == target]
        for level in {each.level for each in own if each.is_published}:
            chosen = self.published(target, level)
            if chosen == SUM_MODEL and self.published(target) == model:
                chosen = self.own_of_totals(target)
            published[level] = "" if chosen == model else chosen
        standings = tuple(
            _fallen(each, model, published.get(each.level, "")) if each.target == target else each
            for each in self.standings
        )
        return replace(self, standings=standings)

    def standing_rows(
        self,
        problems: Mapping[tuple[str, str], str],
        settings: Mapping[tuple[str, str], str],
    ) -> pa.Table:
        """Rows of ``schemas.MODEL_CHOICES``, all but the column ``run``.

        Args:
            problems: why a model has no forecast today, by measure and model.
            settings: what a model set itself, by measure and model.
        """
        rows = [
            {
                "target": each.target,
                "model_id": each.model,
                "is_baseline": each.is_baseline,
                "is_published": each.is_published,
                "state": "failed" if (each.target, each.model) in problems else each.state,
                "ratio": each.ratio,
                "since": each.since,
                "drift_date": each.drift_date,
                "message": problems.get((each.target, each.model)),
                "settings": settings.get((each.target, each.model)),
                "level": each.level.value,
            }
            for each in sorted(self.standings, key=lambda one: (one.target, one.level, one.model))
        ]
        fields = [pa.field(c.name, c.type) for c in MODEL_CHOICES.columns if c.name != "run"]
        return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def keep_scores(
    room: Room,
    day: date,
    drawn: Mapping[str, Drawn],
    reports: Sequence[DataFile],
    own: OwnForecasts,
    chance: Chance,
    surroundings: Surroundings,
) -> Scoring:
    """Score the forecasts of the last weeks against what is known now.

    Args:
        room: the room.
        day: as_of.
        drawn: histories of the forecast measures, by name.
        reports: files of the table of reports.
        own: the room's own models.
        chance: of the run.
        surroundings: what models may know besides the figures of a measure.
    """
    changes = definition_changes(room, day)
    truths = {
        name: Truth.of(history, totals, [each for each in changes if each.measure == name])
        for name, (history, totals) in drawn.items()
    }
    origins = past_origins(room, day, WINDOW_DAYS)
    past = PastForecasts(room, sorted(drawn), reports, own, chance, surroundings)
    tasks = scored_tasks(room.home / "cache" / "scores", past, origins, truths)
    groups = {
        str(row["place"]): str(row["kind"]) for row in room.reference(PLACES.name).to_pylist()
    }
    groups = {place: kind if kind in _GROUPS else "other" for place, kind in groups.items()}
    standings: list[Standing] = []
    rows, keys = {}, {}
    for name, of in drawn.items():
        own_names = [each for each in own.names if own.serves(each, of[0])]
        found, known = _by_level(name, of, own_names, tasks[name], truths[name], day)
        standings += found
        keys[name] = LevelKeys.of(of[1].places if of[1] else (), truths[name], groups)
        rows[name] = score_rows(
            name,
            known,
            truths[name],
            groups,
            baseline=found[0].model,
            published=next(each.model for each in found if each.is_published),
            as_of=day,
        )
    return Scoring(rows, keys, tuple(standings))


def _by_level(
    name: str,
    of: Drawn,
    own_names: Sequence[str],
    tasks: ScoredTasks,
    truth: Truth,
    day: date,
) -> tuple[list[Standing], ScoredTasks]:
    """Standings of places, then of totals; and the tasks, with the sum of the places' model."""
    history, totals = of
    count = len(history.places)
    of_places = tasks_of(Level.PLACES, tasks, count)
    found = standings_of(name, _names_of(history, own_names), of_places, truth, day)
    known = with_sums_by(tasks, next(each.model for each in found if each.is_published))
    if totals is not None:
        of_totals = tasks_of(Level.TOTALS, known, count)
        alone = standings_of(name, _names_of(totals, own_names), of_totals, truth, day)
        found += with_sum(alone, of_totals, truth, day)
    elif SUM_MODEL in known.models:
        found.append(sum_only_scored(found[0], known, day))
    return found, known


_GROUPS = ("site", "unit", "region", "nation")


def _names_of(history: History, own_names: Sequence[str]) -> list[str]:
    return [*(model.name for model in models_of(history)), *own_names]


def _fallen(standing: Standing, model: str, published: str) -> Standing:
    """A standing without a model; ``published`` is what its level publishes, "" the baseline."""
    is_published = standing.model == published or (standing.is_baseline and not published)
    state = standing.state
    if state == BESIDE and (standing.model == model or is_published):
        state = "published" if is_published else "not_better"
    return replace(standing, is_published=is_published, state=state)
