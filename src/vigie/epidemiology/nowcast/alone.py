"""A nowcast without the renewal engine: for counts that no generation interval ties together."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.delays import ReportingHazards
from vigie.epidemiology.nowcast.completion import complete_counts
from vigie.paths import FloatArray, PathArray

__all__ = ["ALONE_MODEL", "nowcast_alone"]

ALONE_MODEL = "vigie-nowcast"
"""Name of the model in tables, scores and releases."""

_PRIOR_DISPERSION = 3.0
_PRIOR_DAYS = 7


def nowcast_alone(
    counts: FloatArray, hazards: ReportingHazards, sample_count: int, rng: np.random.Generator
) -> PathArray:
    """Final counts of the last D days, each place by itself, from its last week that is complete.

    The expected count of every day is the mean of the last 7 days of which reports are in, or the
    mean of all such days where there are fewer; the weekday is not looked at.

    Args:
        counts: (place, day), reported so far; NaN where nothing ever was.
        hazards: of the delays of reports, D of them.
        sample_count: draws.
        rng: source of chance.

    Returns:
        (place, D, sample).

    Raises:
        ValueError: shapes differ, or there are no more days than delays.

    Source: docs/models/nowcast.md, equation 5.
    """
    places, days = counts.shape
    late = hazards.delays
    if len(hazards.hits) != places:
        raise ValueError(f"hazards are for {len(hazards.hits)} places, counts for {places}")
    if days <= late:
        raise ValueError(f"reports take up to {late} days, counts have {days}: give more days")
    out = np.empty((places, late, sample_count), dtype=np.float32)
    for place in range(places):
        before = counts[place, :-late]
        before = before[np.isfinite(before)][-_PRIOR_DAYS:]
        level = max(float(before.mean()), 0.1) if len(before) else 0.1
        last = counts[place, -late:]
        share = hazards.draw_share(rng, place, sample_count)[:, ::-1] * np.isfinite(last)
        stands = hazards.draw_standing(rng, place, sample_count)
        out[place] = complete_counts(
            rng,
            np.nan_to_num(last),
            share,
            None if stands is None else stands[:, ::-1],
            np.full((sample_count, late), level),
            np.array([_PRIOR_DISPERSION]),
        ).T
    return out
