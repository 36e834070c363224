"""Leading signals of a room: found among its feeds, used by a model, blind to what came later."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.rooms import FILES, OPERATOR, open_at, send, write_room
from tests.unit.epidemiology.test_leading_indicators import world
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.forecasts.forecasting import Chance, histories, total_history
from vigie.actions.forecasts.known_then import KnownThen, PastHistories
from vigie.actions.forecasts.room_signals import RoomSignals, candidates
from vigie.actions.pages.scores_page import build_scores_page
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.room import Room
from vigie.bootstrap import clock, local_operator, open_room, pages_of
from vigie.cli import run
from vigie.epidemiology import SIGNALS_MODEL
from vigie.schemas import REPORTS

# One process makes the room that these tests share.
pytestmark = pytest.mark.xdist_group("signals")

DAYS = 420
START = date(2021, 1, 4)
LAST = START + timedelta(days=DAYS)
COUNTS, SHOWN, RNG = world(200, days=DAYS)
NOISE = np.exp(RNG.normal(0, 0.3, DAYS))
PLACES = tuple(f"H{number}" for number in range(len(COUNTS)))
FEED = re.sub(
    r"known_at = .*", "known_at = { reference_plus_days = 1 }", FILES["feeds/admissions.toml"]
)
CALLS_FEED = FEED.split("[[measures]]", maxsplit=1)[0] + "".join(
    f'\n[[measures]]\nmeasure = "{name}"\nfrom = "{name}"\nunit = "calls"\n'
    for name in ("calls", "visits")
)


def day(number: int) -> date:
    return START + timedelta(days=number)


def made_room(folder: Path) -> Room:
    rows = ["place,name,kind,parent", "N,The nation,nation,"]
    rows += [f"{name},{name},site,N" for name in PLACES]
    measures = FILES["reference/measures.csv"] + "".join(
        f"{name},{name},{name},calls,flow,sum,0,,false,false,\n" for name in ("calls", "visits")
    )
    changes = {
        "reference/places.csv": "\n".join([*rows, ""]),
        "reference/arcs.csv": "from_place,to_place,km,hours\n",
        "reference/measures.csv": measures,
        "feeds/admissions.toml": FEED,
        "feeds/calls.toml": CALLS_FEED,
    }
    room = open_at(write_room(folder / "room", changes), LAST)
    admitted = [
        f"{name},{day(number)},{int(COUNTS[place, number])}"
        for number in range(DAYS)
        for place, name in enumerate(PLACES)
    ]
    send(room, "admissions", "first.csv", "\n".join(["hospital,day,admitted", *admitted, ""]))
    called = [f"N,{day(n)},{300 * SHOWN[0, n]:.0f},{100 * NOISE[n]:.0f}" for n in range(DAYS)]
    send(room, "calls", "first.csv", "\n".join(["hospital,day,calls,visits", *called, ""]))
    return room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room with one release, to read only."""
    made = made_room(tmp_path_factory.mktemp("signals"))
    assert run_cycle(made, OPERATOR).release
    return made


def of(room: Room) -> RoomSignals:
    return RoomSignals(room, room.lake.files(REPORTS), Chance(1, LAST, 50, 7), PastHistories())


def test_daily_flows_and_shares_are_candidates_and_counts_of_products_are_not() -> None:
    usual = {"step": "day", "kind": "flow", "is_forecast": False, "dimension": ""}
    rows = {
        "calls": usual,
        "positivity": {**usual, "kind": "share"},
        "used": {**usual, "dimension": "product"},
        "entries": {**usual, "dimension": "ward_kind", "is_forecast": True},
        "weekly": {**usual, "step": "week"},
        "beds": {**usual, "kind": "level"},
        "made": usual,
    }
    assert candidates(rows, ["made"]) == ("calls", "entries", "positivity")


def test_calls_that_lead_are_selected_and_noise_is_not(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = open_release(room, OPERATOR).table("leading_signals").to_pylist()
    told = {row["signal"]: row for row in rows if row["target"] == "admissions"}
    assert set(told) == {"calls", "visits"}
    assert told["calls"]["is_selected"]
    assert told["calls"]["gain"] > 0.05
    assert told["calls"]["lead_days"] in {7, 10}
    assert not told["visits"]["is_selected"]
    assert all(LAST - timedelta(days=28) < row["ranked_on"] <= LAST for row in rows)
    wanted = ["show", "signals", "--room", str(room.folder)]
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:2] == ["admissions", "calls"] for line in lines)
    assert run([*wanted, "--json"], open_room, local_operator, clock, pages_of) == 0
    assert {row["signal"] for row in json.loads(capsys.readouterr().out)} == {"calls", "visits"}


def test_the_model_with_signals_is_scored_beside_the_others_and_tells_them(room: Room) -> None:
    release = open_release(room, OPERATOR)
    choices = release.table("model_choices", target="admissions").to_pylist()
    own = next(row for row in choices if row["model_id"] == SIGNALS_MODEL)
    lead = json.loads(own["settings"])["signals"][0]["lead_days"]
    assert json.loads(own["settings"]) == {"signals": [{"signal": "calls", "lead_days": lead}]}
    scores = release.table("scores", target="admissions").to_pylist()
    sums = {row["model_id"]: row for row in scores if row["slice"] == "all"}
    plain, signalled = sums["vigie-pooled-daily"], sums[SIGNALS_MODEL]
    assert signalled["tasks"] == plain["tasks"] > 0
    assert signalled["wis"] < plain["wis"]
    page = build_scores_page(release, language="en")
    notes = {row.key: row.note for board in page.boards for row in board.models}
    assert notes[SIGNALS_MODEL] == f"leading signals: calls, {lead} days ahead"


def test_a_place_without_a_signal_of_its_own_takes_that_of_the_place_above(room: Room) -> None:
    facts = KnownThen(room, ["admissions"], room.lake.files(REPORTS)).facts(LAST)
    assert facts is not None
    part = next(histories(facts, room.measures(), ["admissions"], LAST))
    totals = total_history(part, {"N": PLACES})
    assert totals is not None
    (at_sites,) = of(room).signals(part, LAST)
    (at_nation,) = of(room).signals(totals, LAST)
    assert at_sites.name == "calls"
    expected = np.round(300 * SHOWN[0, -len(part.dates) :])
    np.testing.assert_array_equal(at_sites.values, np.tile(expected, (len(PLACES), 1)))
    np.testing.assert_array_equal(at_nation.values, expected[None])


def test_what_came_later_changes_no_ranking_of_an_earlier_day(room: Room, tmp_path: Path) -> None:
    room = open_at(Path(shutil.copytree(room.folder, tmp_path / "room")), LAST)
    earlier = LAST - timedelta(days=56)
    before = of(room).ranking("admissions", earlier)
    rng = np.random.default_rng(8)
    since = (earlier - START).days
    later = [f"N,{day(n)},{rng.integers(10, 900)},50" for n in range(since, DAYS)]
    send(room, "calls", "later.csv", "\n".join(["hospital,day,calls,visits", *later, ""]))
    run_cycle(room, OPERATOR)
    for file in (room.home / "cache" / "signals").glob("*.parquet"):
        file.unlink()
    assert of(room).ranking("admissions", earlier) == before
    assert of(room).ranking("admissions", LAST) != before
    assert before is not None and before.day <= earlier


def test_a_room_without_other_feeds_ranks_nothing(released_folder: Path) -> None:
    release = open_release(open_at(released_folder), OPERATOR)
    assert release.table("leading_signals").num_rows == 0
