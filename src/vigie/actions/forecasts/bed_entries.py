"""Daily entries to wards, put beside the history of their patients in bed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vigie.actions.forecasts.beside import Entries
from vigie.actions.forecasts.forecasting import History, total_history
from vigie.actions.rooms.places import outer_reporters
from vigie.actions.rooms.room import ShortageRule
from vigie.hospital.stays import StayLaw
from vigie.paths import FloatArray

__all__ = ["entries_beside", "entry_measures", "placed_entries", "whole_entries"]

_WHOLE = "*"
_READ_DAYS = 56


def entry_measures(rules: Sequence[ShortageRule]) -> Mapping[str, str]:
    """Measure of daily entries, by the measure of the patients in bed."""
    return {
        rule.measures["need"]: rule.measures["entries"]
        for rule in rules
        if rule.kind == "beds" and rule.measures.get("entries")
    }


def entries_beside(
    history: History,
    entries: History,
    law: StayLaw | None = None,
    members: Mapping[str, Sequence[str]] | None = None,
) -> Entries | None:
    """Entries on the places, categories and days of the patients in bed.

    Args:
        history: of patients in bed.
        entries: of daily entries as known on the same day, completed for late reports.
        law: of the stays of each category, where stays themselves are known.
        members: places inside each region and nation, for entries that only these report.

    Returns:
        None where one of the two is not reported by day, or entries are no flow.
    """
    if history.step != "day" or entries.step != "day" or entries.kind != "flow":
        return None
    values, is_split = placed_entries(history, entries, members or {})
    whole = whole_entries(history, values)
    if whole is None or not np.isfinite(whole).any():
        return None
    return Entries(values, whole, law, is_split)


def whole_entries(history: History, values: FloatArray) -> FloatArray | None:
    """(1, category, day): entries of all places, raised for those that did not report."""
    there = replace(history, kind="flow", values=values, late=None)
    whole = total_history(there, {_WHOLE: history.places})
    return None if whole is None else whole.values


def placed_entries(
    history: History, entries: History, members: Mapping[str, Sequence[str]]
) -> tuple[FloatArray, bool]:
    """Entries of each place of patients: its own, or its part of those of its region.

    Of a region's entries on a day, those of the places that report are taken off; the rest is
    shared out among the places that never report, by their patients in bed of the last 56 days.
    A place inside several such totals takes its part of the smallest.

    Args:
        history: of patients in bed.
        entries: of daily entries, of places or of totals over them.
        members: places inside each total.

    Returns:
        (place, category, day), NaN where missing; and whether no place reports entries itself.
    """
    values = entries.on_days(history.places, history.categories, history.dates)
    outer = outer_reporters(members, history.places)
    silent = ~np.isfinite(values).any(axis=(1, 2)) & ~np.isin(history.places, sorted(outer))
    inside = {place: set(of) for place, of in members.items() if place in entries.places}
    if not silent.any() or not inside:
        return values, False
    is_split, waiting = bool(silent.all()), silent.copy()
    patients = np.nan_to_num(_usual(history.values))
    totals = entries.on_days(tuple(inside), history.categories, history.dates)
    smallest = sorted(range(len(inside)), key=lambda at: len(inside[tuple(inside)[at]]))
    for at in smallest:
        there = np.isin(history.places, sorted(inside[tuple(inside)[at]]))
        takers = there & waiting
        if takers.any():
            told = np.nansum(values[there & ~silent], axis=0)
            rest = np.maximum(totals[at] - told, 0.0)
            part = patients[takers] / np.maximum(patients[takers].sum(axis=0), 1e-9)
            values[takers] = np.where((part > 0)[..., None], part[..., None] * rest, np.nan)
            waiting &= ~takers
    return values, is_split


def _usual(occupancy: FloatArray) -> FloatArray:
    """(place, category): mean patients of the last 56 days; 0 where none are reported."""
    recent = occupancy[..., -_READ_DAYS:]
    known = np.isfinite(recent)
    return np.asarray(np.where(known, recent, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1))
