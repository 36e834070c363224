"""The two-state chain: rates, shrinkage, a common cause, exact frequencies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.hospital import binary_paths, two_state_rates
from vigie.paths import joint_draws

DRAWS = joint_draws(np.random.default_rng(2), 14, 4000)


def simulate(places, days, onset, persistence, common=0.0, seed=0):
    rng = np.random.default_rng(seed)
    state, series = np.zeros(places, bool), []
    for _ in range(days):
        is_common = rng.random() < common
        chance = np.where(is_common, rng.random(), rng.random(places))
        state = chance < np.where(state, persistence, onset)
        series.append(state)
    return np.array(series, float).T[:, None, :]


def test_rates_are_recovered_from_a_long_history():
    rates = two_state_rates(simulate(5, 6000, 0.05, 0.8))
    assert rates.onset == pytest.approx(np.full((5, 1), 0.05), abs=0.015)
    assert rates.persistence == pytest.approx(np.full((5, 1), 0.8), abs=0.04)
    assert rates.correlation < 0.03


def test_what_never_happened_in_one_place_has_the_rate_of_the_others():
    history = simulate(4, 400, 0.1, 0.7)
    history[0] = 0.0
    history[0, 0, :-10] = np.nan
    rates = two_state_rates(history)
    assert 0.05 < rates.onset[0, 0] < rates.onset[1:, 0].max()
    assert 0 < two_state_rates(np.zeros((2, 1, 50))).onset.max() < 0.02


def test_a_common_cause_is_seen_and_carried_into_the_futures():
    history = simulate(8, 1500, 0.1, 0.8, common=0.7)
    assert two_state_rates(history).correlation > 0.3
    history[..., -1] = 0
    paths = binary_paths(history, 1, DRAWS, np.random.default_rng(1))[:, 0, 0]
    independent = simulate(8, 1500, 0.1, 0.8)
    independent[..., -1] = 0
    alone = binary_paths(independent, 1, DRAWS, np.random.default_rng(1))[:, 0, 0]
    assert paths.sum(axis=0).var() > 2 * alone.sum(axis=0).var()


def test_frequencies_of_the_futures_are_those_of_the_chain():
    history = simulate(3, 900, 0.08, 0.75)
    history[0, 0, -1], history[1, 0, -1] = 1, 0
    history[2, 0, -3:] = (1, np.nan, np.nan)
    rates = two_state_rates(history)
    paths = binary_paths(history, 14, DRAWS, np.random.default_rng(0))
    for place, today in ((0, 1.0), (1, 0.0), (2, 1.0)):
        chance = today
        for day in range(14):
            onset, persistence = rates.onset[place, 0], rates.persistence[place, 0]
            chance = chance * persistence + (1 - chance) * onset
            assert paths[place, 0, day].mean() == pytest.approx(chance, abs=0.03)


@settings(max_examples=40, deadline=None)
@given(
    arrays(
        float,
        st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 25)),
        elements=st.sampled_from([0.0, 1.0, np.nan]),
    )
)
def test_any_history_gives_zeros_and_ones(history):
    paths = binary_paths(history, 5, DRAWS.first(40), np.random.default_rng(0))
    assert np.isin(paths, (0, 1)).all()


def test_equal_chance_gives_equal_futures():
    history = simulate(3, 100, 0.1, 0.7)
    one, two = (binary_paths(history, 5, DRAWS, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(one, two)


def test_other_values_than_zero_and_one_are_refused():
    with pytest.raises(ValueError, match="other than 0 and 1"):
        two_state_rates(np.full((1, 1, 4), 0.5))
    with pytest.raises(ValueError, match="1 to 14"):
        binary_paths(np.zeros((1, 1, 4)), 15, DRAWS, np.random.default_rng(0))
