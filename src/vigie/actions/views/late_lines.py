"""What is told of counts that are still being reported, beside the choice of models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from vigie.actions.forecasts.forecasting import History
from vigie.actions.views.views import ReleaseTables
from vigie.actions.words.wording import Words

__all__ = ["OpenSteps", "late_sentence", "open_steps", "open_steps_of"]

_KEY = "late"
_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class OpenSteps:
    """The last steps of a measure that are still being reported.

    Attributes:
        step: day or week.
        count: how many are not complete, those left out among them.
        left_out: how many of them are too incomplete for any model to read.
    """

    step: str
    count: int
    left_out: int

    def as_settings(self) -> dict[str, object]:
        """As it is kept among the settings of the measure's baseline."""
        return {_KEY: asdict(self)}

    def complete_until(self, last: date) -> date:
        """The last step that counts as complete, where ``last`` is the last with any report."""
        return last - timedelta(days=_DAYS[self.step] * self.count)


def open_steps(history: History) -> OpenSteps | None:
    """The open steps of a history; None where its values are as reported, or all but complete."""
    if history.late is None:
        return None
    left_out = history.left_out_steps
    count = max(history.late.open_steps(), left_out)
    return OpenSteps(history.step, count, left_out) if count else None


def open_steps_of(tables: ReleaseTables) -> dict[str, OpenSteps]:
    """The open steps of each measure that has any, as a release tells it."""
    found = {}
    for row in tables.table("model_choices").to_pylist():
        told = json.loads(row["settings"] or "{}").get(_KEY)
        if told:
            found[str(row["target"])] = OpenSteps(**told)
    return found


def late_sentence(told: OpenSteps | Mapping[str, object], words: Words) -> str:
    """What people read of it, without a full stop."""
    steps = told if isinstance(told, OpenSteps) else OpenSteps(**told)  # type: ignore[arg-type]
    text = words.count(f"late.{steps.step}", steps.count)
    if not steps.left_out:
        return text
    left_out = words.count(f"late.left_out_{steps.step}", steps.left_out)
    return f"{text}{words.semicolon}{left_out}"
