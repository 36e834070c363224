"""Rosters and the epidemic around, put beside the history of who does not come to work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vigie.actions.forecasts.beside import Staff
from vigie.actions.forecasts.forecasting import History, total_history
from vigie.actions.rooms.places import region_around
from vigie.actions.rooms.room import EpidemicRule, ShortageRule
from vigie.paths import FloatArray, IntArray

__all__ = ["regions_around", "roster_measures", "staff_beside"]


def roster_measures(rules: Sequence[ShortageRule]) -> Mapping[str, str]:
    """Measure of the roster, by the measure of its absent members of staff."""
    return {
        rule.measures["absent"]: rule.measures["rostered"] for rule in rules if rule.kind == "staff"
    }


def staff_beside(
    history: History,
    rostered: History,
    days_ahead: int,
    epidemics: Sequence[EpidemicRule],
    known: Mapping[str, History],
    members: Mapping[str, Sequence[str]],
) -> Staff | None:
    """Rosters and the epidemic on the places and days of the absent.

    Around a place means its region, the smallest total that holds it: its own admissions alone
    are few, and its staff live in the region.

    Args:
        history: of members of staff who are absent.
        rostered: of the rosters as known on the same day.
        days_ahead: of which a roster may be known already.
        epidemics: of the room; absence follows the first that is known by day.
        known: histories of all measures as known on the day, by name.
        members: places inside each region and nation.

    Returns:
        None where one of the two is not reported by day.
    """
    if (history.step, rostered.step, history.kind) != ("day", "day", "level"):
        return None
    ahead = history.dates[-1] + np.arange(1, days_ahead + 1)
    days = np.concatenate([history.dates, ahead])
    roster = rostered.on_days(history.places, history.categories, days)
    for rule in epidemics:
        of = known.get(rule.measure)
        if of is None or (of.kind, of.step) != ("flow", "day"):
            continue
        if rule.category and rule.category not in of.categories:
            continue
        epidemic, around = _around(history, of, rule.category, members)
        if np.isfinite(epidemic).any():
            return Staff(roster, epidemic, around)
    return Staff(roster)


def regions_around(
    places: Sequence[str], reporting: Sequence[str], members: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    """What lies around each place: those who report in its region, the smallest total that has it.

    Args:
        places: around which.
        reporting: who tells of the epidemic.
        members: places inside each region and nation.

    Returns:
        For each place, in the order of the total; all who report where its region has nobody.
    """
    found = []
    for place in places:
        inside = region_around(members, place) or (place,)
        found.append(tuple(each for each in inside if each in reporting) or tuple(reporting))
    return found


def _around(
    history: History, of: History, category: str, members: Mapping[str, Sequence[str]]
) -> tuple[FloatArray, IntArray]:
    """(region, day) the epidemic on the days of the history, and (place,) the region of each."""
    regions = regions_around(history.places, of.places, members)
    numbers = {each: at for at, each in enumerate(dict.fromkeys(regions))}
    chosen = (category,) if category else of.categories
    there = replace(
        of,
        categories=chosen,
        dates=history.dates,
        values=of.on_days(of.places, chosen, history.dates),
        late=None,
    )
    whole = total_history(there, {f"*{number}": each for each, number in numbers.items()})
    assert whole is not None, "every region has a place that reports"
    is_known = np.isfinite(whole.values).any(axis=1)
    counted = np.where(is_known, np.nansum(whole.values, axis=1), np.nan)
    return counted, np.array([numbers[each] for each in regions])
