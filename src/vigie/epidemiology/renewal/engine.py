"""The renewal engine: all places in one call, from counts to joint draws of past and future."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vigie.epidemiology.delays import ReportingHazards
from vigie.epidemiology.renewal.ahead import continue_draws
from vigie.epidemiology.renewal.day_effects import day_contrasts, day_kinds
from vigie.epidemiology.renewal.grid import DelayLike, Grid, make_grid
from vigie.epidemiology.renewal.place_draws import Chance, draw_place
from vigie.epidemiology.renewal.place_fit import PlaceData, Proposal, fit_place, place_data, propose
from vigie.epidemiology.renewal.priors import KNOT_DAYS, kept_over_steps
from vigie.epidemiology.renewal.result import RenewalResult
from vigie.epidemiology.renewal.rules import FEWEST_DAYS, RenewalRules
from vigie.epidemiology.renewal.weights import pooled_weights
from vigie.paths import BoolArray, FloatArray, IntArray

__all__ = ["fit_renewal"]

_PILOT_DRAWS = 48
"""Draws from which the mean of the expected counts is known before the fit is bettered."""


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
    places, days = _checked_shape(counts, first_weekday, horizon_days, sample_count)
    used, negative = _usable(counts, first_usable_day, min(days, rules.window_days))
    past = used.shape[1]
    _check_reporting(reporting, places, past)
    grid = make_grid(generation, admission)
    kinds = day_kinds(first_weekday + days - past, past + horizon_days, places, holidays)
    first = np.argmax(np.isfinite(used), axis=1)
    share, standing = np.ones((places, past)), np.ones((places, past))
    if reporting is not None:
        share[:, past - reporting.delays :] = reporting.expected_share()[:, ::-1]
        standing[:, past - reporting.delays :] = reporting.expected_standing()[:, ::-1]
    data = [
        place_data(
            used[place, first[place] :],
            kinds[place, first[place] : past],
            day_contrasts(has_holidays=holidays is not None),
            share[place, first[place] :],
            standing[place, first[place] :],
            grid.seed_days,
            kept_over_steps(past - int(first[place]), grid.delay_days, rules.damping_per_day),
        )
        for place in range(places)
    ]
    chance = _chance(rng, sample_count, max(each.unknowns for each in data) + 1)
    fits = [fit_place(each, grid) for each in data]
    weights, others = pooled_weights(np.stack([fit.evidence for fit in fits]), grid.prior)
    proposals = [
        propose(each, fit, grid, weight, chance.normal[:_PILOT_DRAWS])
        for each, fit, weight in zip(data, fits, weights, strict=True)
    ]
    steps = rng.standard_normal((sample_count, horizon_days // KNOT_DAYS + 2))
    if susceptible is not None and rules.admitted_share is None:
        raise ValueError("susceptible: R can only fall with them if admitted_share is given")
    frame = _Frame(used, first, kinds[:, past:], reporting, int(rng.integers(2**62)), steps)
    return _drawn(
        frame,
        data,
        proposals,
        grid,
        weights,
        others,
        chance,
        rules,
        _people(places, population, math.nan, "population"),
        _people(places, susceptible, math.inf, "susceptible"),
        negative,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """What the draws of all places share."""

    used: FloatArray
    first: IntArray
    kinds_ahead: IntArray
    reporting: ReportingHazards | None
    seed: int
    steps: FloatArray


def _drawn(
    frame: _Frame,
    data: list[PlaceData],
    proposals: list[Proposal],
    grid: Grid,
    weights: FloatArray,
    others: FloatArray,
    chance: Chance,
    rules: RenewalRules,
    population: FloatArray,
    susceptible: FloatArray,
    negative: IntArray,
) -> RenewalResult:
    """Draw every place and put the draws into the arrays of the result."""
    places, past = frame.used.shape
    horizon, samples = frame.kinds_ahead.shape[1], len(chance.uniform)
    late = 0 if frame.reporting is None else frame.reporting.delays
    imports = rules.imports_per_day * np.where(np.isnan(population), 1.0, population / 1e5)

    def empty(days: int) -> np.ndarray:
        return np.full((places, days, samples), np.nan, dtype=np.float32)

    recent = frame.used[:, -28:]
    weekly = 7 * np.nansum(recent, axis=1) / np.maximum(np.isfinite(recent).sum(axis=1), 1)
    result = RenewalResult(
        past_days=past,
        horizon_days=horizon,
        reproduction_number=empty(past + horizon),
        unhindered=empty(horizon),
        seeded_infections=empty(grid.seed_days + past + horizon),
        expected=empty(past + horizon),
        admissions=empty(horizon),
        nowcast=empty(late),
        effect=empty(horizon),
        dispersion=np.empty((places, samples), dtype=np.float32),
        point=np.empty((places, samples), dtype=np.int64),
        grid=grid,
        weights=weights,
        first_day=frame.first,
        seen_days=np.isfinite(frame.used).sum(axis=1),
        negative_days=negative,
        weekly_mean=weekly,
        effective_share=np.empty(places),
        tail_shape=np.empty(places),
        distinct_share=np.empty(places),
        quality=np.empty(places, dtype=np.int64),
        susceptible=susceptible,
        imports=imports,
        rules=rules,
    )
    for place in range(places):
        rng = np.random.default_rng(frame.seed)
        shares = _share_draws(frame, place, samples, rng, data[place])
        draws = draw_place(
            data[place],
            proposals[place],
            others[place],
            shares,
            float(imports[place]),
            chance,
            rules,
        )
        continue_draws(
            result,
            place,
            draws,
            data[place],
            frame.kinds_ahead[place],
            frame.steps,
            frame.reporting,
            rng,
        )
    return result


def _share_draws(
    frame: _Frame, place: int, samples: int, rng: np.random.Generator, data: PlaceData
) -> FloatArray:
    """(draw, day) or (1, day): share of each day that is reported so far."""
    if frame.reporting is None:
        return data.reported[None]
    late = min(frame.reporting.delays, data.days)
    shares = np.ones((samples, data.days))
    drawn = frame.reporting.draw_share(rng, place, samples)
    shares[:, data.days - late :] = np.maximum(drawn[:, :late][:, ::-1], 1e-12)
    return shares


def _checked_shape(
    counts: FloatArray, first_weekday: int, horizon_days: int, sample_count: int
) -> tuple[int, int]:
    if counts.ndim != 2 or not counts.size:
        raise ValueError(f"counts have shape {counts.shape}, expected (place, day)")
    if np.isinf(counts).any():
        raise ValueError("counts: a number is infinite; mark it missing (NaN) or correct it")
    if not 0 <= first_weekday <= 6:
        raise ValueError(f"first_weekday is {first_weekday}; 0 is Monday, 6 Sunday")
    if horizon_days < 0:
        raise ValueError(f"horizon_days is {horizon_days}; give 0 or more")
    if sample_count < 20:
        raise ValueError(f"sample_count is {sample_count}; give 20 or more")
    return counts.shape


def _usable(
    counts: FloatArray, first_usable_day: IntArray | None, past: int
) -> tuple[FloatArray, IntArray]:
    """The last days, negative counts and days before a change missing; and how many negative."""
    used = np.array(counts[:, -past:], dtype=float)
    if first_usable_day is not None:
        if first_usable_day.shape != (len(counts),):
            raise ValueError(
                f"first_usable_day has shape {first_usable_day.shape}, expected ({len(counts)},)"
            )
        day = np.arange(counts.shape[1] - past, counts.shape[1])
        used[day < first_usable_day[:, None]] = np.nan
    is_negative = used < 0
    used[is_negative] = np.nan
    seen = np.isfinite(used).sum(axis=1)
    short = np.flatnonzero(seen < FEWEST_DAYS)
    if len(short):
        named = ", ".join(f"{place} ({seen[place]})" for place in short[:20].tolist())
        raise ValueError(
            f"counts: fewer than {FEWEST_DAYS} of the last {past} days have a count in "
            f"{len(short)} places, by number (days): {named}; leave them out, or use a model that "
            "borrows from others"
        )
    return used, np.asarray(is_negative.sum(axis=1))


def _check_reporting(reporting: ReportingHazards | None, places: int, past: int) -> None:
    if reporting is None:
        return
    if len(reporting.hits) != places:
        raise ValueError(f"reporting is for {len(reporting.hits)} places, counts for {places}")
    if reporting.delays > past:
        raise ValueError(
            f"reports take up to {reporting.delays} days, but only {past} days are read; give "
            "fewer delays or a longer series"
        )


def _people(places: int, given: FloatArray | None, unknown: float, name: str) -> FloatArray:
    if given is None:
        return np.full(places, unknown)
    values = np.asarray(given, dtype=float)
    if values.shape != (places,) or (values < 0).any() or np.isinf(values).any():
        raise ValueError(f"{name}: give one number >= 0 for each of {places} places, or NaN")
    return np.where(np.isnan(values), unknown, values)


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
