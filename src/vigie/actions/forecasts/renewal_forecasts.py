"""The renewal engine as a model of daily flows: draws of admissions, joint over places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vigie.actions.forecasts.beside import EngineTerms
from vigie.actions.forecasts.epidemic_delays import admission_delay, generation_interval, middle_of
from vigie.actions.forecasts.forecasting import Chance, History, Stream
from vigie.epidemiology import flat_paths
from vigie.paths import BoolArray, FloatArray, IntArray, PathArray, in_order_of

if TYPE_CHECKING:
    from vigie.epidemiology.renewal import RenewalResult

__all__ = ["RENEWAL_FLOW_MODEL", "drawn_admissions", "has_epidemic", "renewal_flow_paths", "served"]

RENEWAL_FLOW_MODEL = "vigie-renewal"
"""The engine's own name, written here so that a room without epidemics loads no engine."""

_MOST_SAMPLES = 500
"""Draws of a place; where a run has more futures, each draw serves several."""

_DAYS_LOOKED_AT = 28
_FEWEST_REPORTS = 14
_FEWEST_A_WEEK = 10.0


def has_epidemic(history: History) -> bool:
    """Whether an epidemic is declared for this measure."""
    return history.kind == "flow" and history.step == "day" and bool(history.beside.epidemics)


def renewal_flow_paths(history: History, steps: int, chance: Chance) -> PathArray:
    """Sample paths of daily admissions by the renewal engine.

    Each category of which an epidemic is declared is forecast by itself, places in one call:
    they share how fast log R may walk. The engine's draws of one place know nothing of the next;
    they are numbered as the flat baseline's paths rank, so sums over places spread as there.
    A series that the engine does not serve keeps the flat baseline's paths: another category,
    fewer than 14 reports or 10 admissions a week in the last 28 days, or begun within them.

    Args:
        history: of the places or of the totals.
        steps: days ahead.
        chance: of the run.

    Returns:
        (place, category, day, sample), >= 0 and never NaN.

    Source: docs/models/renewal.md, section "As a forecast of flows".
    """
    paths = flat_paths(history.values, steps, chance.draws(), season=7)
    for column, category in enumerate(history.categories):
        terms = history.beside.epidemics.get(category)
        if terms is None:
            continue
        at = served(history.values[:, column])
        if not len(at):
            continue
        rng = chance.stream(Stream.RENEWAL_FLOW, column)
        samples = min(chance.sample_count, _MOST_SAMPLES)
        drawn = drawn_admissions(history, column, at, terms, steps, samples, rng)
        told = _with_spread(drawn.admissions, terms.spread)
        whole = np.take(told, np.arange(chance.sample_count) % samples, axis=-1)
        paths[at, column] = in_order_of(whole, paths[at, column])
    return paths


def served(counts: FloatArray) -> IntArray:
    """Numbers of the series that the engine can forecast.

    Args:
        counts: (series, day), NaN where missing.
    """
    # A correction below zero is no count.
    known: BoolArray = np.asarray(counts >= 0)
    recent = np.where(known, counts, 0.0)[:, -_DAYS_LOOKED_AT:]
    reports = known[:, -_DAYS_LOOKED_AT:].sum(axis=1)
    a_week = 7 * recent.sum(axis=1) / np.maximum(reports, 1)
    has_begun = known[:, :-_DAYS_LOOKED_AT].any(axis=1)
    is_enough = (reports >= _FEWEST_REPORTS) & (a_week >= _FEWEST_A_WEEK) & has_begun
    return np.flatnonzero(is_enough)


def drawn_admissions(
    history: History,
    column: int,
    at: IntArray,
    terms: EngineTerms,
    steps: int,
    samples: int,
    rng: np.random.Generator,
) -> RenewalResult:
    """The engine's draws of some series of a category, with its own spread.

    Args:
        history: whose days the counts have.
        column: number of the category.
        at: (series,), numbers of places, each served.
        terms: delays and damping.
        steps: days ahead.
        samples: draws.
        rng: source of chance.
    """
    from vigie.epidemiology.renewal import RenewalRules, fit_renewal

    rule, usual = terms.rule, RenewalRules()
    holidays = history.beside.holidays
    return fit_renewal(
        history.values[at, column],
        first_weekday=history.dates[0].astype(object).weekday(),
        generation=middle_of(generation_interval(rule)),
        admission=middle_of(admission_delay(rule)),
        horizon_days=steps,
        sample_count=samples,
        rng=rng,
        rules=RenewalRules(
            admitted_share=rule.admitted_share,
            damping_per_day=terms.damping_per_day or usual.damping_per_day,
        ),
        holidays=None if holidays is None else holidays[at, : len(history.dates) + steps],
    )


def _with_spread(paths: PathArray, spread: Mapping[int, float]) -> PathArray:
    """Paths with the spread of each day multiplied, by a factor between those of two horizons."""
    from vigie.epidemiology.renewal import with_spread

    if not spread:
        return paths
    horizons = sorted(spread)
    days = np.arange(1, paths.shape[-2] + 1)
    return with_spread(paths, np.interp(days, horizons, [spread[each] for each in horizons]))
