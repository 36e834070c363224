"""Whole paths in the order of others: the same paths, the ranks of the others, sums that spread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.paths import in_order_of


def ranks(paths: np.ndarray) -> np.ndarray:
    """Rank of each future's total; ties broken by number."""
    return np.argsort(np.argsort(paths.sum(axis=-2), axis=-1, kind="stable"), axis=-1)


@given(
    seed=st.integers(0, 10_000),
    places=st.integers(1, 4),
    days=st.integers(1, 6),
    samples=st.integers(1, 40),
)
@settings(deadline=None, max_examples=60)
def test_paths_stay_whole_and_rank_as_the_others_do(
    seed: int, places: int, days: int, samples: int
) -> None:
    rng = np.random.default_rng(seed)
    own = rng.gamma(2, 5, (places, days, samples))
    like = rng.gamma(2, 5, (places, days, samples))
    found = in_order_of(own, like)
    for place in range(places):
        before = sorted(map(tuple, own[place].T.tolist()))
        assert sorted(map(tuple, found[place].T.tolist())) == before, "the very same paths"
    np.testing.assert_array_equal(ranks(found), ranks(like))


def test_sums_over_places_spread_as_far_as_the_others_ranks_say() -> None:
    rng = np.random.default_rng(2)
    own = rng.poisson(50, (8, 5, 2000)).astype(float)
    together = np.repeat(rng.normal(size=(1, 5, 2000)), 8, axis=0)
    apart = rng.normal(size=(8, 5, 2000))

    def spread(paths: np.ndarray) -> float:
        return float(paths.sum(axis=(0, 1)).std())

    alone = np.sqrt(8 * 5 * 50)
    assert spread(own) == pytest.approx(alone, rel=0.05)
    assert spread(in_order_of(own, apart)) == pytest.approx(alone, rel=0.05)
    # Eight places that rise together: eight times the spread of one.
    assert spread(in_order_of(own, together)) == pytest.approx(8 * np.sqrt(5 * 50), rel=0.05)


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"cannot be put in the order of \(2, 3\)"):
        in_order_of(np.zeros((2, 4)), np.zeros((2, 3)))
