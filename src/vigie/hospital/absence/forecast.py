"""Sample paths of absence, on the futures of rosters and of the epidemic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vigie.hospital.absence.beta_binomial import beta_binomial_table
from vigie.hospital.absence.law import AbsenceLaw
from vigie.hospital.absence.pressure import pressure_ahead
from vigie.paths import FloatArray, IntArray, PathArray

__all__ = ["absence_paths"]

_YEAR_DAYS = 365.25


def absence_paths(
    law: AbsenceLaw,
    rostered: PathArray,
    weekdays: IntArray,
    rng: np.random.Generator,
    sample_count: int,
    *,
    epidemic: tuple[FloatArray, PathArray] | None = None,
    days_before: int = 0,
    asked: Sequence[int] = (),
) -> PathArray:
    """Members of staff who do not come, on each day and in each future.

    Args:
        law: as ``fit_absence`` learnt it.
        rostered: (place, skill, day, sample), members of staff on the roster of the days after
            the history; one day or sample stands for all.
        weekdays: (day,), 0 = Monday; their number is the horizon.
        rng: source of chance.
        sample_count: futures.
        epidemic: (place, past day) the history the law was learnt from, and (place, day, sample)
            its paths on the same futures; None: no epidemic, or the law has no part of it.
        days_before: days of the history of the law; they place the season.
        asked: days ahead that are looked at, from 1; the others stay 0. Empty: all are.

    Returns:
        (place, skill, day, sample), whole numbers from 0 to the roster.

    Raises:
        ValueError: places or skills of the roster are not those of the law, or the law follows
            an epidemic and none is given.

    Source: docs/models/staff-absence.md, equations 1 and 6.
    """
    places, skills = len(law.places), len(law.skills)
    if rostered.shape[:2] != (places, skills):
        raise ValueError(
            f"the roster has shape {rostered.shape}; the law knows {places} places and "
            f"{skills} skills"
        )
    if law.slope and epidemic is None:
        raise ValueError("the law follows an epidemic: give its history and its paths")
    days = len(weekdays)
    roster = np.round(np.maximum(rostered, 0)).astype(np.int32)
    table = beta_binomial_table(int(roster.max(initial=0)), law.dispersion)
    shared = _shared_logit(law, weekdays, rng, sample_count, epidemic, days_before)
    wards = law.wards.ahead(rng, days, sample_count).reshape(places, skills, days, -1)
    out = np.zeros((places, skills, days, sample_count), dtype=np.float32)
    drawn = np.array(
        [day - 1 for day in asked or range(1, days + 1) if day <= days], dtype=np.int64
    )
    roster = np.broadcast_to(roster, (*roster.shape[:2], days, roster.shape[3]))[:, :, drawn]
    shared, wards = shared[:, drawn], wards[:, :, drawn]
    for place in range(places):
        for skill in range(skills):
            logit = shared[place if len(shared) > 1 else 0] + wards[place, skill]
            logit += np.float32(law.places[place] + law.skills[skill])
            whole = np.ascontiguousarray(np.broadcast_to(logit, (len(drawn), sample_count)))
            out[place, skill, drawn] = table.draw(rng, roster[place, skill], whole)
    return out


def _shared_logit(
    law: AbsenceLaw,
    weekdays: IntArray,
    rng: np.random.Generator,
    samples: int,
    epidemic: tuple[FloatArray, PathArray] | None,
    days_before: int,
) -> PathArray:
    """(place or 1, day, sample), what all skills of a place have in common."""
    days = len(weekdays)
    year = (days_before + np.arange(days)) * (2 * np.pi / _YEAR_DAYS)
    by_day = law.level + law.weekdays[weekdays]
    by_day = by_day + law.season[0] * np.cos(year) + law.season[1] * np.sin(year)
    common = by_day[:, None].astype(np.float32) + law.common.ahead(rng, days, samples)[0]
    if not law.slope or epidemic is None:
        return np.asarray(common[None])
    felt = pressure_ahead(epidemic[0], epidemic[1], law.lag_days)[:, :days]
    felt *= np.float32(law.slope)
    felt += common
    return felt
