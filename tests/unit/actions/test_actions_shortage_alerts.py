"""Alerts of shortages in a real room: opened, told to the role on duty, passed on, answered."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from tests.integration.small_room import LAST_DAY, Clock, at, make_room, open_small
from vigie.actions.daily.alert_words import NamedDanger
from vigie.actions.daily.shortage_alerts import tell_next_roles, tell_shortages
from vigie.actions.daily.ticking import tick
from vigie.actions.rooms.alert_book import answer_alert, list_alerts
from vigie.actions.rooms.room import Room
from vigie.alerts import Danger
from vigie.bootstrap import local_operator
from vigie.errors import AccessRefused, Conflict, NotFound
from vigie.governance import Caller

CALLER = local_operator()
TODAY = LAST_DAY
PLACES = """\
place,name,kind,parent,duty_role,contact
N,The nation,nation,,Crisis cell,cell@nation.example
A,Hospital A,site,N,Duty bed manager,beds@a.example
B,Hospital B,site,N,,
C,Hospital C,site,N,,
"""


@pytest.fixture
def clock() -> Clock:
    return Clock(at(TODAY, 8))


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Room:
    folder = make_room(tmp_path / "room", '[alerts]\nwebhook_url_env = "HOOK_URL"\n')
    (folder / "reference" / "places.csv").write_text(PLACES)
    return open_small(folder, clock, environment={"HOOK_URL": "http://127.0.0.1:9/"})


def named(
    probability: float, *, place: str = "A", cause: str = "wards:icu@A", days: int = 1
) -> NamedDanger:
    act_by = TODAY + timedelta(days=days)
    return NamedDanger(
        Danger("beds", place, "icu", cause, probability, act_by, TODAY),
        place=place,
        what="Beds: Intensive care",
        where=f"Hospital {place}",
        area=f"Hospital {place}",
        chance=f"{probability * 100:.0f} in 100",
        day="12 April",
        from_when="",
        act="Last useful moment to act: tomorrow.",
    )


def release(room: Room, name: str, *dangers: NamedDanger, as_of: object = TODAY) -> None:
    with room.state.write("a test") as tx:
        tell_shortages(room, tx, name, as_of, dangers)  # type: ignore[arg-type]


def posted(room: Room) -> list[dict[str, object]]:
    with room.state.read() as tx:
        return [json.loads(row.payload) for row in tx.outbox("alert")]


def test_a_shortage_ahead_is_told_once_to_the_role_of_its_place(room: Room) -> None:
    release(room, "r1", named(0.8))
    release(room, "r2", named(0.7))
    (told,) = posted(room)
    assert told["to"] == ["beds@a.example"]
    assert told["role"] == "Duty bed manager (A)"
    assert told["severity"] == 3
    assert told["numbers"] == [1]
    text = str(told["text"])
    assert "Critical. Beds: Intensive care, Hospital A: 80 in 100 to run short by 12 April" in text
    assert "vigie alerts answer 1" in text


def test_a_role_gets_one_message_for_all_that_is_new(room: Room) -> None:
    release(
        room,
        "r1",
        named(0.4, place="B", cause="wards:icu@B", days=9),
        named(0.9, place="C", cause="wards:icu@C"),
    )
    (told,) = posted(room)
    assert told["role"] == "Crisis cell (N)", "B and C have no role: that of the nation is next"
    assert str(told["text"]).startswith("Three hospitals, for Crisis cell (N): 2 alerts\n2. ")
    assert told["numbers"] == [2, 1]


def test_nobody_answers_and_the_next_role_is_told_once(room: Room, clock: Clock) -> None:
    release(room, "r1", named(0.8))
    clock.now += timedelta(minutes=19)
    assert tell_next_roles(room) == 0
    clock.now += timedelta(minutes=1)
    assert tell_next_roles(room) == 1
    assert [each["role"] for each in posted(room)] == ["Duty bed manager (A)", "Crisis cell (N)"]
    clock.now += timedelta(hours=5)
    assert tell_next_roles(room) == 0, "there is nobody above the nation"


def test_an_answer_stops_the_passing_on_until_it_becomes_graver(room: Room, clock: Clock) -> None:
    release(room, "r1", named(0.4, days=9))
    told = answer_alert(room, CALLER, 1, role="Duty bed manager", answer="two beds opened")
    assert (told.state, told.answered_by) == ("answered", "Duty bed manager")
    clock.now += timedelta(hours=9)
    assert tell_next_roles(room) == 0
    with pytest.raises(Conflict, match="answered by Duty bed manager"):
        answer_alert(room, CALLER, 1)
    release(room, "r2", named(0.9, days=0))
    (line,) = list_alerts(room, CALLER)
    assert (line.severity, line.state) == ("critical", "new")
    assert len(posted(room)) == 2


def test_an_alert_that_ends_can_be_answered_no_more_and_stays_in_the_list(room: Room) -> None:
    release(room, "r1", named(0.8))
    release(room, "r2")
    assert len(list_alerts(room, CALLER)) == 1
    release(room, "r3")
    assert list_alerts(room, CALLER) == []
    (line,) = list_alerts(room, CALLER, is_open=False)
    assert line.state == "ended"
    with pytest.raises(Conflict, match="ended"):
        answer_alert(room, CALLER, 1)


def test_a_run_for_a_past_day_alarms_nobody(room: Room) -> None:
    release(room, "r1", named(0.8), as_of=TODAY - timedelta(days=2))
    assert posted(room) == []
    assert list_alerts(room, CALLER) == []


def test_unknown_numbers_and_strangers_are_refused(room: Room) -> None:
    with pytest.raises(NotFound, match="number 7"):
        answer_alert(room, CALLER, 7)
    with pytest.raises(AccessRefused):
        answer_alert(room, Caller("visitor", "curiosity"), 7)
    with pytest.raises(AccessRefused):
        list_alerts(room, Caller("visitor", "curiosity"))


def test_an_answer_is_recorded(room: Room) -> None:
    release(room, "r1", named(0.8))
    answer_alert(room, CALLER, 1, role="Crisis cell")
    with room.state.read() as tx:
        records = [row.payload.decode() for row in tx.outbox("audit")]
    assert any("alert 1" in each and "Crisis cell" in each for each in records)


def test_a_tick_passes_on_what_nobody_answered(room: Room, clock: Clock) -> None:
    release(room, "r1", named(0.8))
    clock.now = datetime.combine(TODAY, time(9), tzinfo=clock.now.tzinfo)
    done = tick(room, CALLER, run_at=time(23, 59))
    assert any("next role" in line for line in done.did)


def test_a_room_without_a_channel_keeps_its_alerts_in_the_list(room: Room) -> None:
    silent = open_small(room.folder, room.now)
    release(silent, "r1", named(0.8))
    assert posted(silent) == []
    assert [line.number for line in list_alerts(silent, CALLER)] == [1]


def test_what_quiet_hours_hold_is_said_and_waited_for_from_their_end(
    room: Room, clock: Clock
) -> None:
    clock.now = at(TODAY, 23)
    release(room, "r1", named(0.8, days=9))
    (line,) = list_alerts(room, CALLER)
    (told,) = line.tellings
    morning = at(TODAY + timedelta(days=1), 6) + timedelta(minutes=30)
    assert (told.role, told.held_until, told.channels) == ("Duty bed manager (A)", morning, ())
    assert line.next_role is not None
    assert (line.next_role.place, line.next_role_at) == ("N", morning + timedelta(hours=2))
    clock.now = morning + timedelta(minutes=119)
    assert tell_next_roles(room) == 0
    clock.now += timedelta(minutes=1)
    assert tell_next_roles(room) == 1
    (line,) = list_alerts(room, CALLER)
    assert [each.role for each in line.tellings] == ["Duty bed manager (A)", "Crisis cell (N)"]
    assert line.next_role_at is None


def test_the_ways_that_took_a_message_and_those_given_up_are_said(room: Room, clock: Clock) -> None:
    release(room, "r1", named(0.8))
    with room.state.write("a test") as tx:
        (row,) = tx.outbox("alert")
        tx.remember(f"alert:{row.key}", "webhook")
    (told,) = list_alerts(room, CALLER)[0].tellings
    assert (told.channels, told.sent_at, told.is_given_up) == (("webhook",), None, False)
    clock.now += timedelta(hours=25)
    assert list_alerts(room, CALLER)[0].tellings[0].is_given_up
    sent_at = clock.now
    with room.state.write("a test") as tx:
        tx.mark_sent(row.number, now=sent_at)
    (told,) = list_alerts(room, CALLER)[0].tellings
    assert (told.sent_at, told.is_given_up) == (sent_at, False)
