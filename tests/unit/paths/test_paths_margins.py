"""New margins for old paths: ranks stay, quantiles are those asked for, nothing is missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.paths import QUANTILE_LEVELS, quantiles, with_margins

PATHS = arrays(
    np.float32,
    st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 3), st.integers(1, 40)),
    elements=st.floats(0, 1000, width=32),
)


def some_quantiles(shape, seed):
    steps = np.random.default_rng(seed).gamma(0.5, 4.0, (*shape, len(QUANTILE_LEVELS)))
    return np.cumsum(steps, axis=-1)


def one_by_one(paths, wanted, levels):
    """The obvious version: sort each day, and read the quantile function at each rank."""
    out = np.empty_like(paths)
    for cell in np.ndindex(paths.shape[:3]):
        own = wanted[cell]
        low = max(0.0, 2 * own[0] - own[1])
        high = 2 * own[-1] - own[-2]
        order = np.argsort(paths[cell], kind="stable")
        count = len(order)
        for rank, sample in enumerate(order):
            at = rank / (count - 1) if count > 1 else 0.5
            out[cell][sample] = np.interp(at, [0, *levels, 1], [low, *own, high])
    return out


@settings(max_examples=60, deadline=None)
@given(paths=PATHS, seed=st.integers(0, 99))
def test_it_agrees_with_the_obvious_version_and_keeps_ranks(paths, seed):
    wanted = some_quantiles(paths.shape[:3], seed)
    made = with_margins(paths, wanted)
    assert made.dtype == np.float32
    assert np.isfinite(made).all()
    assert (made >= 0).all()
    assert np.allclose(made, one_by_one(paths, wanted, QUANTILE_LEVELS), rtol=1e-5, atol=1e-5)
    by_rank = np.take_along_axis(made, np.argsort(paths, axis=-1, kind="stable"), axis=-1)
    assert (np.diff(by_rank, axis=-1) >= 0).all()


def test_the_quantiles_of_the_paths_are_those_asked_for():
    rng = np.random.default_rng(2)
    paths = rng.gamma(2.0, 5.0, (3, 2, 4, 1001)).astype(np.float32)
    wanted = some_quantiles((3, 2, 4), 5)
    # With 1001 samples every level falls on a sample.
    assert np.allclose(quantiles(with_margins(paths, wanted)), wanted, rtol=1e-5)
    fewer = quantiles(with_margins(paths[..., :400], wanted))
    steps = np.diff(wanted, axis=-1).max(axis=-1, keepdims=True)
    assert (np.abs(fewer - wanted) <= 0.2 * steps + 1e-5).all()


def test_what_rose_together_still_rises_together():
    one = np.random.default_rng(0).gamma(2.0, 5.0, (1, 1, 2, 500)).astype(np.float32)
    paths = np.concatenate([one, 7 * one, -one + one.max()])
    made = with_margins(paths, some_quantiles((3, 1, 2), 1))
    order = np.argsort(made[0, 0, 0])
    assert (np.diff(made[1, 0, 0][order]) >= 0).all()
    assert (np.diff(made[2, 0, 0][order]) <= 0).all()


def test_tails_go_on_by_the_last_step_and_stop_at_zero():
    paths = np.arange(1001, dtype=np.float32).reshape(1, 1, 1, -1)
    made = with_margins(paths, np.array([[[[1.0, 5.0, 8.0]]]]), [0.1, 0.5, 0.9])[0, 0, 0]
    assert made[0] == 0
    assert made[-1] == pytest.approx(11)
    assert made[500] == pytest.approx(5)


def test_a_single_level_or_sample_is_enough():
    paths = np.ones((1, 1, 1, 3), dtype=np.float32)
    assert (with_margins(paths, np.full((1, 1, 1, 1), 4.0), [0.5]) == 4).all()
    assert with_margins(paths[..., :1], np.array([[[[1.0, 3.0]]]]), [0.25, 0.75])[0, 0, 0, 0] == 2


@pytest.mark.parametrize(
    ("wanted", "levels", "message"),
    [
        (np.ones((1, 1, 2)), [0.1, 0.9], "do not fit"),
        (np.ones((1, 1, 1, 3)), [0.1, 0.9], "do not fit"),
        (np.ones((1, 1, 1, 2)), [0.9, 0.1], "increase"),
        (np.ones((1, 1, 1, 2)), [0.0, 0.5], "between 0 and 1"),
        (np.array([[[[2.0, 1.0]]]]), [0.1, 0.9], "decrease"),
        (np.array([[[[-1.0, 1.0]]]]), [0.1, 0.9], "not negative"),
        (np.array([[[[np.nan, 1.0]]]]), [0.1, 0.9], "finite"),
    ],
)
def test_quantiles_that_do_not_fit_are_refused(wanted, levels, message):
    with pytest.raises(ValueError, match=message):
        with_margins(np.ones((1, 1, 1, 5), dtype=np.float32), wanted, levels)
