"""Damping and spread from past forecasts of a room: chosen, shown, and blind to what came later."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.rooms import FILES, OPERATOR, open_at, send, write_room
from tests.unit.actions.test_actions_reproduction import EPIDEMIC
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.forecasts.forecasting import Chance, History, histories, total_history
from vigie.actions.forecasts.known_then import KnownThen, PastHistories
from vigie.actions.forecasts.renewal_terms import RenewalTerms
from vigie.actions.pages.scores_page import build_scores_page
from vigie.actions.pages.showing import open_release, show_scores
from vigie.actions.rooms.room import Room
from vigie.bootstrap import clock, local_operator, open_room, pages_of
from vigie.cli import run
from vigie.epidemiology.renewal import DAMPINGS, SPREAD_LIMITS
from vigie.schemas import REPORTS

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")

START = date(2021, 1, 4)
DAYS = 140
LAST = START + timedelta(days=DAYS)
PLACES = tuple(f"H{number}" for number in range(9))
FEED = re.sub(
    r"known_at = .*", "known_at = { reference_plus_days = 1 }", FILES["feeds/admissions.toml"]
)


def admitted(place: int, number: int) -> int:
    """Three sizes of day by chance: bounded, where the law of the engine has a long tail."""
    rng = np.random.default_rng([place, number])
    return int(rng.poisson(40 * rng.choice([0.4, 1.0, 1.6])))


def file_of(first: int, last: int, places: int = len(PLACES)) -> str:
    rows = [
        f"{name},{START + timedelta(days=number)},{admitted(place, number)}"
        for number in range(first, last)
        for place, name in enumerate(PLACES[:places])
    ]
    return "\n".join(["hospital,day,admitted", *rows, ""])


def made_room(folder: Path, places: int = len(PLACES)) -> Room:
    rows = ["place,name,kind,parent", "N,The nation,nation,"]
    rows += [f"{name},{name},site,N" for name in PLACES]
    changes = {
        "vigie.toml": FILES["vigie.toml"] + EPIDEMIC,
        "reference/places.csv": "\n".join([*rows, ""]),
        "reference/arcs.csv": "from_place,to_place,km,hours\n",
        "feeds/admissions.toml": FEED,
    }
    room = open_at(write_room(folder / "room", changes), LAST)
    send(room, "admissions", "first.csv", file_of(0, DAYS, places))
    return room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room with one release, to read only."""
    made = made_room(tmp_path_factory.mktemp("terms"))
    assert run_cycle(made, OPERATOR).release
    return made


def known_on(room: Room, day: date) -> tuple[History, History | None]:
    files = room.lake.files(REPORTS)
    facts = KnownThen(room, ["admissions"], files).facts(day)
    assert facts is not None
    history = next(histories(facts, room.measures(), ["admissions"], day))
    return history, total_history(history, {"N": PLACES})


def terms_on(room: Room, day: date, *, today: date = LAST):
    found = RenewalTerms(room, room.lake.files(REPORTS), Chance(1, today, 50, 7), PastHistories())
    return found.terms(room.values.epidemics[0], known_on(room, day), day)


def test_damping_and_spread_follow_from_the_rooms_own_past(room: Room) -> None:
    terms = terms_on(room, LAST)
    assert terms.damping_per_day in DAMPINGS
    assert terms.origins >= 8
    assert terms.forecasts >= 100
    assert set(terms.spread) == {1, 7, 14, 21}
    assert terms.spread[7] < 1, "more than 95 in 100 fell into its 90 in 100 ranges"
    assert all(SPREAD_LIMITS[0] <= each <= SPREAD_LIMITS[1] for each in terms.spread.values())


def test_a_young_room_keeps_the_engines_own_damping(room: Room) -> None:
    terms = terms_on(room, START + timedelta(days=60))
    assert terms.damping_per_day is None
    assert terms.origins == 0
    assert not terms.spread


def test_what_came_later_changes_no_terms_of_an_earlier_day(tmp_path: Path) -> None:
    day = LAST - timedelta(days=20)
    room = made_room(tmp_path, places=2)
    assert run_cycle(room, OPERATOR).release
    before, today = terms_on(room, day), terms_on(room, LAST)
    later = [
        f"{name},{START + timedelta(days=number)},{500 + 40 * number}"
        for number in range(DAYS - 19, DAYS)
        for name in PLACES[:2]
    ]
    # Each known on the day after the one that it tells of, so all after the day.
    send(room, "admissions", "later.csv", "\n".join(["hospital,day,admitted", *later, ""]))
    assert run_cycle(room, OPERATOR).release
    for file in (room.home / "cache" / "renewal").glob("*.parquet"):
        file.unlink()
    assert known_on(room, LAST)[0].values[0, 0, -1] >= 500, "the later days are other ones"
    assert terms_on(room, day) == before
    assert terms_on(room, LAST) != today


def test_terms_are_the_same_again_from_kept_forecasts_and_without_them(room: Room) -> None:
    first = terms_on(room, LAST)
    kept = sorted((room.home / "cache" / "renewal").glob("*.parquet"))
    assert kept
    assert terms_on(room, LAST) == first
    for file in kept:
        file.write_bytes(b"damaged")
    assert terms_on(room, LAST) == first


def test_old_kept_forecasts_are_removed(room: Room) -> None:
    old = room.home / "cache" / "renewal" / "0-2020-01-06.parquet"
    old.write_bytes(b"")
    terms_on(room, LAST)
    assert not old.exists()


def test_a_release_scores_the_engine_and_tells_its_settings(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    release = open_release(room, OPERATOR)
    rows = release.table("model_choices", target="admissions").to_pylist()
    own = next(row for row in rows if row["model_id"] == "vigie-renewal")
    told = json.loads(own["settings"])["epidemics"]
    assert [one["category"] for one in told] == [""]
    assert told[0]["damping_per_day"] in DAMPINGS
    assert {row["settings"] for row in rows if row["model_id"] != "vigie-renewal"} == {None}
    scores = release.table("scores", target="admissions").to_pylist()
    whole = [row for row in scores if row["slice"] == "all"]
    tasks = {row["model_id"]: row["tasks"] for row in whole}
    assert tasks["vigie-renewal"] == tasks["vigie-flat"] > 0
    damping = f"{told[0]['damping_per_day']:.2f}"
    page = build_scores_page(release, language="fr")
    note = next(
        row.note for board in page.boards for row in board.models if row.key == "vigie-renewal"
    )
    assert damping.replace(".", ",") in note
    wanted = ["show", "scores", "--room", str(room.folder)]
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    assert f"log R is expected to shrink to {damping}" in capsys.readouterr().out
    board = show_scores(room, OPERATOR)
    assert any(model.settings for each in board for model in each.models)
