"""What rules need and sites leave out is told, with what follows and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms import FILES, open_at, write_room
from tests.unit.actions.given_figures import AS_OF, Given, facts_of
from tests.unit.actions.test_actions_staff_rules import STAFFED
from vigie.actions.rooms.room import Room
from vigie.actions.shortages.untold_checks import untold_rows

NURSES: Given = {
    ("beds_occupied", "A", "icu"): [4.0],
    ("beds_staffed", "A", "icu"): [6.0],
    ("rostered", "A", "nurse"): [3.0],
    ("absent", "A", "nurse"): [0.0],
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    arcs = {"reference/arcs.csv": "from_place,to_place,km,hours\nA,B,40,1\n"}
    return open_at(write_room(tmp_path_factory.mktemp("untold") / "room", STAFFED | arcs))


def told(room: Room, given: Given) -> dict[object, dict[str, object]]:
    rows = untold_rows(room, AS_OF, facts_of({**NURSES, **given})).to_pylist()
    return {row["check"]: row for row in rows}


def test_where_all_is_told_nothing_is_said(room: Room) -> None:
    assert told(room, {}) == {}
    assert told(room, {("beds_staffed", "B", "icu"): [6.0]}) == {}
    assert told(room, {("beds_occupied", "B", "icu"): [0.0]}) == {}, "nobody lies there"
    assert told(room, {("beds_occupied", "N", "icu"): [9.0]}) == {}, (
        "a total has no beds of its own"
    )


def test_a_ward_without_beds_and_a_roster_without_absence_are_named(room: Room) -> None:
    found = told(
        room,
        {
            ("beds_occupied", "B", "icu"): [5.0],
            ("beds_staffed", "B", "icu"): [None],
            ("rostered", "B", "nurse"): [3.0],
            ("rostered", "B", "aide"): [3.0],
        },
    )

    assert set(found) == {"untold_capacity_beds_staffed", "untold_absent_absent"}
    beds, absence = found["untold_capacity_beds_staffed"], found["untold_absent_absent"]
    assert (beds["rows"], beds["severity"], beds["passed"]) == (1, "warning", False)
    assert str(beds["message"]).startswith("1 untold (icu at B): beds_occupied is told and no beds")
    assert absence["rows"] == 2 and "aide at B, nurse at B" in str(absence["message"])


def test_a_measure_that_nobody_tells_is_no_gap(room: Room) -> None:
    rows = facts_of({("beds_occupied", "A", "icu"): [4.0], ("rostered", "A", "nurse"): [3.0]})
    assert untold_rows(room, AS_OF, rows).num_rows == 0


def test_a_site_without_neighbours_is_named_where_others_have_ways(
    room: Room, tmp_path: Path
) -> None:
    [row] = told(room, {("stock", "C", "masks"): [9.0]}).values()
    assert (row["check"], row["rows"]) == ("untold_ways_arcs", 1)
    assert "(C): no way leads to or from it" in str(row["message"])
    nowhere = {"reference/arcs.csv": "from_place,to_place,km,hours\n"}
    other = open_at(write_room(tmp_path / "room", FILES | nowhere))
    assert told(other, {("stock", "C", "masks"): [9.0]}) == {}, "the page of the plan says it"
