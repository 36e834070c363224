"""What is acknowledged is kept; what is refused leaves nothing but hash, size, column and rule."""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.rooms import (
    FILES,
    LAST_DAY,
    OPERATOR,
    PLACES,
    beds_file,
    open_at,
    put,
    send,
    send_first_days,
    write_room,
)
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.receiving import fetch_sources, parse_arrivals, receive
from vigie.actions.rooms.room import Room
from vigie.errors import BadData, NotFound
from vigie.governance import Action, decide
from vigie.schemas import MOVEMENTS
from vigie.state import ArrivalRow, ArrivalStatus, RunStatus

NEXT_DAY = LAST_DAY + timedelta(days=1)
AGENTS = """\
hospital,day,occupied,staffed,nurse_name
A,2021-01-31,5,12,Hortense Quignard
B,2021-01-31,6,14,Zacharie Delouvrier
"""
STAYS = """\
[feed]
table = "movements"
owner = "Hospital information systems"
legal_basis = "Public health code"
purpose = "crisis-management"
rhythm = "day"

[source]
kind = "upload"

[format]
kind = "csv"

[columns]
stay = { from = "stay_number" }
patient = { from = "patient_number" }
place = { from = "hospital" }
category = { value = "icu" }
from_date = { from = "entered", format = "%Y-%m-%d" }
to_date = { from = "left", format = "%Y-%m-%d" }

[identifiers]
patient_number = "pseudonymise"
stay_number = "pseudonymise"
"""


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return open_at(write_room(tmp_path / "room"))


def everything_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def leaves(room: Room) -> list[dict[str, object]]:
    with room.state.read() as tx:
        return [json.loads(row.payload) for row in tx.outbox("audit")]


def arrivals(room: Room) -> list[ArrivalRow]:
    with room.state.read() as tx:
        return tx.arrivals()


def state_of(room: Room, feed: str) -> tuple[str, str]:
    rows = show_table(room, OPERATOR, "feeds_status", feed=feed).to_pylist()
    return rows[0]["state"], rows[0]["message"]


def test_a_received_file_is_kept_as_it_came_and_recorded_once(room: Room) -> None:
    text = beds_file(LAST_DAY)

    received = send(room, "beds", f"beds_{LAST_DAY}.csv", text)

    kept = room.home / "arrivals" / "beds" / received.arrival / "raw"
    assert kept.read_text(encoding="utf-8") == text
    assert received.is_new
    assert [row.status for row in arrivals(room)] == [ArrivalStatus.RECEIVED]
    assert [(leaf["act"], leaf["subject"], leaf["allowed"]) for leaf in leaves(room)] == [
        ("receive", "beds", True)
    ]


def test_the_same_file_again_is_one_arrival_and_no_new_record(room: Room) -> None:
    first = send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY))

    again = send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY))

    assert (again.arrival, again.is_new) == (first.arrival, False)
    assert len(arrivals(room)) == 1
    assert len(leaves(room)) == 1


def test_a_refused_file_leaves_hash_size_column_and_rule_and_nothing_else(room: Room) -> None:
    name = "Hortense Quignard 1954.csv"

    with pytest.raises(BadData, match="nurse_name"):
        send(room, "beds", name, AGENTS)

    with room.state.read() as tx:
        refusal = tx.refusals()[0]
    sha256 = hashlib.sha256(AGENTS.encode()).hexdigest()
    assert (refusal.bytes_sha256, refusal.size) == (sha256, len(AGENTS))
    assert (refusal.column, refusal.rule) == ("nurse_name", "name")
    assert leaves(room)[0]["details"] == {"refused": "name", "bytes_sha256": sha256}
    assert arrivals(room) == []
    kept = everything_below(room.home)
    for personal in (b"Hortense", b"Quignard", b"Zacharie", b"1954"):
        assert personal not in kept


def test_a_file_or_feed_that_is_not_there_is_named_with_the_nearest(room: Room) -> None:
    file = put(room.folder.parent, "beds.csv", beds_file(LAST_DAY))

    with pytest.raises(NotFound, match='No feed is named "bed"'):
        receive(room, OPERATOR, file, "bed")
    with pytest.raises(NotFound, match="no such file"):
        receive(room, OPERATOR, file.with_name("other.csv"), "beds")


def test_personal_columns_become_pseudonyms_at_the_door(tmp_path: Path) -> None:
    room = open_at(write_room(tmp_path / "room", {"feeds/stays.toml": STAYS}))
    head = "stay_number,patient_number,hospital,entered,left\n"
    send(room, "stays", "stays_1.csv", f"{head}S-778811,P-440099,A,2021-01-20,\n")
    send(room, "stays", "stays_2.csv", f"{head}S-778811,P-440099,A,2021-01-20,2021-01-29\n")

    assert run_cycle(room, OPERATOR).status == RunStatus.RELEASED

    rows = show_table(room, OPERATOR, MOVEMENTS.name).to_pylist()
    assert len({row["stay"] for row in rows}) == len({row["patient"] for row in rows}) == 1
    assert [str(row["to_date"]) for row in rows] == ["None", "2021-01-29"]
    kept = everything_below(room.home)
    assert b"440099" not in kept
    assert b"778811" not in kept
    assert (room.home / "keys" / "pseudonyms").stat().st_mode & 0o077 == 0


def test_a_renamed_column_stops_the_arrival_and_yesterdays_figure_stays(tmp_path: Path) -> None:
    folder = write_room(tmp_path / "room")
    room = open_at(folder)
    send_first_days(room)
    run_cycle(room, OPERATOR)
    morning = open_at(folder, NEXT_DAY)
    renamed = beds_file(NEXT_DAY).replace("occupied", "patients")
    send(morning, "beds", f"beds_{NEXT_DAY}.csv", renamed)

    run_cycle(morning, OPERATOR)

    state, message = state_of(morning, "beds")
    assert state == "stopped"
    assert f"beds_{NEXT_DAY}.csv" in message
    assert '"occupied"' in message
    assert f"The last figure, of {LAST_DAY}, stays in force." in message
    facts = show_table(morning, OPERATOR, "facts", measure="beds_occupied").to_pylist()
    assert max(row["reference_date"] for row in facts) == LAST_DAY

    put(folder, "feeds/beds.toml", FILES["feeds/beds.toml"].replace('"occupied"', '"patients"'))
    mended = open_at(folder, NEXT_DAY, hour=8)
    run_cycle(mended, OPERATOR)

    assert state_of(mended, "beds") == ("fine", "")
    facts = show_table(mended, OPERATOR, "facts", measure="beds_occupied").to_pylist()
    assert len([row for row in facts if row["reference_date"] == NEXT_DAY]) == len(PLACES)


def test_an_arrival_that_is_stopped_after_the_run_is_told_by_the_next_run_of_the_day(
    room: Room,
) -> None:
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY))
    run_cycle(room, OPERATOR)
    assert state_of(room, "beds")[0] == "fine"
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY).replace("occupied", "x"))

    run_cycle(room, OPERATOR)

    assert state_of(room, "beds")[0] == "stopped"
    assert not run_cycle(room, OPERATOR).is_new


def test_rows_that_fail_are_rejected_and_the_others_are_taken(room: Room) -> None:
    text = beds_file(LAST_DAY).replace("B,", "Atlantis,", 1)
    send(room, "beds", f"beds_{LAST_DAY}.csv", text)

    taken = run_cycle(room, OPERATOR).taken[0]

    rejects = show_table(room, OPERATOR, "rejects").to_pylist()
    assert [(row["row"], row["column"]) for row in rejects] == [(2, "hospital")]
    assert (taken.rows, taken.rejected) == (4, 1)
    facts = show_table(room, OPERATOR, "facts", measure="beds_occupied").to_pylist()
    assert [row["place"] for row in facts] == ["A", "C"]


FOLDER_SOURCE = 'kind = "folder"\npath = "inbox/beds"\npattern = "beds_*.csv"'


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Room]:
    beds = FILES["feeds/beds.toml"].replace('kind = "upload"', FOLDER_SOURCE)
    folder = write_room(tmp_path / "room", {"feeds/beds.toml": beds})
    (folder / "inbox" / "beds").mkdir(parents=True)
    yield open_at(folder)


def fetched(room: Room) -> list[str]:
    return fetch_sources(room, decide(OPERATOR, Action.RUN, "room", now=room.now()))


def test_a_watched_folder_gives_each_file_once_and_a_changed_one_again(watched: Room) -> None:
    day_before = LAST_DAY - timedelta(days=1)
    for day in (day_before, LAST_DAY):
        put(watched.folder, f"inbox/beds/beds_{day}.csv", beds_file(day))
    fetched(watched)
    fetched(watched)
    assert [row.name for row in arrivals(watched)] == [
        f"beds_{day_before}.csv",
        f"beds_{LAST_DAY}.csv",
    ]

    text = beds_file(LAST_DAY, changes={("A", LAST_DAY): 9})
    path = put(watched.folder, f"inbox/beds/beds_{LAST_DAY}.csv", text)
    os.utime(path, ns=(1, 1))
    fetched(watched)

    assert len(arrivals(watched)) == 3
    assert len(leaves(watched)) == 3
    assert path.read_text(encoding="utf-8") == text, "the sender's file is not touched"


def test_a_refused_file_of_a_folder_stops_no_other_and_is_not_asked_again(watched: Room) -> None:
    put(watched.folder, "inbox/beds/beds_2021-01-30.csv", AGENTS)
    put(watched.folder, "inbox/beds/beds_2021-01-31.csv", beds_file(LAST_DAY))

    problems = fetched(watched)

    assert len(problems) == 1
    assert problems[0].startswith("beds: ")
    assert "Hortense" not in problems[0]
    assert [row.name for row in arrivals(watched)] == ["beds_2021-01-31.csv"]
    assert fetched(watched) == []
    with watched.state.read() as tx:
        assert len(tx.refusals()) == 1


def test_a_source_that_does_not_answer_stops_nothing(watched: Room) -> None:
    (watched.folder / "inbox" / "beds").rmdir()
    send(
        watched,
        "admissions",
        f"admissions_{LAST_DAY}.csv",
        f"hospital,day,admitted\nA,{LAST_DAY},4\n",
    )

    result = run_cycle(watched, OPERATOR)

    assert result.status == RunStatus.RELEASED
    assert len(result.problems) == 1
    assert "inbox/beds is not there" in result.problems[0]
    assert state_of(watched, "beds")[0] == "silent"
    assert show_table(watched, OPERATOR, "facts", measure="admissions").num_rows == 1


def test_parsing_again_changes_nothing(room: Room) -> None:
    send(room, "beds", f"beds_{LAST_DAY}.csv", beds_file(LAST_DAY))
    parse_arrivals(room)
    once = arrivals(room)

    parse_arrivals(room)

    assert arrivals(room) == once
    assert once[0].rows == 2 * len(PLACES)
