"""How good we were, in one sentence: for the briefing and the page of a place."""

from __future__ import annotations

from datetime import timedelta

from vigie.actions.views.views import Accuracy, ReleaseTables
from vigie.actions.words.wording import Words
from vigie.charts import whole_in_100

__all__ = ["build_accuracy"]

_DRIFT_SHOWN_DAYS = 14
"""Days after an alarm of drift in which the briefing begins with it."""


def build_accuracy(tables: ReleaseTables, words: Words, *, place: str = "") -> Accuracy:
    """How the forecasts in force met their outcomes: coverage of the 95 % range, and the baseline.

    Scores of all measures are weighted by the number of forecasts scored.

    Args:
        tables: of the release.
        words: of the reader.
        place: only outcomes of this place; empty: all.
    """
    cut = "place" if place else "all"
    equals = {"place": place} if place else {}
    rows = [
        row
        for row in tables.table("scores", **equals).to_pylist()
        if row["coverage_95"] is not None
        and row["is_published"] is not False
        and row["slice"] in ({cut} if place else {cut, None})
    ]
    tasks = sum(row["tasks"] for row in rows)
    if not tasks:
        return Accuracy(words.say("accuracy.none"), is_worse=False)
    share = sum(row["coverage_95"] * row["tasks"] for row in rows) / tasks
    against = [row for row in rows if row["relative_wis"] is not None]
    weight = sum(row["tasks"] for row in against)
    relative = sum(row["relative_wis"] * row["tasks"] for row in against) / weight if weight else 1
    text = words.say(
        "accuracy.text",
        first=words.full_day(min(row["from_date"] for row in rows)),
        last=words.full_day(max(row["to_date"] for row in rows)),
        share=whole_in_100(share),
        tasks=words.number(tasks),
    )
    said = [text]
    if relative > 1.0:
        said.append(words.say("accuracy.worse"))
    drifted = _drifted(tables)
    if drifted and not place:
        names = {str(row["measure"]): row for row in tables.table("measures").to_pylist()}
        told = [str(names[each][f"name_{words.language}"]) for each in drifted if each in names]
        said.append(words.say("accuracy.drift", names=", ".join(told)))
    return Accuracy(" ".join(said), is_worse=len(said) > 1)


def _drifted(tables: ReleaseTables) -> list[str]:
    """Measures whose published forecasts raised the alarm of drift in the last two weeks."""
    since = tables.as_of - timedelta(days=_DRIFT_SHOWN_DAYS)
    drifted = (
        str(row["target"])
        for row in tables.table("model_choices").to_pylist()
        if row["is_published"] and row["drift_date"] is not None and row["drift_date"] > since
    )
    return list(dict.fromkeys(drifted))
