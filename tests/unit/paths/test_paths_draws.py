"""The shared chance of a run and the stretches it picks."""

import numpy as np
import pytest

from vigie.paths import borrow_changes, joint_draws, past_index, stretch_changes


@pytest.mark.parametrize("samples", [1, 2, 7, 100])
def test_pairs_of_futures_read_the_same_past_with_opposite_signs(samples):
    draws = joint_draws(np.random.default_rng(0), 5, samples)
    pairs = samples // 2
    assert draws.sample_count == samples
    assert np.array_equal(draws.position[0 : 2 * pairs : 2], draws.position[1 : 2 * pairs : 2])
    assert draws.sign.sum() == 0
    assert (draws.step_sign.sum(axis=1) == 0).all()
    assert (np.abs(draws.sign[: 2 * pairs]) == 1).all()


def test_equal_seeds_give_equal_draws_and_the_first_futures_are_kept():
    one, two = (joint_draws(np.random.default_rng(5), 3, 50) for _ in range(2))
    assert np.array_equal(one.step_position, two.step_position)
    assert np.array_equal(one.first(20).sign, two.sign[:20])
    assert one.first(20).step_sign.shape == (3, 20)


@pytest.mark.parametrize(("count", "window"), [(90, 90), (30, 90), (1, 90), (89, 90)])
def test_every_item_of_the_past_is_equally_probable(count, window):
    position = (np.arange(90_000) + 0.5) / 90_000
    taken = np.bincount(past_index(position, count, window), minlength=count)
    assert len(taken) == count
    assert taken / 90_000 == pytest.approx(np.full(count, 1 / count), rel=0.02)


def test_series_with_enough_past_read_the_same_items():
    position = np.random.default_rng(0).random(500)
    whole, part = past_index(position, 90, 90), past_index(position, 60, 90)
    assert np.array_equal(whole[whole < 60], part[whole < 60])


def test_each_horizon_holds_the_changes_that_ended_in_the_window_with_both_signs():
    seen = np.cumsum(np.random.default_rng(3).normal(size=200))[None, :]
    draws = joint_draws(np.random.default_rng(0), 10, 20_000)
    changes = stretch_changes(seen, 10, draws, window=90)
    for h in (1, 4, 10):
        past = seen[0, -90:] - seen[0, -90 - h : 200 - h]
        expected = np.concatenate([past, -past])
        for level in (0.05, 0.3, 0.5, 0.9):
            assert np.quantile(changes[0, h - 1], level) == pytest.approx(
                np.quantile(expected, level), abs=0.1
            )


def test_a_path_is_a_stretch_that_happened():
    seen = np.cumsum(np.random.default_rng(3).integers(1, 9, 200)).astype(float)[None, :]
    draws = joint_draws(np.random.default_rng(0), 10, 30)
    changes = stretch_changes(seen, 10, draws, window=90)[0]
    stretches = {
        tuple(abs(seen[0, u] - seen[0, u - h]) for h in range(1, 11)) for u in range(110, 200)
    }
    for path in np.abs(changes.T).tolist():
        assert tuple(path) in stretches


def test_a_series_too_short_for_the_horizon_widens_with_the_root_of_time():
    seen = np.cumsum(np.random.default_rng(1).normal(size=20))[None, :]
    draws = joint_draws(np.random.default_rng(0), 40, 400)
    changes = stretch_changes(seen, 40, draws, window=90)[0]
    assert np.isfinite(changes).all()
    assert changes[39].std() == pytest.approx(changes[12].std() * np.sqrt(40 / 13), rel=1e-4)


def test_a_place_that_never_reported_is_read_as_any_of_those_that_did():
    draws = joint_draws(np.random.default_rng(0), 1, 4000)
    centre = np.array([10.0, 20.0, 0.0], dtype=np.float32).reshape(3, 1, 1, 1)
    changes = np.zeros((3, 1, 1, 4000), dtype=np.float32)
    size, days = np.array([[10.0], [20.0], [0.0]]), np.array([[99], [99], [0]])
    paths = borrow_changes(centre, changes, size, days < 14, days, draws)
    share = np.mean(paths[2, 0, 0] == 10)
    assert share == pytest.approx(0.5, abs=0.03)
    assert set(np.unique(paths[2])) == {10.0, 20.0}


def test_without_any_donor_a_short_series_is_wide_and_without_size_it_stays():
    draws = joint_draws(np.random.default_rng(0), 4, 1000)
    centre = np.array([[50.0], [0.0]], dtype=np.float32).reshape(2, 1, 1, 1)
    changes = np.zeros((2, 1, 4, 1000), dtype=np.float32)
    size, days = np.array([[50.0], [0.0]]), np.array([[3], [0]])
    paths = borrow_changes(centre, changes, size, days < 14, days, draws)
    assert paths[0, 0, 3].std() == pytest.approx(0.15 * 50 * 2, rel=0.05)
    assert (paths[1] == 0).all()
