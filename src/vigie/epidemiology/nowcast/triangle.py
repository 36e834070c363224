"""The reporting triangle: what had been reported of each day after 0, 1, 2, ... days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["ReportTriangle", "report_triangle"]


@dataclass(frozen=True, slots=True, eq=False)
class ReportTriangle:
    """Reports by day of the event and by delay, as known on the last day.

    Attributes:
        reported: (place, day, delay), reported of a day up to a delay; grows with the delay, but
            for corrections downwards. NaN where the last day has not come so far, and for days
            of which nothing was reported, or all was withdrawn.
    """

    reported: FloatArray

    @property
    def days(self) -> int:
        """Days of events; the last is the present."""
        return int(self.reported.shape[1])

    @property
    def delays(self) -> int:
        """Number of delays, D: 0..D - 1 days; a later report counts as one after D - 1."""
        return int(self.reported.shape[2])

    @property
    def is_known(self) -> BoolArray:
        """(day, delay): the last day lies at or after it."""
        return np.arange(self.days)[:, None] + np.arange(self.delays) <= self.days - 1

    def latest(self) -> FloatArray:
        """(place, day): what is reported by the last day; NaN where nothing ever was."""
        reach = np.minimum(self.days - 1 - np.arange(self.days), self.delays - 1)
        return np.asarray(self.reported[:, np.arange(self.days), reach])

    def valid(self) -> FloatArray:
        """(place, day, delay): reports that no later correction known by the last day took back.

        The least of what was reported at this delay and at all later ones.
        """
        open_end = np.where(np.isnan(self.reported), np.inf, self.reported)
        least = np.minimum.accumulate(open_end[:, :, ::-1], axis=2)[:, :, ::-1]
        return np.where(np.isfinite(least) & np.isfinite(self.reported), least, np.nan)

    def corrections(self) -> IntArray:
        """(place,): cells in which less is reported than a day before."""
        with np.errstate(invalid="ignore"):
            return np.asarray((np.diff(self.reported, axis=2) < 0).sum(axis=(1, 2)))


def report_triangle(
    place: IntArray,
    reference_day: IntArray,
    known_day: IntArray,
    value: FloatArray,
    *,
    places: int,
    days: int,
    delays: int,
    keeps_gaps: bool = False,
) -> ReportTriangle:
    """The triangle of revisions, each of which says how many there were on a day.

    Of several revisions that became known on one day the last row holds. What became known after
    the last day is not read. A revision with a missing value takes the day back until another
    comes; if none has come, the day is missing.

    Args:
        place: (row,), 0..places - 1.
        reference_day: (row,), 0..days - 1; rows of other days are not read.
        known_day: (row,), on the same count of days; known before the event counts as delay 0.
        value: (row,), >= 0, or NaN.
        places: number of places.
        days: number of days; the last is the present.
        delays: number of delays, 1 or more.
        keeps_gaps: no report is no news, not zero: a day is NaN up to its first report and while
            it is taken back. Its first report then says nothing of delays, as it may bring the
            events of many days together; what comes after it does.

    Raises:
        ValueError: columns differ in length, a place is out of range, a value is negative or
            infinite, or there are more delays than days.

    Source: docs/models/nowcast.md.
    """
    if not len(place) == len(reference_day) == len(known_day) == len(value):
        raise ValueError("revisions: the columns differ in length")
    if len(place) and not (place.min() >= 0 and place.max() < places):
        raise ValueError(f"revisions: a place is not among 0 to {places - 1}")
    if np.isinf(value).any() or (value < 0).any():
        raise ValueError(
            "revisions: a value is negative or infinite; correct it or mark it missing"
        )
    if not 1 <= delays <= days:
        raise ValueError(f"revisions: {delays} delays for {days} days; give 1 to {days}")
    kept = np.flatnonzero((reference_day >= 0) & (reference_day < days) & (known_day <= days - 1))
    # Stable: of equal known days the later row comes later and overwrites.
    order = kept[np.argsort(known_day[kept], kind="stable")]
    reported = np.full((places, days, delays), np.nan)
    is_written = np.zeros((places, days, delays), dtype=bool)
    delay = np.clip(known_day[order] - reference_day[order], 0, delays - 1)
    at = place[order], reference_day[order], delay
    reported[at], is_written[at] = value[order], True
    for later in range(1, delays):
        same = ~is_written[:, :, later]
        reported[:, :, later][same] = reported[:, :, later - 1][same]
        is_written[:, :, later] |= is_written[:, :, later - 1]
    stands = np.isfinite(reported[:, :, -1:])
    reported = np.where(stands, reported if keeps_gaps else np.nan_to_num(reported), np.nan)
    triangle = ReportTriangle(reported)
    return ReportTriangle(np.where(triangle.is_known, reported, np.nan))
