"""The commands: their help, their answers to people and programs, their exit codes."""

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.rooms import (
    LAST_DAY,
    NEXT_DAY,
    OPERATOR,
    STRANGER,
    Clock,
    beds_file,
    open_at,
    put,
    send_correction,
    write_room,
)
from vigie.actions.rooms.releasing import manifest_of, release_in_force
from vigie.actions.rooms.room import Room
from vigie.bootstrap import open_room, pages_of
from vigie.cli import run
from vigie.cli.parser import build_parser
from vigie.errors import EXIT_CODES, AccessRefused, BadData, Conflict, DamagedFile, NotFound
from vigie.governance import Caller
from vigie.schemas import ALL_TABLES


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Vigie = Callable[..., Said]


@pytest.fixture
def vigie(capsys: pytest.CaptureFixture[str]) -> Vigie:
    clock = Clock(datetime(NEXT_DAY.year, NEXT_DAY.month, NEXT_DAY.day, 7, tzinfo=UTC))

    def opened(folder: Path, *, progress: Callable[[str], None] = lambda line: None) -> Room:
        return open_room(folder, now=clock, environment={}, progress=progress)

    def say(*arguments: object, caller: Caller = OPERATOR) -> Said:
        words = [str(each) for each in arguments]
        capsys.readouterr()
        try:
            code = run(words, opened, lambda: caller, clock, pages_of)
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    return say


def commands() -> list[str]:
    subparsers = next(
        action
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return list(subparsers.choices)


def test_the_commands_are_these() -> None:
    """A promise of the design; whoever adds one adds its tests."""
    assert set(commands()) >= {
        "init",
        "check",
        "demo",
        "receive",
        "run",
        "tick",
        "serve",
        "show",
        "release",
        "export",
        "doctor",
        "backup",
        "restore",
        "rebuild",
        "compile",
    }


@pytest.mark.parametrize("command", commands())
def test_every_command_explains_itself_with_an_example(command: str, vigie: Vigie) -> None:
    said = vigie(command, "--help")

    assert said.code == 0
    assert re.search(rf"example:\n  vigie {command}\b", said.out)
    assert "--json" in said.out


def test_the_help_of_the_whole_lists_every_command(vigie: Vigie) -> None:
    listed = vigie("--help").out

    for command in commands():
        assert re.search(rf"^    {command}\b", listed, re.MULTILINE)


def test_every_answer_for_programs_is_json_and_nothing_else(
    folder: Path, tmp_path: Path, vigie: Vigie
) -> None:
    file = put(tmp_path, f"beds_{NEXT_DAY}.csv", beds_file(NEXT_DAY))
    room = ["--room", folder, "--json"]

    def asked(*words: object) -> Any:
        said = vigie(*words, *room)
        assert said.code in {0, 12}, said.err
        return said.json

    assert asked("check", folder)["feeds"] == 3
    assert asked("receive", file, "--feed", "beds")["is_new"] is True
    assert asked("receive", file, "--feed", "beds")["is_new"] is False
    assert asked("run", "--plan")["waiting"] == {"beds": 1}
    draft = asked("run", "--draft")
    assert (draft["status"], draft["taken"][0]["rows"]) == ("draft", 6)
    states = [(each["release"], each["state"]) for each in asked("release", "list")]
    assert states[0] == (draft["release"], "draft")
    added = {each["table"]: each["added"] for each in asked("release", "diff", draft["release"])}
    assert added["reports"] == 6
    published = asked("release", "publish", draft["release"], "--reason", "seen")
    assert published == {"release": draft["release"]}
    assert asked("release", "show")["run"] == draft["run"]
    assert asked("show", "briefing")["release"] == draft["release"]
    assert {row["place"] for row in asked("show", "shortages", "--kind", "beds")} == {
        "A",
        "B",
        "C",
        "N",
    }
    told = asked("show", "shortages", "--kind", "beds", "--place", "A")
    assert all(row["reason"] and row["from"] <= row["from_late"] for row in told if row["from"])
    assert asked("show", "plan") == []
    board = {each["measure"]: each["models"] for each in asked("show", "scores")}
    models = {model["model"]: model for model in board["admissions"] if model["level"] == "places"}
    assert models.keys() == {"vigie-flat", "vigie-last-week", "vigie-pooled-daily"}
    assert [each["is_published"] for each in models.values()].count(True) == 1
    assert "sum-of-places" in {model["model"] for model in board["admissions"]}
    assert {row["feed"] for row in asked("show", "feeds")} == {"beds", "admissions", "supplies"}
    assert asked("run")["is_new"] is False
    assert asked("export", "schema").keys() == ALL_TABLES.keys()
    assert asked("tick", "--run-at", "06:30")["run"] is None
    assert asked("doctor")["findings"]
    assert asked("rebuild")["feeds"] == 3
    assert asked("backup", tmp_path / "backup")["files"] > 3
    restored = asked("restore", tmp_path / "backup", tmp_path / "again")
    assert restored["release"] == draft["release"]
    made = vigie("init", tmp_path / "new", "--json")
    assert "vigie.toml" in made.json["files"]


def test_people_read_the_same_in_words(folder: Path, vigie: Vigie) -> None:
    room = ["--room", folder]

    listed = vigie("release", "list", *room).out.splitlines()
    shortages = vigie("show", "shortages", *room, "--limit", "2").out.splitlines()
    briefing = vigie("show", "briefing", *room).out
    french = vigie("show", "briefing", *room, "--language", "fr").out

    assert listed[0].split() == ["release", "as", "of", "made", "at", "(UTC)", "state"]
    assert listed[1].endswith("in force")
    probabilities = [row.split()[5] for row in shortages[1:3]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert re.fullmatch(r"\.\.\. \d+ more; see --limit or --json\.", shortages[-1])
    scores = vigie("show", "scores", *room).out.splitlines()
    assert scores[0].split()[:3] == ["measure", "model", "state"]
    assert scores[1].split()[:3] == ["admissions", "vigie-flat", "baseline"]
    assert any("below 1 is better" in line for line in scores)
    assert any(line.startswith("admissions: regions and nation publish ") for line in scores)
    assert "Hospital A" in briefing
    assert "Patients hospitalisés" in french
    assert "Patients in bed" in briefing


def test_progress_goes_to_people_who_wait_and_not_into_the_answer(
    folder: Path, vigie: Vigie
) -> None:
    send_correction(open_at(folder, NEXT_DAY), {("A", LAST_DAY): 12})

    said = vigie("run", "--room", folder)

    assert "Forecasting ..." in said.err
    assert "Forecasting" not in said.out
    assert "beds: 1 files, 2 rows, 0 rejected" in said.out
    assert said.out.splitlines()[-1].endswith("is in force.")


def damage(folder: Path) -> None:
    room = open_at(folder)
    file = manifest_of(room, str(release_in_force(room))).table("shortages")[0]
    path = room.lake.root / file.path
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


WRONG: dict[str, tuple[Sequence[str], type[Exception], str]] = {
    "no room": (["check", "{tmp}"], BadData, "is no crisis room"),
    "unknown feed": (["receive", "{toml}", "--feed", "bed"], NotFound, 'Nearest: "beds"'),
    "no such file": (["receive", "{tmp}/x.csv", "--feed", "beds"], NotFound, "no such file"),
    "unknown release": (["release", "show", "2020"], NotFound, 'No release "2020"'),
    "diff of nothing": (["release", "diff"], BadData, "vigie release diff [BEFORE] AFTER"),
    "publish nothing": (["release", "publish"], BadData, "vigie release publish RELEASE"),
    "a room there": (["init", "{room}"], Conflict, "is a crisis room already"),
    "no time of day": (["tick", "--run-at", "noon"], BadData, "Write HH:MM"),
    "no backup": (["restore", "{tmp}", "{tmp}/new"], NotFound, ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_ends_with_the_code_of_its_class_and_one_message(
    case: str, folder: Path, tmp_path: Path, vigie: Vigie
) -> None:
    words, kind, message = WRONG[case]
    given = {"tmp": tmp_path / "empty", "room": folder, "toml": folder / "vigie.toml"}
    (tmp_path / "empty").mkdir()

    said = vigie(*(word.format(**given) for word in words), "--room", folder)

    assert said.code == EXIT_CODES[kind]  # type: ignore[index]
    assert message in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_mistakes_of_a_folder_are_all_listed_with_file_and_line(
    tmp_path: Path, vigie: Vigie
) -> None:
    folder = write_room(tmp_path / "room", {"checks.toml": "[[chek]]\n", "datasets/x.sql": "x"})

    said = vigie("check", folder)

    assert said.code == EXIT_CODES[BadData]
    assert said.err.startswith("The crisis room has 2 mistakes:\n")
    assert "  checks.toml, line 1: " in said.err
    assert "  datasets/x.sql, line 1: " in said.err


def test_a_refused_caller_a_held_lock_and_a_damaged_file_have_their_own_codes(
    folder: Path, vigie: Vigie
) -> None:
    refused = vigie("release", "list", "--room", folder, caller=STRANGER)
    with open_at(folder).writing():
        held = vigie("run", "--room", folder)
    damage(folder)
    damaged = vigie("show", "shortages", "--room", folder)

    codes = [refused.code, held.code, damaged.code]
    assert codes == [EXIT_CODES[AccessRefused], EXIT_CODES[Conflict], EXIT_CODES[DamagedFile]]
    assert refused.err.startswith("Refused: visitor may not read")
    assert "shortages" in damaged.err


def test_a_blocked_run_has_its_own_code_and_says_why(folder: Path, vigie: Vigie) -> None:
    check = '[[check]]\nname = "few"\nkind = "range"\nmeasure = "stock"\nmax = 1\n'
    put(folder, "checks.toml", check + 'severity = "blocking"\n')

    said = vigie("run", "--room", folder)

    assert said.code == 11
    assert 'stock: check "few" (range) failed' in said.out


@pytest.mark.parametrize(
    "words",
    [
        ["unknown"],
        ["show", "everything"],
        ["receive", "x.csv"],
        ["run", "--as-of", "yesterday"],
        [],
    ],
)
def test_a_wrong_command_line_ends_with_two(words: list[str], vigie: Vigie) -> None:
    said = vigie(*words)

    assert said.code == 2
    assert said.err.startswith("usage: vigie")


def test_a_wrong_day_says_how_to_write_it(vigie: Vigie) -> None:
    assert '"31/01/2021" is no day; write YYYY-MM-DD' in vigie("run", "--as-of", "31/01/2021").err
