"""Invented scores of a release: a published baseline, a model it replaced, one that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

__all__ = ["choice_rows", "score_rows"]

FIRST, LAST = date(2020, 9, 14), date(2020, 11, 8)
MODELS = {"vigie-flat": 1.0, "wave-model": 1.18}
PIT = [0.14, 0.1, 0.09, 0.09, 0.1, 0.09, 0.09, 0.08, 0.08, 0.14]


def _row(model: str, cut: str, ratio: float, **more: Any) -> Mapping[str, Any]:
    is_flat = model == "vigie-flat"
    return {
        "model_id": model,
        "target": "admissions",
        "horizon": 0,
        "tasks": 560,
        "wis": 2.0 * ratio,
        "relative_wis": ratio,
        "log_wis": 0.2 * ratio,
        "relative_log_wis": ratio,
        "pairwise_wis": ratio if cut == "all" else None,
        "coverage_50": 0.51,
        "coverage_95": 0.93,
        "brier": 0.21,
        "pit": PIT,
        "made_after": 400,
        "from_date": FIRST,
        "to_date": LAST,
        "slice": cut,
        "category": "",
        "place_group": "",
        "place": "",
        "phase": "",
        "is_baseline": is_flat,
        "is_published": is_flat,
    } | more


def score_rows() -> list[Mapping[str, Any]]:
    """Rows of scores; the first is of the published model over all tasks."""
    return [row for model, ratio in MODELS.items() for row in _of_model(model, ratio)]


def _of_model(model: str, ratio: float) -> Iterator[Mapping[str, Any]]:
    yield _row(model, "all", ratio)
    for horizon in (1, 7, 14):
        yield _row(model, "horizon", ratio, horizon=horizon, tasks=180)
    for phase in ("rise", "peak", "fall", "steady", "recent"):
        yield _row(model, "phase", ratio, phase=phase, tasks=112)
    for group in ("site", "region", "nation"):
        yield _row(model, "group", ratio, place_group=group, tasks=186)
    yield _row(model, "place", ratio, place="H07", place_group="site", tasks=24)
    for number in range(8):
        week = FIRST + timedelta(days=7 * number)
        weekly = 1.0 if model == "vigie-flat" else ratio + 0.1 * (number - 4)
        yield _row(model, "week", weekly, week=week, tasks=70)


def choice_rows() -> list[Mapping[str, Any]]:
    """Rows of model_choices; drift of the published model was found three weeks ago."""
    common = {"target": "admissions", "is_baseline": False, "is_published": False}
    since = date(2020, 10, 25)
    return [
        {
            **common,
            "model_id": "vigie-flat",
            "is_baseline": True,
            "is_published": True,
            "state": "baseline",
            "ratio": 1.0,
            "since": since,
            "drift_date": date(2020, 10, 20),
        },
        {
            **common,
            "model_id": "wave-model",
            "state": "replaced",
            "ratio": 1.18,
            "since": since,
        },
        {
            **common,
            "model_id": "no-model",
            "state": "failed",
            "message": 'Model "no-model" has no forecast of admissions in this run: <b>it</b>',
        },
    ]
