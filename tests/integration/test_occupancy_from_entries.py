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
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.forecasts.own_models import OwnForecasts
from vigie.actions.forecasts.past_forecasts import Origin, PastForecasts
from vigie.actions.forecasts.surroundings import Surroundings
from vigie.actions.pages.showing import show_table
from vigie.actions.rooms.room import Room
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
