"""The line beside a forecast: which model made it, and how good it was at this place lately."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.actions.forecasts.summed_totals import SUM_MODEL
from vigie.actions.pages.scores_page import model_name, ratio_text
from vigie.actions.scores.levels import Level
from vigie.actions.views.late_lines import late_sentence, open_steps_of
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words

__all__ = ["score_lines"]


def score_lines(tables: ReleaseTables, place: str, words: Words) -> dict[str, str]:
    """What stands below the forecasts of each measure at a place.

    Args:
        tables: of the release.
        place: key of the place.
        words: of the reader.

    Returns:
        One sentence by measure, for measures with scores or a known choice of models.
    """
    choices = tables.table("model_choices").to_pylist()
    models = {
        str(row["target"]): str(row["model_id"])
        for row in choices
        if row["is_published"] and row["level"] != Level.TOTALS
    }
    totals = _totals(tables, place)
    models |= totals
    rows = tables.table("scores", place=place).to_pylist()
    scores = {
        str(row["target"]): row for row in rows if row["is_published"] and row["slice"] == "place"
    }
    lines = {measure: _line(model, scores.get(measure), words) for measure, model in models.items()}
    for measure, model in totals.items():
        kind = "sum" if model == SUM_MODEL else "own"
        lines[measure] = f"{words.say(f'scores.line_total_{kind}')} {lines[measure]}"
    for measure, steps in open_steps_of(tables).items():
        if measure in lines:
            told = late_sentence(steps, words)
            lines[measure] = f"{lines[measure]} {told[0].upper()}{told[1:]}."
    return lines


def _totals(tables: ReleaseTables, place: str) -> dict[str, str]:
    """The published model of each measure of which the place is a total, as its rows say."""
    rows = tables.table("forecasts", location=place).select(["target", "model_id", "is_published"])
    told = rows.group_by(["target", "model_id", "is_published"]).aggregate([]).to_pylist()
    summed = {row["target"] for row in told if row["model_id"] == SUM_MODEL}
    found: dict[str, str] = {}
    for row in sorted(told, key=lambda one: one["model_id"] == SUM_MODEL):
        if row["target"] in summed and row["is_published"]:
            found[str(row["target"])] = str(row["model_id"])
    return found


def _line(model: str, row: Mapping[str, Any] | None, words: Words) -> str:
    name = model_name(model, words)
    if row is None or row["coverage_95"] is None:
        return f"{words.say('scores.line_none', model=name)}."
    text = words.say(
        "scores.line",
        model=name,
        inside_95=words.number(round(row["coverage_95"] * row["tasks"])),
        tasks=words.number(row["tasks"]),
    )
    if row["is_baseline"] or row["relative_wis"] is None:
        return f"{text}."
    ratio = words.say("scores.line_ratio", ratio=ratio_text(row["relative_wis"], words))
    return f"{text}{words.semicolon}{ratio}."
