"""The same absence on other rosters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.hospital.absence import absence_on_rosters

SEEDS = st.integers(0, 2**31)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    shape = (2, 2, 3, 20)
    rostered = rng.integers(0, 12, shape).astype(np.float32)
    absent = rng.binomial(rostered.astype(int), 0.3).astype(np.float32)
    return absent, rostered, rng.integers(0, 12, shape).astype(np.float32), rng


@given(SEEDS)
def test_one_more_on_the_roster_is_one_or_none_more_absent(seed: int) -> None:
    absent, rostered, others, rng = drawn(seed)

    found = absence_on_rosters(absent, rostered, others, rng)

    moved, joined = found - absent, others - rostered
    known = rostered > 0
    assert (found == np.rint(found)).all()
    assert ((found >= 0) & (found <= others))[known].all()
    assert ((moved >= np.minimum(joined, 0)) & (moved <= np.maximum(joined, 0)))[known].all()
    np.testing.assert_array_equal(found[~known], absent[~known])
    np.testing.assert_array_equal(found[others == rostered], absent[others == rostered])


def test_the_share_absent_stays_what_it_is_as_rosters_shrink_and_grow() -> None:
    rng = np.random.default_rng(1)
    shape = (1, 1, 1, 200_000)
    share = rng.beta(3, 17, shape)
    rostered = np.full(shape, 10, dtype=np.float32)
    absent = rng.binomial(10, share).astype(np.float32)

    for size in (4, 25):
        others = np.full(shape, size, dtype=np.float32)
        found = absence_on_rosters(absent, rostered, others, rng)
        assert found.mean() == pytest.approx(0.15 * size, rel=0.02)
    smaller = absence_on_rosters(absent, rostered, np.full_like(rostered, 4), rng)
    np.testing.assert_allclose(smaller.var(), rng.binomial(4, share).var(), rtol=0.03)


def test_shapes_that_differ_are_refused() -> None:
    absent, rostered, others, rng = drawn(1)
    with pytest.raises(ValueError, match="differ in shape"):
        absence_on_rosters(absent, rostered, others[:1], rng)
