"""Triangles in which no report is no news: first reports say nothing of delays, totals add up."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.epidemiology.nowcast import (
    ReportTriangle,
    nowcast_alone,
    report_triangle,
    reporting_hazards,
)

DAYS, DELAYS = 40, 6
SHARE = np.array([0.5, 0.25, 0.1, 0.08, 0.05, 0.02])

rows_of_revisions = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 8),
        st.integers(0, 8),
        st.one_of(st.just(np.nan), st.integers(0, 50).map(float)),
    ),
    max_size=40,
    unique_by=lambda row: row[:3],
)


def triangle_of(rows: np.ndarray, places: int, days: int, *, keeps_gaps: bool) -> ReportTriangle:
    place, day, known = rows[:, :3].astype(int).T
    return report_triangle(
        place,
        day,
        known,
        rows[:, 3],
        places=places,
        days=days,
        delays=min(DELAYS, days),
        keeps_gaps=keeps_gaps,
    )


def daily_reports(
    seed: int, places: int = 4, loaded_on: int = 20, mean: float = 40.0
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of revisions, the days before ``loaded_on`` sent on that day, and the final counts."""
    rng = np.random.default_rng(seed)
    cells = rng.multinomial(rng.poisson(mean, (places, DAYS)), SHARE)
    rows = [
        (place, day, known, cells[place, day, : known - day + 1].sum())
        for place in range(places)
        for day in range(DAYS)
        for known in range(max(day, loaded_on), min(day + DELAYS, DAYS))
        if known < day + DELAYS
    ]
    rows += [
        (place, day, loaded_on, cells[place, day].sum())
        for place in range(places)
        for day in range(loaded_on - DELAYS + 1)
    ]
    return np.array(rows, dtype=float), cells.sum(axis=2)


@settings(max_examples=100, deadline=None)
@given(rows=rows_of_revisions)
def test_gaps_are_the_cells_before_the_first_report_and_while_it_is_taken_back(
    rows: list[tuple[int, int, int, float]],
) -> None:
    table = np.array(rows, dtype=float).reshape(-1, 4)
    kept = triangle_of(table, 2, 9, keeps_gaps=True).reported
    zeros = triangle_of(table, 2, 9, keeps_gaps=False).reported
    is_gap = np.isnan(kept) & np.isfinite(zeros)
    assert (zeros[is_gap] == 0).all()
    assert np.array_equal(kept[~is_gap], zeros[~is_gap], equal_nan=True)
    for place, day, delay in np.argwhere(is_gap).tolist():
        until = 8 if delay == kept.shape[2] - 1 else day + delay
        told = [row for row in rows if row[:2] == (place, day) and row[2] <= until]
        assert not told or np.isnan(max(told, key=lambda row: row[2])[3])


def test_a_load_of_old_figures_is_not_read_as_delays() -> None:
    rows, _ = daily_reports(1, places=12)
    truth = np.cumsum(SHARE)
    kept, zeros = (
        reporting_hazards(triangle_of(rows, 12, DAYS, keeps_gaps=each)).expected_share()
        for each in (True, False)
    )
    assert np.abs(kept.mean(axis=0) - truth).max() < 0.02
    # Read as if nothing had happened before the load, it looks like reports that are weeks late.
    assert np.abs(zeros.mean(axis=0) - truth).max() > 0.2


def test_late_reports_of_a_total_are_those_of_its_places_together() -> None:
    rows, _ = daily_reports(2, places=3)
    triangle = triangle_of(rows, 3, DAYS, keeps_gaps=True)
    summed = ReportTriangle(triangle.reported.sum(axis=0, keepdims=True))
    members = np.ones((1, 3), dtype=bool)
    total = reporting_hazards(triangle, members=members)
    alone = reporting_hazards(summed)
    assert np.allclose(total.hits, alone.hits)
    assert np.allclose(total.misses, alone.misses)


def test_each_series_as_a_place_of_its_own_changes_nothing() -> None:
    rows, _ = daily_reports(3, places=4)
    triangle = triangle_of(rows, 4, DAYS, keeps_gaps=True)
    one = reporting_hazards(triangle, 2)
    other = reporting_hazards(triangle, 2, np.eye(4, dtype=bool))
    assert np.allclose(one.expected_share(), other.expected_share())


def test_a_day_of_which_a_place_is_silent_does_not_blur_the_total() -> None:
    rows, _ = daily_reports(4, places=3)
    silent = (rows[:, 0] == 2) & (rows[:, 1] > 30) & (rows[:, 2] < rows[:, 1] + 3)
    triangle = triangle_of(rows[~silent], 3, DAYS, keeps_gaps=True)
    share = reporting_hazards(triangle, members=np.ones((1, 3), dtype=bool)).expected_share()
    assert np.abs(share[0] - np.cumsum(SHARE)).max() < 0.03


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), mean=st.sampled_from([0.5, 5.0, 80.0]))
def test_a_nowcast_is_never_below_what_is_reported_unless_reports_are_taken_back(
    seed: int, mean: float
) -> None:
    rows, _ = daily_reports(seed, mean=mean)
    triangle = triangle_of(rows, 4, DAYS, keeps_gaps=True)
    hazards = reporting_hazards(triangle, 0)
    assert hazards.stood is None
    paths = nowcast_alone(triangle.latest(), hazards, 50, np.random.default_rng(seed))
    assert (paths >= triangle.latest()[:, -DELAYS:, None]).all()
    assert np.isfinite(paths).all()


def test_reports_that_are_taken_back_may_bring_it_below() -> None:
    rows, _ = daily_reports(5)
    taken = rows.copy()
    # A tenth is a duplicate, found after three days.
    is_early = taken[:, 2] - taken[:, 1] < 3
    taken[is_early, 3] = np.round(1.25 * taken[is_early, 3])
    triangle = triangle_of(taken, 4, DAYS, keeps_gaps=True)
    hazards = reporting_hazards(triangle)
    assert hazards.stood is not None
    assert (hazards.expected_standing()[:, 2] < 0.95).all()
    paths = nowcast_alone(triangle.latest(), hazards, 300, np.random.default_rng(5))
    assert (paths < triangle.latest()[:, -DELAYS:, None]).any()
