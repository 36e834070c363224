"""From the reporting triangle to what is known of the delay of reports."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.delays import ReportingHazards
from vigie.epidemiology.nowcast.triangle import ReportTriangle
from vigie.paths import FloatArray

__all__ = ["HAZARD_DAYS", "POOLING", "reporting_hazards"]

HAZARD_DAYS = 60
"""Days of events from which delays are learnt."""

POOLING = 20.0
"""Reports that the pooled hazard counts for, where places are too few to learn it."""

_POOLINGS = np.array([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 300.0, 1000.0])
_FEWEST_PLACES = 3


def reporting_hazards(triangle: ReportTriangle) -> ReportingHazards:
    """Hazards of the delay of each place, pulled towards those of all places.

    g_d = P(delay = d | delay <= d), from cells that are known: num_d = sum_t n_td and den_d =
    sum_t sum_{k <= d} n_tk. Posterior Beta(num + kappa g0, den - num + kappa (1 - g0)) with g0 of
    all places; kappa by the beta-binomial likelihood over places. With corrections downwards, n
    are the reports that stood, and the share of reports that stand is learnt beside it.

    Args:
        triangle: as known today.

    Raises:
        ValueError: nothing was ever reported at any place.

    Source: docs/models/nowcast.md, equations 1 to 3.
    """
    from scipy.special import betaln

    recent = triangle.valid()[:, -HAZARD_DAYS:]
    within = np.nan_to_num(recent)
    new = np.diff(within, axis=2, prepend=0.0)
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
    stood, taken_back = _kept(triangle)
    return ReportingHazards(
        hits=hits + kappa * pooled,
        misses=total - hits + kappa * (1 - pooled),
        stood=stood,
        taken_back=taken_back,
    )


def _kept(triangle: ReportTriangle) -> tuple[FloatArray | None, FloatArray | None]:
    """Beta laws of the share of reports that stand, (place, delay) twice; None if all did.

    From days whose reports are all in, because only they show how many were taken back.
    """
    if not triangle.corrections().any():
        return None, None
    complete = slice(
        max(0, triangle.days - triangle.delays + 1 - HAZARD_DAYS),
        triangle.days - triangle.delays + 1,
    )
    stood = np.nansum(triangle.valid()[:, complete], axis=1)
    said = np.nansum(triangle.reported[:, complete], axis=1)
    share = (stood.sum(axis=0) + 1.0) / (said.sum(axis=0) + 1.0)
    share = np.minimum(share, 1 - 1e-9)
    return stood + POOLING * share, said - stood + POOLING * (1 - share)
