"""The law of growth of a wave, and weights from recent scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given as examples_of
from hypothesis import strategies as st

from tests.unit.epidemiology.weekly_rounds import HORIZONS, PEOPLE, PLACES, at_week, seasons
from vigie.epidemiology.weekly import HubRound, RootScale, WaveRules, WeightRules
from vigie.epidemiology.weekly.wave import Wave, Waves, wave_levels, waves
from vigie.epidemiology.weekly.weights import averaged, recent_weights
from vigie.errors import BadData
from vigie.paths import wis

STEPS = (1, 2, 3, 4)
RULES = WaveRules()
MEDIAN = 11


def seen(
    given: HubRound, rules: WaveRules = RULES, hole: np.ndarray | None = None
) -> tuple[Waves, RootScale]:
    scale = RootScale(given.counts, PEOPLE)
    none = np.zeros(len(given.weeks), dtype=bool)
    return waves(given, scale, none if hole is None else hole, PLACES.index("US"), rules), scale


def moves_of_medians(given: HubRound, rules: WaveRules = RULES) -> np.ndarray:
    """(location, step), moves of the logarithm of the rate in the middle of the forecast."""
    past, scale = seen(given, rules)
    levels = wave_levels(past, scale, STEPS, rules)[..., MEDIAN]
    return scale.log_rate(scale.counts(levels)) - past.today.log_rate[:, None]


def test_a_wave_is_described_by_its_growth_its_incidence_and_what_is_spent() -> None:
    """One place alone, so that the typical growth is its own: a slow and obvious computation."""
    weeks = np.datetime64("2022-07-16") + 7 * np.arange(12)
    counts = np.array([[5.0, 6, 4, 10, 20, 40, 80, 120, 150, 170, 160, 120]])
    given = HubRound(weeks[-1].item(), weeks[-1].item(), ("X",), weeks, counts)
    people = np.array([2e6])
    scale = RootScale(counts, people)
    today = waves(given, scale, np.zeros(12, dtype=bool), None, RULES).today
    rate = counts[0] / 20
    height = np.quantile((rate + 0.32) ** 0.25, 0.95) ** 4
    logs = np.log(rate + 0.32)
    assert today.log_rate == pytest.approx([logs[-1]])
    assert today.growth == pytest.approx(np.array([[logs[-1] - logs[-2], logs[-2] - logs[-3]]]))
    assert today.incidence == pytest.approx([(rate[-1] + 0.32) / height])
    # The season begins in August: the weeks that end on the 6th and after.
    assert today.spent == pytest.approx([rate[3:].sum() / height])
    assert today.size == pytest.approx([150.0])


def test_growth_is_foreseen_to_end_where_much_is_spent() -> None:
    """On the same growth, a wave late in its course is foreseen to grow less or to fall."""
    counts = seasons()
    past, scale = seen(at_week(counts, 122))
    early, late = (
        replace(
            past,
            today=Wave(
                log_rate=past.today.log_rate,
                size=past.today.size,
                growth=np.full((6, 2), 0.2),
                typical_growth=np.full(6, 0.2),
                incidence=np.full(6, incidence),
                spent=np.full(6, spent),
            ),
        )
        for incidence, spent in ((0.1, 1.0), (1.0, 6.0))
    )
    grown = [
        scale.log_rate(scale.counts(wave_levels(each, scale, STEPS, RULES)[..., MEDIAN]))
        - past.today.log_rate[:, None]
        for each in (early, late)
    ]
    assert (grown[0][:, 0] > 0).all()
    assert (grown[1] < grown[0] - 0.05).all()


def test_the_law_is_that_of_a_slow_fit_when_no_move_is_bent() -> None:
    """Least squares by gradient descent on the same loss gives the same middle."""
    rng = np.random.default_rng(3)
    from vigie.epidemiology.weekly.wave import _fitted

    cause = rng.normal(size=(400, 5))
    move = 0.3 + cause @ np.array([0.5, -0.2, 0.0, 0.1, -0.4]) + 0.05 * rng.choice([-1, 1], 400)
    weight = rng.uniform(0.2, 1.0, 400)
    slow = np.zeros(6)
    rows = np.column_stack([np.ones(400), cause])
    for _ in range(4000):
        missed = move - rows @ slow
        slow += 1e-3 * (rows.T @ (weight * missed) - 1.0 * np.array([0, 1, 1, 1, 1, 1]) * slow)
    fast = _fitted(cause, move, weight, 1.0)
    assert fast == pytest.approx(slow, abs=1e-6)
    outlier = move.copy()
    outlier[:4] += 50
    assert _fitted(cause, outlier, weight, 1.0)[0] == pytest.approx(fast[0], abs=0.15)


def test_quantiles_are_ordered_and_grow_apart_with_the_horizon() -> None:
    past, scale = seen(at_week(seasons(), 118))
    levels = wave_levels(past, scale, STEPS, RULES)
    assert (np.diff(levels, axis=-1) >= 0).all()
    width = scale.log_rate(scale.counts(levels))[..., [1, 21]]
    apart = np.diff(width, axis=-1)[..., 0]
    assert (apart[:, 3] > apart[:, 0]).all()


def test_counts_and_people_scaled_together_keep_the_moves_of_large_places() -> None:
    rules = WaveRules(own_admissions=0.0, half_admissions=0.0)
    once = at_week(seasons(), 118)
    twice = replace(once, counts=3 * once.counts)
    moves = []
    for given, people in ((once, PEOPLE), (twice, 3 * PEOPLE)):
        scale = RootScale(given.counts, people)
        past = waves(given, scale, np.zeros(119, dtype=bool), 5, rules)
        moves.append(wave_levels(past, scale, STEPS, rules)[..., MEDIAN])
    assert moves[1] == pytest.approx(moves[0], abs=0.02)


def test_the_order_of_places_changes_nothing_but_the_order() -> None:
    counts, order = seasons(), np.array([3, 5, 0, 2, 4, 1])
    here, scale = seen(at_week(counts, 118))
    mixed = at_week(counts[order], 118, tuple(PLACES[at] for at in order))
    other = RootScale(mixed.counts, PEOPLE[order])
    there = waves(mixed, other, np.zeros(119, dtype=bool), mixed.locations.index("US"), RULES)
    assert wave_levels(there, other, STEPS, RULES) == pytest.approx(
        wave_levels(here, scale, STEPS, RULES)[order], abs=1e-9
    )


def test_weeks_of_a_hole_teach_nothing() -> None:
    counts = seasons()
    given = at_week(counts, 140)
    hole = np.zeros(141, dtype=bool)
    hole[80:100] = True
    past, scale = seen(given, hole=hole)
    assert not set(past.past) & set(range(80, 103))
    assert not any(hole[week + 3] for week in past.moves(3)[0])
    wild = counts.copy()
    wild[:, 84:96] = 7.0
    other = replace(given, counts=wild[:, :141])
    told = [waves(each, scale, hole, 5, RULES).moves(2)[1][:60] for each in (given, other)]
    assert np.array_equal(told[0], told[1])


def test_too_short_a_past_is_said() -> None:
    past, scale = seen(at_week(seasons(), 6))
    with pytest.raises(BadData, match="Too few weeks can be learnt from for 3 weeks ahead"):
        wave_levels(past, scale, [3], RULES)


def test_a_silent_place_and_gaps_leave_no_hole() -> None:
    counts = seasons()
    counts[0] = np.nan
    counts[1, 110:] = np.nan
    past, scale = seen(at_week(counts, 118))
    assert np.isfinite(wave_levels(past, scale, STEPS, RULES)).all()


def scored(
    good: Sequence[float], rounds: int = 12
) -> list[tuple[dict[str, np.ndarray], np.ndarray]]:
    """Rounds in which the components miss by as much as told, up or down."""
    rng = np.random.default_rng(8)
    found = []
    for _ in range(rounds):
        truth = rng.normal(size=(50, 4))
        parts = {
            name: np.repeat((truth + miss * rng.choice([-1, 1], truth.shape))[..., None], 23, -1)
            for name, miss in zip("ab", good, strict=True)
        }
        found.append((parts, truth))
    return found


START = {"a": 3.0, "b": 1.0}


def test_weights_begin_at_their_start_and_stay_there_when_all_score_the_same() -> None:
    rules = WeightRules()
    assert recent_weights([], START, rules) == {"a": 0.75, "b": 0.25}
    same = recent_weights(scored([1.0, 1.0]), START, rules)
    assert same == pytest.approx({"a": 0.75, "b": 0.25})
    unknown = [(parts, np.full_like(truth, np.nan)) for parts, truth in scored([1.0, 3.0])]
    assert recent_weights(unknown, START, rules) == {"a": 0.75, "b": 0.25}


@examples_of(st.floats(0.2, 5.0), st.floats(0.2, 5.0), st.integers(1, 15))
def test_the_better_component_gains_and_the_start_holds_back(
    one: float, other: float, rounds: int
) -> None:
    past = scored([one, other], rounds)
    slow = recent_weights(past, START, WeightRules(tasks=1e6))
    fast = recent_weights(past, START, WeightRules(tasks=1.0))
    assert sum(fast.values()) == pytest.approx(1)
    if one < 0.99 * other:
        assert fast["a"] > slow["a"] > 0.75
    if one > 1.01 * other:
        assert fast["a"] < slow["a"] < 0.75


def test_recent_rounds_count_more_and_rounds_without_a_component_say_nothing() -> None:
    before, after = scored([1.0, 2.0]), scored([2.0, 1.0])
    rules = WeightRules(tasks=100.0, half_life_rounds=2.0)
    turned = recent_weights([*before, *after], START, rules)
    assert turned["a"] < 0.6
    assert recent_weights([*after, *before], START, rules)["a"] > 0.75
    lacking = [({"a": parts["a"]}, truth) for parts, truth in after]
    assert recent_weights([*before, *lacking], START, rules) == pytest.approx(
        recent_weights([*before, *[({}, truth) for _, truth in after]], START, rules)
    )


def test_the_average_is_over_the_components_that_are_there() -> None:
    parts = {"a": np.full((2, 3, 23), 1.0), "b": np.full((2, 3, 23), 5.0)}
    assert averaged(parts, START) == pytest.approx(np.full((2, 3, 23), 2.0))
    assert averaged({"b": parts["b"]}, START) == pytest.approx(parts["b"])


def test_the_law_beats_a_flat_line_on_every_wave_but_the_first() -> None:
    counts = seasons()
    ours = flat = 0.0
    for last in range(112, 132, 4):
        given = at_week(counts, last)
        past, scale = seen(given)
        truth = counts[:, last + 1 : last + 5]
        result = scale.counts(wave_levels(past, scale, STEPS, RULES))
        ours += float(wis(result, truth).sum())
        line = np.repeat(counts[:, last, None, None], 23, axis=-1) * np.ones((1, 4, 1))
        flat += float(wis(line, truth).sum())
    assert len(HORIZONS) == len(STEPS)
    assert ours < 0.7 * flat
