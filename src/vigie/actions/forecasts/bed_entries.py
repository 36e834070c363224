"""Daily entries to wards, put beside the history of their patients in bed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vigie.actions.forecasts.beside import Entries
from vigie.actions.forecasts.forecasting import History, total_history
from vigie.actions.rooms.room import ShortageRule
from vigie.hospital.stays import StayLaw

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
    values = entries.on_days(history.places, history.categories, history.dates)
    there = replace(history, kind="flow", values=values, late=None)
    whole = total_history(there, {_WHOLE: history.places})
    if whole is None or not np.isfinite(whole.values).any():
        return None
    return Entries(values, whole.values, law)
