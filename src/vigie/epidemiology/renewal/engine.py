"""The renewal engine: all places in one call, from counts to joint draws of past and future."""

from __future__ import annotations

import numpy as np

from vigie.epidemiology.delays import ReportingHazards
from vigie.epidemiology.renewal.ahead import continue_draws
from vigie.epidemiology.renewal.grid import DelayLike, make_grid
from vigie.epidemiology.renewal.place_draws import Chance, draw_place
from vigie.epidemiology.renewal.place_fit import PlaceData, fit_place, propose
from vigie.epidemiology.renewal.priors import KNOT_DAYS
from vigie.epidemiology.renewal.reading import Reading, place_readings, read_counts
from vigie.epidemiology.renewal.result import RenewalResult, empty_result
from vigie.epidemiology.renewal.rules import RenewalRules
from vigie.epidemiology.renewal.weights import pooled_weights
from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["fit_renewal"]

_PILOT_DRAWS = 48
"""Draws from which the mean of the expected counts is known before the fit is bettered."""

_FEWEST_SAMPLES = 20


def fit_renewal(
    counts: FloatArray,
    *,
    first_weekday: int,
    generation: DelayLike,
    admission: DelayLike,
    horizon_days: int,
    sample_count: int,
    rng: np.random.Generator,
    rules: RenewalRules | None = None,
    reporting: ReportingHazards | None = None,
    holidays: BoolArray | None = None,
    population: FloatArray | None = None,
    susceptible: FloatArray | None = None,
    first_usable_day: IntArray | None = None,
) -> RenewalResult:
    """Reproduction number, infections and future admissions of all places.

    A day without a count is missing, never zero; a negative count is read as missing. Places
    share how fast log R may walk, and the chance of their draws: sample i has the same future
    steps of log R everywhere.

    Args:
        counts: (place, day), admissions per day, the last day is the present; NaN where missing.
            With reporting: what is reported so far.
        first_weekday: weekday of the first day, 0 is Monday.
        generation: generation interval.
        admission: delay from infection to admission.
        horizon_days: days ahead, H, 0 or more.
        sample_count: draws, >= 20.
        rng: source of chance.
        rules: choices of the engine.
        reporting: how late reports come; None when counts are complete.
        holidays: (place, day + H), public holidays; they share one effect.
        population: (place,), people; NaN where not known. Sets imports.
        susceptible: (place,), people who can still be infected today; NaN where not known. Where
            it is known, R falls as they become fewer.
        first_usable_day: (place,), days before it are not read: a change of definition, of testing
            or of the duty to report.

    Raises:
        ValueError: shapes, ranges or numbers do not fit; a place has fewer than 7 days with a
            count (all of them are named); reports take longer than the series is.

    Source: docs/models/renewal.md.
    """
    rules = rules or RenewalRules()
    if sample_count < _FEWEST_SAMPLES:
        raise ValueError(f"sample_count is {sample_count}; give {_FEWEST_SAMPLES} or more")
    reading = read_counts(
        counts,
        first_weekday,
        horizon_days,
        rules,
        reporting=reporting,
        holidays=holidays,
        population=population,
        susceptible=susceptible,
        first_usable_day=first_usable_day,
    )
    grid = make_grid(generation, admission)
    data = place_readings(reading, grid, rules.damping_per_day)
    chance = _chance(rng, sample_count, max(each.unknowns for each in data) + 1)
    steps = rng.standard_normal((sample_count, horizon_days // KNOT_DAYS + 2))
    fits = [fit_place(each, grid) for each in data]
    weights, others = pooled_weights(np.stack([fit.evidence for fit in fits]), grid.prior)
    result = empty_result(reading, grid, weights, rules, sample_count)
    for place, own in enumerate(data):
        pilot = chance.normal[:_PILOT_DRAWS]
        proposal = propose(own, fits[place], grid, weights[place], pilot)
        # One stream for every place: their order changes nothing.
        stream = np.random.default_rng(chance.seed + 2)
        shares = _share_draws(reading, place, own, sample_count, stream)
        imports = float(reading.imports[place])
        draws = draw_place(own, proposal, others[place], shares, imports, chance, rules)
        kinds = reading.kinds[place, reading.past_days :]
        continue_draws(result, place, draws, own, kinds, steps, reporting, stream)
    return result


def _share_draws(
    reading: Reading, place: int, data: PlaceData, samples: int, rng: np.random.Generator
) -> FloatArray:
    """(draw, day) or (1, day): share of each day that is reported so far."""
    if reading.reporting is None:
        return data.reported[None]
    late = min(reading.delays, data.days)
    shares = np.ones((samples, data.days))
    drawn = reading.reporting.draw_share(rng, place, samples)
    shares[:, data.days - late :] = np.maximum(drawn[:, :late][:, ::-1], 1e-12)
    return shares


def _chance(rng: np.random.Generator, samples: int, width: int) -> Chance:
    """Chance of the draws: pairs of opposite sign, strata shared by a pair."""
    pairs = (samples + 1) // 2
    half = rng.standard_normal((pairs, width))
    strata = (rng.permutation(pairs) + rng.random(pairs)) / pairs
    return Chance(
        normal=np.stack([half, -half], axis=1).reshape(2 * pairs, width)[:samples],
        uniform=np.repeat(strata, 2)[:samples],
        start=rng.random(2),
        seed=int(rng.integers(2**62)),
    )
