"""Deliveries under a supplier's cap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.errors import BadData
from vigie.supply import rationed, shared_out

UNITS = st.lists(st.integers(0, 50), min_size=1, max_size=6)


def one_by_one(asked, cap, share):
    """Raise the level of all by small steps until the cap is used up."""
    low, high = 0.0, 1e6
    for _ in range(200):
        level = (low + high) / 2
        if sum(min(a, level * s) for a, s in zip(asked, share, strict=True)) > cap:
            high = level
        else:
            low = level
    return [min(a, low * s) for a, s in zip(asked, share, strict=True)]


@given(UNITS, st.floats(0, 200), st.randoms())
def test_places_get_one_level_times_their_share_and_never_more_than_they_ask(asked, cap, random):
    share = np.array([random.choice([0.0, 0.5, 1.0, 3.0]) for _ in asked])
    share[0] = 1.0
    found = shared_out(np.array(asked, dtype=np.float64)[:, None], cap, share)[:, 0]
    np.testing.assert_allclose(found, one_by_one(asked, cap, share), atol=1e-6)
    assert found.sum() <= cap + 1e-6


def test_under_pressure_each_place_gets_cap_times_share():
    asked = np.full((3, 1), 100.0)
    found = shared_out(asked, 60.0, np.array([0.5, 0.3, 0.2]))[:, 0]
    np.testing.assert_allclose(found, [30.0, 18.0, 12.0])


def test_what_is_not_delivered_waits_and_comes_when_the_cap_allows():
    asked = np.zeros((2, 4, 1), dtype=np.float32)
    asked[:, 0] = 10.0
    found = rationed(asked, np.array([8.0, 8.0, 8.0, 8.0]), np.array([1.0, 1.0]))
    np.testing.assert_allclose(found.delivered[..., 0], [[4, 4, 2, 0], [4, 4, 2, 0]])
    np.testing.assert_allclose(found.waiting, 0.0)


@given(st.integers(0, 2**32 - 1))
def test_rationing_loses_nothing_and_no_cap_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, 20, (3, 5, 4)).astype(np.float32)
    cap, share = rng.uniform(0, 40, 5), rng.uniform(0.1, 1, 3)
    found = rationed(asked, cap, share)
    whole = found.delivered.sum(axis=1) + found.waiting
    np.testing.assert_allclose(whole, asked.sum(axis=1), rtol=1e-5, atol=1e-4)
    assert (found.delivered.sum(axis=0) <= cap[:, None] + 1e-3).all()
    free = rationed(asked, np.full(5, np.inf), share)
    np.testing.assert_array_equal(free.delivered, asked)


@pytest.mark.parametrize(
    ("cap", "share", "said"),
    [(-1.0, [1.0, 1.0], "cap"), (np.nan, [1.0, 1.0], "cap"), (5.0, [0.0, 0.0], "shares"),
     (5.0, [-1.0, 2.0], "shares")],
)  # fmt: skip
def test_a_cap_or_share_that_makes_no_sense_is_refused(cap, share, said):
    with pytest.raises(BadData, match=said):
        rationed(np.ones((2, 1, 1), dtype=np.float32), np.array([cap]), np.array(share))
