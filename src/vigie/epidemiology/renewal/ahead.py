"""From draws of the past to the days ahead, and the completed counts of the last days."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.renewal.place_draws import Draws
from vigie.epidemiology.renewal.place_fit import PlaceData
from vigie.epidemiology.renewal.result import RenewalResult
from vigie.paths import FloatArray, IntArray

__all__ = ["completed", "continue_draws"]

_KNOT_DAYS = 3
_LARGEST_LOG_R = 1.8


def continue_draws(
    result: RenewalResult,
    place: int,
    draws: Draws,
    data: PlaceData,
    kinds: IntArray,
    steps: FloatArray,
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
        rng: source of chance.
    """
    from vigie.epidemiology.renewal.path_kernels import future

    days, horizon = len(data.counts), result.horizon_days
    samples = len(draws.point)
    ahead = np.exp(log_r_ahead(result, draws, data, steps))
    effect = np.ascontiguousarray(draws.effect[:, kinds])
    infections = np.empty((samples, data.seed_days + days + horizon))
    infections[:, : data.seed_days + days] = draws.infections
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
        np.exp(draws.log_phi),
        infections,
        expected,
        counts,
    )
    first = int(result.first_day[place])
    r = np.concatenate([np.exp(draws.log_r), ahead], axis=1)
    result.reproduction_number[place, first:] = r.T
    result.seeded_infections[place, first:] = infections.T
    result.expected[place, first:] = expected.T
    result.admissions[place] = counts.T
    result.effect[place] = effect.T
    result.dispersion[place] = np.exp(draws.log_phi)
    result.point[place] = draws.point
    result.effective_share[place] = draws.effective
    result.tail_shape[place] = draws.tail
    result.quality[place] = draws.quality
    late = min(result.nowcast.shape[1], days)
    if late:
        mean = expected[:, days - late : days] * draws.effect[:, data.kind[-late:]]
        share = np.where(np.isin(np.arange(days), data.known), 1.0, 0.0)[-late:]
        result.nowcast[place, -late:] = completed(
            rng,
            data.counts[-late:],
            draws.reported[:, -late:] * share,
            mean,
            np.exp(draws.log_phi),
        ).T


def log_r_ahead(
    result: RenewalResult, draws: Draws, data: PlaceData, steps: FloatArray
) -> FloatArray:
    """(sample, H): the walk of log R goes on and is damped towards 0 (equation 8)."""
    sigma = result.grid.sigmas[draws.point][:, None]
    day = len(data.counts) + np.arange(result.horizon_days)
    all_steps = np.concatenate([draws.theta[:, 3 : 3 + data.knots], steps], axis=1)
    walk = np.cumsum(all_steps[:, (day - 1) // _KNOT_DAYS] / np.sqrt(_KNOT_DAYS), axis=1)
    damping = result.rules.damping_per_day ** np.arange(1, result.horizon_days + 1)
    return np.asarray(np.minimum(damping * (draws.log_r[:, -1:] + sigma * walk), _LARGEST_LOG_R))


def completed(
    rng: np.random.Generator,
    counts: FloatArray,
    reported: FloatArray,
    mean: FloatArray,
    dispersion: FloatArray,
) -> FloatArray:
    """Final counts, given what is reported so far (equation 13).

    Args:
        rng: source of chance.
        counts: (day,), reported so far; not read where nothing can have been.
        reported: (sample, day), share reported so far, 0 to 1; 0 where a report is missing.
        mean: (sample, day), expected final counts.
        dispersion: (sample,).

    Returns:
        (sample, day), whole numbers if counts are, never below counts.
    """
    own = np.where(reported > 0, counts, 0.0)
    phi = dispersion[:, None]
    rate = reported + phi / np.maximum(mean, 1e-9)
    late = rng.standard_gamma(own + phi) / rate
    return np.asarray(own + rng.poisson(late * (1.0 - reported)))
