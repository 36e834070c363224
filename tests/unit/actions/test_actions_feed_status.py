"""How feeds stand: fine, stale, stopped or silent, seen from the day of the run."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.rooms import (
    FILES,
    LAST_DAY,
    NEXT_DAY,
    admissions_file,
    beds_file,
    open_at,
    send,
    send_correction,
    stock_file,
    write_room,
)
from vigie.actions.forecasts.bookings import Bookings
from vigie.actions.rooms.feed_status import feeds_status
from vigie.actions.rooms.receiving import parse_arrivals, take_arrivals
from vigie.actions.rooms.room import Room
from vigie.schemas import REPORTS

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("feed_status")

Row = dict[str, object]


def status(room: Room, days_later: int = 0, problems: tuple[str, ...] = ()) -> dict[str, Row]:
    """Rows by feed, as of some days after the last."""
    rows = feeds_status(room, "run", LAST_DAY + timedelta(days=days_later), problems).to_pylist()
    return {row["feed"]: row for row in rows}


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Room:
    weekly = FILES["feeds/supplies.toml"].replace('rhythm = "day"', 'rhythm = "week"')
    folder = write_room(tmp_path_factory.mktemp("status") / "room", {"feeds/supplies.toml": weekly})
    room = open_at(folder, LAST_DAY + timedelta(days=30))
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY, 5))
    send(room, "supplies", f"stock_{LAST_DAY}.csv", stock_file(LAST_DAY, 5))
    send_correction(room, {("A", LAST_DAY): "many"})
    parse_arrivals(room)
    take_arrivals(room, "run")
    return room


def test_a_feed_from_which_nothing_came_is_silent_and_names_whom_to_ask(taken: Room) -> None:
    row = status(taken)["admissions"]

    assert row["state"] == "silent"
    assert "Ask Emergency desk." in str(row["message"])
    assert row["last_reference_date"] is None


def test_a_feed_that_came_is_fine_and_counts_its_rows_and_rejects(taken: Room) -> None:
    row = status(taken)["beds"]

    assert (row["state"], row["message"]) == ("fine", "")
    assert (row["last_reference_date"], row["rows"], row["rejected"]) == (LAST_DAY, 31, 1)
    assert (row["owner"], row["legal_basis"]) == ("Bed registry", "Public health code")


@pytest.mark.parametrize(
    ("feed", "days_later", "state"),
    [
        ("beds", 2, "fine"),
        ("beds", 3, "stale"),
        ("supplies", 10, "fine"),
        ("supplies", 11, "stale"),
    ],
)
def test_a_feed_is_stale_when_its_rhythm_has_passed_without_news(
    taken: Room, feed: str, days_later: int, state: str
) -> None:
    row = status(taken, days_later)[feed]

    assert row["state"] == state
    if state == "stale":
        assert f"Nothing newer than {LAST_DAY}" in str(row["message"])


def test_what_was_known_later_than_the_day_is_not_told(taken: Room) -> None:
    row = status(taken, -1)["beds"]

    assert (row["state"], row["last_reference_date"]) == ("silent", None)
    assert row["message"] == f"Nothing of beds was known on {LAST_DAY - timedelta(days=1)} yet."
    assert str(status(taken)["beds"]["last_known_at"]).startswith(str(LAST_DAY))
    assert str(status(taken, 1)["beds"]["last_known_at"]).startswith(str(NEXT_DAY))


def test_a_source_that_did_not_answer_is_told_beside_a_fine_feed(taken: Room) -> None:
    row = status(taken, 0, ("beds: the folder inbox is not there",))["beds"]

    assert (row["state"], row["message"]) == ("fine", "the folder inbox is not there")


def test_only_the_newest_arrival_makes_a_feed_stopped(tmp_path: Path) -> None:
    room = open_at(write_room(tmp_path / "room"), NEXT_DAY)
    send(room, "admissions", f"admissions_{LAST_DAY}.csv", "hospital,day,patients\nA,x,1\n")
    parse_arrivals(room)
    assert status(room)["admissions"]["state"] == "stopped"

    send(room, "admissions", f"admissions_{NEXT_DAY}.csv", admissions_file(NEXT_DAY, 2))
    parse_arrivals(room)
    take_arrivals(room, "run")

    assert status(room, 1)["admissions"]["state"] == "fine"


def test_a_list_of_bookings_is_of_the_day_of_the_room_on_which_it_was_sent(tmp_path: Path) -> None:
    feed = (
        FILES["feeds/admissions.toml"]
        .replace('format = "%Y-%m-%d" }', 'format = "%Y-%m-%d", ahead_days = 60 }', 1)
        .replace('name = "admissions_', 'name = "bookings_')
    )
    settings = FILES["vigie.toml"].replace('"UTC"', '"Europe/Paris"')
    folder = write_room(
        tmp_path / "room", {"feeds/bookings.toml": feed, "vigie.toml": settings.split("[[sho")[0]}
    )
    room = open_at(folder)
    days = "".join(f"A,{LAST_DAY + timedelta(days=each)},3\n" for each in range(9))
    send(room, "bookings", f"bookings_{LAST_DAY}.csv", f"hospital,day,admitted\n{days}")
    parse_arrivals(room)
    take_arrivals(room, "run")

    rows = {row["feed"]: row for row in feeds_status(room, "r", LAST_DAY, ()).to_pylist()}
    known = Bookings(room, room.lake.files(REPORTS)).known("admissions", LAST_DAY, 7)

    assert rows["bookings"]["last_reference_date"] == LAST_DAY
    assert known is not None
    assert {each.date() for each in known["known_at"].to_pylist()} == {LAST_DAY}
