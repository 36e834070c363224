"""How the models of a measure stand: which is published for places and totals, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from vigie.actions.forecasts.summed_totals import SUM_MODEL
from vigie.actions.scores.levels import Level
from vigie.actions.scores.score_rows import weekly_sums
from vigie.actions.scores.scored_tasks import ScoredTasks, Truth
from vigie.paths import FloatArray, choose_model, drift_alarms

__all__ = [
    "BESIDE",
    "REPORTED",
    "WINDOW_DAYS",
    "Standing",
    "standings_of",
    "sum_only_scored",
    "with_sum",
]

WINDOW_DAYS = 84
"""Days back from the run whose forecasts are scored and taken into account."""

BESIDE, REPORTED = "beside", "reported"
"""States of the best model of the totals' own history while the sum of places is published, and of
a sum that is only scored, as the totals report themselves."""

_LEAST_SHARE = 0.9
"""Of the baseline's tasks, those that a model must have forecast to be published."""

_DRIFT_HORIZONS = {"day": (1, 7), "week": (1, 2)}
_STEPS_A_WEEK = {"day": 7, "week": 1}


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


def standings_of(
    target: str, names: Sequence[str], tasks: ScoredTasks, truth: Truth, day: date
) -> list[Standing]:
    """Models of a measure and level, the baseline first; exactly one is published.

    Args:
        target: the measure.
        names: of the models, the baseline first.
        tasks: of the level.
        truth: of the measure.
        day: of the run.
    """
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


def with_sum(
    alone: Sequence[Standing], tasks: ScoredTasks, truth: Truth, day: date
) -> list[Standing]:
    """Models of totals and the sum of their places, which must beat the best of the others.

    The best forecast of the totals' own history stands where the baseline of a measure stands:
    the sum takes its place when it is better over 8 weeks, and loses it when it is worse.

    Args:
        alone: models of the totals' own history, the baseline first.
        tasks: of the totals.
        truth: of the measure.
        day: of the run.

    Source: docs/models/totals.md, section "Which is published".
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


def sum_only_scored(baseline: Standing, tasks: ScoredTasks, day: date) -> Standing:
    """The sum of places where every total reports itself.

    Args:
        baseline: of the measure.
        tasks: of the measure.
        day: of the run.
    """
    own, base, _, _ = _weekly((baseline.model, SUM_MODEL), tasks, day)
    ratio = float(choose_model(own, base, 0, []).ratios[1])
    return Standing(
        baseline.target,
        SUM_MODEL,
        is_baseline=False,
        is_published=False,
        state=REPORTED,
        ratio=ratio if np.isfinite(ratio) else None,
        since=None,
        drift_date=None,
        level=Level.TOTALS,
    )


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
