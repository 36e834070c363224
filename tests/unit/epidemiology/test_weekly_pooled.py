"""The pooled weekly forecast: what its parts learn, and what no part may do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given as examples_of
from hypothesis import strategies as st

from tests.unit.epidemiology.weekly_rounds import HORIZONS, PEOPLE, PLACES, at_week, seasons
from vigie.epidemiology import flat_paths
from vigie.epidemiology.weekly import (
    COMPONENTS,
    BoostingRules,
    HubRound,
    RootScale,
    SpreadRules,
    WeeklyDraft,
    WeeklyRules,
    flat_round,
    weekly_draft,
    weekly_paths,
    weekly_quantiles,
)
from vigie.epidemiology.weekly.spread import calibrated_spread, widened
from vigie.paths import QUANTILE_LEVELS, interval_coverage, joint_draws, wis

SMALL = BoostingRules(spread_bags=3, spread_trees=40, quantile_bags=1, quantile_trees=30)
RULES = WeeklyRules(boosting=SMALL)


def draft_of(
    given: HubRound, rules: WeeklyRules = RULES, people: np.ndarray | None = PEOPLE
) -> WeeklyDraft:
    return weekly_draft(given, people, HORIZONS, np.random.default_rng(1), rules)


def forecast(given: HubRound, rules: WeeklyRules = RULES) -> np.ndarray:
    return weekly_quantiles(draft_of(given, rules), given, [], rules)


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_gives_ordered_counts_and_beats_the_flat_baseline_on_a_rise(
    name: str,
) -> None:
    counts = seasons()
    rules = replace(RULES, weights={name: 1.0})
    ours, flat = 0.0, 0.0
    for last in (116, 119):
        given = at_week(counts, last)
        result = forecast(given, rules)
        assert (np.diff(result, axis=-1) >= 0).all()
        assert (result >= 0).all()
        truth = counts[:, last + 1 : last + 5]
        ours += wis(result, truth).sum()
        flat += wis(flat_round(given, HORIZONS, np.random.default_rng(1)), truth).sum()
    assert ours < flat


def test_the_same_chance_gives_the_same_forecast() -> None:
    given = at_week(seasons(), 118)
    assert np.array_equal(forecast(given), forecast(given))


def test_counts_and_people_scaled_together_scale_the_forecast() -> None:
    counts = seasons()
    once = draft_of(at_week(counts, 118))
    twice = weekly_draft(
        at_week(counts * 2, 118),
        PEOPLE * 2,
        HORIZONS,
        np.random.default_rng(1),
        # The law of growth knows how certain large counts are.
        replace(RULES, weights={"seasonal": 1.0}),
    )
    alone = draft_of(at_week(counts, 118), replace(RULES, weights={"seasonal": 1.0}))
    assert twice.scale.counts(twice.levels) == pytest.approx(
        2 * alone.scale.counts(alone.levels), rel=1e-6
    )
    assert np.isfinite(once.levels).all()


def test_the_order_of_places_changes_nothing_but_the_order() -> None:
    counts = seasons()
    rules = replace(RULES, weights={"seasonal": 1.0, "wave": 1.0})
    order = np.array([3, 5, 0, 2, 4, 1])
    mixed = at_week(counts[order], 118, tuple(PLACES[i] for i in order))
    there = weekly_draft(mixed, PEOPLE[order], HORIZONS, np.random.default_rng(1), rules)
    here = draft_of(at_week(counts, 118), rules)
    assert there.levels == pytest.approx(here.levels[order], abs=1e-6)


def test_first_reports_that_are_too_low_are_learnt_to_rise() -> None:
    """Reports come in at 80 % and are completed a week later; the forecast knows."""
    counts = np.repeat(
        seasons()[:, :1] * 0 + np.array([[50], [90], [200], [400], [900], [1640]]), 110, 1
    )
    noise = np.random.default_rng(5).normal(1, 0.03, counts.shape)
    counts = counts * noise
    last = counts.shape[1] - 1
    seen = {}
    for week in range(20, last):
        as_first = counts[:, : week + 1].copy()
        as_first[:, week] *= 0.8
        seen[week] = as_first
    given = at_week(counts, last)
    given.counts[:, last] *= 0.8
    rules = replace(RULES, weights={"seasonal": 1.0})
    blind = forecast(given, rules)[:, 0, 11]
    knowing = forecast(replace(given, first_reports=seen), rules)[:, 0, 11]
    full = np.median(counts, axis=1)
    assert np.median(knowing / full) == pytest.approx(1, abs=0.06)
    assert np.median(blind / full) < np.median(knowing / full)


@pytest.mark.parametrize("weeks", [2, 10, 20, 40])
def test_a_short_past_gives_a_forecast_all_the_same(weeks: int) -> None:
    result = forecast(at_week(seasons()[:, 100:], weeks))
    assert np.isfinite(result).all()
    assert (np.diff(result, axis=-1) >= 0).all()


def test_gaps_silence_jumps_and_corrections_leave_no_hole_in_the_forecast() -> None:
    counts = seasons()
    counts[0] = np.nan
    counts[1, 115:] = np.nan
    counts[2, 110] = -3
    counts[3, 118] *= 100
    counts[4, 100:119] = 0
    result = forecast(at_week(counts, 118))
    assert np.isfinite(result).all()
    assert (result >= 0).all()


def test_a_late_report_widens_the_forecast() -> None:
    counts = seasons()
    late = counts.copy()
    late[2, 117:119] = np.nan
    rules = replace(RULES, weights={"seasonal": 1.0})
    timely, behind = forecast(at_week(counts, 118), rules), forecast(at_week(late, 118), rules)
    relative = [(each[2, 0, 21] - each[2, 0, 1]) / each[2, 0, 11] for each in (timely, behind)]
    assert relative[1] > 1.3 * relative[0]


def test_an_unknown_population_is_taken_from_the_counts() -> None:
    given = at_week(seasons(), 118)
    rules = replace(RULES, weights={"seasonal": 1.0, "wave": 1.0})
    without = draft_of(given, rules, None)
    known = draft_of(given, rules)
    ours = weekly_quantiles(without, given, [], rules)[..., 11]
    assert ours == pytest.approx(weekly_quantiles(known, given, [], rules)[..., 11], rel=0.2)


@examples_of(st.floats(0.0, 1e5), st.floats(1e4, 1e8))
def test_levels_and_counts_are_two_ways_to_say_the_same(count: float, people: float) -> None:
    counts = np.array([[count, 3.0, 17.0]])
    scale = RootScale(counts, np.array([people]))
    assert scale.counts(scale.level(counts)) == pytest.approx(counts, rel=1e-6, abs=1e-6)


def past_rounds(width: float, rounds: int = 8) -> list[tuple[np.ndarray, np.ndarray]]:
    """Forecasts of a normal law whose spread is ``width`` times too small."""
    rng = np.random.default_rng(4)
    from scipy.stats import norm

    levels = norm.ppf(QUANTILE_LEVELS)
    found = []
    for _ in range(rounds):
        centre = rng.normal(size=(40, 4))
        truth = centre + width * rng.normal(size=centre.shape)
        found.append((centre[..., None] + levels, truth))
    return found


@pytest.mark.parametrize("width", [0.7, 1.0, 1.6])
def test_the_spread_is_set_by_past_misses_in_both_directions(width: float) -> None:
    past = past_rounds(width)
    middle, tail = calibrated_spread(past, SpreadRules(tasks=50))
    mended = np.stack([widened(each, middle, tail) for each, _ in past])
    truth = np.stack([each for _, each in past])
    assert interval_coverage(mended, truth, 0.5).mean() == pytest.approx(0.5, abs=0.06)
    assert interval_coverage(mended, truth, 0.95).mean() == pytest.approx(0.95, abs=0.03)


def test_rounds_without_truth_leave_the_spread_at_its_start() -> None:
    rules = SpreadRules()
    unknown = [(forecast, np.full_like(truth, np.nan)) for forecast, truth in past_rounds(3)]
    assert calibrated_spread(unknown, rules) == (rules.middle, rules.tail)
    assert calibrated_spread([], rules) == (rules.middle, rules.tail)


@pytest.mark.parametrize("weeks", [3, 16, 24, 29, 40])
def test_one_place_with_a_short_past_has_futures_far_ahead(weeks: int) -> None:
    counts = seasons()[:1, None, 100 : 100 + weeks]
    dates = np.datetime64("2022-02-12") + 7 * np.arange(weeks)
    draws = joint_draws(np.random.default_rng(2), 12, 50)
    paths = weekly_paths(counts, dates, 12, draws, np.random.default_rng(1))
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()


def test_paths_of_a_room_keep_the_futures_joint_and_take_the_pooled_margins() -> None:
    counts = seasons()[:, None, :119]
    counts = np.concatenate([counts, np.full_like(counts, np.nan)], axis=1)
    weeks = np.datetime64("2022-02-12") + 7 * np.arange(119)
    draws = joint_draws(np.random.default_rng(2), 5, 400)
    paths = weekly_paths(counts, weeks, 5, draws, np.random.default_rng(1))
    assert paths.shape == (6, 2, 5, 400)
    assert np.isfinite(paths).all()
    assert (paths >= 0).all()
    flat = flat_paths(counts, 5, draws)
    assert np.array_equal(
        np.argsort(paths[3, 0, 2], kind="stable"), np.argsort(flat[3, 0, 2], kind="stable")
    )
    # A wave on its rise: the middle of the futures rises too, which the baseline's does not.
    assert (np.median(paths[:, 0, 1], axis=-1) > np.median(flat[:, 0, 1], axis=-1)).mean() > 0.6
