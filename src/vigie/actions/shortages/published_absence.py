"""Absence as published, on the axes of a rule of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from vigie.actions.forecasts.absence_forecasts import rosters_ahead
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.rooms.room import ShortageRule
from vigie.actions.shortages.shortage_rows import Inputs
from vigie.hospital.absence import ABSENCE_MODEL, absence_on_rosters
from vigie.paths import BoolArray, PathArray, SamplePaths

__all__ = ["absence_of_rosters", "on_axes", "published_absence"]


def published_absence(
    rule: ShortageRule, inputs: Inputs, places: Sequence[str], skills: Sequence[str]
) -> PathArray:
    """The published paths of absence on the days looked at; 0 where nobody reports it.

    Args:
        rule: of kind staff.
        inputs: of the run, in which absence is drawn.
        places, skills: axes of the result.

    Returns:
        (place, skill, day, sample).
    """
    measure = rule.measures["absent"]
    known = inputs.paths[measure]
    away = inputs.ahead(measure, clock=rule.measures["occupancy"])
    if (known.places, known.categories) == (tuple(places), tuple(skills)):
        return away
    return on_axes(away, known, places, skills)


def absence_of_rosters(
    rule: ShortageRule,
    inputs: Inputs,
    chance: Chance,
    rostered: PathArray,
    skills: Sequence[str],
    rng: np.random.Generator,
) -> PathArray:
    """The same, on the rosters that a rule expects.

    Absence by its law knows rosters of its own: where those here are larger or smaller, the
    difference joins or leaves them in the same future. A roster of which nobody ever said who is
    absent has the share of its skill elsewhere: nobody is always there.

    Args:
        rule: of kind staff.
        inputs: of the run.
        chance: of the run.
        rostered: (place, skill, day, sample) at the places of the patients, NaN where no roster
            is reported.
        skills: of the rosters.
        rng: source of chance.
    """
    measure, roster = rule.measures["absent"], np.nan_to_num(rostered)
    places = inputs.histories[rule.measures["occupancy"]].places
    absent = published_absence(rule, inputs, places, skills)
    known = np.isfinite(inputs.histories[measure].select(places, skills))
    told: BoolArray = np.asarray(known.any(axis=2))
    if inputs.models[measure] == ABSENCE_MODEL:
        under = _rosters_under(rule, inputs, chance, roster, skills)
        absent = absence_on_rosters(absent, under * told[..., None, None], roster, rng)
    without = ~told & (roster.max(axis=(2, 3)) > 0)
    if not without.any():
        return absent
    absent = absent.copy()
    elsewhere = np.where(told[..., None, None], roster, np.float32(0)).sum(axis=0)
    share = np.clip(absent.sum(axis=0) / np.maximum(elsewhere, 1), 0, 1)
    for place, skill in np.argwhere(without):
        count = roster[place, skill].astype(np.int64)
        absent[place, skill] = rng.binomial(count, share[skill])
    return absent


def _rosters_under(
    rule: ShortageRule, inputs: Inputs, chance: Chance, roster: PathArray, skills: Sequence[str]
) -> PathArray:
    """The rosters that published absence was drawn from; on days already reported, as here."""
    measure = rule.measures["absent"]
    history, paths = inputs.histories[measure], inputs.paths[measure]
    places = inputs.histories[rule.measures["occupancy"]].places
    drawn = on_axes(rosters_ahead(history, len(paths.dates), chance), paths, places, skills)
    end = np.datetime64(inputs.as_of + timedelta(days=inputs.horizon_days), "D")
    days = end - np.arange(roster.shape[2])[::-1]
    at = (days - paths.dates[0]).astype(np.int64)
    under = np.where((at >= 0)[:, None], drawn[:, :, np.maximum(at, 0)], roster)
    return np.asarray(under, dtype=np.float32)


def on_axes(
    values: PathArray,
    known: SamplePaths,
    places: Sequence[str],
    categories: Sequence[str],
    *,
    missing: float = 0.0,
) -> PathArray:
    """Values on the axes of some paths, on other places and categories.

    Args:
        values: (place, category, ...), on the places and categories of ``known``.
        known: the paths.
        places, categories: axes of the result.
        missing: where there are none.
    """
    rows = {key: i for i, key in enumerate(known.places)}
    columns = {key: i for i, key in enumerate(known.categories)}
    shape = (len(places), len(categories), *values.shape[2:])
    out = np.full(shape, missing, dtype=np.float32)
    for i, place in enumerate(places):
        for j, category in enumerate(categories):
            if place in rows and category in columns:
                out[i, j] = values[rows[place], columns[category]]
    return out
