"""From the reporting triangle to what is known of the delay of reports."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.delays import ReportingHazards
from vigie.epidemiology.nowcast.triangle import ReportTriangle
from vigie.paths import BoolArray, FloatArray

__all__ = ["HAZARD_DAYS", "POOLING", "reporting_hazards"]

HAZARD_DAYS = 60
"""Days of events from which delays are learnt."""

POOLING = 20.0
"""Reports that the pooled hazard counts for, where places are too few to learn it."""

_POOLINGS = np.array([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 300.0, 1000.0])
_FEWEST_PLACES = 3
_CHI_SQUARE_6_999 = 22.46
"""99.9 % quantile of a chi square with 6 degrees of freedom."""


def reporting_hazards(
    triangle: ReportTriangle,
    first_weekday: int | None = None,
    members: BoolArray | None = None,
) -> ReportingHazards:
    """Hazards of the delay of each place, pulled towards those of all places.

    g_d = P(delay = d | delay <= d), from cells that are known: num_d = sum_t n_td and den_d =
    sum_t sum_{k <= d} n_tk. Posterior Beta(num + kappa g0, den - num + kappa (1 - g0)) with g0 of
    all places; kappa by the beta-binomial likelihood over places. With corrections downwards, n
    are the reports that stood, and the share of reports that stand is learnt beside it. A cell is
    read where the one before it is known too: the first report of a day says nothing of delays.

    Args:
        triangle: as known today.
        first_weekday: of the first day, 0 is Monday; then hazards follow the weekday, where the
            triangle shows that it matters on which one reports come. None leaves weekdays aside.
        members: (place, series), which series of the triangle a place adds up; None: every series
            is a place. What is known of its series is known of the place.

    Raises:
        ValueError: nothing was ever reported at any place.

    Source: docs/models/nowcast.md, equations 1 to 3.
    """
    from scipy.special import betaln

    recent = triangle.valid()[:, -HAZARD_DAYS:]
    is_read = np.isfinite(recent)
    is_read[:, :, 1:] &= np.isfinite(recent[:, :, :-1])
    within = _added(np.where(is_read, recent, 0.0), members)
    new = _added(np.where(is_read, np.diff(recent, axis=2, prepend=0.0), 0.0), members)
    known = triangle.is_known[-HAZARD_DAYS:]
    hits = (new * known).sum(axis=1)
    total = (within * known).sum(axis=1)
    if total.sum() == 0:
        raise ValueError(
            f"reporting triangle: nothing was reported of the last {recent.shape[1]} days at any "
            "place; delays cannot be learnt from it"
        )
    pooled = (hits.sum(axis=0) + 0.5) / (total.sum(axis=0) + 1.0)
    kappa = POOLING if len(hits) > 1 else 1.0
    if len(hits) >= _FEWEST_PLACES:
        fits = [
            betaln(hits + each * pooled, total - hits + each * (1 - pooled))
            - betaln(each * pooled, each * (1 - pooled))
            for each in _POOLINGS
        ]
        kappa = float(_POOLINGS[np.argmax([fit[:, 1:].sum() for fit in fits])])
    stood, taken_back = _kept(triangle, members)
    return ReportingHazards(
        hits=hits + kappa * pooled,
        misses=total - hits + kappa * (1 - pooled),
        stood=stood,
        taken_back=taken_back,
        report_factor=_report_factor(triangle, new, within, known, pooled, first_weekday),
    )


def _added(values: FloatArray, members: BoolArray | None) -> FloatArray:
    """(place, ...) from (series, ...): sums over the series of each place."""
    if members is None:
        return values
    return np.asarray(np.tensordot(members.astype(float), values, axes=1))


def _report_factor(
    triangle: ReportTriangle,
    new: FloatArray,
    within: FloatArray,
    known: BoolArray,
    pooled: FloatArray,
    first_weekday: int | None,
) -> FloatArray | None:
    """(age, delay): factors of the hazards by weekday; None where weekdays matter little.

    For each weekday of the event and each delay, reports that came over those expected from the
    hazards of all places, drawn to 1 as if by 20 more reports. Weekdays matter if reports by
    weekday of the report differ from those expected by more than chance once in 1000 times (chi
    square) and on one of the seven by a tenth.
    """
    if first_weekday is None:
        return None
    delay, count = np.arange(triangle.delays), len(known)
    event = (first_weekday + np.arange(triangle.days - count, triangle.days)) % 7
    came = (new * known).sum(axis=0)
    could = (within * known).sum(axis=0)
    expected = could * pooled
    reported_on = ((event[:, None] + delay) % 7)[:, 1:].reshape(-1)
    by_report = [
        np.bincount(reported_on, each[:, 1:].reshape(-1), minlength=7) for each in (came, expected)
    ]
    off = by_report[0] - by_report[1]
    relative = np.abs(off) / np.maximum(by_report[1], 1.0)
    if (off * np.sign(off) * relative).sum() < _CHI_SQUARE_6_999 or relative.max() < 0.1:
        return None
    of_weekday = (event == np.arange(7)[:, None]).astype(float)
    hazard = (of_weekday @ came + POOLING * pooled) / (of_weekday @ could + POOLING)
    factor = np.maximum(hazard / pooled, 1e-3)
    return np.asarray(factor[(first_weekday + triangle.days - 1 - delay) % 7])


def _kept(
    triangle: ReportTriangle, members: BoolArray | None
) -> tuple[FloatArray | None, FloatArray | None]:
    """Beta laws of the share of reports that stand, (place, delay) twice; None if all did.

    From days whose reports are all in, because only they show how many were taken back.
    """
    if not triangle.corrections().any():
        return None, None
    complete = slice(
        max(0, triangle.days - triangle.delays + 1 - HAZARD_DAYS),
        triangle.days - triangle.delays + 1,
    )
    stood = _added(np.nansum(triangle.valid()[:, complete], axis=1), members)
    said = _added(np.nansum(triangle.reported[:, complete], axis=1), members)
    share = (stood.sum(axis=0) + 1.0) / (said.sum(axis=0) + 1.0)
    share = np.minimum(share, 1 - 1e-9)
    return stood + POOLING * share, said - stood + POOLING * (1 - share)
