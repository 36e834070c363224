"""The epidemic around a place: what its staff and its patients live in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.actions.rooms.room import EpidemicRule
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.paths import DateArray, FloatArray, PathArray, last_seen

__all__ = ["epidemic_around"]


def epidemic_around(
    inputs: Inputs,
    epidemics: Sequence[EpidemicRule],
    places: Sequence[str],
    past_dates: DateArray,
    dates: DateArray,
) -> tuple[FloatArray, PathArray] | None:
    """The first epidemic that is drawn, around each place, before and ahead.

    Around a place means its region, the smallest total that holds it; its own admissions alone
    are few, and its staff live in the region.

    Args:
        inputs: of the run.
        epidemics: of the room.
        places: around which.
        past_dates, dates: days before and ahead.

    Returns:
        (place, past day) and (place, day, sample); None without an epidemic drawn by day.
    """
    for rule in epidemics:
        if not inputs.is_drawn(rule.measure):
            continue
        history, paths = inputs.histories[rule.measure], inputs.paths[rule.measure]
        if rule.category and rule.category not in history.categories:
            continue
        chosen = [rule.category] if rule.category else list(history.categories)
        reporting = history.places
        past = history.on_days(reporting, chosen, past_dates)
        past = np.nan_to_num(last_seen(past)).sum(axis=1)
        columns = [paths.categories.index(each) for each in chosen]
        ahead = _paths_on_days(
            np.asarray(paths.values[:, columns].sum(axis=1)), paths.dates, past, dates
        )
        return _around(places, reporting, inputs, past, ahead)
    return None


def _paths_on_days(
    values: PathArray, of: DateArray, past: FloatArray, wanted: DateArray
) -> PathArray:
    """Paths on other days: before them the last value known, after them their last day."""
    at = (wanted - of[0]).astype(np.int64)
    out = values[:, np.clip(at, 0, len(of) - 1)]
    early = at < 0
    if early.any():
        out[:, early] = past[:, -1, None, None]
    return np.asarray(out, dtype=np.float32)


def _around(
    wanted: Sequence[str],
    places: Sequence[str],
    inputs: Inputs,
    past: FloatArray,
    ahead: PathArray,
) -> tuple[FloatArray, PathArray]:
    row = {place: at for at, place in enumerate(places)}
    totals = sorted(inputs.members.items(), key=lambda each: len(each[1]))
    groups: dict[tuple[int, ...], tuple[FloatArray, PathArray]] = {}
    whole = tuple(range(len(places)))
    found = []
    for place in wanted:
        inside = next((of for _, of in totals if place in of), (place,))
        rows = tuple(row[each] for each in inside if each in row) or whole
        if rows not in groups:
            groups[rows] = past[list(rows)].sum(axis=0), ahead[list(rows)].sum(axis=0)
        found.append(groups[rows])
    return np.stack([each[0] for each in found]), np.stack([each[1] for each in found])
