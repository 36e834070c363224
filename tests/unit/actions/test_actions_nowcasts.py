"""Nowcasts in a room whose hospitals report late, and changes of what is counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.rooms import FILES, OPERATOR, PLACES, open_at, send, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.forecasts.definition_changes import (
    DefinitionChange,
    comparable,
    definition_changes,
)
from vigie.actions.forecasts.forecasting import History, histories
from vigie.actions.forecasts.report_revisions import (
    NOWCAST_DAYS,
    Revisions,
    late_reports,
    read_revisions,
)
from vigie.actions.pages.place_page import build_place_page
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.reading import FACTS, as_known_sql, facts_sql
from vigie.actions.rooms.receiving import parse_arrivals, take_arrivals
from vigie.actions.rooms.room import Room
from vigie.actions.scores.scored_tasks import Truth
from vigie.bootstrap import clock, local_operator, open_notebook, open_room, pages_of
from vigie.cli import run
from vigie.schemas import MEASURES, NOWCAST_SCORES, NOWCASTS, REPORTS, REPRODUCTION

EPIDEMIC = """
[[epidemics]]
measure = "admissions"
generation_mean_days = 5
generation_sd_days = 2
admission_mean_days = 8
admission_sd_days = 4
"""
START = date(2021, 1, 4)
DAYS = 70
LAST = START + timedelta(days=DAYS - 1)
FIRST_FILE = 40
"""Day of the first file, which loads all days before it."""

CHANGED = START + timedelta(days=12)
CHANGE = {
    "reference/definition_changes.csv": f"measure,date,what\nadmissions,{CHANGED},day cases too\n"
}

SHARE_BY_DELAY = np.array([0.45, 0.25, 0.12, 0.08, 0.05, 0.03, 0.02])

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")


def room_with(folder: Path, day: date = LAST, changes: dict[str, str] | None = None) -> Room:
    settings = FILES["vigie.toml"].replace("sample_count = 50", "sample_count = 200")
    files = {"vigie.toml": settings + EPIDEMIC} | (changes or {})
    return open_at(write_room(folder / "room", files), day)


def admitted(seed: int = 7) -> np.ndarray:
    """(place, day, delay): admissions by the days after which they are reported."""
    rng = np.random.default_rng(seed)
    mean = np.array([30.0, 20.0, 45.0])[:, None] * np.exp(0.01 * np.arange(DAYS))
    return np.array(
        [[rng.multinomial(rng.poisson(m), SHARE_BY_DELAY) for m in row] for row in mean]
    )


def file_of(
    day: int, counts: np.ndarray, days_back: int = 10, places: Sequence[str] = PLACES
) -> str:
    """The file sent on a day: what is known by then of the last days."""
    rows = []
    for of in places:
        place = PLACES.index(of)
        for event in range(max(0, day - days_back), day + 1):
            known = counts[place, event, : day - event + 1].sum()
            rows.append(f"{of},{START + timedelta(days=event)},{known}")
    return "\n".join(["hospital,day,admitted", *rows, ""])


def send_daily(
    room: Room, counts: np.ndarray, last: int = DAYS - 1, since: int = FIRST_FILE
) -> None:
    for day in range(since, last + 1):
        name = f"admissions_{START + timedelta(days=day)}.csv"
        back = FIRST_FILE if day == FIRST_FILE else 10
        send(room, "admissions", name, file_of(day, counts, back))


def nowcast(room: Room) -> dict[tuple[str, date], dict[str, object]]:
    rows = open_release(room, OPERATOR).table(NOWCASTS.name).to_pylist()
    return {(row["place"], row["date"]): row for row in rows}


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A room with a release on the day after the last of thirty daily files: to read only."""
    folder = tmp_path_factory.mktemp("late")
    room = room_with(folder, LAST + timedelta(days=1), CHANGE)
    send_daily(room, admitted())
    assert run_cycle(room, OPERATOR).release
    return room


def test_the_last_days_are_completed_and_bracket_what_is_known_later(late: Room) -> None:
    counts, rows = admitted(), nowcast(late)
    assert {place for place, _ in rows} == {"A", "B", "C", "N"}
    inside, near = [], []
    for (place, day), row in rows.items():
        at = (day - START).days
        own = counts if place == "N" else counts[PLACES.index(place)][None]
        known, final = own[:, at, : DAYS - at].sum(), own[:, at].sum()
        assert row["reported"] == known
        assert row["known_after"][-1] == known
        levels = [row[name] for name in ("q05", "q25", "q50", "q75", "q95")]
        assert levels == sorted(levels)
        # Nothing was ever taken back.
        assert levels[0] >= known
        if LAST - day < timedelta(days=4):
            inside.append(levels[0] <= final <= levels[-1])
            near.append(abs(levels[2] - final) < 0.7 * abs(known - final) + 3)
    assert np.mean(inside) > 0.6
    assert np.mean(near) > 0.8
    yesterday = rows["N", LAST]
    assert yesterday["q50"] > 1.5 * yesterday["reported"]
    assert abs(yesterday["share_reported"] - SHARE_BY_DELAY[0]) < 0.05
    assert rows["N", LAST - timedelta(days=20)]["share_reported"] == 1.0


def test_late_reports_are_not_read_as_a_fall(late: Room) -> None:
    reader = open_release(late, OPERATOR)
    nation = reader.table(REPRODUCTION.name, place="N").to_pylist()
    last = next(row for row in nation if row["date"] == LAST)
    assert last["probability_growing"] > 0.5
    assert reader.manifest.models["nowcast admissions"] == "vigie-renewal"
    assert "without_nowcast" not in reader.manifest.notes


def test_pages_command_and_notebook_tell_the_nowcast(
    late: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, told = open_release(late, OPERATOR), nowcast(late)["N", LAST]
    said = [round(told[name]) for name in ("reported", "q50", "q05", "q95")]
    page = build_place_page(reader, "N", language="en")
    chart, triangle = page.nowcasts
    assert chart.finding == (
        "Yesterday {} were reported; probably {} ({} to {}) happened".format(*said)
    )
    assert chart.rows[-1][1:3] == (str(said[0]), str(said[1]))
    assert len(chart.rows) == NOWCAST_DAYS
    assert "95 in 100 within 5 days" in triangle.finding
    assert triangle.rows[-2][2] and not triangle.rows[-1][2]
    assert set(page.nowcasts) <= set(page.all_pictures)
    french = build_place_page(reader, "A", language="fr")
    (only,) = french.nowcasts
    assert only.finding.startswith("Hier\u00a0: ")
    for picture in (*page.nowcasts, only):
        for is_narrow in (False, True):
            assert picture.draw(is_narrow).startswith("<svg")
    wanted = ["show", "nowcasts", "--room", str(late.folder)]
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["A", "B", "C", "N"]
    assert run([*wanted, "--json", "--place", "A"], open_room, local_operator, clock, pages_of) == 0
    assert len(json.loads(capsys.readouterr().out)) == NOWCAST_DAYS
    asked = open_notebook(late.folder).nowcasts("admissions", place="N").to_arrow().to_pylist()
    assert asked[-1]["q50"] == told["q50"]


def test_a_change_of_definition_cuts_the_past_and_is_told_on_the_page(late: Room) -> None:
    reader = open_release(late, OPERATOR)
    for place in ("N", "A"):
        days = [row["date"] for row in reader.table(REPRODUCTION.name, place=place).to_pylist()]
        assert min(days) == CHANGED
    (line,) = build_place_page(reader, "A", language="en").definition_changes
    assert line.startswith("Admissions: since 16 January 2021 something else is counted (day cases")


def test_past_nowcasts_are_scored_once_their_days_are_complete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, counts = tmp_path, admitted()
    for last in (55, 56, 57):
        early = room_with(folder, START + timedelta(days=last))
        send_daily(early, counts, last, since=FIRST_FILE if last == 55 else last)
        assert run_cycle(early, OPERATOR).release
        assert open_release(early, OPERATOR).table(NOWCAST_SCORES.name).num_rows == 0
    room = room_with(folder, START + timedelta(days=DAYS + 8))
    send_daily(room, counts, since=58)
    # Days 49 to 57, nowcast in three runs, are complete once day 78 is reported.
    more = np.concatenate([counts, counts[:, :9]], axis=1)
    send_daily(room, more, DAYS + 8, since=DAYS)
    assert run_cycle(room, OPERATOR).release
    rows = open_release(room, OPERATOR).table(NOWCAST_SCORES.name).to_pylist()
    assert [row["age_days"] for row in rows] == list(range(7))
    assert {row["tasks"] for row in rows} == {12}
    assert (rows[0]["from_date"], rows[0]["to_date"]) == (
        START + timedelta(days=55),
        START + timedelta(days=57),
    )
    for row in rows[:3]:
        assert row["log_wis"] < 0.5 * row["log_wis_reported"]
        assert 0.5 <= row["coverage_90"] <= 1
    wanted = ["show", "scores", "--room", str(room.folder)]
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    assert "log_wis_reported" in capsys.readouterr().out


def revisions(room: Room, day: date = LAST) -> tuple[History, Revisions | str]:
    """What the revisions say, without a release."""
    with room.writing():
        parse_arrivals(room)
        take_arrivals(room, "r")
    files = room.lake.files(REPORTS)
    known = as_known_sql(room, files, (), room.end_of(day))
    standing = room.engine.query(facts_sql(known), {"measures": room.reference(MEASURES.name)})
    standing = comparable(standing, room.measures(), definition_changes(room, day))
    history = next(histories(standing, room.measures(), ["admissions"], day))
    return history, read_revisions(room, standing, files, history)


def shares(room: Room) -> dict[str, np.ndarray]:
    """(age,): share reported by now that is expected, by place."""
    history, told = revisions(room)
    assert isinstance(told, Revisions)
    found = {}
    for places in (("A", "B", "C"), ("N",)):
        late = late_reports(told, history, places, "", {"N": PLACES})
        found |= dict(zip(places, late.hazards.expected_share(), strict=True))
    return found


def test_a_room_loaded_in_one_go_says_why_it_has_no_nowcast(tmp_path: Path) -> None:
    room, counts = room_with(tmp_path), admitted()
    name = f"admissions_{LAST}.csv"
    send(room, "admissions", name, file_of(DAYS - 1, counts, DAYS))
    assert run_cycle(room, OPERATOR).release
    assert nowcast(room) == {}
    reader = open_release(room, OPERATOR)
    assert reader.table(REPRODUCTION.name, place="N").num_rows
    (why,) = json.loads(reader.manifest.notes["without_nowcast"])
    assert why == (
        "admissions: no nowcast yet: how late reports come is learnt from 10 days with reports or "
        "more, so far 1"
    )
    assert build_place_page(reader, "N", language="en").nowcasts == ()


def test_reports_that_never_grow_are_taken_as_complete(tmp_path: Path) -> None:
    room, counts = room_with(tmp_path), admitted()
    counts[:, :, 0], counts[:, :, 1:] = counts.sum(axis=2), 0
    send_daily(room, counts)
    _, told = revisions(room)
    assert (
        told == "no nowcast: no figure grew after its first report, so that all count as complete"
    )


def test_without_reports_there_is_nothing_to_learn_from(tmp_path: Path) -> None:
    room = room_with(tmp_path)
    send_daily(room, admitted())
    history, _ = revisions(room)
    nothing = read_revisions(room, FACTS.empty_table(), (), history)
    assert nothing == "no nowcast: there are no reports of which to learn how late they come"


def test_a_hospital_that_was_silent_and_sends_all_at_once_is_not_slow(tmp_path: Path) -> None:
    room, counts = room_with(tmp_path), admitted()
    for day in range(FIRST_FILE, DAYS):
        back = FIRST_FILE if day == FIRST_FILE else 15
        told = PLACES if not 50 <= day < 59 else ("A", "B")
        name = f"admissions_{START + timedelta(days=day)}.csv"
        send(room, "admissions", name, file_of(day, counts, back, told))
    found = shares(room)
    expected = np.cumsum(SHARE_BY_DELAY)
    for place in ("A", "C", "N"):
        assert np.abs(found[place][:7] - expected).max() < 0.05


def test_a_hospital_whose_days_arrive_late_but_whole_is_complete_once_it_reports(
    tmp_path: Path,
) -> None:
    room, counts = room_with(tmp_path), admitted()
    whole = counts.copy()
    whole[2, :, 2], whole[2, :, :2], whole[2, :, 3:] = counts[2].sum(axis=1), 0, 0
    for day in range(FIRST_FILE, DAYS):
        back = FIRST_FILE if day == FIRST_FILE else 10
        text = file_of(day, whole, back, ("A", "B"))
        rows = [
            f"C,{START + timedelta(days=event)},{whole[2, event].sum()}"
            for event in range(max(0, day - back), day - 1)
        ]
        send(
            room,
            "admissions",
            f"admissions_{START + timedelta(days=day)}.csv",
            text + "\n".join([*rows, ""]),
        )
    found = shares(room)
    assert found["C"][2] > 0.97
    assert abs(found["A"][2] - SHARE_BY_DELAY[:3].sum()) < 0.05


def test_days_before_a_change_of_definition_say_nothing_of_delays(tmp_path: Path) -> None:
    changed = START + timedelta(days=60)
    text = f"measure,date,what\nadmissions,{changed},electronic reports\n"
    room = room_with(tmp_path, changes={"reference/definition_changes.csv": text})
    counts = admitted()
    quick = np.zeros(7)
    quick[:2] = 0.9, 0.1
    rng = np.random.default_rng(3)
    for event in range(60, DAYS):
        for place in range(3):
            counts[place, event] = rng.multinomial(counts[place, event].sum(), quick)
    send_daily(room, counts)
    assert abs(shares(room)["N"][0] - 0.9) < 0.03


BEDS_AND_ADMISSIONS = (("beds_occupied", "icu"), ("beds_occupied", "x"), ("admissions", ""))


def test_a_change_drops_figures_of_its_measure_place_and_category_only(tmp_path: Path) -> None:
    text = (
        "measure,category,place,date,what\n"
        "beds_occupied,icu,A,2021-01-10,chairs are no beds\n"
        "admissions,,N,2021-01-12,day cases too\n"
        "admissions,,B,2021-04-01,not yet known\n"
    )
    room = room_with(tmp_path, changes={"reference/definition_changes.csv": text})
    changes = definition_changes(room, LAST)
    assert [each.measure for each in changes] == ["beds_occupied", "admissions"]
    rows = [
        {"measure": measure, "place": place, "category": category, "reference_date": day}
        for measure, category in (
            ("beds_occupied", "icu"),
            ("beds_occupied", "x"),
            ("admissions", ""),
        )
        for place in ("A", "B")
        for day in (date(2021, 1, 9), date(2021, 1, 10), date(2021, 1, 12))
    ]
    left = comparable(pa.Table.from_pylist(rows, FACTS), room.measures(), changes).to_pylist()
    kept = {(r["measure"], r["category"], r["place"], r["reference_date"].day) for r in left}
    assert kept == {
        ("beds_occupied", "icu", "A", 10),
        ("beds_occupied", "icu", "A", 12),
        *(("beds_occupied", "icu", "B", day) for day in (9, 10, 12)),
        *(("beds_occupied", "x", place, day) for place in "AB" for day in (9, 10, 12)),
        ("admissions", "", "A", 12),
        ("admissions", "", "B", 12),
    }


def test_a_week_that_holds_days_of_the_old_meaning_is_dropped() -> None:
    change = DefinitionChange("m", "", None, date(2021, 1, 13), "what")
    days = [date(2021, 1, 10) + timedelta(weeks=n) for n in range(3)]
    rows = [{"measure": "m", "place": "A", "category": "", "reference_date": day} for day in days]
    for step, kept in (("week", 1), ("day", 2)):
        left = comparable(pa.Table.from_pylist(rows, FACTS), {"m": {"step": step}}, [change])
        assert left.num_rows == kept


def test_what_was_forecast_before_a_change_is_not_held_against_what_came_after() -> None:
    days = np.arange("2021-01-01", "2021-01-21", dtype="datetime64[D]")
    values = np.ones((2, 1, 20))
    history = History("m", "flow", "day", ("A", "B"), ("",), days, values, LAST, np.inf)
    change = DefinitionChange("m", "", frozenset({"A"}), date(2021, 1, 10), "what")
    truth = Truth.of(history, None, [change])
    origins = np.array(["2021-01-09", "2021-01-10", "2021-01-09", "2021-01-09"], "datetime64[D]")
    same = truth.is_comparable(np.array([0, 0, 1, -1]), np.array([0, 0, 0, -1]), origins)
    assert same.tolist() == [False, True, True, True]


def test_what_became_known_after_the_day_changes_nothing(tmp_path: Path) -> None:
    counts, day = admitted(), START + timedelta(days=58)
    found = []
    for name, last in (("then", 58), ("later", DAYS - 1)):
        room = room_with(tmp_path / name)
        send_daily(room, counts, last)
        history, told = revisions(room, day)
        assert isinstance(told, Revisions)
        found.append((history.last_date, told.series, told.triangle.reported))
    assert found[0][:2] == found[1][:2]
    assert np.array_equal(found[0][2], found[1][2], equal_nan=True)
