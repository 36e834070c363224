"""Rosters ahead: they follow the planned beds and the weekday, as far as they did in the past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray, PathArray

__all__ = ["RosterHistory", "RosterLaw", "fit_rosters", "roster_paths"]

_RECENT_DAYS = 28
_AHEAD_DAYS = 7
_RIDGE = 1.0
_PLACE_DAYS = 7.0
_FEWEST_DAYS = 14
_LEAST_GAIN = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class RosterHistory:
    """Rosters of the past and what the planned beds asked for.

    Attributes:
        rostered: (place, skill, day), members of staff on the roster; NaN where missing.
        asked: same shape, members of staff that the planned beds ask for at the ratios in force,
            not rounded; 0 where no ratio applies.
        weekdays: (day,), 0 = Monday.

    Raises:
        ValueError: shapes differ.
    """

    rostered: FloatArray
    asked: FloatArray
    weekdays: IntArray

    def __post_init__(self) -> None:
        shape = self.rostered.shape
        if len(shape) != 3 or self.asked.shape != shape or len(self.weekdays) != shape[2]:
            raise ValueError(
                f"rostered {shape}, asked {self.asked.shape}, weekdays {self.weekdays.shape}: "
                "give (place, skill, day) twice and (day,)"
            )


@dataclass(frozen=True, slots=True, eq=False)
class RosterLaw:
    """How rosters are made.

    roster = place * (base + cover(weekday) * asked) + chance where they follow the beds, else
    recent * profile(weekday) + chance.

    Attributes:
        follows: (skill,), whether following the beds foretells rosters better than their recent
            level.
        base: (skill,), members of staff.
        cover: (skill, 7), rostered for each that is asked for, by weekday.
        place: (place, skill), factor of the place, 1 where nothing is known of it.
        recent: (place, skill), mean of the last four weeks; NaN where nothing is reported.
        profile: (skill, 7), of the weekday, about 1.
        spread: (skill,), standard deviation of chance.
    """

    follows: BoolArray
    base: FloatArray
    cover: FloatArray
    place: FloatArray
    recent: FloatArray
    profile: FloatArray
    spread: FloatArray


def fit_rosters(history: RosterHistory) -> RosterLaw:
    """Learn how rosters follow weekday and planned beds, pooled over places.

    Args:
        history: of the past; what is never reported is never drawn.

    Source: docs/models/staff-absence.md, equations 7 and 8.
    """
    roster, asked = history.rostered, history.asked
    known = np.isfinite(roster)
    of_day = np.equal(np.asarray(history.weekdays)[:, None], np.arange(7)).astype(float)
    places, skills, _ = roster.shape
    recent, profile = _levels(roster, of_day)
    base, cover = np.zeros(skills), np.ones((skills, 7))
    place, spread = np.ones((places, skills)), np.zeros(skills)
    follows = np.zeros(skills, dtype=bool)
    held = _held(roster, profile, of_day)
    for skill in range(skills):
        here = known[:, skill] & (asked[:, skill] > 0)
        told = recent[:, skill, None] * (of_day @ profile[skill])
        miss = (roster - held)[:, skill]
        if here.any() and here.sum() >= _FEWEST_DAYS:
            base[skill], cover[skill] = _cover(roster[:, skill], asked[:, skill], of_day, here)
            follow = base[skill] + (of_day @ cover[skill]) * asked[:, skill]
            place[:, skill] = _place_factor(roster[:, skill], follow, here)
            own = roster[:, skill] - place[:, skill, None] * follow
            follows[skill] = _size(own[here]) < (1 - _LEAST_GAIN) * _size(miss[here])
            told = place[:, skill, None] * follow if follows[skill] else told
        left = (roster[:, skill] - told)[:, -_RECENT_DAYS:]
        spread[skill] = _size(left[np.isfinite(left)])
    return RosterLaw(follows, base, cover, place, recent, profile, spread)


def roster_paths(
    law: RosterLaw, asked: PathArray, weekdays: IntArray, rng: np.random.Generator
) -> PathArray:
    """Rosters on each day and in each future.

    Args:
        law: as ``fit_rosters`` learnt it.
        asked: (place, skill, day, sample), members of staff that the planned beds ask for, not
            rounded; one sample stands for all where the plans are held.
        weekdays: (day,), 0 = Monday.
        rng: source of chance.

    Returns:
        Same shape, whole members of staff, >= 0; NaN where no roster was ever reported.

    Source: docs/models/staff-absence.md, equations 7 and 8.
    """
    out = np.empty(asked.shape, dtype=np.float32)
    for skill in range(asked.shape[1]):
        chance = rng.standard_normal((len(asked), *asked.shape[2:]), dtype=np.float32)
        chance *= np.float32(law.spread[skill])
        if law.follows[skill]:
            cover = law.cover[skill, weekdays].astype(np.float32)[:, None]
            told = asked[:, skill] * cover
            told += np.float32(law.base[skill])
            told *= law.place[:, skill, None, None].astype(np.float32)
        else:
            flat = law.recent[:, skill, None] * law.profile[skill, weekdays]
            told = np.nan_to_num(flat)[:, :, None].astype(np.float32)
        chance += told
        np.maximum(np.rint(chance, out=chance), 0, out=out[:, skill])
        out[np.isnan(law.recent[:, skill]), skill] = np.nan
    return out


def _levels(roster: FloatArray, of_day: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean of the last reported four weeks, and the weekday's share of the mean, shrunk to 1."""
    known = np.isfinite(roster)
    values = np.where(known, roster, 0.0)
    count = known[:, :, -_RECENT_DAYS:].sum(axis=2)
    every = known.sum(axis=2)
    total = values[:, :, -_RECENT_DAYS:].sum(axis=2)
    mean = values.sum(axis=2) / np.maximum(every, 1)
    recent = np.where(count > 0, total / np.maximum(count, 1), mean)
    on_day = (values.sum(axis=0)) @ of_day
    usual = (mean[:, :, None] * known).sum(axis=0) @ of_day
    profile = (on_day + mean.sum(axis=0)[:, None]) / (usual + mean.sum(axis=0)[:, None] + 1e-9)
    profile = np.where(usual > 0, profile, 1.0)
    return np.where(every > 0, recent, np.nan), profile


def _held(roster: FloatArray, profile: FloatArray, of_day: FloatArray) -> FloatArray:
    """What the recent level of a week before told of each day; NaN on the first days."""
    shape = (of_day @ profile.T).T[None]
    even = np.where(np.isfinite(roster), roster / shape, 0.0)
    total = np.cumsum(np.pad(even, ((0, 0), (0, 0), (1, 0))), axis=2)
    count = np.cumsum(np.pad(np.isfinite(roster), ((0, 0), (0, 0), (1, 0))), axis=2)
    end = np.maximum(np.arange(roster.shape[2]) - _AHEAD_DAYS + 1, 0)
    begin = np.maximum(end - _RECENT_DAYS, 0)
    seen = count[:, :, end] - count[:, :, begin]
    level = (total[:, :, end] - total[:, :, begin]) / np.maximum(seen, 1)
    return np.asarray(np.where(seen > 0, level * shape, np.nan))


def _cover(
    roster: FloatArray, asked: FloatArray, of_day: FloatArray, here: BoolArray
) -> tuple[float, FloatArray]:
    """Base and cover by weekday, least squares; the weekdays are shrunk towards each other."""
    place, day = np.nonzero(here)
    want = asked[place, day]
    columns = np.column_stack([np.ones(len(want)), want, want[:, None] * of_day[day]])
    scale = float((want**2).mean())
    ridge = np.diag([1e-6, 1e-6, *([_RIDGE * scale * 7] * 7)])
    found = np.linalg.solve(columns.T @ columns + ridge, columns.T @ roster[place, day])
    return float(found[0]), np.asarray(found[1] + found[2:])


def _place_factor(roster: FloatArray, follow: FloatArray, here: BoolArray) -> FloatArray:
    """(place,), what a place rosters beside the others in its last four weeks of reports."""
    recent = here[:, -_RECENT_DAYS:]
    real = np.where(recent, np.nan_to_num(roster[:, -_RECENT_DAYS:]), 0.0).sum(axis=1)
    told = np.where(recent, follow[:, -_RECENT_DAYS:], 0.0).sum(axis=1)
    weight = recent.sum(axis=1) / (recent.sum(axis=1) + _PLACE_DAYS)
    ratio = np.where(told > 0, real / np.where(told > 0, told, 1.0), 1.0)
    return np.asarray(1 + weight * (ratio - 1))


def _size(misses: FloatArray) -> float:
    known = misses[np.isfinite(misses)]
    return float(np.sqrt((known**2).mean())) if len(known) else 0.0
