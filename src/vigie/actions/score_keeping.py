"""Scores of every past forecast, which model is published by them, and the drift alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from vigie.actions.flow_models import models_of
from vigie.actions.forecasting import Chance, History
from vigie.actions.levels import Level, LevelKeys, tasks_of, with_marks, with_sums_by
from vigie.actions.own_models import OwnForecasts
from vigie.actions.past_forecasts import PastForecasts, past_origins
from vigie.actions.room import Room
from vigie.actions.score_rows import score_rows, weekly_sums
from vigie.actions.scored_tasks import ScoredTasks, Truth, scored_tasks
from vigie.actions.summed_totals import SUM_MODEL
from vigie.lake import DataFile
from vigie.paths import FloatArray, choose_model, drift_alarms
from vigie.schemas import MODEL_CHOICES, PLACES, SCORES

__all__ = ["BESIDE", "WINDOW_DAYS", "Drawn", "Scoring", "Standing", "keep_scores"]

BESIDE = "beside"
"""State of the best model of the totals' own history while the sum of places is published."""

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
    level: Level = Level.PLACES


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
            for level in {each.level for each in own}
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
        for level in {each.level for each in self.standings if each.target == target}:
            chosen = self.published(target, level)
            if chosen == SUM_MODEL and self.published(target) == model:
                chosen = self.own_of_totals(target)
            published[level] = "" if chosen == model else chosen
        standings = tuple(
            _fallen(each, model, published[each.level]) if each.target == target else each
            for each in self.standings
        )
        return replace(self, standings=standings)

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
    truths = {name: Truth.of(history, totals) for name, (history, totals) in drawn.items()}
    origins = past_origins(room, day, WINDOW_DAYS)
    past = PastForecasts(room, sorted(drawn), reports, own, chance)
    tasks = scored_tasks(room.home / "cache" / "scores", past, origins, truths)
    groups = {
        str(row["place"]): str(row["kind"]) for row in room.reference(PLACES.name).to_pylist()
    }
    groups = {place: kind if kind in _GROUPS else "other" for place, kind in groups.items()}
    standings: list[Standing] = []
    rows, keys = {}, {}
    for name, (history, totals) in drawn.items():
        own_names = [each for each in own.names if own.serves(each, history)]
        known = tasks[name]
        of_places = tasks_of(Level.PLACES, known, len(history.places))
        found = _standings(name, _names_of(history, own_names), of_places, truths[name], day)
        published = next(each.model for each in found if each.is_published)
        known = with_sums_by(known, published)
        if totals is not None:
            of_totals = tasks_of(Level.TOTALS, known, len(history.places))
            names = _names_of(totals, own_names)
            alone = _standings(name, names, of_totals, truths[name], day)
            found += _with_sum(alone, of_totals, truths[name], day)
        standings += found
        keys[name] = LevelKeys.of(totals.places if totals else (), truths[name], groups)
        rows[name] = score_rows(
            name,
            known,
            truths[name],
            groups,
            baseline=found[0].model,
            published=published,
            as_of=day,
        )
    return Scoring(rows, keys, tuple(standings))


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


def _standings(
    target: str, names: Sequence[str], tasks: ScoredTasks, truth: Truth, day: date
) -> list[Standing]:
    """Models of a measure, its baseline first; exactly one is published."""
    own, base, share, mondays = _weekly(names, tasks, day)
    candidates = [at for at in range(1, len(names)) if share[at] >= _LEAST_SHARE]
    choice = choose_model(own, base, 0, candidates)
    since = None
    if choice.since is not None:
        since = _week_end(mondays[choice.since])
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


def _weekly(
    names: Sequence[str], tasks: ScoredTasks, day: date
) -> tuple[FloatArray, FloatArray, FloatArray, np.ndarray]:
    """Weekly sums of models and of the first of them on their tasks, their share; the Mondays."""
    sums = weekly_sums(tasks, names[0], day)
    shape = (len(names), len(sums.mondays))
    own, base = np.full(shape, np.nan), np.full(shape, np.nan)
    share = np.zeros(len(names))
    for at, name in enumerate(names):
        if name in tasks.models:
            number = tasks.models.index(name)
            own[at], base[at] = sums.own[number], sums.of_baseline[number]
            share[at] = sums.share[number]
    return own, base, share, sums.mondays


def _week_end(monday: np.datetime64) -> date:
    day: date = (monday + 6).astype(object)
    return day


def _with_sum(
    alone: Sequence[Standing], tasks: ScoredTasks, truth: Truth, day: date
) -> list[Standing]:
    """Models of totals and the sum of their places, which must beat the best of the others.

    The best forecast of the totals' own history stands where the baseline of a measure stands:
    the sum takes its place when it is better over 8 weeks, and loses it when it is worse.
    """
    best = next(each for each in alone if each.is_published)
    own, base, share, mondays = _weekly((best.model, SUM_MODEL), tasks, day)
    choice = choose_model(own, base, 0, [1] if share[1] >= _LEAST_SHARE else [])
    is_published = choice.model == 1
    own, base, _, _ = _weekly((alone[0].model, SUM_MODEL), tasks, day)
    ratio = choose_model(own, base, 0, []).ratios[1]
    told = float(ratio) if np.isfinite(ratio) else None
    since = None if choice.since is None else _week_end(mondays[choice.since])
    summed = Standing(
        best.target,
        SUM_MODEL,
        is_baseline=False,
        is_published=is_published,
        state="published" if is_published else "new" if told is None else "not_better",
        ratio=told,
        since=since if is_published else None,
        drift_date=_drift_date(tasks, truth, SUM_MODEL, day) if is_published else None,
    )
    if is_published:
        beside = replace(best, is_published=False, state=BESIDE, since=None, drift_date=None)
        alone = [beside if each is best else each for each in alone]
    return [replace(each, level=Level.TOTALS) for each in (*alone, summed)]


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
