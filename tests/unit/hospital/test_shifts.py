"""Shifts: chance that too few come, hours missing, skill mix and rest."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.hospital.shifts import (
    RestRule,
    SkillMixRule,
    gap_hours,
    registered_missing,
    rest_breaches,
    rule_in_force,
    understaffed_by_day,
)

STAFF = arrays(np.float32, (2, 2, 5, 8), elements=st.integers(0, 9).map(float))
REST = RestRule(11.0, 4, 48.0, date(2020, 1, 1), None, "invented")


@settings(deadline=None, max_examples=40)
@given(STAFF, STAFF, st.integers(0, 3))
def test_the_chance_never_falls_by_day_and_more_staff_never_raise_it(
    need: np.ndarray, available: np.ndarray, more: int
) -> None:
    chance = understaffed_by_day(need, available)

    assert (np.diff(chance, axis=2) >= 0).all()
    assert (understaffed_by_day(need, available + np.float32(more)) <= chance).all()
    for place, skill, day in np.ndindex(chance.shape):
        short = [
            any(need[place, skill, d, s] > available[place, skill, d, s] for d in range(day + 1))
            for s in range(8)
        ]
        assert chance[place, skill, day] == pytest.approx(sum(short) / 8)


@settings(deadline=None, max_examples=40)
@given(STAFF, STAFF)
def test_gap_hours_are_staff_missing_times_the_length_of_a_shift(
    need: np.ndarray, available: np.ndarray
) -> None:
    hours = gap_hours(need, available, np.array([12.0, 8.0]))

    missing = sum(
        max(0.0, float(n - a)) for n, a in zip(need[1, 1, 2], available[1, 1, 2], strict=True)
    )
    assert hours[1, 1, 2] == pytest.approx(8 * missing / 8)


def test_a_shift_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"skills\.csv"):
        gap_hours(np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1)), np.array([0.0]))


@given(st.integers(0, 20), st.integers(0, 20), st.floats(0, 0.95))
def test_as_many_registered_nurses_as_keep_the_share_and_no_more(
    registered: int, others: int, share: float
) -> None:
    present = np.array([registered, others], dtype=np.float32).reshape(1, 2, 1, 1)

    added = int(registered_missing(present, np.array([True, False]), share)[0, 0, 0])

    def keeps(more: int) -> bool:
        return registered + more >= share * (registered + others + more) - 1e-3

    assert keeps(added)
    assert added == 0 or not keeps(added - 1) or share * others > 50


def test_where_all_must_be_registered_each_other_one_needs_replacing() -> None:
    present = np.array([3, 2], dtype=np.float32).reshape(1, 2, 1, 1)

    assert registered_missing(present, np.array([True, False]), 1.0)[0, 0, 0] == 2


def test_the_rule_that_began_last_is_in_force() -> None:
    old = SkillMixRule(0.5, date(2020, 1, 1), None, "a")
    crisis = SkillMixRule(0.3, date(2020, 3, 15), date(2020, 6, 1), "b")

    assert rule_in_force([old, crisis], date(2020, 3, 14)) is old
    assert rule_in_force([crisis, old], date(2020, 4, 1)) is crisis
    assert rule_in_force([old, crisis], date(2020, 6, 1)) is old
    assert rule_in_force([old, crisis], date(2019, 1, 1)) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: SkillMixRule(1.2, date(2020, 1, 1), None, "a"),
        lambda: SkillMixRule(0.5, date(2020, 1, 2), date(2020, 1, 1), "a"),
        lambda: RestRule(-1, 4, 48, date(2020, 1, 1), None, "a"),
        lambda: RestRule(11, 0, 48, date(2020, 1, 1), None, "a"),
    ],
)
def test_impossible_rules_are_refused(make: object) -> None:
    with pytest.raises(ValueError, match=r"give|ends on|negative"):
        make()  # type: ignore[operator]


def shifts(*starts: tuple[int, int], hours: int = 12) -> list[tuple[datetime, datetime]]:
    first = datetime(2020, 3, 2)
    begins = [first + timedelta(days=day, hours=hour) for day, hour in starts]
    return [(begin, begin + timedelta(hours=hours)) for begin in begins]


def test_three_days_on_and_then_off_break_no_rule() -> None:
    assert rest_breaches(shifts((0, 7), (1, 7), (2, 7), (7, 7)), REST) == ()


def test_each_breach_says_which_shift_and_why() -> None:
    night_then_day = rest_breaches(shifts((0, 19), (1, 12)), REST)
    five_in_a_row = rest_breaches(shifts(*((d, 7) for d in range(5)), hours=8), REST)
    too_long = rest_breaches(shifts(*((d, 7) for d in (0, 1, 2, 4, 6))), REST)

    assert night_then_day == ((1, "5 h of rest, at least 11"),)
    assert five_in_a_row == ((4, "5 in a row, at most 4"),)
    assert too_long == ((4, "60 h in seven days, at most 48"),)


def test_two_shifts_of_one_day_are_one_day_in_a_row() -> None:
    rule = RestRule(0, 2, 99, date(2020, 1, 1), None, "a")

    assert rest_breaches(shifts((0, 7), (0, 13), (1, 7), hours=4), rule) == ()


def test_shifts_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="shift 2 overlaps"):
        rest_breaches(shifts((0, 7), (0, 12)), REST)
