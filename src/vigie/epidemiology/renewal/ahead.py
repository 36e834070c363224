"""From draws of the past to the days ahead, and the completed counts of the last days."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.delays import ReportingHazards
from vigie.epidemiology.nowcast import complete_counts
from vigie.epidemiology.renewal.place_draws import Draws
from vigie.epidemiology.renewal.place_fit import PlaceData
from vigie.epidemiology.renewal.priors import KNOT_DAYS, LARGEST_LOG_R
from vigie.epidemiology.renewal.result import RenewalResult
from vigie.paths import FloatArray, IntArray

__all__ = ["continue_draws"]


def continue_draws(
    result: RenewalResult,
    place: int,
    draws: Draws,
    data: PlaceData,
    kinds: IntArray,
    steps: FloatArray,
    reporting: ReportingHazards | None,
    rng: np.random.Generator,
) -> None:
    """Write past and future of one place into the arrays of the result.

    Args:
        result: whose arrays are filled.
        place: which.
        draws: of its past.
        data: its counts.
        kinds: (H,), kind of each day ahead.
        steps: (sample, knot), standard normal steps of log R after those of the past.
        reporting: how late reports come; None when counts are complete.
        rng: source of chance.
    """
    from vigie.epidemiology.renewal.path_kernels import future

    days, horizon = data.days, result.horizon_days
    samples = len(draws.point)
    ahead = np.exp(_log_r_ahead(result, draws, data, steps))
    result.unhindered[place] = ahead.T
    effect = np.ascontiguousarray(draws.effect[:, kinds])
    infections = np.empty((samples, data.series.seed_days + days + horizon))
    infections[:, : data.series.seed_days + days] = draws.drawn.infections
    expected, counts = np.empty((samples, days + horizon)), np.empty((samples, horizon))
    future(
        rng,
        result.rules.admitted_share or 0.0,
        float(result.imports[place]),
        float(result.susceptible[place]),
        draws.point,
        result.grid.generations,
        result.grid.admissions,
        ahead,
        effect,
        np.exp(draws.drawn.log_phi),
        infections,
        expected,
        counts,
    )
    first = int(result.first_day[place])
    r = np.concatenate([np.exp(draws.drawn.log_r), ahead], axis=1)
    result.reproduction_number[place, first:] = r.T
    result.seeded_infections[place, first:] = infections.T
    result.expected[place, first:] = expected.T
    result.admissions[place] = counts.T
    result.effect[place] = effect.T
    result.dispersion[place] = np.exp(draws.drawn.log_phi)
    result.point[place] = draws.point
    result.effective_share[place] = draws.effective
    result.tail_shape[place] = draws.tail
    result.distinct_share[place] = draws.distinct
    result.quality[place] = draws.quality
    late = min(result.nowcast.shape[1], days)
    if late and reporting is not None:
        last = data.reported_counts[-late:]
        stands = reporting.draw_standing(rng, place, samples)
        result.nowcast[place, -late:] = complete_counts(
            rng,
            np.nan_to_num(last),
            draws.drawn.reported[:, -late:] * np.isfinite(last),
            None if stands is None else stands[:, :late][:, ::-1],
            expected[:, days - late : days] * draws.effect[:, data.series.kind[-late:]],
            np.exp(draws.drawn.log_phi),
        ).T


def _log_r_ahead(
    result: RenewalResult, draws: Draws, data: PlaceData, steps: FloatArray
) -> FloatArray:
    """(sample, H): the walk of log R goes on and is damped towards 0 (equation 9)."""
    sigma = result.grid.sigmas[draws.point][:, None]
    day = data.days + np.arange(result.horizon_days)
    theta, knots = draws.drawn.theta, data.series.knots
    all_steps = np.concatenate([theta[:, 3 : 3 + knots], steps], axis=1)
    walk = np.cumsum(all_steps[:, (day - 1) // KNOT_DAYS] / np.sqrt(KNOT_DAYS), axis=1)
    damping = result.rules.damping_per_day ** np.arange(1, result.horizon_days + 1)
    ahead = damping * (draws.drawn.log_r[:, -1:] + sigma * walk)
    return np.asarray(np.minimum(ahead, LARGEST_LOG_R))
