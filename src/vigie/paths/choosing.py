"""Which model is published: by its weekly scores against the baseline, with memory.

One rule serves the choice among models, the replacement by the baseline and the return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.paths.arrays import FloatArray

__all__ = ["LEAST_BETTER_WEEKS", "WEEKS", "Choice", "choose_model"]

WEEKS = 8
"""Scored weeks that a decision looks back on."""

LEAST_BETTER_WEEKS = 5
"""Of these, weeks in which a model must have been better to take a place."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The model to publish, and what became of the others.

    Attributes:
        model: number of the model.
        since: number of the first week after which it was chosen; None: from the start.
        replaced: number of the model that the baseline replaced last, when the baseline is
            chosen for that reason; else None.
        ratios: (model,), sum of scores over the last weeks divided by the baseline's on the same
            tasks; NaN where fewer weeks are scored.
    """

    model: int
    since: int | None
    replaced: int | None
    ratios: FloatArray


def choose_model(
    own: FloatArray,
    of_baseline: FloatArray,
    baseline: int,
    candidates: Sequence[int],
) -> Choice:
    """Follow the weeks and say which model is published after the last of them.

    The baseline begins. After each week, looking back on the last 8 weeks in which a model was
    scored: a published model whose ratio to the baseline is above 1 is replaced by the baseline;
    a candidate takes the place of the published model when its ratio is smaller and it was better
    in at least 5 of the 8 weeks. So a replaced model comes back when it is better over 8 weeks,
    and one good week is not enough.

    Args:
        own: (model, week), sum of a model's scores in a week; NaN where it has none.
        of_baseline: (model, week), sum of the baseline's scores on the same tasks.
        baseline: number of the baseline.
        candidates: numbers of the models that may be published, besides the baseline.

    Raises:
        ValueError: the two arrays differ in shape.

    Source: docs/models/scores.md, section "What is published".
    """
    if own.shape != of_baseline.shape:
        raise ValueError(f"scores have shape {own.shape}, the baseline's {of_baseline.shape}")
    chosen, since, replaced = baseline, None, None
    for week in range(own.shape[1]):
        seen = slice(0, week + 1)
        records = {
            model: record
            for model in {baseline, *candidates}
            if (record := _record(own[model, seen], of_baseline[model, seen])) is not None
        }
        if chosen != baseline and (chosen not in records or records[chosen].ratio > 1.0):
            chosen, since, replaced = baseline, week, chosen
        for model in sorted(set(candidates) & set(records), key=lambda one: records[one].ratio):
            if model == chosen or chosen not in records:
                continue
            if _is_better(records[model], records[chosen]):
                chosen, since, replaced = model, week, None
    return Choice(chosen, since, replaced, _ratios(own, of_baseline))


@dataclass(frozen=True, slots=True, eq=False)
class _Record:
    """The last scored weeks of a model: ratio of sums, and the ratio of each week."""

    ratio: float
    weekly: FloatArray


def _record(own: FloatArray, base: FloatArray) -> _Record | None:
    at = np.flatnonzero(np.isfinite(own) & (base > 0))[-WEEKS:]
    if len(at) < WEEKS:
        return None
    return _Record(float(own[at].sum() / base[at].sum()), own[at] / base[at])


def _is_better(one: _Record, other: _Record) -> bool:
    better_weeks = int((one.weekly < other.weekly).sum())
    return one.ratio < other.ratio and better_weeks >= LEAST_BETTER_WEEKS


def _ratios(own: FloatArray, of_baseline: FloatArray) -> FloatArray:
    found = [_record(a, b) for a, b in zip(own, of_baseline, strict=True)]
    return np.array([np.nan if each is None else each.ratio for each in found])
