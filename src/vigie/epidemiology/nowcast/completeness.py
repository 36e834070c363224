"""How complete the last steps of a series are by now, and what they will be once complete."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.nowcast.hazards import HAZARD_DAYS, reporting_hazards
from vigie.epidemiology.nowcast.triangle import ReportTriangle
from vigie.paths import BoolArray, FloatArray

__all__ = ["COMPLETE_SHARE", "READABLE_SHARE", "SETTLED_SHARE", "completed", "known_share"]

COMPLETE_SHARE = 0.95
"""Expected share known from which a count is taken as it is."""

READABLE_SHARE = 0.4
"""Expected share known from which a count is completed; below it is missing."""

SETTLED_SHARE = 0.98
"""Expected share known from which forecasts are held against a count."""

_ALL_IN = 0.995
"""Share of the reports after which the rest is no matter of delays."""


def known_share(
    triangle: ReportTriangle,
    first_weekday: int | None = None,
    members: BoolArray | None = None,
) -> FloatArray | None:
    """Share of the final count that is known by now, by place and age of the day.

    The share F of the hazards of delays, over the share of reports that stand. Delays after which
    half a percent of all reports is still to come are left out: the hazards of empty delays would
    add up where counts are small.

    Args:
        triangle: as known now.
        first_weekday: of the first day, 0 is Monday; None leaves weekdays aside.
        members: (place, series), which series a place adds up; None: every series is a place.

    Returns:
        (place, age), in 0..1, later ages are 1; None where counts are complete as they come, to
        the share from which forecasts are held against them.

    Source: docs/models/nowcast.md, section "Counts that other models read".
    """
    plain = _plain_share(triangle)
    if plain is None or plain[0] >= SETTLED_SHARE:
        return None
    delays = 1 + int(np.argmax(plain >= _ALL_IN))
    cut = ReportTriangle(triangle.reported[:, :, :delays])
    hazards = reporting_hazards(cut, first_weekday, members)
    return np.asarray(np.minimum(hazards.expected_share() / hazards.expected_standing(), 1.0))


def completed(reported: FloatArray, share: FloatArray) -> FloatArray:
    """Counts that models may read: as reported, completed, or missing.

    Args:
        reported: (..., day), NaN where missing.
        share: of the same shape or one that fits, expected share known, in 0..1.

    Returns:
        As reported where the share is ``COMPLETE_SHARE`` or more, reported / share where it is
        ``READABLE_SHARE`` or more, else NaN; never below what is reported.
    """
    divisor = np.where((share >= COMPLETE_SHARE) | ~(reported > 0), 1.0, share)
    return np.where(share >= READABLE_SHARE, reported / np.maximum(divisor, 1e-9), np.nan)


def _plain_share(triangle: ReportTriangle) -> FloatArray | None:
    """(delay,): F of all series together without any prior; None without a report."""
    recent = triangle.valid()[:, -HAZARD_DAYS:]
    both = np.isfinite(recent[:, :, 1:]) & np.isfinite(recent[:, :, :-1])
    within = np.where(both, recent[:, :, 1:], 0.0).sum(axis=(0, 1))
    before = np.where(both, recent[:, :, :-1], 0.0).sum(axis=(0, 1))
    if not within.sum() > 0:
        return None
    stay = np.where(within > 0, before / np.maximum(within, 1e-9), 1.0)
    return np.append(np.cumprod(stay[::-1])[::-1], 1.0)
