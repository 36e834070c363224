"""The line beside a forecast: which model made it, and how good it was at this place lately."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.actions.scores_page import model_name, ratio_text
from vigie.actions.views import ReleaseTables
from vigie.actions.wording import Words

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
    models = {
        str(row["target"]): str(row["model_id"])
        for row in tables.table("model_choices").to_pylist()
        if row["is_published"]
    }
    rows = tables.table("scores", place=place).to_pylist()
    scores = {
        str(row["target"]): row for row in rows if row["is_published"] and row["slice"] == "place"
    }
    return {measure: _line(model, scores.get(measure), words) for measure, model in models.items()}


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
