"""Scenarios of a room: figures beside their baseline, kept with their inputs, never scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms import FILES, OPERATOR, open_at, send, write_room
from vigie.actions.daily.cycle import run_cycle
from vigie.actions.declared.scenario_files import ReproductionChange, Scenario, read_scenarios
from vigie.actions.epidemics.epidemic_fits import EpidemicFits, fit_epidemics
from vigie.actions.forecasts.forecasting import Chance
from vigie.actions.pages.showing import open_release
from vigie.actions.rooms.reading import FACTS
from vigie.actions.rooms.room import Room
from vigie.actions.scenarios.scenario_runs import ScenarioTables, run_scenarios
from vigie.bootstrap import clock, local_operator, open_notebook, open_room, pages_of
from vigie.cli import run
from vigie.errors import FolderInvalid

EPIDEMIC = """
[[epidemics]]
measure = "admissions"
generation_mean_days = 5
generation_sd_days = 2
admission_mean_days = 8
admission_sd_days = 4
"""
START = date(2021, 1, 4)
LAST = START + timedelta(days=69)
PLACES = """\
place,name,kind,parent,population
N,The nation,nation,,900000
R,North,region,N,
A,Hospital A,site,R,
B,Hospital B,site,R,400000
C,Hospital C,site,N,300000
"""
MEMBERS = {"N": ("A", "B", "C", "R"), "R": ("A", "B")}
CLOSED = """\
[scenario]
title_en = "Night life closed"
title_fr = "Vie nocturne fermée"
why_en = "The prefect asks."
why_fr = "Le préfet demande."
source = "Invented"

[epidemic]
measure = "admissions"

[[reproduction]]
factor = 0.5
from = 1
"""

# One process compiles the engine for these tests.
pytestmark = pytest.mark.xdist_group("renewal")


def room_with(folder: Path, scenarios: Mapping[str, str]) -> Room:
    settings_text = FILES["vigie.toml"].replace("sample_count = 50", "sample_count = 200")
    files = {"vigie.toml": settings_text + EPIDEMIC, "reference/places.csv": PLACES}
    files |= {f"scenarios/{name}.toml": text for name, text in scenarios.items()}
    return open_at(write_room(folder / "room", files), LAST)


@cache
def fitted(folder: Path) -> tuple[Room, EpidemicFits, Chance]:
    """One fit for all tests: 40 admissions a day in A, 30 in B and C, growing by 3 % a day."""
    room = room_with(folder, {})
    rng = np.random.default_rng(5)
    rows = [
        {
            "measure": "admissions",
            "place": place,
            "category": "",
            "reference_date": START + timedelta(days=number),
            "value": float(rng.poisson(last * np.exp(0.03 * (number - 69)))),
        }
        for place, last in (("A", 40), ("B", 30), ("C", 30))
        for number in range(70)
    ]
    chance = Chance(1, LAST, 200, 14)
    return room, fit_epidemics(room, pa.Table.from_pylist(rows, FACTS), MEMBERS, chance), chance


@pytest.fixture(scope="session")
def fit_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenarios")


def scenario(*changes: ReproductionChange, share: float | None = None) -> Scenario:
    texts = ("S", "S", "why", "pourquoi", "source")
    return Scenario("s", *texts, "admissions", "", share, changes, "", "0")


def test_admissions_follow_r_by_the_delay_from_infection(fit_folder: Path) -> None:
    ratios = figures(fit_folder, scenario(ReproductionChange(0.5))).ratios["s"]
    assert ratios.dates[0] == np.datetime64(LAST, "D") + 1
    for place in ("N", "R", "A", "B", "C"):
        by_day = ratios.by_place[place].mean(axis=1)
        assert (np.diff(by_day) <= 1e-6).all()
        assert by_day[1] > 0.97, "admissions of the first days were infected before"
        assert by_day[13] < 0.8
    one = figures(fit_folder, scenario(ReproductionChange(1.0))).ratios["s"]
    assert all((each == 1).all() for each in one.by_place.values())
    north = figures(fit_folder, scenario(ReproductionChange(0.5, places=("R",)))).ratios["s"]
    assert set(north.by_place) == {"R", "A", "B"}


def figures(folder: Path, *scenarios: Scenario, as_of: date = LAST) -> ScenarioTables:
    room, epidemics, chance = fitted(folder)
    declared = replace(room.declarations, scenarios=scenarios)
    given_chance = replace(chance, as_of=as_of)
    return run_scenarios(replace(room, declarations=declared), epidemics, MEMBERS, given_chance)


def last_rows(tables: ScenarioTables) -> dict[str, dict[str, float]]:
    rows = tables.figures.to_pylist()
    return {row["place"]: row for row in rows if row["date"] == max(r["date"] for r in rows)}


def test_a_measure_that_slows_the_epidemic_spares_admissions_everywhere(fit_folder: Path) -> None:
    found = figures(fit_folder, scenario(ReproductionChange(0.5)))
    rows = found.figures.to_pylist()
    assert {row["place"] for row in rows} == {"N", "R", "A", "B", "C"}
    assert {row["label"] for row in rows} == {"not a forecast"}
    days = sorted({row["date"] for row in rows})
    assert days == [LAST + timedelta(days=n) for n in range(1, 15)]
    for place, row in last_rows(found).items():
        assert row["difference_q05"] < row["difference_mean"] < row["difference_q95"] < 0, place
        assert row["q50"] < row["baseline_q50"]
        levels = [row[f"q{level}"] for level in ("05", "25", "50", "75", "95")]
        assert levels == sorted(levels)
    # Some 100 a day of the nation, most of them infected before: far fewer than 1400 are spared.
    assert -700 < last_rows(found)["N"]["difference_mean"] < -50


@settings(max_examples=15, deadline=None)
@given(
    factor=st.floats(0.05, 1.0),
    first=st.integers(0, 20),
    length=st.integers(0, 20),
    places=st.sampled_from([(), ("R",), ("A",), ("C", "B"), ("N",)]),
)
def test_a_factor_below_one_never_gives_more_in_the_mean(
    fit_folder: Path, factor: float, first: int, length: int, places: tuple[str, ...]
) -> None:
    change = ReproductionChange(factor, first, first + length, places)
    for row in figures(fit_folder, scenario(change)).figures.to_pylist():
        assert row["difference_mean"] <= 1e-9
        assert row["difference_q95"] <= 1e-9
        if (row["date"] - LAST).days < first:
            assert row["difference_mean"] == row["difference_q05"] == 0
            assert row["q95"] == row["baseline_q95"]


@settings(max_examples=8, deadline=None)
@given(places=st.sampled_from([(), ("R",), ("A", "C")]), share=st.sampled_from([None, 0.01, 0.9]))
def test_a_factor_of_one_changes_nothing(
    fit_folder: Path, places: tuple[str, ...], share: float | None
) -> None:
    change = ReproductionChange(1.0, 1, 14, places)
    rows = figures(fit_folder, scenario(change, share=share)).figures.to_pylist()
    assert rows
    for row in rows:
        assert row["difference_mean"] == row["difference_q05"] == row["difference_q95"] == 0
        for level in ("05", "25", "50", "75", "95"):
            assert row[f"q{level}"] == row[f"baseline_q{level}"]


def test_same_seed_gives_same_rows_and_all_scenarios_share_a_baseline(fit_folder: Path) -> None:
    first = scenario(ReproductionChange(0.5))
    second = replace(scenario(ReproductionChange(2.0, 3)), name="t")
    found = figures(fit_folder, first, second)
    again = figures(fit_folder, second, first)
    order = [("scenario", "ascending"), ("place", "ascending"), ("date", "ascending")]
    assert found.figures.sort_by(order).equals(again.figures.sort_by(order))
    middle = ["place", "date", "baseline_q50"]
    halves = [found.figures.filter(pc.equal(found.figures["scenario"], name)) for name in "st"]
    assert halves[0].select(middle).equals(halves[1].select(middle))
    assert last_rows(found)["N"]["difference_mean"] > 0


def test_a_place_has_figures_where_all_of_it_changes(fit_folder: Path) -> None:
    found = figures(fit_folder, scenario(ReproductionChange(0.5, places=("R",))))
    assert set(last_rows(found)) == {"R", "A", "B"}
    (row,) = found.inputs.to_pylist()
    assert row["message"] == "No figures of N: the scenario changes only a part of it."
    sites = figures(fit_folder, scenario(ReproductionChange(0.5, places=("A", "B", "C"))))
    assert set(last_rows(sites)) == {"N", "R", "A", "B", "C"}
    assert sites.inputs.to_pylist()[0]["message"] == ""


def test_days_that_are_reported_are_clipped_and_said(fit_folder: Path) -> None:
    since = scenario(ReproductionChange(0.5, LAST - timedelta(days=5)))
    plain = figures(fit_folder, scenario(ReproductionChange(0.5)))
    clipped = figures(fit_folder, since)
    assert clipped.figures.equals(plain.figures)
    (row,) = clipped.inputs.to_pylist()
    assert row["message"] == (
        f"R x 0.5 from {LAST - timedelta(days=5)} counts from {LAST + timedelta(days=1)}: "
        f"reports reach to {LAST}."
    )
    (change,) = json.loads(row["changes"])
    assert change["from"] == str(LAST - timedelta(days=5))
    assert change["first_date"] == str(LAST + timedelta(days=1))
    assert change["last_date"] == str(LAST + timedelta(days=14))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (ReproductionChange(0.5, None, LAST), f"R x 0.5 to {LAST} is over: reports reach to"),
        (
            ReproductionChange(0.5, LAST + timedelta(days=15)),
            f"begins after {LAST + timedelta(days=14)}, the last day looked at.",
        ),
    ],
)
def test_a_scenario_of_no_day_ahead_has_no_figures_and_says_why(
    fit_folder: Path, change: ReproductionChange, message: str
) -> None:
    found = figures(fit_folder, scenario(change))
    assert found.figures.num_rows == 0
    (row,) = found.inputs.to_pylist()
    assert message in row["message"]
    assert "No place has figures" in row["message"]


def test_days_are_counted_from_the_run_and_dates_from_the_calendar(fit_folder: Path) -> None:
    by_days = figures(fit_folder, scenario(ReproductionChange(0.5, 2, 4)), as_of=LAST)
    first, last = LAST + timedelta(days=2), LAST + timedelta(days=4)
    by_dates = figures(fit_folder, scenario(ReproductionChange(0.5, first, last)))
    assert by_days.figures.equals(by_dates.figures)
    late = figures(
        fit_folder, scenario(ReproductionChange(0.5, 1, 3)), as_of=LAST + timedelta(days=1)
    )
    (told,) = json.loads(late.inputs["changes"][0].as_py())
    assert (told["first_date"], told["last_date"]) == (str(first), str(last))


def test_immunity_slows_both_runs_where_the_population_is_known(fit_folder: Path) -> None:
    grows = ReproductionChange(3.0)
    free = last_rows(figures(fit_folder, scenario(grows)))
    held_tables = figures(fit_folder, scenario(grows, share=0.1))
    held = last_rows(held_tables)
    for place in ("N", "B", "C"):
        assert held[place]["q50"] < 0.95 * free[place]["q50"]
        assert held[place]["baseline_q50"] < free[place]["baseline_q50"]
    for place in ("R", "A"):
        assert held[place]["q50"] == free[place]["q50"]
    (row,) = held_tables.inputs.to_pylist()
    assert row["message"] == "No population of A, R: R does not fall by immunity there."


def sent(room: Room, last: date = LAST) -> None:
    rng = np.random.default_rng(3)
    rows = [
        f"{place},{START + timedelta(days=number)},{rng.poisson(30 * np.exp(0.03 * (number - 69)))}"
        for number in range((last - START).days + 1)
        for place in ("A", "B", "C")
    ]
    name = f"admissions_{last}.csv"
    send(room, "admissions", name, "\n".join(["hospital,day,admitted", *rows, ""]))


def test_a_release_keeps_scenarios_apart_from_forecasts_and_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = room_with(tmp_path / "plain", {})
    asked = room_with(tmp_path / "asked", {"closed": CLOSED})
    releases = []
    for room in (plain, asked):
        for day in (LAST - timedelta(days=10), LAST):
            sent(room, day)
            assert run_cycle(room, OPERATOR, as_of=day).release
        releases.append(open_release(room, OPERATOR))
    assert releases[1].table("scores").num_rows > 0
    for name in ("forecasts", "scores", "model_choices", "path_arrays", "reproduction"):
        tables = [each.table(name).drop_columns("run") for each in releases]
        assert tables[0].equals(tables[1]), name
        for column in tables[1].column_names:
            assert "closed" not in {str(each) for each in tables[1][column].to_pylist()}
    assert releases[0].table("scenarios").num_rows == 0
    kept = releases[1].table("scenarios")
    assert set(kept["scenario"].to_pylist()) == {"closed"}
    assert set(kept["label"].to_pylist()) == {"not a forecast"}
    (row,) = releases[1].table("scenario_inputs").to_pylist()
    assert row["text"] == CLOSED
    assert row["sha256"] == hashlib.sha256(CLOSED.encode()).hexdigest()
    assert json.loads(row["changes"])[0]["factor"] == 0.5

    told = open_notebook(asked.folder).scenarios("closed", place="N").to_arrow()
    assert told.num_rows == 14
    wanted = ["show", "scenarios", "--room", str(asked.folder)]
    assert run([*wanted, "--json", "--place", "A"], open_room, local_operator, clock, pages_of) == 0
    given_rows = json.loads(capsys.readouterr().out)
    assert {each["place"] for each in given_rows["figures"]} == {"A"}
    assert given_rows["inputs"][0]["scenario"] == "closed"
    assert run(wanted, open_room, local_operator, clock, pages_of) == 0
    out = capsys.readouterr().out
    assert "Night life closed. Not a forecast." in out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("closed ")] == [
        "admissions"
    ] * 5
    unknown = [*wanted, "--name", "clsed"]
    assert run(unknown, open_room, local_operator, clock, pages_of) == 8
    assert 'Nearest: "closed"' in capsys.readouterr().err


def test_a_changed_scenario_makes_a_new_run(tmp_path: Path) -> None:
    room = room_with(tmp_path, {"closed": CLOSED})
    path = room.folder / "scenarios" / "closed.toml"
    path.write_text(CLOSED.replace("0.5", "0.6"), encoding="utf-8")
    again = open_at(room.folder, LAST)
    assert again.declarations.sha256 != room.declarations.sha256
    assert again.declarations.scenarios[0].reproduction[0].factor == 0.6


KINDS = {"N": "nation", "R": "region", "A": "site", "A-icu": "unit"}


def test_a_file_is_read_with_dates_days_and_places(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    text = CLOSED.replace("from = 1", 'from = 2021-03-15\nto = 2021-04-01\nplaces = ["R", "A"]')
    text = text.replace('"admissions"', '"admissions"\ncategory = "icu"\nsusceptible_share = 0.8')
    text += "\n[[reproduction]]\nfactor = 2\nto = 5\n"
    (tmp_path / "scenarios" / "two_steps.toml").write_text(text, encoding="utf-8")
    (found,), problems = read_scenarios(tmp_path, KINDS)
    assert problems == []
    assert (found.name, found.measure, found.category) == ("two_steps", "admissions", "icu")
    assert found.susceptible_share == 0.8
    assert found.reproduction == (
        ReproductionChange(0.5, date(2021, 3, 15), date(2021, 4, 1), ("R", "A")),
        ReproductionChange(2.0, None, 5),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("factor", "faktor", 12, 'faktor is unknown. Known here: "factor"'),
        ("factor = 0.5\n", "", 11, "factor is missing. Add factor, above 0, to 10."),
        ("0.5", "0", 12, "factor is not a number above 0, to 10. Correct it"),
        ("0.5", "-0.5", 12, "factor is not a number above 0"),
        ("0.5", "11", 12, "factor is not a number above 0, to 10"),
        ("0.5", "nan", 12, "factor is not a number above 0"),
        ("0.5", '"half"', 12, "factor is not a number above 0"),
        ("0.5", "true", 12, "factor is not a number above 0"),
        ("from = 1", 'from = "2021-03-15"', 13, "from is neither a date nor days after the run"),
        ("from = 1", "from = 2021-03-15T10:00:00", 13, "from is neither a date nor days"),
        ("from = 1", "from = -1", 13, "from is neither a date nor days after the run, 0 to 365"),
        ("from = 1", "from = 9\nto = 3", 14, "to is before from. Correct one of the two."),
        ("from = 1", "from = 2021-03-15\nto = 2021-03-14", 14, "to is before from"),
        ("from = 1", "from = 2021-03-15\nto = 14", 14, "to and from are a date and a number"),
        ("from = 1", 'places = ["RR"]', 13, 'there is no place "RR". Nearest: "R"'),
        ("from = 1", 'places = ["A-icu"]', 13, '"A-icu" is a unit, of which no R is known'),
        ("from = 1", "places = []", 13, "places names no place. Leave it out for all."),
        ("from = 1", 'places = "R"', 13, "places is not a list of texts"),
        ("[[reproduction]]", "[reproduction]", 11, "[reproduction] is one table"),
        ("[[reproduction]]\nfactor = 0.5\nfrom = 1\n", "", None, "the file changes nothing"),
        ("[[reproduction]]", "[[rooms]]", 11, '"rooms" is unknown'),
        ('title_fr = "Vie nocturne fermée"\n', "", 1, "title_fr is missing"),
        ('"Invented"', '""', 6, "source is empty. Say source in words."),
        ('measure = "admissions"\n', "", 8, "measure is missing"),
        ('"admissions"', '"admissions"\nsusceptible_share = 1.5', 10, "susceptible_share is not"),
        ("[scenario]", "[scenario", 1, "not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, line: int | None, message: str
) -> None:
    (tmp_path / "scenarios").mkdir()
    assert old in CLOSED
    text = CLOSED.replace(old, new, 1)
    (tmp_path / "scenarios" / "closed.toml").write_text(text, encoding="utf-8")
    found, problems = read_scenarios(tmp_path, KINDS)
    assert found == ()
    told = [each for each in problems if message in str(each)]
    assert told, [str(each) for each in problems]
    assert (told[0].file, told[0].line) == ("scenarios/closed.toml", line)


def test_a_name_that_no_table_can_carry_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "Not this.toml").write_text(CLOSED, encoding="utf-8")
    (tmp_path / "scenarios" / "latin.toml").write_bytes(CLOSED.encode("latin-1"))
    found, problems = read_scenarios(tmp_path, KINDS)
    assert found == ()
    starts = ['"Not this" is not a name', "the file is not UTF-8"]
    assert len(problems) == 2
    told = {each.what for each in problems}
    assert all(any(what.startswith(start) for what in told) for start in starts)


def test_an_epidemic_that_the_room_does_not_declare_is_told_by_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = CLOSED.replace('"admissions"', '"admissions"\ncategory = "icu"')
    with pytest.raises(FolderInvalid, match=r"scenarios/closed.toml, line 9: the room declares no"):
        room_with(tmp_path, {"closed": other})
    checked = ["check", str(tmp_path / "room")]
    assert run(checked, open_room, local_operator, clock, pages_of) == 3
    told = capsys.readouterr().err
    assert 'no epidemic of measure "admissions", category "icu"' in told
    assert 'Declared under [[epidemics]] in vigie.toml: measure "admissions".' in told
    (tmp_path / "room" / "scenarios" / "closed.toml").write_text(CLOSED, encoding="utf-8")
    assert run(checked, open_room, local_operator, clock, pages_of) == 0
    assert "1 scenarios" in capsys.readouterr().out
