"""Alerts from release to release: hysteresis, severity, growth, end; and who is told when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.alerts import (
    AlertPolicy,
    Danger,
    Episode,
    QuietHours,
    Role,
    Severity,
    What,
    advance,
    is_next_role_due,
    next_role_at,
    role_chain,
    severity_of,
)

DAY = date(2026, 11, 26)
POLICY = AlertPolicy()
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(6, 30), ZoneInfo("Europe/Paris"))


def danger(
    probability: float, *, place: str = "A", act_in: int | None = 9, is_vital: bool = True
) -> Danger:
    act_by = None if act_in is None else DAY + timedelta(days=act_in)
    return Danger("beds", place, "icu", "wards:icu", probability, act_by, DAY, is_vital)


def course(*releases: list[Danger]) -> list[tuple[What, Severity | None]]:
    """What each release does to the one alert."""
    episodes: list[Episode] = []
    seen: list[tuple[What, Severity | None]] = []
    for dangers in releases:
        happened = advance(episodes, dangers, POLICY)
        assert len(happened) <= 1
        episodes = [each.episode for each in happened if each.what is not What.CLOSED]
        seen += [(each.what, each.episode.severity) for each in happened]
    return seen


def test_a_chance_that_sways_around_the_threshold_rings_once() -> None:
    swaying = [[danger(p)] for p in (0.34, 0.30, 0.35, 0.25, 0.40)]
    assert [what for what, _ in course(*swaying)] == [What.OPENED, *[What.UNCHANGED] * 4]


def test_an_alert_ends_after_two_calm_releases_and_opens_anew_later() -> None:
    told = course([danger(0.5)], [danger(0.1)], [danger(0.1)], [danger(0.5)])
    assert [what for what, _ in told] == [
        What.OPENED,
        What.UNCHANGED,
        What.CLOSED,
        What.OPENED,
    ]


def test_it_is_made_graver_at_once_and_milder_only_after_two_releases() -> None:
    told = course(
        [danger(0.4)],
        [danger(0.7, act_in=1)],
        [danger(0.4)],
        [danger(0.7, act_in=1)],
        [danger(0.4)],
        [danger(0.4)],
    )
    assert told == [
        (What.OPENED, Severity.NOTICE),
        (What.RAISED, Severity.CRITICAL),
        (What.UNCHANGED, Severity.CRITICAL),
        (What.UNCHANGED, Severity.CRITICAL),
        (What.UNCHANGED, Severity.CRITICAL),
        (What.UNCHANGED, Severity.NOTICE),
    ]


def test_one_cause_is_one_alert_told_again_when_it_has_doubled() -> None:
    places = "ABCD"
    told = course(
        [danger(0.5, place=place) for place in places[:2]],
        [danger(0.5, place=place) for place in places[:3]],
        [danger(0.5, place=place) for place in places],
        [danger(0.5, place=place) for place in places],
    )
    assert [what for what, _ in told] == [
        What.OPENED,
        What.UNCHANGED,
        What.GROWN,
        What.UNCHANGED,
    ]


@pytest.mark.parametrize(
    ("one", "severity"),
    [
        (danger(0.4), Severity.NOTICE),
        (danger(0.4, act_in=2), Severity.WARNING),
        (danger(0.8), Severity.WARNING),
        (danger(0.8, act_in=None), Severity.WARNING),
        (danger(0.8, act_in=2), Severity.CRITICAL),
        (danger(0.8, act_in=-3), Severity.CRITICAL),
        (danger(0.99, act_in=0, is_vital=False), Severity.WARNING),
    ],
)
def test_severity_follows_chance_time_left_and_harm(one: Danger, severity: Severity) -> None:
    assert severity_of([one], POLICY) is severity
    assert severity_of([danger(0.2), one], POLICY) is severity


@given(st.lists(st.lists(st.floats(0, 1), max_size=4), max_size=12))
def test_whatever_comes_an_alert_opens_before_it_ends_and_holds_what_is_dangerous(
    releases: list[list[float]],
) -> None:
    episodes: list[Episode] = []
    for chances in releases:
        dangers = [danger(p, place=str(i)) for i, p in enumerate(chances)]
        happened = advance(episodes, dangers, POLICY)
        for each in happened:
            assert (each.what is What.OPENED) == (not episodes)
            likely = {d.key for d in dangers if d.probability >= POLICY.open_at}
            if each.dangers:
                assert likely <= each.episode.members
            else:
                assert not likely
        if not happened:
            assert all(p < POLICY.open_at for p in chances)
        episodes = [each.episode for each in happened if each.what is not What.CLOSED]


def test_thresholds_that_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        AlertPolicy(open_at=0.3, close_below=0.4)


def test_roles_are_told_from_the_site_upwards() -> None:
    parents = {"A": "region", "region": "nation", "nation": ""}
    roles = {"A": Role("A", "bed manager", "a@h.example"), "nation": Role("nation", "cell")}
    assert [role.name for role in role_chain("A", parents, roles)] == ["bed manager", "cell"]
    assert role_chain("unknown", parents, roles) == []
    assert len(role_chain("A", {"A": "B", "B": "A"}, roles)) == 1


@pytest.mark.parametrize(
    ("hour", "severity", "is_held"),
    [
        (12, Severity.NOTICE, False),
        (23, Severity.NOTICE, True),
        (3, Severity.WARNING, True),
        (3, Severity.CRITICAL, False),
        (6, Severity.WARNING, False),  # 07:00 in Paris
        (21, Severity.WARNING, True),  # 22:00 in Paris
    ],
)
def test_quiet_hours_hold_all_but_the_gravest(hour: int, severity: Severity, is_held: bool) -> None:
    assert NIGHT.holds(severity, NOON.replace(hour=hour)) is is_held


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    midday = QuietHours(time(12), time(14), ZoneInfo("UTC"))
    assert midday.holds(Severity.NOTICE, NOON)
    assert not midday.holds(Severity.NOTICE, NOON.replace(hour=14))
    assert not QuietHours(time(0), time(0), ZoneInfo("UTC")).holds(Severity.NOTICE, NOON)


@pytest.mark.parametrize(
    ("minutes", "severity", "is_answered", "left", "is_due"),
    [
        (20, Severity.CRITICAL, False, 1, True),
        (19, Severity.CRITICAL, False, 1, False),
        (20, Severity.CRITICAL, True, 1, False),
        (20, Severity.CRITICAL, False, 0, False),
        (119, Severity.WARNING, False, 1, False),
        (120, Severity.WARNING, False, 1, True),
        (5000, Severity.NOTICE, False, 1, False),
    ],
)
def test_the_next_role_is_told_when_nobody_answers(
    minutes: int, severity: Severity, is_answered: bool, left: int, is_due: bool
) -> None:
    none = QuietHours(time(0), time(0), ZoneInfo("UTC"))
    told = NOON - timedelta(minutes=minutes)
    assert (
        is_next_role_due(
            severity,
            told,
            NOON,
            is_answered=is_answered,
            roles_left=left,
            policy=POLICY,
            quiet=none,
        )
        is is_due
    )


def test_what_quiet_hours_hold_is_not_passed_on() -> None:
    night = NOON.replace(hour=23)
    for severity, is_due in ((Severity.WARNING, False), (Severity.CRITICAL, True)):
        found = is_next_role_due(
            severity,
            night - timedelta(hours=5),
            night,
            is_answered=False,
            roles_left=1,
            policy=POLICY,
            quiet=NIGHT,
        )
        assert found is is_due


@pytest.mark.parametrize(
    ("told", "severity", "expected"),
    [
        (NOON, Severity.WARNING, NOON + timedelta(hours=2)),
        (NOON, Severity.CRITICAL, NOON + timedelta(minutes=20)),
        (NOON, Severity.NOTICE, None),
        # 22:00 to 06:30 in Paris are 21:00 to 05:30 UTC.
        (NOON.replace(hour=20), Severity.WARNING, NOON.replace(day=27, hour=5, minute=30)),
        (NOON.replace(hour=23), Severity.WARNING, NOON.replace(day=27, hour=7, minute=30)),
        (NOON.replace(hour=2), Severity.WARNING, NOON.replace(hour=7, minute=30)),
        (NOON.replace(hour=23), Severity.CRITICAL, NOON.replace(hour=23, minute=20)),
    ],
)
def test_an_answer_is_waited_for_from_the_end_of_quiet_hours(
    told: datetime, severity: Severity, expected: datetime | None
) -> None:
    found = next_role_at(
        severity, told, is_answered=False, roles_left=1, policy=POLICY, quiet=NIGHT
    )
    assert found == expected


@given(
    minute=st.integers(0, 3 * 1440),
    begin=st.integers(0, 1439),
    length=st.integers(0, 1439),
    severity=st.sampled_from(Severity),
)
def test_nobody_is_told_in_quiet_hours_and_never_before_the_wait_is_over(
    minute: int, begin: int, length: int, severity: Severity
) -> None:
    def clock_time(value: int) -> time:
        return time(value // 60 % 24, value % 60)

    quiet = QuietHours(clock_time(begin), clock_time(begin + length), ZoneInfo("Europe/Paris"))
    told = NOON + timedelta(minutes=minute)
    at = next_role_at(severity, told, is_answered=False, roles_left=1, policy=POLICY, quiet=quiet)
    wait = POLICY.minutes(severity)
    if wait is None:
        assert at is None
        return
    assert at is not None
    assert not quiet.holds(severity, at)
    # The slow way: minute by minute, counting those after the alert was let out.
    heard = told
    while quiet.holds(severity, heard):
        heard += timedelta(minutes=1)
    slow = heard + timedelta(minutes=wait)
    while quiet.holds(severity, slow):
        slow += timedelta(minutes=1)
    assert at == slow
