"""League tables: how models compare on the tasks that they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.errors import BadData, nearest
from vigie.paths.arrays import BoolArray, FloatArray
from vigie.paths.hub import HubTasks
from vigie.paths.scores import interval_coverage, log_wis, wis

__all__ = ["LeagueRow", "league", "relative_scores"]


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One model. Ratios are ratios of sums over the tasks shared with the baseline; below 1 is
    better than the baseline.

    Attributes:
        model: name.
        tasks: tasks scored.
        share: of all tasks of the table, 0..1.
        shared_tasks: of them those that the baseline has too.
        wis_ratio, log_wis_ratio: weighted interval score against the baseline's.
        relative_wis, relative_log_wis: geometric mean of the ratios to every model of the table on
            the tasks both have, divided by the baseline's.
        error_ratio: absolute error of the median against the baseline's.
        coverage_50, coverage_95: share of truths within the central intervals, 0..1.
        mean_wis, mean_log_wis: over the model's tasks.
    """

    model: str
    tasks: int
    share: float
    shared_tasks: int
    wis_ratio: float
    relative_wis: float
    log_wis_ratio: float
    relative_log_wis: float
    error_ratio: float
    coverage_50: float
    coverage_95: float
    mean_wis: float
    mean_log_wis: float


def league(
    scored: HubTasks, baseline: str, *, only_of_baseline: bool = True, least_share: float = 0.0
) -> list[LeagueRow]:
    """Compare models, best relative WIS first.

    Args:
        scored: tasks with truth, as ``vigie.paths.with_truth`` gives them.
        baseline: the model that others are divided by.
        only_of_baseline: leave out tasks that the baseline has not.
        least_share: leave out models with a smaller share of the tasks.

    Raises:
        BadData: the baseline has no scored task.

    Source: Cramer et al., PNAS 119 (2022), for the relative WIS; docs/models/scores.md,
    equations 4 and 5.
    """
    scores = _matrices(scored)
    if baseline not in scored.models or not np.isfinite(scores["wis"][_at(scored, baseline)]).any():
        raise BadData(
            f'Baseline "{baseline}" has no scored forecast. '
            f"Nearest: {nearest(baseline, scored.models)}."
        )
    if only_of_baseline:
        chosen = np.isfinite(scores["wis"][_at(scored, baseline)])
        scores = {name: values[:, chosen] for name, values in scores.items()}
    total = scores["wis"].shape[1]
    told = np.isfinite(scores["wis"])
    kept = np.flatnonzero((told.sum(axis=1) >= least_share * total) & told.any(axis=1))
    if _at(scored, baseline) not in kept:
        raise BadData(f'Baseline "{baseline}" has less than {least_share:.0%} of the tasks.')
    scores = {name: values[kept] for name, values in scores.items()}
    told, names = told[kept], [scored.models[at] for at in kept]
    base = names.index(baseline)
    ratios = {name: _ratios(scores[name], base) for name in ("wis", "log_wis", "error")}
    relative = {name: relative_scores(scores[name], base) for name in ("wis", "log_wis")}
    rows = [
        LeagueRow(
            model=name,
            tasks=int(told[at].sum()),
            share=float(told[at].sum() / total),
            shared_tasks=int((told[at] & told[base]).sum()),
            wis_ratio=float(ratios["wis"][at]),
            relative_wis=float(relative["wis"][at]),
            log_wis_ratio=float(ratios["log_wis"][at]),
            relative_log_wis=float(relative["log_wis"][at]),
            error_ratio=float(ratios["error"][at]),
            coverage_50=float(np.nanmean(scores["coverage_50"][at])),
            coverage_95=float(np.nanmean(scores["coverage_95"][at])),
            mean_wis=float(np.nanmean(scores["wis"][at])),
            mean_log_wis=float(np.nanmean(scores["log_wis"][at])),
        )
        for at, name in enumerate(names)
    ]
    return sorted(rows, key=lambda row: (row.relative_wis, row.model))


def _at(scored: HubTasks, model: str) -> int:
    return scored.models.index(model)


def _matrices(scored: HubTasks) -> dict[str, FloatArray]:
    """Scores as (model, task), NaN where a model has no forecast of the task."""
    task_of = scored.task_of()
    shape = (len(scored.models), int(task_of.max(initial=-1)) + 1)
    middle = scored.quantiles.shape[1] // 2
    columns: dict[str, FloatArray | BoolArray] = {
        "wis": wis(scored.quantiles, scored.truth),
        "log_wis": log_wis(scored.quantiles, scored.truth),
        "error": np.abs(scored.quantiles[:, middle] - scored.truth),
        "coverage_50": interval_coverage(scored.quantiles, scored.truth, 0.5),
        "coverage_95": interval_coverage(scored.quantiles, scored.truth, 0.95),
    }
    found = {}
    for name, values in columns.items():
        found[name] = np.full(shape, np.nan)
        found[name][scored.model_of, task_of] = values
    return found


def _ratios(scores: FloatArray, base: int) -> FloatArray:
    """(model,): sum of scores over the baseline's, on the tasks both have."""
    both = np.isfinite(scores) & np.isfinite(scores[base])
    own = np.where(both, scores, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(own / np.where(both, scores[base], 0.0).sum(axis=1))


def relative_scores(scores: FloatArray, base: int) -> FloatArray:
    """Geometric mean of each model's ratios to every model, divided by that of the baseline.

    Args:
        scores: (model, task), NaN where a model has no forecast of the task.
        base: number of the baseline.

    Returns:
        (model,), below 1 is better than the baseline; NaN for a model that shares no task.

    Source: Cramer et al., PNAS 119 (2022); docs/models/scores.md, equation 5.
    """
    has = np.isfinite(scores).astype(float)
    # Row a, column b: the scores of a on the tasks that b has too.
    sums = np.nan_to_num(scores) @ has.T
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(sums / sums.T)
        known = np.isfinite(logs)
        theta = np.where(known, logs, 0.0).sum(axis=1) / known.sum(axis=1)
    return np.asarray(np.exp(theta - theta[base]))
