"""What a place, the nation and the calendar look like from a week on: inputs of pooled learners.

All features are levels of ``RootScale`` or differences of them, so that places of all sizes share
one model. A week is described from what was known when it was the newest, so that a model learns
how first reports move on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from vigie.epidemiology.weekly.rounds import HubRound
from vigie.epidemiology.weekly.scale import RootScale
from vigie.paths import BoolArray, FloatArray, IntArray, last_seen

__all__ = ["FIRST_ORIGIN", "Examples", "examples", "is_hole", "weeks_of_season"]

FIRST_ORIGIN = 4
"""Weeks that must lie before one that is learnt from."""

_LONGEST = 8
"""Weeks that a description looks back, but for those of the season."""

_SEASON_START = (8, 1)
"""Month and day; waves of winter lie inside one season."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What is learnt from, and what is asked.

    Attributes:
        features: (row, feature), one row a past week, place and number of steps; the last two
            are the steps and the weeks from Christmas to the week forecast.
        moves: (row,), level of the week forecast minus the level at the origin, as known then.
        origin: (row,), index of the week.
        asked: (steps, location, feature), the same from the newest week.
        newest: (location,), level from which the moves asked for start: the last one seen.
    """

    features: FloatArray
    moves: FloatArray
    origin: IntArray
    asked: FloatArray
    newest: FloatArray


def is_hole(given: HubRound, holes: Sequence[tuple[date, date]]) -> BoolArray:
    """(week,), whether a week lies in a time without a duty to report."""
    inside = np.zeros(len(given.weeks), dtype=bool)
    for first, last in holes:
        inside |= (given.weeks >= np.datetime64(first)) & (given.weeks <= np.datetime64(last))
    return inside


def examples(
    given: HubRound, scale: RootScale, steps: Sequence[int], hole: BoolArray, whole: int | None
) -> Examples:
    """All past weeks with what followed, and the newest week with what is asked.

    Args:
        given: the round.
        scale: of its counts.
        steps: weeks ahead of the newest.
        hole: (week,), weeks of which nothing is learnt.
        whole: index of the place that is the sum of the others, None when there is none.
    """
    level = scale.level(given.counts)
    now = level.shape[1] - 1
    describe = _Descriptions(given, scale, whole)
    origins = [
        week
        for week in range(FIRST_ORIGIN, now)
        if not hole[max(week - FIRST_ORIGIN + 1, 0) : week + 1].any()
    ]
    described = {week: describe.at(week, scale.level(given.seen_at(week))) for week in origins}
    features, moves, of_origin = [], [], []
    for ahead in steps:
        for week in origins:
            if week + ahead > now or hole[week + ahead]:
                continue
            rows, last = described[week]
            move = level[:, week + ahead] - last
            told = np.isfinite(move)
            features.append(describe.asked(rows[told], week, ahead))
            moves.append(move[told])
            of_origin.append(np.full(told.sum(), week))
    newest, start = describe.at(now, level)
    width = newest.shape[1] + 2
    return Examples(
        np.concatenate(features) if features else np.zeros((0, width)),
        np.concatenate(moves) if moves else np.zeros(0),
        np.concatenate(of_origin).astype(np.int64) if features else np.zeros(0, dtype=np.int64),
        np.stack([describe.asked(newest, now, ahead) for ahead in steps]),
        start,
    )


class _Descriptions:
    def __init__(self, given: HubRound, scale: RootScale, whole: int | None) -> None:
        self._weeks = given.weeks
        self._scale = scale
        self._whole = whole
        self._is_whole = np.zeros(len(given.locations))
        if whole is not None:
            self._is_whole[whole] = 1.0

    def at(self, week: int, level: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(location, feature) at a week; and (location,) its level, 0 where never reported."""
        filled = np.nan_to_num(last_seen(level))
        if (lacking := _LONGEST - filled.shape[1]) > 0:
            filled = np.concatenate([np.repeat(filled[:, :1], lacking, axis=1), filled], axis=1)
        calendar = [
            np.full(len(filled), weeks_of_season(self._weeks[week])),
            np.full(len(filled), _weeks_from_christmas(self._weeks[week])),
        ]
        columns = [
            *_own(filled),
            *self._nation(filled),
            *self._season(filled, week),
            *calendar,
            np.log(self._scale.people),
            self._is_whole,
        ]
        return np.column_stack(columns), filled[:, -1]

    def asked(self, rows: FloatArray, week: int, ahead: int) -> FloatArray:
        """The description, the steps, and the calendar of the week forecast."""
        then = self._weeks[week] + np.timedelta64(7 * ahead, "D")
        ends = np.column_stack(
            [np.full(len(rows), float(ahead)), np.full(len(rows), _weeks_from_christmas(then))]
        )
        return np.concatenate([rows, ends], axis=1)

    def _nation(self, level: FloatArray) -> list[FloatArray]:
        """The typical place, and the whole where there is one."""
        ones = np.ones(len(level))
        typical = np.median(level, axis=0)
        total = typical if self._whole is None else level[self._whole]
        return [
            ones * typical[-1],
            ones * (typical[-1] - typical[-2]),
            ones * (typical[-1] - typical[-3]),
            ones * _slope(typical[-3:]),
            ones * _slope(typical[-6:]),
            level[:, -1] - typical[-1],
            ones * total[-1],
            ones * (total[-1] - total[-2]),
            ones * _slope(total[-4:]),
        ]

    def _season(self, level: FloatArray, week: int) -> list[FloatArray]:
        """How high this season was, how long ago, and how many came so far."""
        ones = np.ones(len(level))
        weeks = min(int(weeks_of_season(self._weeks[week])), week) + 1
        season = level[:, -weeks:]
        typical = np.median(season, axis=0)
        roots = (season + self._scale.centre[:, None]) * self._scale.height[:, None]
        highest = season.max(axis=1)
        return [
            level[:, -1] - highest,
            season.shape[1] - 1.0 - season.argmax(axis=1),
            highest,
            np.log1p((np.maximum(roots, 0.0) ** 4).sum(axis=1)),
            ones * (typical[-1] - typical.max()),
            ones * (len(typical) - 1.0 - typical.argmax()),
        ]


def _own(level: FloatArray) -> list[FloatArray]:
    """The last level, its changes, slopes, bends and means: 17 columns."""
    last = level[:, -1]
    changes = [last - level[:, -1 - back] for back in range(1, 7)]
    weekly = [level[:, -back] - level[:, -back - 1] for back in (2, 3, 4)]
    slopes = [_slope(level[:, -width:]) for width in (3, 4, 6)]
    bends = [level[:, -width:] @ _polynomial(width, 2)[2] for width in (4, 6)]
    means = [level[:, -width:].mean(axis=1) - last for width in (3, 6)]
    return [last, *changes, *weekly, *slopes, *bends, *means]


def _slope(values: FloatArray) -> FloatArray:
    """Of the straight line through the last axis."""
    return np.asarray(values @ _polynomial(values.shape[-1], 1)[1])


def _polynomial(width: int, degree: int) -> FloatArray:
    """(degree + 1, width), from the last ``width`` values to the coefficients at the last one."""
    apart = np.arange(width) - (width - 1.0)
    return np.asarray(np.linalg.pinv(apart[:, None] ** np.arange(degree + 1)))


def weeks_of_season(day: np.datetime64) -> float:
    """Whole weeks since the first of August before a day."""
    year = int(day.astype("datetime64[Y]").astype(np.int64)) + 1970
    start = np.datetime64(date(year, *_SEASON_START))
    if day < start:
        start = np.datetime64(date(year - 1, *_SEASON_START))
    return float((day - start) // np.timedelta64(7, "D"))


def _weeks_from_christmas(day: np.datetime64) -> float:
    """Weeks to the nearest Christmas Day, negative before it."""
    year = int(day.astype("datetime64[Y]").astype(np.int64)) + 1970
    apart = [
        float((day - np.datetime64(date(each, 12, 25))) / np.timedelta64(7, "D"))
        for each in (year - 1, year, year + 1)
    ]
    return min(apart, key=abs)
