"""A latest figure of which more reports are to come: told with what is still missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from vigie.actions.views.room_names import Measure
from vigie.actions.views.views import LatestRow
from vigie.actions.words.wording import Words

__all__ = ["with_late_reports"]


def with_late_reports(
    latest: LatestRow,
    nowcasts: Iterable[dict[str, Any]],
    measure: Measure,
    category: str,
    words: Words,
) -> LatestRow:
    """The figure with its nowcast, and its change between completed days.

    What is reported so far of yesterday, against all that was reported of a week before, reads as
    a fall that is none.

    Args:
        latest: as reported.
        nowcasts: rows of the place in the table of nowcasts, of this measure or of all.
        measure, category: whose figure it is.
        words: of the reader.

    Returns:
        The same figure where no nowcast covers its day, or that day is complete.
    """
    from vigie.epidemiology.nowcast import COMPLETE_SHARE

    day = latest.figure.as_of
    if day is None or latest.figure.value is None:
        return latest
    asked = (measure.key, category)
    by_day = {row["date"]: row for row in nowcasts if (row["measure"], row["category"]) == asked}
    row = by_day.get(day)
    if row is None or row["share_reported"] >= COMPLETE_SHARE:
        return latest
    completed = words.say(
        "tile.late",
        middle=words.measured(round(row["q50"]), measure.unit),
        range=words.range(round(row["q05"]), round(row["q95"]), measure.unit),
    )
    change = _change(row, by_day.get(day - timedelta(days=7)), words)
    return replace(latest, completed=completed, change=change)


def _change(row: dict[str, Any], before: dict[str, Any] | None, words: Words) -> str:
    """Of the probable counts; the same weekday a week before."""
    if before is None or not round(before["q50"]):
        return words.say("tile.no_change")
    return words.say("tile.late_change", change=words.change(row["q50"] / before["q50"] - 1))
