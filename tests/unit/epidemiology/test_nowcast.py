"""The reporting triangle, what it says about delays and corrections, and the completed counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_epidemics import REPORT_DAYS, REPORTING, late_reports
from vigie.epidemiology.delays import ReportingHazards, share_reported
from vigie.epidemiology.nowcast import (
    ReportTriangle,
    nowcast_alone,
    report_triangle,
    reporting_hazards,
)
from vigie.paths import QUANTILE_LEVELS, log_wis


def slow_triangle(rows, places, days, delays):
    """What was known of each day after each delay, one cell after the other."""
    out = np.full((places, days, delays), np.nan)
    for place in range(places):
        for day in range(days):
            own = [row for row in rows if row[0] == place and row[1] == day and row[2] < days]
            last_row = max(own, key=lambda row: row[2], default=(0, 0, 0, np.nan))
            if np.isnan(last_row[3]):
                continue
            for delay in range(delays):
                if day + delay > days - 1:
                    continue
                last = days - 1 if delay == delays - 1 else day + delay
                known = [row for row in own if row[2] <= last]
                newest = max(known, key=lambda row: row[2], default=None)
                missing = newest is None or np.isnan(newest[3])
                out[place, day, delay] = 0.0 if missing else newest[3]
    return out


rows_of_revisions = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(-1, 9),
        st.integers(-1, 11),
        st.one_of(st.just(np.nan), st.integers(0, 50).map(float)),
    ),
    max_size=40,
    unique_by=lambda row: row[:3],
)


@settings(max_examples=150, deadline=None)
@given(rows=rows_of_revisions, delays=st.integers(1, 6))
def test_the_triangle_is_that_of_a_slow_search(rows, delays):
    columns = np.array(rows, dtype=float).reshape(-1, 4)
    place, day, known = columns[:, :3].astype(int).T
    found = report_triangle(place, day, known, columns[:, 3], places=2, days=9, delays=delays)
    expected = slow_triangle(rows, 2, 9, delays)
    assert np.array_equal(found.reported, expected, equal_nan=True)


@settings(max_examples=50, deadline=None)
@given(rows=rows_of_revisions, cut=st.integers(1, 8))
def test_what_became_known_later_changes_nothing(rows, cut):
    columns = np.array(rows, dtype=float).reshape(-1, 4)
    place, day, known = columns[:, :3].astype(int).T

    def seen_by(chosen):
        given_rows = columns[chosen]
        return report_triangle(
            place[chosen],
            day[chosen],
            known[chosen],
            given_rows[:, 3],
            places=2,
            days=cut,
            delays=1,
        ).reported

    assert np.array_equal(seen_by(known < cut), seen_by(known < 99), equal_nan=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": np.array([-1.0])}, "negative or infinite"),
        ({"value": np.array([np.inf])}, "negative or infinite"),
        ({"place": np.array([7])}, "not among 0 to 1"),
        ({"delays": 20}, "20 delays for 9 days"),
        ({"value": np.array([1.0, 2.0])}, "differ in length"),
    ],
)
def test_revisions_that_cannot_be_are_refused(change, message):
    given_rows = {
        "place": np.array([0]),
        "reference_day": np.array([0]),
        "known_day": np.array([0]),
        "value": np.array([1.0]),
        "places": 2,
        "days": 9,
        "delays": 3,
    } | change
    with pytest.raises(ValueError, match=message):
        report_triangle(**given_rows)


def made_triangle(places=12, days=90, seed=1, mean=40.0):
    rng = np.random.default_rng(seed)
    wave = mean * np.exp(0.4 * np.sin(np.arange(days) / 12))
    counts = rng.poisson(wave, (places, days)).astype(float)
    cells = [late_reports(rng, each) for each in counts]
    reported = np.stack([np.where(c.is_known, np.cumsum(c.counts, 1), np.nan) for c in cells])
    return ReportTriangle(reported), counts


def test_delays_of_reports_are_found_again():
    triangle, _ = made_triangle(places=30)
    share = reporting_hazards(triangle).expected_share()
    truth = np.cumsum(REPORTING.probability)
    assert np.abs(share.mean(axis=0) - truth).max() < 0.01
    assert np.allclose(share[:, -1], 1)
    assert (np.diff(share, axis=1) >= 0).all()


def test_a_small_place_is_pulled_towards_all_others():
    triangle, _ = made_triangle(places=8)
    tiny = triangle.reported[:1] * 0.0
    tiny[0, -20, 10:] = 1.0  # its only report came after 10 days
    tiny = np.where(np.isnan(triangle.reported[:1]), np.nan, tiny)
    both = ReportTriangle(np.concatenate([triangle.reported, tiny]))
    share = reporting_hazards(both).expected_share()
    assert abs(share[-1, 3] - share[:-1, 3].mean()) < 0.1


def test_shares_are_products_of_what_is_not_late():
    missed = np.log([0.1, 0.5, 0.8, 0.9])
    assert np.allclose(share_reported(missed), [0.36, 0.72, 0.9, 1.0])


def test_a_nowcast_completes_and_is_never_below_what_is_reported():
    triangle, counts = made_triangle(places=30)
    hazards = reporting_hazards(triangle)
    paths = nowcast_alone(triangle.latest(), hazards, 400, np.random.default_rng(2))
    last = triangle.latest()[:, -REPORT_DAYS:]
    assert paths.shape == (30, REPORT_DAYS, 400)
    assert (paths >= last[..., None]).all()
    truth = counts[:, -10:]
    quantiles = np.moveaxis(np.quantile(paths[:, -10:], QUANTILE_LEVELS, axis=-1), 0, -1)
    raw = np.repeat(last[:, -10:, None], len(QUANTILE_LEVELS), axis=2)
    ours, theirs = (log_wis(q, truth, QUANTILE_LEVELS).mean() for q in (quantiles, raw))
    assert ours < 0.25 * theirs
    low, high = np.quantile(paths[:, -10:], [0.05, 0.95], axis=-1)
    assert 0.85 <= ((low <= truth) & (truth <= high)).mean() <= 0.98


def test_corrections_downwards_pull_a_nowcast_below_what_is_reported():
    triangle, counts = made_triangle(places=10, days=80, mean=200.0)
    latest = triangle.reported.copy()
    # After 5 days a fifth of what was reported until then is taken back.
    latest[:, :, 5:] = np.floor(0.8 * latest[:, :, 5:])
    corrected = ReportTriangle(latest)
    assert (corrected.corrections() > 0).all()
    assert (triangle.corrections() == 0).all()
    hazards = reporting_hazards(corrected)
    assert np.allclose(hazards.expected_standing()[:, 10:], 1.0, atol=0.01)
    paths = nowcast_alone(corrected.latest(), hazards, 300, np.random.default_rng(0))
    # The day with 4 days of reports: nearly all are there, and a fifth will be taken back.
    assert (np.median(paths[:, -5], axis=-1) < corrected.latest()[:, -5]).all()
    truth = np.floor(0.8 * counts[:, -REPORT_DAYS:])
    low, high = np.quantile(paths, [0.05, 0.95], axis=-1)
    assert ((low <= truth) & (truth <= high)).mean() > 0.8


def test_offices_closed_at_weekends_are_known_by_their_weekday():
    days, rng = 97, np.random.default_rng(3)
    counts = rng.poisson(600, (20, days)).astype(float)
    cells = np.stack([late_reports(rng, each).counts for each in counts])
    # What would be reported on a Saturday or Sunday comes on the Monday after; day 0 is a Monday.
    moved = np.zeros((20, days, REPORT_DAYS + 2))
    for delay in range(REPORT_DAYS):
        weekday = (np.arange(days) + delay) % 7
        later = np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))
        for shift in range(3):
            moved[:, later == shift, delay + shift] += cells[:, later == shift, delay]
    # The last day is a Saturday (day 96): nothing of the last two days was reported on it.
    known = np.arange(days)[:, None] + np.arange(REPORT_DAYS + 2) <= days - 1
    triangle = ReportTriangle(np.where(known, np.cumsum(moved, axis=2), np.nan))
    blind, aware = reporting_hazards(triangle), reporting_hazards(triangle, first_weekday=0)
    assert blind.report_factor is None
    assert aware.report_factor is not None
    assert aware.report_factor[1, 1] < 0.1  # of a Friday, reported on the Saturday
    assert aware.report_factor[1, 3] > 1.5  # on the Monday
    errors = []
    for hazards in (blind, aware):
        paths = nowcast_alone(triangle.latest(), hazards, 400, np.random.default_rng(0))
        # The last day is all prior in both; Friday and the days before have reports.
        middle = np.median(paths[:, -7:-1], axis=-1)
        errors.append(np.abs(middle / counts[:, -7:-1] - 1).mean())
    assert errors[1] < 0.85 * errors[0]


def test_a_weekday_of_reports_that_does_not_matter_is_left_aside():
    triangle, _ = made_triangle(places=6)
    assert reporting_hazards(triangle, first_weekday=0).report_factor is None


def test_a_day_without_any_report_is_completed_and_not_zero():
    triangle, _ = made_triangle(places=4)
    counts = triangle.latest()
    counts[1, -3] = np.nan
    paths = nowcast_alone(counts, reporting_hazards(triangle), 300, np.random.default_rng(0))
    assert np.isfinite(paths).all()
    assert np.median(paths[1, -3]) > 5


@pytest.mark.parametrize(
    ("hits", "misses", "message"),
    [
        (np.ones((1, 3)), np.ones((1, 2)), "expected"),
        (np.ones((1, 3)), np.array([[1.0, -1.0, 1.0]]), "missing or negative"),
        (np.zeros((1, 3)), np.zeros((1, 3)), "no prior and no data"),
    ],
)
def test_hazards_that_cannot_be_are_refused(hits, misses, message):
    with pytest.raises(ValueError, match=message):
        ReportingHazards(hits, misses)


def test_a_triangle_without_reports_is_refused():
    with pytest.raises(ValueError, match="nothing was reported"):
        reporting_hazards(ReportTriangle(np.full((2, 20, 4), np.nan)))


def test_a_series_shorter_than_its_delays_is_refused():
    triangle, _ = made_triangle(places=2)
    hazards = reporting_hazards(triangle)
    with pytest.raises(ValueError, match="give more days"):
        nowcast_alone(triangle.latest()[:, -10:], hazards, 50, np.random.default_rng(0))
