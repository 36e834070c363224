"""Epidemic admissions are told as a reporting triangle: partly, then more, seldom less."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.demoregion import DemoRegion, FeedReport
from vigie.demoregion.reporting_triangle import LONGEST_CODING_DAYS, Coding, report_triangle

MONDAY = date(2020, 9, 7)
PROMPT = Coding(silent_share=0.0, outage_share=0.0, missing_share=0.0, mistaken_share=0.0)


def reported(true: np.ndarray, coding: Coding, *, rests: bool = False, seed: int = 1) -> FeedReport:
    places = [f"p{number}" for number in range(true.shape[1])]
    return report_triangle(
        np.random.default_rng(seed),
        "feed",
        "patients",
        places,
        true,
        np.full(true.shape[1], rests),
        coding,
        MONDAY,
    )


def versions(table: pa.Table, measure: str) -> dict[tuple[str, date], list[tuple[int, int]]]:
    """(days until it was known, figure) of every row, in order of export."""
    found = defaultdict(list)
    for row in table.to_pylist():
        days = (row["known_at"].date() - row["reference_date"]).days
        found[row["place"], row["reference_date"]].append((days, row[measure]))
    return found


def test_most_patients_are_told_the_next_morning_and_the_others_over_days() -> None:
    true = np.full((200, 5), 40)
    told = versions(reported(true, PROMPT).table, "patients")
    old = [rows for (_, day), rows in told.items() if day < MONDAY + timedelta(days=180)]
    first = [rows[0] for rows in old]

    assert {days for days, _ in first} == {1}
    assert 0.75 < np.mean([value for _, value in first]) / 40 < 0.85
    assert all(rows[-1][1] == 40 for rows in old)
    assert all(rows[-1][0] <= LONGEST_CODING_DAYS + 1 for rows in old)
    assert 3 <= max(len(rows) for rows in old) <= LONGEST_CODING_DAYS + 1


def test_the_last_days_are_not_complete_and_declared_as_undercounts() -> None:
    true = np.full((60, 5), 40)
    report = reported(true, PROMPT)
    told = versions(report.table, "patients")
    low = {key for key, rows in told.items() if rows[-1][1] < 40}
    flaws = report.flaws.to_pylist()

    assert {(flaw["place"], flaw["reference_date"]) for flaw in flaws} == low
    assert {flaw["kind"] for flaw in flaws} == {"undercount"}
    assert low >= {(f"p{number}", MONDAY + timedelta(days=59)) for number in range(5)}
    assert min(day for _, day in low) >= MONDAY + timedelta(days=60 - LONGEST_CODING_DAYS)


def test_a_place_that_rests_at_weekends_tells_of_them_on_monday() -> None:
    told = versions(reported(np.full((70, 3), 40), PROMPT, rests=True).table, "patients")
    sent = {
        (day + timedelta(days=days)).weekday()
        for (_, day), rows in told.items()
        for days, _ in rows
    }
    saturdays = [rows[0] for (_, day), rows in told.items() if day.weekday() == 5]

    assert sent == {0, 1, 2, 3, 4}
    assert {days for days, _ in saturdays} == {2}


def test_one_patient_too_many_is_taken_back() -> None:
    coding = Coding(1.0 - 1e-9, silent_share=0.0, outage_share=0.0, mistaken_share=0.5)
    told = versions(reported(np.full((60, 5), 10), coding).table, "patients")
    old = [rows for (_, day), rows in told.items() if day < MONDAY + timedelta(days=50)]
    taken_back = [rows for rows in old if rows[0][1] == 11]

    assert 0.4 < len(taken_back) / len(old) < 0.6
    assert all([value for _, value in rows] == [11, 10] for rows in taken_back)


@settings(max_examples=30, deadline=None)
@given(
    days=st.integers(14, 40),
    places=st.integers(1, 4),
    mean=st.sampled_from([0.0, 0.3, 5.0, 60.0]),
    seed=st.integers(0, 2**32 - 1),
    rests=st.booleans(),
)
def test_last_row_is_the_truth_apart_from_declared_flaws(
    days: int, places: int, mean: float, seed: int, rests: bool
) -> None:
    true = np.random.default_rng(seed).poisson(mean, (days, places))
    habits = Coding(silent_share=0.1, outage_share=0.02, missing_share=0.05, mistaken_share=0.1)
    report = reported(true, habits, rests=rests, seed=seed)
    told = versions(report.table, "patients")
    last = {key: rows[-1][1] for key, rows in told.items()}
    flaws = {(f["place"], f["reference_date"]): f for f in report.flaws.to_pylist()}
    whole = {
        (f"p{place}", MONDAY + timedelta(days=day)): int(true[day, place])
        for day in range(days)
        for place in range(places)
    }

    assert all(value >= 0 for rows in told.values() for _, value in rows)
    assert all(a[1] != b[1] for rows in told.values() for a, b in pairwise(rows))
    for key, value in whole.items():
        flaw = flaws.get(key)
        if flaw is None:
            assert last[key] == value
        elif flaw["kind"] in {"missing", "late"}:
            assert key not in last
        else:
            assert last[key] == flaw["reported"]
            assert (flaw["kind"] == "undercount") == (last[key] < value)
            assert last[key] != value


def test_a_new_feed_draws_last_so_that_files_of_the_others_stay(wide_region: DemoRegion) -> None:
    assert [report.name for report in wide_region.reports][-3:] == [
        "epidemic_admissions",
        "lots",
        "planned_shifts",
    ]
