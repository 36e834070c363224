"""Patients not in bed, or in bed later, because planned treatment is put off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.actions.shortages.counted_changes import CountedChange
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.hospital import entries_returned, patients_spared
from vigie.paths import DateArray, PathArray

__all__ = ["spared_on"]


def spared_on(
    counted: Sequence[CountedChange],
    inputs: Inputs,
    entries: str,
    places: Sequence[str],
    wards: Sequence[str],
    dates: DateArray,
) -> PathArray | None:
    """Patients spared on the days given, as fractions.

    Args:
        counted: changes of a scenario; those of electives are read.
        inputs: of the run.
        entries: measure of daily entries by ward kind.
        places, wards: axes of the result.
        dates: its days, one after the other.

    Returns:
        (place, ward, day, sample), negative where more are in bed because treatment put off
        takes place; None where nothing is put off, or entries are not drawn.
    """
    electives = [each for each in counted if each.change.kind == "electives"]
    if not electives or not inputs.is_drawn(entries):
        return None
    rows = [each.cells(places, wards, dates) for each in electives]
    if not any(each.any() for each in rows):
        return None
    ahead = _entries_on(inputs, entries, places, wards, dates)
    spared = np.zeros_like(ahead)
    for each, cells in zip(electives, rows, strict=True):
        share = np.float32(each.change.share * (1.0 - each.change.factor))
        avoided = ahead * np.asarray(cells[..., None] * share, dtype=np.float32)
        if each.change.factor < 1:
            avoided -= _coming_back(each, avoided, dates)
        spared += patients_spared(avoided, each.change.mean_stay_days)
    return spared


def _coming_back(each: CountedChange, avoided: PathArray, dates: DateArray) -> PathArray:
    """Entries more on the days given, of those that a change put off."""
    returns = each.change.returns
    # A change counts on no day after its last; one that ends earlier than the first is not asked.
    last = int((np.datetime64(each.last, "D") - dates[0]).astype(int))
    return entries_returned(avoided, last, returns.share, returns.after_days, returns.over_days)


def _entries_on(
    inputs: Inputs, measure: str, places: Sequence[str], wards: Sequence[str], dates: DateArray
) -> PathArray:
    """Entries drawn for each day, those reported where a day is reported; 0 where none are."""
    paths, history = inputs.paths[measure], inputs.histories[measure]
    out = np.zeros((len(places), len(wards), len(dates), paths.values.shape[3]), dtype=np.float32)
    seen = history.select(places, wards)
    for day, wanted in enumerate(dates):
        at = np.flatnonzero(history.dates == wanted)
        if len(at):
            out[:, :, day] = np.nan_to_num(seen[:, :, at[0]])[..., None]
    days = np.flatnonzero(np.isin(dates, paths.dates))
    there = np.searchsorted(paths.dates, dates[days])
    row = {place: number for number, place in enumerate(paths.places)}
    column = {ward: number for number, ward in enumerate(paths.categories)}
    for i, place in enumerate(places):
        for j, ward in enumerate(wards):
            if place in row and ward in column:
                out[i, j, days] = paths.values[row[place], column[ward], there]
    return out
