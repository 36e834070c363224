"""The epidemic around a place on the published paths: what its staff live in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.actions.forecasts.staff_beside import regions_around
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
    """The first epidemic that is drawn, in the region of each place, before and ahead.

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
        past = np.nan_to_num(last_seen(history.on_days(history.places, chosen, past_dates)))
        past = past.sum(axis=1)
        columns = [paths.categories.index(each) for each in chosen]
        drawn = paths.values[:, columns].sum(axis=1)
        ahead = _paths_on_days(drawn, paths.dates, past, dates)
        row = {place: at for at, place in enumerate(history.places)}
        regions = regions_around(places, history.places, inputs.members)
        rows = {each: [row[place] for place in each] for each in regions}
        whole = {each: (past[at].sum(axis=0), ahead[at].sum(axis=0)) for each, at in rows.items()}
        found = [whole[each] for each in regions]
        return np.stack([each[0] for each in found]), np.stack([each[1] for each in found])
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
