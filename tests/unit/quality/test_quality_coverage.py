"""Totals with missing places: sums, counts, changes and the completed estimate."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.quality import coverage
from vigie.schemas import COVERAGE, MEASURES, PLACES

START = date(2026, 9, 1)
Row = tuple[str, str, int, float | None]
Answer = dict[tuple[str, str, int], dict[str, object]]


def place(name: str, kind: str, parent: str, **dates: date) -> dict[str, object]:
    return {"place": name, "name": name, "kind": kind, "parent": parent, **dates}


def places(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=PLACES.arrow_schema())


def region_of(sites: int) -> pa.Table:
    rows = [place(f"s{number:02}", "site", "r") for number in range(sites)]
    return places(place("n", "nation", ""), place("r", "region", "n"), *rows)


TREE = places(
    place("n", "nation", ""),
    place("east", "region", "n"),
    place("west", "region", "n"),
    *(place(name, "site", "east") for name in ("a", "b", "c")),
    place("d", "site", "west"),
    place("d1", "unit", "d"),
)


def measure(**changes: object) -> pa.Table:
    row = {
        "measure": "m",
        "name_en": "m",
        "name_fr": "m",
        "unit": "u",
        "kind": "level",
        "step": "day",
        "over_places": "sum",
        "minimum": 0.0,
        "tolerance": 0.05,
    }
    return pa.Table.from_pylist([row | changes], schema=MEASURES.arrow_schema())


def ruled(rows: list[Row]) -> pa.Table:
    return pa.table(
        {
            "measure": pa.array(["m"] * len(rows), pa.string()),
            "place": pa.array([row[0] for row in rows], pa.string()),
            "category": pa.array([row[1] for row in rows], pa.string()),
            "reference_date": pa.array([START + timedelta(row[2]) for row in rows], pa.date32()),
            "value": pa.array([row[3] for row in rows], pa.float64()),
        }
    )


def totals(
    rows: list[Row],
    tree: pa.Table = TREE,
    known: pa.Table | None = None,
    *,
    completed_from: int = 0,
    since: int | None = None,
) -> Answer:
    table = coverage(
        ruled(rows),
        measure() if known is None else known,
        tree,
        completed_since=START + timedelta(completed_from),
        since=None if since is None else START + timedelta(since),
    )
    assert ("run", *table.schema.names) == COVERAGE.names
    return {
        (row["place"], row["category"], (row["reference_date"] - START).days): row
        for row in table.to_pylist()
    }


def test_a_place_that_did_not_report_is_counted_as_missing_and_never_as_zero() -> None:
    answer = totals([("a", "", 0, 10), ("b", "", 0, 20), ("a", "", 1, 12), ("b", "", 1, None)])
    row = answer["east", "", 1]
    assert (row["value"], row["reported"], row["expected"]) == (12, 1, 2)
    assert row["completed"] == pytest.approx(12 + 24, rel=0.1)
    assert row["completed_low"] < row["completed"] < row["completed_high"]  # type: ignore[operator]


def test_a_reported_zero_is_a_value() -> None:
    row = totals([("a", "", 0, 0.0), ("b", "", 0, 5)])["east", "", 0]
    assert (row["value"], row["reported"], row["expected"]) == (5, 2, 2)


def test_a_day_on_which_nobody_reported_has_no_value_and_no_estimate() -> None:
    row = totals([("a", "", 0, 1), ("a", "", 2, 1)])["n", "", 1]
    assert (row["value"], row["reported"], row["expected"]) == (None, 0, 1)
    assert (row["completed"], row["completed_low"]) == (None, None)


def test_with_nobody_missing_the_completed_estimate_is_the_value() -> None:
    row = totals([("a", "", 0, 3), ("d", "", 0, 4)])["n", "", 0]
    assert {row["completed"], row["completed_low"], row["completed_high"]} == {7}


def test_a_change_compares_only_places_present_on_both_days() -> None:
    rows: list[Row] = [("a", "", 0, 10), ("b", "", 0, 100), ("a", "", 7, 15), ("c", "", 7, 999)]
    row = totals(rows)["n", "", 7]
    assert (row["change_7"], row["change_places"]) == (pytest.approx(0.5), 1)
    assert totals(rows)["n", "", 0]["change_7"] is None


def test_sites_that_close_or_move_count_where_they_are_on_the_day() -> None:
    day = START + timedelta(1)
    tree = places(
        place("east", "region", ""),
        place("west", "region", ""),
        place("a", "site", "east", valid_to=day),
        place("a", "site", "west", valid_from=day),
        place("b", "site", "east", valid_to=day),
        place("c", "site", "east"),
    )
    answer = totals([(name, "", day, 1) for name in "abc" for day in (0, 1)], tree)
    assert [answer["east", "", day]["expected"] for day in (0, 1)] == [3, 1]
    assert answer["west", "", 1]["value"] == 1
    assert ("west", "", 0) not in answer


def test_a_total_adds_up_sites_only_and_never_their_units_or_regions_again() -> None:
    rows: list[Row] = [("d", "", 0, 5), ("d1", "", 0, 5), ("west", "", 0, 5), ("n", "", 0, 5)]
    assert totals(rows)["n", "", 0]["value"] == 5


def test_a_measure_of_regions_adds_up_regions() -> None:
    answer = totals([("east", "", 0, 2), ("west", "", 0, 3), ("n", "", 0, 9)])
    assert answer["n", "", 0]["value"] == 5
    assert (answer["east", "", 0]["reported"], answer["east", "", 0]["expected"]) == (1, 1)


def test_means_are_means_and_measures_that_do_not_add_up_are_only_counted() -> None:
    rows: list[Row] = [("a", "", 0, 0.5), ("b", "", 0, 0.9), ("a", "", 1, 0.6)]
    mean = totals(rows, known=measure(kind="share", over_places="mean", maximum=1.0))
    assert mean["east", "", 0]["value"] == pytest.approx(0.7)
    assert mean["east", "", 1]["value"] == pytest.approx(0.6)
    assert mean["east", "", 1]["completed_high"] <= 1  # type: ignore[operator]
    none = totals(rows, known=measure(over_places="none"))["east", "", 1]
    assert (none["value"], none["completed"], none["change_7"]) == (None, None, None)
    assert (none["reported"], none["expected"]) == (1, 2)


def test_a_measure_by_week_has_the_days_of_its_reports_only() -> None:
    answer = totals([("a", "", 0, 4), ("a", "", 7, 6)], known=measure(step="week"))
    assert sorted({day for _, _, day in answer}) == [0, 7]
    assert answer["n", "", 7]["change_7"] == pytest.approx(0.5)


def test_since_and_completed_since_leave_days_and_estimates_out() -> None:
    rows: list[Row] = [("a", "", day, 1) for day in range(4)]
    answer = totals(rows, since=1, completed_from=3)
    assert sorted(day for place, _, day in answer if place == "n") == [1, 2, 3]
    assert [answer["n", "", day]["completed"] for day in (1, 2, 3)] == [None, None, 1]


def test_no_facts_give_an_empty_table() -> None:
    assert totals([]) == {}
    assert totals([("a", "", 0, None)]) == {}


VALUES = st.one_of(st.none(), st.integers(0, 50).map(float))
KEYS = st.tuples(
    st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["", "icu"]), st.integers(0, 9)
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=40))
def test_totals_equal_the_slow_recomputation(said: dict[tuple[str, str, int], float]) -> None:
    answer = totals([(*key, value) for key, value in said.items()])
    known = {key: value for key, value in said.items() if value is not None}
    within = {"n": "abcd", "east": "abc", "west": "d"}
    days = {day for _, _, day in known}
    expected_rows = set()
    for total, sites in within.items():
        for category in ("", "icu"):
            ever = {site for site, which, _ in known if which == category and site in sites}
            for day in range(min(days, default=0), max(days, default=-1) + 1) if ever else ():
                expected_rows.add((total, category, day))
                row = answer[total, category, day]
                now = {s: known[s, category, day] for s in ever if (s, category, day) in known}
                before = {
                    s: known[s, category, day - 7] for s in now if (s, category, day - 7) in known
                }
                assert row["reported"] == len(now)
                assert row["expected"] == len(ever)
                assert row["value"] == (sum(now.values()) if now else None)
                assert row["change_places"] == len(before)
                if sum(before.values()) > 0:
                    share = sum(now[s] for s in before) / sum(before.values()) - 1
                    assert row["change_7"] == pytest.approx(share)
                else:
                    assert row["change_7"] is None
                if now:
                    low, middle, high = (row[f"completed{end}"] for end in ("_low", "", "_high"))
                    assert sum(now.values()) - 1e-9 <= low <= middle <= high  # type: ignore[operator]
    assert set(answer) == expected_rows


def simulated(kind: str, rng: np.random.Generator) -> np.ndarray:
    """(days, sites) of a wave over 40 sites of different size; flows with a weekday effect."""
    day = np.arange(120)
    size = 20 * np.exp(rng.normal(0, 0.7, 40))
    level = size * np.exp(0.8 * np.sin(day / 20))[:, None]
    if kind == "flow":
        weekday = np.array([1, 1.1, 1, 1, 1, 0.6, 0.5])[day % 7][:, None]
        return rng.poisson(level * weekday).astype(float)
    steps = rng.normal(0, 0.3, level.shape) * np.sqrt(level)
    return np.maximum(level + 0.9 * np.cumsum(steps, axis=0) / 3, 0)


@pytest.mark.parametrize("kind", ["level", "flow"])
def test_the_estimate_is_near_the_truth_and_its_range_holds_it(kind: str) -> None:
    errors, naive, held = [], [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        truth = simulated(kind, rng)
        told = rng.random(truth.shape) > 0.15
        told[-10:, rng.integers(0, 40, 3)] = False
        rows: list[Row] = [
            (f"s{site:02}", "", int(day), float(truth[day, site]))
            for day, site in zip(*np.nonzero(told), strict=True)
        ]
        answer = totals(rows, region_of(40), measure(kind=kind), completed_from=60)
        for day in range(60, 120):
            row = answer["n", "", day]
            total = truth[day].sum()
            errors.append(abs(row["completed"] / total - 1))  # type: ignore[operator]
            scaled = row["value"] * row["expected"] / row["reported"]  # type: ignore[operator]
            naive.append(abs(scaled / total - 1))
            held.append(row["completed_low"] <= total <= row["completed_high"])  # type: ignore[operator]
    assert np.mean(errors) < 0.5 * np.mean(naive)
    assert 0.75 < np.mean(held) < 0.99


def test_a_place_silent_for_months_is_estimated_from_its_peers_with_a_wide_range() -> None:
    rows: list[Row] = [
        (f"s{site:02}", "", day, 10.0 + site) for site in range(9) for day in range(60)
    ]
    answer = totals([*rows, ("s09", "", 0, 50)], region_of(10), completed_from=59)
    row = answer["n", "", 59]
    assert row["completed"] == pytest.approx(126 + 14, abs=1)
    assert row["completed_high"] - row["completed_low"] > 5  # type: ignore[operator]


def test_the_next_report_is_used_where_none_was_before() -> None:
    rows: list[Row] = [(f"s{site:02}", "", day, 10.0) for site in range(6) for day in range(9)]
    answer = totals([*rows, ("s06", "", 8, 30)], region_of(7))
    assert answer["n", "", 0]["completed"] == pytest.approx(90, rel=0.02)
