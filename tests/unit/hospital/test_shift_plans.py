"""Planned shifts against rules of rest, by place, skill and day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest

from vigie.hospital.shift_plans import PlannedShift, ShiftCounts, count_shifts
from vigie.hospital.shifts import RestRule

MONDAY = date(2021, 3, 1)
REST = RestRule(11.0, 4, 60.0, date(2020, 1, 1), None, "invented")
STRICT = RestRule(11.0, 2, 60.0, date(2020, 1, 1), None, "invented, stricter")


def shift(
    day: int, hour: int = 7, hours: int = 12, place: str = "A", member: str = "m"
) -> PlannedShift:
    begins = datetime(2021, 3, 1, hour, tzinfo=UTC) + timedelta(days=day)
    return PlannedShift(member, place, "nurse", begins, begins + timedelta(hours=hours))


def counted(
    shifts: Sequence[PlannedShift], *enforced: RestRule, at: time | None = None
) -> dict[tuple[str, int], ShiftCounts]:
    rules = {"A": REST, "B": STRICT}
    found = count_shifts(shifts, lambda place, day: rules.get(place), enforced, at)
    return {(place, (day - MONDAY).days): each for (place, skill, day), each in found.items()}


def test_a_short_rest_is_one_breach_with_its_hours() -> None:
    seen = counted([shift(0, hour=19), shift(1, hour=8)])

    assert (seen["A", 0].planned, seen["A", 0].breaches) == (1, 0)
    assert (seen["A", 1].planned, seen["A", 1].breaches, seen["A", 1].breach_hours) == (1, 1, 12)
    assert seen["A", 1].not_worked == 0, "the rule is not enforced"


def test_a_shift_that_breaks_the_rule_twice_counts_once() -> None:
    shifts = [*(shift(day, hours=8) for day in range(4)), shift(3, hour=20, hours=10)]
    shifts.append(shift(4, hour=10, hours=8))

    seen = counted(shifts)

    assert [seen["A", day].breaches for day in range(5)] == [0, 0, 0, 1, 1]


def test_of_a_long_run_only_so_many_are_taken_off_that_the_others_keep_the_rule() -> None:
    shifts = [shift(day, hours=8) for day in range(8)]

    seen = counted(shifts, REST)

    assert [seen["A", day].breaches for day in range(8)] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert [seen["A", day].not_worked for day in range(8)] == [0, 0, 0, 0, 1, 0, 0, 0]


def test_only_shifts_of_the_hour_of_the_roster_are_taken_off_it() -> None:
    shifts = [shift(0), shift(0, hour=21, hours=6), shift(1, hour=8)]

    whole = counted(shifts, REST)
    of_eight = counted(shifts, REST, at=time(8))

    assert [whole["A", 0].not_worked, whole["A", 1].not_worked] == [1, 0]
    assert [of_eight["A", 0].not_worked, of_eight["A", 1].not_worked] == [0, 0]


@pytest.mark.parametrize(("at", "day"), [(time(2), 2), (time(23, 30), 1), (time(12), None)])
def test_a_night_comes_off_the_roster_of_the_day_whose_hour_it_covers(
    at: time, day: int | None
) -> None:
    shifts = [shift(1, hour=7, hours=10), shift(1, hour=21, hours=9)]

    seen = counted(shifts, REST, at=at)

    assert seen["A", 1].breaches == 1
    assert {on: each.not_worked for (_, on), each in seen.items() if each.not_worked} == (
        {} if day is None else {day: 1}
    )


def test_each_place_has_its_rule_and_one_without_a_rule_none() -> None:
    places = ["A", "A", "B", "C"]
    shifts = [shift(day, hours=8, place=place) for day, place in enumerate(places)]

    seen = counted(shifts)

    assert [seen[place, day].breaches for day, place in enumerate(places)] == [0, 0, 1, 0]


def test_overlapping_shifts_are_counted_and_not_judged() -> None:
    both = [shift(0, hour=19), shift(1, hour=2)]
    marked = [
        PlannedShift(each.member, each.place, each.skill, each.begins_at, each.ends_at, True)
        for each in both
    ]

    seen = counted([*marked, shift(2)])

    assert [seen["A", day].overlapping for day in range(3)] == [1, 1, 0]
    assert [seen["A", day].breaches for day in range(3)] == [0, 0, 0]
    with pytest.raises(ValueError, match="overlaps"):
        counted(both)


def test_rest_is_told_across_places_but_not_across_members() -> None:
    one = counted([shift(0, hour=19, place="B"), shift(1, hour=8)])
    two = counted([shift(0, hour=19, member="m"), shift(1, hour=8, member="n")])

    assert one["A", 1].breaches == 1
    assert two["A", 1].breaches == 0
