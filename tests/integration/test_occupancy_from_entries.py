"""Patients in bed from who comes, and absence on rosters: scored, and published when better."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.rooms import FILES, OPERATOR, PLACES, open_at, send, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.daily.examining import examine
from vigie.actions.decisions.deciding import add_move
from vigie.actions.decisions.loan_effects import release_lendings
from vigie.actions.forecasts.bookings import Bookings
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.forecasts.own_models import OwnForecasts
from vigie.actions.forecasts.past_forecasts import Origin, PastForecasts
from vigie.actions.forecasts.surroundings import Surroundings
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.showing import open_release, show_table
from vigie.actions.rooms.feed_status import feeds_status
from vigie.actions.rooms.room import Room
from vigie.errors import BadData, NotFound
from vigie.planning import Actor, MoveKey, standard_outcome
from vigie.schemas import REPORTS

START = date(2021, 2, 15)
TODAY = date(2021, 7, 5)
"""Monday; the day before it is the last one reported."""

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("entries")

BEDS = (
    re.sub(r"known_at = .*", "known_at = { reference_plus_days = 1 }", FILES["feeds/beds.toml"])
    + '\n[[measures]]\nmeasure = "came"\nfrom = "came"\nunit = "patients"\n'
    + '\n[[measures]]\nmeasure = "roster"\nfrom = "roster"\nunit = "people"\n'
    + '\n[[measures]]\nmeasure = "away"\nfrom = "away"\nunit = "people"\n'
)
STAFF = """
[[shortage]]
kind = "staff"
rostered = "roster"
absent = "away"
occupancy = "beds_occupied"
"""
CHANGES = {
    "feeds/beds.toml": BEDS,
    "reference/measures.csv": FILES["reference/measures.csv"]
    + "came,Entries,Entrées,patients,flow,sum,0,ward_kind,false,true,\n"
    + "roster,Rostered,Planifiés,people,level,sum,0,ward_kind,false,false,\n"
    + "away,Absent,Absents,people,level,sum,0,ward_kind,true,false,\n",
    "reference/skills.csv": "skill,ward_kind\nicu,icu\n",
    "reference/ratios.csv": "ward_kind,skill,mode,patients_per_staff,valid_from,source\n"
    "icu,icu,normal,2,2020-01-01,decree\n",
    "vigie.toml": FILES["vigie.toml"]
    .replace("sample_count = 50", "sample_count = 200")
    .replace("horizon_days = 7", "horizon_days = 14")
    .replace('capacity = "beds_staffed"', 'capacity = "beds_staffed"\nentries = "came"')
    + STAFF,
}


def _figures() -> tuple[np.ndarray, np.ndarray]:
    """Entries and patients in bed, (place, day): few come at weekends, and all leave in order."""
    rng = np.random.default_rng(7)
    days = (TODAY - START).days
    day = np.arange(-40, days)
    level = np.array([9.0, 14.0, 20.0])[:, None] * (1 + 0.3 * np.sin(day / 25))
    came = rng.poisson(level * np.where(day % 7 < 5, 1.25, 0.3))
    there, in_bed = np.zeros(len(PLACES), dtype=int), np.zeros(came.shape, dtype=int)
    for at in range(came.shape[1]):
        there = rng.binomial(there + came[:, at], 0.75)
        in_bed[:, at] = there
    return came[:, 40:], in_bed[:, 40:]


CAME, IN_BED = _figures()
ROSTER = np.array([30, 40, 50])[:, None] * np.where(np.arange(CAME.shape[1]) % 7 < 5, 10, 6) // 10
AWAY = np.random.default_rng(8).binomial(ROSTER, 0.1)


def beds_until(last: date, *, spoilt_after: date | None = None) -> str:
    """The registry's file of all days; figures after a day are nonsense where one is given."""
    rows = []
    for number in range((last - START).days + 1):
        day = START + timedelta(days=number)
        is_spoilt = spoilt_after is not None and day > spoilt_after
        for at, place in enumerate(PLACES):
            in_bed = 500 if is_spoilt else IN_BED[at, number]
            came = 400 if is_spoilt else CAME[at, number]
            roster, away = (70, 70) if is_spoilt else (ROSTER[at, number], AWAY[at, number])
            rows.append(f"{place},{day},{in_bed},{60 + 30 * at},{came},{roster},{away}")
    return "\n".join(["hospital,day,occupied,staffed,came,roster,away", *rows, ""])


def made(folder: Path, day: date, text: str) -> Room:
    room = open_at(write_room(folder, CHANGES), day)
    send(room, "beds", "all.csv", text)
    run_cycle(room, OPERATOR)
    return room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    folder = tmp_path_factory.mktemp("entries") / "room"
    return made(folder, TODAY, beds_until(TODAY - timedelta(days=1)))


def test_it_is_scored_beside_persistence_and_published_when_better(room: Room) -> None:
    choices = {
        row["model_id"]: row
        for row in show_table(
            room, OPERATOR, "model_choices", target="beds_occupied", level="places"
        ).to_pylist()
    }
    assert choices["vigie-persistence"]["is_baseline"]
    assert choices["vigie-bed-flow"]["state"] == "published"
    assert choices["vigie-bed-flow"]["ratio"] < 0.95
    short = show_table(room, OPERATOR, "shortages", kind="beds").to_pylist()
    assert {row["model_id"] for row in short} == {"vigie-bed-flow"}
    forecast = show_table(
        room, OPERATOR, "forecasts", target="beds_occupied", is_published="true"
    ).to_pylist()
    assert {row["location"] for row in forecast} == {*PLACES, "N"}
    assert all(row["value"] >= 0 for row in forecast)


def test_absence_on_rosters_is_published_and_staff_are_judged_by_it(room: Room) -> None:
    states = {
        (row["level"], row["model_id"]): row["state"]
        for row in show_table(room, OPERATOR, "model_choices", target="away").to_pylist()
    }
    assert states["places", "vigie-persistence"] == "baseline"
    assert states["places", "vigie-absence"] == "published"
    assert ("totals", "vigie-absence") not in states, "regions have the sum of their places"
    short = show_table(room, OPERATOR, "shortages", kind="staff").to_pylist()
    assert {row["model_id"] for row in short} == {"vigie-absence"}
    rows = show_table(room, OPERATOR, "path_arrays", measure="away", place="C").to_pylist()
    weekend = [np.mean(row["samples"]) for row in rows if row["date"].weekday() >= 5]
    week = [np.mean(row["samples"]) for row in rows if row["date"].weekday() < 5]
    assert np.mean(weekend) == pytest.approx(0.1 * 30, rel=0.2)
    assert np.mean(week) == pytest.approx(0.1 * 50, rel=0.2)


def test_measures_that_stand_beside_are_not_forecast_for_it(room: Room) -> None:
    targets = show_table(room, OPERATOR, "forecasts")["target"].unique().to_pylist()
    assert sorted(targets) == ["away", "beds_occupied"]


def test_futures_are_whole_patients_and_the_weekend_shows(room: Room) -> None:
    rows = show_table(room, OPERATOR, "path_arrays", measure="beds_occupied", place="C").to_pylist()
    paths = {row["date"]: np.array(row["samples"]) for row in rows}
    assert all((each == np.rint(each)).all() for each in paths.values())
    weekly = {day.weekday(): [] for day in paths}
    for day, samples in paths.items():
        weekly[day.weekday()].append(samples.mean())
    assert np.mean(weekly[4]) > 1.15 * np.mean(weekly[6]), "few come on Saturday and Sunday"


def test_nothing_after_a_past_day_changes_its_forecast(room: Room, tmp_path: Path) -> None:
    origin = TODAY - timedelta(days=15)
    text = beds_until(TODAY - timedelta(days=1), spoilt_after=origin)
    other = made(tmp_path / "other", TODAY, text)
    first, second = (tasks_of(each, origin) for each in (room, other))
    names = set(first["model_id"].to_pylist())
    assert {"vigie-bed-flow", "vigie-absence", "vigie-persistence"} <= names
    assert first.equals(second)


def tasks_of(room: Room, day: date) -> pa.Table:
    """Forecasts made again at a past day."""
    chance = Chance(1, TODAY, 200, 14)
    reports = room.lake.files(REPORTS)
    around = Surroundings(room, reports, chance)
    own = OwnForecasts(room, TODAY)
    past = PastForecasts(room, ["away", "beds_occupied"], reports, own, chance, around)
    return past.tasks(Origin(day, None, is_made_after=True))


PLANNED = np.random.default_rng(8).binomial(CAME, 0.4)
"""Of those who came, who was booked: four in ten."""

TOLD_APART = {
    **CHANGES,
    "feeds/beds.toml": BEDS
    + '\n[[measures]]\nmeasure = "planned"\nfrom = "planned"\nunit = "patients"\n'
    + '\n[[measures]]\nmeasure = "fit"\nfrom = "fit"\nunit = "patients"\n',
    "feeds/bookings.toml": FILES["feeds/admissions.toml"]
    .replace('format = "%Y-%m-%d" }', 'format = "%Y-%m-%d", ahead_days = 60 }', 1)
    .replace("[[measures]]", 'category = { value = "icu" }\n\n[[measures]]')
    .replace('measure = "admissions"\nfrom = "admitted"', 'measure = "booked"\nfrom = "booked"')
    .replace('name = "admissions_', 'name = "bookings_'),
    "reference/measures.csv": CHANGES["reference/measures.csv"]
    + "planned,Planned entries,Entrées programmées,patients,flow,sum,0,ward_kind,false,true,\n"
    + "booked,Booked,Réservés,patients,flow,sum,0,ward_kind,false,true,\n"
    + "fit,Waiting to leave,En attente de sortie,patients,level,sum,0,ward_kind,false,true,\n",
    "vigie.toml": CHANGES["vigie.toml"].replace(
        'entries = "came"',
        'entries = "came"\nelective = "planned"\nbooked = "booked"\nwaiting = "fit"',
    ),
}


@pytest.fixture(scope="module")
def told_apart(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """The same hospitals, which also say who was planned, who waits, and who is booked."""
    folder = tmp_path_factory.mktemp("entries") / "apart"
    room = open_at(write_room(folder, TOLD_APART), TODAY)
    last = TODAY - timedelta(days=1)
    header, *lines = beds_until(last).splitlines()
    rows = [f"{header},planned,fit"]
    for line in lines:
        place, day, in_bed = line.split(",")[:3]
        at, number = PLACES.index(place), (date.fromisoformat(day) - START).days
        rows.append(f"{line},{PLANNED[at, number]},{int(in_bed) // 8}")
    send(room, "beds", "all.csv", "\n".join([*rows, ""]))
    listed = ["hospital,day,booked"]
    for back in range(-7, 40):
        day = last - timedelta(days=back)
        for at, place in enumerate(PLACES):
            # All who are booked come; in the coming week the third hospital puts everybody off.
            come = PLANNED[at, (day - START).days] if day <= last else 20 * (at < 2)
            listed.append(f"{place},{day},{come}")
    # Too far ahead; and for a place where nobody lies.
    listed += [f"A,{last + timedelta(days=90)},3", f"N,{TODAY},3"]
    send(room, "bookings", f"bookings_{TODAY}.csv", "\n".join([*listed, ""]))
    run_cycle(room, OPERATOR)
    return room


def test_booked_patients_come_and_those_put_off_do_not(told_apart: Room) -> None:
    rows = show_table(told_apart, OPERATOR, "path_arrays", measure="beds_occupied").to_pylist()
    on = TODAY + timedelta(days=5)
    ahead = {row["place"]: np.mean(row["samples"]) for row in rows if row["date"] == on}
    assert ahead["B"] > IN_BED[1, -1] + 10, "20 a day are booked where 6 a day came planned"
    assert ahead["C"] < IN_BED[2, -1]
    choices = show_table(told_apart, OPERATOR, "model_choices", level="places").to_pylist()
    flow = next(row for row in choices if row["model_id"] == "vigie-bed-flow")
    assert flow["state"] == "published"
    assert flow["ratio"] is not None


def test_the_page_of_a_place_says_who_waits_and_what_each_cause_is(told_apart: Room) -> None:
    rows = show_table(told_apart, OPERATOR, "bed_parts", place="B").to_pylist()
    waits = next(row for row in rows if row["kind"] == "waiting")
    assert (waits["part"], waits["part_patients"]) == ("fit", IN_BED[1, -1] // 8)
    causes = {row["part"]: row for row in rows if row["kind"] == "cause"}
    assert set(causes) == {"planned", ""}
    assert sum(row["share_ahead"] for row in causes.values()) == pytest.approx(1)
    assert sum(row["part_patients"] for row in causes.values()) == waits["patients"]
    tables = open_release(told_apart, OPERATOR)
    said = build_place_page(tables, "B", language="en").bed_parts
    count = f"{waits['patients']:.0f} patients in bed, {waits['part_patients']:.0f} are fit"
    assert said[0] == f"Intensive care: of {count} and wait to leave"
    assert "Planned entries" in said[1]
    assert (
        build_place_page(tables, "B", language="fr").bed_parts[0].startswith("Réanimation\xa0: sur")
    )


def test_a_room_that_tells_nobody_apart_has_no_parts(room: Room) -> None:
    assert show_table(room, OPERATOR, "bed_parts").num_rows == 0
    assert build_place_page(open_release(room, OPERATOR), "B", language="en").bed_parts == ()


def test_bookings_are_read_as_a_day_knew_them_and_no_figure_lies_ahead(told_apart: Room) -> None:
    list_of = Bookings(told_apart, told_apart.lake.files(REPORTS))
    known = list_of.known("booked", TODAY, 7)
    assert known is not None
    assert max(known["reference_date"].to_pylist()) == TODAY + timedelta(days=6)
    assert list_of.known("booked", TODAY - timedelta(days=1), 7) is None, "sent this morning"
    facts = open_release(told_apart, OPERATOR).table("facts", measure="booked")
    assert max(facts["reference_date"].to_pylist()) <= TODAY


def test_bookings_further_ahead_than_the_feed_allows_are_refused(told_apart: Room) -> None:
    rejects = show_table(told_apart, OPERATOR, "rejects", feed="bookings").to_pylist()
    assert [row["rule"] for row in rejects] == ["future"]


def test_a_list_is_as_new_as_the_day_on_which_it_was_sent(told_apart: Room) -> None:
    later = TODAY + timedelta(days=5)
    rows = feeds_status(told_apart, "later", later, ()).to_pylist()
    (row,) = (each for each in rows if each["feed"] == "bookings")
    assert row["last_reference_date"] == TODAY, "its days reach further"
    assert row["state"] != "fine"


def test_the_doctor_says_what_of_the_flow_was_not_read(told_apart: Room) -> None:
    health = examine(told_apart, OPERATOR)
    said = [each.message for each in health.findings if each.subject == "bed flow"]
    assert said == [
        "booked: bookings of N are for wards that report no beds_occupied; they are left out. "
        "Report these wards, or correct the list."
    ]


def test_staff_read_back_from_a_release_run_short_as_it_says(room: Room) -> None:
    reader = open_release(room, OPERATOR, None)
    (staff,) = release_lendings(room, reader, "staff")
    told = {
        row["place"]: row["probability_14"]
        for row in reader.table("shortages", kind="staff").to_pylist()
    }
    found = standard_outcome(staff, 14).short[:, 0]
    assert max(told.values()) > 0.05
    assert found == pytest.approx([told[place] for place in staff.places], abs=1e-9)


def test_an_added_loan_of_staff_is_refused_beyond_the_rules_and_told_within(room: Room) -> None:
    key = MoveKey("staff", "icu", "A", "C", TODAY)
    actor = Actor("log", "logistics", "")
    with pytest.raises(BadData, match=r'rule "stock": "A" has 18 and may lend 9; .* 3 too much'):
        add_move(room, OPERATOR, key, 12, actor)
    with pytest.raises(BadData, match=r'rule "lot": 1\.5 is no whole number of staff'):
        add_move(room, OPERATOR, key, 1.5, actor)
    added = add_move(room, OPERATOR, key, 2, actor).move
    (told,) = (
        open_release(room, OPERATOR, None).table("shortages", kind="staff", place="C").to_pylist()
    )
    assert added.receiver_before == pytest.approx(told["probability_14"])
    assert added.receiver_after <= added.receiver_before
    assert added.sender_after - added.sender_before <= 0.02
    unknown = MoveKey("staff", "icuu", "A", "C", TODAY)
    with pytest.raises(NotFound, match=r'No staff "icuu"\. Nearest: "icu"'):
        add_move(room, OPERATOR, unknown, 2, actor)
