"""vigie show scores: how good past forecasts and nowcasts were."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vigie.cli.context import Context
from vigie.cli.digits import digits

if TYPE_CHECKING:
    from vigie.actions.views.score_board import Cut, ModelScores

__all__ = ["show_scores"]

_COLUMNS = (
    "measure",
    "model",
    "state",
    "tasks",
    "made after",
    "WIS ratio",
    "log-WIS ratio",
    "50 %",
    "95 %",
    "from",
    "to",
    "8-week ratio",
    "since",
)
_NOTHING = (0, 0, None, None, None, None, None, None)
_NOTE = (
    "Outcomes of the last 8 weeks. Ratios: sum of scores divided by the baseline's, below 1 is "
    "better. Made after: forecasts made again for a past day, from what was known then."
)
_NOWCAST_SCORES = (
    "measure",
    "category",
    "age_days",
    "tasks",
    "log_wis",
    "log_wis_reported",
    "coverage_50",
    "coverage_90",
    "from_date",
    "to_date",
)


def show_scores(context: Context, arguments: argparse.Namespace) -> int:
    """A row a model; what it set itself, and the nowcasts, below."""
    from vigie.actions.pages.model_settings import setting_sentence
    from vigie.actions.pages.showing import show_scores as scores_of
    from vigie.actions.words.wording import words_for

    board = scores_of(context.room(), context.caller(), arguments.release)
    rows = [
        (
            measure.measure,
            model.model,
            _state(model),
            *(_NOTHING if model.whole is None else _cells(model.whole)),
            _three(model.ratio),
            model.since,
        )
        for measure in board
        for model in measure.models
    ]
    lines = [*context.table(_COLUMNS, rows), _NOTE]
    lines += [
        f"{measure.measure}, {model.model}: {model.message}"
        for measure in board
        for model in measure.models
        if model.message
    ]
    words = words_for("en")
    lines += [
        f"{measure.measure}, {model.model}: {setting_sentence(model.settings, words)}"
        for measure in board
        for model in measure.models
        if model.settings
    ]
    lines += [
        f"{measure.measure}: regions and nation publish {measure.totals[0].model}"
        for measure in board
        if measure.totals and measure.totals[0].is_published
    ]
    if not board:
        lines = ["No forecast is scored in this release."]
    lines += _nowcast_scores(context, arguments)
    context.give(board, lines)
    return 0


def _nowcast_scores(context: Context, arguments: argparse.Namespace) -> list[str]:
    """A table of how good past nowcasts were; no line where none is scored."""
    from vigie.actions.pages.showing import show_table

    rows = show_table(
        context.room(), context.caller(), "nowcast_scores", arguments.release
    ).to_pylist()
    if not rows:
        return []
    cells = [[digits(row[name]) for name in _NOWCAST_SCORES] for row in rows]
    return [
        "",
        "Nowcasts, by days from the day to the last:",
        *context.table(_NOWCAST_SCORES, cells),
    ]


def _state(model: ModelScores) -> str:
    """The state; what is published for totals alone says so."""
    is_of_totals = model.level == "totals" and model.is_published
    return f"{model.state} for totals" if is_of_totals else model.state


def _cells(cut: Cut) -> tuple[object, ...]:
    ratios = (_three(cut.wis_ratio), _three(cut.log_wis_ratio))
    coverage = (f"{cut.coverage_50:.2f}", f"{cut.coverage_95:.2f}")
    return (cut.tasks, cut.made_after, *ratios, *coverage, cut.from_date, cut.to_date)


def _three(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
