"""What the change of a share is learnt from: its past, all places, companions, the calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.hospital.changes import mean_of_last, values_before
from vigie.hospital.pooled_shares.history import ShareHistory
from vigie.hospital.pooled_shares.resets import without_resets
from vigie.paths import BoolArray, DateArray, FloatArray, IntArray, last_seen

__all__ = ["ShareFeatures", "share_features"]

_MEANS_DAYS = (7, 28, 91, 365)
_CHANGES_DAYS = (1, 2, 3, 5, 7, 14, 21, 28)
_SHARED_CHANGES_DAYS = (7, 28)
_WEEK = 7
_YEAR_DAYS = 365.25
_HARMONICS = (1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class ShareFeatures:
    """Causes of every day, each from that day and the ones before alone.

    Attributes:
        level: (place, day), the share last seen.
        is_known: (place, day), the share was given on this day and not in a reset.
        age_days: (place, day), days since the value that level shows.
        is_reset: (day,), in a reset.
        causes: (place, day, cause), without those that depend on how far ahead is looked.
        dates: (day,).
    """

    level: FloatArray
    is_known: BoolArray
    age_days: IntArray
    is_reset: BoolArray
    causes: FloatArray
    dates: DateArray

    def ahead(self, horizon: int) -> FloatArray:
        """(place, day, cause), for the change over some days from each day."""
        turn = _year_end(self.dates + horizon)
        shape = (*self.level.shape, 1)
        return np.concatenate(
            [self.causes, np.broadcast_to(turn[:, None], shape)], axis=2, dtype=np.float64
        )


def share_features(history: ShareHistory) -> ShareFeatures:
    """The causes of a history; the values of a reset and missing ones read as last seen.

    Source: docs/models/pooled-share.md, equation 3.
    """
    share, is_reset = without_resets(history.share)
    is_known = np.isfinite(share)
    today = np.arange(share.shape[1])
    seen_on = np.maximum.accumulate(np.where(is_known, today, -1), axis=1)
    level = _from_the_first(last_seen(share))
    week = mean_of_last(level, _WEEK)
    # The mean of the places that have begun: a place that begins later tells nothing before.
    begun = seen_on >= 0
    of_all = np.where(begun, level, 0.0).sum(axis=0) / np.maximum(begun.sum(axis=0), 1)
    nation = of_all[None, :]
    columns = [np.ones(level.shape), level]
    columns += [mean_of_last(level, length) - level for length in _MEANS_DAYS]
    columns += [level - values_before(level, length) for length in _CHANGES_DAYS]
    columns += [nation - level]
    columns += [nation - values_before(nation, length) for length in _SHARED_CHANGES_DAYS]
    for companion in history.companions:
        beside = np.nan_to_num(_from_the_first(last_seen(companion)))
        for each in (beside, beside.mean(axis=0, keepdims=True)):
            columns += [each, *(each - values_before(each, days) for days in _SHARED_CHANGES_DAYS)]
    columns += _calendar(history.dates, week - level)
    causes = np.stack([np.broadcast_to(each, level.shape) for each in columns], axis=-1)
    age = np.where(begun, today - seen_on, 0)
    return ShareFeatures(level, is_known, age, is_reset, causes, history.dates)


def _calendar(dates: DateArray, back_to_week: FloatArray) -> list[FloatArray]:
    """Season, turn of the year and weekday, each (day,) or (place, day)."""
    numbers = dates.astype("datetime64[D]").astype(np.int64)
    angle = 2 * np.pi * numbers / _YEAR_DAYS
    columns: list[FloatArray] = []
    for times in _HARMONICS:
        columns += [np.sin(times * angle), np.cos(times * angle)]
    columns.append(_year_end(dates))
    for weekday in range(_WEEK):
        is_day = ((numbers + 3) % _WEEK == weekday).astype(np.float64)
        columns += [is_day, is_day * back_to_week]
    return columns


def _year_end(dates: DateArray) -> FloatArray:
    """(day,), 1 from 20 December to 6 January, else 0."""
    year = dates.astype("datetime64[Y]").astype("datetime64[D]")
    day_of_year = (dates.astype("datetime64[D]") - year).astype(np.int64)
    next_year = (dates.astype("datetime64[Y]") + 1).astype("datetime64[D]")
    to_end = (next_year - dates.astype("datetime64[D]")).astype(np.int64)
    return np.asarray((day_of_year < 6) | (to_end <= 12), dtype=np.float64)


def _from_the_first(values: FloatArray) -> FloatArray:
    """Before its first value a place reads as that value; such days are not learnt from."""
    known = np.isfinite(values)
    first = np.take_along_axis(values, known.argmax(axis=1)[:, None], axis=1)
    return np.where(known, values, first)
