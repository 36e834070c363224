"""Totals of paths: sums future by future, raised for those who are silent, in any order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.paths import LEAST_REPORTED_SHARE, quantiles, total_paths

PLACES, CATEGORIES, STEPS, SAMPLES = 5, 2, 3, 8


def invented(seed: int):
    """Paths, members of three totals, usual values and who reports."""
    rng = np.random.default_rng(seed)
    paths = rng.gamma(2.0, 10.0, (PLACES, CATEGORIES, STEPS, SAMPLES)).astype(np.float32)
    members = rng.random((3, PLACES)) < 0.6
    usual = rng.gamma(2.0, 10.0, (PLACES, CATEGORIES)) * (rng.random((PLACES, CATEGORIES)) < 0.8)
    is_told = rng.random((PLACES, CATEGORIES)) < 0.8
    return paths, members, usual, is_told


def slowly(paths, members, usual, is_told):
    """One total, category, step and future after another; None where too little is told."""
    shape = (len(members), *paths.shape[1:])
    found = np.full(shape, np.nan)
    for total, category in np.ndindex(*shape[:2]):
        inside = [p for p in range(PLACES) if members[total, p]]
        told = [p for p in inside if is_told[p, category]]
        whole = sum(usual[p, category] for p in inside)
        share = sum(usual[p, category] for p in told) / whole if whole else 1.0
        if not told or share < LEAST_REPORTED_SHARE:
            continue
        for step, sample in np.ndindex(*shape[2:]):
            sums = sum(float(paths[p, category, step, sample]) for p in told)
            found[total, category, step, sample] = sums / share
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_totals_equal_the_slow_sums(seed: int) -> None:
    case = invented(seed)
    sums, is_enough = total_paths(*case)
    slow = slowly(*case)
    assert np.array_equal(is_enough, np.isfinite(slow[:, :, 0, 0]))
    np.testing.assert_allclose(sums[is_enough], slow[is_enough], rtol=1e-5)
    assert sums.dtype == np.float32
    assert np.isfinite(sums).all(), "what is not told is 0 and marked, never NaN"
    assert not sums[~is_enough].any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_sums_are_conserved_in_every_future(seed: int) -> None:
    """Regions that part the places add up to the nation, sample by sample."""
    paths, _, usual, _ = invented(seed)
    everyone = np.ones((PLACES, CATEGORIES), dtype=bool)
    region = np.random.default_rng(seed).integers(0, 2, PLACES)
    members = np.stack([region == 0, region == 1, np.ones(PLACES, dtype=bool)])
    sums, is_enough = total_paths(paths, members, usual, everyone)
    np.testing.assert_allclose(sums[0] + sums[1], sums[2], rtol=1e-5)
    np.testing.assert_allclose(sums[2], paths.sum(axis=0), rtol=1e-5)
    assert np.array_equal(is_enough[:2], members[:2].any(axis=1)[:, None].repeat(2, axis=1))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_places_changes_nothing(seed: int) -> None:
    paths, members, usual, is_told = invented(seed)
    order = np.random.default_rng(seed).permutation(PLACES)
    one, enough = total_paths(paths, members, usual, is_told)
    shuffled = np.ascontiguousarray(paths[order])
    other, again = total_paths(shuffled, members[:, order], usual[order], is_told[order])
    assert np.array_equal(enough, again)
    np.testing.assert_allclose(one, other, rtol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, PLACES - 1))
def test_a_total_equals_its_only_member(seed: int, place: int) -> None:
    paths, _, usual, is_told = invented(seed)
    members = (np.arange(PLACES) == place)[None]
    sums, is_enough = total_paths(paths, members, usual, is_told)
    assert np.array_equal(is_enough[0], is_told[place])
    assert np.array_equal(sums[0, is_told[place]], paths[place, is_told[place]])


def test_a_silent_member_counts_with_its_usual_share() -> None:
    paths = np.full((2, 1, 1, 4), 30.0, dtype=np.float32)
    paths[1] = 999.0
    usual = np.array([[60.0], [20.0]])
    sums, is_enough = total_paths(paths, np.ones((1, 2), bool), usual, np.array([[True], [False]]))
    assert is_enough.all()
    assert sums.ravel().tolist() == [40.0] * 4


def test_futures_that_rise_together_make_a_wider_total_than_those_that_do_not() -> None:
    """A sum of quantiles is not a quantile of the sum: who rises with whom decides."""
    rng = np.random.default_rng(3)
    one = np.sort(rng.gamma(5.0, 2.0, 400)).astype(np.float32)
    together = np.stack([one, one])[:, None, None]
    apart = np.stack([one, rng.permutation(one)])[:, None, None]
    usual, everyone = np.ones((2, 1)), np.ones((2, 1), dtype=bool)
    widths = []
    for paths in (together, apart):
        sums, _ = total_paths(paths, np.ones((1, 2), bool), usual, everyone)
        low, high = quantiles(sums, (0.05, 0.95))[0, 0, 0]
        widths.append(high - low)
    assert widths[0] == pytest.approx(
        2 * (np.quantile(one, 0.95) - np.quantile(one, 0.05)), rel=1e-4
    )
    assert widths[1] < 0.8 * widths[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"paths": np.zeros((2, 1, 4), np.float32)}, "paths have shape"),
        ({"members": np.ones((1, 3), bool)}, "members have shape"),
        ({"usual": np.ones((2, 2))}, "usual has shape"),
        ({"is_told": np.ones((1, 1), bool)}, "is_told has shape"),
        ({"usual": np.array([[1.0], [-1.0]])}, "not negative"),
        ({"usual": np.array([[1.0], [np.nan]])}, "finite"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message) -> None:
    given = {
        "paths": np.zeros((2, 1, 1, 4), np.float32),
        "members": np.ones((1, 2), bool),
        "usual": np.ones((2, 1)),
        "is_told": np.ones((2, 1), bool),
    }
    with pytest.raises(ValueError, match=message):
        total_paths(**{**given, **changes})
