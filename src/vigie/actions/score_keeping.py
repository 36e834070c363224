"""Scores of every past forecast, which model is published by them, and the drift alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.actions.definition_changes import definition_changes
from vigie.actions.flow_models import models_of
from vigie.actions.forecasting import Chance, History
from vigie.actions.own_models import OwnForecasts
from vigie.actions.past_forecasts import PastForecasts, past_origins
from vigie.actions.room import Room
from vigie.actions.score_rows import score_rows, weekly_sums
from vigie.actions.scored_tasks import ScoredTasks, Truth, scored_tasks
from vigie.lake import DataFile
from vigie.paths import choose_model, drift_alarms
from vigie.schemas import MODEL_CHOICES, PLACES, SCORES

__all__ = ["WINDOW_DAYS", "Drawn", "Scoring", "Standing", "keep_scores"]

WINDOW_DAYS = 84
"""Days back from the run whose forecasts are scored and taken into account."""

_LEAST_SHARE = 0.9
"""Of the baseline's tasks, those that a model must have forecast to be published."""

_DRIFT_HORIZONS = {"day": (1, 7), "week": (1, 2)}
_STEPS_A_WEEK = {"day": 7, "week": 1}

Drawn = tuple[History, History | None]
"""History of a forecast measure, and that of the totals over its places, if it has any."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model of a measure stands; see ``schemas.MODEL_CHOICES``."""

    target: str
    model: str
    is_baseline: bool
    is_published: bool
    state: str
    ratio: float | None
    since: date | None
    drift_date: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Scoring:
    """What the scores of a run say.

    Attributes:
        scores: rows of ``schemas.SCORES``, all but the column ``run``.
        standings: of every model of every forecast measure.
    """

    scores: pa.Table
    standings: tuple[Standing, ...]

    def published(self, target: str) -> str | None:
        """Name of the model to publish; None when the measure is not scored."""
        found = (s.model for s in self.standings if s.target == target and s.is_published)
        return next(found, None)

    def falling_back(self, target: str) -> Scoring:
        """The same with the baseline published: the chosen model has no forecast today."""
        standings = tuple(
            replace(each, is_published=each.is_baseline) if each.target == target else each
            for each in self.standings
        )
        is_target = pc.equal(self.scores["target"], target)
        marks = pc.if_else(is_target, self.scores["is_baseline"], self.scores["is_published"])
        at = self.scores.schema.get_field_index("is_published")
        return Scoring(self.scores.set_column(at, "is_published", marks), standings)

    def standing_rows(self, problems: Mapping[tuple[str, str], str]) -> pa.Table:
        """Rows of ``schemas.MODEL_CHOICES``, all but the column ``run``.

        Args:
            problems: why a model has no forecast today, by measure and model.
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
            }
            for each in sorted(self.standings, key=lambda one: (one.target, one.model))
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
) -> Scoring:
    """Score the forecasts of the last weeks against what is known now.

    Args:
        room: the room.
        day: as_of.
        drawn: histories of the forecast measures, by name.
        reports: files of the table of reports.
        own: the room's own models.
        chance: of the run.
    """
    changes = definition_changes(room, day)
    truths = {
        name: Truth.of(history, totals, [each for each in changes if each.measure == name])
        for name, (history, totals) in drawn.items()
    }
    origins = past_origins(room, day, WINDOW_DAYS)
    past = PastForecasts(room, sorted(drawn), reports, own, chance)
    tasks = scored_tasks(room.home / "cache" / "scores", past, origins, truths)
    groups = {
        str(row["place"]): str(row["kind"]) for row in room.reference(PLACES.name).to_pylist()
    }
    groups = {place: kind if kind in _GROUPS else "other" for place, kind in groups.items()}
    standings: list[Standing] = []
    tables = []
    for name, (history, _) in drawn.items():
        names = [model.name for model in models_of(history)]
        names += [each for each in own.names if own.serves(each, history)]
        found = _standings(name, names, tasks[name], truths[name], day)
        standings += found
        published = next(each.model for each in found if each.is_published)
        tables.append(
            score_rows(
                name,
                tasks[name],
                truths[name],
                groups,
                baseline=names[0],
                published=published,
                as_of=day,
            )
        )
    empty = [pa.field(c.name, c.type) for c in SCORES.columns if c.name != "run"]
    scores = pa.concat_tables([pa.schema(empty).empty_table(), *tables])
    return Scoring(scores, tuple(standings))


_GROUPS = ("site", "unit", "region", "nation")


def _standings(
    target: str, names: Sequence[str], tasks: ScoredTasks, truth: Truth, day: date
) -> list[Standing]:
    """Models of a measure, its baseline first; exactly one is published."""
    baseline = names[0]
    sums = weekly_sums(tasks, baseline, day)
    shape = (len(names), len(sums.mondays))
    own, base = np.full(shape, np.nan), np.full(shape, np.nan)
    share = np.zeros(len(names))
    for at, name in enumerate(names):
        if name in tasks.models:
            number = tasks.models.index(name)
            own[at], base[at] = sums.own[number], sums.of_baseline[number]
            share[at] = sums.share[number]
    candidates = [at for at in range(1, len(names)) if share[at] >= _LEAST_SHARE]
    choice = choose_model(own, base, 0, candidates)
    since = None
    if choice.since is not None:
        since = (sums.mondays[choice.since] + 6).astype(object)
    drift = _drift_date(tasks, truth, names[choice.model], day)
    found = []
    for at, name in enumerate(names):
        is_published = at == choice.model
        ratio = float(choice.ratios[at]) if np.isfinite(choice.ratios[at]) else None
        if at == choice.replaced:
            state = "replaced"
        elif at == 0:
            state = "baseline"
        elif is_published:
            state = "published"
        else:
            state = "new" if ratio is None else "not_better"
        found.append(
            Standing(
                target,
                name,
                is_baseline=at == 0,
                is_published=is_published,
                state=state,
                ratio=ratio,
                since=since if is_published or at == choice.replaced else None,
                drift_date=drift if is_published else None,
            )
        )
    return found


def _drift_date(tasks: ScoredTasks, truth: Truth, model: str, day: date) -> date | None:
    """Day of the last drift alarm of a model within the window."""
    if truth.step not in _DRIFT_HORIZONS or model not in tasks.models:
        return None
    horizons = _DRIFT_HORIZONS[truth.step]
    a_week = _STEPS_A_WEEK[truth.step]
    last = np.datetime64(day, "D")
    step_days = 7 // a_week
    steps = WINDOW_DAYS // step_days
    back = (last - tasks.target_end_date).astype(np.int64) // step_days
    is_own = (tasks.model == tasks.models.index(model)) & (back >= 0) & (back < steps)
    scores = np.full((len(horizons), steps), np.nan)
    for at, horizon in enumerate(horizons):
        chosen = is_own & (tasks.horizon == horizon)
        column = steps - 1 - back[chosen]
        count = np.bincount(column, minlength=steps)
        total = np.bincount(column, tasks.scores["log_wis"][chosen], steps)
        scores[at] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    alarms = drift_alarms(scores, a_week)
    if not len(alarms):
        return None
    return day - timedelta(days=int(steps - 1 - alarms[-1]) * step_days)
