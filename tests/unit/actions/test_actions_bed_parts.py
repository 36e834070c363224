"""Entries by cause, bookings and waits as a room declares them; regional totals; what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.actions.given_figures import AS_OF, rule_of
from vigie.actions.forecasts.bed_entries import entries_beside, placed_entries
from vigie.actions.forecasts.bed_parts import REST, flow_rules, kind_notes, told_apart
from vigie.actions.forecasts.bookings import booked_entries
from vigie.actions.forecasts.forecasting import History
from vigie.actions.rooms.room import FlowRule

DATES = np.datetime64(AS_OF, "D") - np.arange(1, 61)[::-1]
RULE = FlowRule(elective="planned", booked="booked", booked_days=5)


def daily(
    name: str, values: object, places: tuple[str, ...] = ("A", "B"), kind: str = "flow"
) -> History:
    """60 days up to yesterday; ``values`` are one a place."""
    levels = np.array(values, dtype=float)[:, None, None]
    grid = np.broadcast_to(levels, (len(places), 1, len(DATES))).copy()
    return History(name, kind, "day", places, ("icu",), DATES, grid, AS_OF, np.inf)


BEDS = daily("beds", [20, 40], kind="level")
CAME = daily("came", [4, 10])


def listed(
    rows: list[tuple[str, int, float | None]], *, sent_days_ago: int = 0, ward: str = "icu"
) -> pa.Table:
    """A list of bookings: place, days from the day of the run, patients."""
    sent = datetime.combine(AS_OF - timedelta(days=sent_days_ago), datetime.min.time(), UTC)
    return pa.table(
        {
            "place": [place for place, _, _ in rows],
            "category": [ward] * len(rows),
            "reference_date": pa.array([AS_OF + timedelta(days=day) for _, day, _ in rows]),
            "known_at": pa.array([sent] * len(rows), pa.timestamp("us", tz="UTC")),
            "value": pa.array([value for _, _, value in rows], pa.float64()),
        }
    )


def test_a_list_tells_its_days_and_nothing_beyond_them() -> None:
    rows = listed([("A", 0, 3), ("A", 2, 5), ("B", 1, None), ("B", 4, 7)])
    found = booked_entries(BEDS, CAME, rows, RULE)
    assert found is not None
    expected = [[3, 0, 5, np.nan, np.nan, np.nan], [0, 0, 0, 0, 7, np.nan]]
    np.testing.assert_array_equal(found.booked[:, 0], expected)
    assert found.notes == ()


def test_the_share_of_the_booked_who_come_is_learnt_and_drawn_to_all() -> None:
    past = [("A", -day, 10) for day in range(1, 51)]
    planned = daily("planned", [5, 5])
    found = booked_entries(BEDS, planned, listed([*past, ("A", 1, 2)]), RULE)
    assert found is not None
    assert found.come_share == pytest.approx((250 + 50) / (500 + 50))
    none = booked_entries(BEDS, planned, listed([("A", 1, 2)]), RULE)
    assert none is not None
    assert none.come_share == 1.0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (None, "booked: nobody is booked: planned entries are forecast"),
        (listed([("A", 1, 2)], sent_days_ago=8), "the list of A was last sent more than 7 days"),
        (listed([("A", -3, 2), ("B", -9, 1)]), "all bookings of A, B lie in the past"),
        (listed([("A", 1, -2)]), "negative bookings are left out"),
        (listed([("A", 1, 2)], ward="maternity"), "wards that report no beds"),
        (listed([("X", 1, 2)]), "bookings of X are for wards"),
    ],
)
def test_bookings_that_cannot_be_used_are_told(rows: pa.Table | None, said: str) -> None:
    found = booked_entries(BEDS, CAME, rows, RULE)
    assert found is not None
    assert any(said in note for note in found.notes), found.notes
    assert not np.nan_to_num(found.booked).any()


def test_causes_and_the_rest_add_up_to_all_entries() -> None:
    came = entries_beside(BEDS, CAME)
    assert came is not None
    known = {"flu": daily("flu", [1, 2]), "planned": daily("planned", [2, 3])}
    rule = FlowRule(causes=("flu",), elective="planned")
    found = told_apart(BEDS, came, known, rule, {})
    assert [each.name for each in found.causes] == ["flu", "planned", REST]
    np.testing.assert_allclose(sum(each.entries for each in found.causes), came.values)
    np.testing.assert_allclose(sum(each.whole for each in found.causes), came.whole[0])
    assert found.notes == ()
    assert found.waiting is None


def test_who_came_for_a_cause_on_days_not_reported_yet_is_nobody_of_the_rest() -> None:
    came = entries_beside(BEDS, CAME)
    assert came is not None
    flu = daily("flu", [1, 2])
    values = flu.values.copy()
    # The last day of both is late, one of B is missing, and B tells of flu since 40 days only.
    values[:, 0, -1], values[1, 0, 30], values[1, 0, :20] = np.nan, np.nan, np.nan
    found = told_apart(
        BEDS, came, {"flu": replace(flu, values=values)}, FlowRule(causes=("flu",)), {}
    )
    rest = {each.name: each for each in found.causes}[REST]
    np.testing.assert_array_equal(rest.entries[0, 0], [*[3.0] * 59, np.nan])
    of_b = [*[10.0] * 20, *[8.0] * 10, np.nan, *[8.0] * 28, np.nan]
    np.testing.assert_array_equal(rest.entries[1, 0], of_b)
    assert np.isnan(rest.whole[0, -1]), "nobody told enough of that day"
    old = replace(flu, dates=flu.dates - 20)
    found = told_apart(BEDS, came, {"flu": old}, FlowRule(causes=("flu",)), {})
    assert [each.name for each in found.causes] == [REST]
    assert "flu: no daily entries are told lately" in found.notes[0]


def test_what_of_the_parts_does_not_fit_is_told() -> None:
    came = entries_beside(BEDS, CAME)
    assert came is not None
    known = {"flu": daily("flu", [9, 12]), "fit": daily("fit", [30, 4], kind="level")}
    rule = FlowRule(causes=("flu", "rsv"), waiting="fit")
    found = told_apart(BEDS, came, known, rule, {})
    assert [each.name for each in found.causes] == ["flu"], "nobody is left for the rest"
    said = " ".join(found.notes)
    assert "rsv: no daily entries are told lately" in said
    assert "flu, rsv: 1176 patients came in the last 56 days, more than the 784" in said
    assert "fit: more patients wait than are in bed, first at A (icu)" in said
    assert found.waiting is not None
    assert told_apart(BEDS, came, {}, FlowRule(waiting="fit"), {}).waiting is None


def test_entries_of_a_region_are_shared_out_by_patients_in_bed() -> None:
    members = {"R": ("A", "B"), "N": ("A", "B", "R")}
    region = daily("came", [12], places=("R",))
    values, is_split = placed_entries(BEDS, region, members)
    assert is_split
    np.testing.assert_allclose(values[:, 0, -1], [4, 8])
    found = entries_beside(BEDS, region, members=members)
    assert found is not None
    assert found.is_split
    np.testing.assert_allclose(found.whole[0, 0], 12)
    assert entries_beside(BEDS, region) is None, "nobody said who lies in the region"


def test_a_total_beside_its_places_tells_of_those_that_are_silent() -> None:
    members = {"R": ("A", "B", "C")}
    beds = daily("beds", [20, 40, 20], ("A", "B", "C"), "level")
    both = daily("came", [12, 5], places=("R", "A"))
    values, is_split = placed_entries(beds, both, members)
    assert not is_split
    np.testing.assert_allclose(values[:, 0, -1], [5, 7 * 2 / 3, 7 / 3])
    every = daily("came", [99, 4, 5, 6], places=("R", "A", "B", "C"))
    alone, _ = placed_entries(beds, every, members)
    np.testing.assert_allclose(alone[:, 0, -1], [4, 5, 6])


def test_a_measure_that_is_no_daily_flow_is_told() -> None:
    rule = rule_of("beds", need="beds", capacity="staffed", entries="came")
    rule = replace(rule, flow=FlowRule(causes=("flu",), waiting="fit"))
    row = {"kind": "flow", "step": "day", "dimension": "ward_kind"}
    measures = {
        "beds": {**row, "kind": "level"},
        "came": {**row, "step": "week"},
        "flu": {**row, "dimension": ""},
        "fit": row,
    }
    said = [*kind_notes([rule], measures)]
    assert said[0].startswith("entries of beds: came is a flow by week in measures.csv, not a")
    assert said[1].startswith("causes of beds: flu is by place alone, patients by ward_kind")
    assert said[2].startswith("waiting of beds: fit is a flow by day")
    assert flow_rules([rule]) == {"beds": rule.flow}
    assert [*kind_notes([replace(rule, flow=FlowRule())], {"beds": row, "came": row})] == []
