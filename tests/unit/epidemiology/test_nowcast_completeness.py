"""How much of the last days is known by now, and counts completed for what is to come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.epidemiology.nowcast import (
    COMPLETE_SHARE,
    READABLE_SHARE,
    ReportTriangle,
    completed,
    known_share,
)

SHARE_BY_DELAY = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
DELAYS = 21


def triangle_of(new: np.ndarray, delays: int = DELAYS) -> ReportTriangle:
    """The triangle of reports that come new, (place, day, delay), as known on the last day."""
    places, days, count = new.shape
    reported = np.zeros((places, days, delays))
    reported[:, :, :count] = new.cumsum(axis=2)
    reported[:, :, count:] = reported[:, :, count - 1 : count]
    known = np.arange(days)[:, None] + np.arange(delays) <= days - 1
    return ReportTriangle(np.where(known, reported, np.nan))


def reports(seed: int, mean: float, share: np.ndarray = SHARE_BY_DELAY, places: int = 5):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(mean, (places, 80))
    return np.array([[rng.multinomial(n, share) for n in row] for row in counts], dtype=float)


def test_the_share_known_grows_with_age_to_what_the_delays_say() -> None:
    found = known_share(triangle_of(reports(1, 40.0)))
    assert found is not None
    expected = SHARE_BY_DELAY.cumsum()
    assert np.abs(found[:, : len(expected)] - expected).max() < 0.04
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found[:, -1] == 1).all()


def test_a_place_with_own_evidence_keeps_its_own_delays_and_a_silent_one_those_of_all() -> None:
    new = reports(2, 40.0)
    quick = np.zeros(5)
    quick[0] = 1.0
    new[0] = reports(3, 40.0, quick)[0]
    new[1] = 0.0
    found = known_share(triangle_of(new))
    assert found is not None
    assert found[0, 0] > 0.95
    assert abs(found[2, 0] - 0.5) < 0.05
    assert 0.5 < found[1, 0] < 0.75


def test_counts_that_never_grow_are_complete() -> None:
    whole = np.zeros(5)
    whole[0] = 1.0
    assert known_share(triangle_of(reports(4, 40.0, whole))) is None
    assert known_share(ReportTriangle(np.full((2, 30, 21), np.nan))) is None


def test_a_few_late_corrections_leave_counts_complete() -> None:
    new = reports(5, 40.0, np.array([1.0, 0, 0, 0, 0]))
    new[:, ::15, 3] += 1.0
    assert known_share(triangle_of(new)) is None


@pytest.mark.parametrize("mean", [0.3, 1.0, 3.0])
def test_small_counts_are_not_read_as_slower_than_they_are(mean: float) -> None:
    found = [known_share(triangle_of(reports(seed, mean))) for seed in range(20)]
    shares = np.array([each.mean(axis=0)[:5] for each in found if each is not None])
    assert len(shares) == 20
    assert np.abs(shares.mean(axis=0) - SHARE_BY_DELAY.cumsum()).max() < 0.06


def test_reports_that_are_taken_back_make_a_count_more_complete() -> None:
    new = reports(6, 60.0)
    grown = known_share(triangle_of(new))
    new[:, :, 4] -= np.round(0.15 * new[:, :, :4].sum(axis=2))
    mended = known_share(triangle_of(new))
    assert grown is not None
    assert mended is not None
    assert (mended[:, 0] > grown[:, 0] + 0.02).all()
    assert mended.max() <= 1


def test_offices_closed_on_a_day_make_the_days_before_less_complete() -> None:
    new = reports(7, 60.0)
    # Nothing is reported on Sundays: it waits for Monday.
    for day in range(80):
        for delay in range(4):
            if (day + delay) % 7 == 6:
                new[:, day, delay + 1] += new[:, day, delay]
                new[:, day, delay] = 0.0
    # The last day, number 76, is a Sunday (the first is a Monday), then 77, a Monday.
    sunday = known_share(triangle_of(new[:, :77]), first_weekday=0)
    monday = known_share(triangle_of(new[:, :78]), first_weekday=0)
    assert sunday is not None
    assert monday is not None
    assert sunday[0, 1] < monday[0, 1] - 0.1


@settings(max_examples=100, deadline=None)
@given(
    reported=st.lists(st.one_of(st.just(np.nan), st.floats(-5, 1e6)), min_size=1, max_size=20),
    seed=st.integers(0, 1000),
)
def test_a_completed_count_is_never_below_what_is_reported(reported, seed) -> None:
    values = np.array(reported)
    share = np.random.default_rng(seed).uniform(0, 1, len(values))
    found = completed(values, share)
    told = np.isfinite(found)
    assert (told == (np.isfinite(values) & (share >= READABLE_SHARE))).all()
    assert (found[told] >= values[told]).all()
    whole = told & (share >= COMPLETE_SHARE)
    assert (found[whole] == values[whole]).all()
    assert (found[told] <= np.maximum(values[told] / READABLE_SHARE, values[told])).all()
