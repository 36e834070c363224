"""Daily entries to wards, put beside the history of their patients in bed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vigie.actions.beside import Entries
from vigie.actions.forecasting import History, total_history
from vigie.actions.room import ShortageRule
from vigie.hospital.stays import StayLaw
from vigie.paths import FloatArray

__all__ = ["entries_beside", "entry_measures"]

_WHOLE = "*"


def entry_measures(rules: Sequence[ShortageRule]) -> Mapping[str, str]:
    """Measure of daily entries, by the measure of the patients in bed."""
    return {
        rule.measures["need"]: rule.measures["entries"]
        for rule in rules
        if rule.kind == "beds" and rule.measures.get("entries")
    }


def entries_beside(
    history: History, entries: History, law: StayLaw | None = None
) -> Entries | None:
    """Entries on the places, categories and days of the patients in bed.

    Args:
        history: of patients in bed.
        entries: of daily entries as known on the same day, completed for late reports.
        law: of the stays of each category, where stays themselves are known.

    Returns:
        None where one of the two is not reported by day, or entries are no flow.
    """
    if history.step != "day" or entries.step != "day" or entries.kind != "flow":
        return None
    values = _on_days(history, entries)
    there = replace(history, kind="flow", values=values, late=None)
    whole = total_history(there, {_WHOLE: history.places})
    if whole is None or not np.isfinite(whole.values).any():
        return None
    return Entries(values, whole.values, law)


def _on_days(history: History, entries: History) -> FloatArray:
    chosen = entries.select(history.places, history.categories)
    day = (history.dates - entries.dates[0]).astype(np.int64)
    is_there = (day >= 0) & (day < len(entries.dates))
    values = np.full((*chosen.shape[:2], len(history.dates)), np.nan)
    values[:, :, is_there] = chosen[:, :, day[is_there]]
    return values
